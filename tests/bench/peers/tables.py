"""The tables of the comparison."""
import statistics

CASES = {
    "get": "one GET, 50 users, connections kept alive",
    "flow": "five steps with a form token, JSON and assertions, 50 users",
    "https": "one GET over TLS 1.3, 50 users, connections kept alive",
    "connect": "a new TLS 1.3 connection for each request, 200 users",
    "http2": "one GET over HTTP/2 and TLS 1.3, 50 users",
}

# The maximum of reprise's CPU time as a multiple of that of the tool.
LIMITS = {
    "get": {"wrk": 1.2, "oha": 0.7, "autocannon": 0.35, "hey": 0.15, "vegeta": 0.12, "k6": 0.07},
    "flow": {"goose": 0.2, "k6": 0.07},
    "https": {"wrk": 1.25},
    "connect": {"vegeta": 1.4, "oha": 1.8},
    "http2": {"h2load": 1.3},
}

SERVER_IS_FULL = 0.95


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def rounds_of(results, case, tool):
    return {row["round"]: row for row in results["rows"] if row["case"] == case and row["tool"] == tool}


def ratio(results, case, tool):
    """The CPU time of reprise divided by that of TOOL: the median of the rounds."""
    ours, theirs = rounds_of(results, case, "reprise"), rounds_of(results, case, tool)
    return median([ours[number]["us"] / row["us"] for number, row in theirs.items()
                   if row["us"] and number in ours and ours[number]["us"]])


def tools_of(results, case):
    """The tools of a case with their medians, the cheapest first."""
    names = {row["tool"] for row in results["rows"] if row["case"] == case}
    costs = {name: median([row["us"] for row in rounds_of(results, case, name).values()]) for name in names}
    return sorted(costs.items(), key=lambda item: item[1] or float("inf"))


def print_tables(results):
    """Prints a table for each case; returns 1 if a ratio is above its limit."""
    status = 0
    for case, title in CASES.items():
        tools = tools_of(results, case)
        if not tools:
            continue
        print(f"\n{case}: {title}")
        print(f"{'tool':28} {'CPU us':>9} {'reprise /':>10} {'required':>9} {'requests/s':>11} {'server':>7}  verdict")
        for name, cost in tools:
            status |= print_row(results, case, name, cost)
    return status


def print_row(results, case, name, cost):
    rows = list(rounds_of(results, case, name).values())
    shown = name if rows[0]["verifies"] or case not in ("https", "connect", "http2") else f"{name} (not verified)"
    if cost is None:
        print(f"{shown:28} no result")
        return 0
    rate = median([row.get("rate") for row in rows])
    server = median([row.get("server") for row in rows])
    found, limit = ratio(results, case, name), LIMITS[case].get(name)
    good = limit is None or found <= limit
    required = "" if limit is None else f"<= {limit:g}"
    verdict = "" if limit is None else "ok" if good else "FAILED"
    full = " (full)" if server > SERVER_IS_FULL else ""
    failed = sum(row["failed"] for row in rows)
    print(f"{shown:28} {cost:9.1f} {found:10.2f} {required:>9} {rate:11.0f} {server:6.0%}{full}  {verdict}"
          + (f" {failed} responses not 2xx" if failed else ""))
    return 0 if good else 1


NAMES = {"k6": "k6", "h2load": "h2load", "wrk": "wrk", "oha": "oha", "hey": "hey"}


def print_readme(results):
    """The table of README.md: microseconds of CPU for each request."""
    names = sorted({row["tool"] for row in results["rows"]},
                   key=lambda name: dict(tools_of(results, "get")).get(name) or float("inf"))
    print("| Tool | GET | five steps | HTTPS | new TLS connection | HTTP/2 |\n|---|---|---|---|---|---|")
    for name in names:
        cells = []
        for case in CASES:
            cost = dict(tools_of(results, case)).get(name)
            cells.append("–" if cost is None else f"{cost:.1f}" if cost < 20 else f"{cost:.0f}")
        title = NAMES.get(name, name.capitalize())
        print(f"| {'**reprise**' if name == 'reprise' else title} | " + " | ".join(cells) + " |")
