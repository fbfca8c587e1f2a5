#!/usr/bin/env python3
"""Runs the code blocks of the README and the guide, and checks their links.

    guide.py run CHAPTER FOLDER     every code block of a Markdown file, in order, in FOLDER
    guide.py links CHAPTER...       every link to a file or heading of the repository

The words after the language of a block say how it is run:

    yaml [NAME]             a complete scenario: `reprise check` finds nothing, `run --once` passes
    yaml check-only [NAME]  a complete scenario for another server: it is only checked
    yaml error [NAME]       a scenario with an error, which `reprise check` reports
    sh [exit=N,...]         commands; their exit status is N (0)
    sh background           a server: it runs until the end of the chapter
    sh docker               run by tests/container/image.bats
    sh elsewhere            needs another machine or a browser: only its syntax is checked
    text output             the output of the block before it; numbers may differ
    LANGUAGE NAME           a file with that name
    LANGUAGE                not run, such as yml for the YAML of other programs

The comment <!-- ctrl-c PORT --> interrupts the server on that port, as Ctrl-C in its terminal does.

The sample shop is open on port 8080. The ports in the text are replaced with the free ports in
GUIDE_PORTS ("8080=12345 ..."). Runs are shortened to a second, and time limits of scenarios are extended to a
minute, because a busy machine must not change the result; GUIDE_AS_WRITTEN=yes uses the times in the text. With UPDATE_GUIDE=yes the output in the text is replaced with the real one:
review the difference before the commit.
"""
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

FENCE = re.compile(r"^( *)```(.+?)\n(.*?)^ *```$|^<!-- ctrl-c (\d+) -->$", re.S | re.M)
NUMBER = re.compile(r"\d[\d,.]*( ?(µs|ms|s|min|kB|MB|GB|bytes|%)(?![a-z]))?|\s+")
VALIDITY = re.compile(r"^(NOT VALID| *The result is) .*?(\n\n|\Z)", re.S | re.M)
TIME_LIMIT = re.compile(r"((?:\bp\d+|\bmean|\bmax)(?: of \"[^\"]*\")? < |\bmax_time: |\bmax_wait: )[\d.]+m?s\b")
SHORT = {"REPRISE_DURATION": "1s", "REPRISE_RAMP_UP": "0s", "REPRISE_THINK": "0.02"}
AS_WRITTEN = os.environ.get("GUIDE_AS_WRITTEN") == "yes"
UPDATE = os.environ.get("UPDATE_GUIDE") == "yes"
PORTS = dict(pair.split("=") for pair in os.environ.get("GUIDE_PORTS", "").split())
LIMIT_S = 180 if AS_WRITTEN else 60

WRAPPER = """#!/bin/sh
case " $* " in *" --port "*) ;; " demo "*) set -- "$@" --port {port} ;; esac
exec "{program}" "$@"
"""


class Failure(Exception):
    """A block that does not do what the text says."""


def to_free_ports(text):
    return re.sub(r"\b(%s)\b" % "|".join(PORTS), lambda m: PORTS[m[0]], text) if PORTS else text


def to_documented_ports(text):
    for documented, port in PORTS.items():
        text = text.replace(port, documented)
    return text


def patient(scenario):
    """A capacity search ends where a threshold fails, so its time limits stay."""
    if AS_WRITTEN or "capacity:" in scenario:
        return scenario
    return TIME_LIMIT.sub(r"\g<1>60s", scenario)


def without_numbers(text):
    """Output without numbers and line breaks, and without the sentence about the validity of the
    run, which depends on the load of this machine."""
    return NUMBER.sub(lambda m: "#" if m[0][0].isdigit() else " ", VALIDITY.sub("", text)).strip()


class Chapter:
    def __init__(self, path, folder):
        self.path, self.folder = pathlib.Path(path), pathlib.Path(folder)
        self.text = self.path.read_text()
        self.servers = {}  # port: process
        self.output = ""  # of the last block
        self.edits = []  # (begin, end) in the text, and the output for it
        programs = self.folder / "bin"
        programs.mkdir(parents=True)
        (programs / "reprise").write_text(
            WRAPPER.format(port=to_free_ports("8080"), program=os.environ["REPRISE"]))
        (programs / "reprise").chmod(0o755)
        proxies = {name: "" for name in os.environ if name.lower().endswith("_proxy")}
        self.env = dict(os.environ, **proxies, HOME=str(self.folder), NO_COLOR="1", COLUMNS="80",
                        PATH=f"{programs}:{os.environ['PATH']}")
        self.env.pop("XDG_DATA_HOME", None)

    # ---- processes

    def sh(self, script, expected=(0,), env=None):
        done = subprocess.run(["sh", "-euc", script], cwd=self.folder, env={**self.env, **(env or {})},
                              timeout=LIMIT_S, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode not in expected:
            raise Failure(f"exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def start(self, script):
        """Starts a server, after the one that has its port is stopped."""
        port = (re.findall(r"--port (\d+)", script) or [to_free_ports("8080")])[0]
        log = self.folder / f"server-{port}.log"
        self.stop(port)
        with open(log, "w") as out:
            server = subprocess.Popen(["sh", "-euc", script], cwd=self.folder, env=self.env, stdout=out,
                                      stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
        self.servers[port] = server
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                    return
            if server.poll() is not None:
                break
            time.sleep(0.05)
        raise Failure(f"no server listens on port {port}\n{log.read_text()}")

    def stop(self, port, how=signal.SIGTERM):
        server = self.servers.pop(port, None)
        if server and server.poll() is None:
            os.killpg(server.pid, how)
            server.wait(20)

    # ---- blocks

    def scenario(self, kind, name, body):
        (self.folder / name).write_text(body if kind == "error" else patient(body))
        checked = self.sh(f"reprise check {name}", [2] if kind == "error" else [0])
        self.output = checked.stdout + checked.stderr
        if kind == "error":
            return
        if "warning" in self.output:
            raise Failure(self.output)
        if kind != "check-only":
            self.output = self.sh(f"reprise run --once {name}").stdout

    def shell(self, kind, body):
        if kind == "background":
            self.start(body)
        elif kind in ("docker", "elsewhere"):
            self.sh(f"sh -n <<'END OF BLOCK'\n{body}END OF BLOCK")
        else:
            if not AS_WRITTEN:
                body = re.sub(r"(-d|--duration) \d+[smh]\b", r"\1 1s", body)
            expected = [int(n) for n in kind.removeprefix("exit=").split(",") if n] or [0]
            for _ in range(5 if UPDATE else 1):
                self.output = self.sh(body, expected, None if AS_WRITTEN else SHORT).stdout
                if "NOT VALID" not in self.output:  # else the machine was busy: not for the guide
                    break

    def compare(self, body, span):
        output = to_documented_ports(self.output)
        if UPDATE:
            self.edits.append((span, output))
        elif without_numbers(body) != without_numbers(output):
            raise Failure(f"the output is now\n{output}\n(UPDATE_GUIDE=yes replaces it)")

    def block(self, language, words, body, span):
        names = [w for w in words if "." in w]
        kind = " ".join(w for w in words if "." not in w)
        if language == "yaml" and kind in ("", "check-only", "error"):
            self.scenario(kind, names[0] if names else "scenario.yaml", body)
        elif names and not kind:
            (self.folder / names[0]).write_text(patient(body) if language == "yaml" else body)
        elif language == "sh" and re.fullmatch(r"|exit=[\d,]+|background|docker|elsewhere", kind):
            self.shell(kind, body)
        elif (language, kind) == ("text", "output"):
            self.compare(body, span)
        elif kind:
            raise Failure(f"unknown word: {kind}")

    def blocks(self):
        """Runs all blocks; returns their number and the number of those that failed."""
        found, failed = list(FENCE.finditer(self.text)), 0
        self.start("exec reprise demo")
        for block in found:
            if block[4]:
                self.stop(to_free_ports(block[4]), signal.SIGINT)
                continue
            language, *words = block[2].split()
            body = to_free_ports(re.sub(f"^{block[1]}", "", block[3], flags=re.M))
            try:
                self.block(language, words, body, block.span(3))
            except (Failure, subprocess.TimeoutExpired) as why:
                failed += 1
                line = self.text.count("\n", 0, block.start()) + 1
                print(f"{self.path}:{line}: {block[2]}\n{body}--> {why}")
        return len(found), failed

    def run(self):
        try:
            count, failed = self.blocks()
        finally:
            for port in list(self.servers):
                self.stop(port)
        for (begin, end), output in reversed(self.edits):
            self.text = self.text[:begin] + output + self.text[end:]
        if self.edits:
            self.path.write_text(self.text)
        print(f"{self.path.name}: {count} blocks, {failed} failed")
        return failed == 0


def anchors(path):
    """The names that GitHub gives to the headings of a file."""
    text = FENCE.sub("", path.read_text())
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def broken_links(path):
    text = FENCE.sub("", path.read_text())
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def main(command, *arguments):
    if command == "run":
        return Chapter(*arguments).run()
    broken = [f"{path}: {link}" for path in arguments for link in broken_links(pathlib.Path(path))]
    print("\n".join(broken) or f"the links of {len(arguments)} files are right")
    return not broken


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
