"""Reads what the outputs of one run say and holds all of it against its JSON document.

    figures.py FOLDER     which holds r.json s.csv e.ndjson j.xml statsd.* influx otlp metrics

Counts must be equal; sums of times equal to what their texts can hold.
"""
import collections
import csv
import glob
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


def read_csv():
    sums = collections.Counter()
    for row in csv.DictReader(open(path("s.csv"), newline="")):
        for key in ("started", "ok", "failed", "cut_off", "bytes_sent", "bytes_received",
                    "iterations_completed"):
            sums[key] += int(row[key])
    totals("csv", sums)
    same("csv bytes", sums["bytes_received"], result["bytes"]["received"])
    same("csv iterations", sums["iterations_completed"], result["iterations"]["completed"])


def read_events():
    events = [json.loads(line) for line in open(path("e.ndjson"))]
    assert events[0]["event"] == "start" and events[-1]["event"] == "end", events
    totals("events", events[-1]["requests"])


def read_junit():
    sums = collections.Counter()
    suite = xml.etree.ElementTree.parse(path("j.xml")).getroot().find("testsuite")
    for item in suite.iter("property"):
        sums[item.get("name").replace("requests.", "")] += int(item.get("value"))
    totals("junit", sums)


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
    for step in result["steps"]:
        base = "reprise.%s.%s." % (plain(step["scenario"]), plain(step["name"]))
        same(base + "requests", counts[base + "requests"], step["requests"]["started"])
        same(base + "ok", counts[base + "ok"], step["requests"]["ok"])
        for kind, count in step["failed_by_class"].items():
            same(base + kind, counts[base + "failed." + kind], count)
        same(base + "timers", timers[base + "response_time"], step["response_time_ms"]["samples"],
             0.01 + 1e-5 * step["requests"]["ok"])
    total = sum(v for k, v in counts.items() if k.endswith(".requests"))
    same("statsd requests", total, result["requests"]["started"])


def unescape(text):
    return text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def read_prometheus():
    started, ok, failed = (collections.Counter() for _ in range(3))
    times, statuses = collections.Counter(), collections.Counter()
    for line in open(path("metrics")):
        if line.startswith("#"):
            continue
        name, labels, value = re.fullmatch(r'([a-z_]+)(?:\{(.*)\})? (\S+)\n', line).groups()
        labels = dict((k, unescape(v)) for k, v in
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
    for line in open(path("influx")):
        head, fields, _ = re.fullmatch(r'((?:[^ \\]|\\.)+) (\S+) (\d+)\n', line).groups()
        parts = re.split(r'(?<!\\),', head)
        if parts[0] != "reprise":
            continue
        tags = dict(re.sub(r'\\(.)', r'\1', part).split("=", 1) for part in parts[1:])
        values = dict(field.split("=") for field in fields.split(","))
        at = (tags["scenario"], tags["step"])
        started[at] += int(values["started"][:-1])
        ok[at] += int(values["ok"][:-1])
        failed[at] += int(values["failed"][:-1])
    steps_equal("influx", started, ok, failed)


def read_otlp():
    started, ok, failed = (collections.Counter() for _ in range(3))
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
    steps_equal("otlp", started, ok, failed)


for read in (read_csv, read_events, read_junit, read_statsd, read_prometheus, read_influx,
             read_otlp):
    read()
print("\n".join(problems))
sys.exit(bool(problems))
