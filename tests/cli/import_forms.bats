#!/usr/bin/env bats
# Submissions and links in a recording become `submit` and `follow`: a table of small recordings
# (import_forms.py), and visits to the sample shop that are recorded, imported and performed.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

@test "forms, buttons, values, links and rows are recognized, and others are sent as recorded" {
	python3 -B "$SRCDIR/tests/cli/import_forms.py" "$REPRISE" >report || {
		grep -A9 ^WRONG report
		return 1
	}
	golden import/forms.report <report
}

@test "a visit with registration, settings, several steps and an upload is performed by 10 users" {
	start_demo >&2
	python3 -B "$SRCDIR/tests/cli/har_visit.py" "$SERVER_URL" shop.har forms
	reprise import har shop.har 2>account || { cat account; return 1; }
	grep -q '6 of 6 form submissions use the form of the page' account
	grep -q 'typed      nickname, who, street, city, title: the same in each visit' account
	run -1 grep -q logins account # the account is a new one in each visit
	grep -q 'files      shop.hat.txt: uploaded in image' account
	grep -q 'reprise run --once -p PASSWORD=… shop.yaml$' account
	grep -q '^# Many: reprise run -u 50 -d 5m -p PASSWORD=... FILE$' shop.yaml
	run -1 grep -q 'csrf_token\|extract' shop.yaml
	sed '/^steps:/,$!d' shop.yaml >steps
	golden import/shop-forms.yaml <steps
	run reprise run -u 10 -i 2 --think off --json out.json -p PASSWORD=demo shop.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[ "$(json out.json 'd["requests"]["failed"]')" -eq 0 ]
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 200 ]
}

@test "a lost upload is rebuilt and asks for the file" {
	start_demo >&2
	python3 -B "$SRCDIR/tests/cli/har_visit.py" "$SERVER_URL" shop.har lost
	reprise import har shop.har 2>account || { cat account; return 1; }
	grep -q 'POST .*/upload: the browser did not keep the request body; it is rebuilt' account
	run -1 grep -q 'skipped' shop.yaml
	reprise check shop.yaml
	run -2 reprise run --once -p PASSWORD=demo shop.yaml
	grep -q 'the parameter IMAGE has no value' <<<"$output"
	echo "a felt hat" >hat.txt
	run reprise run --once -p PASSWORD=demo -p IMAGE=hat.txt -p TITLE='A hat' shop.yaml
	echo "$output"; [ "$status" -eq 0 ]
}

@test "a file that a script uploaded becomes a parameter, and the token of its response is sent" {
	start_notebook
	python3 -B "$SRCDIR/tests/cli/notebook.py" visit "$SERVER_URL" notes.har upload
	reprise import har notes.har 2>account || { cat account; return 1; }
	grep -q 'POST .*/uploads.js: the browser did not keep the file; give it with -p NOTE_TXT=PATH' account
	run -2 reprise run --once notes.yaml
	grep -q 'the parameter NOTE_TXT has no value' <<<"$output"
	printf 'another hat' >hat.txt
	run reprise run -u 2 -i 1 --think off -p NOTE_TXT=hat.txt notes.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[ "$(curl -sf "$SERVER_URL/counts" | python3 -c 'import json, sys; print(sorted(json.load(sys.stdin)["attached"]))')" = \
		"['a felt hat', 'another hat', 'another hat']" ]
}

@test "a form that a script sent with a file is rebuilt from its response, and the record is right" {
	start_notebook
	python3 -B "$SRCDIR/tests/cli/notebook.py" visit "$SERVER_URL" notes.har record
	printf 'another hat' >hat.txt
	run reprise import har notes.har --verify -p PIC=hat.txt
	echo "$output"; [ "$status" -eq 0 ]
	grep -q 'rebuilt from its response and the fields of entry 3: title (not sent: id, created); set the rest with -p PIC=PATH' <<<"$output"
	run reprise run -u 3 -i 2 --think off -p PIC=hat.txt notes.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[ "$(curl -sf "$SERVER_URL/counts" | python3 -c 'import json, sys; print(*map(tuple, json.load(sys.stdin)["records"][-6:]))')" = \
		"$(printf "('A record, edited', 'another hat') %.0s" {1..6} | sed 's/ $//')" ]
}

@test "--verify finds a title that the server accepts only once, and makes it unique" {
	start_notebook
	python3 -B "$SRCDIR/tests/cli/notebook.py" visit "$SERVER_URL" notes.har note
	notebook_mode slug
	run reprise import har notes.har --verify
	echo "$output"; [ "$status" -eq 0 ]
	grep -q 'repaired .*/notes: title gets ${unique}, because the server accepts a value once' <<<"$output"
	grep -q 'submit: {title: "A red lamp ${unique}", text: for sale}' notes.yaml
}

@test "--literal keeps the recorded values: no form of a page is used" {
	start_demo >&2
	python3 -B "$SRCDIR/tests/cli/har_visit.py" "$SERVER_URL" shop.har forms
	reprise import har shop.har --literal -q
	run -1 grep -qE 'submit|follow:|extract' shop.yaml
	grep -q 'csrf_token: "\?[-_0-9a-zA-Z]' shop.yaml # a token of digits is in quotes
}
