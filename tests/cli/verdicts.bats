#!/usr/bin/env bats
# When a run passes: failures that no threshold covers, runs without data, results of earlier versions.

load helper

setup_file() {
	start_nginx "location /no { return 404; } location / { return 200 '{}'; }"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	unset RUN_ID
}

# verdict STATUS [OPTION…]: runs scenario.yaml; the result is in r.json and OUTPUT.
verdict() {
	local status=$1
	shift
	run "-$status" reprise run -q --json r.json "$@" scenario.yaml
}

# failed_checks: the thresholds that failed, defaults with an asterisk.
failed_checks() {
	json r.json '[t["check"] + "*" * t.get("default", False) for t in d["thresholds"] if not t["pass"]]'
}

# steps_with THRESHOLDS: a scenario with a step that is always ok and one that always fails.
steps_with() {
	scenario <<-END >/dev/null
		name: Shop
		target: $SERVER_URL
		load: {users: 2, iterations: 3}
		thresholds: [$1]
		steps:
		  - {get: /, name: Good}
		  - group: Bad group
		    steps: [{get: /no, name: Bad, on_failure: continue}]
	END
}

@test "a failed request that no threshold covers fails the run" {
	local covered
	steps_with 'p95 < 1m'
	verdict 1
	[ "$(failed_checks)" = '["failures = 0 (default)*"]' ]
	[ "$(json r.json 'd["verdict"], d["thresholds"][1]["value"]')" = '["fail", 6.0]' ]
	[[ "$output" == *"1 of 3 thresholds failed: failures = 0"* ]]
	run -0 reprise check scenario.yaml
	[[ "$output" == *"no threshold limits failed requests"*"[W357]"* ]]
	# Other statistics, other steps and lower limits do not cover it.
	for covered in 'expect_failures < 9' 'dropped == 0' 'failures of "Good" < 9' 'error_rate >= 0%'; do
		steps_with "'$covered'"
		verdict 1
		[ "$(failed_checks)" = '["failures = 0 (default)*"]' ] || { echo "$covered"; return 1; }
	done
	for covered in 'failures < 9' 'error_rate < 60%' 'failures of "Bad" <= 6' 'error_rate of "Shop" < 60%' \
		'failures of "Bad group" == 6' 'error_rate of "Shop / Bad" <= 100%'; do
		steps_with "'$covered', 'error_rate of \"Good\" < 1%'"
		verdict 0
		[ "$(json r.json 'd["verdict"], [t["check"] for t in d["thresholds"] if "default" in t]')" = \
			'["pass", ["failed_iterations = 0 (default)"]]' ] || { echo "$covered"; return 1; }
		run -0 reprise check scenario.yaml
		[[ "$output" != *W357* ]]
	done
}

@test "a threshold of a group covers a flow that is only called in the group" {
	local where
	for where in 0 1; do
		scenario <<-END >/dev/null
			target: $SERVER_URL
			load: {users: 1, iterations: 1}
			thresholds: ['failures of "G" < 9']
			flows: {F: [{get: /no, on_failure: continue}]}
			steps:
			  - group: G
			    steps: [{call: F}, {call: F}]
			  $([ $where = 0 ] || echo '- call: F')
		END
		verdict $where
	done
}

@test "a failed iteration without a failed request, and a failed user, are covered by failed_iterations" {
	scenario <<-END >/dev/null
		name: Shop
		target: $SERVER_URL
		load: {users: 2, iterations: 2}
		thresholds: [error_rate < 1%]
		steps: [get: /, fail: out of stock]
	END
	verdict 1
	[ "$(failed_checks)" = '["failed_iterations = 0 (default)*"]' ]
	[ "$(json r.json 'd["thresholds"][1]["value"], d["requests"]["failed"]')" = '[4.0, 0]' ]
	run -0 reprise check scenario.yaml
	[[ "$output" == *"no threshold limits iterations that fail by 'fail' or 'while'"*"[W357]"* ]]
	for covered in 'failed_iterations <= 4' 'failed_iterations <= 100%' 'failed_iterations of "Shop" == 4'; do
		sed -i "s/^thresholds:.*/thresholds: [error_rate < 1%, '$covered']/" scenario.yaml
		verdict 0
	done
	[ "$(json r.json '[t["value"] for t in d["thresholds"]]')" = '[0.0, 4.0, 0.0]' ]
	# The failed request is the reason for a failed iteration, and error_rate covers it.
	sed -i "s/^thresholds:.*/thresholds: [error_rate <= 50%]/; s/^steps:.*/steps: [get: \/, get: \/no]/" scenario.yaml
	verdict 0
	[ "$(json r.json 'd["iterations"]["failed"]')" = 4 ]
	sed -i '/^steps:/i before_user: [get: /no]' scenario.yaml
	verdict 1
	[ "$(failed_checks)" = '["error_rate <= 50%", "failed_iterations = 0 (default)*"]' ] ||
		[ "$(json r.json 'd["verdict"]')" = no_data ]
}

@test "failed_iterations belongs to scenarios, not to steps" {
	steps_with "'failed_iterations of \"Bad\" < 1', error_rate < 60%"
	run -2 reprise check scenario.yaml
	[[ "$output" == *"failed_iterations is counted per scenario, and 'Bad' is not a scenario"* ]]
}

@test "defaults are thresholds in show, JUnit, the report and the annotations" {
	steps_with 'p95 < 1m'
	run -0 --separate-stderr reprise show scenario.yaml
	[[ "$output" == *"p95 < 1m, failures = 0 (default), failed_iterations = 0 (default)"* ]]
	run -0 --separate-stderr reprise show --config scenario.yaml
	[[ "$output" == *"failures = 0 (default)"* ]]
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/sum.md run -1 reprise run --junit j.xml --report r.html scenario.yaml
	[[ "$output" == *"failures = 0 (default)"*" 6   failed"* ]]
	[[ "$output" == *"::error title=Threshold::failures = 0 (default): 6"* ]]
	[[ "$output" == *"::error file=scenario.yaml,line="*"Bad: 6 x HTTP 404"* ]]
	grep -q 'failures = 0 (default)' r.html
	grep -q '^| failures.*default.* 6 | \*\*failed\*\* |$' sum.md
	python3 - <<-'END'
		import xml.etree.ElementTree as e
		cases = {case.get("name"): case for case in e.parse("j.xml").iter("testcase")}
		for name in "failures = 0 (default)", "Bad":
		    assert cases[name].find("failure") is not None, name
		for name in "failed_iterations = 0 (default)", "Good", "the run":
		    assert cases[name].find("failure") is None, name
	END
}

@test "a capacity search allows 1 % of failed requests unless the file limits them" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		thresholds: [p95 < 1m]
		steps: [get: /]
	END
	verdict 0 --capacity 5/s..10/s -d 300ms
	[ "$(json r.json '[t["check"] for t in d["thresholds"]]')" = \
		'["p95 < 1m", "error_rate <= 1% (default)", "failed_iterations = 0 (default)"]' ]
	sed -i 's|get: /|get: /no|' scenario.yaml
	verdict 1 --capacity 5/s..10/s -d 300ms
	[ "$(json r.json 'd["capacity"]["value"], d["capacity"]["stopped"]')" = '[null, "first_fails"]' ]
}

@test "without a measured request the verdict is no_data" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 2, iterations: 1}
		steps: [{set: {a: "1"}}, {log: "\${a}"}]
	END
	verdict 1 -o empty
	[[ "$output" == "NO DATA"*"no request was measured"* ]]
	[ "$(json r.json 'd["verdict"]')" = no_data ]
	grep -q '"verdict": "no_data"' empty/events.ndjson
	cp -r empty copy
	rm copy/summary.json
	run -0 reprise report -q copy
	[ "$(json copy/summary.json 'd["verdict"]')" = no_data ]
	run -2 --separate-stderr reprise compare empty empty
	[[ "$stderr" == *"empty has no data"* && "$output" != *"REGRESSION"* ]]
	# A shard without a user is not a failure, but one whose users sent nothing is.
	verdict 0 --shard 3/3 -o idle
	[ "$(json r.json 'd["verdict"]')" = unjudged ]
	verdict 1 --shard 1/3 -o s1
	[ "$(json r.json 'd["verdict"]')" = no_data ]
	verdict 1 --shard 2/3 -o s2
	run -1 reprise merge -q s1 s2 idle -o all
	[ "$(json all/summary.json 'd["verdict"]')" = no_data ]
}

# compare_summaries OLD NEW: every value of the summary OLD is in the summary NEW, except texts of reasons;
# there may be more keys.
compare_summaries() {
	python3 - "$@" <<-'END'
		import json, sys
		old, new = (json.load(open(name)) for name in sys.argv[1:])
		def compare(path, a, b):
		    if isinstance(a, dict):
		        for key in a:
		            if key == "per_second" and old["duration_s"] < 0.9:
		                assert b[key] is None # since 0.2.0
		                continue
		            compare(f"{path}.{key}", a[key], b[key])
		    elif path == ".reasons":
		        pass # the words may change, generator.causes may not
		    elif isinstance(a, list):
		        assert len(a) == len(b), path
		        for i, item in enumerate(a):
		            compare(f"{path}[{i}]", item, b[i])
		    else:
		        assert a == b, (path, a, b)
		compare("", old, new)
	END
}

# read_results VERSION NAME…: report reads the result folders of VERSION and finds the same values; merge
# and compare read them, alone and together with results of this version.
read_results() {
	local name old=$SRCDIR/tests/golden/results-$1
	shift
	for name; do
		cp -r "$old/$name" .
		mv "$name/summary.json" "$name.json"
		run -0 reprise report -q "$name"
		compare_summaries "$name.json" "$name/summary.json" || { echo "$name"; return 1; }
	done
	run -0 reprise merge -q "$old/shard-2" "$old/shard-1" -o all
	compare_summaries merged.json all/summary.json
	run -0 reprise report -q all
	run -0 --separate-stderr reprise compare "$old/plain" all
	[[ "$output" == "NO REGRESSION"* || "$output" == "UNCLEAR "*"too short"* ]]
	steps_with 'p95 < 1m'
	verdict 1 -o new
	run -0 --separate-stderr reprise compare new "$old/uncovered"
	run -2 --separate-stderr reprise compare "$old/no_data" new
	run -2 reprise merge "$old/shard-1" "$old/plain" -o mixed
	cp -r "$old/shard-1" .
	run -0 reprise report -q shard-1
	[ "$(json shard-1/summary.json 'd["verdict"]')" = unjudged ]
}

@test "results of 0.1.0: report, merge and compare read them, and the verdict stays" {
	read_results 0.1.0 plain uncovered failed no_data merged capacity killed
	[[ "$(reprise report -q killed)" == "PARTIAL  the run was killed; data after 6 s is lost."* ]]
}

@test "results of 0.2.0: report, merge and compare read them, and the verdict stays" {
	read_results 0.2.0 plain uncovered failed no_data not_valid merged capacity killed
	[[ "$(reprise report -q killed)" == "PARTIAL  the run was killed; data after 5 s is lost."* ]]
	[[ "$(reprise report -q uncovered)" == "FAILED"*"failures = 0 (default) was 52"* ]]
	[[ "$(reprise report -q not_valid)" == *"NOT VALID"* ]]
}

@test "a result of a later format is refused with the version that reads it" {
	mkdir later
	printf 'reprise result 3\n0.9.0\nsomething else' >later/intervals.bin
	run -2 reprise report later
	[[ "$output" == *"cannot read later/intervals.bin: it has format 3 and was written by reprise 0.9.0; use that version"* ]]
}

@test "killed at random times, a run loses at most the second under way and the one before it" {
	# contrib/test --all kills 50 runs.
	run -0 python3 "$SRCDIR/tests/cli/kills.py" 6
	[[ "$output" == *"6 kills, 0 wrong"* ]]
}
