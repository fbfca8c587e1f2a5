"""Starts and stops the processes of the test bed.

Each process has its own process group, which is ended as a whole: an application server has
workers. Only groups that were started here are ended. Everything that waits has a limit.
"""
import os
import signal
import socket
import subprocess
import time

STARTUP_S = 600
SHUTDOWN_S = 20


class Problem(Exception):
    """An application could not be installed, started, visited or counted."""


def clean_environment(**more):
    """The environment of this process without proxies, which cannot reach loopback addresses."""
    kept = {name: value for name, value in os.environ.items()
            if not name.lower().endswith("_proxy")}
    return {**kept, **more}


def call(command, log, cwd=None, env=None, stdin=None, limit_s=900):
    """Runs a command to its end, with its output appended to LOG; a failure is a Problem."""
    with open(log, "ab") as out:
        out.write(("$ %s\n" % " ".join(map(str, command))).encode())
        out.flush()
        try:
            done = subprocess.run(command, cwd=cwd, env=env or clean_environment(), input=stdin,
                                  stdin=None if stdin is not None else subprocess.DEVNULL,
                                  stdout=out, stderr=out, timeout=limit_s, check=False)
        except subprocess.TimeoutExpired:
            raise Problem("no end after %d s: %s; see %s" % (limit_s, command[0], log)) from None
    if done.returncode:
        raise Problem("exit status %d: %s; see %s"
                      % (done.returncode, " ".join(map(str, command)), log))


def is_listening(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A process that runs until stop()."""

    def __init__(self, command, log, cwd=None, env=None):
        self.command, self.log = command, log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(command, cwd=cwd, env=env or clean_environment(),
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            start_new_session=True)

    def wait_until(self, ready, what):
        """Returns when READY() is true; the process must not end before."""
        end = time.monotonic() + STARTUP_S
        while not ready():
            if self.process.poll() is not None:
                raise Problem("%s has ended; see %s" % (self.command[0], self.log))
            if time.monotonic() > end:
                raise Problem("%s: %s after %d s; see %s"
                              % (self.command[0], what, STARTUP_S, self.log))
            time.sleep(0.2)

    def send(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def stop(self, number=signal.SIGTERM):
        """Ends the process and its children, and returns its exit status."""
        if self.process.poll() is None:
            self.send(number)
            try:
                self.process.wait(SHUTDOWN_S)
            except subprocess.TimeoutExpired:
                pass
        self.send(signal.SIGKILL)
        return self.process.wait()
