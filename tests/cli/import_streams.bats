#!/usr/bin/env bats
# Import of event streams and GraphQL operations, and the imported scenario against the shop.

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
