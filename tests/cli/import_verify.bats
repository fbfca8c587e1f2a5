#!/usr/bin/env bats
# `import --verify` as the judge: the visit is performed by two users with two iterations each, one
# after the other and then at the same time, and what the application did is compared with the
# recording (notebook.py, which refuses on demand).

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	start_notebook >&2
}

teardown() {
	stop_servers
}

# recorded STEPS…: visits the notebook and writes notes.har.
recorded() {
	python3 -B "$SRCDIR/tests/cli/notebook.py" visit "$SERVER_URL" notes.har "$@"
}

# refused MODE TEXT…: --verify fails in this mode, and its output has each TEXT.
refused() {
	notebook_mode "$1"
	run -1 reprise import har notes.har -q --force --verify -o "$1.yaml"
	shift
	for text; do
		grep -qF "$text" <<<"$output" || { echo "missing: $text"; echo "$output"; return 1; }
	done
}

@test "nothing differs: notes, edits, drafts and an API; the plan is printed first" {
	recorded note edit draft api
	run -0 reprise import har notes.har -q --verify
	[ "${lines[0]}" = "--verify performs the visit on $SERVER_URL 4 times (2 users, 2 iterations each, one after the other): 36 requests, 16 writes; if all responses are right, also with both users at the same time, in total: 72 requests, 32 writes; with repairs, at most 3 rounds, in total: 108 requests, 48 writes" ]
	[ "${lines[1]}" = "verified: 9 of 9 steps got the recorded response in each of 8 performances, 4 of them with both users at the same time; 2 rounds" ]
	[ "${#lines[@]}" -eq 2 ]
	[ "$(curl -s "$SERVER_URL/counts" | python3 -c 'import json, sys; print(sorted(json.load(sys.stdin)["edits"].values()))')" = "[$(printf '0, %.0s' {1..9})$(printf '1, %.0s' {1..8})1]" ]
}

@test "--verify once performs the visit once" {
	recorded note api
	for how in "--verify once" --verify=once; do
		run -0 reprise import har notes.har -q --force $how
		[[ "${lines[0]}" == "--verify performs the visit once on $SERVER_URL: 5 requests, 2 writes" ]]
		[ "${lines[1]}" = "verified: 5 of 5 steps got the recorded response" ]
	done
	run -2 reprise import har notes.har -q --force --verify=twice
	[[ "$output" == *"--verify does not accept 'twice'; use --verify or --verify once"* ]]
	run -0 reprise import -q --force --verify notes.har
}

@test "--only-hosts limits the hosts that --verify contacts" {
	echo "curl http://shop.example:8443/a" >visit.sh
	run -2 reprise import curl visit.sh -o a.yaml --verify once --only-hosts shop.example
	[[ $output == *"a.yaml contacts shop.example:8443, which is not in --only-hosts; nothing was sent" ]]
	run -2 reprise import curl visit.sh -o b.yaml --verify --only-hosts other.example,b.example
	[[ $output == *"b.yaml contacts shop.example:8443"* ]]
	# This machine needs no permission; nothing listens there.
	echo "curl http://127.0.0.1:9/a" >visit.sh
	run -3 reprise import curl visit.sh -o c.yaml --verify once --only-hosts other.example
}

@test "a failure names the line of its step, what was not reached, and the command that shows it" {
	recorded note edit draft
	notebook_mode conflict
	run -1 reprise import har notes.har -q --verify once -t "$SERVER_URL/" -o "my notes.yaml"
	local line=$(sed -n 's/.*differs    my notes.yaml:\([0-9]*\): POST .*/\1/p' <<<"$output")
	sed -n "${line}p" "my notes.yaml" | grep -q 'submit:'
	[[ "$output" == *"NOT VERIFIED: 4 of 7 steps got the recorded response; 1 differs; 2 were not reached"* ]]
	[ "${lines[-1]}" = "next: look at the first difference with: reprise run --once -v -t $SERVER_URL/ 'my notes.yaml'" ]
	run -1 eval "${lines[-1]#*with: }"
	[[ "$output" == *"Edit conflict"* ]]
}

@test "no false alarm for times in titles and texts, and for missing types" {
	notebook_mode clock
	recorded note edit draft
	run -0 reprise import har notes.har -q --verify
	[[ "$output" == *"verified: 7 of 7 steps"* ]]
	run -1 grep -q differs <<<"$output"
}

@test "a rejection with status 200 is quoted: an edit conflict, an error page, JSON" {
	recorded note edit api
	refused conflict "differs    conflict.yaml:" ": POST $SERVER_URL/notes/" "(each time)" "recorded   HTTP 303, then 200 at" \
		"received   HTTP 200: the server rejected the form: «Edit conflict»"
	refused text "/edit (each time)" "received   no link 'Edit' on"
	refused json "differs    json.yaml:" ": POST $SERVER_URL/api/notes" '«No room left»'
	notebook_mode ""
	recorded inbox
	refused text "$SERVER_URL/inbox: title (each time)" "recorded   Inbox" "received   Sorry"
}

@test "a typed value that the server accepts only once gets \${unique}, if that is what it needs" {
	recorded note edit api
	notebook_mode slug
	run -1 reprise import har notes.har -q --verify once
	[[ "$output" == *"differs    notes.yaml:"*": POST $SERVER_URL/notes"*"«This title is already in use.»"* ]]
	run -0 reprise import har notes.har -q --force --verify
	[[ "$output" == *"repaired   POST $SERVER_URL/notes: title gets \${unique}, because"* ]]
	grep -qF 'submit: {title: "A red lamp ${unique}", text: for sale}' notes.yaml
	run -1 grep -q 'sold today ' notes.yaml
	notebook_mode once
	run -0 reprise import har notes.har -q --force --verify
	[[ "$output" == *"repaired   POST $SERVER_URL/api/notes: title gets"* ]]
	grep -qF 'title: A blue lamp ${unique}' notes.yaml
	notebook_mode conflict
	run -1 reprise import har notes.har -q --force --verify
	run -1 grep -qF '${unique}' notes.yaml
}

@test "a text that the page has already after the first visit is made different in each visit" {
	recorded profile
	run -0 reprise import har notes.har -q --verify once
	[[ "$output" == *"unlike     notes.yaml:"*": POST $SERVER_URL/profile: typed again"*'the page has "Never'*"verified: 3 of 3"* ]]
	run -0 reprise import har notes.har -q --force --verify
	[[ "$output" == *"repaired   POST $SERVER_URL/profile: motto gets \${unique}, because the page has it already"* ]]
	reprise run --once notes.yaml
	[ "$(curl -s "$SERVER_URL/counts" | python3 -c 'import json, sys; print(json.load(sys.stdin)["mottos"])')" -eq 11 ]
}

@test "the id of a record that import did not find, so that each visit changes the recorded one" {
	recorded card
	reprise import har notes.har -q
	grep -q '^ *- get: /cards/[0-9]' notes.yaml
	run -0 reprise import har notes.har -q --force --verify
	[[ "$output" == *"repaired   GET $SERVER_URL/cards/"*": cards is extracted from the response to GET $SERVER_URL/api/serial"* ]]
	run -1 grep -qF '${unique}' notes.yaml
	# Nothing was typed into the cards of the first round, in which the fault was found.
	[ "$(curl -s "$SERVER_URL/counts" | python3 -c 'import json, sys; print(json.load(sys.stdin)["cards"].count(""))')" -eq 4 ]
	run -1 reprise import har notes.har -q --force --verify once
	[[ "$output" == *"/cards/"*': cards'*'recorded   "'*"sent again, although this response has"* ]]
}

@test "a fault that needs users at the same time: passed one after the other, refused together" {
	recorded note
	notebook_mode race
	run -1 reprise import har notes.har -q --verify
	echo "$output"
	[[ "$output" == *"differs    notes.yaml:"*": POST $SERVER_URL/notes"*"«You were too slow.»"* ]]
	[[ "$output" == *"NOT VERIFIED: "*" of 3 steps got the recorded response in each of 4 performances with both users at the same time; "*"; 2 rounds"* ]]
	[[ "$output" == *"nothing differed with one user after the other: the application does not accept these requests from both at the same time"* ]]
	run -1 grep -qF '${unique}' notes.yaml
	run -0 reprise import har notes.har -q --force --verify once
}

@test "a request that changes something is never skipped" {
	recorded enroll
	run -1 reprise import har notes.har -q --verify
	run -1 grep -q skipped <<<"$output"
	grep -q '^ *- post: /enroll' notes.yaml
}

@test "a request that a script sends only in the first visit is skipped" {
	recorded welcome
	run -0 reprise import har notes.har -q --verify
	[[ "$output" == *"repaired   GET $SERVER_URL/tour is skipped: only in the first visit the page has its "* ]]
	[[ "$output" == *"verified: 2 of 2 steps"*"3 rounds"* ]]
	run -1 grep -q 'tour\|extract' notes.yaml
}

@test "an address that was a link of a page must be a link of the page now" {
	recorded inbox
	run -1 reprise import har notes.har -q --force --literal --verify
	echo "$output"
	[[ "$output" == *"/inbox/"*": link (each time)"*"which is not on this page now"* ]]
	reprise import har notes.har -q --force --verify
}

@test "a value that is sent as recorded, although its place has another now, is extracted" {
	recorded number
	reprise import har notes.har -q --force
	run -1 grep -q extract notes.yaml
	run -0 reprise import har notes.har -q --force --verify
	[[ "$output" == *"repaired   POST $SERVER_URL/api/number: number is extracted from the response to GET $SERVER_URL/api/number"* ]]
	[[ "$output" == *"in each of 8 performances, 4 of them with both users at the same time; 3 rounds"* ]]
	grep -q 'jsonpath: "$.number"' notes.yaml
	run -1 reprise import har notes.har -q --force --verify once
	[[ "$output" == *"POST $SERVER_URL/api/number: number"*'recorded   "'*"sent again, although this response has"* ]]
	run -1 grep -q extract notes.yaml
}

@test "a repair that does not help is undone, and no file is left" {
	recorded number
	notebook_mode closed
	run -1 reprise import har notes.har -q --force --verify
	[[ "$output" == *"differs    notes.yaml:"*": POST $SERVER_URL/api/number"*"HTTP 409"* ]]
	run -1 grep -q '^  repaired' <<<"$output"
	run -1 grep -q extract notes.yaml
	[ "$(ls -A | grep notes)" = "$(printf '%s\n' notes.har notes.yaml)" ]
}

@test "a write whose body the recording does not have is a difference, although the rest succeeds" {
	recorded api
	python3 - <<-'END'
		import json
		har = json.load(open("notes.har"))
		for entry in har["log"]["entries"]:
		    if entry["request"]["method"] == "POST":
		        del entry["request"]["postData"]
		json.dump(har, open("notes.har", "w"))
	END
	run -1 reprise import har notes.har -q --verify
	[[ "$output" == *"differs    notes.yaml:$(sed -n '/fail:/=' notes.yaml): POST $SERVER_URL/api/notes: missing (each time)"*"write this step by hand"* ]]
	[[ "$output" == *"NOT VERIFIED: "*" differs; "* ]]
	grep -q 'fail: .* is not in the scenario' notes.yaml
}

@test "no server: nothing is verified, status 3; a scenario that cannot run: status 2" {
	recorded note
	run -3 reprise import har notes.har -q --force --verify -t http://127.0.0.1:9
	[[ "$output" == *"verified: nothing; no server was reached"* ]]
	run -2 reprise import har notes.har -q --force --verify -p NONE=x
	run -2 reprise import har notes.har -q -o - --verify
}
