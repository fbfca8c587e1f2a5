load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >shop.yaml <<-'END'
		name: Shop
		target: http://127.0.0.1:8080
		allowed_hosts: [cdn.example.org]
		load: {users: 50, ramp_up: 10s, duration: 2m}
		steps:
		  - get: /
		  - think: 980ms
		thresholds: [p95 < 300ms]
	END
}

@test "show: prints the plan of a run" {
	run --separate-stderr "$REPRISE" show shop.yaml
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'Shop: 1 scenario, 2 steps, 3 thresholds' ]
	[[ "${lines[1]}" == '  load      50 users for 2m, ramp 10s; about 50 requests/s if '* ]]
	[ "${lines[2]}" = '  limits    p95 < 300ms, failures = 0 (default), failed_iterations = 0 (default)' ]
	[[ "${lines[3]}" == '  sockets   50 concurrent connections'* ]]
	[ "${lines[4]}" = '  contacts  127.0.0.1:8080, cdn.example.org and no other hosts' ]
	[ "${#lines[@]}" -eq 5 ]
}

@test "show: prints the source of a load from options or the environment" {
	REPRISE_TARGET=http://127.0.0.1:9 run --separate-stderr "$REPRISE" show --arrivals 20/s -d 10s shop.yaml
	[ "$status" -eq 0 ]
	[[ "${lines[1]}" == '  load      20/s for 10s; about 20 requests/s' ]]
	[[ "$output" == *'from      load: option --arrivals   target: environment REPRISE_TARGET'* ]]
}

@test "show: warns if one iteration is longer than the run" {
	run -0 --separate-stderr "$REPRISE" show --duration 900ms shop.yaml
	[ "${lines[2]}" = '  warning   one iteration takes about 1.0 s, longer than the run (0.9 s), so none may complete' ]
	run -0 --separate-stderr "$REPRISE" show --duration 2s shop.yaml
	[[ "$output" != *longer* ]]
}

@test "show --program: prints the compiled steps" {
	run "$REPRISE" show --program shop.yaml
	[ "$status" -eq 0 ]
	[[ "$output" == *REQUEST*THINK*END* ]]
}

@test "show --config: every option of run can be set in the environment and is listed" {
	# Valid values for options whose values are checked.
	declare -A right=([users]=3 [duration]=9s [ramp-up]=1s [grace]=1s [seed]=5 [target]=http://127.0.0.1:9
		[arrivals]=20/s [iterations]=4 [profile]= [env-file]=/dev/null [capacity]=1..2 [only]=Shop [shard]=1/2
		[allow-files]=. [transport]=auto)
	"$REPRISE" run --help | grep -oE '^  (-.,|   ) --[a-z0-9-]+( [^ ]+)?' |
		sed -e 's/.*--//' >options
	[ "$(wc -l <options)" -gt 25 ]
	while read -r name value; do
		# Parameters have their own names, a profile must exist in the file, and standard input is read only by
		# one command.
		case $name in param | profile | help | stdin-filename) continue ;; esac
		[ -n "$value" ] && given=${right[$name]:-given} || given=1
		variable=REPRISE_$(echo "$name" | tr 'a-z-' 'A-Z_')
		case $name in
		ramp-up) export REPRISE_USERS=3 REPRISE_DURATION=9s ;;
		arrivals | capacity) export REPRISE_DURATION=9s ;;
		esac
		env "$variable=$given" "$REPRISE" show --config shop.yaml >config ||
			{ cat config; echo "$variable"; false; }
		[ "$name" = env-file ] || grep -q "environment $variable\$" config ||
			{ cat config; echo "$variable"; false; }
		unset REPRISE_USERS REPRISE_DURATION
	done <options
}

@test "show --config: values set by orchestrators" {
	RUN_ID=night-7 HOST_IP=10.0.0.1 STATSD_HOST=stats STATSD_PORT=8125 JOB_COMPLETION_INDEX=2 CI_NODE_INDEX=3 \
		run "$REPRISE" show --config shop.yaml
	[ "$status" -eq 0 ]
	for name in RUN_ID HOST_IP STATSD_HOST STATSD_PORT JOB_COMPLETION_INDEX CI_NODE_INDEX; do
		[[ "$output" == *"environment $name"* ]]
	done
}

@test "show: rejects a file with errors" {
	echo 'steps: 5' >bad.yaml
	run "$REPRISE" show bad.yaml
	[ "$status" -eq 2 ]
	run "$REPRISE" show
	[ "$status" -eq 2 ]
}

@test "init writes a valid scenario and never replaces a file" {
	run "$REPRISE" init my.yaml
	[ "$status" -eq 0 ]
	run "$REPRISE" check my.yaml
	[ "$status" -eq 0 ]
	run "$REPRISE" init my.yaml
	[ "$status" -eq 2 ]
	[ "$("$REPRISE" init -)" = "$(cat my.yaml)" ]
}

@test "init --from creates the same scenario as import and never replaces a file" {
	printf "curl 'http://127.0.0.1:8080/api' -H 'accept: text/html'\n" >visit.sh
	run --separate-stderr "$REPRISE" init --from curl visit.sh
	[ "$status" -eq 0 ]
	[ "$output" = "wrote scenario.yaml; edit it, then run it: reprise run scenario.yaml" ]
	"$REPRISE" check scenario.yaml
	"$REPRISE" import curl visit.sh -q -o - | diff scenario.yaml -
	"$REPRISE" init --from curl visit.sh -o - 2>account | diff scenario.yaml -
	[ -s account ]
	echo mine >scenario.yaml
	run "$REPRISE" init --from curl visit.sh
	[ "$status" -eq 2 ]
	[[ $output == *"scenario.yaml already exists; choose another name with -o" ]]
	[ "$(cat scenario.yaml)" = mine ]
	"$REPRISE" init --from har "$SRCDIR/tests/golden/import/tokens.har" -o tokens.yaml
	[ -s tokens.yaml ]
}

@test "init --from lists the kinds and reports a missing file" {
	run "$REPRISE" init --from nonsense x
	[ "$status" -eq 2 ]
	[[ $output == *"'nonsense' is not a supported kind of file; use one of har, "* ]]
	[[ $output == *", curl, "* ]]
	run "$REPRISE" init --from har
	[ "$status" -eq 2 ]
	run "$REPRISE" init a.yaml -o b.yaml
	[ "$status" -eq 2 ]
	[ ! -e a.yaml ]
	[ ! -e b.yaml ]
}

@test "the help of import and init lists all importers" {
	names=$("$REPRISE" init --from nonsense x 2>&1 | sed -n 's/.*use one of //p' | tr -d ,)
	[ "$(wc -w <<<"$names")" -eq "$(grep -c '^IMPORT(' "$SRCDIR/src/import/import.def")" ]
	for name in $names; do
		"$REPRISE" import --help | grep -q "^  $name  *[a-z]"
		"$REPRISE" init --help | grep -q "^  $name  *[a-z]"
	done
}

@test "show: the estimate of requests per second includes loops, branches and flows" {
	scenario s.yaml >/dev/null <<-'END'
		target: http://127.0.0.1:1
		load: {arrivals: 10/s, duration: 2s}
		flows: {f: [{repeat: 3, steps: [get: /]}]}
		steps:
		  - repeat: 5
		    steps:
		      - repeat: 2
		        steps: [get: /]
		  - choose:
		      - steps: [get: /a, get: /b]
		      - weight: 3
		        steps: [get: /c]
		  - call: f
	END
	run reprise show "$BATS_TEST_TMPDIR/s.yaml"
	[[ $output == *"about 142 requests/s"* ]]
	printf '  - while: ${user.id == 0}\n    max: 3\n    steps: [call: f]\n' >>"$BATS_TEST_TMPDIR/s.yaml"
	run reprise show "$BATS_TEST_TMPDIR/s.yaml"
	[[ $output == *"about 172 requests/s, loops of unknown length counted once"* ]]
}

@test "show --format json: prints the plan for programs" {
	cat >plan.yaml <<-'END'
		name: Shop
		target: https://shop.example:8443
		allowed_hosts: [cdn.example.org]
		parameters:
		  PASSWORD: {secret: yes, default: "pass\"word"}
		  SERVER: {required: yes, description: Name of the server}
		load: {stages: [{ramp_to: 50, over: 10s}, {hold: 2m}], warm_up: 5s}
		defaults: {think: 1s, connections: {per_host: 2}, proxy: http://proxy.example:3128}
		data:
		  accounts: {rows: [{user: a}, {user: b}], per: user, at_end: stop_user}
		scenarios:
		  - name: Buy
		    weight: 3
		    steps:
		      - get: /?user=${accounts.user}&host=${SERVER}
		        headers: {X-Key: '${PASSWORD}'}
		      - repeat: 3
		        steps: [get: "/b/pass%22word"]
		  - name: Read
		    steps: [get: /a]
		  - name: Look
		    load: {arrivals: 20/s, duration: 1m, max_users: 100}
		    start_after: 10s
		    steps:
		      - parallel: [get: /c, get: /d, get: /e]
		thresholds: [p95 < 300ms, {check: failures < 3, abort: yes}]
	END
	(ulimit -n 4000; "$REPRISE" show --format json plan.yaml >plan.json)
	golden output/plan.json <plan.json
	run -1 grep -F -e 'pass\\"word' -e 'pass"word' -e pass%22word plan.json
}

@test "show --format json: has the settings or the program, the errors, and loads without a shape" {
	REPRISE_USERS=3 REPRISE_DURATION=5s "$REPRISE" show --format json --config shop.yaml >config.json
	[ "$(json config.json '[s["from"] for s in d["settings"] if s["name"] == "load.users"]')" = '["environment REPRISE_USERS"]' ]
	[ "$(json config.json 'd["plan"]["peak_users"]')" = 3 ]
	"$REPRISE" show --format json --program shop.yaml | json - 'd["program"]' >program
	diff program <("$REPRISE" show --program shop.yaml; echo)
	"$REPRISE" show --format json --capacity 10/s..500/s -d 30s shop.yaml >capacity.json
	[ "$(json capacity.json 'd["plan"]["loads"][0]["capacity"]')" = '{"of": "arrivals", "from": 10, "to": 500, "hold_s": 30.0}' ]
	echo '{"at": 0.5, "url": "/a"}' >visit.ndjson
	printf 'target: http://127.0.0.1:1\nload: {replay: {file: visit.ndjson}}\n' >replay.yaml
	"$REPRISE" show --format json replay.yaml >replay.json
	[ "$(json replay.json 'd["plan"]["loads"][0]["replay"]["requests"]')" = 1 ]

	echo 'steps: [gett: /]' >bad.yaml
	status=0
	"$REPRISE" show --format json bad.yaml >bad.json || status=$?
	[ "$status" -eq 2 ]
	[ "$(json bad.json '[d["plan"], d["errors"] > 0, d["diagnostics"][0]["level"]]')" = '[null, true, "error"]' ]
}
