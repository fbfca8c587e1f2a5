"""A page that uses the jobs, uploads and events of `reprise edit --api`."""
import http.client
import json
import os
import re
import time

import edit_api


class Events:
    """The event stream of a page."""

    def __init__(self, api):
        self.connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
        self.connection.request("GET", "/api/1/events", headers={"X-Reprise-Token": api.token})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.status
        assert self.response.getheader("Content-Type").startswith("text/event-stream")
        assert self.response.readline() == b": reprise\n"

    def next(self):
        """The name and the data of the next event; comments are skipped."""
        name = data = None
        while True:
            line = self.response.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif not line and name:
                return name, data

    def next_line(self):
        """The next line of any job."""
        while True:
            name, data = self.next()
            if name == "job":
                return data["line"]

    def until_end(self, job):
        """The lines of the job up to its end, and the data of the end."""
        lines = []
        while True:
            name, data = self.next()
            if data.get("job") != job:
                continue
            if name == "job-end":
                return lines, data
            assert name == "job" and data["number"] == len(lines), data
            lines.append(data["line"])

    def close(self):
        self.connection.sock.close()
        self.response.close()
        self.connection.close()


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, condition
        time.sleep(0.02)


def start(api, **body):
    status, answer = api.post("jobs", body)
    assert status == 201, answer
    return answer["job"]


def job_of(api, job):
    status, answer = api.get("jobs/" + job)
    assert status == 200 and answer["job"] == job, answer
    return answer


def finished(api, job):
    wait_until(lambda: job_of(api, job)["state"] != "running")
    return job_of(api, job)


def children(api):
    """The processes that the server has started and that have not ended."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % name, encoding="ascii") as source:
                fields = source.read().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[1]) == api.process.pid and fields[0] != "Z":
            found.append(int(name))
    return found


def is_running(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as source:
            return source.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def upload(api, name, data):
    job = api.post("uploads", {"name": name})[1]["upload"]
    assert api.post("uploads/%s?offset=0" % job, data)[0] == 200
    return {"upload": job}


def read_view(url, method="GET", headers=None):
    """The response of an address that can be read once, and its body."""
    host, path = re.match(r"http://([^/]+)(/view/[0-9a-f]{64})$", url).groups()
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request(method, path, headers=headers or {})
    response = connection.getresponse()
    return response, response.read()


def memory(api):
    with open("/proc/%d/status" % api.process.pid, encoding="ascii") as source:
        return int(re.search(r"VmRSS:\s+(\d+)", source.read()).group(1))


SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def make_folders(folder):
    """The folder of the server, and those of its data and temporary files."""
    os.makedirs(folder)
    os.environ["XDG_DATA_HOME"] = os.path.realpath(os.path.join(folder, "..", "data"))
    os.environ["TMPDIR"] = os.path.realpath(os.path.join(folder, "..", "temp"))
    os.mkdir(os.environ["TMPDIR"])


def perform(tests):
    """Runs the test of the command line: REPRISE FOLDER TEST [URL]. URL is the sample shop."""
    edit_api.perform(tests, make_folders)
    assert os.listdir(os.environ["TMPDIR"]) == [], os.listdir(os.environ["TMPDIR"])
