"""Reads the outputs of a run and compares them with its JSON document.

    figures.py FOLDER [OUTPUT...]   FOLDER contains r.json s.csv e.ndjson j.xml statsd.* influx otlp
                                    metrics out (the text) page.html sum.md; default: all of them

Counts must be equal; times must be equal within the printed precision.
"""
import collections
import csv
import glob
import html
import json
import os
import re
import sys
import xml.etree.ElementTree

folder = sys.argv[1]
result = json.load(open(os.path.join(folder, "r.json")))
problems = []


def path(name):
    return os.path.join(folder, name)


def same(what, got, wanted, slack=0.0):
    if abs(got - wanted) > slack:
        problems.append("%s: %r, the result says %r" % (what, got, wanted))


def totals(what, counts):
    for key in ("started", "ok", "failed", "cut_off"):
        same("%s %s" % (what, key), counts[key], result["requests"][key])


def steps_equal(what, started, ok, failed):
    for step in result["steps"]:
        requests = step["requests"]
        at = (step["scenario"], step["name"])
        same("%s started of %s" % (what, at), started[at], requests["started"])
        same("%s ok of %s" % (what, at), ok[at], requests["ok"])
        same("%s failed of %s" % (what, at), failed[at], requests["failed"])


def metrics_equal(what, waits, iterations, slack=0.0):
    """The samples of two metrics that the thresholds use."""
    for step in result["steps"]:
        at = (step["scenario"], step["name"])
        samples = step["phases_ms"]["wait"]["samples"]
        same("%s wait of %s" % (what, at), waits[at], samples, slack * samples)
    for scenario in result["scenarios"]:
        samples = scenario["elapsed_time_ms"]["samples"]
        same("%s iteration of %s" % (what, scenario["name"]), iterations[scenario["name"]],
             samples, slack * samples)


def uses_metrics():
    return any(t.get("metric") == "wait" for t in result["thresholds"])


def read_csv():
    sums = collections.Counter()
    slowest = collections.Counter()
    for row in csv.DictReader(open(path("s.csv"), newline="")):
        for key in ("started", "ok", "failed", "cut_off", "bytes_sent", "bytes_received",
                    "iterations_completed"):
            sums[key] += int(row[key])
        for key in ("wait_p95_ms", "connect_p95_ms", "iteration_p95_ms"):
            slowest[key] = max(slowest[key], float(row[key] or 0))
    totals("csv", sums)
    for key, times in (("wait_p95_ms", result["phases_ms"]["wait"]),
                       ("connect_p95_ms", result["phases_ms"]["connect"]),
                       ("iteration_p95_ms", result["iteration_time_ms"])):
        if not (times["p95"] or 0) * 0.99 <= slowest[key] <= (times["max"] or 0) + 0.001:
            problems.append("csv %s: %r, the result says %r" % (key, slowest[key], times))
    same("csv bytes", sums["bytes_received"], result["bytes"]["received"])
    same("csv iterations", sums["iterations_completed"], result["iterations"]["completed"])


def read_events():
    events = [json.loads(line) for line in open(path("e.ndjson"))]
    assert events[0]["event"] == "start" and events[-1]["event"] == "end", events
    totals("events", events[-1]["requests"])


def read_junit():
    sums = collections.Counter()
    by_step = collections.defaultdict(collections.Counter)
    suite = xml.etree.ElementTree.parse(path("j.xml")).getroot().find("testsuite")
    for case in suite.iter("testcase"):
        at = (case.get("classname")[len(result_name()) + 1:], case.get("name"))
        for item in case.iter("property"):
            name = item.get("name").replace("requests.", "")
            sums[name] += int(item.get("value"))
            by_step[at][name] += int(item.get("value"))
    totals("junit", sums)
    steps_equal("junit", *({at: counts[key] for at, counts in by_step.items()}
                           for key in ("started", "ok", "failed")))


def result_name():
    return xml.etree.ElementTree.parse(path("j.xml")).getroot().find("testsuite").get("name")


def step_times(what, step, values, unit):
    """VALUES in ms: p50 p95 p99 max, None where there is none; UNIT(ms): half of the last digit."""
    times = step["response_time_ms"]
    for key, value in zip(("p50", "p95", "p99", "max"), values):
        of = "%s %s of %s" % (what, key, step.get("name", "all"))
        if value is None or times[key] is None:
            if value != times[key]:
                problems.append("%s: %r, the result says %r" % (of, value, times[key]))
        else:
            same(of, value, times[key], unit(times[key]) + 0.0005)


def read_page():
    page = open(path("page.html"), encoding="utf-8").read()
    table = re.search(r'<section id="steps">.*?</table>', page, re.S).group(0)
    rows = {}
    for row in re.findall(r'<tr(?: data-step="\d+")?>(<th scope="row">.*?)</tr>', table, re.S):
        name, small = re.match(r'<th scope="row">(.*?)(?:<small>(.*?)</small>)?</th>', row).groups()
        cells = [float(v) for v in re.findall(r'data-v="([^"]*)"', row)]
        shown = [html.unescape(re.sub("<[^>]*>", "", c)) for c in
                 re.findall(r'<td class="n[^>]*>(.*?)</td>', row)]
        statuses = {k: int(v.replace(",", "")) for k, v in
                    re.findall(r'<span[^>]*>(\w+)</span>\xa0\xd7\xa0([0-9,]+)', row)}
        scenario = html.unescape(small or "").split(" \xb7 ")[0]
        rows[scenario, html.unescape(re.sub("<[^>]*>", "", name))] = (cells, shown, statuses)
    everything = [(("", "All"), {"requests": result["requests"], "status": None,
                                 "response_time_ms": result["response_time_ms"]})]
    for at, step in everything + [((s["scenario"], written(s["name"])), s) for s in result["steps"]]:
        cells, shown, statuses = rows[at]
        same("page started of %s" % (at,), cells[0], step["requests"]["started"])
        same("page shown of %s" % (at,), int(shown[0].replace(",", "")), step["requests"]["started"])
        same("page failed of %s" % (at,), cells[2], step["requests"]["failed"])
        times = [None if t == "\u2013" else v / 1000 for v, t in zip(cells[3:7], shown[3:7])]
        step_times("page", step, times, lambda ms: 0.0006)
        for status, count in (step["status"] or {}).items():
            same("page status %s of %s" % (status, at), statuses.get(status, 0), count)
    facts = dict(re.findall(r'<dt>([^<]*)</dt><dd><bdi>([^<]*)</bdi>', page))
    for fact, key in (("requests started", "started"), ("ok", "ok"), ("failed", "failed"),
                      ("cut off at the end", "cut_off")):
        same("page " + fact, int(facts[fact].replace(",", "")), result["requests"][key])


def written(name):
    """A name as it is shown: control characters as escapes."""
    return name.replace("\t", "\\t")


def milliseconds(text):
    if text == "-":
        return None
    number, unit = text.split(" ")
    return float(number.replace(",", "")) * {"\xb5s": 0.001, "us": 0.001, "ms": 1, "s": 1000}[unit]


def read_text():
    text = open(path("out"), encoding="utf-8").read()
    said = " ".join(text.split())
    count = int(re.search(r"([0-9,]+) requests in ", said).group(1).replace(",", ""))
    same("text started", count, result["requests"]["started"])
    failed = re.search(r"requests in \S+ \S+, (?:([0-9,]+) failed|none failed)", said).group(1)
    same("text failed", int((failed or "0").replace(",", "")), result["requests"]["failed"])
    scenario, rows = None, {}
    time = r"(-|[0-9.,]+ (?:\xb5s|us|ms|s))"
    for line in text.split("\n"):
        if re.fullmatch(r"  \w+", line) and not line.startswith("   "):
            scenario = line.strip()
        row = re.match(r"    (\S.*?)  +([0-9,]+) +([0-9.,]+) +%s +%s +%s +([0-9,]+)" %
                       (time, time, time), line)
        if row:
            rows[scenario, row.group(1)] = row.groups()[1:]
    for step in result["steps"]:
        at = (step["scenario"], written(step["name"]))
        started, _, p50, p95, p99, failed = rows[at]
        same("text started of %s" % (at,), int(started.replace(",", "")), step["requests"]["started"])
        same("text failed of %s" % (at,), int(failed.replace(",", "")), step["requests"]["failed"])
        step_times("text", step, [milliseconds(t) for t in (p50, p95, p99)],
                   lambda ms: ms * 0.005)


def read_github():
    rows = collections.defaultdict(list) # names that differ only in control characters are equal
    for line in open(path("sum.md"), encoding="utf-8"):
        cells = [html.unescape(c).strip() for c in line.strip().strip("|").split("|")]
        if len(cells) == 8 and cells[1].isdigit():
            rows[cells[0]].append(cells[1:])
    named = [("**all**", result)] + [("%s / %s" % (s["scenario"], s["name"].replace("\t", " ")), s)
                                     for s in result["steps"]]
    for name, of in named:
        started, ok, failed, *times = rows[name].pop(0)
        same("github started of " + name, int(started), of["requests"]["started"])
        same("github ok of " + name, int(ok), of["requests"]["ok"])
        same("github failed of " + name, int(failed), of["requests"]["failed"])
        step_times("github", of, [float(t) if t else None for t in times], lambda ms: 0.0005)


def plain(name):
    return re.sub("[^A-Za-z0-9-]", "_", name)


def read_statsd():
    counts, timers = collections.Counter(), collections.Counter()
    for name in glob.glob(path("statsd.*")):
        packet = open(name, "rb").read()
        assert len(packet) <= 1432, len(packet)
        for line in packet.decode().split("\n"):
            metric, value, kind, *rest = re.split("[:|]", line)
            if kind == "c":
                counts[metric] += int(value)
            else:
                timers[metric] += 1 / float(rest[0][1:]) if rest else 1
    wanted, alike = collections.Counter(), collections.Counter()
    for step in result["steps"]:
        base = "reprise.%s.%s" % (plain(step["scenario"]), plain(step["name"]))
        alike[base] += 1 # steps with equal names in statsd get a number
        base += "_%d." % alike[base] if alike[base] > 1 else "."
        wanted[base + "requests"] += step["requests"]["started"]
        wanted[base + "ok"] += step["requests"]["ok"]
        for kind, count in step["failed_by_class"].items():
            wanted[base + "failed." + kind] += count
        wanted[base + "response_time"] += step["requests"]["ok"]
        wanted[base + "wait"] += step["phases_ms"]["wait"]["samples"]
    for scenario in result["scenarios"]:
        wanted["reprise.%s.iteration" % plain(scenario["name"])] += \
            scenario["elapsed_time_ms"]["samples"]
    for metric, count in wanted.items():
        if metric.endswith((".response_time", ".wait", ".iteration")):
            same(metric, timers[metric], count, 0.01 + 1e-5 * count)
        else:
            same(metric, counts[metric], count)
    total = sum(v for k, v in counts.items() if k.endswith(".requests"))
    same("statsd requests", total, result["requests"]["started"])


def numbered(text):
    return re.sub("<U\\+([0-9A-F]+)>", lambda m: chr(int(m.group(1), 16)), text)


def unescape(text):
    return text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def read_prometheus():
    started, ok, failed = (collections.Counter() for _ in range(3))
    times, statuses = collections.Counter(), collections.Counter()
    waits, iterations = collections.Counter(), collections.Counter()
    for line in open(path("metrics")):
        if line.startswith("#") or "_created" in line:
            continue
        name, labels, value = re.fullmatch(r'([a-z_]+)(?:\{(.*)\})? (\S+)\n', line).groups()
        labels = dict((k, numbered(unescape(v))) for k, v in
                      re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', labels or ""))
        at = (labels.get("scenario"), labels.get("step"))
        if name == "reprise_requests_started_total":
            started[at] += int(value)
        elif name == "reprise_requests_total":
            if labels["result"] == "ok":
                ok[at] += int(value)
            if labels["result"] == "failed":
                failed[at] += int(value)
            statuses[at, labels["status"]] += int(value)
        elif name == "reprise_response_time_seconds_sum":
            times[at] = float(value)
        elif name == "reprise_response_time_seconds_bucket" and labels["le"] == "+Inf":
            same("prometheus samples", int(value), ok[at])
        elif name == "reprise_wait_time_seconds_count":
            waits[at] += int(value)
        elif name == "reprise_iteration_time_seconds_count":
            iterations[labels["scenario"]] += int(value)
    if uses_metrics():
        metrics_equal("prometheus", waits, iterations)
    steps_equal("prometheus", started, ok, failed)
    for step in result["steps"]:
        at = (step["scenario"], step["name"])
        for status, count in step["status"].items():
            same("prometheus status", statuses[at, status], count)
        if step["requests"]["ok"]:
            mean = 1000 * times[at] / step["requests"]["ok"]
            same("prometheus mean", mean, step["response_time_ms"]["mean"], 0.001)


def read_influx():
    started, ok, failed = (collections.Counter() for _ in range(3))
    waits, iterations = collections.Counter(), collections.Counter()
    for line in open(path("influx")):
        head, fields, _ = re.fullmatch(r'((?:[^ \\]|\\.)+) (\S+) (\d+)\n', line).groups()
        parts = re.split(r'(?<!\\),', head)
        tags = dict(numbered(re.sub(r'\\(.)', r'\1', part)).split("=", 1) for part in parts[1:])
        values = dict(field.split("=") for field in fields.split(","))
        if parts[0] == "reprise_iteration":
            scenario = tags["scenario"]
            iterations[scenario] = max(iterations[scenario], float(values["iteration_max_ms"]))
        if parts[0] != "reprise":
            continue
        at = (tags["scenario"], tags["step"])
        started[at] += int(values["started"][:-1])
        ok[at] += int(values["ok"][:-1])
        failed[at] += int(values["failed"][:-1])
        waits[at] = max(waits[at], float(values.get("wait_max_ms", 0)))
    steps_equal("influx", started, ok, failed)
    for step in result["steps"]:
        same("influx wait", waits[step["scenario"], step["name"]],
             step["phases_ms"]["wait"]["max"] or 0, 0.001)
    for scenario in result["scenarios"]:
        same("influx iteration", iterations[scenario["name"]],
             scenario["elapsed_time_ms"]["max"] or 0, 0.001)


def read_otlp():
    started, ok, failed = (collections.Counter() for _ in range(3))
    waits, iterations = collections.Counter(), collections.Counter()
    scope = json.load(open(path("otlp")))["resourceMetrics"][0]["scopeMetrics"][0]
    for metric in scope["metrics"]:
        points = metric.get("sum", metric.get("histogram", {})).get("dataPoints", [])
        for point in points:
            tags = dict((a["key"], a["value"]["stringValue"]) for a in point["attributes"])
            at = (tags.get("scenario"), tags.get("step"))
            if metric["name"] == "reprise.requests.started":
                started[at] += int(point["asInt"])
            elif metric["name"] == "reprise.requests" and tags["result"] in ("ok", "failed"):
                (ok if tags["result"] == "ok" else failed)[at] += int(point["asInt"])
            elif metric["name"] == "reprise.response_time":
                same("otlp samples", int(point["count"]), ok[at])
                same("otlp buckets", sum(map(int, point["bucketCounts"])), ok[at])
            elif metric["name"] == "reprise.wait_time":
                waits[at] += int(point["count"])
            elif metric["name"] == "reprise.iteration_time":
                iterations[tags["scenario"]] += int(point["count"])
    metrics_equal("otlp", waits, iterations)
    steps_equal("otlp", started, ok, failed)


readers = {"csv": read_csv, "events": read_events, "junit": read_junit, "statsd": read_statsd,
           "prometheus": read_prometheus, "influx": read_influx, "otlp": read_otlp,
           "page": read_page, "text": read_text, "github": read_github}
for name in sys.argv[2:] or readers:
    readers[name]()
print("\n".join(problems))
sys.exit(bool(problems))
