"""Shared by the scripts of this folder: the environment of a child process, and TAP output."""

import os
import time
import traceback


class Skipped(Exception):
    """Raised by a test that cannot run here, with the reason."""


def environment(**more):
    """The user's environment without variables that change the output; None removes a variable."""
    words = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    words.update(more)
    return {name: value for name, value in words.items() if value is not None}


def perform(tests):
    """Each function is a test with its name as the description; an exception fails it."""
    print(f"1..{len(tests)}")
    failed = 0
    for number, function in enumerate(tests, 1):
        name = function.__name__.replace("_", " ")
        begin = time.monotonic()
        try:
            function()
            print(f"ok {number} - {name} # {time.monotonic() - begin:.1f} s", flush=True)
        except Skipped as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {name}", flush=True)
            for line in traceback.format_exc().split("\n"):
                print(f"# {line}", flush=True)
    return 1 if failed else 0
