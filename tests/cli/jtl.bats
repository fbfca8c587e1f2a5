# Results for other tools: a row per request (--jtl), and the summary of k6 (--k6-summary).

load helper

setup_file() {
	start_nginx "location /good { return 200 'ok'; } location /bad { return 503 'no'; }"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# rows FILE EXPRESSION: the value of a Python expression about the rows of a JTL file.
rows() {
	python3 -c 'import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
print(eval(sys.argv[2]))' "$@"
}

visit() {
	scenario s.yaml <<-END
		name: Web shop
		target: $SERVER_URL
		load: {users: 4, iterations: 4}
		parameters: {KEY: {secret: yes}}
		steps:
		  - get: /good?key=\${KEY}
		    name: 'Look, "there"'
		    on_failure: continue
		  - get: /bad
		    name: Fail
		    on_failure: continue
		thresholds: [error_rate < 60%, p95 < 1m, 'p95 of "Fail" < 1m']
	END
}

HEADER=timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes
HEADER=$HEADER,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect

@test "--jtl: a row per request with the columns of JMeter; the figures are those of the result" {
	visit
	run -1 reprise run -q -p KEY=canary-4711 --jtl r.jtl --json r.json s.yaml
	[ "$(head -n 1 r.jtl)" = "$HEADER" ]
	[ "$(rows r.jtl 'len(rows)')" = "$(json r.json 'd["requests"]["started"]')" ]
	[ "$(rows r.jtl 'sum(r["success"] == "true" for r in rows)')" = "$(json r.json 'd["requests"]["ok"]')" ]
	[ "$(rows r.jtl 'sorted({(r["label"], r["responseCode"], r["responseMessage"], r["success"], r["failureMessage"]) for r in rows})')" = \
		"[('Fail', '503', 'Service Unavailable', 'false', 'HTTP 503'), ('Look, \"there\"', '200', 'OK', 'true', '')]" ]
	[ "$(rows r.jtl 'sorted({r["threadName"] for r in rows})')" = \
		"['Web shop 1-1', 'Web shop 1-2', 'Web shop 1-3', 'Web shop 1-4']" ]
	[ "$(rows r.jtl 'max(int(r["elapsed"]) for r in rows if r["success"] == "true")')" = \
		"$(json r.json 'int(d["response_time_ms"]["max"] + 0.5)')" ]
	[ "$(rows r.jtl 'sum(int(r["bytes"]) for r in rows)')" = "$(json r.json 'd["bytes"]["received"]')" ]
	[ "$(rows r.jtl 'all(int(r["Latency"]) <= int(r["elapsed"]) + 1 for r in rows)')" = True ]
	[ "$(rows r.jtl 'abs(int(rows[0]["timeStamp"]) / 1000 - __import__("time").time()) < 600')" = True ]
	run ! grep -q canary-4711 r.jtl
	grep -q 'key=\*\*\*' r.jtl
}

@test "--jtl: no response has a code that says why; - is standard output; a full disk is status 5" {
	scenario s.yaml <<-END
		target: http://127.0.0.1:$(free_port)
		load: {users: 1, iterations: 1}
		steps: [get: /]
	END
	reprise run -q --jtl - s.yaml >rows.jtl 2>err || [ $? -eq 3 ]
	[ "$(rows rows.jtl '[(r["responseCode"], r["success"], r["Latency"]) for r in rows]')" = \
		"[('Non HTTP response code: connect', 'false', '0')]" ]
	rows rows.jtl 'rows[0]["failureMessage"]' | grep -q refused
	visit
	sed -i 's|/bad|/good|' s.yaml
	run -5 reprise run -q -p KEY=x --jtl /dev/full s.yaml
	[[ $output == *"/dev/full"* ]]
}

@test "merge --jtl joins the rows of the shards in the order of time" {
	local shard
	visit
	for shard in 1 2 3; do
		run -0 reprise run -q -p KEY=x --seed 1 --shard $shard/3 -o out/$shard --jtl out/$shard/requests.jtl s.yaml
	done
	run -1 reprise merge -q out/1 out/2 out/3 --jtl all.jtl --json all.json --k6-summary k6.json
	[ "$(rows all.jtl 'len(rows)')" = "$(json all.json 'd["requests"]["started"]')" ]
	[ "$(json k6.json 'd["metrics"]["http_reqs"]["count"]')" = "$(json all.json 'd["requests"]["started"]')" ]
	# The shards ran one after another, so their rows do not mix.
	cat out/1/requests.jtl <(tail -n +2 out/2/requests.jtl) <(tail -n +2 out/3/requests.jtl) | cmp - all.jtl
	rm out/2/requests.jtl
	run -1 reprise merge -q out/1 out/2 out/3 --jtl all.jtl
	[[ $output == *"out/2/requests.jtl cannot be read"*"--jtl DIR/requests.jtl"* ]]
}

@test "--k6-summary has the fields and the units of k6 run --summary-export" {
	visit
	run -1 reprise run -q -p KEY=x --k6-summary k6.json --json r.json s.yaml
	run -0 python3 -B "$SRCDIR/tests/cli/k6_summary.py" k6.json r.json
}

@test "Taurus runs a scenario by the executor of contrib/bzt and reads its rows" {
	command -v bzt >/dev/null || skip "bzt is not installed (pip install bzt)"
	visit
	cat >taurus.yml <<-END
		modules: {reprise: {class: reprise_bzt.RepriseExecutor, path: "$REPRISE"}}
		execution: [{executor: reprise, scenario: shop, concurrency: 2, iterations: 3}]
		scenarios: {shop: {script: $PWD/s.yaml, variables: {KEY: x}}}
		reporting: [{module: final-stats, dump-csv: $PWD/stats.csv}]
		settings: {check-updates: false, artifacts-dir: $PWD/artifacts}
	END
	PYTHONPATH=$SRCDIR/contrib/bzt run -0 bzt taurus.yml
	[ "$(rows stats.csv 'sorted((r["label"], r["succ"], r["fail"]) for r in rows)')" = \
		"[('', '6', '6'), ('Fail', '0', '6'), ('Look, \"there\"', '6', '0')]" ]
}
