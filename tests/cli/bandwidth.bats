#!/usr/bin/env bats
# bandwidth: limits for download and upload. The tests check minimum times only, because a busy
# machine makes them longer.

load helper

setup_file() {
	start_demo
}

teardown_file() {
	stop_servers
}

# perform BANDWIDTH OPTION… - the scenario's steps are on standard input.
perform() {
	{
		echo "target: $SERVER_URL"
		echo "defaults: {bandwidth: $1}"
		cat
	} | scenario >/dev/null
	shift
	run reprise run --json "$BATS_TEST_TMPDIR/out.json" "$@" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
}

# holds EXPRESSION - of d, the report
holds() {
	[ "$(json "$BATS_TEST_TMPDIR/out.json" "$1")" = true ] || { json "$BATS_TEST_TMPDIR/out.json" d; false; }
}

@test "bandwidth: the response time depends on size and speed, also for small responses" {
	perform 16kbit/s <<-END
		steps:
		  - repeat: 2
		    steps: [get: /]
	END
	[ "$status" -eq 0 ]
	holds 'd["response_time_ms"]["min"] >= d["bytes"]["received"] / 2 / 2 - 1'
	holds 'd["phases_ms"]["receive"]["max"] > 0'
}

@test "bandwidth: the time to send depends on size and speed" {
	head -c 30000 /dev/zero | tr '\0' a >"$BATS_TEST_TMPDIR/big"
	perform '{up: 100KB/s}' <<-END
		steps:
		  - post: /echo
		    body_file: big
	END
	holds 'd["phases_ms"]["connect"]["samples"] == 1'
	holds 'd["bytes"]["sent"] > 30000'
	holds 'max(d["response_time_ms"]["min"] or 0, d["failed_time_ms"].get("min") or 0) >= 300'
}

@test "bandwidth: a transfer that takes too long is a timeout" {
	perform 1KB/s <<-END
		steps:
		  - get: /
		    timeout: 50ms
	END
	[ "$status" -eq 1 ]
	holds '[f["class"] for f in d["failures"]] == ["timeout"]'
}

@test "bandwidth: a transfer in progress at the end is cut off" {
	perform 1KB/s --duration 1s --grace 0s <<-END
		load: {users: 3, duration: 1s}
		steps:
		  - get: /
	END
	holds 'd["requests"]["cut_off"] == 3 and d["requests"]["ok"] == 0'
}
