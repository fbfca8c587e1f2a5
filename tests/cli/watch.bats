#!/usr/bin/env bats
# `reprise watch`: the shards of a run, seen while they run. tests/container/namespaces.bats does the same
# with a machine for each shard.

load helper
load watched

setup_file() {
	start_nginx "location / { return 200; }"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset RUN_ID
	scenario <<-END >/dev/null
		name: Fleet
		target: $SERVER_URL
		seed: 4
		load: {users: 16, duration: 7s}
		steps: [{get: /}, {think: 100ms}]
		thresholds: [error_rate < 1%, p95 < 1m]
	END
}

teardown() {
	[ -z "${SHARDS:-}" ] || kill $SHARDS 2>/dev/null || true
}

# shard I/N ARG…: runs a shard in the background; its pid is in PID, its exit status in I.status.
shard() {
	"$REPRISE" run -q --shard "$1" --out "out/${1%/*}" "${@:2}" scenario.yaml >/dev/null 2>&1 3>&- &
	PID=$!
	SHARDS="${SHARDS:-} $PID"
}

@test "watch: eight shards, one killed and one late: both are named within 5 s, and the page equals merge" {
	start_watch --partial --wait 4s -o all out
	for i in 1 2 3 4 5 6 7; do
		shard $i/8
		eval "pid_$i=$PID"
	done
	wait_for 30 test -s out/3/series.csv
	wait_for 30 grep -q 'shard 8/8 has not started' watch.out
	shard 8/8
	kill -KILL "$pid_3"
	killed=$EPOCHREALTIME
	wait_for 30 grep -q 'shard 3/8 has written nothing for 3s (out/3)' watch.out
	wait_for 30 grep -Eq 'shard 8/8 started [0-9.]+ s after the first one \(out/8\)' watch.out
	named_within 5 'shard 3/8 has written nothing' "$killed"
	end_watch
	named_within 5 'shard 8/8 has not started' "$(started_at out/1)"
	[ "$WATCH_STATUS" -eq 0 ]
	grep -q 'PARTIAL  shard 3/8 was killed' watch.out
	run -0 reprise merge --partial out/1 out/2 out/3 out/4 out/5 out/6 out/7 out/8 -o again
	for file in summary.json intervals.bin histograms.json series.csv; do
		cmp all/$file again/$file
	done
	same_page again/report.html
	grep -q 'Shards: 6 of 8 running, 1 silent, 1 not started' events || grep -q 'Shards: 7 of 8 running, 1 silent' events
}

@test "watch: the dashboard stops all shards with their stop files, also one that starts after that" {
	start_watch out
	for i in 1 2; do
		shard $i/3 -d 1h
		eval "pid_$i=$PID"
	done
	wait_for 30 grep -q 'shard 3/3 has not started' watch.out
	curl -sf -d "token=${WATCH_URL#*token=}&quiet=1" "${WATCH_URL%%\?*}stop" >/dev/null
	for pid in "$pid_1" "$pid_2"; do
		status=0
		wait "$pid" || status=$?
		[ "$status" -eq 130 ]
	done
	shard 3/3 -d 1h
	status=0
	wait "$PID" || status=$?
	[ "$status" -eq 130 ]
	end_watch
	[ "$WATCH_STATUS" -eq 130 ]
	grep -q "Stopped before its end by the file 'stop' in its result folder" watch.out
	run -1 grep 'before watch was started' watch.out
	same_page
	run -130 reprise merge out/1 out/2 out/3
}

@test "watch: folders without a result, damaged, of an earlier run and of no shard are named; Ctrl-C ends only the watch" {
	RUN_ID=old reprise run -q -i 1 --shard 2/2 --out out/old scenario.yaml
	reprise run -q -i 1 --out out/whole scenario.yaml
	mkdir -p out/empty out/odd out/folder/intervals.bin
	: >out/empty/intervals.bin
	echo 'this is not a result' >out/odd/intervals.bin
	mkfifo out/pipe
	start_watch --late 1s out
	shard 1/2 -d 1h
	one=$PID
	shard 2/2 -d 1h
	for text in 'out/old is the result of an earlier run' 'out/whole is not the result of a shard' \
		'out/odd: cannot read intervals.bin: it is not a result' \
		'out/folder: cannot read intervals.bin: it is not a regular file'; do
		wait_for 30 grep -q "$text" watch.out
	done
	run -1 grep 'out/empty\|out/pipe' watch.out
	# A shard that is stopped for a while is silent, and then writes again.
	kill -STOP "$one"
	wait_for 30 grep -q 'shard 1/2 has written nothing for 1s' watch.out
	kill -CONT "$one"
	wait_for 30 grep -q 'shard 1/2 writes again' watch.out
	kill -INT "$WATCH"
	end_watch
	[ "$WATCH_STATUS" -eq 130 ]
	grep -q 'to stop them: reprise watch --stop out' watch.out
	grep -q PARTIAL watch.out
	kill -0 "$one"
	# The shards are stopped from the command line. An earlier result in the same folder is not merged.
	run -130 reprise watch --plain --stop out
	[[ "$output" == *"stopping all shards"*"Stopped before its end by the file 'stop'"* ]]
	status=0
	wait "$one" || status=$?
	[ "$status" -eq 130 ]
}

@test "watch: shards in setup, that wait for --start-at, and in the warm-up are not silent" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 2, duration: 1s, warm_up: 4s}
		setup: [{get: /}]
		steps: [{get: /}, {think: 100ms}]
	END
	at=$(date -u -d '+6 seconds' +%FT%TZ)
	start_watch --wait 3s out
	for i in 1 2; do shard $i/2 --start-at "$at"; done
	end_watch
	[ "$WATCH_STATUS" -eq 0 ]
	run -1 grep -q 'has written nothing\|PARTIAL' watch.out
	grep -q PASSED watch.out
}

@test "watch: a shard that is missing is refused as by merge; a run of one part can be watched" {
	shard 1/2 -d 1s
	run -2 reprise watch --plain --wait 1s out
	[[ "$output" == *"a shard is missing: 2/2; --partial merges the others"* ]]
	run -0 reprise watch --plain --wait 1s --partial -q out
	[[ "$output" == *"without shard 2/2"* ]]
	rm -r out
	reprise run -q -i 1 --out out scenario.yaml
	run -0 reprise watch --plain --json r.json out
	[[ "$output" == *"this run ended at 20"*"Z, before watch was started"* ]]
	[ "$(json r.json 'd["verdict"], d["requests"]["ok"]')" = '["pass", 1]' ]
	run -2 reprise watch
	run -2 reprise watch --late soon out
	[[ "$output" == *"--late:"* ]]
	run -2 reprise watch --dashboard nonsense out
}
