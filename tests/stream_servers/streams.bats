#!/usr/bin/env bats
# Event streams of Node.js, compressed and not, over HTTP/1.1 and HTTP/2, by both transports; and of Python, reconnected.

load ../cli/helper
load servers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

# all_streams TARGET VERSION [DEFAULTS]: every event is read as soon as it has arrived: the streams do not end.
all_streams() {
	local transport coding
	{
		cat <<-END
			target: $1
			defaults: {timeout: 1m${3:+, $3}}
			load: {users: 3, iterations: 5}
			steps:
		END
		for coding in plain gzip br deflate; do
			cat <<-END
				  - get: /$coding?count=30
				    name: $coding
				    events: {until: {count: 30}, output: \$.number}
				    extract:
				      numbers: {events: \$.number, match: all, join: " "}
				      text: {events: \$.text, match: last}
				  - if: \${numbers != "$(seq -s ' ' 30)" or (text | length) != 30}
				    then: [fail: "the events have \${numbers}"]
			END
		done
	} >scenario.yaml
	for transport in direct curl; do
		: >"$SERVER_OUT"
		reprise run --transport $transport --json r.json scenario.yaml
		[ "$(json r.json '[d["requests"]["ok"], d["requests"]["failed"], d["streams"]["events"]]')" = '[60, 0, 1800]' ]
		[ "$(json r.json 'd["streams"]["event_gap_ms"]["samples"]')" = 1740 ]
		for coding in plain gzip br deflate; do
			[ "$(grep -c "^stream /$coding $2 events 30\$" "$SERVER_OUT")" = 15 ]
		done
	done
}

@test "event streams over HTTP/1.1" {
	node_server events.js
	all_streams "$SERVER_URL" 1.1
}

@test "event streams over HTTP/2" {
	"$SRCDIR/tests/faults/certs" certs >/dev/null
	node_server events.js certs/good.pem certs/good.key
	all_streams "https://127.0.0.1:$SERVER_PORT" 2.0 "tls: {ca: certs/ca.pem}"
}

@test "listen: a stream of sse-starlette (Python) that is interrupted twice continues after its last event" {
	python_server events.py
	scenario <<-END
		target: $SERVER_URL
		defaults: {timeout: 1m}
		load: {users: 4, iterations: 3}
		steps:
		  - listen: /events
		    name: Orders
		    reconnect: yes
		  - get: /page
		  - wait_for: {event: order, jsonpath: {\$.number: 7}}
		    name: Seventh order
		  - wait_for: {event: order}
		    name: Other orders
		    count: 23
		    extract: {last: {jsonpath: \$.number}}
		  - if: \${last != 30}
		    then: [fail: "the last order is \${last}"]
		  - close: 1000
	END
	reprise run -j 2 --json r.json scenario.yaml
	[ "$(json r.json '[d["requests"]["ok"], d["requests"]["failed"]]')" = '[72, 0]' ]
	[ "$(json r.json 'd["messages"]')" = '{"sent": 0, "received": 360, "unmatched": 72, "dropped": 0, "replies_dropped": 0}' ]
	wait_for 60 lines_of 36 '^stream (1|11|21) events 10$'
	[ "$(json r.json '[[s["name"], s["requests"]["ok"]] for s in d["steps"]]')" = \
		'[["Orders", 36], ["GET /page", 12], ["Seventh order", 12], ["Other orders", 12]]' ]
}
