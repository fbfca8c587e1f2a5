# The outputs of a run: all have the same values, and unavailable receivers do not delay the run.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

@test "all outputs have the same values" {
	start_demo
	SHOP=$SERVER_URL
	start_sinks
	scenario s.yaml <<-END
		name: All of them
		target: $SHOP
		load: {users: 10, iterations: 300}
		scenarios:
		  - name: Buy
		    steps:
		      - get: /
		      - get: /api/products
		        name: 'Look, "there" = x'
		      - get: /
		        name: "tab\tname"
		      - get: /
		        name: "tab name"
		  - name: Lost
		    steps:
		      - get: /nowhere
		        on_failure: continue
		thresholds: [error_rate < 60%, wait p95 < 1m, iteration p95 < 10m]
	END
	local port pid
	port=$(free_port)
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/sum.md \
		"$REPRISE" run --plain --json r.json --csv s.csv --events e.ndjson --junit j.xml \
		--report page.html \
		--statsd "127.0.0.1:$STATSD" --prometheus "$port" --prometheus-linger 60s \
		--influx "$WEB/api/v2/write?bucket=b" --otlp "$WEB" --send-wait 60s s.yaml >out 2>err </dev/null 3>&- &
	pid=$!
	wait_for 60 grep -q 'the last values stay' err || { cat out err; return 1; }
	fetch "http://127.0.0.1:$port/metrics" metrics
	wait $pid
	sed -i '$d' metrics # of print
	[ "$(json r.json 'd["requests"]["started"] > 3000')" = true ]
	[ "$(json r.json '[o["lost"] for o in d["outputs"]]')" = "[0, 0, 0]" ]
	wait_for 20 all_packets
	run python3 -B "$SRCDIR/tests/cli/figures.py" .
	echo "$output"
	[ "$status" -eq 0 ]
	run -1 grep -q 'b=b\|bucket=b' r.json
	grep -q '/api/v2/write?bucket=b' seen
}

all_packets() {
	[ "$(ls | grep -c '^statsd\.[0-9]')" = "$(json r.json 'd["outputs"][0]["given"]')" ]
}

@test "OpenMetrics has the same values; names that differ only in a control character stay separate" {
	start_nginx
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 2, iterations: 20}
		steps: [{get: /, name: "a\tb"}, {get: /, name: "a b"}, {get: /, name: "a\u202eb"}]
	END
	local port pid
	port=$(free_port)
	"$REPRISE" run --plain --json r.json --prometheus "$port" --prometheus-linger 60s s.yaml >out 2>err </dev/null 3>&- &
	pid=$!
	wait_for 60 grep -q 'the last values stay' err
	curl -sf -H 'Accept: application/openmetrics-text; version=1.0.0' "http://127.0.0.1:$port/metrics" >metrics
	wait $pid
	[ "$(tail -n 1 metrics)" = "# EOF" ]
	[ -z "$(grep -v '^#' metrics | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
	run python3 -B "$SRCDIR/tests/cli/figures.py" . prometheus
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "promtool accepts the metrics" {
	command -v promtool >/dev/null || skip "promtool (Debian's prometheus) is not here"
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 2, iterations: 20}, steps: [{get: /}]}"
	local port pid
	port=$(free_port)
	"$REPRISE" run --plain --prometheus "$port" --prometheus-linger 60s s.yaml >out 2>err </dev/null 3>&- &
	pid=$!
	wait_for 60 grep -q 'the last values stay' err
	fetch "http://127.0.0.1:$port/metrics" metrics
	wait $pid
	sed -i '$d' metrics
	run promtool check metrics <metrics
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a slow or unavailable receiver delays the end by a few seconds and is reported" {
	start_nginx
	SHOP=$SERVER_URL
	start_sinks
	scenario s.yaml <<<"{target: '$SHOP', load: {users: 2, iterations: 50}, steps: [{get: /}]}"
	run reprise run --plain --json r.json --report page.html --statsd "127.0.0.1:$(free_port)" \
		--influx "$WEB/slow" --otlp "$WEB/refuse" s.yaml
	echo "$output"
	[ "$status" -eq 5 ]
	[[ $output == *"lost"*"statsd"*"Connection refused"* ]]
	[[ $output == *"lost"*"influx"*"$WEB/slow"* ]]
	[[ $output == *"lost"*"otlp"*"$WEB/refuse"* ]]
	[ "$(json r.json '[o["output"] for o in d["outputs"] if o["lost"]]')" = '["statsd", "influx", "otlp"]' ]
	[ "$(grep -o '<span class="class">lost</span>' page.html | wc -l)" -eq 3 ]
	grep -q 'Connection refused' page.html
	[ "$(json r.json 'd["requests"]["ok"]')" = 100 ]
}

@test "an output that cannot be opened exits with status 2, and nothing is sent" {
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', steps: [{get: /}]}"
	local option
	for option in "--csv /nowhere/x" "--events /nowhere/x" "--ndjson /nowhere/x" "--junit /nowhere/x" \
		"--statsd nowhere.invalid:1" "--statsd a:b" "--influx http://nowhere.invalid/" \
		"--influx /nowhere/x" "--otlp udp://127.0.0.1:1" "--prometheus ${SERVER_URL##*/}" \
		"--prometheus 127.0.0.1" "--prometheus-linger soon"; do
		# shellcheck disable=SC2086
		run reprise run $option s.yaml
		echo "$option: $status $output"
		[ "$status" -eq 2 ]
	done
	[ ! -s "$NGINX_DIR/access.log" ]
}

@test "the summary lists the files that were written, and no addresses" {
	printf 'target: http://127.0.0.1:1\nsteps: [get: /]\n' >s.yaml
	run reprise run --once --dashboard 127.0.0.1:0 --prometheus 127.0.0.1:0 --json r.json --junit j.xml s.yaml
	echo "$output"
	[ "$(grep '^  written ' <<<"$output" | tr -s ' ' '\n' | sort | tr '\n' ' ')" = ' j.xml r.json written ' ]
}

@test "a write error exits with status 5" {
	[ -w /dev/full ] || skip "no /dev/full here"
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', steps: [{get: /}]}"
	local option
	for option in --csv --events --ndjson --junit --influx; do
		run reprise run $option /dev/full s.yaml
		echo "$option: $output"
		[ "$status" -eq 5 ]
		[[ $output == *"cannot write /dev/full"* ]]
	done
}

@test "an output on standard output is the only text there" {
	start_demo
	echo "{target: $SERVER_URL, steps: [get: /]}" >one.yaml
	for output in json csv events ndjson junit report; do
		reprise run --$output - -i 1 one.yaml >document 2>message
		run ! grep -q ^PASSED document
		grep -q ^PASSED message
	done
}

@test "each of several scenario files has its own JSON document" {
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {iterations: 2}, steps: [{get: /}]}"
	run -0 reprise run -q --json r.json s.yaml s.yaml
	[ "$(echo *.json)" = "r-2.json r.json" ]
	[ "$(json r.json 'd["requests"]["ok"]')" = 2 ]
	[ "$(json r-2.json 'd["requests"]["ok"]')" = 2 ]
}

@test "several scenario files share one JUnit document, one CSV file and one event list" {
	start_nginx
	scenario a.yaml <<<"{name: First, target: '$SERVER_URL', steps: [{get: /}]}"
	scenario b.yaml <<<"{name: Second, target: '$SERVER_URL', steps: [{get: /}]}"
	run reprise run --plain --junit j.xml --csv s.csv --events e.ndjson a.yaml b.yaml
	[ "$status" -eq 0 ]
	run python3 -c 'import xml.etree.ElementTree as e
print([s.get("name") for s in e.parse("j.xml").getroot()])'
	[ "$output" = "['First', 'Second']" ]
	[ "$(grep -c '^name,' s.csv)" = 1 ]
	grep -q '^"First"' s.csv
	grep -q '^"Second"' s.csv
	[ "$(grep -c '"event": "end"' e.ndjson)" = 2 ]
}

@test "--ndjson has a line for each second and event, and the totals at the end" {
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {users: 2, duration: 2s}, defaults: {think: 50ms},
		steps: [{get: /, name: Home}], thresholds: [p95 < 1m]}"
	run -0 reprise run -q --out r --ndjson lines s.yaml
	python3 - <<-'END'
		import json
		lines = [json.loads(line) for line in open("lines")]
		kinds = [line["event"] for line in lines]
		assert kinds[0] == "start" and kinds[-1] == "end" and "users" in kinds, kinds
		assert lines[0]["length_s"] == 2, lines[0]
		seconds = [line for line in lines if line["event"] == "second"]
		end, result = lines[-1], json.load(open("r/summary.json"))
		for key in ("started", "ok", "failed"):
		    total = sum(second[key] for second in seconds)
		    assert total == result["requests"][key] == end["total"][key] == seconds[-1]["total"][key], key
		    assert end["steps"][0][key] == total and end["steps"][0]["name"] == "Home", end
		assert end["verdict"] == "pass" and end["out"] == "r", end
		assert end["thresholds"][0]["check"] == "p95 < 1m" and end["thresholds"][0]["pass"], end
		assert end["total"]["p95_ms"] == result["response_time_ms"]["p95"], end
		assert seconds[0]["users"] == 2 and seconds[0]["p50_ms"] > 0, seconds[0]
	END
}

@test "statsd uses the address in the environment; DogStatsD has tags" {
	start_nginx
	SHOP=$SERVER_URL
	start_sinks
	scenario s.yaml <<<"{name: N, target: '$SHOP', load: {iterations: 7}, steps: [{get: /, name: Home}]}"
	STATSD_HOST=127.0.0.1 STATSD_PORT=$STATSD RUN_ID=r7 run reprise run --statsd-tags s.yaml
	[ "$status" -eq 0 ]
	wait_for 20 test -s statsd.000000
	cat statsd.*
	grep -q '^reprise.requests:7|c|#scenario:[^,]*,step:Home,run_id:r7' statsd.000000
	grep -q '^reprise.response_time:[0-9.]*|ms|#' statsd.000000
}

@test "GitHub Actions: annotations at the lines, a table in the summary" {
	start_nginx "location / { return 503; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		steps:
		  - get: /
		    name: Home
		thresholds: [error_rate < 1%]
	END
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/sum.md run --separate-stderr reprise run s.yaml
	echo "$output"
	[ "$status" -eq 1 ]
	grep -qF '::error file=s.yaml,line=5,title=Threshold::error_rate < 1%25: 100 %25' <<<"$output"
	grep -qF '::warning file=s.yaml,line=3,title=Failed requests::Home: 1 x HTTP 503' <<<"$output"
	grep -q '| s / Home | 1 | 0 | 1 |' sum.md
	GITHUB_ACTIONS=true run --separate-stderr reprise run --github never s.yaml
	[[ $output != *::error* ]]
	run --separate-stderr reprise run s.yaml
	[[ $output != *::error* ]]
	GITHUB_ACTIONS=true run --separate-stderr reprise run --json - s.yaml
	json - 'd["verdict"]' <<<"$output"
	[[ $stderr == *::error* ]]
}

@test "GitHub Actions: a run that cannot start has annotations and a summary" {
	scenario bad.yaml <<-END
		target: http://127.0.0.1:9
		steps:
		  - get: /a|b
		    expext: {status: 200}
		  - gte: /
	END
	export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/sum.md
	run -2 --separate-stderr reprise run bad.yaml
	echo "$output"
	grep -q '^::error file=bad.yaml,line=4,col=5,.*::.*expext' <<<"$output"
	grep -q '^::error file=bad.yaml,line=5,' <<<"$output"
	cat sum.md
	grep -q '^### bad.*yaml: \*\*not started\*\*$' sum.md
	grep -q '^2 errors; nothing was sent' sum.md
	grep -q '^| bad.*yaml.*4 | .*expext.* | E101 |$' sum.md
	# A document on standard output stays valid.
	run -2 --separate-stderr reprise run --json - bad.yaml
	[ -z "$output" ]
	[[ $stderr == *::error* ]]
	# Errors without a position in the file.
	rm sum.md
	run -2 --separate-stderr reprise run --start-at never bad.yaml
	[[ $output == *"::error title=The run failed::the run did not start; the log has the reason"* ]]
	grep -q 'not started' sum.md
	rm sum.md
	run -2 --separate-stderr reprise run --github never bad.yaml
	[ -z "$output" ]
	[ ! -e sum.md ]
}
