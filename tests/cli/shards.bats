#!/usr/bin/env bats
# Shards: N processes together send the same requests as one process.

load helper

setup_file() {
	start_nginx "location / { return 200; }"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >"$NGINX_DIR/access.log"
}

seen() {
	awk '{print $7}' "$NGINX_DIR/access.log" | sort
}

# eight FILE ARG…: runs eight concurrent shards; their results are in 1.json to 8.json.
eight() {
	local file=$1 i pids=
	shift
	for i in 1 2 3 4 5 6 7 8; do
		reprise run -q --shard "$i/8" --json "$i.json" "$@" "$file" >/dev/null 3>&- &
		pids="$pids $!"
	done
	for i in $pids; do
		wait "$i"
	done
}

@test "eight shards have the same users, rows and random choices as one process" {
	seq 1 100 | sed '1i id' >ids.csv
	scenario <<-END >/dev/null
		target: $SERVER_URL
		seed: 7
		load: {users: 20, iterations: 3}
		data: {row: {file: ids.csv, at_end: stop_run}}
		variables: {kind: {one_of: [hat, shoe, coat]}}
		steps: [get: "/\${user.id}/\${iteration}/\${row.id}/\${kind}/\${random_int(1, 1000)}"]
	END
	reprise run -q scenario.yaml
	wait_for 10 eval '[ "$(wc -l <"$NGINX_DIR/access.log")" -eq 60 ]'
	seen >whole
	: >"$NGINX_DIR/access.log"
	eight scenario.yaml
	wait_for 10 eval '[ "$(wc -l <"$NGINX_DIR/access.log")" -eq 60 ]'
	seen | diff whole -
	[ "$(json 3.json 'd["labels"]["shard"]')" = 3/8 ]
	[ "$(json 3.json 'd["requests"]["started"]')" -eq 9 ]
	[ "$(json 8.json 'd["requests"]["started"]')" -eq 6 ]
}

@test "random arrivals and shared iterations are split exactly" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		seed: 3
		scenarios:
		  - name: Arrivals
		    load: {arrivals: 50/s, spacing: random, duration: 1s}
		    steps: [get: "/a\${user.id}"]
		  - name: All
		    load: {users: 10, total_iterations: 37}
		    steps: [get: /all]
	END
	reprise run -q scenario.yaml
	wait_for 10 eval '[ "$(grep -c /all "$NGINX_DIR/access.log")" -eq 37 ]'
	seen >whole
	: >"$NGINX_DIR/access.log"
	eight scenario.yaml
	wait_for 10 eval '[ "$(wc -l <"$NGINX_DIR/access.log")" -eq "$(wc -l <whole)" ]'
	seen | diff whole -
}

@test "a shard does not evaluate thresholds" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 2, iterations: 2}
		steps: [get: /]
		thresholds: [p95 < 0.001ms]
	END
	run reprise run --json out.json --shard 1/2 scenario.yaml
	[ "$status" -eq 0 ]
	[[ "$output" == *DONE*"reprise merge evaluates the thresholds"* ]]
	[ "$(json out.json 'd["verdict"]')" = unjudged ]
	run reprise run --json out.json --shard 1/1 scenario.yaml
	[ "$status" -eq 1 ]
}

@test "an orchestrator's index is used; an empty or invalid index is rejected" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 8, iterations: 1}
		steps: [get: /]
	END
	JOB_COMPLETION_INDEX=2 REPRISE_SHARDS=4 reprise run -q --json out.json scenario.yaml
	[ "$(json out.json 'd["labels"]["shard"]')" = 3/4 ]
	SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=4 \
		reprise run -q --json out.json scenario.yaml
	[ "$(json out.json 'd["labels"]["shard"]')" = 2/4 ]
	AWS_BATCH_JOB_ARRAY_INDEX=0 AWS_BATCH_JOB_ARRAY_SIZE=3 reprise run -q --json out.json scenario.yaml
	[ "$(json out.json 'd["labels"]["shard"]')" = 1/3 ]
	CLOUD_RUN_TASK_INDEX=4 CLOUD_RUN_TASK_COUNT=5 reprise run -q --json out.json scenario.yaml
	[ "$(json out.json 'd["labels"]["shard"]')" = 5/5 ]
	CI_NODE_INDEX=1 CI_NODE_TOTAL=5 reprise run -q --json out.json scenario.yaml
	[ "$(json out.json 'd["labels"]["shard"]')" = 1/5 ]
	REPRISE_SHARD=4/4 reprise run -q --json out.json scenario.yaml
	[ "$(json out.json 'd["labels"]["shard"]')" = 4/4 ]
	: >"$NGINX_DIR/access.log"
	REPRISE_SHARD= run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	JOB_COMPLETION_INDEX= REPRISE_SHARDS=4 run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	JOB_COMPLETION_INDEX=4 REPRISE_SHARDS=4 run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	CI_NODE_INDEX=0 CI_NODE_TOTAL=4 run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	run reprise run --shard 0/4 scenario.yaml
	[ "$status" -eq 2 ]
	[ ! -s "$NGINX_DIR/access.log" ]
}

@test "--start-at waits until the start time and reports the delay" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 1, iterations: 1}
		steps: [get: /]
	END
	at=$(($(date +%s) + 2))
	reprise run -q --json out.json --start-at "$at" scenario.yaml
	[ "$(date +%s)" -ge "$at" ]
	[ "$(json out.json 'd["generator"]["start_skew_ms"] >= 0')" = true ]
	run reprise run --json out.json --start-at "$(date -u -d '-10 seconds' +%Y-%m-%dT%H:%M:%SZ)" scenario.yaml
	[ "$status" -eq 0 ]
	[[ "$output" == *'s ago; this shard begins late'* ]]
	[ "$(json out.json 'd["generator"]["start_skew_ms"] > 9000')" = true ]
	# A shard that began late makes the merged result invalid.
	for i in 1 2; do
		reprise run -q --shard $i/2 --out $i --start-at "$(date -u -d "-$((10 * (i - 1))) seconds" +%FT%TZ)" scenario.yaml
	done
	[ "$(json 1/summary.json 'd["reasons"]')" = "[]" ]
	run -4 reprise merge --strict 1 2
	[[ "$output" == *"NOT VALID   shard 2: the load began 1"*" s after --start-at"* ]]
	run reprise run --start-at tomorrow scenario.yaml
	[ "$status" -eq 2 ]
}
