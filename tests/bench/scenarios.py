"""The measured scenarios, as text."""

ONE = """\
target: {url}
load: {{users: {users}, total_iterations: {count}}}
steps:
  - get: /
"""

FIVE = """\
target: {url}
load: {{users: {users}, total_iterations: {count}}}
steps:
  - get: /login
    extract:
      csrf: {{form_field: csrf}}
  - post: /login
    form: {{user: alice, password: secret, csrf: "${{csrf}}"}}
    expect:
      body: {{contains: Welcome}}
  - get: /products
    extract:
      product: {{regex: '"id": "(p\\d+)"'}}
  - post: /cart
    json: {{product: "${{product}}", quantity: 1}}
    expect:
      status: 201
  - get: /
    expect:
      body: {{contains: '"ok": true'}}
"""

THINKING = """\
target: {url}
defaults:
  think: 1s
load: {{users: {users}, iterations: {count}, ramp_up: {ramp_up}s}}
steps:
  - get: /
"""

TLS = """\
target: {url}
defaults:
  tls: {{ca: {ca}}}
load: {{users: {users}, iterations: 1, ramp_up: 2s}}
steps:
  - get: /
  - think: 4s
"""

ARRIVALS = """\
target: {url}
defaults:
  timeout: 20s
  connections: {{reuse: pool}}
load: {{arrivals: {rate}/s, duration: {seconds}s}}
thresholds: [p50 < 1h, p75 < 1h, p90 < 1h, p99 < 1h, min < 1h, max < 1h]
steps:
  - get: {path}
"""


def many_steps(count):
    """A scenario with COUNT steps; a third of them have an extractor and an expectation."""
    text = "target: http://127.0.0.1:8080\nsteps:\n"
    for n in range(count):
        if n % 3 == 0:
            text += (f"  - post: /item/{n}\n    form: {{n: {n}, token: abc}}\n"
                     f"    extract:\n      value{n % 50}: {{regex: 'item-(\\d+)'}}\n"
                     "    expect:\n      body: {contains: well}\n")
        else:
            text += f"  - get: /page/{n}\n    headers: {{Accept: text/html}}\n"
    return text
