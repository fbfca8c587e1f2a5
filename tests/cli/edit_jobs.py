"""Jobs, uploads and events of `reprise edit --api`, as a page uses them.

edit_jobs.py REPRISE FOLDER TEST: starts the server for FOLDER, runs the test, and ends the server.
"""
import http.client
import os
import sys

from edit_api import Api, refused


class Events:
    """The event stream of a page."""

    def __init__(self, api):
        self.connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
        self.connection.request("GET", "/api/1/events", headers={"X-Reprise-Token": api.token})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.status
        assert self.response.getheader("Content-Type").startswith("text/event-stream")
        assert self.response.readline() == b": reprise\n"

    def close(self):
        self.connection.sock.close()
        self.response.close()
        self.connection.close()


def events(api, folder):
    pages = [Events(api) for _ in range(16)]
    refused(api.get("events"), 429, "pages")
    refused(api.get("events", token=False), 401, "token")
    refused(api.post("events", {}), 405, "method")
    # A page that has disconnected makes room for another.
    pages[3].close()
    pages[4].close()
    for i in (3, 4):
        pages[i] = Events(api)
    refused(api.get("events"), 429, "pages")
    assert api.get("about")[0] == 200


def main():
    reprise, folder, test = sys.argv[1:4]
    os.makedirs(folder)
    api = Api(reprise, folder)
    try:
        globals()[test](api, folder, *sys.argv[4:])
    finally:
        status = api.end()
    assert status == 0, status


if __name__ == "__main__":
    main()
