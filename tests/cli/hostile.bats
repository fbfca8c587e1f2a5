#!/usr/bin/env bats
# Text from scenarios and servers is escaped in every output: each test fails if the escaping of its
# format is removed. Tests with a browser are in pages.bats.

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	start_enemy
	start_sinks
	export STATSD
	python3 -B "$SRCDIR/tests/cli/hostile.py" scenario "$ENEMY" >s.yaml
	local odd='s,line=9%0A::error::x.yaml' packet
	cp s.yaml "$odd"
	run_for 'text/plain' metrics -v --out out --json r.json --csv s.csv --events e.ndjson --junit j.xml \
		--statsd "127.0.0.1:$STATSD" --influx influx --otlp "$WEB" --send-wait 60s "$odd"
	wait_for 20 all_packets r.json
	mkdir one
	mv statsd.0* text err one
	run_for 'application/openmetrics-text' openmetrics --json r2.json \
		--statsd "127.0.0.1:$STATSD" --statsd-tags s.yaml
	wait_for 20 all_packets r2.json
	for packet in statsd.0*; do
		mv "$packet" "dog$packet"
	done
	mv one/* .
}

# run_for KIND FILE OPTION…: a run as on GitHub; the last metrics of KIND are saved in FILE.
run_for() {
	local kind=$1 file=$2 port pid
	shift 2
	port=$(free_port)
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/sum.md RUN_ID=$'x"} 1\nreprise_evil 1' \
		timeout -k 5 200 "$REPRISE" run --plain --prometheus "$port" --prometheus-linger 60s "$@" \
		>text 2>err </dev/null 3>&- &
	pid=$!
	wait_for 60 grep -q 'the last values stay' err || { cat text err; return 1; }
	curl -s -m 20 -H "Accept: $kind" -o "$file" "http://127.0.0.1:$port/metrics"
	wait $pid || true
}

# all_packets FILE: whether all packets that the run of this document has sent were received.
all_packets() {
	[ "$(ls | grep -c '^statsd\.0')" = "$(json "$1" '[o for o in d["outputs"] if o["output"] == "statsd"][0]["given"]')" ]
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

# harmless NAME: checks that the written output is valid in its format and has no injected parts.
harmless() {
	python3 -B "$SRCDIR/tests/cli/hostile.py" check . "$1"
}

@test "hostile text on the terminal and in the log of a build server" { harmless text; }

@test "hostile text in CSV" { harmless csv; }

@test "hostile text in JSON and in events" { harmless json; }

@test "hostile text in OTLP" { harmless otlp; }

@test "hostile text in JUnit" { harmless junit; }

@test "hostile text in GitHub's step summary" { harmless markdown; }

@test "hostile text in Prometheus and OpenMetrics" { harmless metrics; }

@test "hostile text in InfluxDB line protocol" { harmless influx; }

@test "hostile text in statsd and DogStatsD" { harmless statsd; }

@test "hostile text in failed exchanges and their curl commands" { harmless har; }

@test "hostile text in the HTML report" { harmless page; }

@test "hostile text in the output of the other commands" {
	python3 -B "$SRCDIR/tests/cli/hostile.py" invalid >wrong.yaml
	for command in "show s.yaml" "show --program s.yaml" "show --config s.yaml" "check s.yaml" "check wrong.yaml" "check --format github wrong.yaml" "report out" "compare out out" "run --once -vv s.yaml"; do
		timeout 60 "$REPRISE" $command >"$BATS_TEST_TMPDIR/text" 2>"$BATS_TEST_TMPDIR/err" </dev/null || [ $? -le 2 ]
		[ -s "$BATS_TEST_TMPDIR/text" ] || [ -s "$BATS_TEST_TMPDIR/err" ]
		python3 -B "$SRCDIR/tests/cli/hostile.py" check "$BATS_TEST_TMPDIR" text
	done
}

@test "a name of 1 MB breaks no output" {
	local big
	big=$(head -c 1000000 /dev/zero | tr '\0' x)
	scenario big.yaml <<-END >/dev/null
		target: http://127.0.0.1:$ENEMY
		name: "$big"
		steps: [{get: /1, name: "$big"}]
	END
	cd "$BATS_TEST_TMPDIR"
	run reprise run --plain --out out --json r.json --junit j.xml --influx influx \
		--statsd "127.0.0.1:$STATSD" big.yaml
	[ "$status" -eq 1 ]
	[ "${#output}" -lt 20000 ]
	[ "$(stat -c %s out/report.html)" -lt 500000 ]
}
