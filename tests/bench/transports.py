"""The direct transport beside libcurl, in one run. One function per measure: (setting, table) -> table rows."""
import shutil
import statistics

import scenarios
from programs import instructions

TRANSPORTS = (("libcurl", ("--transport", "curl")), ("direct", ()))

KEPT_TLS = """\
target: {url}
defaults: {{http: 1.1, tls: {{ca: {ca}}}}}
load: {{users: {users}, total_iterations: {count}}}
steps:
  - get: /
"""


def transport_instructions(setting, table):
    """User-space instructions per request with one user: the difference of two lengths."""
    if not shutil.which("valgrind"):
        table.note("instructions of the transports: skipped, valgrind is missing")
        return
    few, many = 1000, 3000
    found = {}
    for name, more in TRANSPORTS:
        totals = [instructions(setting.reprise.command(
            scenarios.ONE.format(url=setting.nginx.url(""), users=1, count=count), more))
                  for count in (few, many)]
        found[name] = (totals[1] - totals[0]) / (many - few)
        table.row(f"instructions a request: {name}, one user", found[name],
                  7000 if name == "direct" else None, 0)
    table.row("direct / libcurl, instructions", found["direct"] / found["libcurl"], 0.2)


def transport_cpu(setting, table):
    """CPU time per request with 50 users, alternating; the ratio within each round."""
    count = 50000 if setting.quick else 100000
    url, tls = setting.nginx.url(""), f"https://127.0.0.1:{setting.nginx.https}"
    kinds = (("one step", scenarios.ONE, url, count, 0.5),
             ("five steps", scenarios.FIVE, url, count // 5, 0.6),
             ("https, kept alive", KEPT_TLS, tls, count, 0.7))
    for kind, text, target, iterations, most in kinds:
        scenario = text.format(url=target, users=50, count=iterations, ca=setting.ca)
        costs = {name: [] for name, _more in TRANSPORTS}
        for _ in range(setting.rounds):
            for name, more in TRANSPORTS:
                cost = setting.reprise.run(scenario, more=more)
                costs[name].append(cost.cpu / cost.started())
        for name, values in costs.items():
            table.row(f"CPU a request: {kind}, {name}", statistics.median(values) * 1e6, None,
                      unit=" us")
        table.row(f"{kind}: direct / libcurl, CPU a request", statistics.median(
            mine / base for mine, base in zip(costs["direct"], costs["libcurl"])), most)


def peak_kb(setting, scenario, more):
    """Peak memory of a run, read while it runs: the value at its end includes that of the process that started it."""
    peak = 0

    def watch(pid):
        nonlocal peak
        try:
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                for line in file:
                    if line.startswith("VmHWM:"):
                        peak = max(peak, int(line.split()[1]))
        except OSError:
            pass

    setting.reprise.run(scenario, watch=watch, more=more)
    return peak


def transport_memory(setting, table):
    """Memory of thinking users with an open connection each: the difference of two numbers of users."""
    users = min(4000, setting.files - 2000)
    url, tls = setting.nginx.url(""), f"https://127.0.0.1:{setting.nginx.https}"
    secure = scenarios.THINKING.replace("  think: 1s", "  think: 1s\n  http: 1.1\n  tls: {{ca: {ca}}}")
    kinds = (("http", scenarios.THINKING, url, users, 4),
             ("https", secure, tls, users // 4, 32))
    for kind, text, target, count, most in kinds:
        for name, more in TRANSPORTS:
            some, every = (peak_kb(setting, text.format(
                url=target, users=number, count=4, ramp_up=2, ca=setting.ca), more)
                           for number in (count // 4, count))
            table.row(f"{count} thinking users, {kind}: KB a user, {name}",
                      (every - some) / (count - count // 4), most if name == "direct" else None, 1)


ALL = [transport_instructions, transport_cpu, transport_memory]
