#!/usr/bin/env bats
# The expectations that an import writes for the outcome of each step (import_outcomes.py), and that
# they hold when the visit is repeated and fail when the server rejects it with status 200.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

@test "each step expects what the recording shows about its outcome" {
	python3 -B "$SRCDIR/tests/cli/import_outcomes.py" "$REPRISE" >report || {
		cat report
		return 1
	}
}

@test "expectations of a recorded visit hold in each iteration of each user" {
	start_demo >&2
	for way in "" api; do
		python3 -B "$SRCDIR/tests/cli/har_visit.py" "$SERVER_URL" visit.har $way
		reprise import har visit.har --force -q
		grep -q 'expect: {redirected: no}' visit.yaml
		run reprise run -u 5 -i 3 --think off --json out.json -p PASSWORD=demo visit.yaml
		echo "$output"; [ "$status" -eq 0 ]
		[ "$(json out.json 'd["requests"]["failed"]')" -eq 0 ]
	done
}

@test "a rejection with status 200 fails at its step: a title in use, an edit conflict, JSON" {
	start_notebook
	python3 -B "$SRCDIR/tests/cli/notebook.py" visit "$SERVER_URL" notes.har note edit api
	reprise import har notes.har -q
	run reprise run --once notes.yaml
	echo "$output"; [ "$status" -eq 0 ]
	reprise import har notes.har -q --literal -o literal.yaml
	notebook_mode slug
	run -1 reprise run --once literal.yaml
	grep -qF 'expected a redirect, got HTTP 200 without one: «This title is already in use.»' <<<"$output"
	while IFS='|' read -r refused step said; do
		notebook_mode "$refused"
		run -1 reprise run --once notes.yaml
		grep -A3 "  $step  " <<<"$output" | grep -q "$said" || { echo "$refused: $output"; return 1; }
	done <<-'END'
		slug|submit (title, text)|the server rejected the form: «This title is already in use.»
		conflict|submit (text)|the server rejected the form: «Edit conflict»
		merge|submit (text)|the server rejected the form: «Edit conflict»
		json|POST /api/notes|success
	END
}

@test "a recorded response that reports a failure is expected again, and the report says so" {
	start_notebook
	python3 -B "$SRCDIR/tests/cli/notebook.py" visit "$SERVER_URL" notes.har api
	run -0 reprise import har notes.har
	run ! grep -q 'reports a failure' <<<"$output"
	python3 - <<-'END'
		import json
		har = json.load(open("notes.har"))
		for entry in har["log"]["entries"]:
		    if entry["request"]["method"] == "POST":
		        entry["response"]["content"]["text"] = '{"success": false}'
		json.dump(har, open("notes.har", "w"))
	END
	run -0 reprise import har notes.har --force
	[[ "$output" == *"look at"*'1 recorded response reports a failure (first: entry '*'/api/notes: "success" is false); the scenario expects it again'* ]]
	grep -qF '"$.success": false' notes.yaml
}
