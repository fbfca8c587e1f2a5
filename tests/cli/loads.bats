#!/usr/bin/env bats
# Load models: stages, loads of scenarios, warm-up, and the options that change them.

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

# saw PATH: prints the number of requests for PATH.
saw() {
	awk -v path="$1" '$7 == path' "$NGINX_DIR/access.log" | wc -l
}

staged() {
	scenario <<-END
		target: $SERVER_URL
		load:
		  stages: [{ramp_to: 40/s, over: 1s}, {hold: 1s}, {ramp_to: 0/s, over: 1s}]
		steps: [get: /]
	END
}

@test "stages of arrivals start exactly the planned number" {
	reprise run --json out.json "$(staged)"
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 80 ]
	[ "$(json out.json 'd["arrivals"]["planned"]')" -eq 80 ]
	wait_for 10 eval '[ "$(saw /)" -eq 80 ]'
}

@test "-d shortens stages, and a plain load together with its ramp-up" {
	run reprise show -d 1500ms "$(staged)"
	[[ "$output" == *'2 stages of up to 40/s for 1s500ms; 40 arrivals'* ]]
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 4, ramp_up: 10s, duration: 100s}
		steps: [get: /]
	END
	run reprise show -d 10s scenario.yaml
	[[ "$output" == *'4 users for 10s, ramp 1s'* ]]
	run reprise show -d 10m scenario.yaml
	[[ "$output" == *'4 users for 10m, ramp 1m'* ]]
	run reprise show -d 10s --ramp-up 5s scenario.yaml
	[[ "$output" == *'4 users for 10s, ramp 5s'* ]]
}

@test "-u replaces stages, and the first line reports it" {
	run --separate-stderr reprise run --plain -u 2 -i 3 "$(staged)"
	[ "$status" -eq 0 ]
	[[ "$stderr" == *'2 users, 3 iterations each (option -u)'* ]]
	wait_for 10 eval '[ "$(saw /)" -eq 6 ]'
	run reprise run --ramp-up 1s "$(staged)"
	[ "$status" -eq 2 ]
	[[ "$output" == *'--ramp-up cannot be used with the stages'* ]]
}

several() {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 2, iterations: 5}
		profiles:
		  smoke: {load: {users: 3, iterations: 1}}
		scenarios:
		  - name: Common
		    steps: [get: /common]
		  - name: Users
		    load: {users: 3, iterations: 4}
		    steps: [get: /users]
		  - name: Arrivals
		    start_after: 300ms
		    load: {arrivals: 50/s, duration: 1s}
		    steps: [get: "/arrivals?\${user.id}"]
	END
}

@test "loads of scenarios run in parallel to the file's load; user numbers are unique" {
	run --separate-stderr reprise run --plain --json out.json "$(several)"
	[ "$status" -eq 0 ]
	[[ "$stderr" == *'2 users, 5 iterations each; Users: 3 users, 4 iterations each; Arrivals: 50/s for 1s, starting after 300ms'* ]]
	[ "$(json out.json '[s["requests"]["ok"] for s in d["steps"]]')" = "[10, 12, 50]" ]
	[ "$(json out.json 'd["arrivals"]["started"]')" -eq 50 ]
	wait_for 10 eval '[ "$(wc -l <"$NGINX_DIR/access.log")" -eq 72 ]'
	[ "$(saw /common)" -eq 10 ]
	[ "$(saw /users)" -eq 12 ]
	[ "$(awk '$7 ~ /arrivals/ {print $7}' "$NGINX_DIR/access.log" | sort -u | wc -l)" -eq 50 ]
}

@test "options that would change the loads of scenarios are errors that name them" {
	for option in "-u 5" "--arrivals 5/s" "-i 2" "-d 5s" "--ramp-up 1s"; do
		run reprise run $option "$(several)"
		[ "$status" -eq 2 ]
		[[ "$output" == *"some scenarios have their own load ('Users' and 'Arrivals')"* ]]
	done
	[ ! -s "$NGINX_DIR/access.log" ]
}

@test "a profile's load replaces all loads; --only keeps a scenario's load; --once runs each once" {
	reprise run --json out.json --profile smoke "$(several)"
	[ "$(json out.json 'd["iterations"]["completed"]')" -eq 3 ]
	reprise run --json out.json --only Users "$(several)"
	[ "$(json out.json '[s["requests"]["ok"] for s in d["steps"]]')" = "[12]" ]
	reprise run --json out.json --once "$(several)"
	[ "$(json out.json '[s["requests"]["ok"] for s in d["steps"]]')" = "[1, 1, 1]" ]
}

@test "warm-up: requests are sent and counted separately, without statistics" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {arrivals: 40/s, warm_up: 1s, duration: 1s}
		steps: [get: /]
	END
	reprise run --json out.json scenario.yaml
	[ "$(json out.json 'd["unmeasured"]["warm_up"]')" -eq 40 ]
	[ "$(json out.json 'd["requests"]["started"]')" -eq 40 ]
	[ "$(json out.json 'd["arrivals"]["planned"]')" -eq 40 ]
	wait_for 10 eval '[ "$(saw /)" -eq 80 ]'
}

@test "warm-up: failures are not listed" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 1, warm_up: 1s, duration: 1s}
		steps:
		  - get: /
		    name: Once cold
		    expect: {jsonpath: {"$.x": 1}}
		  - think: 200ms
	END
	run reprise run --json out.json scenario.yaml
	[ "$status" -eq 1 ]
	[ "$(json out.json 'sum(f["count"] for f in d["failures"]) == d["requests"]["failed"]')" = true ]
}

@test "the peak of users is that of all threads together, not the sum of their peaks" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 2, iterations: 1, ramp_up: 1400ms}
		steps: [get: /]
	END
	run -0 reprise run -j 2 --json out.json scenario.yaml
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 2 ]
	# The second user begins 700 ms after the first, which has ended unless the machine is very busy.
	[ "$(json out.json 'd["users"]["max"] == 1 or d["response_time_ms"]["max"] > 500')" = true ]
}

@test "each second of a run has its own row" {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {arrivals: 25/s, duration: 4s}
		steps: [get: /]
	END
	run -0 reprise run -o out scenario.yaml
	# Counts that are read late are in the row of the next second; all of them are in some row.
	python3 - <<-'END'
		import csv
		started = [int(row["started"]) for row in csv.DictReader(open("out/series.csv"))]
		assert sum(started) == 100, started
		assert sum(1 for n in started if n) >= 3, started
	END
}
