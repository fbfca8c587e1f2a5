#!/usr/bin/env bats
# The capacity search against a shop with a limited capacity. tests/unit/test_capacity.c checks the
# precision in virtual time; the tests here must also pass on a busy machine.

load helper

setup() {
	start_demo --capacity 100/s
	cd "$BATS_TEST_TMPDIR"
	scenario <<-END >/dev/null
		target: $SERVER_URL
		steps: [get: /api/products]
		thresholds: [p95 < 150ms]
	END
}

teardown() {
	stop_servers
}

@test "the maximum load that passes the thresholds is found and reported with its curve" {
	run reprise run --capacity 25/s..400/s -d 1s -o out --json out.json scenario.yaml
	[ "$status" -le 1 ]
	[[ "$output" == *capacity*load*p95*passed* ]] || [[ "$output" == *'none found'* ]]
	[ "$(json out.json 'd["capacity"]["find"]')" = arrivals ]
	# A load far above the capacity cannot pass, so the result must be lower.
	[ "$(json out.json 'd["capacity"]["value"] is None or 25 <= d["capacity"]["value"] < 200')" = true ]
	[ "$(json out.json 'any(t["holds"] for t in d["capacity"]["curve"] if t["level"] >= 200)')" = false ]
	[ "$(json out.json 'd["capacity"]["stopped"] in ("thresholds", "generator", "first_fails")')" = true ]
	[ "$(json out.json 'len(d["capacity"]["curve"]) >= 1')" = true ]
	# A recreated report contains the search too.
	grep -q '<section id="capacity"><h2>' out/report.html
	rm out/report.html out/summary.json
	run reprise report out
	[ "$status" -eq 0 ]
	[ "$(json out/summary.json 'd["capacity"]')" = "$(json out.json 'd["capacity"]')" ]
	grep -q '<section id="capacity"><h2>' out/report.html
	# All requests are counted.
	sent=$(json out.json 'd["requests"]["started"] + sum(d["unmeasured"].values())')
	[ "$(fetch "$SERVER_URL/stats" | json - 'd["requests"]')" -eq "$sent" ]
}

@test "the upper limit of the search can pass; a search for users" {
	run reprise run --capacity 1..2 -d 300ms --json out.json scenario.yaml
	[ "$status" -le 1 ]
	[ "$(json out.json 'd["capacity"]["find"]')" = users ]
	[ "$(json out.json 'd["capacity"]["value"] in (None, 1, 2)')" = true ]
}

@test "the figures of the result are in its curve, and no second has a negative length" {
	run reprise run --capacity 5/s..20/s -d 1s -o out scenario.yaml
	[ "$status" -le 1 ]
	# The last line of the curve is the run that all other figures describe.
	[ "$(json out/summary.json 'abs(d["capacity"]["curve"][-1]["p95_ms"] - d["response_time_ms"]["p95"]) < 0.0011')" = true ]
	[ "$(json out/summary.json '[t["level"] for t in d["capacity"]["curve"]].count(d["capacity"]["curve"][-1]["level"]) >= 2')" = true ]
	[ "$(python3 -c 'import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
print(bool(rows) and all(0 < float(row["length_s"]) < 5 for row in rows)
	and not any(value.startswith("-") for row in rows for value in row.values()))' out/series.csv)" = True ]
}

@test "a search without thresholds, with an invalid range, with -u or as a shard is rejected" {
	for args in "--capacity 10/s" "--capacity 10/s..5/s" "--capacity 1..10/s" "--capacity 1..9 -u 5" \
		"--capacity 1..9 --shard 1/2"; do
		run reprise run $args scenario.yaml
		[ "$status" -eq 2 ] || { echo "$args: $status $output"; false; }
	done
	sed -i /thresholds/d scenario.yaml
	run reprise run --capacity 1..9 scenario.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *'a capacity search needs thresholds'* ]]
	[ "$(fetch "$SERVER_URL/stats" | json - 'd["requests"]')" -eq 0 ]
}

@test "a signal ends the search with a report" {
	"$REPRISE" run --plain --capacity 25/s..400/s -d 30s --json out.json scenario.yaml >out 2>&1 3>&- &
	pid=$!
	wait_for 20 eval 'fetch "$SERVER_URL/stats" | grep -q "\"requests\":[1-9]"'
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 130 ]
	[ "$(json out.json 'd["capacity"]["stopped"]')" = interrupted ]
	# The level under way is not in the curve: its requests were sent, but not measured.
	[ "$(json out.json 'd["verdict"], d["requests"]["started"], d["unmeasured"]["search"] > 0, d["generator"]["causes"]')" = \
		'["no_data", 0, true, ["no_samples"]]' ]
}
