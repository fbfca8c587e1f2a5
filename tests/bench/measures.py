"""The performance requirements of reprise. One function per measure: (setting, table) -> table rows."""
import math
import os
import shutil
import statistics
import subprocess
import sys
import time

import scenarios
from programs import instructions, perf_calls, perf_counts, run_cost, strace_calls
from servers import Oracle

HERE = os.path.dirname(os.path.abspath(__file__))


def floor_cpu(setting, count):
    """CPU seconds per request of the bare loop with 50 users."""
    usage, _wall, _out = run_cost(
        [*setting.pin, setting.floor, setting.nginx.url(), "50", str(count)])
    return (usage.ru_utime + usage.ru_stime) / count


def reprise_cpu(setting, text, iterations):
    """CPU seconds per request of reprise with 50 users."""
    cost = setting.reprise.run(text.format(url=setting.nginx.url(""), users=50, count=iterations))
    return cost.cpu / cost.started()


def cpu(setting, table):
    """CPU time per request: bare loop, one step and five steps, alternating; ratios within each round."""
    count = 50000 if setting.quick else 100000
    floor, one, five = [], [], []
    for _ in range(setting.rounds):
        floor.append(floor_cpu(setting, count))
        one.append(reprise_cpu(setting, scenarios.ONE, count))
        five.append(reprise_cpu(setting, scenarios.FIVE, count // 5))
    for name, values in (("bare loop", floor), ("one step", one), ("five steps", five)):
        table.row(f"CPU a request: {name}", statistics.median(values) * 1e6, None, unit=" us")
    for name, values, most in (("one step", one, 0.90), ("five steps", five, 1.15)):
        ratio = statistics.median(mine / base for mine, base in zip(values, floor))
        table.row(f"{name} / bare loop", ratio, most)


def all_outputs(setting, table):
    """CPU time per request with all outputs and without outputs, alternating."""
    count = (50000 if setting.quick else 100000) * 2 // 5
    folder = os.path.join(setting.folder, "sinks")
    os.makedirs(folder, exist_ok=True)
    sinks = subprocess.Popen([*setting.server_pin, sys.executable, "-B",
                              os.path.join(HERE, "../cli/sinks.py"), folder, "600"])
    try:
        ports = os.path.join(folder, "ports")
        while not os.path.exists(ports):
            time.sleep(0.05)
        with open(ports, encoding="utf-8") as file:
            port = dict(line.strip().split("=") for line in file)
        web = "http://127.0.0.1:" + port["http"]
        more = ["--out", os.path.join(setting.folder, "out"), "--statsd", port["statsd"],
                "--prometheus", "0", "--influx", web + "/write", "--otlp", web]
        for name in ("csv", "events", "junit"):
            more += ["--" + name, os.path.join(setting.folder, "out." + name)]
        ratios = []
        for _ in range(setting.rounds):
            text = scenarios.FIVE.format(url=setting.nginx.url(""), users=50, count=count)
            off, on = setting.reprise.run(text), setting.reprise.run(text, more=more)
            ratios.append(on.cpu / on.started() / (off.cpu / off.started()))
        table.row("all outputs / outputs off, CPU a request", statistics.median(ratios), 1.05)
    finally:
        sinks.terminate()
        sinks.wait()


def instruction_count(setting, table):
    """User-space instructions per request with one user: the difference of two lengths."""
    if not shutil.which("valgrind"):
        table.note("instructions: skipped, valgrind is missing")
        return
    few, many = 1000, 3000

    def floor(count):
        return instructions([setting.floor, setting.nginx.url(), "1", str(count)])

    def one(count):
        return instructions(setting.reprise.command(
            scenarios.ONE.format(url=setting.nginx.url(""), users=1, count=count)))

    def each(count_of):
        found = [(count_of(many) - count_of(few)) / (many - few) for _ in range(3)]
        return statistics.median(found)

    floor_each, one_each = each(floor), each(one)
    table.row("instructions a request: bare loop", floor_each, None, 0)
    table.row("instructions a request: one step, one user", one_each, None, 0)
    table.row("one step / bare loop, instructions", one_each / floor_each, 1.15)


def system_calls(setting, table):
    """Real system calls per request."""
    if perf_counts():
        count, users = 20000 if setting.quick else 100000, 50

        def calls(command):
            return perf_calls(setting.pin, command)

        report_calls(setting, table, calls, setting.nginx.url(""), users, count)
    elif shutil.which("strace"):
        with Oracle(setting.oracle, setting.folder, setting.server_pin,
                    "--delay-us", "5000") as oracle:

            def calls(command):
                return strace_calls(setting.pin, command)

            report_calls(setting, table, calls, oracle.url, 200, 9000)
    else:
        table.note("system calls: skipped, neither perf nor strace can count them here")


def report_calls(setting, table, calls, url, users, count):
    """The difference of a long run and one a third as long, so that the start is not counted."""
    few = count // 3

    def floor(number):
        return calls([setting.floor, url + "/", str(users), str(number)])

    def one(number):
        return calls(setting.reprise.command(
            scenarios.ONE.format(url=url, users=users, count=number)))

    for name, count_of, most in (("bare loop", floor, None), ("one step", one, 4.2)):
        table.row(f"system calls a request: {name}",
                  (count_of(count) - count_of(few)) / (count - few), most)


def thinking_users(setting, table):
    """10,000 users with one connection each; at most 1 % of them have a request in flight."""
    users = min(10000, setting.files - 2000)
    iterations = 20 if setting.quick else 30
    url = setting.nginx.url("")
    most_open = 0

    def watch(_pid):
        nonlocal most_open
        most_open = max(most_open, setting.nginx.active())

    few_users = [reprise_cpu(setting, scenarios.ONE, 50000)]  # before and after, as a reference
    idle = setting.reprise.run(
        scenarios.THINKING.format(url=url, users=1, count=2, ramp_up=0)).peak_kb
    cost = setting.reprise.run(
        scenarios.THINKING.format(url=url, users=users, count=iterations, ramp_up=1), watch=watch)
    if most_open < users:
        raise RuntimeError(f"only {most_open} of {users} connections were open at the same time")
    service = cost.report["service_time_ms"]["mean"] / 1000
    in_flight = cost.started() / cost.wall * service / users
    per_user = (cost.peak_kb - idle) / (users - 1)
    table.row(f"{users} thinking users: KB a user over an idle program", per_user, 20, 1)
    table.row(f"{users} thinking users: mean in flight", in_flight * 100, 1, unit=" %")
    each = cost.cpu / cost.started()
    few_users.append(reprise_cpu(setting, scenarios.ONE, 50000))
    table.row(f"{users} thinking users: CPU a request", each * 1e6, None, unit=" us")
    table.row(f"{users} thinking users / 50 users, CPU a request",
              each / statistics.mean(few_users), 1.7)


def tls_users(setting, table):
    """1,000 users with verified TLS and open connections."""
    users, url = 1000, f"https://127.0.0.1:{setting.nginx.https}"
    idle = setting.reprise.run(scenarios.TLS.format(url=url, ca=setting.ca, users=1))
    costs = [setting.reprise.run(scenarios.TLS.format(url=url, ca=setting.ca, users=users))
             for _ in range(1 if setting.quick else 3)]
    table.row(f"{users} users over TLS: KB a user",
              (max(cost.peak_kb for cost in costs) - idle.peak_kb) / (users - 1), 120, 1)
    table.row(f"{users} users over TLS: CPU a handshake and its request",
              (statistics.median(cost.cpu for cost in costs) - idle.cpu) / (users - 1) * 1e3, 1.2,
              unit=" ms")


def even_arrivals(setting, table):
    """2,000 arrivals per second, measured in nginx's log."""
    rate, seconds = 2000, 5 if setting.quick else 20
    setting.reprise.run(scenarios.ARRIVALS.format(
        url=setting.nginx.url(""), rate=rate, seconds=1, path="/logged"))
    setting.nginx.times()
    cost = setting.reprise.run(scenarios.ARRIVALS.format(
        url=setting.nginx.url(""), rate=rate, seconds=seconds, path="/logged"))
    time.sleep(0.2)
    seen = sorted(setting.nginx.times())
    first = seen[0] - 0.001
    table.row(f"{rate} arrivals a second for {seconds} s: seen by nginx", len(seen),
              rate * seconds, 0, within=0.002)
    for second in range(seconds):
        count = sum(1 for t in seen if second <= t - first < second + 1)
        if second == 0 or abs(count - rate) > abs(worst - rate):
            worst = count
    table.row("the second farthest from it", worst, rate, 0, within=0.02)
    _usage, _wall, output = run_cost([*setting.pin, setting.timer, str(rate), "3"])
    table.row("lag of a bare timer here and now, p99", float(output), None, 3, unit=" ms")
    lag = cost.report["generator"]["schedule_lag_ms"]["p99"]
    table.row("schedule lag, p99", lag, 0.5, 3, unit=" ms")


def stall_oracle(setting, table):
    """1,000/s for 2 s; the server stops for the second second."""
    with Oracle(setting.oracle, setting.folder, setting.server_pin, "--stall-at-ms", "1000",
                "--stall-for-ms", "1000") as oracle:
        cost = setting.reprise.run(scenarios.ARRIVALS.format(
            url=oracle.url, rate=1000, seconds=2, path="/"))
    table.row("stall: requests", cost.started(), 2000, 0, within=0)
    for name, seconds in (("p75", 0.5), ("p90", 0.8), ("p99", 0.98)):
        table.row(f"stall: {name} of response time", cost.percentile(name), seconds, 3, " s",
                  within=0.02)


def overload_oracle(setting, table):
    """A single server with 50 ms per request, 25 requests/s: request k waits (k - 1) * 10 ms."""
    service, count = 0.050, 100 if setting.quick else 200
    rate = 1.25 / service
    with Oracle(setting.oracle, setting.folder, setting.server_pin,
                "--service-us", str(int(service * 1e6))) as oracle:
        cost = setting.reprise.run(scenarios.ARRIVALS.format(
            url=oracle.url, rate=rate, seconds=f"{count / rate:g}", path="/"))
    table.row("overload: requests", cost.started(), count, 0, within=0)

    def expected(k):
        return service + (k - 1) * (service - 1 / rate)

    for name, k in (("min", 1), ("p50", math.ceil(count * 0.5)), ("p90", math.ceil(count * 0.9)),
                    ("p99", math.ceil(count * 0.99)), ("max", count)):
        table.row(f"overload: response time of number {k} ({name})", cost.percentile(name),
                  round(expected(k), 4), 4, " s", within=0.02)


def check_10000(setting, table):
    """reprise check on 10,000 steps, start of the program included."""
    file = os.path.join(setting.folder, "many.yaml")
    with open(file, "w", encoding="ascii") as out:
        out.write(scenarios.many_steps(10000))

    def once():
        _usage, wall, _out = run_cost([*setting.pin, setting.reprise.program, "check", file])
        return wall * 1e3

    table.row("check on 10,000 steps", setting.median(once), 100, 1, unit=" ms")


ALL = [cpu, all_outputs, instruction_count, system_calls, thinking_users, tls_users, even_arrivals,
       stall_oracle, overload_oracle, check_10000]
