#!/usr/bin/env bats
# retry: a failed request is sent again; it counts as one request, and retries are counted separately.
# think: a text as the time, such as what a server with a limit asks for.

load helper

teardown() {
	stop_servers
}

counts() { # the counts that must match the server's
	json "$BATS_TEST_TMPDIR/out.json" '[d["requests"][k] for k in ("started", "ok", "failed", "cut_off", "retries")]'
}

retry() { # retry RETRY-VALUE PATH ITERATIONS
	scenario <<-END
		target: $SERVER_URL
		load: {users: 4, iterations: $3}
		steps:
		  - get: $2
		    retry: $1
		    on_failure: continue
	END
	reprise run --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/scenario.yaml"
}

@test "retry: requests that fail sometimes succeed after retries; counts match the server's" {
	start_demo --error-rate 20%
	run retry '{times: 20, when: 5xx}' /health 100
	[ "$status" -eq 0 ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["requests"]["ok"]')" -eq 400 ]
	retries=$(json "$BATS_TEST_TMPDIR/out.json" 'd["requests"]["retries"]')
	[ "$retries" -gt 20 ]
	[ "$(fetch "$SERVER_URL/stats" | json - 'd["requests"]')" -eq $((400 + retries)) ]
}

@test "retry: a request that fails all retries is counted as one failure" {
	start_demo --error-rate 100%
	run retry '{times: 3}' /health 5
	[ "$status" -eq 1 ]
	[ "$(counts)" = "[20, 0, 20, 0, 60]" ]
}

@test "retry: only the listed failures are retried" {
	start_demo
	run retry '{times: 3, when: [timeout, connect]}' /nowhere 1
	[ "$(counts)" = "[4, 0, 4, 0, 0]" ]
	run retry '{times: 3, when: expect}' /nowhere 1
	[ "$(counts)" = "[4, 0, 4, 0, 12]" ]
}

@test "retry: the response time includes the delays" {
	start_demo --error-rate 100%
	run retry '{times: 2, delay: 100ms}' /health 1
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["failed_time_ms"]["min"] >= 200')" = true ]
}

@test "retry: a stop during the delay cuts off the request; counts match the server's" {
	start_demo --error-rate 100%
	scenario <<-END
		target: $SERVER_URL
		load: {users: 3, duration: 1s, grace: 200ms}
		steps:
		  - get: /health
		    retry: {times: 9, delay: 10s}
	END
	run reprise run --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/scenario.yaml"
	# The run ended during the delay, so the retry was never sent.
	[ "$(counts)" = "[3, 0, 0, 3, 0]" ]
}

@test "retry: an attempt that cannot be rendered is neither shown nor counted as a send" {
	start_demo --error-rate 100%
	scenario <<-'END'
		target: ${URL}
		parameters: {URL: {default: http://127.0.0.1}}
		load: {users: 1, iterations: 1}
		steps:
		  - get: /health?a=${1/(response.status-500)}
		    retry: {times: 2, when: 5xx}
	END
	run reprise run -vv -p "URL=$SERVER_URL" --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/scenario.yaml"
	[ "$status" -eq 1 ]
	[ "$(grep -c '→' <<<"$output")" -eq 1 ]
	[ "$(counts)" = "[1, 0, 1, 0, 0]" ]
	[ "$(fetch "$SERVER_URL/stats" | json - 'd["requests"]')" -eq 1 ]
}

@test "retry: errors are reported with their position" {
	scenario <<-END
		target: http://127.0.0.1
		steps:
		  - get: /
		    retry: {times: 0, when: [tiemout]}
	END
	run reprise check "$BATS_TEST_TMPDIR/scenario.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean 'timeout'"* ]]
	[[ "$output" == *"2 errors"* ]]
}

@test "retry: a server that limits to 100 requests per second gets all of them, and the waits are shown" {
	start_origin
	scenario <<-END
		target: http://127.0.0.1:$(origin_port http)
		load: {users: 50, iterations: 5}
		steps:
		  - get: /limited/100
		    retry: {times: 100, delay: 1s, jitter: 20%, retry_after: yes, when: 429}
	END
	run reprise run --plain --json "$BATS_TEST_TMPDIR/out.json" -o "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["requests"][k] for k in ("started", "ok", "failed")]')" = "[250, 250, 0]" ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["requests"]["retries"] > 0')" = true ]
	# At most 100 of them are accepted in any second, so others wait for as long as the server says.
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["retry_wait_ms"]["samples"] > 0')" = true ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["retry_wait_ms"]["min"] >= 1000')" = true ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["steps"][0]["retry_wait_ms"]["samples"] == d["retry_wait_ms"]["samples"]')" = true ]
	[[ $output == *"  waited   "*" requests before retries: mean "*"response times contain these waits"* ]]
	grep -q 'mean wait of retried requests' "$BATS_TEST_TMPDIR/out/report.html"
	[ "$(origin_saw | json - 'd["requests"]["GET /limited/100"]')" -eq \
		"$(json "$BATS_TEST_TMPDIR/out.json" '250 + d["requests"]["retries"]')" ]
}

@test "retry: max_delay limits what the server asks for; -v says how long the retry waits" {
	start_origin
	scenario <<-END
		target: http://127.0.0.1:$(origin_port http)
		steps:
		  - get: /limited/0
		    retry: {times: 2, retry_after: yes, max_delay: 200ms, when: [429]}
	END
	run reprise run --once -v "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(grep -c 'retry [12] of 2 after 200 ms' <<<"$output")" -eq 2 ]
}

@test "think: a text that is evaluated, such as a header of the response" {
	start_origin
	scenario <<-'END'
		target: http://127.0.0.1
		load: {users: 2, iterations: 1}
		steps:
		  - get: /limited/0
		    expect: {status: 429}
		    extract: {wait: {header: Retry-After}}
		  - think: ${wait}s
		thresholds: [iteration min >= 1s, error_rate < 1%]
	END
	run reprise run --plain -t "http://127.0.0.1:$(origin_port http)" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
	run reprise run --once -t "http://127.0.0.1:$(origin_port http)" "$BATS_TEST_TMPDIR/scenario.yaml"
	[ "$status" -eq 0 ]
	sed -i 's/\${wait}s/${wait} weeks/' "$BATS_TEST_TMPDIR/scenario.yaml"
	run reprise run --once -t "http://127.0.0.1:$(origin_port http)" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"'1 weeks' is not a duration; a think time needs a number with a unit, such as"* ]]
}

@test "think: a variable that does not exist, and a parameter that is not a duration, are errors" {
	scenario <<-'END'
		target: http://127.0.0.1
		parameters: {PAUSE: soon}
		steps:
		  - get: /
		  - think: ${wiat}s
		  - think: ${PAUSE}
	END
	run reprise check "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"'wiat'"* ]]
	[[ $output == *"soon"*"duration"* || $output == *"duration"*"soon"* ]]
}
