"""Hostile text in scenarios and server responses, and checks that it stays text in all outputs.

    hostile.py serve SECONDS          a server on a free loopback port; prints the port
    hostile.py scenario PORT [LOAD]   prints a scenario with one step per text
    hostile.py invalid                prints a scenario with the texts as invalid keys and as invalid values
    hostile.py check FOLDER [NAME]    checks the outputs of a run: text err s.csv e.ndjson j.xml sum.md
                                      metrics openmetrics influx statsd.* dogstatsd.* otlp r.json out/
                                      (default: all of them)

Each check uses only the grammar of its format. It reports unexpected lines, additional cells or
labels, and names that are not in the scenario.
"""
import csv
import glob
import json
import os
import re
import shlex
import socketserver
import sys
import threading
import xml.etree.ElementTree

TEXTS = [
    "\"'><img src=x onerror=alert(1)>",
    "</script><script>document.title='owned'</script>",
    "]]></title></style><svg onload=alert(1)><!--",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a> [x](javascript:alert(1)) ![x](http://evil.example/x)",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+cmd|' /C calc'!A0",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\u001b]0;owned\u0007\u001b[2J\u009b31m",
    "x\nreprise_evil 1\n# TYPE reprise_evil gauge\n",
    "\"} 1\nreprise_evil{a=\"1",
    "\\\",evil=\"1\\",
    "x:1|c\nevil:1|c|#evil:1,b@1",
    "x,evil=1 evil=1 1\nevil x=1\\",
    "::error::pwned",
    "x\n::set-output name=evil::1\n::add-mask::x",
    "::stop-commands::evil",
    "%0A::error::pwned%0D%3A%2C",
    "##[error]pwned ##vso[task.complete]x ##teamcity[x]",
    "\u202eevil\u202c \u2066evil\u2069 \u200fevil \u061cevil",
    "a\u0000b\u007fc\u2028d\u2029e\ufffe",
    "| a | b |\n|---|---|\n`x` **x** <details>",
    "'; touch evil; '$(touch evil)`touch evil`",
    "{{7*7}} %n%s%x <%= 7*7 %>",
]
# Only a server can send these: they are not UTF-8, or too long.
BYTES = [b"\xff\xfe\xc0\x80\xed\xa0\x80<b>", b"a\x00b\x1b[31m", b"<x>" * 20000]


def raw(number):
    return (TEXTS[number].encode("utf-8", "surrogatepass") if number < len(TEXTS)
            else BYTES[number - len(TEXTS)])


def one_line(text):
    return re.sub(rb"[\r\n\0]", b" ", text)[:3000]


class Enemy(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            line = self.rfile.readline()
            if not line.strip():
                return
            while self.rfile.readline().strip():
                pass
            number = int(line.split()[1].split(b"/")[1].split(b"?")[0])
            text = raw(number)
            self.wfile.write(b"HTTP/1.1 500 " + one_line(text) + b"\r\nX-Evil: " + one_line(text) +
                             b"\r\nServer: " + one_line(text) + b"\r\nContent-Type: text/html" +
                             b"\r\nSet-Cookie: evil=" + one_line(text) +
                             b"\r\nContent-Length: %d\r\n\r\n" % len(text) + text)


def serve(seconds):
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    socketserver.ThreadingTCPServer.daemon_threads = True
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Enemy)
    threading.Timer(seconds, server.shutdown).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()


# ---- the scenario

def scenario(port, load):
    """JSON is valid YAML. One step per text, which is its name, its expectation and its request."""
    steps = []
    # A build server shows only the first failures, so texts for it are first.
    for number, text in sorted(enumerate(TEXTS), key=lambda t: not re.search("::|##", t[1])):
        steps.append({"get": "/%d" % number, "name": text, "on_failure": "continue",
                      "query": {text: text}, "headers": {"X-Asked": text.replace("\n", " ").replace("\r", " ").replace("\0", "")},
                      "expect": {"status": 500, "body": {"contains": text + "!"}}})
        steps.append({"log": text})
    for number, _ in enumerate(BYTES, len(TEXTS)):
        steps.append({"post": "/%d" % number, "name": "bytes %d" % number, "on_failure": "continue",
                      "body": TEXTS[number % len(TEXTS)]})
    steps.append({"group": TEXTS[0], "steps": [{"fail": TEXTS[12] + TEXTS[18]}]})
    print(json.dumps({
        "name": TEXTS[1] + TEXTS[17] + TEXTS[18] + TEXTS[5] + TEXTS[11],
        "target": "http://127.0.0.1:%d" % port,
        "load": load,
        "scenarios": [{"name": TEXTS[13] + TEXTS[15], "steps": steps}],
        "thresholds": ["error_rate < 1%"] + [
            {"check": "p95 < 1s", "step": TEXTS[n]} for n in (0, 1, 12, 18, 22)],
    }, indent=1))


def invalid():
    """Each text as a key, as a value of an enumeration, and as an expression."""
    steps = []
    for text in TEXTS:
        steps.append({"get": "/", text: 1})
        steps.append({"get": "/", "name": "${" + text.replace("}", "") + "}", "on_failure": text})
    print(json.dumps({"target": "http://127.0.0.1:1", TEXTS[18]: TEXTS[11], "steps": steps,
                      "thresholds": ["p95 of \"" + text + "\" < 1s" for text in TEXTS]}, indent=1))


# ---- checks

def complain(what, about):
    raise SystemExit("%s: %r" % (what, about))


def read(name):
    """The text; it must be UTF-8 without control characters except line feeds and tabs."""
    with open(name, "rb") as file:
        text = file.read().decode("utf-8")
    bad = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", text)
    if bad:
        complain(name + " has " + repr(bad.group()), text[max(0, bad.start() - 80):bad.end() + 40])
    return text


def check_text():
    for name in "text", "err":
        for line in read(name).split("\n"):
            # Commands of other build servers mean nothing to GitHub.
            if re.search(r"##\[" if line.startswith("::") else r"##(\[|vso\[|teamcity\[)", line):
                complain(name + " has a command", line)
            if re.match(r"\s*::", line) and not re.match(
                    r"::(error|warning|notice) (file=[^:,]*,line=\d+(,col=\d+)?(,endColumn=\d+)?,)?title=[A-Z][A-Za-z0-9 ']+::", line):
                complain(name + " has a workflow command", line)


def check_csv():
    rows = list(csv.reader(open("s.csv", newline="", encoding="utf-8")))
    read("s.csv")
    for row in rows:
        if len(row) != len(rows[0]):
            complain("a row of another length", row)
        for cell in row:
            if re.match(r"\s*[=+@]|\s*-\D", cell):
                complain("a formula", cell)


def step_names(result):
    return [s["name"] for s in result["steps"]]


def check_json():
    read("r.json")
    result = json.load(open("r.json"))
    names = step_names(result)
    for text in TEXTS:
        if text not in names:
            complain("no step of that name in r.json", text)
    for name in ["e.ndjson", "out/events.ndjson"]:
        for line in read(name).rstrip("\n").split("\n"):
            json.loads(line)


def check_otlp():
    found = set()

    def walk(value):
        if isinstance(value, dict):
            if value.get("key") in ("step", "name", "reprise.step"):
                found.add(value["value"].get("stringValue"))
            value = list(value.values())
        if isinstance(value, list):
            for v in value:
                walk(v)
    walk(json.loads(read("otlp")))
    for text in TEXTS:
        if text not in found:
            complain("no step of that name in otlp", text)


def check_junit():
    read("j.xml")
    suites = xml.etree.ElementTree.parse("j.xml").getroot()
    allowed = {"testsuites", "testsuite", "testcase", "failure", "properties", "property",
               "system-out", "error", "skipped"}
    for element in suites.iter():
        if element.tag not in allowed:
            complain("an element of j.xml", element.tag)
        for name in element.attrib:
            if not re.fullmatch("[a-z]+", name):
                complain("an attribute of j.xml", name)
    names = [c.get("name") for c in suites.iter("testcase")]
    for text in TEXTS:
        if re.search("[^\t\n -\u007e]", text):
            continue
        if not any(text in name for name in names):
            complain("no test case of that name", text)


def check_markdown():
    width = None
    for line in read("sum.md").split("\n"):
        if re.search(r"</?(script|img|svg|a|details|b)\b", line) or "](" in line:
            complain("markup in sum.md", line)
        cells = line.count("|")
        if line.startswith("|") and re.fullmatch(r"[|:\- ]+", line):
            width = cells
        elif not line.startswith("|"):
            width = None
            if cells:
                complain("a table in sum.md", line)
        elif width is not None and cells != width:
            complain("a row of another width in sum.md", line)


LABEL = r'[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"'
METRIC = re.compile(r"reprise_[a-z_]+(?:\{%s(?:,%s)*\})? [0-9.e+\-]+(?:Inf|NaN)?(?: # \{.*)?" % (LABEL, LABEL))


def unlabel(value):
    return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), value)


def check_metrics():
    for file in "metrics", "openmetrics":
        names = set()
        for line in read(file).rstrip("\n").split("\n"):
            if "reprise_evil" in line.split("{")[0] or re.match("# (TYPE|HELP) reprise_evil", line):
                complain("an unexpected metric", line)
            if line.startswith("# ") or not line:
                continue
            if not METRIC.fullmatch(line):
                complain("no metric line in " + file, line)
            if re.search(r"[{,]evil=", re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)):
                complain("an unexpected label", line)
            names |= {unlabel(n) for n in re.findall(r'step="((?:[^"\\]|\\.)*)"', line)}
        for text in TEXTS:
            if not re.search("[^\n -\u007e]", text) and text not in names:
                complain("no step of that name in " + file, text)


def check_influx():
    pair = r"[a-z_0-9]+=(?:[^ ,=\\\n]|\\[ ,=])+"
    for line in read("influx").rstrip("\n").split("\n"):
        if not re.fullmatch(r"reprise[a-z_]*(?:,%s)* [a-z_0-9]+=[^ ,]+(?:,[a-z_0-9]+=[^ ,]+)* \d+" % pair, line):
            complain("no line of the line protocol", line)
        if re.search(r"(?<!\\)[, ]evil", line):
            complain("an unexpected tag or field", line)


def check_statsd():
    for name in glob.glob("statsd.*"):
        for line in read(name).split("\n"):
            if line and not re.fullmatch(r"reprise(\.[A-Za-z0-9_-]+)+:[0-9.]+\|(c|ms|g)(\|@[0-9.]+)?", line):
                complain("no statsd line", line)
    for name in glob.glob("dogstatsd.*"):
        for line in read(name).split("\n"):
            tags = r"[a-z_]+:[^|,#:@ \n]+"
            if line and not re.fullmatch(r"reprise[a-z._0-9]+:[0-9.]+\|(c|ms|g|d|h)(\|@[0-9.]+)?(\|#%s(,%s)*)?" % (tags, tags), line):
                complain("no DogStatsD line", line)
    if not glob.glob("statsd.*") or not glob.glob("dogstatsd.*"):
        complain("no packets", os.listdir("."))


def check_har():
    files = glob.glob("out/failures/*.har")
    if len(files) < len(TEXTS) / 2:
        complain("too few kinds of failure", files)
    for name in files:
        for entry in json.loads(read(name))["log"]["entries"]:
            words = shlex.shlex(entry["comment"], posix=True, punctuation_chars=True)
            words.whitespace_split = True
            words.commenters = ""
            words = list(words)
            if words[:2] != ["curl", "-i"] or any(re.fullmatch(r"[();<>|&]+", w) for w in words):
                complain("more than one command", entry["comment"])
            if re.search(r"\$\(|`", re.sub(r"'[^']*'", "", entry["comment"])):
                complain("a substitution", entry["comment"])


def check_page():
    text = read("out/report.html")
    for bad in "<img", "<svg onload", "<script>document", "<a href=javascript", "<!--", "<x>", "<b>":
        if bad in text:
            complain("markup in the page", text[text.index(bad) - 60:][:160])


def main():
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "serve":
        serve(float(rest[0]))
    elif what == "invalid":
        invalid()
    elif what == "scenario":
        scenario(int(rest[0]), json.loads(rest[1]) if rest[1:] else {"users": 1, "iterations": 1})
    else:
        os.chdir(rest[0])
        for name, check in sorted(globals().items()):
            if name.startswith("check_") and name[6:] in (rest[1:] or [name[6:]]):
                check()
                print(name[6:], "is harmless")


main()
