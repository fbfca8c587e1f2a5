"""WebSockets and event streams, with stream_server.c. One function per measure: (setting, table) -> table rows."""
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import urllib.request

from programs import Reprise, instructions, run_cost
from servers import wait_for
from transports import peak_kb

SOCKETS = 50
BYTES = 40
SHORT = 20  # events of a stream
PEERS = os.path.expanduser(os.environ.get("PEERS", "~/.cache/reprise-peers"))

ECHO = """\
target: {url}
load: {{users: {users}, iterations: 1}}
steps:
  - websocket: /echo
  - repeat: {count}
    steps:
      - send: {{text: {text}}}
        wait_for: {{}}
"""

PUSH = """\
target: {url}
load: {{users: 5, iterations: 1}}
steps:
  - websocket: /push?count={count}
  - wait_for: {{jsonpath: {{$.type: tick}}}}
    count: {count}
    timeout: 1m
"""

K6 = """\
import {{ WebSocket }} from 'k6/websockets';
export const options = {{ scenarios: {{ all: {{
  executor: 'per-vu-iterations', vus: {users}, iterations: 1, maxDuration: '10m' }} }} }};
export default function () {{
  const socket = new WebSocket('{socket}');
  let received = 0;
  {body}
}}
"""
K6_ECHO = """socket.onopen = () => socket.send('{text}');
  socket.onmessage = () => {{ if (++received < {count}) socket.send('{text}'); else socket.close(); }};"""
K6_PUSH = """socket.onmessage = (message) => {{
    if (JSON.parse(message.data).type === 'tick' && ++received === {count}) socket.close(); }};"""

STREAMS = """\
target: {url}
load: {{users: {users}, iterations: 4, ramp_up: 1s}}
steps:
  - get: /events?count={count}&from=2000&to=40000&seed=${{user.id * 100 + iteration}}
    name: Events
    events: {{}}
    expect: {{events: {{count: {count}}}}}
thresholds: [first_event p95 < 1h, event_gap p95 < 1h]
"""

HELD_SOCKETS = """\
target: {url}
{defaults}load: {{users: {users}, iterations: 1, ramp_up: {ramp_up}s}}
steps:
  - websocket: /echo
  - send: {{text: hello}}
    wait_for: {{}}
  - think: {hold}s
"""

HELD_STREAMS = """\
target: {url}
load: {{users: {users}, iterations: 1, ramp_up: {ramp_up}s}}
steps:
  - get: /hold
    events: {{until: {{time: {hold}s}}, idle: 1h}}
    expect: {{events: {{count: 1}}}}
"""


class StreamServer:
    """stream_server.c; its log of events is in `log`."""

    def __init__(self, program, folder, pin):
        self.log = os.path.join(folder, "events.log")
        port_file = os.path.join(folder, "stream.port")
        self.process = subprocess.Popen(
            [*pin, program, "--port-file", port_file, "--log", self.log, "--for", "36000"])
        wait_for(lambda: os.path.exists(port_file) and os.path.getsize(port_file) > 1,
                 "the stream server", self.process)
        with open(port_file, encoding="ascii") as file:
            self.port = int(file.read())
        self.url = f"http://127.0.0.1:{self.port}"

    def counts(self):
        """The messages that it has received and sent."""
        with urllib.request.urlopen(self.url + "/counts", timeout=10) as response:
            counts = json.load(response)
        return counts["received"], counts["sent"]

    def streams(self):
        """The times of the events of each stream in ms, the request first; clears the log."""
        found = {}
        with open(self.log, encoding="ascii") as lines:
            for line in lines:
                seed, _number, ns = line.split()
                found.setdefault(seed, []).append(int(ns) / 1e6)
        os.truncate(self.log, 0)
        return list(found.values())

    def stop(self):
        self.process.terminate()
        self.process.wait()


def k6_program():
    program = os.path.join(PEERS, "go/k6")
    return program if os.path.exists(program) else shutil.which("k6")


def cost_of(setting, kind, tool, count):
    """CPU seconds of TOOL for COUNT messages of each socket."""
    server = setting.streams
    before = server.counts()
    users = SOCKETS if kind == "echo" else 5
    path = "/echo" if kind == "echo" else f"/push?count={count}"
    if tool == "bare loop":
        usage, _wall, _out = run_cost([*setting.pin, setting.frames, str(server.port), path, str(users),
                                       str(count), str(BYTES if kind == "echo" else 0)])
        cpu = usage.ru_utime + usage.ru_stime
    elif tool == "k6":
        script = os.path.join(setting.folder, "script.js")
        body = (K6_ECHO if kind == "echo" else K6_PUSH).format(text="a" * BYTES, count=count)
        with open(script, "w", encoding="ascii") as out:
            out.write(K6.format(users=users, socket=f"ws://127.0.0.1:{server.port}{path}", body=body))
        usage, _wall, _out = run_cost([*setting.pin, "env", "GOMAXPROCS=1", "K6_NO_USAGE_REPORT=true",
                                       k6_program(), "run", "--quiet", "--no-color", "--address", "", script])
        cpu = usage.ru_utime + usage.ru_stime
    else:
        cpu = setting.reprise.run((ECHO if kind == "echo" else PUSH).format(
            url=server.url, users=users, count=count, text="a" * BYTES)).cpu
    received, sent = (now - then for now, then in zip(server.counts(), before))
    if sent < users * count or (kind == "echo" and received < users * count):
        raise RuntimeError(f"{tool}: the server has sent {sent} of {users * count} messages")
    return cpu


def websockets(setting, table, kind, what, counts, required):
    """CPU time per message as the difference of two numbers of messages, alternating; ratios within each round."""
    tools = ["bare loop", "reprise"] + (["k6"] if k6_program() else [])
    users = SOCKETS if kind == "echo" else 5
    few, many = counts
    found = {tool: [] for tool in tools}
    for _ in range(setting.rounds):
        for tool in tools:
            costs = [cost_of(setting, kind, tool, count) for count in (few, many)]
            found[tool].append((costs[1] - costs[0]) / (users * (many - few)))
    for tool, values in found.items():
        table.row(f"CPU, {what}, {tool}", statistics.median(values) * 1e6, None, unit=" us")
    for base, most in required:
        if base not in found:
            table.note(f"{what}: {base} is not installed (tests/bench/peers/run --install k6)")
            continue
        table.row(f"{what}: reprise / {base}, CPU", statistics.median(
            mine / other for mine, other in zip(found["reprise"], found[base])), most)


def websocket_cpu(setting, table):
    """50 sockets send a message, wait for its echo and send again."""
    counts = (400, 1400) if setting.quick else (500, 4500)
    websockets(setting, table, "echo", "WebSocket echo", counts, (("bare loop", 2), ("k6", 0.5)))


def websocket_push(setting, table):
    """5 sockets receive messages as fast as they can, and read a value of each as JSON."""
    counts = (5000, 45000) if setting.quick else (10000, 160000)
    websockets(setting, table, "push", "WebSocket message received", counts, (("k6", 0.2),))


def websocket_instructions(setting, table):
    """User-space instructions per message and echo: the difference of two lengths."""
    if not shutil.which("valgrind"):
        table.note("instructions of WebSockets: skipped, valgrind is missing")
        return
    few, many = 1000, 3000
    totals = [instructions(setting.reprise.command(ECHO.format(
        url=setting.streams.url, users=1, count=count, text="a" * BYTES))) for count in (few, many)]
    table.row("instructions: WebSocket echo", (totals[1] - totals[0]) / (many - few), 7000, 0)


def statistics_of(values):
    """The statistics of a result, of exact values."""
    values = sorted(values)

    def percentile(p):
        return values[max(0, math.ceil(len(values) * p / 100) - 1)]

    return {"min": values[0], "mean": statistics.fmean(values), "p50": percentile(50), "p90": percentile(90),
            "p95": percentile(95), "p99": percentile(99), "max": values[-1]}


def precise(setting):
    """reprise and the server with a real-time priority, if that is permitted: others do not delay them."""
    realtime = ["chrt", "-f", "10"]
    if not shutil.which("chrt") or subprocess.run([*realtime, "true"], check=False, capture_output=True).returncode:
        return setting.reprise
    subprocess.run(["chrt", "-f", "-p", "10", str(setting.streams.process.pid)], check=True)
    return Reprise(setting.reprise.program, setting.folder, [*setting.pin, *realtime])


def stream_timing(setting, table):
    """50 streams with irregular pauses: what is measured, and what the server has logged."""
    server, count, reprise = setting.streams, 40, precise(setting)
    server.streams()
    cost = reprise.run(STREAMS.format(url=server.url, users=50, count=count))
    streams = server.streams()
    table.row("events of 200 streams: received", cost.report["streams"]["events"], count * 200, 0, within=0)
    for key, name, times in (
            ("event_gap_ms", "gaps", [b - a for s in streams for a, b in zip(s[1:], s[2:])]),
            ("first_event_ms", "first events", [s[1] - s[0] for s in streams])):
        measured = cost.report["streams"][key]
        table.row(f"{name}: measured", measured["samples"], len(times), 0, within=0)
        off = {stat: abs(measured[stat] - value) for stat, value in statistics_of(times).items()}
        # Without a real-time priority the maximum is that of the machine, if other programs run here.
        table.row(f"{name}: max, difference to the server's log", off.pop("max"), None, 3, " ms")
        table.row(f"{name}: worst other statistic, difference to the log", max(off.values()), 2, 3, " ms")
    every_event(setting, table, reprise)
    subprocess.run(["chrt", "-o", "-p", "0", str(server.process.pid)], check=False)


def every_event(setting, table, reprise):
    """The time of each event of one stream, which ends within a second: printed times have three digits."""
    server, worst = setting.streams, []
    for _ in range(setting.rounds):
        file = os.path.join(setting.folder, "one.yaml")
        with open(file, "w", encoding="ascii") as out:
            out.write(STREAMS.format(url=server.url, users=1, count=SHORT))
        _usage, _wall, output = run_cost([*reprise.pin, reprise.program, "run", "--once", "-vv", file])
        seen = [float(value) * {"µs": 1e-3, "ms": 1, "s": 1e3}[unit]
                for value, unit in re.findall(r"^  < : ([0-9.]+) (µs|ms|s)$", output, re.M)]
        logged = server.streams()[0]
        if len(seen) != SHORT or len(logged) != SHORT + 1:
            raise RuntimeError(f"{len(seen)} events were printed, {len(logged) - 1} sent")
        worst.append(max(abs((a - seen[0]) - (b - logged[1])) for a, b in zip(seen, logged[1:])))
    table.row("each event: worst difference to the log, median of streams", statistics.median(worst), 2, 3, " ms")


def held_kb(setting, text, count, **more):
    """KB for each of COUNT open sockets or streams: the difference of two numbers of them."""
    some, every = (peak_kb(setting, text.format(users=number, ramp_up=5, hold=10, **more), ())
                   for number in (count // 4, count))
    return (every - some) / (count - count // 4)


def open_sockets(setting, table):
    """Memory of open WebSockets and event streams."""
    server = setting.streams
    kinds = (("WebSockets", HELD_SOCKETS, 10000, server.url, "", 20),
             ("WebSockets over TLS", HELD_SOCKETS, 4000, f"https://127.0.0.1:{setting.nginx.https}",
              f"defaults: {{tls: {{ca: {setting.ca}}}}}\n", 45),
             ("event streams", HELD_STREAMS, 5000, server.url, "", 20))
    for name, text, wanted, url, defaults, most in kinds:
        # nginx needs two files for each of its sockets.
        count = min(wanted, (setting.files - 500) // (2 if defaults else 1))
        table.row(f"{count} open {name}: KB each", held_kb(setting, text, count, url=url, defaults=defaults), most, 1)


ALL = [websocket_cpu, websocket_push, websocket_instructions, stream_timing, open_sockets]
