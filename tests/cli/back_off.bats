#!/usr/bin/env bats
# Users do not flood a server that fails.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

@test "a server that begins to fail gets the same rate of requests" {
	start_nginx "root $PWD; location / { if (-f $PWD/down) { return 503; } return 204; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 5, duration: 6s}
		steps:
		  - get: /
		  - think: 500ms
		  - get: /cart
		  - think: 500ms
	END
	(sleep 3 && touch down) 3>&- &
	run reprise run --json r.json s.yaml
	[ "$status" -eq 1 ]
	# 5 users, a request each 500 ms, for 6 s; the last ones may be due just after the end.
	[ "$(json r.json '50 <= d["requests"]["started"] <= 60 and d["requests"]["failed"] > 15')" = true ]
	[ "$(json r.json '[d["users"]["back_offs"], d["users"]["pauses"]]')" = "[0, 0]" ]
	[ "$(wc -l <"$NGINX_DIR/access.log")" -eq "$(json r.json 'd["requests"]["started"]')" ]
}

@test "without a pause, users back off from their fourth failure in a row on" {
	start_nginx "location / { return 503; }"
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 2, duration: 2.4s}, steps: [{get: /}]}"
	run reprise run --json r.json s.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"paused"*"after four or more failed iterations of a user in a row"* ]]
	# Each user: four requests without a pause, then at 0.1, 0.3, 0.7 and 1.5 s; the next would be at 2.5 s.
	[ "$(json r.json '[d["requests"]["started"], d["users"]["back_offs"], d["users"]["pauses"]]')" = "[16, 10, 0]" ]
}

@test "occasional errors do not slow down users" {
	start_demo --error-rate 5%
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 2, duration: 2s}, steps: [{get: /health}]}"
	run reprise run --json r.json s.yaml
	[ "$status" -eq 1 ]
	[ "$(json r.json 'd["requests"]["failed"] > 10 and d["users"]["back_offs"] * 100 < d["requests"]["started"]')" = true ]
}

@test "arrivals start as planned while the server fails" {
	start_nginx "location / { return 503; }"
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {arrivals: 50/s, duration: 2s}, steps: [{get: /}, {think: 1s}, {get: /}]}"
	run reprise run --json r.json s.yaml
	[ "$status" -eq 1 ]
	[ "$(json r.json '[d["requests"]["started"], d["users"]["back_offs"]]')" = "[100, 0]" ]
}
