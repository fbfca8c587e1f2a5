#!/usr/bin/env bats
# Metrics of thresholds: each one measures what it says, against a server that is slow in one phase.
# The server is slow for 300 ms. Other phases are compared by their minimum over several requests,
# and `receive`, which begins when the client notices the first byte, by its maximum, so that a busy
# machine does not matter.

load helper

setup_file() {
	start_origin
	export ORIGIN="http://127.0.0.1:$(origin_port http)"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# passes [TARGET]: runs the scenario on standard input, whose thresholds must pass
passes() {
	cat >s.yaml
	run timeout 120 "$REPRISE" run --plain s.yaml -t "${1:-$ORIGIN}" --json r.json
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "wait is the time to the first byte" {
	passes <<-'Y'
		steps:
		  - repeat: 5
		    steps: [get: /delay/header/300]
		thresholds:
		  - wait min >= 290ms
		  - response_time min >= 290ms
		  - receive min < 300ms
		  - connect min < 300ms
	Y
}

@test "receive is the time from the first byte to the last" {
	passes <<-'Y'
		steps:
		  - repeat: 5
		    steps: [get: /delay/body/300]
		thresholds:
		  - receive max >= 290ms
		  - wait min < 300ms
		  - max >= 290ms
	Y
}

@test "connect is the time until the server accepts the connection, once per connection" {
	passes "http://127.0.0.1:$(origin_port late)" <<-'Y'
		steps:
		  - repeat: 5
		    steps: [get: /ok]
		thresholds:
		  - connect min >= 290ms
		  - max >= 290ms
		  - wait min < 300ms
	Y
	[ "$(json r.json 'd["phases_ms"]["connect"]["samples"]')" = 1 ]
	[ "$(json r.json 'd["phases_ms"]["wait"]["samples"]')" = 5 ]
}

@test "tls is the time of the handshake, without the connect" {
	passes "https://127.0.0.1:$(origin_port slow_tls)" <<-Y
		defaults:
		  tls: {ca: $ORIGIN_CERTS/ca.pem}
		  connections: {reuse: none}
		steps:
		  - repeat: 5
		    steps: [get: /ok]
		thresholds:
		  - tls min >= 290ms
		  - connect min < 300ms
		  - wait min < 300ms
	Y
	[ "$(json r.json 'd["phases_ms"]["tls"]["samples"]')" = 5 ]
}

@test "iteration has think time and no pacing; response times have neither" {
	passes <<-'Y'
		scenarios:
		  - name: Visit
		    pace: 2s
		    steps: [get: /ok, {think: 300ms}, get: /ok]
		load: {users: 3, iterations: 2}
		thresholds:
		  - iteration min >= 290ms
		  - iteration min of "Visit" < 2s
		  - min < 300ms
	Y
	[ "$(json r.json 'd["iteration_time_ms"]["samples"]')" = 6 ]
}

@test "a name selects a step, a scenario, or the requests of a group, also in flows and branches" {
	passes <<-'Y'
		flows:
		  pay: [{get: /delay/header/300, name: Pay}]
		scenarios:
		  - name: Buy
		    steps:
		      - get: /ok
		        name: List
		      - group: Checkout
		        steps:
		          - call: pay
		          - parallel: [{get: /delay/header/300, name: Image}]
		      - call: pay
		thresholds:
		  - wait min of "Checkout" >= 290ms
		  - wait min of "Buy" < 300ms
		  - wait min of "Buy / Pay" >= 290ms
		  - {metric: wait, check: max < 1m, group: Checkout, for: 10s}
		load: {users: 4, iterations: 1}
	Y
	[ "$(json r.json 'd["groups"][0]["phases_ms"]["wait"]["samples"]')" = 8 ]
	[ "$(json r.json '[t["metric"] for t in d["thresholds"][:4]]')" = '["wait", "wait", "wait", "wait"]' ]
	[ "$(json r.json 'd["thresholds"][3]["check"]')" = 'wait max of "Checkout" < 1m for 10s' ]
}

@test "a threshold without samples fails, such as tls without https" {
	cat >s.yaml <<-'Y'
		steps: [get: /ok]
		thresholds: [tls p95 < 1m, wait p95 < 1m]
	Y
	run reprise run --plain s.yaml -t "$ORIGIN" --json r.json --junit j.xml
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"tls p95 < 1m"*"failed: no samples"* ]]
	[[ $output == *"wait p95 < 1m"*"passed"* ]]
	[ "$(json r.json 'd["thresholds"][0]["value"]')" = null ]
	grep -q 'name="tls p95 &lt; 1m"' j.xml
}

@test "a connection that fails has no connect time" {
	cat >s.yaml <<-Y
		target: http://127.0.0.1:$(origin_port closed)
		steps: [get: /]
		thresholds: [connect max < 1m]
	Y
	run reprise run --plain s.yaml --json r.json
	[[ $output == *"connect max < 1m"*"no samples"* ]]
}

@test "abort ends the run when a metric is too slow" {
	cat >s.yaml <<-'Y'
		load: {users: 2, duration: 10m}
		steps: [get: /delay/header/300]
		thresholds: [{check: wait max < 200ms, abort: yes}]
	Y
	run timeout 120 "$REPRISE" run --plain s.yaml -t "$ORIGIN" --json r.json
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(json r.json 'd["stopped_by"]')" = "a threshold with abort" ]
}

# search MAX: the largest of 1 to 4 users for which the metric is below MAX
search() {
	cat >s.yaml <<-Y
		steps: [get: /delay/header/300]
		thresholds: [wait max < $1]
	Y
	run timeout 120 "$REPRISE" run --plain s.yaml -t "$ORIGIN" --capacity "1..4" -d 1s --json r.json
	echo "$output"
	json r.json '[d["capacity"]["value"], d["capacity"]["stopped"]]' >found
}

@test "a capacity search finds the largest load for a metric" {
	search 1m
	[ "$(cat found)" = '[4, "most"]' ]
	search 200ms
	[ "$(cat found)" = '[null, "first_fails"]' ]
}

@test "max_wait limits the time to the first byte of each response" {
	cat >s.yaml <<-'Y'
		defaults: {on_failure: continue}
		steps:
		  - {get: /delay/header/300, name: Slow, expect: {max_wait: 200ms}}
		  - {get: /delay/body/300, name: Body, expect: {max_wait: 1m}}
	Y
	run reprise run --plain s.yaml -t "$ORIGIN" --json r.json
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"expected a wait for the first byte of at most 200ms, got "*" ms"* ]]
	[ "$(json r.json '[f["step"] for f in d["failures"]]')" = '["Slow"]' ]
	[ "$(json r.json 'd["failures"][0]["class"]')" = expect ]
}

@test "shards count what the merged thresholds need, and merge adds the histograms up" {
	cat >s.yaml <<-'Y'
		load: {users: 4, iterations: 5}
		steps:
		  - group: Checkout
		    steps: [get: /ok, {think: 10ms}]
		thresholds:
		  - wait p95 of "Checkout" < 1m
		  - iteration p95 < 1m
		  - connect p95 < 1m
	Y
	for i in 1 2; do
		reprise run --plain -q s.yaml -t "$ORIGIN" --shard "$i/2" --seed 1 -o "shard$i"
	done
	run reprise merge shard1 shard2 -o all
	echo "$output"
	[ "$status" -eq 0 ]
	for what in 'd["groups"][0]["phases_ms"]["wait"]' 'd["iteration_time_ms"]' 'd["phases_ms"]["connect"]'; do
		[ "$(json all/summary.json "$what[\"samples\"]")" = \
			$(($(json shard1/summary.json "$what[\"samples\"]") + $(json shard2/summary.json "$what[\"samples\"]"))) ]
		[ "$(json all/summary.json "$what[\"max\"]")" = "$(printf '%s\n' \
			"$(json shard1/summary.json "$what[\"max\"]")" "$(json shard2/summary.json "$what[\"max\"]")" | sort -g | tail -n 1)" ]
	done
	[ "$(json all/summary.json '[t["pass"] for t in d["thresholds"][:3]]')" = "[true, true, true]" ]
}

@test "report and the page have the same metrics again" {
	cat >s.yaml <<-'Y'
		load: {users: 2, duration: 2s}
		steps: [get: /ok, {think: 50ms}]
		thresholds: [wait p95 < 1m, iteration max < 1m, connect max of "GET /ok" < 1m]
	Y
	reprise run --plain -q s.yaml -t "$ORIGIN" -o out
	cp out/summary.json before.json
	# One chart for each metric, with the threshold as its line.
	for id in metric_wait metric_iteration metric_connect; do
		grep -q "id=\"chart-$id\"" out/report.html
	done
	run -1 grep -q 'id="chart-metric_tls"' out/report.html
	rm out/summary.json out/report.html
	reprise report out
	grep -q 'id="chart-metric_wait"' out/report.html
	[ "$(json before.json 'd["thresholds"]')" = "$(json out/summary.json 'd["thresholds"]')" ]
}

@test "wrong names of metrics are errors" {
	cat >s.yaml <<-'Y'
		scenarios:
		  - name: Buy
		    steps:
		      - group: Checkout
		        steps: [{get: /ok, name: List}]
		thresholds:
		  - iteration p90 of "Checkout" < 20s
		  - {metric: iteration, check: p90 < 20s, step: List}
		  - {metric: wait, check: error_rate < 1%}
	Y
	run reprise check s.yaml
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"'metric' needs a statistic of a time"* ]]
	sed -i "/error_rate/d" s.yaml
	run reprise check s.yaml -t "$ORIGIN"
	echo "$output"
	[ "$status" -eq 2 ]
	[ "$(grep -c "'iteration' is measured per scenario" <<<"$output")" -eq 2 ]
}
