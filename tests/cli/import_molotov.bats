#!/usr/bin/env bats
# `reprise import molotov`: the runs of a molotov.json as profiles.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "Molotov: each run becomes a profile; Python code is skipped and reported with its line" {
	cat >molotov.json <<-'END'
		{"molotov": {"tests": {
		  "smoke": {"scenario": "load.py", "workers": 2, "max_runs": 3},
		  "big": {"processes": 4, "workers": 25, "duration": 300, "ramp_up": 10}
		}}}
	END
	run reprise import molotov molotov.json -o made.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"line 2: scenario: Python is not run"* ]]
	cat made.yaml
	grep -q "users: 100" made.yaml
	grep -q "duration: 300s" made.yaml
	run reprise check -t http://127.0.0.1:1 made.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output != *warning* ]]
	reprise show -t http://127.0.0.1:1 made.yaml --profile big | grep -q 100
}

@test "Molotov: a file without runs is rejected" {
	echo '{"a": 1}' >molotov.json
	run reprise import molotov molotov.json
	[ "$status" -eq 2 ]
	[[ $output == *"has no molotov.tests"* ]]
}

@test "Molotov: unsupported keys and invalid numbers are reported with their lines" {
	cat >molotov.json <<-'END'
		{"molotov": {"env": {"SERVER": "x"}, "requirements": "r.txt", "tests": {
		  "smoke": {"workers": 0, "duration": "long", "env": {"A": "b"}, "max_runs": 2}
		}}}
	END
	run -0 reprise import molotov molotov.json -o made.yaml
	[[ $output == *"line 1: env: a scenario reads"* ]]
	[[ $output == *"line 1: requirements: nothing needs to be installed"* ]]
	[[ $output == *"line 2: 0: workers must be a whole number, from 1 to 10000"* ]]
	[[ $output == *"line 2: long: duration must be a whole number"* ]]
	[[ $output == *"line 2: env: "* ]]
	run -0 reprise check -t http://127.0.0.1:1 made.yaml
	[[ $output != *warning* ]]
}
