"""The same ten requests in each log format, and after each prefix.

access_formats.py write FOLDER: writes FOLDER/NAME.log for each of them.
access_formats.py check FOLDER: compares FOLDER/NAME.ndjson and FOLDER/NAME.yaml, the results of the
import, with the requests; prints what differs.
"""
import datetime
import json
import os
import re
import sys

HOST = "shop.example"
START = datetime.datetime(2026, 10, 10, 13, 55, 36, tzinfo=datetime.timezone.utc)
# client, seconds after the start, path, query, status, bytes, milliseconds, referer, user agent
ROWS = [
    ("192.0.2.7", 0, "/", "", 200, 512, 12, "-", "Mozilla/5.0 (X11)"),
    ("192.0.2.8", 1, "/search", "q=hat&page=2", 200, 2048, 30, "-", "Mozilla/5.0 (Mac)"),
    ("192.0.2.7", 2, "/products/1001", "", 200, 700, 8, f"https://{HOST}/", "Mozilla/5.0 (X11)"),
    ("192.0.2.9", 3, "/gone", "", 404, 20, 1, "-", "Mozilla/5.0 (Windows NT 10.0)"),
    ("192.0.2.8", 4, "/cart", "", 302, 0, 5, f"https://{HOST}/search", "Mozilla/5.0 (Mac)"),
    ("192.0.2.7", 5, "/a%20b", "x=%22", 200, 90, 2, "-", "Mozilla/5.0 (X11)"),
    ("192.0.2.9", 6, "/error", "", 500, 33, 900, "-", "Mozilla/5.0 (Windows NT 10.0)"),
    ("192.0.2.8", 7, "/login", "next=/cart", 200, 811, 15, "-", "Mozilla/5.0 (Mac)"),
    ("192.0.2.7", 8, "/orders/17", "", 304, 0, 3, "-", "Mozilla/5.0 (X11)"),
    ("192.0.2.9", 9, "/about", "", 200, 400, 4, "-", "Mozilla/5.0 (Windows NT 10.0)"),
]


class Line:
    def __init__(self, row):
        (self.client, seconds, self.path, self.query, self.status, self.bytes, self.ms, self.referer,
         self.agent) = row
        self.time = START + datetime.timedelta(seconds=seconds)
        self.url = self.path + ("?" + self.query if self.query else "")
        self.clf = self.time.strftime("%d/%b/%Y:%H:%M:%S +0000")
        self.iso = self.time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        self.epoch = int(self.time.timestamp())
        self.request = f"GET {self.url} HTTP/1.1"

    def combined(self):
        return (f'{self.client} - - [{self.clf}] "{self.request}" {self.status} {self.bytes} '
                f'"{self.referer}" "{self.agent}"')


def js(**members):
    return json.dumps(members)


FORMATS = {
    "combined": lambda l: l.combined(),
    "envoy": lambda l: f'[{l.iso}] "{l.request}" {l.status} - 0 {l.bytes} {l.ms} {l.ms} "{l.client}" "{l.agent}" '
                       f'"4a1f-{l.epoch}" "{HOST}" "10.1.2.3:8080"',
    "istio": lambda l: f'[{l.iso}] "{l.request}" {l.status} - via_upstream - "-" 0 {l.bytes} {l.ms} {l.ms} "-" '
                       f'"{l.agent}" "4a1f-{l.epoch}" "{HOST}" "10.1.2.3:8080" inbound|8080|| 127.0.0.6:1 '
                       f'10.1.2.3:8080 {l.client}:4711 outbound_.80 default',
    "envoy-json": lambda l: js(start_time=l.iso, method="GET", path=l.url, protocol="HTTP/1.1", authority=HOST,
                               response_code=l.status, bytes_sent=l.bytes, duration=l.ms, user_agent=l.agent,
                               downstream_remote_address=f"{l.client}:4711", x_forwarded_for=None),
    "cloudflare": lambda l: js(ClientIP=l.client, ClientRequestHost=HOST, ClientRequestMethod="GET",
                               ClientRequestURI=l.url, ClientRequestScheme="https", EdgeStartTimestamp=l.iso,
                               EdgeResponseStatus=l.status, EdgeResponseBytes=l.bytes,
                               ClientRequestUserAgent=l.agent, ClientRequestReferer=l.referer),
    "api-gateway": lambda l: js(requestId="c1", ip=l.client, requestTime=l.clf, httpMethod="GET", path=l.url,
                                resourcePath="/{proxy+}", status=str(l.status), protocol="HTTP/1.1",
                                responseLength=str(l.bytes), domainName=HOST),
    "waf": lambda l: js(timestamp=l.epoch * 1000, action="ALLOW", httpRequest={
        "clientIp": l.client, "country": "DE", "uri": l.path, "args": l.query, "httpVersion": "HTTP/1.1",
        "httpMethod": "GET", "headers": [{"name": "Host", "value": HOST}, {"name": "User-Agent", "value": l.agent}]}),
    "s3": lambda l: f'79a5 bucket [{l.clf}] {l.client} - 3E57 REST.GET.OBJECT key "{l.request}" {l.status} - {l.bytes} '
                    f'{l.bytes} {l.ms} {l.ms} "{l.referer}" "{l.agent}" - s9lz SigV4 ECDHE-RSA AuthHeader {HOST} TLSv1.2',
    "front-door": lambda l: js(time=l.iso, category="FrontDoorAccessLog", properties={
        "httpMethod": "GET", "requestUri": f"https://{HOST}:443{l.url}", "clientIp": l.client,
        "httpStatusCode": str(l.status), "userAgent": l.agent, "timeTaken": f"{l.ms / 1000}"}),
    "gke": lambda l: js(timestamp=l.iso, httpRequest={
        "requestMethod": "GET", "requestUrl": f"https://{HOST}{l.url}", "status": l.status, "userAgent": l.agent,
        "remoteIp": l.client, "responseSize": str(l.bytes), "latency": f"{l.ms / 1000}s"}),
    "ecs": lambda l: js(**{"@timestamp": l.iso, "source": {"ip": l.client}, "url": {
        "path": l.path, "query": l.query, "domain": HOST}, "http": {"request": {"method": "GET"}, "response": {
            "status_code": l.status, "body": {"bytes": l.bytes}}}, "user_agent": {"original": l.agent},
        "event": {"duration": l.ms * 1000000}}),
    "pino": lambda l: js(level=30, time=l.epoch * 1000, pid=1, req={
        "id": 1, "method": "GET", "url": l.url, "remoteAddress": l.client,
        "headers": {"host": HOST, "user-agent": l.agent}}, res={"statusCode": l.status}, responseTime=l.ms,
        msg="request completed"),
    "squid": lambda l: f'{l.epoch}.{l.ms:03d} {l.ms:6d} {l.client} TCP_MISS/{l.status} {l.bytes} GET '
                       f'http://{HOST}{l.url} - HIER_DIRECT/10.1.2.3 text/html',
    "uvicorn-k8s": lambda l: f'{l.iso} stdout F INFO:     {l.client}:4711 - "{l.request}" {l.status} OK',
    "caddy-console": lambda l: l.time.strftime("%Y/%m/%d %H:%M:%S.000") + "\tINFO\thttp.log.access\thandled request\t" + js(
        request={"remote_ip": l.client, "method": "GET", "host": HOST, "uri": l.url,
                 "headers": {"User-Agent": [l.agent]}}, duration=l.ms / 1000, size=l.bytes, status=l.status),
    "nginx-json": lambda l: js(time_iso8601=l.iso, remote_addr=l.client, request=l.request, status=str(l.status),
                               body_bytes_sent=str(l.bytes), http_user_agent=l.agent, http_host=HOST, scheme="https"),
    # Prefixes.
    "syslog": lambda l: f'<190>Oct 10 13:55:{36 + l.time.second - 36:02d} web1 nginx[17]: {l.combined()}',
    "syslog-5424": lambda l: f'<190>1 {l.iso} web1 nginx 17 - - {l.combined()}',
    "journald": lambda l: l.time.strftime("Oct 10 %H:%M:%S") + f' web1 nginx[17]: {l.combined()}',
    "journald-iso": lambda l: l.time.strftime("%Y-%m-%dT%H:%M:%S+0000") + f' web1 nginx[17]: {l.combined()}',
    "journald-json": lambda l: js(__REALTIME_TIMESTAMP=str(l.epoch * 1000000), MESSAGE=l.combined(), _PID="17"),
    "cri": lambda l: f'{l.iso} stdout F {l.combined()}',
    "docker-json": lambda l: js(log=l.combined() + "\n", stream="stdout", time=l.iso),
    "docker-json-json": lambda l: js(log=FORMATS["nginx-json"](l) + "\n", stream="stdout", time=l.iso),
    "compose": lambda l: f'web-1  | {l.combined()}',
    "kubectl": lambda l: f'[pod/web-7d4b9/nginx] {l.combined()}',
    "kubectl-timestamps": lambda l: f'[pod/web-7d4b9/nginx] {l.iso} {l.combined()}',
    "loki": lambda l: f'{l.iso} {{job="nginx", pod="web-7"}} {l.combined()}',
    "loki-json": lambda l: js(labels={"job": "nginx"}, line=l.combined(), timestamp=l.iso),
    "filebeat": lambda l: js(**{"@timestamp": l.iso, "message": l.combined(), "log": {"offset": 7},
                                "agent": {"type": "filebeat", "name": "web1"}, "host": {"name": "web1"}}),
}
# Logs that are one JSON document.
DOCUMENTS = {
    # The newest entries first, and in two streams, as the query_range API returns them.
    "loki-query": lambda lines: json.dumps({"status": "success", "data": {"resultType": "streams", "result": [
        {"stream": {"pod": f"web-{pod}"}, "values": [[f"{l.epoch}000000000", l.combined()] for l in part[::-1]]}
        for pod, part in enumerate([lines[1::2], lines[::2]])]}}),
    "cloudwatch-events": lambda lines: json.dumps({"events": [
        {"logStreamName": "web", "timestamp": l.epoch * 1000, "message": l.combined()} for l in lines]}, indent=4),
    "gcloud-list": lambda lines: json.dumps([json.loads(FORMATS["gke"](l)) for l in lines], indent=2),
}
# Logs that have the host and the scheme; the others need -t.
HTTPS = {"cloudflare", "front-door", "gke", "gcloud-list", "nginx-json", "docker-json-json"}
HTTP = {"squid"}
NO_STATUS = {"waf"}


def write(folder):
    for name, line in FORMATS.items():
        with open(os.path.join(folder, name + ".log"), "w") as out:
            out.writelines(line(Line(row)) + "\n" for row in ROWS)
    for name, document in DOCUMENTS.items():
        with open(os.path.join(folder, name + ".log"), "w") as out:
            out.write(document([Line(row) for row in ROWS]))


def wrong(folder, name):
    """The difference between the import of a log and the requests; None: there is none."""
    want = [Line(row) for row in ROWS]
    with open(os.path.join(folder, name + ".ndjson")) as file:
        got = [json.loads(line) for line in file]
    if name in NO_STATUS:
        for w in want:
            w.status = None
    if [(g["url"], g.get("status")) for g in got] != [(w.url, w.status) for w in want]:
        return f"requests {[(g['url'], g.get('status')) for g in got]}"
    clients = {}
    for g, w in zip(got, want):
        if clients.setdefault(w.client, g["session"]) != g["session"]:
            return f"sessions {[g['session'] for g in got]}"
    if len(set(clients.values())) != 3:
        return f"sessions {clients}"
    if [round(g["at"]) for g in got] not in ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2, 3, 4, 5, 5, 7, 8, 9]):
        return f"times {[g['at'] for g in got]}"
    with open(os.path.join(folder, name + ".yaml")) as file:
        found = re.search(r"^target: (\S+)", file.read(), re.M)
    target = found and found[1]
    if target != (f"https://{HOST}" if name in HTTPS else f"http://{HOST}" if name in HTTP else None):
        return f"target {target}"
    return None


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        for each in [*FORMATS, *DOCUMENTS]:
            why = wrong(sys.argv[2], each)
            if why:
                print(f"{each}: {why}")
