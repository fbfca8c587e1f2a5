"""Requests and responses from which tests build recordings as HAR files."""
import json
import urllib.parse

HOST = "https://app.example.org"
JSON, HTML, FORM = "application/json", "text/html", "application/x-www-form-urlencoded"
T1 = "kq7Zr2Xw9LmP4sTb8VnC"
T2 = "hd5Jf1Yc6QgR3uWe0KaM"
U1 = "6f1c2f0e-7f4a-4c35-9c2b-0d2f5b7f9a11"
U2 = "0b9a4c7d-13e2-4f0a-8a56-77c1d2e3f405"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIiwiZXhwIjoxfQ.c2lnbmF0dXJlLW9mLWl0LWFsbA"
VIEW = "/wEPDwUKMTY3NzE5MjIyMGRkZm9ybTE+aZ09Qx7Lm2T=="
EVENT = "/wEdAAPq8r+3n2Lk0vFz7Ys1Bc4XtQw5Uj9h=="


def page(text, **more):
    return dict(type=HTML, body="<!doctype html><html><body>%s</body></html>" % text, **more)


def data(value, **more):
    return dict(type=JSON, body=json.dumps(value), **more)


def get(path, answer=None, **more):
    return dict(method="GET", url=path, answer=answer or page("ok"), **more)


def form(path, fields, answer=None, **more):
    return dict(method="POST", url=path, type=FORM, body=urllib.parse.urlencode(fields),
                answer=answer or page("done"), **more)


def post(path, value, answer=None, method="POST", **more):
    return dict(method=method, url=path, type=JSON, body=json.dumps(value),
                answer=answer or data({"ok": True}), **more)


def hidden(name, value):
    return '<form method="post"><input type="hidden" name="%s" value="%s"></form>' % (name, value)


def har(entries, creator):
    made = []
    for i, e in enumerate(entries):
        answer = e["answer"]
        url = e["url"] if "://" in e["url"] else HOST + e["url"]
        headers = [{"name": k, "value": v} for k, v in e.get("headers", {}).items()]
        request = dict(method=e["method"], url=url, httpVersion="HTTP/1.1", headers=headers,
                       cookies=[], queryString=[], headersSize=-1, bodySize=-1)
        if "body" in e:
            headers.append({"name": "Content-Type", "value": e["type"]})
            request["postData"] = {"mimeType": e["type"], "text": e["body"]}
        back = [{"name": k, "value": v} for k, v in answer.get("headers", {}).items()]
        back.append({"name": "Content-Type", "value": answer.get("type", HTML)})
        response = dict(status=answer.get("status", 200), statusText="", httpVersion="HTTP/1.1",
                        headers=back, cookies=[], headersSize=-1, bodySize=-1,
                        redirectURL=answer.get("headers", {}).get("Location", ""),
                        content={"size": len(answer.get("body", "")),
                                 "mimeType": answer.get("type", HTML),
                                 "text": answer.get("body", "")})
        made.append({"startedDateTime": "2026-03-01T09:%02d:%02d.000Z" % (i * 2 // 60, i * 2 % 60),
                     "time": e.get("took", 50), "request": request, "response": response,
                     "cache": {}, "timings": {"send": 0, "wait": e.get("took", 50), "receive": 0}})
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": "1"},
                    "entries": made}}


def redirect(to, status=302, **headers):
    return dict(status=status, headers=dict(Location=to, **headers), body="")
