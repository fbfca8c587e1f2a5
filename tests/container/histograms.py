"""An independent reader of histograms.json (HdrHistogram V2, compressed). It checks that the merged
histograms are the sum of the shards' histograms and match the percentiles in the summary.

  histograms.py MERGED SHARD…: result folders.
"""

import base64
import json
import math
import struct
import sys
import zlib


def counts(text):
    """The counters of a histogram by index, and its precision in digits."""
    data = base64.b64decode(text)
    cookie, length = struct.unpack(">II", data[:8])
    assert cookie & ~0xF0 == 0x1C849304, hex(cookie)
    data = zlib.decompress(data[8 : 8 + length])
    cookie, length, _, digits, lowest, _, _ = struct.unpack(">IIIIQQd", data[:40])
    assert cookie & ~0xF0 == 0x1C849303 and lowest == 1, hex(cookie)
    found, at, index = {}, 40, 0
    while at < 40 + length:
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte if shift == 56 else byte & 0x7F) << shift
            shift += 7
            if shift > 56 or byte < 0x80:
                break
        value = value >> 1 ^ -(value & 1)
        if value < 0:
            index -= value
            continue
        if value:
            found[index] = value
        index += 1
    return found, digits


def highest(index, digits):
    """The largest value of the counter with that index."""
    half = 1 << math.ceil(math.log2(2 * 10**digits)) - 1
    bucket, sub = index // half - 1, index % half + half
    if bucket < 0:
        bucket, sub = 0, sub - half
    return (sub + 1 << bucket) - 1


def percentile(found, digits, percent):
    wanted, seen = max(1, math.ceil(sum(found.values()) * percent / 100)), 0
    for index in sorted(found):
        seen += found[index]
        if seen >= wanted:
            return highest(index, digits)


def read(folder):
    """All histograms of a result, by kind, name, scenario and time of the series."""
    with open(folder + "/histograms.json") as file:
        return {
            (series["kind"], series["name"], series["scenario"], time): text
            for series in json.load(file)["series"]
            for time, text in series["times"].items()
        }


def told(summary, kind, name, scenario, time):
    """The statistics of that time in the summary, or None."""
    if kind == "step":
        for step in summary["steps"]:
            if (step["name"], step["scenario"]) == (name, scenario):
                return step.get(time + "_time_ms")
    return summary.get(time + "_time_ms") if kind == "all" else None


def main():
    whole = read(sys.argv[1])
    shards = [read(folder) for folder in sys.argv[2:]]
    assert whole
    for path, text in whole.items():
        together = {}
        for shard in shards:
            for index, count in (counts(shard[path])[0] if path in shard else {}).items():
                together[index] = together.get(index, 0) + count
        assert counts(text)[0] == together, path
        print("/".join(path), sum(together.values()), "samples")
    with open(sys.argv[1] + "/summary.json") as file:
        summary = json.load(file)
    checked = 0
    for path, text in whole.items():
        figures = told(summary, *path)
        if not figures or not figures["samples"]:
            continue
        found, digits = counts(text)
        assert figures["samples"] == sum(found.values()), path
        for percent in (50, 90, 95, 99, 99.9):
            value = figures["p%g" % percent] * 1000
            ours = min(percentile(found, digits, percent), figures["max"] * 1000)
            assert abs(value - ours) <= ours / 1000 + 1, (path, percent, value, ours)
            checked += 1
    print(checked, "percentiles checked")
    assert checked


main()
