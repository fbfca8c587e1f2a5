#!/usr/bin/env python3
"""Kills runs with SIGKILL at random times and reads what is left with `reprise report`.

    REPRISE=build/reprise tests/cli/kills.py RUNS [SEED]

A server in this script notes when it sent each response. The result of a killed run must have every
response except those of the second under way and of the one that was being collected, never one too
many, and the verdict of what it has. A capacity search stores no seconds, but the levels that it tried; it
may lose the level under way. Time in which the program waited for the CPU is added to what may be lost,
so that the test does not depend on the load of the machine. Prints a line
for each run and the largest loss; the exit status is 1 if something is wrong.
"""
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

REPRISE = os.environ["REPRISE"]
LENGTH_S = 4  # of each run; a kill can also come while the files are written
LOST_MAX_S = 2
LEVEL_S = 1  # of each level of a capacity search

GOOD = "- get: /\n- think: 20ms\n"
BAD = "- {get: /no, name: Bad, on_failure: continue}\n" + GOOD
# Name: thresholds, load, steps, options.
KINDS = {
    "users": ("error_rate < 1%", f"users: 2, duration: {LENGTH_S}s", GOOD, []),
    "uncovered": ("p95 < 1m", f"users: 2, duration: {LENGTH_S}s", BAD, []),
    "covered": ("error_rate < 90%", f"users: 1, duration: {LENGTH_S}s", BAD, []),
    "broken": ("p95 < 1us, error_rate < 1%", f"users: 1, duration: {LENGTH_S}s", GOOD, []),
    "arrivals": ("error_rate < 1%", f"arrivals: 30/s, duration: {LENGTH_S}s, max_users: 20", GOOD, []),
    "stages": ("error_rate < 1%", f"stages: [{{ramp_to: 4, over: {LENGTH_S}s}}]", GOOD, []),
    "shard": ("error_rate < 1%", f"users: 2, duration: {LENGTH_S}s", GOOD, ["--shard", "1/2"]),
    "capacity": ("p95 < 1m", "users: 1", GOOD, ["--capacity", "5/s..20/s", "-d", f"{LEVEL_S}s"]),
}


class Server:
    """Responds to every request immediately and notes the time; paths with "no" get 404."""

    def __init__(self):
        self.times = []
        self.ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True).start()
        self.ready.wait()

    async def serve(self):
        server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await server.serve_forever()

    async def talk(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                status = b"404 Not Found" if head.startswith(b"GET /no") else b"200 OK"
                self.times.append(time.monotonic())
                writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def waited_s(pid):
    """Seconds in which the threads of a program were ready to run but did not."""
    waited = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            waited += int(file.read().split()[1]) / 1e9
    return waited


def expected_verdict(kind, result):
    failed = result["requests"]["failed"]
    if kind == "shard":
        return "unjudged"
    if result["response_time_ms"]["samples"] + failed == 0:
        return "no_data"
    return "fail" if kind == "broken" or (kind == "uncovered" and failed) else "pass"


def kill_one(folder, kind, delay):
    """Returns the lost seconds, those of them that are the machine's, and the result."""
    server = Server()
    thresholds, load, steps, options = KINDS[kind]
    with open(f"{folder}/scenario.yaml", "w", encoding="ascii") as file:
        file.write(f"target: http://127.0.0.1:{server.port}\nload: {{{load}}}\n"
                   f"thresholds: [{thresholds}]\nsteps:\n{steps}")
    out = f"{folder}/out"
    run = subprocess.Popen([REPRISE, "run", "-q", "-o", out, *options, f"{folder}/scenario.yaml"],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The head of the file is written before the first request.
    while not server.times:
        assert run.poll() is None, "the run did not begin"
        time.sleep(0.002)
    time.sleep(delay)
    try:
        waited = waited_s(run.pid)
    except (FileNotFoundError, ProcessLookupError):
        waited = 0
    killed_at = time.monotonic()
    run.kill()
    killed = run.wait() < 0
    times = list(server.times)

    report = subprocess.run([REPRISE, "report", "-q", out], capture_output=True, text=True, check=False)
    assert report.returncode == 0, f"report ended with {report.returncode}: {report.stderr}"
    with open(f"{out}/summary.json", encoding="utf-8") as file:
        result = json.load(file)
    requests = result["requests"]
    kept = requests["ok"] + requests["failed"] + sum(result["unmeasured"].values())
    assert kept <= len(times), f"{kept} requests in the result, but the server sent {len(times)} responses"
    lost = killed_at - times[kept] if kept < len(times) else 0
    if kind == "capacity" and result["partial"]:
        levels = len(result.get("capacity", {}).get("curve", []))
        lost = killed_at - times[0] - levels * LEVEL_S - result["duration_s"]
    if killed and result["partial"]:
        assert report.stdout.startswith("PARTIAL  the run was killed; data after "), report.stdout
        assert result["reasons"][0].startswith("partial: the run was killed"), result["reasons"]
        assert not result["valid"], "a partial result is valid"
    else:
        # Requests in flight at the end of a run are counted as cut off.
        assert not result["partial"], "a run that ended is partial"
        assert len(times) - kept <= requests["cut_off"], f"{kept} of {len(times)} requests"
        lost = 0
    assert lost <= LOST_MAX_S + waited, f"{lost:.2f} s are lost, and {waited:.2f} s were waited for the CPU"
    verdict = expected_verdict(kind, result)
    assert result["verdict"] == verdict, f"the verdict is {result['verdict']}, expected {verdict}"
    return lost, waited, result


def main():
    runs = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    choice = random.Random(seed)
    print(f"{runs} runs, seed {seed}")
    losses, wrong = [], 0
    kinds = list(KINDS)
    choice.shuffle(kinds)
    for i in range(runs):
        kind = kinds[i % len(kinds)]
        delay = choice.uniform(0, LENGTH_S + 0.2)
        folder = tempfile.mkdtemp()
        try:
            lost, waited, result = kill_one(folder, kind, delay)
            losses.append(lost)
            print(f"{kind:9} killed after {delay:.2f} s: {result['duration_s']:.2f} s kept, "
                  f"{lost:.2f} s lost, waited {waited:.3f} s, {result['verdict']}"
                  f"{', partial' if result['partial'] else ''}", flush=True)
        except AssertionError as error:
            wrong += 1
            print(f"{kind:9} killed after {delay:.2f} s: {error}", flush=True)
        finally:
            shutil.rmtree(folder)
    print(f"{runs} kills, {wrong} wrong, at most {max(losses, default=0):.2f} s lost")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
