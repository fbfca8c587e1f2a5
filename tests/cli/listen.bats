#!/usr/bin/env bats
# Streams of events beside a visit, on real sockets: both transports, counts that are those of the server, opening
# again, and servers that misbehave.

load helper

setup_file() {
	start_script listen_server.py
}

teardown_file() {
	stop_script
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

ended() {
	[ "$(grep -c "^$1$" "$BATS_FILE_TMPDIR/server.out")" -ge "$2" ]
}

@test "events are waited for, counted and shown by -v, with both transports" {
	for transport in auto curl; do
		scenario <<-END
			target: $TARGET
			defaults: {transport: $transport, timeout: 1m}
			load: {users: 3, iterations: 2}
			steps:
			  - listen: /orders
			    name: News
			    on_message: {when: {jsonpath: {$.id: 2}}}
			  - wait_for: {event: order, jsonpath: {$.id: 3}}
			    extract: {total: {jsonpath: $.total}}
			    name: Third
			  - wait_for: {jsonpath: {$.total: 50}}
			  - close: 1000
			  - log: "total \${total}"
			thresholds: ["message p95 of \"Third\" < 1m", handshake p95 < 1m]
		END
		run reprise run -j 2 --json r.json --csv s.csv scenario.yaml
		[ "$status" -eq 0 ]
		[[ $output == *"received on 6 sockets; 12 were used by no step"* ]]
		[ "$(json r.json 'd["messages"]["sent"]')" = 0 ]
		[ "$(json r.json 'd["messages"]["received"]')" = 30 ]
		[ "$(json r.json 'd["sockets"]')" = '{"opened": 6, "open": 0}' ]
		[ "$(json r.json '[d["requests"]["ok"], d["handshake_ms"]["samples"], d["message_ms"]["samples"]]')" = '[18, 6, 12]' ]
		run reprise run --once -v scenario.yaml
		[ "$status" -eq 0 ]
		[[ $output == *'News < order: {"id": 1, "total": 10}'*'extracted  total = 30'*'total 30'* ]]
	done
}

@test "lines of JSON are events" {
	scenario <<-END
		target: $TARGET
		steps:
		  - listen: /lines
		    as: ndjson
		    name: Lines
		  - wait_for: {jsonpath: {$.id: 3}}
		    timeout: 1m
	END
	run reprise run --once -v scenario.yaml
	[ "$status" -eq 0 ]
	[[ $output == *'Lines < {"id": 3, '* ]]
}

@test "a stream is opened again with its last event ID, until the server says 204" {
	for transport in auto curl; do
		scenario <<-END
			target: $TARGET
			defaults: {transport: $transport}
			steps:
			  - listen: /short
			    reconnect: yes
			    name: News
			  - wait_for: {jsonpath: {$.id: 5}}
			    timeout: 1m
			  - close: 1000
			  - listen: {url: /once, reconnect: yes}
			  - wait_for: {jsonpath: {$.id: 5}}
			    timeout: 1m
		END
		run reprise run --once -v --json r.json scenario.yaml
		[ "$status" -eq 1 ]
		[[ $output == *'the stream has ended: the server ended it; it is opened again in 150ms'* ]]
		[[ $output == *'the stream has ended: the server ended it (HTTP 204)'* ]]
		[ "$(json r.json '[s["requests"]["ok"] for s in d["steps"] if s["name"] == "News"]')" = '[3]' ]
		[ "$(json r.json '[s["requests"]["failed"] for s in d["steps"] if s["name"] == "LISTEN /once"]')" = '[0]' ]
	done
	wait_for 60 ended '/short sent 2 id 4' 2
	wait_for 60 ended '/once sent 0 id 2' 2
}

@test "a secret that an event had is masked in what is kept, with the last events of a failed wait" {
	scenario <<-END
		target: $TARGET
		load: {users: 1, iterations: 1}
		steps:
		  - listen: /lines
		    as: ndjson
		    name: Lines
		  - wait_for: {jsonpath: {$.id: 1}}
		    timeout: 1m
		    extract: {secret: {jsonpath: $.secret, secret: yes}}
		  - wait_for: {body: {contains: never}}
		    timeout: 500ms
	END
	run reprise run --out kept scenario.yaml
	[ "$status" -eq 1 ]
	run python3 - kept/failures/timeout-1.har <<-'END'
		import json, sys
		entry = json.load(open(sys.argv[1]))["log"]["entries"][0]
		messages = entry["_webSocketMessages"]
		print(entry["_resourceType"], entry["response"]["status"], messages[0]["type"], messages[0]["data"],
		      len(messages) > 3, messages[1]["data"])
	END
	[ "$output" = 'eventsource 200 receive {"id": 1, "secret": "***"} True {"id": 2, "secret": "s3cr3t-2"}' ]
	run ! grep -raq '"s3cr3t-1"' kept
}

# The path, the class of its only failure, and a part of the message.
rows=(
	'refuse|status|HTTP 403'
	'page|protocol|expected text/event-stream, got text/html'
	'silent|timeout|no response within 1s'
	'short|closed|the stream has ended: the server ended it'
	'broken|closed|the server closed the connection before the end of the response body'
	'huge|closed|an event is larger than message_limit'
	'zip|closed|an event is larger than message_limit'
	'half|timeout|no matching message within 1 s; no message has arrived'
	'comments|timeout|no matching message within 1 s; no message has arrived'
)

@test "servers that misbehave: the same class and count with both transports" {
	for transport in auto curl; do
		{
			echo "target: $TARGET"
			echo "defaults: {transport: $transport}"
			echo 'scenarios:'
			for row in "${rows[@]}"; do
				echo "  - name: ${row%%|*}"
				echo '    steps:'
				[[ $row == *"|timeout|"* ]] && limit=1s || limit=1m
				echo "      - {listen: /${row%%|*}, message_limit: 100KB, timeout: $limit}"
				echo '      - wait_for: {body: {contains: never}}'
				echo "        timeout: $limit"
			done
		} >scenario.yaml
		run reprise run --once --json r.json scenario.yaml
		[ "$status" -eq 1 ]
		for row in "${rows[@]}"; do
			IFS='|' read -r name class text <<<"$row"
			run json r.json "[[f['class'], f['count']] for f in d['failures'] if f['scenario'] == '$name']"
			[ "$output" = "[[\"$class\", 1]]" ] || { echo "$transport $row: $output"; return 1; }
			grep -qF "$text" r.json || { echo "missing with $transport: $row"; return 1; }
		done
		[ "$(json r.json 'd["sockets"]["open"]')" = 0 ]
	done
}
