"""Other load generators with the same server, for comparison: CPU time per request."""
import re
import shutil
import statistics

from programs import run_cost


def wrk(setting, count):
    return ["wrk", "-t1", "-c50", "-d2s", setting.nginx.url()]


def h2load(setting, count):
    return ["h2load", "--h1", "-t1", "-c50", f"-n{count}", setting.nginx.url()]


def ab(setting, count):
    return ["ab", "-q", "-k", "-c50", f"-n{count}", setting.nginx.url()]


def hey(setting, count):
    return ["hey", "-cpus", "1", "-c", "50", "-n", str(count), setting.nginx.url()]


def siege(setting, count):
    return ["siege", "-b", "-q", "-c50", f"-r{count // 50}", setting.nginx.url()]


def other_generators(setting, table):
    count = 20000 if setting.quick else 100000
    table.note("")
    for tool in (wrk, h2load, ab, hey, siege):
        name = tool.__name__
        if not shutil.which(name):
            table.note(f"{name}: not installed")
            continue
        measured = []
        for _ in range(min(3, setting.rounds)):
            usage, _wall, output = run_cost(setting.pin + tool(setting, count))
            done = re.search(r"(\d+) requests in", output)
            measured.append((usage.ru_utime + usage.ru_stime) /
                            (int(done.group(1)) if name == "wrk" and done else count))
        table.row(f"for comparison, CPU a request: {name}", statistics.median(measured) * 1e6, None,
                  unit=" us")


ALL = [other_generators]
