"""Runs a tool on one core; measures the CPU time of all its processes against what the server counted."""
import os
import signal
import subprocess
import time

from origin import cpu_seconds, favor_session

POLL_S = 0.1


class Sample:
    def __init__(self, pid, counts):
        self.time = time.monotonic()
        self.requests, self.connections, self.server_cpu = counts.requests, counts.connections, counts.cpu
        self.cpu = sum(filter(None, map(cpu_or_none, process_tree(pid))))


class Run:
    """A finished run of a tool: exit status, output, samples of the time while requests arrived."""

    def __init__(self, status, output, samples, failed):
        self.status, self.output, self.failed = status, output, failed
        first = next((i for i, s in enumerate(samples) if s.requests > samples[0].requests), len(samples))
        last = next((i for i, s in enumerate(samples) if s.requests == samples[-1].requests), 0)
        self.samples = samples[max(0, first - 1):last + 1]

    def warm_half(self):
        """The first and the last sample of the second half: without the start, and with warm code."""
        if len(self.samples) < 4:
            return None
        middle = (self.samples[0].time + self.samples[-1].time) / 2
        begin = next(s for s in self.samples if s.time >= middle)
        # The last sample but one: the last may include the time after the last request.
        end = self.samples[-2]
        return (begin, end) if end.requests > begin.requests else None

    def cost_us(self, case):
        """CPU microseconds per request; per connection in the case `connect`."""
        half = self.warm_half()
        if not half:
            return None
        begin, end = half
        count = end.connections - begin.connections if case == "connect" else end.requests - begin.requests
        return (end.cpu - begin.cpu) / count * 1e6 if count else None

    def rate(self):
        begin, end = self.warm_half()
        return (end.requests - begin.requests) / (end.time - begin.time)

    def server_share(self):
        """The part of its core that the server used."""
        begin, end = self.warm_half()
        return (end.server_cpu - begin.server_cpu) / (end.time - begin.time)


def process_tree(pid):
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                    todo += map(int, file.read().split())
        except OSError:
            continue
    return found


def cpu_or_none(pid):
    try:
        return cpu_seconds(pid)
    except (OSError, IndexError):
        return None  # the process has ended since it was listed


def perform(command, environment, folder, core, origin, limit_s):
    """Runs COMMAND on CORE in FOLDER, for at most LIMIT_S seconds."""
    failed = origin.failed()
    with open(os.path.join(folder, "output"), "w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(["taskset", "-c", str(core), *command], cwd=folder,
                                   env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        favor_session(process.pid)
        samples = [Sample(process.pid, origin.counts())]
        end = time.monotonic() + limit_s
        while process.poll() is None:
            time.sleep(POLL_S)
            sample = Sample(process.pid, origin.counts())
            if process.poll() is None:
                samples.append(sample)
            if time.monotonic() > end:
                os.killpg(process.pid, signal.SIGKILL)
        samples.append(sample)
        output.seek(0)
        return Run(process.returncode, output.read(), samples, origin.failed() - failed)
