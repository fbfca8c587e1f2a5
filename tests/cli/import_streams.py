"""import_streams.py URL FILE: visits the sample shop and writes the HAR of what a page of today does:
a chat whose reply is streamed, an EventSource, and GraphQL operations."""
import hashlib
import http.client
import json
import sys
import time
import urllib.parse

base, file = sys.argv[1:]
host = urllib.parse.urlsplit(base).netloc
entries = []


def send(method, path, body=None, kind="fetch", accept=None, events=None):
    """Sends a request and records it; reads at most EVENTS events of a stream."""
    headers = {"Accept": accept or "*/*"}
    text = json.dumps(body) if body is not None else None
    if text:
        headers["Content-Type"] = "application/json"
    start = time.time()
    conn = http.client.HTTPConnection(host)
    conn.request(method, path, text, headers)
    reply = conn.getresponse()
    content = b""
    while events is None or content.count(b"\n\n") < events:
        piece = reply.read1(65536)
        if not piece:
            break
        content += piece
    entry = {
        "startedDateTime": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(start))
        + f".{int(start % 1 * 1000):03d}Z",
        "time": (time.time() - start) * 1000,
        "_resourceType": kind,
        "request": {
            "method": method, "url": base + path, "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [{"name": n, "value": v} for n, v in headers.items()],
            "queryString": [], "headersSize": -1, "bodySize": len(text or ""),
        },
        "response": {
            "status": reply.status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [{"name": n, "value": v} for n, v in reply.getheaders()
                        if n.lower() != "transfer-encoding"],
            "content": {"size": len(content), "mimeType": reply.getheader("Content-Type"),
                        "text": content.decode()},
            "redirectURL": "", "headersSize": -1, "bodySize": len(content),
        },
        "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 1},
    }
    if text:
        entry["request"]["postData"] = {"mimeType": "application/json", "text": text}
    entries.append(entry)
    return content


def persisted(query):
    return {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}


SEARCH = "query Search($search: String) {\n  products(search: $search) { id name }\n}"
ONE = "query One($id: ID) { product(id: $id) { id name } }"
ALL = "query All { products { id } }"

send("GET", "/", kind="document", accept="text/html")
found = send("POST", "/graphql", {"operationName": "Search", "variables": {"search": "beret"}, "query": SEARCH})
first = json.loads(found)["data"]["products"][0]["id"]
send("POST", "/graphql", {"operationName": "One", "variables": {"id": first}, "query": ONE})
send("POST", "/graphql", {"operationName": "One", "variables": {"id": 7}, "query": ONE})
send("POST", "/graphql", {"operationName": "All", "variables": {}, "extensions": persisted(ALL), "query": ALL})
send("POST", "/graphql", {"operationName": "All", "variables": {}, "extensions": persisted(ALL)})
send("POST", "/api/chat", {"question": "Do you have hats?"}, accept="text/event-stream")
send("GET", "/api/orders/events", kind="eventsource", accept="text/event-stream", events=4)
json.dump({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "pages": [],
                   "entries": entries}}, open(file, "w"))
