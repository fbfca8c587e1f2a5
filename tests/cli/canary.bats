load helper

# No output of any command contains a secret: forms x places x outputs (see tests/cli/canary.py).

canary() {
	python3 -B "$SRCDIR/tests/cli/canary.py" "$@"
}

# into NAME COMMAND…: the output of the command, whatever its status, is in outputs/NAME.
into() {
	local name=$1
	shift
	reprise "$@" >"outputs/$name" 2>&1 </dev/null || true
	[ -s "outputs/$name" ]
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	export LIMIT_S=100
	mkdir outputs result
	python3 -B "$SRCDIR/tests/cli/canary.py" serve . "${SERVER_LIMIT_S:-1500}" >serve.out 2>&1 </dev/null 3>&- &
	local server=$!
	wait_for 20 test -s port || { cat serve.out >&2; return 1; }
	started canary $server "$(cat port)"
	start_sinks
	export CANARY_ENV
	CANARY_ENV=$(canary value . env)
	PARAM=$(canary value . param)
	runs
	served
	files
	commands
}

teardown_file() {
	cd "$BATS_FILE_TMPDIR" && stop_servers
}

# Each level of detail, and all outputs of a run.
runs() {
	into text run --plain -i 1 -p "PARAM=$PARAM" run.yaml
	into quiet run -q -i 1 -p "PARAM=$PARAM" run.yaml
	into v run -v --plain -i 1 -p "PARAM=$PARAM" run.yaml
	into vv run -vv --plain -i 1 -p "PARAM=$PARAM" run.yaml
	into once_v run --once -v --plain -p "PARAM=$PARAM" run.yaml
	into trace_user run --trace-user 1 --plain -i 1 -p "PARAM=$PARAM" run.yaml
	into json_stdout run -i 1 --json - -p "PARAM=$PARAM" run.yaml
	into csv_stdout run -i 1 --csv - -p "PARAM=$PARAM" run.yaml
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/outputs/github_summary INFLUX_TOKEN=t \
		into github_annotations run --github always -o result/a --json outputs/json --csv outputs/csv \
		--events outputs/events --junit outputs/junit --report outputs/report.html \
		--jtl outputs/jtl --k6-summary outputs/k6_summary \
		--statsd "127.0.0.1:$STATSD" --influx "$WEB/api/v2/write?bucket=b" --otlp "$WEB" \
		-i 1 -p "PARAM=$PARAM" run.yaml
	local shard
	for shard in 1 2; do
		reprise run -q -o result/$shard --shard $shard/2 -u 2 -i 1 --seed 1 -p "PARAM=$PARAM" run.yaml >/dev/null 2>&1 || true
	done
	mkdir outputs/statsd outputs/har
	wait_for 20 test -e statsd.000000
	cp statsd.0* outputs/statsd
	cp influx otlp outputs
	cp -r result/a outputs/result_folder
	cp result/a/failures/*.har outputs/har
	# On a terminal: the live view.
	PARAM=$PARAM timeout -k 5 100 script -qec "'$REPRISE' run -i 1 run.yaml" outputs/live >/dev/null 2>&1 </dev/null || true
}

# get NAME URL [HEADER]: saves a page, whatever its status.
get() {
	curl -s -i -m "${4:-20}" -H "${3:-X: y}" -o "outputs/$1" "$2" || true
	[ -s "outputs/$1" ]
}

# The servers of a run that lasts.
served() {
	timeout -k 5 200 "$REPRISE" run --plain -u 1 -d 100s --dashboard 127.0.0.1:0 --prometheus 127.0.0.1:0 \
		-p "PARAM=$PARAM" run.yaml >served.out 2>served.err </dev/null 3>&- &
	local run=$! url metrics
	wait_for 30 grep -q 'dashboard is at' served.err
	url=$(sed -n 's/.*dashboard is at //p' served.err)
	metrics=$(grep -o 'http://[^ ]*/metrics' served.err)
	wait_for 60 has_failures "$metrics"
	# The child of timeout.
	tr '\0' '\n' <"/proc/$(tr -d ' ' <"/proc/$run/task/$run/children")/cmdline" >outputs/process_title
	get prometheus "$metrics"
	get openmetrics "$metrics" 'Accept: application/openmetrics-text'
	get dashboard "$url"
	get dashboard_events "${url%%\?*}events?${url#*\?}" 'X: y' 3
	get dashboard_no_token "${url%%\?*}"
	get dashboard_bad_path "${url%%\?*}nothing?${url#*\?}"
	kill -INT $run
	wait $run || true
	cat served.out served.err >outputs/interrupted
}

has_failures() {
	curl -s -m 5 "$1" | grep -q 'reprise_failures_total{.*} [1-9]'
}

# Commands that read what a run wrote.
files() {
	into report report result/a
	cp result/a/report.html outputs/report_again.html
	into compare compare result/a result/1
	into compare_json compare --format json result/a result/1
	into compare_markdown compare --format markdown result/a result/1
	into merge merge result/1 result/2 -o result/merged --json outputs/merge_json --junit outputs/merge_junit
	cp -r result/merged outputs/merge_folder
	local har
	har=$(ls result/a/failures/*.har | head -1)
	into try_evidence try jsonpath '$..*' "$har"
	into import_evidence import har "$har" -o outputs/import_evidence.yaml
	into import import har visit.har -o outputs/import.yaml
}

commands() {
	local file
	for file in run broken_*; do
		file=${file%.yaml}
		into "check_$file" check -p "PARAM=$PARAM" "$file.yaml"
		into "check_json_$file" check --format json -p "PARAM=$PARAM" "$file.yaml"
	done
	into check_github check --format github -p "PARAM=$PARAM" broken_*.yaml
	into run_broken run -p "PARAM=$PARAM" broken_calculate.yaml
	into show show -p "PARAM=$PARAM" run.yaml
	into show_config show --config -p "PARAM=$PARAM" run.yaml
	into show_program show --program -p "PARAM=$PARAM" run.yaml
	into doctor doctor
	into explain explain secret
	into replay replay -i 1 visit.har --target "http://127.0.0.1:$(cat port)"
}

@test "no output of any command contains a secret: forms x places x outputs" {
	cd "$BATS_FILE_TMPDIR"
	run canary scan .
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the outputs have what was masked, and say why a body is withheld" {
	cd "$BATS_FILE_TMPDIR/outputs"
	for output in vv trace_user once_v json events junit report.html result_folder har live; do
		run -0 grep -rlF '***' "$output"
	done
	# The apostrophe is escaped in HTML.
	for output in vv once_v har events report.html; do
		run -0 grep -rlE "withheld: the secret .{1,8}missing.{1,8} .jsonpath. was not found in it" "$output"
	done
	grep -q 'the forms:' -r har
	grep -q 'http://\*\*\*@127' text
	# Each text that was derived from a secret is masked.
	grep -q 'log \*\*\* \*\*\* \*\*\* \*\*\* \*\*\* \*\*\* \*\*\*$' v
}

@test "the scan finds each form where nothing is masked" {
	cd "$BATS_FILE_TMPDIR"
	mkdir -p unmasked/outputs
	cp wire unmasked
	cp wire unmasked/outputs
	run -1 canary scan unmasked
	[[ "$output" == *"LEAK: output wire has the b64u.2 form of the secret in data"* ]]
	[[ "$output" == *"LEAK: output wire has the json form of the secret in absent"* ]]
}
