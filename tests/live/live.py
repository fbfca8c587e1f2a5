"""Tests of the live view on pseudo-terminals; prints TAP.

    live.py FAKE_RUN
"""

import os
import re
import signal
import subprocess
import sys
import time

from live_tap import Skipped, environment, perform
from terminal import Refused, Terminal

FAKE = sys.argv[1]
THREADS = "thread" in os.environ.get("SANITIZED", "")
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def start(words, rows=24, columns=80, env=None, job=False):
    return Terminal([FAKE] + words.split(), rows, columns, env or environment(), job)


def seen(words, rows=24, columns=80, env=None):
    """The terminal after the end of the run."""
    terminal = start(words, rows, columns, env)
    terminal.status = terminal.finish()
    terminal.close()
    return terminal


def is_left_right(terminal):
    """The live view is removed from the terminal."""
    assert terminal.screen.cursor_shown, "the cursor is hidden"
    assert not terminal.screen.colored, "a colour is left on"
    assert terminal.echoes(), "typed characters are not echoed"
    assert terminal.screen.column == 0, f"the cursor is in column {terminal.screen.column}"


@test
def the_frame_at_80x24():
    terminal = start("seconds=20 speed=10 fail=1")
    terminal.pump(20, lambda screen: "00:00:12" in screen.text())
    lines = terminal.screen.text().split("\n")
    assert lines[0] == "Web shop  ·  http://127.0.0.1:8080  ·  50 users for 2m, ramp 10s  ·  seed 7", lines[0]
    assert re.fullmatch(r"  00:00:12  \[=+> +\]  6[0-9] %   Ctrl-C stops and reports", lines[2]), lines[2]
    assert lines[4].startswith("  users      50 of 50        requests  "), lines[4]
    assert " 46.0/s " in lines[4] and "failed  2" in lines[4], lines[4]
    assert lines[5].startswith("  response   p50 7 ms "), lines[5]
    assert any("on schedule (lag p99 1 ms)" in line for line in lines)
    assert any(re.search(r"GET /page/0 .*HTTP 503$", line) for line in lines)
    assert any(re.fullmatch(r"  p95 < 300ms +8 ms   passed", line) for line in lines)
    assert not terminal.screen.history
    assert not terminal.screen.cursor_shown and not terminal.echoes()
    terminal.finish()
    is_left_right(terminal)
    terminal.close()


@test
def the_last_frame_stays_and_the_report_follows():
    terminal = seen("seconds=4 speed=8")
    text = terminal.screen.all_text()
    assert text.count("Web shop  ·") == 1 and text.count("users      50") == 1, text
    assert "Ctrl-C" not in text, text
    assert re.search(r"  00:00:04  \[=+\] 100 %\n", text), text
    assert text.index("PASSED   Web shop: both thresholds passed.") > text.index("100 %")
    assert text.count("  step  ") == 1, "the table is there twice"
    assert terminal.status == 0


@test
def four_frames_a_second():
    terminal = start("seconds=30")
    terminal.pump(20, lambda screen: screen.frames >= 2)
    times = []
    for frame in range(3, 12):
        terminal.pump(20, lambda screen: screen.frames >= frame)
        times.append(time.monotonic())
    # On a busy machine frames are late, never early, so the shortest of eight gaps is checked.
    assert times[-1] - times[0] > 1.7, times
    assert min(after - before for before, after in zip(times, times[1:])) < 0.3, times
    terminal.type(b"\x03")
    terminal.finish()
    terminal.close()


@test
def steps_that_have_no_room_are_counted():
    for rows, columns, steps in ((24, 80, 40), (10, 40, 9), (12, 60, 30), (9, 120, 8)):
        terminal = start(f"seconds=20 speed=10 steps={steps} scenarios=3 fail=1", rows, columns)
        terminal.pump(20, lambda screen: "00:00:10" in screen.text())
        text = terminal.screen.text()
        found = re.search(r"and (\d+) more steps?", text)
        assert found, text
        shown = len(re.findall(r"GET /page/\d+", text))
        assert shown >= 1 and shown + int(found.group(1)) == steps, text
        assert not terminal.screen.history, "the frame scrolled"
        assert "Buy" not in text, "a heading takes the room of a step"
        first = re.search(r"GET /page/(\d+)", text)
        assert int(first.group(1)) % 3 == 0, "a step that fails is shown before others"
        terminal.type(b"\x03")
        terminal.finish()
        terminal.close()


@test
def the_frame_fits_any_size():
    for rows, columns in ((10, 40), (24, 80), (5, 20), (3, 13), (2, 4), (60, 200), (7, 133), (50, 30)):
        terminal = start("seconds=20 speed=8 steps=30 scenarios=3 fail=1 thresholds=5 late=1", rows, columns)
        terminal.pump(20, lambda screen: screen.frames > 40)
        assert not terminal.screen.history, f"{rows}x{columns}: the frame scrolled"
        assert terminal.screen.text().startswith("Web"), terminal.screen.text()
        terminal.type(b"\x03")
        terminal.finish()
        terminal.close()


@test
def at_40x10_the_main_numbers_are_shown():
    terminal = start("seconds=20 speed=10 steps=9 fail=1 thresholds=3", 10, 40)
    terminal.pump(20, lambda screen: "00:00:12" in screen.text())
    text = terminal.screen.text()
    for piece in ("Web shop", "00:00:12  [", " %", "50 of 50 users", "requests", "/s", "failed ", "p50 ", "p95 ",
                  "step", "GET /page/", "more step", "thresholds  "):
        assert piece in text, f"no {piece!r} in\n{text}"
    terminal.type(b"\x03")
    terminal.finish()
    terminal.close()


@test
def the_next_frame_has_the_new_size():
    for reflow in (False, True):
        terminal = start("seconds=30 speed=8 steps=12 scenarios=2")
        terminal.pump(20, lambda screen: "00:00:03" in screen.text())
        for rows, columns in ((10, 40), (40, 100), (30, 70), (24, 80), (12, 81)):
            terminal.resize(rows, columns, reflow)
            terminal.pump(0.4)
            text = terminal.screen.text()
            assert text.count("Web shop") == 1, f"{rows}x{columns} reflow={reflow}\n{text}"
            assert text.count("step  ") == 1, f"{rows}x{columns} reflow={reflow}\n{text}"
            assert text.count(" %") <= 3, text
        terminal.finish()
        text = terminal.screen.text()
        assert text.count("PASSED") == 1, text
        terminal.close()


@test
def messages_do_not_break_the_frame():
    for rows in (24, 10):
        terminal = start("seconds=12 speed=8 say=2", rows)
        # The message of a second can come after the frame of that second, from the other thread.
        terminal.pump(20, lambda screen: "00:00:09" in screen.text() and "message at 8 s" in screen.all_text())
        text = terminal.screen.all_text()
        assert text.count("Web shop  ·") == 1, text
        for moment in (2, 4, 6, 8):
            message = f"a message at {moment} s, from another thread"
            assert text.count(message) == 1, f"{message}: {text.count(message)} times\n{text}"
            assert text.index(message) < text.index("Web shop  ·"), text
        assert "\x1b[J" not in terminal.raw.decode().replace("\r\n\x1b[J", ""), "erased before it was written over"
        terminal.finish()
        assert terminal.screen.all_text().count("Web shop  ·") == 1
        terminal.close()


@test
def many_messages_are_shown_together():
    terminal = start("seconds=8 speed=4 say=2 flood=3000")
    terminal.finish(30)
    text = terminal.screen.all_text()
    assert text.count("Web shop  ·") == 1, text[-3000:]
    numbers = re.findall(r"^message (\d+) of many at (\d) s$", text, re.M)
    assert numbers == [(str(i), str(s)) for s in (2, 4, 6, 8) for i in range(3000)], len(numbers)
    assert terminal.screen.frames < 150, f"{terminal.screen.frames} frames drawn for 12,000 messages"
    terminal.close()
    terminal = start("seconds=8 speed=4 say=1 flood=20 end=bug")
    terminal.finish(30)
    text = terminal.screen.all_text()
    assert text.count("message 19 of many at 4 s") == 1, text
    assert text.count("internal error at") == 1, text
    is_left_right(terminal)
    terminal.close()


@test
def hostile_names_keep_their_columns():
    for env in (environment(), environment(LANG="C")):
        terminal = start("seconds=20 speed=10 steps=8 evil=1 fail=1", env=env)
        terminal.pump(20, lambda screen: "00:00:06" in screen.text())
        lines = [row for row in terminal.screen.cells if re.search(r" ms +\d", "".join(row))]
        heading = next(row for row in terminal.screen.cells if "".join(row).startswith("  step "))
        edge = "".join(heading).index("failed") + len("failed") - 1
        steps = [row for row in lines if "".join(row).count(" ms") == 3 and "response" not in "".join(row)]
        assert len(steps) == 8, "\n".join("".join(row) for row in steps)
        for row in steps:
            assert row[edge].isdigit() and row[edge + 1] == " ", f"{''.join(row)!r}"
        terminal.finish()
        text = terminal.screen.all_text()
        assert "\\x1B[2J" in text and "\\r" not in text, text
        terminal.close()


@test
def ascii_where_the_locale_is_not_utf8():
    for env in (environment(LANG="C"), environment(LANG=None), environment(LC_ALL="POSIX"),
                environment(LANG="de_DE.ISO-8859-1")):
        terminal = seen("seconds=4 speed=8 fail=1 late=1 say=2", env=env)
        assert max(terminal.raw) < 128, terminal.raw[:200]
        assert "Web shop  -  http" in terminal.screen.all_text()
    terminal = seen("seconds=2 speed=8", env=environment(LANG="en_US.UTF-8"))
    assert "·" in terminal.screen.all_text()


@test
def colours_only_if_requested():
    def colors(words, **more):
        return seen("seconds=3 speed=8 fail=1 " + words, env=environment(**more)).screen.colors_seen - {"0"}

    assert colors("") >= {"31", "32", "2"}
    assert not colors("", NO_COLOR="1")
    assert not colors("color=never")
    assert colors("color=always", NO_COLOR="1")
    assert colors("", NO_COLOR="")
    frame = seen("seconds=3 speed=8", env=environment(NO_COLOR="1"))
    assert frame.screen.frames > 3, "without colour there is still a frame"


@test
def no_terminal_gets_plain_lines():
    def errors_of(words, **more):
        result = subprocess.run([FAKE] + words.split(), env=environment(**more), capture_output=True, timeout=60)
        return result.stderr.decode(), result.stdout.decode()

    error, output = errors_of("seconds=35 speed=100 fail=1 say=7 evil=1")
    assert "\x1b" not in error + output and "\r" not in error + output
    lines = [line for line in error.split("\n") if re.match(r"00:00:\d\d  ", line)]
    assert [line[:8] for line in lines] == ["00:00:10", "00:00:20", "00:00:30"], error
    error, output = errors_of("seconds=12 speed=100")
    assert re.search(r"^00:00:10  50 users  460 requests  46\.0/s  failed 0  p95 8 ms$", error, re.M), error
    assert output.startswith("PASSED   Web shop: both thresholds passed."), output
    assert "  step  " in output, "without a frame the report has the table"
    error, output = errors_of("seconds=12 speed=100 quiet=1")
    assert error == "" and "PASSED" in output and "step  " not in output, error + output


@test
def plain_and_dumb_terminals_are_not_moved_on():
    for words, more in (("plain=1 color=never", {}), ("", {"TERM": "dumb"}), ("", {"TERM": None})):
        terminal = seen("seconds=12 speed=50 " + words, env=environment(**more))
        assert b"\x1b" not in terminal.raw, terminal.raw[:100]
        assert "00:00:10  50 users" in terminal.screen.all_text()


@test
def the_terminal_is_restored_after_every_end():
    for words, ending, status in (("end=crash", None, -signal.SIGSEGV), ("end=memory", None, 70),
                                  ("end=bug", None, 70), ("", b"\x03", -signal.SIGINT),
                                  ("", b"\x1c", -signal.SIGQUIT), ("", signal.SIGTERM, -signal.SIGTERM),
                                  ("", signal.SIGHUP, -signal.SIGHUP), ("", signal.SIGABRT, -signal.SIGABRT)):
        terminal = start("seconds=8 speed=4 fail=1 " + words)
        terminal.pump(5, lambda screen: "00:00:02" in screen.text())
        assert not terminal.screen.cursor_shown and not terminal.echoes()
        if isinstance(ending, bytes):
            terminal.type(ending)
        elif ending:
            os.kill(terminal.child, ending)
        actual = terminal.finish()
        what = words or ending
        if words == "end=crash" and os.environ.get("SANITIZED"):
            status = 66 if THREADS else 1  # of the sanitizer, which reports the crash
        assert actual == status, f"{what}: {actual}"
        is_left_right(terminal)
        assert terminal.screen.all_text().count("Web shop  ·") == 1, f"{what}\n{terminal.screen.all_text()}"
        terminal.close()


@test
def stopped_and_continued():
    if THREADS:
        raise Skipped("ThreadSanitizer runs a handler after the system call; the kernel repeats that until SIGTTOU is handled")
    terminal = start("seconds=16 speed=4", job=True)
    terminal.pump(5, lambda screen: "00:00:02" in screen.text())
    assert not terminal.screen.cursor_shown
    terminal.type(b"\x1a")
    terminal.pump(5, lambda screen: screen.cursor_shown)
    terminal.pump(0.3)
    is_left_right(terminal)
    stands = terminal.screen.frames
    os.kill(terminal.child, signal.SIGCONT)  # in the background: the shell has the terminal
    terminal.pump(0.5)
    assert terminal.screen.frames == stands and terminal.screen.cursor_shown, "drawn over the shell"
    before = terminal.screen.all_text()
    terminal.finish(30)
    text = terminal.screen.all_text()
    assert text.startswith(before), text
    assert "100 %" in text[len(before):] and "GET /page/0" in text[len(before):], "its last frame is printed"
    assert terminal.screen.frames == stands
    is_left_right(terminal)
    terminal.close()


@test
def typed_keys_are_not_shown():
    terminal = start("seconds=8 speed=4")
    terminal.pump(5, lambda screen: "00:00:02" in screen.text())
    terminal.type(b"hello\n\n\n")
    terminal.pump(0.6)
    assert "hello" not in terminal.screen.all_text()
    terminal.finish()
    assert terminal.screen.all_text().count("Web shop  ·") == 1, terminal.screen.all_text()
    terminal.close()


@test
def iterations_and_runs_without_an_end():
    terminal = start("seconds=8 speed=4 iterations=16 endless=1")
    terminal.pump(5, lambda screen: "4 of 16 iterations" in screen.text())
    assert re.search(r"\] +25 %   4 of 16 iterations   Ctrl-C stops", terminal.screen.text()), terminal.screen.text()
    terminal.finish()
    terminal.close()
    terminal = start("seconds=8 speed=4 endless=1 end=stop")
    terminal.pump(5, lambda screen: "00:00:03" in screen.text())
    assert re.search(r"00:00:03  [23] iterations   Ctrl-C stops", terminal.screen.text()), terminal.screen.text()
    terminal.pump(5, lambda screen: "00:00:05" in screen.text())
    assert "stopping; Ctrl-C again ends now" in terminal.screen.text(), terminal.screen.text()
    terminal.finish()
    terminal.close()


@test
def the_emulator_rejects_unknown_sequences():
    from terminal import Screen
    for text in ("\x1b[2J", "\x1b]0;title\x07", "a\x07", "\x9b31m", "\u202e", "\x1b[5;5H", "\x1bc"):
        try:
            Screen(5, 20).feed(text)
        except Refused:
            continue
        raise AssertionError(f"{text!r} passed")


if __name__ == "__main__":
    sys.exit(perform(TESTS))
