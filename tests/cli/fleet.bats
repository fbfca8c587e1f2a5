#!/usr/bin/env bats
# Setup and teardown with scope fleet: the first shard runs them; the others wait for its values.

load helper

setup_file() {
	start_nginx "location /no { return 404; } location / { add_header X-Token t1-\$request_id; return 200; }"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >"$NGINX_DIR/access.log"
	mkdir shared
	export RUN_ID=night-7 REPRISE_FLEET_DIR=shared
}

# fleet_scenario [SETUP-PATH [STEP-PATH]]
fleet_scenario() {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 9, iterations: 2}
		setup:
		  scope: fleet
		  steps:
		    - get: ${1:-/setup}
		      extract: {token: {header: X-Token, secret: yes}}
		steps:
		  - get: ${2:-/in}/\${token}/\${user.id}
		teardown:
		  - get: /teardown/\${token}
	END
}

# shard I/N ARG…: runs a shard in the background; its output is in I.out, its exit status in I.status.
shard() {
	local i=${1%/*}
	(
		status=0
		timeout -k 5 60 "$REPRISE" run --plain --shard "$1" --json "$i.json" "${@:2}" scenario.yaml >"$i.out" 2>&1 || status=$?
		echo $status >"$i.status"
	) 3>&- &
}

seen() {
	awk '{print $7}' "$NGINX_DIR/access.log"
}

@test "scope fleet: setup runs once, all shards get its values, teardown runs once at the end; no files remain" {
	fleet_scenario
	for i in 3 2 1; do shard $i/3 --out "out/$i"; done
	wait
	[ "$(cat 1.status 2.status 3.status | tr -d '\n')" = 000 ]
	wait_for 10 eval '[ "$(wc -l <"$NGINX_DIR/access.log")" -eq 20 ]'
	# Each request of each user has the token of the one setup.
	[ "$(seen | sed -n 's|^/in/\(t1-[0-9a-f]*\)/.*|\1|p' | sort -u | wc -l)" -eq 1 ]
	[ "$(seen | grep -c '^/in/')" -eq 18 ]
	[ "$(seen | head -n 1)" = /setup ]
	[[ "$(seen | tail -n 1)" == /teardown/t1-* ]]
	[ -z "$(ls -A shared)" ]
	# The same as in one process.
	run -0 reprise merge out/1 out/2 out/3 -o out/all
	[ "$(json out/all/summary.json '[d["unmeasured"][k] for k in ("setup", "teardown")]')" = "[1, 1]" ]
	run -0 reprise run -q --json one.json scenario.yaml
	[ "$(json one.json 'd["unmeasured"]')" = "$(json out/all/summary.json 'd["unmeasured"]')" ]
	[ "$(json one.json 'd["requests"]["ok"]')" = "$(json out/all/summary.json 'd["requests"]["ok"]')" ]
	# No output contains the secret.
	run -1 grep -rE 't1-[0-9a-f]{32}' 1.out 2.out 3.out out
}

@test "scope fleet: a setup that takes longer than until --start-at delays all shards together, which is valid" {
	fleet_scenario
	sed -i 's|    - get: /setup|    - think: 4s\n&|; s/iterations: 2/duration: 1s/' scenario.yaml
	sed -i 's/^steps:/defaults: {think: 200ms}\n&/' scenario.yaml
	at=$(date -u +%FT%TZ)
	for i in 1 2; do shard $i/2 --start-at "$at"; done
	wait
	[ "$(cat 1.status 2.status | tr -d '\n')" = 00 ]
	for i in 1 2; do
		[ "$(json $i.json 'd["generator"]["start_skew_ms"] > 3000')" = true ]
		run -1 grep -F 'after --start-at' $i.json
	done
}

@test "scope fleet: the shared state is readable only by its owner, and a late shard can use it" {
	fleet_scenario
	sed -i 's/iterations: 2/iterations: 1/' scenario.yaml
	shard 1/2
	wait_for 20 eval 'ls shared/*/setup.json'
	[ "$(stat -c %a shared/*)" = 700 ]
	[ "$(stat -c %a shared/*/setup.json)" = 600 ]
	[ "$(json "$(echo shared/*/setup.json)" '[v["name"] for v in d["values"]]')" = '["token"]' ]
	wait_for 20 grep -q 'waiting for 1 of them to end' 1.out
	shard 2/2
	wait
	[ "$(cat 1.status 2.status | tr -d '\n')" = 00 ]
	[ -z "$(ls -A shared)" ]
}

@test "scope fleet: values keep their types" {
	scenario <<-'END' >/dev/null
		target: http://127.0.0.1:9
		setup:
		  scope: fleet
		  steps:
		    - set:
		        list: "${[1, 'a', true, [2.50]]}"
		        object: "${'{\"b\": 1.10, \"a\": [null, \"ü\"]}' | parse_json}"
		        bytes: "${'/4D/' | base64_decode}"
		        number: "${1 / 3}"
		        long: "${'12345678901234567890' | parse_json}"
		        empty: ""
		        text: "${'007'}"
		steps:
		  - log: "${[list, object, number, long, empty, text] | json} ${bytes | hex} ${list[3][0] + 1}"
	END
	shard 1/2 -v
	shard 2/2 -v
	wait
	# A run without a request has no data, and fails.
	run -1 reprise run --plain -v scenario.yaml
	printf '%s\n' "$output" >one.out
	grep -F '[[1,"a",true,[2.5' one.out | sed 's/.*\[\[/[[/' >one
	[ -s one ]
	grep -F '[[1,"a",true,[2.5' 1.out 2.out | sed 's/.*\[\[/[[/' | sort -u | diff one -
}

@test "scope fleet: a failed setup fails all shards with the same exit status, and no user starts" {
	fleet_scenario /no
	shard 2/3
	shard 3/3
	shard 1/3
	wait
	[ "$(cat 1.status 2.status 3.status | tr -d '\n')" = 111 ]
	grep -q 'setup failed in shard 1: status' 2.out
	[ "$(json 3.json 'd["verdict"], d["reasons"][-1]')" = '["fail", "setup failed in shard 1: status"]' ]
	[ "$(seen | grep -c -v -e /no -e /teardown)" -eq 0 ]
	[ -z "$(ls -A shared)" ]
	sed -i 's|^target:.*|target: http://127.0.0.1:9|' scenario.yaml
	for i in 1 2 3; do shard $i/3; done
	wait
	[ "$(cat 1.status 2.status 3.status | tr -d '\n')" = 333 ]
}

@test "scope fleet: without the first shard, the other shards fail with a helpful message" {
	fleet_scenario
	run -1 --separate-stderr reprise run -q --shard 2/2 --fleet-wait 300ms scenario.yaml
	[[ "$stderr" == *"no sign of shard 1, which performs setup for all shards, for 300"*"shared is the same folder for both"* ]]
	[ "$(seen | wc -l)" -eq 0 ]
}

@test "scope fleet: a killed shard is named, and teardown stops waiting for it" {
	fleet_scenario
	sed -i 's|^load:.*|load: {users: 2, duration: 60s}|; s|^steps:|steps:\n  - think: 100ms|' scenario.yaml
	shard 1/2 --fleet-wait 1s -d 2s
	"$REPRISE" run -q --shard 2/2 --fleet-wait 20s -d 2s scenario.yaml >2.out 2>&1 3>&- &
	victim=$!
	wait_for 20 eval 'seen | grep -q "^/in/.*/2$"'
	kill -KILL $victim
	wait
	[ "$(cat 1.status)" = 0 ]
	grep -q 'teardown begins although shard 2 of 2 did not report its end' 1.out
	[[ "$(seen | tail -n 1)" == /teardown/* ]]
	# No secret remains; the mark files show the next run that it needs another RUN_ID.
	[ "$(ls shared/*/)" = "$(printf 'shard-1\nshard-2')" ]
	run -2 reprise run --shard 1/2 -d 2s scenario.yaml
	[[ "$output" == *"shard 1/2 has already taken part in this run"*"another RUN_ID"* ]]
}

@test "scope fleet: a duplicate shard, another scenario and an invalid folder are reported before anything is sent" {
	fleet_scenario
	shard 1/3
	wait_for 20 eval 'ls shared/*/shard-1'
	run -2 reprise run -q --shard 1/3 scenario.yaml
	[[ "$output" == *"shard 1/3 has already taken part in this run"* ]]
	sed 's|/in|/other|' scenario.yaml >other.yaml
	run -1 --separate-stderr reprise run -q --shard 2/3 other.yaml
	[[ "$stderr" == *"the first shard performs another scenario, load or target"* ]]
	shard 3/3
	wait
	[ "$(seen | grep -c other)" -eq 0 ]

	: >"$NGINX_DIR/access.log"
	run -2 reprise run -q --shard 1/2 --fleet-dir nowhere scenario.yaml
	[[ "$output" == *"--fleet-dir nowhere: cannot create "*": No such file"* ]]
	unset REPRISE_FLEET_DIR
	run -2 reprise run -q --shard 1/2 scenario.yaml
	[[ "$output" == *"setup with scope: fleet needs a folder that all shards share; set it with --fleet-dir DIR"* ]]
	unset RUN_ID
	run -2 reprise run -q --shard 1/2 --fleet-dir shared scenario.yaml
	[[ "$output" == *"--fleet-dir needs RUN_ID or --start-at"* ]]
	[ "$(seen | wc -l)" -eq 0 ]
	# One process is its own fleet.
	run -0 reprise run -q scenario.yaml
}

@test "scope fleet: SIGTERM while waiting ends the run with a report" {
	fleet_scenario
	"$REPRISE" run --plain --shard 2/2 --json 2.json scenario.yaml >2.out 2>&1 3>&- &
	pid=$!
	wait_for 20 grep -q 'waiting for its values' 2.out
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 143 ]
	[ "$(json 2.json 'd["requests"]["started"]')" -eq 0 ]
	# No shard uses the first setup; its teardown does not wait for shards that have ended.
	shard 1/2
	wait
	[ "$(cat 1.status)" = 0 ]
	[ -z "$(ls -A shared)" ]
}

@test "scope fleet: setup runs before --start-at, and the load does not start early" {
	fleet_scenario
	at=$(($(date +%s) + 3))
	shard 2/2 --start-at $at --fleet-wait 1s
	wait_for 20 grep -q 'waiting for its values' 2.out
	sleep 1.5
	[ ! -e 2.status ]
	shard 1/2 --start-at $at
	wait
	[ "$(cat 1.status 2.status | tr -d '\n')" = 00 ]
	[ "$(seen | grep -c ^/setup)" -eq 1 ]
}

@test "scope shard runs in each shard; teardown has the scope of setup by default" {
	fleet_scenario
	sed -i 's/scope: fleet/scope: shard/' scenario.yaml
	unset REPRISE_FLEET_DIR
	for i in 1 2; do shard $i/2; done
	wait
	[ "$(seen | grep -c ^/setup)" -eq 2 ]
	[ "$(seen | grep -c ^/teardown)" -eq 2 ]
	grep -q 'each of the 2 shards runs setup' 1.out

	: >"$NGINX_DIR/access.log"
	fleet_scenario
	sed -i 's|^teardown:|teardown:\n  scope: shard\n  steps:|' scenario.yaml
	for i in 1 2; do shard $i/2 --fleet-dir shared; done
	wait
	[ "$(seen | grep -c ^/setup)" -eq 1 ]
	[ "$(seen | grep -c ^/teardown)" -eq 2 ]
	[ -z "$(ls -A shared)" ]
}
