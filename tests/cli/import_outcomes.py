#!/usr/bin/env python3
"""The `expect:` that an import writes for each step: a table of recordings in the form of
import_cases.py, each with the expectations that its steps must have, in their order.

    import_outcomes.py REPRISE
"""
import json
import re
import subprocess
import sys

from recording_parts import HTML, data, form, get, har, page, post, redirect

TABLE = []
XHR = {"X-Requested-With": "XMLHttpRequest"}


def case(name, *entries, expect):
    TABLE.append((name, entries, expect))


def xml(text):
    return dict(type="text/xml", body="<?xml version='1.0'?>" + text)


def fragment(text):
    return dict(type=HTML, body=text)


case("a form that is accepted redirects, a page does not", get("/login"),
     form("/login", [("user", "anna")], redirect("/account")), get("/account"), get("/shop"),
     expect=["defaults {redirected: no}", "-", "{redirected: yes, url: /account}", "-"])
case("a page that redirects", get("/", redirect("/start")), get("/start"), get("/shop"),
     expect=["defaults {redirected: no}", "{redirected: yes, url: /start}", "-"])
case("all steps are redirected", form("/a", [("x", "1")], redirect("/b")), get("/b"),
     expect=["{redirected: yes, url: /b}"])
case("ids in the path and the query", form("/issues", [("t", "Lamp")], redirect(
    "/issues/4821?saved=1&tab=log")), get("/issues/4821?saved=1&tab=log"),
     expect=["{redirected: yes, url: \"/issues/*?saved=*&tab=*\"}"])
case("the version of an API is not an id, a UUID is", form("/v2/a", [("t", "Lamp")], redirect(
    "/v2/a/0b7c5a1e-77b7-4f0c-9a55-1f2f3a4b5c6d/edit")),
     get("/v2/a/0b7c5a1e-77b7-4f0c-9a55-1f2f3a4b5c6d/edit"),
     expect=["{redirected: yes, url: /v2/a/*/edit}"])
case("an address with the title that was typed", form("/notes", [("title", "A Red Lamp")],
                                                         redirect("/notes/a-red-lamp/")),
     get("/notes/a-red-lamp/"), expect=["{redirected: yes, url: /notes/*/}"])
case("a session in the path", form("/a", [("t", "Lamp")], redirect("/list;jsessionid=A0B1C2")),
     get("/list;jsessionid=A0B1C2"), expect=["{redirected: yes, url: /list*}"])
case("an error status is expected, with its number", get("/none", page("x", status=404)),
     get("/a"), expect=["defaults {redirected: no}", "{status: 404}", "-"])
case("a redirect to another host is not followed", get("/go", redirect("https://other.test/x")),
     get("/a"), expect=["defaults {redirected: no}", "{redirected: yes}", "-"])
case("JSON that says whether it succeeded", post("/a", {"x": 1}, data({"success": True})),
     post("/b", {"x": 1}, data({"ok": True, "id": 7})),
     post("/c", {"x": 1}, data({"status": "success", "data": {}})),
     post("/d", {"x": 1}, data({"status": "open", "id": 7})),
     post("/e", {"x": 1}, data({"status": 200})),
     post("/f", {"x": 1}, data({"success": False, "message": "taken"})),
     expect=["defaults {redirected: no}", '{jsonpath: {"$.success": true}}',
             '{jsonpath: {"$.ok": true}}', '{jsonpath: {"$.status": success}}', "{errors: no}",
             '{jsonpath: {"$.status": 200}}', '{jsonpath: {"$.success": false}}'])
case("JSON without an error; one that has it is not expected to be without",
     post("/graphql", {"q": 1}, data({"data": {"a": 1}})),
     post("/graphql", {"q": 2}, data({"errors": [{"message": "no"}]})),
     get("/api/list", data([{"id": 1}])),
     expect=["defaults {redirected: no}", "{errors: no}", "-", "-"])
case("XML and parts of pages without an error element", get("/f"),
     form("/f", [("a", "b")], xml("<partial-response><changes/></partial-response>")),
     form("/f", [("a", "c")], xml("<partial-response><error>x</error></partial-response>")),
     form("/f", [("a", "d")], fragment("<p>Saved</p>")),
     form("/f", [("a", "e")], fragment("<p class='error'>Empty</p>")),
     get("/part", fragment("<li>1</li>"), headers=XHR), get("/feed", xml("<feed/>")),
     expect=["defaults {redirected: no}", "-", "{errors: no}", "-", "{errors: no}", "-",
             "{errors: no}", "-"])
case("the title is not expected, error elements of complete pages are not",
     form("/f", [("a", "b")], dict(type=HTML, body="<!doctype html><title>Saved 10:15</title><p>x")),
     expect=["{redirected: no}"])
case("a 401 and the same request with the browser's log-in are one step", get("/a"),
     get("/private", page("no", status=401, headers={"WWW-Authenticate": "Basic realm=x"})),
     get("/private", page("yes"), headers={"Authorization": "Basic YW5uYTpodW50ZXIy"}),
     expect=["defaults {redirected: no}", "-", "-"])
case("a 401 before a log-in by a script is a step",
     get("/api/me", data({"error": "no"}, status=401)),
     post("/api/login", {"user": "anna"}, data({"token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2ln"})),
     get("/api/me", data({"id": 1}),
         headers={"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2ln"}),
     expect=["defaults {redirected: no}", "{status: 401}", "{errors: no}", "-"])


def expectations(path):
    """The text after `expect:` of each step, `-` for none, after that of `defaults`."""
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            expect = re.match(r"( *)expect: (.*?)(   #.*)?$", line)
            if re.match(r" *- (get|post|put|delete|patch|submit|follow): ", line):
                found.append("-")
            elif expect and expect[1] == "  ":
                found.append("defaults " + expect[2])
            elif expect:
                found[-1] = expect[2]
    return found


def main():
    reprise, failed = sys.argv[1], 0
    for n, (name, entries, expect) in enumerate(TABLE):
        stem = "outcome-%d" % n
        with open(stem + ".har", "w", encoding="utf-8") as file:
            json.dump(har(entries, "Chrome"), file)
        done = subprocess.run([reprise, "import", "har", stem + ".har", "--force"],
                              capture_output=True, text=True, check=False)
        checked = subprocess.run([reprise, "check", stem + ".yaml"], capture_output=True, text=True,
                                 check=False)
        got = expectations(stem + ".yaml") if not done.returncode else done.stderr
        if got != expect or checked.returncode:
            print("WRONG %s:\n  expected %s\n  got      %s%s" % (name, expect, got, checked.stderr))
            failed = 1
    sys.exit(failed)


if __name__ == "__main__":
    main()
