# `reprise import --json`: the report of an import for programs.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

@test "the report has steps, requests, hosts, values, typed texts, secrets, pauses and warnings" {
	cp "$SRCDIR/tests/golden/import/tokens.har" "$SRCDIR/tests/golden/import/sanitized.har" .
	run -0 --separate-stderr reprise import har tokens.har -q -o shop.yaml --json -
	golden import/tokens.json <<<"$output"
	[ -z "$stderr" ]
	# Each path is that of a node of the scenario.
	reprise import har tokens.har -q --force -o shop.yaml --json report.json
	python3 - <<-'END'
		import json
		import yaml

		report, tree = json.load(open("report.json")), yaml.safe_load(open("shop.yaml"))

		def find(path):
		    node = tree
		    for part in path.split("/")[1:]:
		        part = part.replace("~1", "/").replace("~0", "~")
		        node = node[int(part)] if isinstance(node, list) else node[part]
		    return node

		assert all(find(step["path"]) for step in report["steps"])
		for value in report["values"]:
		    assert isinstance(find(value["path"]), dict), value
		    assert value["uses"] and all("${" in find(use) for use in value["uses"]), value
		for typed in report["typed"]:
		    found = find(typed["path"])
		    assert typed["parameter"] or str(found).lower() == typed["value"].lower(), typed
		assert all(find(pause["path"]) == pause["text"] for pause in report["pauses"])
		assert "anna-password" not in open("report.json").read()
	END
	# Skipped requests have a reason, and so have hosts that are not kept.
	run -0 --separate-stderr reprise import har sanitized.har -q -o s.yaml --json s.json
	[ "$(json s.json '[r for r in d["requests"] if r["kept"] == (r["reason"] is not None)]')" = '[]' ]
	[ "$(json s.json 'len([r for r in d["requests"] if not r["kept"]]) == sum(h["skipped"] for h in d["hosts"])')" = true ]
}

@test "errors are in the report: a file that cannot be read, one that exists, both outputs the same" {
	echo '{"log": {"entries": 1}}' >bad.har
	run -2 --separate-stderr reprise import har bad.har --json report.json
	[ "$(json report.json '[d["scenario"], d["exit"], len(d["errors"]), d["errors"][0]["level"]]')" = '[null, 2, 1, "error"]' ]
	echo 'curl http://127.0.0.1:1/a' >visit.sh
	: >visit.yaml
	run -2 --separate-stderr reprise import curl visit.sh --json report.json
	[[ "$(json report.json 'd["errors"][0]["message"]')" == "visit.yaml already exists; "* ]]
	[[ "$stderr" == *"visit.yaml already exists; "* ]]
	run -2 reprise import curl visit.sh -o - --json -
	[[ $output == *"cannot both go to standard output"* ]]
	run -5 reprise import curl visit.sh --force --json nothing/report.json
	[[ $output == *"nothing/report.json"* ]]
	# Without a recording: the steps of the scenario.
	run -0 --separate-stderr reprise import curl visit.sh --force -q --json -
	[ "$(json - 'd["steps"][0]["path"]' <<<"$output")" = /steps/0 ]
}

@test "--verify: the result of each step, what differs, and the repairs" {
	start_notebook
	python3 -B "$SRCDIR/tests/cli/notebook.py" visit "$SERVER_URL" notes.har note edit api
	run -0 --separate-stderr reprise import har notes.har -q --verify once --json report.json
	[ "$(json report.json '[d["verify"]["passed"], all(s["ok"] for s in d["verify"]["steps"]), len(d["verify"]["steps"]) == len(d["steps"])]')" = '[true, true, true]' ]
	[ "$(json report.json '[d["verify"]["steps"][0]["status"], d["verify"]["steps"][0]["recorded_status"]]')" = '[200, 200]' ]
	notebook_mode conflict
	run -1 --separate-stderr reprise import har notes.har -q --force --verify once --json report.json
	[ "$(json report.json '[d["exit"], d["verify"]["passed"]]')" = '[1, false]' ]
	[ "$(json report.json '[bool(s["path"] and s["differences"] and s["recorded"]["text"] != s["received"]["text"]) for s in d["verify"]["steps"] if not s["ok"] and s["performed"]][0]')" = true ]
	[ "$(json report.json '[d for s in d["verify"]["steps"] for d in s["differences"] if d["matters"]][0]["received"]' | grep -c 'Edit conflict')" -eq 1 ]
	notebook_mode slug
	run -0 --separate-stderr reprise import har notes.har -q --force --verify --json report.json
	[[ "$(json report.json '[r for r in d["verify"]["repairs"] if r["proven"]][0]["sentence"]')" == *'title gets ${unique}, because'* ]]
	# Without a recording, only whether all requests passed.
	printf 'GET %s/nothing\nHTTP 200\n' "$SERVER_URL" >visit.hurl
	run -1 --separate-stderr reprise import hurl visit.hurl -q --verify --json report.json
	[ "$(json report.json 'd["verify"]')" = '{"passed": false}' ]
}
