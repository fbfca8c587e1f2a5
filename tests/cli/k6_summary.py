"""Checks a summary for k6 tools against the fields of k6 1.8.1, and against the JSON result."""
import hashlib
import json
import sys

TREND = {"avg", "min", "med", "max", "p(90)", "p(95)"}
FIELDS = {  # of `k6 run --summary-export`, without those of groups and of the scenario's own metrics
    "data_received": {"count", "rate"},
    "data_sent": {"count", "rate"},
    "http_reqs": {"count", "rate"},
    "iterations": {"count", "rate"},
    "http_req_failed": {"passes", "fails", "value"},
    "checks": {"passes", "fails", "value"},
    "vus": {"value", "min", "max"},
    "vus_max": {"value", "min", "max"},
    "http_req_duration": TREND,
    "http_req_duration{expected_response:true}": TREND,
    "http_req_blocked": TREND,
    "http_req_connecting": TREND,
    "http_req_tls_handshaking": TREND,
    "http_req_sending": TREND,
    "http_req_waiting": TREND,
    "http_req_receiving": TREND,
    "iteration_duration": TREND,
}


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def check_fields(metrics):
    for name, fields in FIELDS.items():
        assert set(metrics[name]) - {"thresholds"} == fields, (name, metrics[name])
        assert all(isinstance(metrics[name][field], (int, float)) for field in fields), name


def check_values(metrics, result):
    times = result["response_time_ms"]
    ours = metrics["http_req_duration"]
    for field, name in (("avg", "mean"), ("min", "min"), ("med", "p50"), ("max", "max"), ("p(95)", "p95")):
        assert abs(ours[field] - times[name]) <= 0.002, (field, ours[field], times[name])
    requests = result["requests"]
    assert metrics["http_reqs"]["count"] == requests["ok"] + requests["failed"]
    failed = metrics["http_req_failed"]
    assert (failed["passes"], failed["fails"]) == (requests["failed"], requests["ok"])
    assert failed["value"] == failed["passes"] / (failed["passes"] + failed["fails"])
    # Most requests used an open connection, for which k6 counts 0.
    assert metrics["http_req_connecting"]["med"] == 0 < metrics["http_req_connecting"]["max"]


def check_thresholds(metrics):
    """In this format true means that a threshold failed."""
    assert metrics["http_req_failed"]["thresholds"] == {"error_rate < 60%": False}
    assert metrics["http_req_duration"]["thresholds"] == {"p95 < 1m": False}
    assert metrics["http_req_duration{name:Fail}"]["thresholds"] == {'p95 of "Fail" < 1m': True}


def check_group(group):
    assert (group["name"], group["path"], group["groups"]) == ("", "", {})
    assert group["id"] == hashlib.md5(b"").hexdigest()
    check = group["checks"]["Fail"]
    assert check["path"] == "::Fail" and check["id"] == hashlib.md5(b"::Fail").hexdigest()
    assert check["passes"] == 0 and check["fails"] == 16, check


def main():
    summary, result = load(sys.argv[1]), load(sys.argv[2])
    check_fields(summary["metrics"])
    check_values(summary["metrics"], result)
    check_thresholds(summary["metrics"])
    check_group(summary["root_group"])


main()
