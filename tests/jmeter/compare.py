#!/usr/bin/env python3
"""Compares what JMeter and reprise send for the same test plans.

    compare.py JMETER_HOME REPRISE TABLE FOLDER...

Every test plan (.jmx) below a FOLDER is converted with `reprise import jmeter`. JMeter and reprise
then perform one iteration of each thread group with one user, through a recording proxy on the
loopback interface, so that no request leaves this machine. The sequences of requests are compared:
method, address, query, body, and the headers that the plan sets. TABLE receives a line for each
plan. Plans without HTTP requests are only counted.

A copy of each plan is given to JMeter: one thread and one loop per thread group, thread groups one
after the other, and no timers. Both get the plan with http instead of https, because a proxy cannot see
into TLS; without elements of plugins except thread groups, which JMeter would refuse; with a server for
requests that have none; and with two rows in data files that do not exist. Values that a run must
set are compared as patterns. Plans in a folder `own` are performed with their own loops.
"""

import base64
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import xml.etree.ElementTree as ET

HTML = b"""<html><head><title>Shop</title></head><body><form action="/next" method="post">
<input type="hidden" name="csrf" value="t-1"/></form><a href="/next">Next</a>
<table><tr><td>1</td></tr></table></body></html>"""
JSON = b'{"id": 7, "name": "hat", "token": "t-1", "items": [{"id": 1}, {"id": 2}]}'
SECONDS = 120


class Recorder(http.server.BaseHTTPRequestHandler):
    """A proxy that sends no request on: it records it and responds by itself."""

    protocol_version = "HTTP/1.1"
    requests = []

    def record(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if not size:
                    break
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Recorder.requests.append((self.command, self.path, self.headers.items(), body))
        text = JSON if "json" in self.headers.get("Accept", "") else HTML
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if text is JSON else "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Set-Cookie", "sid=s-1")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.record
        raise AttributeError(name)

    def log_message(self, *arguments):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            pass  # a client that was stopped


def take():
    taken, Recorder.requests = Recorder.requests, []
    return taken


# ---- the plans


def plain_http(text):
    text = re.sub(r'(<stringProp name="HTTPSampler.protocol">)https', r"\1http", text)
    return re.sub(r"https://", "http://", text)


def set_text(element, name, value):
    for child in element:
        if child.get("name") == name:
            child.text = value


GROUP = """<ThreadGroup guiclass="ThreadGroupGui" testclass="ThreadGroup" enabled="true">
<stringProp name="ThreadGroup.on_sample_error">continue</stringProp>
<elementProp name="ThreadGroup.main_controller" elementType="LoopController"
 guiclass="LoopControlPanel" testclass="LoopController" enabled="true">
<boolProp name="LoopController.continue_forever">false</boolProp>
<stringProp name="LoopController.loops">1</stringProp></elementProp>
<stringProp name="ThreadGroup.num_threads">1</stringProp>
<stringProp name="ThreadGroup.ramp_time">0</stringProp>
<boolProp name="ThreadGroup.scheduler">false</boolProp></ThreadGroup>"""


def one_user(root):
    """The plan with one thread and one loop per group, without pauses and listeners."""
    for parent in root.iter():
        for i, child in enumerate(list(parent)):
            tag = child.tag.split(".")[-1]
            if tag.endswith("ThreadGroup") and tag not in ("SetupThreadGroup", "PostThreadGroup"):
                group = ET.fromstring(GROUP)
                group.set("testname", child.get("testname") or "")
                group.set("enabled", child.get("enabled") or "true")
                action = child.find("stringProp[@name='ThreadGroup.on_sample_error']")
                if action is not None:
                    set_text(group, "ThreadGroup.on_sample_error", action.text)
                parent[i] = group
            elif tag.endswith("Timer") or tag in ("ResultCollector", "BackendListener"):
                child.set("enabled", "false")
            elif tag == "TestAction":
                set_text(child, "ActionProcessor.duration", "0")
            elif tag == "TestPlan":
                set_text(child, "TestPlan.serialize_threadgroups", "true")
            elif tag.endswith("CorrectedResultCollector"):
                child.set("enabled", "false")


def drop_plugins(root):
    """Elements of plugins that JMeter does not have, and modules without a controller, which it refuses;
    with what is below them."""
    names = {e.get("testname") for e in root.iter() if e.get("testname")}
    for parent in list(root.iter("hashTree")):
        children = list(parent)
        for i, child in enumerate(children):
            path = child.findall("collectionProp[@name='ModuleController.node_path']/stringProp")
            plugin = "." in child.tag and not child.tag.endswith("ThreadGroup")
            if plugin or (child.tag == "ModuleController" and
                          (not path or path[-1].text not in names or path[0].text == "WorkBench")):
                parent.remove(child)
                if i + 1 < len(children) and children[i + 1].tag == "hashTree":
                    parent.remove(children[i + 1])


DEFAULTS = """<ConfigTestElement guiclass="HttpDefaultsGui" testclass="ConfigTestElement"
 testname="Server of the comparison" enabled="true">
<stringProp name="HTTPSampler.domain">server.example</stringProp></ConfigTestElement>"""


def add_server(root):
    """HTTP Request Defaults after all others, for plans whose requests have no server."""
    tree = root.find("hashTree/hashTree")
    if tree is not None:
        tree.append(ET.fromstring(DEFAULTS))
        tree.append(ET.Element("hashTree"))


def add_data(root, folder):
    """Data files that the plan names and that are missing, with two rows."""
    for element in root.iter("CSVDataSet"):
        values = {p.get("name"): p.text or "" for p in element}
        name = values.get("filename", "").strip()
        if "/" in name and "$" not in name and (name.startswith("/") or ".." in name):
            name = os.path.basename(name)
            set_text(element, "filename", name)
        columns = [c for c in values.get("variableNames", "").split(",") if c] or ["a", "b"]
        delimiter = {"\\t": "\t"}.get(values.get("delimiter"), values.get("delimiter") or ",")
        path = os.path.join(folder, name)
        if not name or "$" in name or os.path.exists(path):
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            for row in ("name", "one", "two"):
                out.write(delimiter.join(f"{row}-{c.strip()}" for c in columns) + "\n")


def header_names(root):
    """The headers that the plan sets, besides those that are always compared."""
    names = {"content-type", "authorization", "cookie"}
    for prop in root.iter("stringProp"):
        if prop.get("name") == "Header.name" and prop.text:
            names.add(prop.text.strip().lower())
    return names - {"content-length", "host", "connection", "accept-encoding", "user-agent"}


# ---- requests in one form


def parts(body, boundary):
    """The parts of a multipart body: name, file name, type, bytes."""
    result = []
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        name = re.search(rb'[; ]name="([^"]*)"', head)
        file = re.search(rb'filename="([^"]*)"', head)
        result.append((name and name.group(1).decode("utf-8", "replace"),
                       file and file.group(1).decode("utf-8", "replace"),
                       data[:-2].decode("latin-1")))
    return result


def body_of(headers, body):
    kind = headers.get("content-type", "")
    if "x-www-form-urlencoded" in kind:
        return urllib.parse.parse_qsl(body.decode("latin-1"), keep_blank_values=True)
    if "multipart/" in kind and "boundary=" in kind:
        return parts(body, kind.split("boundary=")[1].split(";")[0].strip('"'))
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("latin-1")


def normal(request, names):
    method, url, items, body = request
    headers = {}
    for key, value in items:
        headers[key.lower()] = value
    split = urllib.parse.urlsplit(url)
    data = body_of(headers, body)
    if isinstance(data, dict) and "query" in data:  # a GraphQL operation: null is the same as none
        data = {k: v for k, v in data.items() if v not in (None, {}, "")}
        data.pop("operationName", None)
    kept = {k: v.split("; boundary")[0] for k, v in headers.items() if k in names}
    if kept.get("accept") == "*/*":  # reprise sends it if a plan sets no Accept; JMeter none
        del kept["accept"]
    if "content-type" in kept:  # JMeter names the character set of forms and texts
        kept["content-type"] = kept["content-type"].lower().replace("; charset=utf-8", "")
    if kept.get("authorization", "").startswith("Basic "):
        kept["authorization"] = base64.b64decode(kept["authorization"][6:]).decode("latin-1")
    if "cookie" in kept:
        kept["cookie"] = "; ".join(sorted(kept["cookie"].split("; ")))
    host = split.netloc[:-3] if split.netloc.endswith(":80") else split.netloc
    return [method, host.lower(), re.sub("//+", "/", urllib.parse.unquote(split.path or "/")),
            urllib.parse.parse_qsl(split.query, keep_blank_values=True), data, kept]


def is_same(theirs, ours):
    """Whether the texts are equal; !! in ours is a value that the run was given."""
    if isinstance(ours, str) and isinstance(theirs, str):
        if "!!" not in ours:
            return theirs == ours or (theirs.isdigit() and ours.isdigit() and len(ours) >= 10
                                      and abs(int(theirs) - int(ours)) < 600 * 1000)
        pattern = ".*".join(re.escape(p) for p in re.split(r"!![A-Z0-9_]+!!", ours))
        return re.fullmatch(pattern, theirs, re.DOTALL) is not None
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(map(is_same, theirs, ours))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(is_same(theirs[k], ours[k]) for k in ours)
    return theirs == ours or (not theirs and not ours)


def difference(theirs, ours):
    """The first difference of two sequences, as a short text."""
    fields = ["method", "host", "path", "query", "body", "headers"]
    for i, (a, b) in enumerate(zip(theirs, ours)):
        for name, x, y in zip(fields, a, b):
            if not is_same(x, y):
                return f"request {i + 1}, {name}: {x!r} became {y!r}"
    return f"{len(theirs)} requests became {len(ours)}"


# ---- one plan


def run_jmeter(home, folder, plan, port):
    command = ["java", "-Djava.awt.headless=true", "-Dhttp.nonProxyHosts=", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-jar",
               f"{home}/bin/ApacheJMeter.jar", "-n", "-t", plan, "-l", "jmeter.jtl", "-j",
               "jmeter.log", "-H", "127.0.0.1", "-P", str(port),
               "-Jsummariser.name=", "-Jjmeter.save.saveservice.output_format=csv"]
    try:
        done = subprocess.run(command, cwd=folder, timeout=SECONDS, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return None if done.returncode == 0 and b"Error" not in done.stdout[:2000] \
            else "JMeter cannot load it"
    except subprocess.TimeoutExpired:
        return f"JMeter needs more than {SECONDS} s"


def stopped(folder):
    """Why JMeter ended a plan before its first request: the first error in its log."""
    path = os.path.join(folder, "jmeter.log")
    lines = open(path, encoding="utf-8", errors="replace").read().split("\n") \
        if os.path.exists(path) else []
    for line, following in zip(lines, lines[1:]):
        if " ERROR " in line and ("Test failed" in line or "Unable to execute testStarted" in line):
            return "JMeter stops: " + following[:120]
    return None


def run_reprise(program, folder, scenario, port, once):
    text = open(os.path.join(folder, scenario), encoding="utf-8").read()
    proxy = f"defaults:\n  proxy: http://127.0.0.1:{port}\n"
    if re.search(r"^defaults:$", text, re.M):
        text = re.sub(r"^defaults:\n", proxy, text, count=1, flags=re.M)
    else:
        text += proxy
    with open(os.path.join(folder, scenario), "w", encoding="utf-8") as out:
        out.write(text)
    command = [program, "run", "--allow-files", folder] + (["--once"] if once else [])
    if not re.search(r"^target:", text, re.M):
        command += ["-t", "http://127.0.0.1:9"]
    for name in re.findall(r"^  ([A-Z][A-Z0-9_]*): \{required", text, re.M):
        number = re.search(r"\$\{" + name + r"\}(m?s\b|\", over|\", iterations)", text)
        value = "1" if number else f"!!{name}!!"
        if name.endswith("_FILE"):
            value = os.path.join(folder, "upload.bin")
            with open(value, "w", encoding="utf-8") as out:
                out.write("x")
        command += ["-p", f"{name}={value}"]
    try:
        done = subprocess.run(command + [scenario], cwd=folder, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return None if done.returncode in (0, 1, 3) else done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return f"reprise needs more than {SECONDS} s"


def compare(home, program, plan, port):
    """(requests of JMeter, of reprise, result) for one plan; None if it has no HTTP request."""
    with tempfile.TemporaryDirectory() as folder:
        here = os.path.join(folder, "plan")
        source = os.path.dirname(plan)
        own = os.path.basename(source) == "own"
        shutil.copytree(source, here, symlinks=True, ignore=shutil.ignore_patterns("*.jmx~"))
        try:
            root = ET.fromstring(plain_http(open(plan, encoding="utf-8").read()))
        except ET.ParseError:
            return None
        drop_plugins(root)
        add_server(root)
        add_data(root, here)
        ET.ElementTree(root).write(os.path.join(here, "ours.jmx"), encoding="utf-8",
                                   xml_declaration=True)
        done = subprocess.run([program, "import", "jmeter", "ours.jmx", "-o", "ours.yaml"],
                              cwd=here, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False)
        if done.returncode != 0:
            reason = done.stdout.decode("utf-8", "replace")
            return None if "no thread group with HTTP" in reason else (0, 0, reason.split("\n")[0])
        names = header_names(root)
        if not own:
            one_user(root)
        ET.ElementTree(root).write(os.path.join(here, "theirs.jmx"), encoding="utf-8",
                                   xml_declaration=True)
        take()
        failed = run_jmeter(home, here, "theirs.jmx", port)
        theirs = [normal(r, names) for r in take()]
        if failed:
            return (len(theirs), 0, failed)
        failed = run_reprise(program, here, "ours.yaml", port, not own)
        got = [normal(r, names) for r in take()]
        if failed:
            return (len(theirs), len(got), failed.strip().split("\n")[0])
        reason = None if theirs else stopped(here)
        if reason:
            return (0, len(got), reason)
        if len(theirs) == len(got) and all(map(is_same, theirs, got)):
            return (len(theirs), len(got), "same")
        return (len(theirs), len(got), difference(theirs, got))


def main():
    home, program, table, folders = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    plans, without, lines = [], 0, []
    for folder in folders:
        for path, _, files in os.walk(folder):
            plans += [(folder, os.path.join(path, f)) for f in files if f.endswith(".jmx")]
    for folder, plan in sorted(plans):
        result = compare(os.path.abspath(home), os.path.abspath(program), plan,
                         server.server_address[1])
        if result is None:
            without += 1
            continue
        name = os.path.relpath(plan, os.path.dirname(folder.rstrip("/")))
        lines.append((name, *result))
        print(f"{result[2][:200] if result[2] != 'same' else 'same'}: {name} "
              f"({result[0]}, {result[1]})", flush=True)
    write_table(table, lines, without)


def write_table(table, lines, without):
    same = sum(line[3] == "same" for line in lines)
    summary = f"{same} of {len(lines)} plans send the same; {without} plans have no HTTP requests."
    with open(table, "w", encoding="utf-8") as out:
        out.write("# The requests of JMeter and reprise\n\nThe number of requests of each plan, and whether "
                  "they are the same.\n\n" + summary + "\n\n"
                  "| plan | JMeter | reprise | result |\n|---|---|---|---|\n")
        for name, theirs, got, result in lines:
            result = re.sub(r"[\n|`]", " ", result)[:300].strip()
            out.write(f"| {name} | {theirs} | {got} | {result} |\n")
    print(summary)


if __name__ == "__main__":
    main()
