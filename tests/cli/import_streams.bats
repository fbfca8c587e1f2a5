#!/usr/bin/env bats
# Import of event streams, GraphQL operations and WebSockets, and the imported scenarios against the shop.

load helper

setup_file() {
	start_demo
	export HAR="$BATS_FILE_TMPDIR/visit.har"
	python3 "$SRCDIR/tests/cli/import_streams.py" "$SERVER_URL" "$HAR"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "streams become events with what ended them, GraphQL becomes graphql" {
	run reprise import "$HAR" -o visit.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	cat visit.yaml
	grep -q 'graphql: /graphql' visit.yaml
	[ "$(grep -c 'graphql: /graphql' visit.yaml)" -eq 5 ]
	[ "$(grep -c 'persisted: yes' visit.yaml)" -eq 2 ]
	[ "$(grep -c 'graphql_errors: allowed' visit.yaml)" -eq 1 ]
	grep -q "events: {until: {data: '*\"*\[DONE\]" visit.yaml
	grep -q 'output: .*choices\[0\].delta.content' visit.yaml
	grep -Eq 'events: \{until: \{count: 3, time: [0-9]+s\}\}' visit.yaml
	run ! grep -q 'Content-Type' visit.yaml
	# The id of a product comes from the response before it.
	grep -q 'id: "\${' visit.yaml
	run reprise run --once visit.yaml --json r.json
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(json r.json 'd["streams"]["events"]')" -eq 16 ]
	[ "$(json r.json '[s["name"] for s in d["steps"]][1:6]')" = '["Search", "One", "One", "All", "All"]' ] ||
		json r.json '[s["name"] for s in d["steps"]]'
}

@test "import --verify reads streams and operations like a visitor" {
	run reprise import "$HAR" -o visit.yaml --verify
	echo "$output"
	[ "$status" -eq 0 ]
}

sockets() {
	python3 -B "$SRCDIR/tests/cli/import_sockets.py" "$SERVER_URL" "$@"
}

@test "a WebSocket becomes steps that the shop accepts, with the ids of each visit" {
	sockets chat.har
	run reprise import chat.har -o chat.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"3 sent by steps, 3 awaited by wait_for, 1 ping replied to by on_message"* ]]
	[[ $output == *"conversation  from $.conversation of MESSAGE /ws/support  used 3 times  certain"* ]]
	cat chat.yaml
	run ! grep -Eq '[0-9a-f]{32}' chat.yaml
	grep -q 'headers: {Origin: "${run.origin}"}' chat.yaml
	run reprise check chat.yaml
	[ "$status" -eq 0 ]
	run reprise run -u 5 -i 2 --json r.json chat.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(json r.json '[d["sockets"]["opened"], d["message_ms"]["samples"]]')" = '[10, 30]' ]
	run reprise run --once -v chat.yaml
	[ "$status" -eq 0 ]
	[[ $output == *'/ws/support > {"type":"join","name":"Visitor"}'*'/ws/support < {"type":"joined"'* ]]
}

@test "--verify performs sockets, and reports a message that was not received" {
	sockets chat.har
	run reprise import chat.har --verify
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"verified: 7 of 7 steps got the recorded response in each of 8 performances"* ]]
	sockets other.har reply=solution
	run reprise import other.har --verify=once
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"differs    other.yaml:"*"MESSAGE $SERVER_URL/ws/support"* ]]
	[[ $output == *"recorded   a message"*"received   no matching message within"*'the last: {"type":"reply"'* ]]
	[[ $output == *"NOT VERIFIED: 4 of 7 steps"* ]]
}
