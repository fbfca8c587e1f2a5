"""Runs against the sample shop in a terminal; prints TAP.

    real.py REPRISE SRCDIR
"""

import os
import re
import signal
import subprocess
import sys

from live_tap import environment, perform
from terminal import Terminal

REPRISE, SRCDIR = sys.argv[1:3]
TESTS = []
shop = None
url = ""


def test(function):
    TESTS.append(function)
    return function


def start(words, rows=24, columns=80):
    argv = [REPRISE, "run", "-t", url] + words.split() + [f"{SRCDIR}/examples/quickstart.yaml"]
    return Terminal(argv, rows, columns, environment())


def reached(seconds):
    """Whether the frame shows at least that many seconds of the run; a late frame may skip one."""

    def is_over(screen):
        clock = re.search(r"^  (\d\d):(\d\d):(\d\d) ", screen.text(), re.M)
        return clock and int(clock.group(2)) * 60 + int(clock.group(3)) >= seconds

    return is_over


def is_left_right(terminal):
    assert terminal.screen.cursor_shown and not terminal.screen.colored and terminal.echoes()
    assert terminal.screen.column == 0


@test
def a_run_from_its_first_second_to_its_report():
    terminal = start("-d 4s -u 20 --ramp-up 1s", 40)
    terminal.pump(20, reached(1))
    text = terminal.screen.text()
    for piece in (f"Web shop  ·  {url}", "20 users for 4s", "Ctrl-C stops and reports", "users  ", " of 20",
                  "GET /login", "Search", "p95 < 300ms", "error_rate < 1%"):
        assert piece in text, f"no {piece!r} in\n{text}"
    status = terminal.finish(30)
    text = terminal.screen.all_text()
    assert text.count("Web shop  ·") == 1 and text.count("100 %") == 1, text
    assert re.search(r"^(PASSED|FAILED) {3}Web shop: ", text, re.M), text
    assert re.search(r"^  p95 < 300ms +[0-9.]+ (ms|µs|s)   (passed|failed)$", text, re.M), text
    assert status in (0, 1), status
    is_left_right(terminal)
    terminal.close()


@test
def at_40x10():
    terminal = start("-d 4s -u 20 --ramp-up 1s", 10, 40)
    terminal.pump(20, reached(2))
    text = terminal.screen.text()
    assert not terminal.screen.history, terminal.screen.all_text()
    shown = len(re.findall(r"^ +(?:GET |POST |Search )", text, re.M))
    rest = re.search(r"^  and (\d) more steps", text, re.M)
    if rest:
        assert shown + int(rest.group(1)) == 7, text
    else:  # the line "behind schedule" uses the last free line: only the cursor's line is empty
        assert shown >= 1 and len(text.rstrip("\n").split("\n")) == 9, text
    terminal.finish(30)
    assert all(len(line) <= 40 for line in terminal.screen.lines())
    is_left_right(terminal)
    terminal.close()


def stopped_by(stop, name, expected):
    terminal = start("-d 60s -u 20 --ramp-up 1s", 40)
    terminal.pump(20, reached(1))
    stop(terminal)
    status = terminal.finish(30)
    text = terminal.screen.all_text()
    assert status == expected, status
    assert text.count("Web shop  ·") == 1, text
    assert "^C" not in text, text
    assert text.index("stopping: ") < text.index("Web shop  ·"), text
    assert f"Stopped before its end by {name}" in text, text
    is_left_right(terminal)
    terminal.close()


@test
def ctrl_c_stops_and_reports():
    stopped_by(lambda terminal: terminal.type(b"\x03"), "SIGINT (Ctrl-C).", 130)


@test
def sigterm_stops_and_reports():
    stopped_by(lambda terminal: os.kill(terminal.child, signal.SIGTERM), "SIGTERM.", 143)


@test
def without_a_server():
    global url
    kept, url = url, "http://127.0.0.1:9"
    try:
        terminal = start("-d 1s -u 2", 40)
        status = terminal.finish(30)
    finally:
        url = kept
    text = terminal.screen.all_text()
    assert status == 3, status
    assert "http://127.0.0.1:9 was never reached." in text.replace("\n        ", ""), text
    words = " ".join(text.split())
    assert "reprise demo" in words or "In a container" in words, text
    is_left_right(terminal)
    terminal.close()


@test
def without_a_terminal():
    run = subprocess.run([REPRISE, "run", "-t", url, "-d", "11s", "-u", "5", "--ramp-up", "1s", "--json", "-",
                          f"{SRCDIR}/examples/quickstart.yaml"], env=environment(), capture_output=True, timeout=60)
    assert b"\x1b" not in run.stderr + run.stdout and b"\r" not in run.stderr + run.stdout
    assert run.stdout.startswith(b"{"), run.stdout[:80]
    assert len(re.findall(rb"^00:00:10  ", run.stderr, re.M)) == 1, run.stderr
    assert b"Web shop: " in run.stderr


def main():
    global shop, url
    shop = subprocess.Popen([REPRISE, "demo", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://[0-9.:]+", shop.stdout.readline()).group(0)
        return perform(TESTS)
    finally:
        shop.terminate()
        shop.wait()


if __name__ == "__main__":
    sys.exit(main())
