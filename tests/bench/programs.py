"""Runs a program once and measures it: CPU time, memory, system calls, instructions."""
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time

HANG_S = 300


class Cost:
    """A measured run: CPU seconds (user and system), wall seconds, peak resident KB, the JSON report."""

    def __init__(self, usage, wall, report):
        self.cpu = usage.ru_utime + usage.ru_stime
        self.wall = wall
        self.peak_kb = usage.ru_maxrss
        self.report = report

    def started(self):
        return self.report["requests"]["started"]

    def percentile(self, name):
        """A statistic of response times in seconds; the scenario must have a threshold for it."""
        for threshold in self.report["thresholds"]:
            if threshold["check"].startswith(name + " "):
                scale = {"s": 1, "ms": 1e-3, "us": 1e-6}[threshold["unit"]]
                return threshold["value"] * scale
        raise KeyError(name)


def run_cost(command, check=True, watch=None):
    """
    Runs COMMAND and returns (usage, wall seconds, output). WATCH is called about ten times a second
    with the process id. A failure stops the whole benchmark unless CHECK is false.
    """
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG if watch else 0)
            if pid or not watch:
                break
            if time.monotonic() - began > HANG_S:
                os.kill(process.pid, signal.SIGKILL)
            watch(process.pid)
            time.sleep(0.1)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        output = out.read().decode("utf-8", "replace")
    if check and process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}\n{output[-2000:]}")
    return usage, wall, output


class Reprise:
    """The program under test, on one worker and one core."""

    def __init__(self, program, folder, pin):
        self.program, self.folder, self.pin = program, folder, pin

    def command(self, scenario, more=()):
        """The command line for a scenario given as text, without CPU pinning."""
        file = os.path.join(self.folder, "scenario.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(scenario)
        return [self.program, "run", file, "-j", "1", "-q", "--json",
                os.path.join(self.folder, "result.json"), *more]

    def run(self, scenario, watch=None, more=()):
        """A run in which no request may fail; MORE are options."""
        result = os.path.join(self.folder, "result.json")
        if os.path.exists(result):
            os.unlink(result)
        usage, wall, _output = run_cost([*self.pin, *self.command(scenario, more)], watch=watch)
        with open(result, encoding="utf-8") as file:
            report = json.load(file)
        requests = report["requests"]
        if requests["failed"] or requests["cut_off"] or not requests["ok"]:
            raise RuntimeError(f"requests failed: {requests} {report['failures']}")
        return Cost(usage, wall, report)


def instructions(command):
    """User-space instructions of a command, measured by callgrind."""
    _usage, _wall, output = run_cost(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command])
    return int(re.search(r"Collected : (\d+)", output).group(1))


def perf_counts():
    """Whether perf can count system calls on this machine."""
    if not shutil.which("perf"):
        return False
    probe = subprocess.run(["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "true"],
                           capture_output=True, text=True, check=False)
    return re.match(r"\d+,", probe.stderr.strip()) is not None


def perf_calls(pin, command):
    """System calls of a command and its threads, measured by perf."""
    _usage, _wall, output = run_cost(
        [*pin, "perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", *command])
    return int(re.search(r"^(\d+),,raw_syscalls", output, re.M).group(1))


def strace_calls(pin, command):
    """The same, measured by strace. It slows the program down, so responses must take even longer."""
    _usage, _wall, output = run_cost([*pin, "strace", "-f", "-c", *command])
    total = next(line for line in output.splitlines() if line.rstrip().endswith("total"))
    return int(total.split()[3])  # percentage of time, seconds, µs per call, calls


def raise_open_files():
    """Raises the limit of open files as far as possible; returns it."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
