#!/usr/bin/env bats
# A result says whether it is valid: whether the load generator could keep up.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	[ -z "${LOOP:-}" ] || kill "$LOOP" 2>/dev/null || true
	stop_servers
}

# The first CPU that this process may use, so that others can be kept on it.
first_cpu() {
	taskset -cp $$ | sed -E 's/.*: ([0-9]+).*/\1/'
}

# starve: a program that needs all of the first CPU, until the end of the test
starve() {
	taskset -c "$(first_cpu)" sh -c 'while :; do :; done' 3>&- &
	LOOP=$!
}

# starved OPTION…: reprise run on that CPU, with the lowest priority
starved() {
	run nice -n 19 taskset -c "$(first_cpu)" "$REPRISE" run --json r.json "$@"
}

@test "a starved load generator is not valid, and other programs are named" {
	start_demo
	starve
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 20, duration: 5s}, steps: [{get: /health}]}"
	starved s.yaml
	[ "$status" -eq 0 ]
	words=$(tr -s ' \n' ' ' <<<"$output")
	[[ $words == *"NOT VALID the load generator could not keep up for"*"other programs used this machine's CPU"* ]]
	[[ $words == *"stop other programs"*"PASSED"* || $words == *"PASSED"*"stop other programs"* ]]
	[ "$(json r.json '[d["valid"], d["generator"]["causes"]]')" = '[false, ["waiting"]]' ]
	starved --strict s.yaml
	[ "$status" -eq 4 ]
}

@test "a failed result that is not valid stays failed" {
	start_nginx "location / { return 503; }"
	starve
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 20, duration: 5s}, steps: [{get: /, on_failure: continue}, {get: /, on_failure: continue}]}"
	starved --strict -o out s.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"FAILED"* ]]
	[ "$(json r.json 'd["verdict"]')" = fail ]
	grep -q 'class="word">FAILED' out/report.html
}

@test "users who never begin make the result not valid, with both numbers" {
	start_demo
	starve
	scenario s.yaml <<<"{target: '$SERVER_URL', steps: [{get: /health}, {think: 60s}]}"
	ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -Hn)"
	starved -u 5000 -d 1s --grace 0s s.yaml
	[ "$(json r.json 'd["valid"]')" = false ]
	[ "$(json r.json '"not_begun" in d["generator"]["causes"] and d["users"]["missed"] > 100')" = true ]
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"only "*" of 5,000 users began"*"ramp_up"* ]]
}

@test "a run of less than a second is measured by its length" {
	start_demo
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 2, duration: 500ms}, steps: [{get: /health}]}"
	run reprise run --json r.json s.yaml
	[ "$status" -eq 0 ]
	[ "$(json r.json '0.4 <= d["generator"]["seconds"] <= 2 and 0 < d["generator"]["cpu"] <= 1')" = true ]
}

@test "a process that was stopped used at most all of its CPU, and is not valid" {
	start_demo
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 20, duration: 6s}, steps: [{get: /health}]}"
	"$REPRISE" run -j 1 --json r.json s.yaml >out 2>&1 3>&- &
	pid=$!
	sleep 1.5
	kill -STOP $pid
	sleep 3
	kill -CONT $pid
	wait $pid
	[ "$(json r.json 'd["valid"]')" = false ]
	[ "$(json r.json 'max(d["generator"]["cpu_threads"]) <= 1')" = true ]
	[ "$(json r.json '"stopped" in d["generator"]["causes"] or "waiting" in d["generator"]["causes"]')" = true ]
}

@test "without think, pace, arrivals or stages there is no schedule" {
	start_demo
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 2, duration: 1s}, steps: [{get: /health}]}"
	run reprise run --json r.json s.yaml
	[[ $output != *"schedule"* ]]
	[ "$(json r.json 'd["generator"]["schedule_lag_ms"]["samples"]')" -eq 0 ]
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 2, duration: 1s}, steps: [{get: /health}, {think: 100ms}]}"
	run reprise run --json r.json s.yaml
	[ "$(json r.json 'd["generator"]["schedule_lag_ms"]["samples"] > 10')" = true ]
}

@test "arrivals dropped by max_users are reported, and the result is valid for that" {
	start_nginx "location / { return 200; }"
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {arrivals: 20/s, duration: 1s, max_users: 2}, steps: [{get: /}, {think: 3s}, {get: /}]}"
	run reprise run --grace 0s --json r.json s.yaml
	[[ $output == *"dropped"*"max_users"* ]]
	[ "$(json r.json '[d["dropped_arrivals"], d["users"]["missed"], "not_begun" in d["generator"]["causes"]]')" = "[18, 0, false]" ]
}
