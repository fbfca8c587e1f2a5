"""The cost per request of the parts of the scenario language; measures.py explains how a measure looks."""
import os
import statistics

import scenarios
from measures import floor_cpu, reprise_cpu

ROWS = 1000000
OF_EACH = 8  # parts in one request, to reduce the noise of the machine


def added(setting, with_it, without, count, parts=OF_EACH):
    """CPU time in µs that each of PARTS parts adds to a request: both scenarios, alternating."""
    differences = []
    for _ in range(setting.rounds):
        base = reprise_cpu(setting, without, count)
        differences.append((reprise_cpu(setting, with_it, count) - base) / parts)
    return statistics.median(differences) * 1e6


def with_steps(steps, more=""):
    return ("target: {url}\n" + more +
            "load: {{users: {users}, total_iterations: {count}}}\nsteps:\n" + steps)


def numbered(line):
    """LINE repeated OF_EACH times; N in it counts from 1."""
    return "".join(line.replace("N", str(n + 1)) for n in range(OF_EACH))


def language_parts(setting, table):
    """A regex extractor, a data row and a chain of three filters, each measured as a difference."""
    count = 30000 if setting.quick else 100000
    plain = with_steps("  - get: /products\n    expect: {{body: {{contains: p031}}}}\n")
    regex = with_steps("  - get: /products\n    expect: {{body: {{contains: p031}}}}\n"
                       "    extract:\n" +
                       numbered("      valueN: {{regex: '\"id\": \"(p\\d*N)\"'}}\n"))
    table.row("a regex extraction adds to a request",
              added(setting, regex, plain, count), 2, unit=" us")
    names = "variables: {{name: ' Anna Blume '}}\ndata:\n" + numbered(
        "  setN: {{rows: [{{user: Anna}}, {{user: Berta}}, {{user: Carla}}]}}\n")
    fixed = with_steps("  - get: /\n  - set:\n" + numbered("      vN: \"${{user.id}}\"\n"), names)
    rows = with_steps("  - get: /\n  - set:\n" + numbered("      vN: \"${{setN.user}}\"\n"), names)
    chain = with_steps("  - get: /\n  - set:\n" + numbered(
        "      vN: \"${{name | trim | upper | slice(0, 4)}}\"\n"), names)
    table.row("a data row adds to an iteration", added(setting, rows, fixed, count), 0.5,
              unit=" us")
    table.row("a chain of three filters adds to a request",
              added(setting, chain, fixed, count), 1, unit=" us")


def json_answers(setting, table):
    """A value of a JSON response of 2 KB, by position and by a filter; a response of 10 MB."""
    count = 30000 if setting.quick else 100000
    get = "  - get: /products\n    expect: {{body: {{contains: p031}}}}\n"
    plain = with_steps(get)
    place = with_steps(get + "    extract: {{id: {{jsonpath: '$.items[30].id'}}}}\n")
    chosen = with_steps(get + "    extract:\n      id: {{jsonpath: "
                        "'$.items[?@.price > 30 && @.in_stock == true].id'}}\n")
    table.row("a JSONPath in 2 KB adds to a request",
              added(setting, place, plain, count, 1), 8, unit=" us")
    table.row("a JSONPath with a filter adds to a request",
              added(setting, chosen, plain, count, 1), 12, unit=" us")
    get = ("  - get: /large\n    body_limit: 20MB\n"
           "    expect: {{body: {{contains: 'hat number'}}}}\n")
    first = with_steps(get + "    extract: {{id: {{jsonpath: '$[0].id'}}}}\n")
    table.row("10 MB of JSON are read, at 300 MB/s or more",
              added(setting, first, with_steps(get), 200, 1) / 1000, 10000 / 300, digits=1,
              unit=" ms")


def form_pages(setting, table):
    """`submit` on a page of 20 KB against `form_field`, and a page that no later step uses."""
    count = 8000 if setting.quick else 30000
    get = "  - get: /form\n    compressed: no\n"
    send = "  - post: /saved\n    form: {{title: a, token: TOKEN}}\n"
    plain = with_steps(get + send)
    field = with_steps(get + "    extract: {{t: {{form_field: token}}}}\n" +
                       send.replace("TOKEN", "'${{t}}'"))
    submit = with_steps(get + "  - submit: {{title: a}}\n")
    unused = with_steps(get + "  - submit: {{title: a}}\n" + get)
    base = added(setting, field, plain, count, 1)
    whole = added(setting, submit, plain, count, 1)
    table.row("submit on a page of 20 KB, against form_field", whole / base, 3)
    again = with_steps(get + send + get)
    rest = added(setting, unused, again, count, 1)
    table.row("the same, and a page that no step uses", rest / base, 3)


def thirty_steps(setting, table):
    """Forms, JSON, extractions and expectations in 30 steps, against the bare loop."""
    count = 30000 if setting.quick else 90000
    five = scenarios.FIVE.split("steps:\n")
    text = five[0] + "steps:\n" + five[1] * 6
    ratios = []
    for _ in range(setting.rounds):
        base = floor_cpu(setting, count)
        ratios.append(reprise_cpu(setting, text, count // 30) / base)
    table.row("30 steps / bare loop", statistics.median(ratios), 1.3)


def million_rows(setting, table):
    """A csv file of a million rows: its memory and the start of the program."""
    file = os.path.join(setting.folder, "rows.csv")
    with open(file, "w", encoding="ascii") as out:
        out.write("user,password,card\n")
        for n in range(ROWS):
            out.write(f"user{n:07},secret-{n * 7919 % ROWS:06},4000-{n:012}\n")
    size_kb = os.path.getsize(file) / 1024
    text = with_steps("  - get: /?u=${{row.user}}\n",
                      "data: {{row: {{file: rows.csv, pick: shuffled}}}}\n")
    idle = reprise_cost(setting, with_steps("  - get: /?u=${{user.id}}\n"))
    costs = [reprise_cost(setting, text) for _ in range(setting.rounds)]
    table.row("a million rows: memory / size of the file",
              (max(cost.peak_kb for cost in costs) - idle.peak_kb) / size_kb, 1.3)
    table.row("a million rows: start and one request",
              statistics.median(cost.wall for cost in costs), 1, unit=" s")


def reprise_cost(setting, text):
    return setting.reprise.run(text.format(url=setting.nginx.url(""), users=1, count=1))


ALL = [language_parts, json_answers, form_pages, thirty_steps, million_rows]
