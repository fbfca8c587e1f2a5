"""Compares the requests that two programs sent for the same source."""
import email.parser
import email.policy
import json
import re
import socket
import time
import urllib.parse

# Headers that each program sends in its own way.
OWN = {"user-agent", "accept", "accept-encoding", "cache-control", "connection", "content-length", "host", "postman-token",
       "proxy-connection", "transfer-encoding", "expect", "referer", "cookie", "te"}
MASK = "\0random"


def parts_of(body, content_type):
    """The parts of a multipart body as (name, file name, type, content)."""
    head = b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n"
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    if not message.is_multipart():
        return None
    found = []
    for part in message.iter_parts():
        content = without_times(part.get_payload(decode=True).decode("utf-8", "replace"))
        name = part.get_param("name", header="content-disposition")
        kind = part["Content-Type"] and part.get_content_type()
        file = part.get_filename()
        found.append([str(name), file and file.rsplit("/", 1)[-1], kind, content])
    return found


def media_type(value):
    value = (value or "").lower().replace(" ", "")
    return re.sub(r";(boundary=.*|charset=utf-?8)$", "", value)


def without_times(text):
    """TEXT with MASK for times of the last hour: both programs make their own."""
    def one(match):
        seconds = int(match[0][:10])
        return MASK if abs(time.time() - seconds) < 3600 else match[0]
    text = re.sub(r"\b1\d{9}(\d{3})?\b", one, text)
    return re.sub(time.strftime("%Y-%m-%dT", time.gmtime()) + r"\d\d:\d\d:\d\d(\.\d+)?Z", MASK, text)


def body_of(request):
    content_type = request.header("Content-Type") or ""
    if content_type.lower().startswith("multipart/"):
        found = parts_of(request.body, content_type)
        if found is not None:
            return found
    text = without_times(request.body.decode("utf-8", "replace"))
    if "x-www-form-urlencoded" in content_type.lower():
        return [list(pair) for pair in urllib.parse.parse_qsl(text, keep_blank_values=True)]
    try:
        return json.loads(text)
    except ValueError:
        return text


def percent(text):
    """Percent-encodings in upper case, none for characters that need none (RFC 3986, 6.2.2), and one for those that a URL
    must not have, which newman sends unchanged."""
    def one(match):
        char = chr(int(match[1], 16))
        return char if char.isascii() and (char.isalnum() or char in "-._~") else match[0].upper()
    text = re.sub(r"['\^`{}|\\\"<>\[\]]", lambda match: f"%{ord(match[0]):02X}", text)
    return re.sub("%([0-9A-Fa-f]{2})", one, text)


def url_of(request):
    parts = urllib.parse.urlsplit(request.url)
    try:
        port = parts.port
    except ValueError:
        return [request.url]
    if port == {"http": 80, "https": 443}.get(parts.scheme):
        port = None
    query = [percent(without_times(pair)) for pair in parts.query.split("&")] if parts.query else []
    # A reader of a query sees the same character.
    query = [re.sub("%(24|2C|2F|3A|40)", lambda match: chr(int(match[1], 16)), pair) for pair in query]
    path = percent(without_times(parts.path or "/"))
    host = (parts.hostname or "").lower()
    if re.fullmatch(r"[0-9.]+", host):  # 127.1 is 127.0.0.1
        host = socket.inet_ntoa(socket.inet_aton(host))
    return [parts.scheme, host, port, *path.split("/"), "?", *query]


def facts(request):
    headers = {}
    for name, value in request.headers:
        if name.lower() not in OWN:
            headers.setdefault(name.lower(), []).append(media_type(value) if name.lower() == "content-type" else value)
    if not request.body:
        headers.pop("content-type", None)
    for name in headers:
        headers[name].sort()
    digest = headers.get("authorization", [""])[0]
    if re.match("digest|hawk|oauth|aws4", digest, re.I):
        headers["authorization"] = [digest.split()[0]]
        for name in ("x-amz-date", "x-amz-content-sha256"):
            headers.pop(name, None)
    return {"method": request.method, "url": url_of(request), "headers": headers, "body": body_of(request)}


def masked(value, other):
    """VALUE with MASK where OTHER, the same of a second run, differs."""
    if isinstance(value, dict) and isinstance(other, dict) and value.keys() == other.keys():
        return {key: masked(value[key], other[key]) for key in value}
    if isinstance(value, list) and isinstance(other, list) and len(value) == len(other):
        return [masked(a, b) for a, b in zip(value, other)]
    return value if value == other else MASK


def differs(want, got, path=""):
    """The first difference, or None."""
    if want == MASK or (isinstance(want, str) and want == got):
        return None
    if isinstance(want, dict) and isinstance(got, dict):
        for key in list(want) + [key for key in got if key not in want]:
            if key not in want or key not in got:
                return f"{path}.{key}: {want.get(key, 'none')!r} / {got.get(key, 'none')!r}"
            found = differs(want[key], got[key], f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for i, pair in enumerate(zip(want, got)):
            found = differs(*pair, f"{path}[{i}]")
            if found:
                return found
        return None
    if want == got:
        return None
    return f"{path}: {want!r} / {got!r}"


def difference(first, second, ours):
    """The difference between what the tool sent in its two runs and what this program sent, described; None: there is none."""
    first, second = [facts(r) for r in first], [facts(r) for r in second]
    ours = [facts(r) for r in ours]
    if len(first) == len(second):
        first = [masked(a, b) for a, b in zip(first, second)]
    for i, (want, got) in enumerate(zip(first, ours)):
        found = differs(want, got)
        if found:
            return f"request {i + 1} {found}"
    if len(first) != len(ours):
        return f"{len(first)} requests / {len(ours)}"
    return None
