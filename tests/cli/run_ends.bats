# `reprise run`: the end of a run by the grace period, signals, the file `stop` and a step.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

# ended_by SIGNAL OPTION…: runs s.yaml with six users, sends SIGNAL when all are connected, and
# returns the exit status.
ended_by() {
	local signal=$1 pid
	shift
	"$REPRISE" run "$@" --plain --json r.json s.yaml >out 2>&1 </dev/null 3>&- &
	pid=$!
	wait_for 20 connected "$SERVER_PORT" 6
	kill "-$signal" "$pid"
	if [ -n "${AGAIN:-}" ]; then
		sleep 0.5
		kill "-$signal" "$pid"
	fi
	wait "$pid"
}

@test "iterations that exceed the grace period are cut off and counted" {
	start_demo --latency 60s
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 4, duration: 1s, grace: 500ms}, steps: [{get: /}]}"
	run reprise run --json r.json s.yaml
	echo "$output"
	[ "$(json r.json 'd["requests"]["cut_off"]')" = 4 ]
	[ "$(json r.json 'd["requests"]["started"]')" = 4 ]
	[ "$(json r.json 'd["iterations"]["cut_off"]')" = 4 ]
	[ "$(json r.json '1.49 < d["duration_s"] < 30')" = true ]
}

@test "SIGINT stops the run: requests in flight finish, thinking users end, the report is written" {
	start_demo --latency 1s
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 6, duration: 1h}, steps: [{get: /}, {think: 10m}]}"
	ended_by INT || status=$?
	cat out
	[ "$status" -eq 130 ]
	grep -q SIGINT out
	[ "$(json r.json 'd["requests"]["ok"]')" = 6 ]
	[ "$(json r.json 'd["requests"]["cut_off"]')" = 0 ]
	[ "$(json r.json 'd["stopped_by"]')" = SIGINT ]
	[ "$(json r.json 'd["duration_s"] < 60')" = true ]
}

@test "the file stop in the result folder stops the run as SIGINT does; an old one is removed at the start" {
	start_demo
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 2, duration: 1h}, steps: [{get: /}, {think: 100ms}]}"
	reprise run -q -i 1 --out out s.yaml
	touch out/stop
	"$REPRISE" run --plain --out out s.yaml >text 2>&1 </dev/null 3>&- &
	pid=$!
	wait_for 20 eval '[ ! -e out/stop ]'
	wait_for 20 test -s out/intervals.bin
	touch out/stop
	status=0
	wait $pid || status=$?
	[ "$status" -eq 130 ]
	grep -q 'stopping, because the file out/stop exists' text
	grep -q "Stopped before its end by the file 'stop' in its result folder" text
	[ "$(json out/summary.json 'd["stopped_by"], d["requests"]["failed"], d["requests"]["cut_off"], d["duration_s"] < 60')" = \
		"[\"the file 'stop' in its result folder\", 0, 0, true]" ]
}

@test "SIGTERM stops within --stop-grace" {
	start_demo --latency 30s
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 6, duration: 1h}, steps: [{get: /}]}"
	ended_by TERM --stop-grace 1s || status=$?
	[ "$status" -eq 143 ]
	[ "$(json r.json 'd["requests"]["cut_off"]')" = 6 ]
	[ "$(json r.json '1 < d["duration_s"] < 25')" = true ]
}

@test "a second signal reports immediately" {
	start_demo --latency 30s
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 6, duration: 1h}, steps: [{get: /}]}"
	AGAIN=yes ended_by INT || status=$?
	[ "$status" -eq 130 ]
	[ "$(json r.json 'd["requests"]["cut_off"]')" = 6 ]
	[ "$(json r.json 'd["duration_s"] < 25')" = true ]
}

@test "a step can stop the whole run" {
	start_nginx "location /no { return 503; } location / { return 200; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 5, duration: 1h}
		steps:
		  - get: /yes
		  - think: 300ms
		  - get: /no
		    on_failure: stop_run
	END
	run reprise run --json r.json s.yaml
	[ "$status" -eq 1 ]
	[ "$(json r.json 'd["duration_s"] < 60')" = true ]
	[ "$(json r.json 'd["requests"]["started"] == sum(d["requests"][k] for k in ("ok", "failed", "cut_off"))')" = true ]
}
