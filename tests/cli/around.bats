#!/usr/bin/env bats
# The steps before and after the scenarios: setup, teardown, before_user, after_user.

load helper

setup_file() {
	start_nginx "location /no { return 404; } location /slow { proxy_pass http://127.0.0.1:1; } location / { add_header X-Token t1; return 200; }"
}

teardown() {
	stop_servers # those the test itself started
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >"$NGINX_DIR/access.log"
}

# The server's request count matches the result.
accounts_hold() {
	[ "$(json r.json 'd["requests"]["started"] + d["requests"]["redirects"] + d["requests"]["retries"] + d["requests"]["resent"] + sum(d["unmeasured"].values())')" \
		= "$(wc -l <"$NGINX_DIR/access.log")" ]
}

around() {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 2, iterations: 2}
		setup:
		  - get: ${1:-/setup}
		    extract: {token: {header: X-Token}}
		before_user:
		  - get: ${2:-/before}/\${token}
		  - set: {mine: "u\${user.id}"}
		steps:
		  - get: /in/\${mine}
		  - set: {mine: gone}
		after_user:
		  - get: /after/\${mine}
		teardown:
		  - get: /teardown/\${token}
	END
}

@test "all users see the values of setup and before_user; fixtures are not measured" {
	around
	run reprise run -j 2 --json r.json scenario.yaml
	[ "$status" -eq 0 ]
	[ "$(nginx_paths | tr ' ' '\n' | sed '/^$/d' | sort | uniq -c | awk '{printf "%s×%s ", $1, $2}')" = \
		"1×/after/u1 1×/after/u2 2×/before/t1 2×/in/u1 2×/in/u2 1×/setup 1×/teardown/t1 " ]
	[ "$(json r.json '{k: n for k, n in d["unmeasured"].items() if n}')" = '{"setup": 1, "teardown": 1, "before_user": 2, "after_user": 2}' ]
	[ "$(json r.json '[s["name"] for s in d["steps"]]')" = '["GET /in/${mine}"]' ]
	accounts_hold
}

@test "a failed setup fails the run and is reported; teardown still runs" {
	around /no
	run reprise run --json r.json scenario.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"setup failed, so no user started"* ]]
	[[ $output == *"HTTP 404"*"scenario.yaml:4"*"GET /no"* ]]
	[ "$(nginx_paths)" = "/no /teardown/ " ]
	[ "$(json r.json 'd["failures"][0]["step"]')" = "GET /no" ]
	accounts_hold
}

@test "a failed before_user stops that user and fails the run" {
	around /setup /no
	run reprise run --json r.json scenario.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"2 failed in before_user"* ]]
	[ "$(json r.json 'd["users"]["failed"]')" = 2 ]
	[ "$(json r.json 'd["iterations"]["started"]')" = 0 ]
	accounts_hold
}

@test "a failed teardown fails the run regardless of thresholds and is reported in all outputs" {
	around
	sed -i 's|/teardown/.*|/no|' scenario.yaml
	echo 'thresholds: [error_rate < 50%]' >>scenario.yaml
	run reprise run --json r.json --junit j.xml --out out scenario.yaml
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"FAILED"*"teardown failed."* ]]
	[[ $output == *"HTTP 404"*"scenario.yaml:15"*"GET /no"* ]]
	[ "$(json r.json '[d["verdict"], d["teardown_failed"], d["thresholds"][0]["pass"]]')" = '["fail", 1, true]' ]
	grep -q 'teardown failed' j.xml
	accounts_hold
	run reprise merge out -o merged
	[ "$status" -eq 1 ]
	[[ $output == *"teardown failed."* ]]
	# A failure that the scenario ignores is ignored.
	sed -i 's|get: /no|{get: /no, on_failure: continue}|' scenario.yaml
	run reprise run scenario.yaml
	[ "$status" -eq 0 ]
}

@test "a failed after_user fails a run without thresholds and is reported" {
	around
	sed -i 's|/after/.*|/no|' scenario.yaml
	run reprise run --json r.json scenario.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"after_user failed, and no threshold allows that"*"2 failed in after_user"* ]]
	[ "$(json r.json 'd["users"]["after_user_failed"]')" = 2 ]
	# error_rate covers requests, not users.
	echo 'thresholds: [error_rate < 50%]' >>scenario.yaml
	run reprise run --json r.json scenario.yaml
	[ "$status" -eq 1 ]
	[ "$(json r.json 'd["thresholds"][1]')" = '{"check": "failed_iterations = 0 (default)", "value": 2.0, "unit": "", "pass": false, "default": true}' ]
	sed -i 's/^thresholds:.*/thresholds: [error_rate < 50%, failed_iterations <= 2]/' scenario.yaml
	run reprise run scenario.yaml
	[ "$status" -eq 0 ]
}

@test "after Ctrl-C, after_user and teardown still run" {
	around
	sed -i 's/load:.*/load: {users: 2, duration: 60s}/; s/^steps:/steps:\n  - think: 50ms/' scenario.yaml
	timeout -k 5 30 "$REPRISE" run --json r.json scenario.yaml >out 2>&1 3>&- &
	wait_for 10 grep -q /in/ "$NGINX_DIR/access.log"
	kill -INT "$(pgrep -P $!)"
	status=0
	wait $! || status=$?
	[ "$status" -eq 130 ]
	[[ "$(nginx_paths)" == *"/teardown/t1 " ]]
	[ "$(json r.json 'd["unmeasured"]["after_user"]')" = 2 ]
	accounts_hold
}

@test "teardown ends within --stop-grace" {
	python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(50); print(s.getsockname()[1], flush=True)
time.sleep(60)' >port 3>&- &
	wait_for 20 test -s port
	port=$(cat port)
	started silent $! "$port"
	scenario <<-END
		target: http://127.0.0.1:$port
		steps: [{get: /never}]
		teardown: [{get: /never}]
	END
	timeout -k 5 30 "$REPRISE" run --stop-grace 2s scenario.yaml >out 2>&1 3>&- &
	wait_for 20 connected "$port" 1
	begin=$SECONDS
	kill -INT "$(pgrep -P $!)"
	status=0
	wait $! || status=$?
	[ "$status" -eq 130 ]
	# Without the limit, each of the two requests would take 30 s.
	[ $((SECONDS - begin)) -le 20 ]
}

@test "redirects in fixtures are counted as unmeasured" {
	start_nginx "location /old { return 302 /new; } location / { return 200; }"
	scenario <<-END
		target: $SERVER_URL
		setup: [{get: /old}]
		steps: [{get: /old}]
	END
	run reprise run --json r.json scenario.yaml
	[ "$(json r.json '(d["unmeasured"]["setup"], d["requests"]["redirects"])')" = "[2, 1]" ]
	accounts_hold
}
