"""Hosts, secrets, results and extractors of `reprise edit --api`, as a page uses them.

edit_extracts.py REPRISE FOLDER TEST: starts the server for FOLDER, runs the test, and ends the
server.
"""
import base64
import json
import os
import shutil
import subprocess
import sys

from edit_api import Api, refused
from edit_jobs import wait_until


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


SHOP = """target: ${SHOP}
allowed_hosts: [cdn.example, "127.0.0.1:9"]
parameters:
  SHOP: http://shop.example:8080
  PASSWORD: {required: yes, secret: yes}
  TOKEN: {default: from-the-file, secret: yes}
  SEARCH: hat
steps:
  - get: /
    headers: {Authorization: "${PASSWORD} ${TOKEN} ${SEARCH}"}
"""


def hosts(api, folder):
    write(folder, "shop.yaml", SHOP)
    assert api.get("hosts")[1] == {"confirmed": [], "needed": []}
    status, answer = api.get("hosts?file=shop.yaml")
    assert status == 200 and answer["confirmed"] == [], answer
    assert answer["needed"] == [
        {"host": "shop.example:8080", "local": False, "confirmed": False},
        {"host": "cdn.example", "local": False, "confirmed": False},
        {"host": "127.0.0.1:9", "local": True, "confirmed": True}], answer
    assert api.post("hosts", {"host": "Shop.example:8080"})[0] == 200
    assert api.post("hosts", {"host": "shop.example:8080"})[0] == 200
    answer = api.get("hosts?file=shop.yaml")[1]
    assert answer["confirmed"] == ["Shop.example:8080"], answer
    assert [row["confirmed"] for row in answer["needed"]] == [True, False, True], answer
    # A value that the user gives leads to another host.
    assert api.put("secrets", {"name": "SHOP", "value": "http://other.example"})[0] == 200
    answer = api.get("hosts?file=shop.yaml")[1]
    assert answer["needed"][0] == {"host": "other.example", "local": False, "confirmed": False}
    for wrong in ({}, {"host": ""}, {"host": "a b"}, {"host": 5}, {"host": "x" * 400}):
        refused(api.post("hosts", wrong), 400, "host")
    refused(api.get("hosts?file=../shop.yaml"), 403, "outside")
    write(folder, "broken.yaml", "target: http://shop.example\nsteps: [gett: /]\n")
    assert api.get("hosts?file=broken.yaml")[1]["needed"] == []


def plan(api, folder):
    write(folder, "shop.yaml", SHOP)
    api.put("secrets", {"name": "PASSWORD", "value": "in-memory"})
    status, answer = api.get("plan/shop.yaml")
    shown = subprocess.run([sys.argv[1], "show", "--format", "json", "shop.yaml"], cwd=folder,
                           env={**os.environ, "PASSWORD": "in-memory"}, capture_output=True,
                           check=True)
    assert status == 200 and answer.keys() == json.loads(shown.stdout).keys(), answer
    assert answer["plan"] == json.loads(shown.stdout)["plan"], answer
    assert answer["file"] == "shop.yaml", answer
    assert "in-memory" not in json.dumps(answer)
    refused(api.get("plan/gone.yaml"), 404, "no-file")


def by_name(answer):
    assert answer[0] == 200, answer
    return {row["name"]: row for row in answer[1]["secrets"]}


def secrets(api, folder):
    write(folder, "shop.yaml", SHOP)
    env = os.path.join(folder, ".env")
    before = by_name(api.get("secrets?file=shop.yaml"))
    assert before["PASSWORD"] == {"name": "PASSWORD", "secret": True, "required": True,
                                  "set": False, "from": None}, before
    assert before["TOKEN"]["set"] and before["TOKEN"]["from"].startswith("shop.yaml:"), before
    assert "SEARCH" not in before
    given = api.put("secrets", {"name": "PASSWORD", "value": "in-memory"})
    assert by_name(given)["PASSWORD"]["set"], given
    after = by_name(api.get("secrets?file=shop.yaml"))
    assert after["PASSWORD"]["set"] and after["PASSWORD"]["from"] == "editor", after
    assert not os.path.exists(env)
    # Kept: only the user can read the file, and its other lines stay.
    write(folder, ".env", "# of the shop\nOTHER=1\nexport PASSWORD=old\n")
    os.chmod(env, 0o644)
    value = "a\"b\\c$d`e'f #g"
    assert api.put("secrets", {"name": "PASSWORD", "value": value, "keep": True})[0] == 200
    assert os.stat(env).st_mode & 0o777 == 0o600
    with open(env, encoding="utf-8") as file:
        text = file.read()
    assert text.startswith("# of the shop\nOTHER=1\nPASSWORD="), text
    assert api.put("secrets", {"name": "PASSWORD", "value": None})[0] == 200
    kept = by_name(api.get("secrets?file=shop.yaml"))
    assert kept["PASSWORD"]["set"] and kept["PASSWORD"]["from"].endswith("/folder/.env:3"), kept
    assert api.put("secrets", {"name": "PEM", "value": "a\nb", "keep": True})[0] == 200
    with open(env, encoding="utf-8") as file:
        assert file.read().endswith("\nPEM=\"a\\nb\"\n")
    # The program reads the value as it was given.
    write(folder, "word.yaml", "target: http://127.0.0.1:1\nparameters: {PASSWORD: x}\n"
          "steps: [log: \"${PASSWORD}\"]\n")
    output = subprocess.run([sys.argv[1], "run", "--once", "--env-file", env,
                             os.path.join(folder, "word.yaml")], capture_output=True, text=True,
                            check=False)
    assert value in output.stdout + output.stderr, output
    assert api.put("secrets", {"name": "SHOP", "value": "http://a.example", "keep": True})[0] == 200
    assert api.put("secrets", {"name": "SHOP", "value": None})[0] == 200
    needed = api.get("hosts?file=shop.yaml")[1]["needed"]
    assert needed[0]["host"] == "a.example", needed
    # No response has a value.
    everything = json.dumps([given, api.get("secrets?file=shop.yaml"), api.get("secrets")])
    assert "in-memory" not in everything and "from-the-file" not in everything
    refused(api.get("files/.env"), 403, "secret")
    refused(api.get("rows/.env"), 403, "secret")
    refused(api.put("files/.env", {"text": "X=1"}), 403, "secret")
    assert api.put("secrets", {"name": "PASSWORD", "value": None, "keep": True})[0] == 200
    assert not by_name(api.get("secrets?file=shop.yaml"))["PASSWORD"]["set"]
    for name in ("PATH", "REPRISE_TARGET", "LD_PRELOAD"):
        refused(api.put("secrets", {"name": name, "value": "x"}), 400, "name")
    refused(api.put("secrets", {"name": "lower", "value": "x"}), 400, "name")
    refused(api.put("secrets", {"value": "x"}), 400, "name")
    refused(api.put("secrets", {"name": "A"}), 400, "value")
    refused(api.put("secrets", {"name": "A", "value": 5}), 400, "value")
    refused(api.put("secrets", {"name": "A", "value": "a\0b"}), 400, "value")
    os.unlink(env)
    os.mkfifo(env)
    refused(api.put("secrets", {"name": "A", "value": "x", "keep": True}), 422, "not-written")
    os.unlink(env)
    os.symlink(os.path.join(folder, "..", "elsewhere"), env)
    refused(api.put("secrets", {"name": "A", "value": "x", "keep": True}), 422, "not-written")
    assert not os.path.exists(os.path.join(folder, "..", "elsewhere"))


def results(api, folder):
    golden = os.path.join(os.path.dirname(__file__), "..", "golden", "results-0.2.0")
    shutil.copytree(os.path.join(golden, "failed"), os.path.join(folder, "results", "shop-1"))
    write(folder, "results/shop-1/series.csv", "name,at_s\nall,1\n")
    write(folder, "results/broken/summary.json", "[]")
    write(folder, "results/huge/summary.json", "{\"name\": ")
    os.makedirs(os.path.join(folder, "results", "pipe"))
    os.mkfifo(os.path.join(folder, "results", "pipe", "summary.json"))
    status, answer = api.get("results")
    assert status == 200 and answer["complete"], answer
    rows = {row["name"]: row for row in answer["results"]}
    # The folder of the other tests has runs/first.
    assert sorted(rows) == ["results/broken", "results/huge", "results/shop-1", "runs/first"], rows
    with open(os.path.join(golden, "failed", "summary.json"), encoding="utf-8") as file:
        summary = json.load(file)
    shop = rows["results/shop-1"]
    assert shop["scenario"] == summary["name"] and shop["began"] == summary["started"], shop
    assert shop["verdict"] == "fail" and shop["duration_s"] == summary["duration_s"], shop
    assert shop["requests"] == summary["requests"]["started"], shop
    assert shop["failures"] == summary["requests"]["failed"] > 0, shop
    assert shop["p95_ms"] == summary["response_time_ms"]["p95"], shop
    assert "not an object" in rows["results/broken"]["error"], rows
    assert "summary.json" in rows["results/huge"]["error"], rows
    status, answer = api.get("results/results/shop-1")
    assert status == 200 and answer["summary"] == summary, answer
    assert api.get("rows/" + answer["series"])[1]["columns"] == ["name", "at_s"]
    assert api.get("results/runs/first")[1]["series"] is None
    refused(api.get("results/results/pipe"), 400, "path")
    refused(api.get("results/results/broken"), 404, "no-result")
    refused(api.get("results/nothing"), 404, "no-file")
    refused(api.get("results/../results"), 404, "no-file")


HATS = {"items": [{"id": "h-104", "name": "Felt \U0001f3a9 hat"},
                  {"id": "h-221", "name": "Straw hat"}], "token": "abc-def"}


def exchange(body, *headers):
    return {"response": {"status": 200, "url": "http://127.0.0.1/x", "body": body,
                         "headers": [{"name": name, "value": value} for name, value in headers]}}


def propose(api, body, place, *headers, again=None):
    asked = {**exchange(body, *headers), "place": place}
    if again is not None:
        asked["again"] = exchange(again, *headers)
    status, answer = api.post("extracts/propose", asked)
    assert status == 200, answer
    return answer


def extracts(api, folder):
    text = json.dumps(HATS, ensure_ascii=False)
    answer = propose(api, {"text": text}, {"json": "$.items[1].id"})
    assert answer["value"] == "h-221", answer
    first = answer["proposals"][0]
    assert first == {"label": "Any of these 2", "source": "json_name",
                     "extract": {"jsonpath": "$.items[*].id", "match": "random"}, "matches": 2,
                     "values": ["h-104", "h-221"], "unique": False}, answer
    assert [p["extract"] for p in answer["proposals"][1:4]] == [
        {"jsonpath": "$.items[?(@.name == 'Straw hat')].id"},
        {"jsonpath": "$.items[*].id", "match": "all"}, {"jsonpath": "$.items[1].id"}], answer
    # Every proposal is accepted by extracts/try, and finds the same.
    for one in answer["proposals"]:
        tried = api.post("extracts/try", {**exchange(text), "extract": one["extract"]})
        assert tried[0] == 200 and tried[1]["values"] == one["values"], (one, tried)
        assert tried[1]["matches"] == one["matches"], (one, tried)
    # Offsets are counted in UTF-16 units; the body may be in base64.
    at = len(text[:text.index("h-221")].encode("utf-16-le")) // 2
    place = {"text": {"begin": at, "end": at + 5}}
    assert propose(api, {"text": text}, place) == answer
    encoded = base64.b64encode(text.encode()).decode()
    assert propose(api, {"base64": encoded}, place) == answer
    # A second response of the same step.
    other = json.dumps({"items": [{"id": "h-9"}], "token": "new"})
    again = propose(api, {"text": text}, {"json": "$.items[1].id"}, again={"text": other})
    holds = [(p["holds"], p["again"]) for p in again["proposals"]]
    assert holds[0] == (True, "h-9") and holds[-1] == (False, None), again
    assert sorted(holds, key=lambda pair: not pair[0]) == holds, again
    page = "<form><input name=t value='1&amp;2'></form><p id=total>12 \u20ac</p>"
    html = ("Content-Type", "text/html; charset=utf-8")
    answer = propose(api, {"text": page}, {"form_field": "t"}, html)
    assert answer["value"] == "1&2" and answer["proposals"][0]["extract"] == {"form_field": "t"}
    answer = propose(api, {"text": page}, {"css": "p"}, html)
    assert answer["value"] == "12 \u20ac", answer
    assert answer["proposals"][0]["extract"] == {"css": "#total"}, answer
    answer = propose(api, {"text": ""}, {"header": "Location", "text": {"begin": 8, "end": 10}},
                     ("Location", "/orders/17"))
    assert answer["value"] == "17" and answer["proposals"][0]["source"] == "regex", answer
    answer = propose(api, {"text": ""}, {"cookie": "sid"}, ("Set-Cookie", "sid=a1; Path=/"))
    assert answer["proposals"][0]["extract"] == {"cookie": "sid"}, answer


def extract_errors(api, folder):
    def tried(extract):
        return api.post("extracts/try", {**exchange("id=5;"), "extract": extract})

    assert tried({"regex": "id=(\\d)"}) == (200, {"matches": 1, "values": ["5"]})
    assert tried({"boundary": {"left": "id=", "right": ";"}})[1]["values"] == ["5"]
    status, answer = tried({"jsonpath": "$.id"})
    assert status == 200 and answer["matches"] == 0 and answer["why"], answer
    for extract, sentence in ((5, "the extractor is missing"), ({}, "the extractor is missing"),
                              ({"jsonpat": "$.id"}, "did you mean 'jsonpath'"),
                              ({"regex": "id=("}, "parenthesis"),
                              ({"css": "a", "attribut": "x"}, "did you mean 'attribute'"),
                              ({"regex": "x", "match": 0}, "use first, last, random"),
                              ({"boundary": "x"}, "left"),
                              ({"regex": "${X}"}, "only known in a run"),
                              ({"regex": "x", "from": "answer"}, "only in a run")):
        result = tried(extract)
        refused(result, 422, "extract")
        assert sentence in result[1]["error"]["message"], (extract, result)
        assert result[1]["error"]["diagnostics"], result
    refused(api.post("extracts/try", exchange("x")), 400, "extract")
    refused(api.post("extracts/try", {"extract": {"body": True}}), 400, "exchange")
    refused(api.post("extracts/try", {"job": "none", "exchange": 1, "extract": {}}), 404, "no-job")
    for place in (None, 5, {}, {"json": 5}, {"text": {"begin": 1}}, {"text": 5},
                  {"css": "a", "text": {"begin": 0, "end": 1}}):
        refused(api.post("extracts/propose", {**exchange("x"), "place": place}), 400, "place")
    for place in ({"json": "$.x"}, {"css": "a["}, {"css": "h7"}, {"header": "X"}, {"cookie": "c"},
                  {"form_field": "f"}, {"text": {"begin": 0, "end": 99}},
                  {"text": {"begin": -1, "end": 1}}, {"text": {"begin": 1, "end": 1}}):
        refused(api.post("extracts/propose", {**exchange("x y"), "place": place}), 422, "no-value")
    cut = exchange({"text": "{"})
    cut["response"]["truncated"] = True
    result = api.post("extracts/propose", {**cut, "place": {"json": "$"}})
    refused(result, 422, "no-value")
    assert "only the beginning" in result[1]["error"]["message"], result
    refused(api.post("extracts/propose", {**exchange(None), "place": {"json": "$"}}), 422,
            "no-value")
    refused(api.post("extracts/propose", {**exchange("x"), "place": {"json": "$"}, "again": 5}),
            400, "again")


def try_once(api, file):
    status, answer = api.post("jobs", {"kind": "try", "file": file})
    assert status == 201, answer
    job = answer["job"]
    wait_until(lambda: api.get("jobs/" + job)[1]["state"] != "running")
    exchanges = api.get("jobs/%s/exchanges" % job)[1]["exchanges"]
    assert exchanges, api.get("jobs/" + job)
    return [{"job": job, "exchange": row["n"]} for row in exchanges]


def tries(api, folder, shop):
    """Clicks values of the sample shop's responses, in two tries."""
    write(folder, "shop.yaml", "target: %s\nparameters: {SEARCH: {required: yes}}\n"
          "steps:\n  - get: /login\n  - get: /api/products?q=${SEARCH}\n" % shop)
    # From .env alone: the value in memory is removed.
    assert api.put("secrets", {"name": "SEARCH", "value": "hat", "keep": True})[0] == 200
    assert api.put("secrets", {"name": "SEARCH", "value": None})[0] == 200
    login, products = try_once(api, "shop.yaml")
    answer = api.post("extracts/propose", {**login, "place": {"form_field": "csrf_token"}})[1]
    token = answer["value"]
    assert token and answer["proposals"][0]["extract"] == {"form_field": "csrf_token"}, answer
    assert answer["proposals"][0]["unique"], answer
    assert api.put("secrets", {"name": "SEARCH", "value": "mug"})[0] == 200
    second = try_once(api, "shop.yaml")
    url = api.get("jobs/%s/exchanges" % second[1]["job"])[1]["exchanges"][1]["url"]
    assert url.endswith("?q=mug"), url
    answer = api.post("extracts/propose", {**login, "again": second[0],
                                           "place": {"form_field": "csrf_token"}})[1]
    assert answer["proposals"][0]["holds"], answer
    assert answer["proposals"][0]["again"] not in (None, token), answer
    status, answer = api.post("extracts/propose", {**products, "place": {"json": "$..id"}})
    assert status == 200 and answer["proposals"][0]["extract"]["match"] == "random", answer
    found = api.post("extracts/try", {**products, "extract": {"jsonpath": "$..name", "match": 1}})
    assert "hat" in found[1]["values"][0].lower(), found
    refused(api.post("extracts/try", {"job": login["job"], "exchange": 99,
                                      "extract": {"body": True}}), 404, "no-exchange")


def main():
    reprise, folder, test, *more = sys.argv[1:]
    os.makedirs(folder)
    write(folder, "runs/first/summary.json", "{}\n")
    api = Api(reprise, folder)
    try:
        globals()[test](api, folder, *more)
    finally:
        status = api.end()
    assert status == 0, status


main()
