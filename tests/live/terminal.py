"""A terminal for tests: a child process on a pseudo-terminal, and the screen that a user would see.

Terminal interprets the sequences that reprise may write and rejects all others, so an escape
sequence from untrusted text is a failure. Widths come from Python's Unicode tables, not from
reprise's. It keeps the lines that have scrolled off, and can change its size while the child runs,
like terminals that cut long lines (reflow=False) or wrap them (reflow=True).
"""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata


class Refused(Exception):
    """The program wrote something that must not reach a terminal."""


def width(character):
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Screen:
    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.pending = False  # the cursor stays at the right edge after a full line
        self.history = []
        self.cursor_shown = True
        self.colored = False
        self.colors_seen = set()
        self.frames = 0  # number of times the cursor went back to the top of a frame
        self.rest = ""

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def text(self):
        return "\n".join(self.lines()).rstrip()

    def all_text(self):
        return "\n".join(self.history + self.lines()).rstrip()

    def resize(self, rows, columns, reflow):
        text = self.lines()[: self.row + 1]
        if reflow:
            text = [line[i : i + columns] for line in text for i in range(0, max(len(line), 1), columns)]
        else:
            text = [line[:columns] for line in text]
        while len(text) > rows:
            self.history.append(text.pop(0))
        self.rows, self.columns = rows, columns
        self.cells = [list(line.ljust(columns)) for line in text]
        self.row = len(self.cells) - 1
        self.cells += [[" "] * columns for _ in range(rows - len(self.cells))]
        self.column = min(self.column, columns - 1)

    def feed(self, data):
        data = self.rest + data
        self.rest = ""
        i = 0
        while i < len(data):
            c = data[i]
            if c == "\x1b":
                found = SEQUENCE.match(data, i)
                if not found:
                    if len(data) - i < 16 and re.fullmatch(r"\x1b(\[[?0-9;]*)?", data[i:]):
                        self.rest = data[i:]
                        return
                    # A signal may end the program inside a sequence; the next sequence cancels it.
                    torn = re.match(r"\x1b(\[[?0-9;]*)?(?=\x1b)", data[i:])
                    if torn:
                        i += torn.end()
                        continue
                    raise Refused(f"escape {data[i:i + 12]!r}")
                self.sequence(*found.groups())
                i = found.end()
                continue
            self.put(c)
            i += 1

    def put(self, c):
        if c == "\r":
            self.column, self.pending = 0, False
        elif c == "\n":
            self.line_feed()
        elif ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
            raise Refused(f"control character {c!r}")
        else:
            self.letter(c)

    def line_feed(self):
        self.pending = False
        if self.row + 1 < self.rows:
            self.row += 1
            return
        self.history.append("".join(self.cells.pop(0)).rstrip())
        self.cells.append([" "] * self.columns)

    def letter(self, c):
        wide = width(c)
        if wide == 0:
            return
        if self.pending or self.column + wide > self.columns:
            self.column = 0
            self.line_feed()
        self.cells[self.row][self.column] = c
        for extra in range(1, wide):
            self.cells[self.row][self.column + extra] = ""
        self.column += wide
        if self.column >= self.columns:
            self.column, self.pending = self.columns - 1, True

    def sequence(self, private, numbers, letter):
        if private:
            if numbers != "25" or letter not in "lh":
                raise Refused(f"mode {numbers}{letter}")
            self.cursor_shown = letter == "h"
            return
        if letter == "m":
            self.colors_seen.add(numbers)
            self.colored = numbers not in ("", "0")
        elif letter == "A":
            self.row = max(0, self.row - int(numbers or 1))
            self.pending = False
            self.frames += 1
        elif letter == "H" and not numbers:
            self.row = self.column = 0
            self.pending = False
        elif letter == "K" and not numbers:
            self.cells[self.row][self.column :] = [" "] * (self.columns - self.column)
        elif letter == "J" and not numbers:
            self.cells[self.row][self.column :] = [" "] * (self.columns - self.column)
            for row in range(self.row + 1, self.rows):
                self.cells[row] = [" "] * self.columns
        else:
            raise Refused(f"sequence {numbers}{letter}")


class Terminal:
    """A child process with a pseudo-terminal as standard streams. With JOB it runs in a separate
    process group, as in a shell, so that it can be stopped."""

    def __init__(self, argv, rows, columns, environment, job=False):
        self.screen = Screen(rows, columns)
        self.raw = b""
        report, told = os.pipe()
        self.leader, self.fd = pty.fork()
        if self.leader == 0:
            os.close(report)
            self._child(argv, environment, job, told)
        os.close(told)
        self._size(rows, columns)
        self.child = struct.unpack("i", os.read(report, 4))[0] if job else self.leader
        os.close(report)
        self.decoder = codecs.getincrementaldecoder("utf-8")("strict")

    @staticmethod
    def _child(argv, environment, job, told):
        time.sleep(0.05)  # until the size is set
        if not job:
            os.execve(argv[0], argv, environment)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            os.execve(argv[0], argv, environment)
        os.write(told, struct.pack("i", child))
        while True:
            _, status = os.waitpid(child, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
            os.tcsetpgrp(0, os.getpgrp())

    def _size(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns, reflow):
        self.pump(0.01)
        self.screen.resize(rows, columns, reflow)
        self._size(rows, columns)

    def type(self, data):
        os.write(self.fd, data)

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def pump(self, seconds, until=None):
        """Reads output for that many seconds, or until UNTIL(screen) is true or the child ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until(self.screen)):
            ready, _, _ = select.select([self.fd], [], [], min(0.02, max(0, end - time.monotonic())))
            if not ready:
                continue
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                return
            self.raw += data
            self.screen.feed(self.decoder.decode(data))

    def finish(self, seconds=20):
        """Reads until the child ends; returns its exit status, or the negative signal number."""
        self.pump(seconds)
        for _ in range(100):
            pid, status = os.waitpid(self.leader, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        os.kill(self.leader, signal.SIGKILL)
        os.waitpid(self.leader, 0)
        raise AssertionError("the child did not end in time")

    def close(self):
        os.close(self.fd)
