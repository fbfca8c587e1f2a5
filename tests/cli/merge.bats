#!/usr/bin/env bats
# `reprise merge` with many kinds of results: a hundred shards, in any order, duplicate, of another
# run, stopped, without a request, truncated anywhere.

load helper

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
		load: {users: 4, iterations: 2}
		steps: [get: /]
		thresholds: [error_rate < 1%, requests >= 8]
	END
}

# shards N [FROM [TO]]: runs the shards; their results are in 1, 2, …
shards() {
	local i
	for i in $(seq "${2:-1}" "${3:-$1}"); do
		reprise run -q --shard "$i/$1" --out "$i" scenario.yaml >/dev/null
	done
}

@test "merge: a hundred shards, most without users, give one result; thresholds are evaluated once" {
	shards 100
	[ "$(json 99/summary.json 'd["requests"]["started"]')" = 0 ]
	[ "$(json 99/summary.json 'd["thresholds"]')" = "[]" ]
	run -0 reprise merge $(seq 1 100) -o all --junit all.xml
	[ "$(json all/summary.json 'd["requests"]["ok"], d["partial"], [t["pass"] for t in d["thresholds"]], d["thresholds"][1]["value"] == 8')" = "[8, false, [true, true, true], true]" ]
	run -0 reprise merge $(seq 100 -1 1) -o back
	cmp all/intervals.bin back/intervals.bin
	run -2 reprise merge $(seq 1 49) $(seq 51 100)
	[[ "$output" == *"a shard is missing: 50/100; --partial"* ]]
	run -2 reprise merge $(seq 11 100)
	[[ "$output" == *"shards are missing: 1/100, 2/100, "*"8/100 and 2 more; --partial"* ]]
	# With 99 shards the threshold fails: the shards with users are among the first four.
	run -1 reprise merge --partial $(seq 2 100)
	[[ "$output" == *FAILED*"partial: without shard 1/100"* ]]
}

@test "merge: the order of the shards does not change the result or its run_id" {
	shards 3
	reprise merge -q 1 2 3 -o a
	for order in "1 3 2" "2 1 3" "2 3 1" "3 1 2" "3 2 1"; do
		reprise merge -q $order -o b
		for file in summary.json intervals.bin histograms.json series.csv; do
			cmp a/$file b/$file
		done
	done
	[[ "$(json a/summary.json 'd["labels"]["run_id"]')" =~ ^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4,8}$ ]]
	for i in 1 2 3; do
		RUN_ID=night-7 reprise run -q --shard $i/3 --out $i scenario.yaml
	done
	reprise merge -q 3 2 1 -o a
	[ "$(json a/summary.json 'd["labels"]["run_id"]')" = night-7 ]
	RUN_ID=night-8 reprise run -q --shard 2/3 --out 2 scenario.yaml
	reprise merge -q 3 2 1 -o a
	mixed=$(json a/summary.json 'd["labels"]["run_id"]')
	[[ "$mixed" =~ ^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$ ]]
	reprise merge -q 1 2 3 -o a
	[ "$(json a/summary.json 'd["labels"]["run_id"]')" = "$mixed" ]
}

@test "merge: duplicate and different shards are rejected by name" {
	shards 2
	cp -r 2 again
	run -2 reprise merge 1 2 again
	[[ "$output" == *"2 and again are both shard 2/2"* ]]
	reprise run -q --shard 2/3 --out other scenario.yaml
	run -2 reprise merge 1 other
	[[ "$output" == *"1 is one of 2 shards, other is one of 3"* ]]
	sed -i 's/requests >= 8/requests >= 9/' scenario.yaml
	reprise run -q --shard 2/2 --out other scenario.yaml
	run -2 reprise merge 1 other
	[[ "$output" == *"1 and other performed different scenarios, loads or targets"* ]]
	run -0 reprise merge --partial other 1
	[[ "$output" == *"partial: the shards performed different scenarios"* ]]
}

@test "merge: a folder without a result, or with a truncated header, is reported by name" {
	shards 2
	run -2 reprise merge 1 nowhere
	[[ "$output" == *"cannot read the result folder nowhere: No such file"* ]]
	run -2 reprise merge 1 2/summary.json
	[[ "$output" == *"2/summary.json is a file, not a result folder"* ]]
	run -2 reprise merge
	[[ "$output" == *"no folder was given"* ]]
	cp -r 2 cut
	truncate -s 40 cut/intervals.bin
	run -2 reprise merge 1 cut
	[[ "$output" == *"cannot read cut/intervals.bin: it ends in its head"* ]]
	: >cut/intervals.bin
	run -2 reprise merge 1 cut
	[[ "$output" == *"cannot read cut/intervals.bin: it is not a result of reprise"* ]]
	# merge reads intervals.bin, so a truncated summary does not matter.
	truncate -s 100 2/summary.json
	run -0 reprise merge 1 2 -o all
	[ "$(json all/summary.json 'd["requests"]["ok"], d["partial"]')" = "[8, false]" ]
}

@test "merge: a result truncated at any byte is never complete and never crashes" {
	shards 2
	size=$(stat -c %s 2/intervals.bin)
	cp -r 2 cut
	for at in $(seq 1 $((size / 25 + 1)) $((size - 1))); do
		head -c "$at" 2/intervals.bin >cut/intervals.bin
		run -2 reprise merge 1 cut -o all
		[[ "$output" == *"cannot read cut/intervals.bin"* || "$output" == *"shard 2/2 in cut has no end"*"use --partial"* ]]
		run reprise merge --partial 1 cut -o all
		if [ "$status" -eq 2 ]; then
			[[ "$output" == *"cannot read cut/intervals.bin"* ]]
			continue
		fi
		[ "$status" -le 1 ]
		[[ "$output" == *"partial: shard 2/2 was killed (cut)"* ]]
		[ "$(json all/summary.json 'd["partial"], d["requests"]["ok"] <= 8')" = "[true, true]" ]
	done
	# The result of the last one says first that it is partial, also when it is read again.
	[[ "$output" == "PARTIAL  shard 2/2 was killed (cut)."* ]]
	[ "$(json all/summary.json 'd["reasons"][0]')" = "partial: shard 2/2 was killed (cut)" ]
	run -0 reprise report all
	[[ "$output" == "PARTIAL  shard 2/2 was killed (cut)."* ]]
}

@test "merge: --out never overwrites a shard" {
	shards 2
	for out in 1 ./2 "$PWD/1/"; do
		run -2 reprise merge 1 2 -o "$out"
		[[ "$output" == *"--out $out is the folder of shard "*"which would be lost"* ]]
	done
	run -0 reprise merge 1 2 -o all
	run -0 reprise merge 1 2 -o all
}

@test "merge: one merged result is accepted as input, several are rejected" {
	shards 4
	reprise merge -q --partial 1 2 -o left || true
	reprise merge -q --partial 3 4 -o right || true
	run -2 reprise merge left right
	[[ "$output" == *"left and right are both shard 1/1"* ]]
	run -2 reprise merge left 3 4
	[[ "$output" == *"left is one of 1 shards, 3 is one of 4"* ]]
	reprise merge -q 1 2 3 4 -o all
	run -0 reprise merge all -o same
	[ "$(json all/summary.json 'd["requests"], d["thresholds"], d["labels"]')" = \
		"$(json same/summary.json 'd["requests"], d["thresholds"], d["labels"]')" ]
}

@test "merge: "never reached" if no shard had a response; a stopped shard is reported" {
	sed -i 's|^target:.*|target: http://127.0.0.1:9|' scenario.yaml
	for i in 1 2; do reprise run -q --shard $i/2 --out $i scenario.yaml || true; done
	run -3 reprise merge 1 2

	sed -i "s|^target:.*|target: $SERVER_URL|; s|^load:.*|load: {users: 4, duration: 6s}|; s|^steps:.*|steps: [get: /, think: 100ms]|" scenario.yaml
	"$REPRISE" run -q --shard 1/2 --out 1 scenario.yaml >/dev/null 2>&1 3>&- &
	first=$!
	"$REPRISE" run -q --shard 2/2 --out 2 scenario.yaml >/dev/null 2>&1 3>&- &
	second=$!
	# Each shard has written a complete second.
	for i in 1 2; do wait_for 40 eval "[ \$(wc -l <$i/series.csv) -ge 3 ]"; done
	kill -TERM $first
	wait $first $second || true
	run -143 reprise merge 1 2 -o all
	[[ "$output" == *"Stopped before its end by SIGTERM"*"NOT VALID "*"shard 1/2 was stopped before its end by SIGTERM"* ]]
	[ "$(json all/summary.json 'd["stopped_by"], d["requests"]["ok"] > 8')" = '["SIGTERM", true]' ]
}
