# Result folders: --out, `report` after a crash, `merge` of shards, `compare`.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
	[ ! -d full ] || umount full 2>/dev/null || true
}

# scenario_of FILE [THRESHOLD]: two steps against the demo.
scenario_of() {
	scenario "$1" <<-END
		name: Shop
		target: $SERVER_URL
		load: {users: 2, duration: 1s, grace: 20s}
		${2:+thresholds: ['$2']}
		steps:
		  - get: /api/products
		    name: List
		  - think: 20ms
		  - get: /
		    name: One
	END
}

# performed DIR OPTION…: a run with results in DIR; it may be not valid.
performed() {
	local dir=$1
	shift
	timeout 60 "$REPRISE" run -q --seed 1 -o "$dir" "$@" s.yaml >"${dir//\//-}.out" 2>&1 </dev/null 3>&-
}

@test "--out contains all results, and report recreates missing files identically" {
	start_demo
	scenario_of s.yaml
	performed out/deep --json r.json
	cmp r.json out/deep/summary.json
	[ -s out/deep/histograms.json ]
	[ -s out/deep/intervals.bin ]
	cp -r out/deep again
	rm again/summary.json again/histograms.json
	run --separate-stderr reprise report again
	echo "$output $stderr"
	[ "$status" -eq 0 ]
	[[ $output == PASSED*again/summary.json* ]]
	cmp out/deep/summary.json again/summary.json
	cmp out/deep/histograms.json again/histograms.json
}

@test "report recreates the missing files of a run shorter than a second identically" {
	start_demo
	scenario_of s.yaml
	performed short --duration 200ms
	cp -r short again
	rm again/summary.json again/histograms.json
	run reprise report again
	echo "$output"
	[ "$status" -eq 0 ]
	cmp short/summary.json again/summary.json
	cmp short/histograms.json again/histograms.json
}

@test "--out: a result folder is reused, any other folder is rejected, each of several files has its own" {
	start_demo
	scenario_of s.yaml
	sed 's/Shop/Other/' s.yaml >t.yaml
	mkdir -p out/1-s other && echo precious >out/1-s/note && touch out/1-s/summary.json other/file
	run reprise run -q --iterations 1 -d 20s -o out s.yaml t.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(json out/1-s/summary.json 'd["name"]')" = Shop ]
	[ "$(json out/2-t/summary.json 'd["name"]')" = Other ]
	[ "$(cat out/1-s/note)" = precious ]
	run reprise run -q -o other s.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"other contains files that are not a result"* ]]
	[ "$(ls other)" = file ]
	run reprise report other
	[ "$status" -eq 2 ]
	[[ $output == *"not a result folder"* ]]
}

kept() {
	[ "$(stat -c %s out/intervals.bin)" -gt 3000 ]
}

@test "after kill -9, report creates a partial result from the saved data" {
	local pid
	start_demo
	scenario_of s.yaml 'p95 < 60s'
	timeout 60 "$REPRISE" run -q -d 50s -o out s.yaml >log 2>&1 </dev/null 3>&- &
	pid=$!
	wait_for 30 kept
	kill -KILL "$(pgrep -P "$pid")" 
	wait "$pid" || true
	[ ! -s out/summary.json ]
	run reprise report out
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"partial: the run was killed"* ]]
	[ "$(json out/summary.json 'd["partial"], d["valid"], d["requests"]["ok"] > 0')" = "[true, false, true]" ]
	[ "$(json out/summary.json 'd["thresholds"][0]["pass"]')" = true ]
	[ "$(json out/summary.json 'd["requests"]["ok"] == d["service_time_ms"]["samples"] == sum(s["requests"]["ok"] for s in d["steps"])')" = true ]
	# A file truncated in the middle of a record is valid up to that record.
	truncate -s -20 out/intervals.bin
	: >out/summary.json
	run reprise report out
	[ "$status" -eq 0 ]
	truncate -s 30 out/intervals.bin
	run reprise report out
	[ "$status" -eq 2 ]
	[[ $output == *"it ends in its head"* ]]
}

# A report of the data so far has both kinds of failure.
both_kept() {
	rm -rf probe
	mkdir probe
	[ -s out/failures/expect-1.har ] && [ -s out/failures/status-1.har ] || return 1
	cp out/intervals.bin probe && "$REPRISE" report probe >/dev/null 2>&1 || return 1
	[ -s probe/failures/expect-1.har ] || return 1
	[ -s probe/failures/status-1.har ]
}

# begins_like HAR HAR: whether both have entries, and the entries of one are the first of the other.
# (The run may be killed between the writes of its two files.)
begins_like() {
	python3 -c 'import json, sys
few, more = sorted((json.load(open(name))["log"]["entries"] for name in sys.argv[1:]), key=len)
sys.exit(not few or few != more[:len(few)])' "$@"
}

@test "after kill -9, report restores failed exchanges in the HTML report and as HAR" {
	local pid
	start_nginx "location /no { return 503 'the shop is closed'; } location / { return 200 yes; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 2, duration: 100s}
		steps:
		  - get: /no
		    on_failure: continue
		  - get: /yes
		    expect: {body: {contains: something else}}
		    on_failure: continue
		  - think: 50ms
	END
	timeout 60 "$REPRISE" run -q -o out s.yaml >log 2>&1 </dev/null 3>&- &
	pid=$!
	wait_for 30 both_kept
	kill -KILL "$(pgrep -P "$pid")"
	wait "$pid" || true
	cp -r out bare
	rm -r bare/failures
	run reprise report bare
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"whole exchange: bare/failures/status-1.har"* ]]
	[ "$(ls bare/failures | tr '\n' ' ')" = "expect-1.har status-1.har " ]
	begins_like bare/failures/status-1.har out/failures/status-1.har
	begins_like bare/failures/expect-1.har out/failures/expect-1.har
	cp out/failures/status-1.har was.har
	[ "$(json bare/summary.json '[f["exchange"] for f in d["failures"]]')" = \
		'["failures/status-1.har", "failures/expect-1.har"]' ]
	grep -q 'the shop is closed' bare/report.html
	run reprise report out --against bare
	[ "$status" -eq 0 ]
	grep -q 'the shop is closed' out/report.html
	cmp out/failures/status-1.har was.har
}

@test "a full disk does not lose the summary" {
	local pid
	start_demo
	scenario_of s.yaml
	mkdir full
	[ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=2m tmpfs full 2>/dev/null || skip "no file system may be mounted here"
	timeout 60 "$REPRISE" run -q -d 2s --seed 1 -o full/out s.yaml >log 2>&1 </dev/null 3>&- &
	pid=$!
	wait_for 20 test -s full/out/intervals.bin
	dd if=/dev/zero of=full/filler bs=4096 2>/dev/null || true
	wait "$pid" && status=0 || status=$?
	cat log
	# The space reserved for the summary is enough for the rest, or missing files are reported.
	[ "$status" -eq 0 ] || { [ "$status" -eq 5 ] && grep -q 'cannot write full/out/.*No space left' log; }
	[ "$(json full/out/summary.json 'd["requests"]["ok"] > 0')" = true ]
	umount full
}

@test "a write error is reported, the summary is still printed, and the exit status is 5" {
	start_demo
	scenario_of s.yaml
	run bash -c 'trap "" XFSZ; ulimit -f 2; exec "$REPRISE" run -q --iterations 1 -d 20s -o out s.yaml'
	echo "$output"
	[ "$status" -eq 5 ]
	[[ $output == *"cannot write out/summary.json: File too large"* ]]
	[[ $output == *"PASSED   Shop"* ]]
}

@test "shards are merged without loss, and thresholds are evaluated on the merged result" {
	start_demo
	scenario_of s.yaml 'requests of "List" > 10000000'
	performed 1 --shard 1/2 &
	pid=$!
	performed 2 --shard 2/2
	wait "$pid"
	cat 1.out 2.out
	# Thresholds are evaluated on the merged result, not on a shard.
	[ "$(json 1/summary.json 'len(d["thresholds"])')" = 0 ]
	run reprise merge 1 2 -o all --junit junit.xml
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == FAILED* ]]
	python3 - <<-'END'
		import json
		a, b, all = (json.load(open(f"{d}/summary.json")) for d in ("1", "2", "all"))
		for key in "started", "ok", "failed", "cut_off":
		    assert all["requests"][key] == a["requests"][key] + b["requests"][key], key
		for i, step in enumerate(all["steps"]):
		    assert step["requests"]["ok"] == sum(x["steps"][i]["requests"]["ok"] for x in (a, b))
		    assert step["status"]["200"] == sum(x["steps"][i]["status"]["200"] for x in (a, b))
		for time in "response_time_ms", "service_time_ms":
		    assert all[time]["samples"] == a[time]["samples"] + b[time]["samples"]
		    assert all[time]["max"] == max(a[time]["max"], b[time]["max"])
		    assert all[time]["min"] == min(a[time]["min"], b[time]["min"])
		assert all["bytes"]["received"] == a["bytes"]["received"] + b["bytes"]["received"]
		assert all["users"]["max"] == 2 and all["labels"]["shard"] == "1/1"
		assert all["thresholds"][0]["pass"] is False and not all["partial"]
	END
	[ -s junit.xml ]
	# A merged result is a result.
	run reprise report all
	[ "$status" -eq 0 ]
}

@test "missing, duplicate and different shards are rejected without --partial" {
	start_demo
	scenario_of s.yaml
	performed 1 --shard 1/3 -u 3 &
	pids=($!)
	performed 2 --shard 2/3 -u 3 &
	pids+=($!)
	performed x --shard 3/3 -u 6
	wait "${pids[@]}"
	run reprise merge 1 2
	[ "$status" -eq 2 ]
	[[ $output == *"a shard is missing: 3/3; --partial"* ]]
	run reprise merge 1 2 1
	[ "$status" -eq 2 ]
	[[ $output == *"both shard 1/3"* ]]
	run reprise merge 1 2 x
	[ "$status" -eq 2 ]
	[[ $output == *"different scenarios, loads or targets"* ]]
	run reprise merge --partial 2 1 --json part.json
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"partial: without shard 3/3"* ]]
	[ "$(json part.json 'd["partial"], d["valid"]')" = "[true, false]" ]
	run reprise merge --partial --strict 2 1
	[ "$status" -eq 4 ]
	# A shard that was killed is named.
	truncate -s -30 2/intervals.bin
	run reprise merge --partial 1 2
	[[ $output == *"partial: shard 2/3 was killed (2)"* ]]
}

@test "compare distinguishes noise from real differences" {
	start_demo
	scenario_of s.yaml
	performed b -d 1s &
	pid=$!
	performed a -d 6s
	wait "$pid"
	run reprise compare a a
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "NO REGRESSION   no change is larger than the noise."* ]]
	[[ $output == *"List"*"p50"*"+0.0 %"*"noise"* ]]
	run reprise compare a a --format json --junit j.xml
	[ "$status" -eq 0 ]
	echo "$output" >c.json
	[ "$(json c.json 'd["verdict"], d["regressions"], [l["name"] for l in d["lines"]]')" = '["pass", 0, ["", "List", "One"]]' ]
	[ "$(json c.json 'd["lines"][0]["p50"]["change"]')" = 0 ]
	[ "$(python3 -c 'import xml.etree.ElementTree as e; print(len(e.parse("j.xml").getroot()))')" = 15 ]
	run reprise compare a a --format markdown
	[[ $output == *"| List | p95 |"* ]]
	run reprise compare a b
	[ "$status" -eq 0 ]
	[[ $output == *"too short"* ]]
	[[ $output == "UNCLEAR"*"The loads differ"* ]]
	run reprise compare a nothing
	[ "$status" -eq 2 ]
}

@test "compare of few requests is unclear, and names different scenarios" {
	start_demo
	scenario_of s.yaml
	sed -i 's/think: 20ms/think: 400ms/' s.yaml
	performed a -d 6s &
	pid=$!
	sed 's/name: One/name: Two/' s.yaml >t.yaml
	timeout 60 "$REPRISE" run -q -o b -d 6s t.yaml >b.out 2>&1 3>&-
	wait "$pid"
	run -0 reprise compare a a
	echo "$output"
	[[ $output == "UNCLEAR   too few requests: p95 needs 200 in each run"* ]]
	[[ $output == *"p95"*"too few samples ("*"; 200 needed)"* ]]
	[[ $output != *differ,* ]]
	# The runs are real: on a busy machine one can be slower.
	run reprise compare a b --format json
	[ "$status" -le 1 ]
	echo "$output" >c.json
	[ "$(json c.json 'd["too_few"], d["differences"]')" = '[true, ["scenario"]]' ]
}

# quota_group: creates a control group with half a core, its folder in GROUP; skips if not possible.
quota_group() {
	GROUP=/sys/fs/cgroup/cpu/reprise-test-$$
	if mkdir "$GROUP" 2>/dev/null && echo 50000 2>/dev/null >"$GROUP/cpu.cfs_quota_us"; then
		return
	fi
	GROUP=/sys/fs/cgroup/reprise-test-$$
	if [ -e /sys/fs/cgroup/cgroup.controllers ] && mkdir "$GROUP" 2>/dev/null &&
		echo "50000 100000" 2>/dev/null >"$GROUP/cpu.max"; then
		return
	fi
	rmdir "$GROUP" 2>/dev/null || true
	skip "no control group may be made here"
}

@test "20,000 requests/s with a quota of half a core is not valid, and the reason is printed" {
	start_demo
	scenario_of s.yaml
	quota_group
	run timeout 60 bash -c 'echo $$ >"$0/cgroup.procs" && exec "$REPRISE" run -q --strict --arrivals 20000/s -d 3s --grace 1s --json r.json s.yaml' "$GROUP"
	echo "$output"
	rmdir "$GROUP"
	[ "$(json r.json 'd["valid"]')" = false ]
	# The line breaks depend on the numbers in the text.
	output=$(tr -s '[:space:]' ' ' <<<"$output")
	[[ $output == *"NOT VALID the load generator could not keep up for "*"use fewer"* ]]
	[ "$status" -eq 4 ] || [ "$status" -eq 1 ]
}

@test "report does not follow symbolic links in the result folder" {
	start_demo
	scenario_of s.yaml
	performed out
	mkdir elsewhere
	echo precious >elsewhere/file
	rm -r out/summary.json out/report.html out/histograms.json out/failures
	ln -s ../elsewhere/file out/summary.json
	ln -s ../elsewhere/file out/report.html
	ln -s ../elsewhere/file out/report.html.part
	ln -s ../elsewhere/new out/histograms.json
	ln -s ../elsewhere out/failures
	run reprise report out
	[ "$status" -eq 0 ]
	[ "$(cat elsewhere/file)" = precious ]
	[ "$(ls elsewhere)" = file ]
	for file in summary.json report.html histograms.json failures; do
		[ -e out/$file ]
		[ ! -L out/$file ]
	done
	[ ! -e out/report.html.part ]
	[ ! -L out/report.html.part ]
	mv out/intervals.bin elsewhere/new
	ln -s ../elsewhere/new out/intervals.bin
	run -2 reprise report out
	[[ "$output" == *"out/intervals.bin is a symbolic link, which is not followed; copy the file"* ]]
	rm elsewhere/new
	# A run with the same folder does not follow them either.
	rm -r out/failures
	ln -s ../elsewhere out/failures
	performed out
	[ "$(cat elsewhere/file)" = precious ]
	[ ! -L out/failures ]
}
