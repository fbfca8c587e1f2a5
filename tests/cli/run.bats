# `reprise run`: load, counts, outputs, exit statuses.

load helper

# This run takes 30 s, so it runs in the background; the last test checks it.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	scenario nobody.yaml <<<"{target: 'http://127.0.0.1:$(free_port)', load: {users: 2, duration: 1h}, steps: [{get: /}]}"
	{
		status=0
		timeout -k 5 600 "$REPRISE" run --json nobody.json nobody.yaml >nobody.out 2>&1 || status=$?
		echo $status >nobody.part
		mv nobody.part nobody.status
	} </dev/null >/dev/null 2>&1 3>&- &
	started nobody $!
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

@test "a run passes and reports it; counts match the server's" {
	start_demo
	scenario s.yaml <<-END
		name: Look around
		target: $SERVER_URL
		load: {users: 5, iterations: 20}
		steps:
		  - get: /
		  - get: /api/products
		    extract: {id: {regex: '"id": *(\d+)'}}
		  - get: /api/products/\${id}
		    name: One product
	END
	fetch "$SERVER_URL/stats" before.json
	run --separate-stderr reprise run --json r.json s.yaml
	echo "$output $stderr"
	[ "$status" -eq 0 ]
	[[ $output == PASSED* ]]
	[[ $stderr == *"Look around"*"5 users"*"seed"* ]]
	[ "$(json r.json 'd["requests"]["ok"]')" = 300 ]
	[ "$(json r.json 'd["iterations"]["completed"]')" = 100 ]
	[ "$(json r.json '[s["requests"]["ok"] for s in d["steps"]]')" = "[100, 100, 100]" ]
	fetch "$SERVER_URL/stats" after.json
	[ "$(json after.json 'd["requests"]')" = 300 ]
}

@test "without thresholds, a failed request fails the run and is reported with its line" {
	start_nginx "location /no { return 404; } location / { return 200; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		steps:
		  - get: /yes
		  - get: /no
		  - get: /never
	END
	run --separate-stderr reprise run --json r.json s.yaml
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == FAILED* ]]
	[ "$(json r.json 'd["failures"][0]["class"]')" = status ]
	[ "$(json r.json 'd["failures"][0]["at"]')" = s.yaml:4 ]
	[ "$(json r.json 'd["requests"]["started"]')" = 2 ]
	[ "$(json r.json 'd["iterations"]["failed"]')" = 1 ]
}

@test "thresholds decide the result if there are any" {
	start_nginx "location /no { return 404; } location / { return 200; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {iterations: 10}
		steps:
		  - get: /no
		    on_failure: continue
		  - get: /yes
		thresholds: [error_rate < 60%]
	END
	run reprise run s.yaml
	[ "$status" -eq 0 ]
	sed -i 's/60%/40%/' s.yaml
	run reprise run --json r.json s.yaml
	[ "$status" -eq 1 ]
	[ "$(json r.json 'd["thresholds"][0]["pass"]')" = false ]
	[ "$(json r.json 'd["verdict"]')" = fail ]
}

@test "a threshold in long form is named like its short form" {
	start_nginx
	scenario s.yaml <<-END
		target: $SERVER_URL
		steps: [{get: /, name: 'the "home"'}]
		thresholds:
		  - {check: p95<9s, step: 'the "home"', for: 2s, after: 90s}
		  - {check: error_rate < 1%, scenario: s}
	END
	run reprise run --json r.json s.yaml
	[ "$(json r.json '[t["check"] for t in d["thresholds"]]')" = \
		'["p95 of \"the \\\"home\\\"\" <9s for 2s after 1m30s", "error_rate of \"s\" < 1%", "failed_iterations = 0 (default)"]' ]
}

@test "an error in the scenario exits with status 2, and nothing is sent" {
	start_nginx
	scenario s.yaml <<-END
		target: $SERVER_URL
		steps:
		  - gte: /
	END
	run reprise run s.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"s.yaml:3:"*"nothing was sent"* ]]
	[ ! -s "$NGINX_DIR/access.log" ]
	run reprise run nowhere.yaml
	[ "$status" -eq 2 ]
	run reprise run --no-such-option s.yaml
	[ "$status" -eq 2 ]
}

@test "an output that cannot be opened exits with status 2, and nothing is sent" {
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', steps: [{get: /}]}"
	run reprise run --json /nowhere/r.json s.yaml
	[ "$status" -eq 2 ]
	[ ! -s "$NGINX_DIR/access.log" ]
}

@test "an unreachable target exits with status 3" {
	scenario s.yaml <<<"{target: 'http://127.0.0.1:$(free_port)', steps: [{get: /}]}"
	run reprise run --json r.json s.yaml
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"never reached"* ]]
	[ "$(json r.json 'd["failures"][0]["class"]')" = connect ]
}

@test "users pause if no server listens, and the pauses are reported" {
	scenario s.yaml <<<"{target: 'http://127.0.0.1:$(free_port)', load: {users: 2, duration: 2s}, steps: [{get: /}]}"
	run reprise run --json r.json s.yaml
	[ "$status" -eq 3 ]
	[[ $output == *"paused"*"after an iteration that reached no server"* ]]
	# At 0, 0.1, 0.3, 0.7 and 1.5 s at most.
	[ "$(json r.json '2 <= d["requests"]["started"] <= 10 and d["users"]["pauses"] >= 2')" = true ]
}

@test "several files run one after another; the worst status counts" {
	start_nginx "location /no { return 404; } location / { return 200; }"
	scenario good.yaml <<<"{name: Good, target: '$SERVER_URL', steps: [{get: /}]}"
	scenario bad.yaml <<<"{name: Bad, target: '$SERVER_URL', steps: [{get: /no}]}"
	scenario gone.yaml <<<"{name: Gone, target: 'http://127.0.0.1:$(free_port)', steps: [{get: /}]}"
	run reprise run -q bad.yaml good.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"FAILED"*"Bad"*"PASSED"*"Good"* ]]
	run reprise run -q bad.yaml gone.yaml good.yaml
	[ "$status" -eq 3 ]
}

@test "the scenario from standard input, the result to standard output" {
	start_nginx
	run --separate-stderr reprise run --json - - <<<"{target: '$SERVER_URL', steps: [{get: /}]}"
	[ "$status" -eq 0 ]
	[ "$(json - 'd["requests"]["ok"]' <<<"$output")" = 1 ]
	[[ $stderr == *PASSED* ]]
}

@test "a closed pipe on standard output does not lose the result" {
	start_demo
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 1, duration: 1h}
		steps: [{get: /api/products}, {think: 10ms}]
	END
	"$REPRISE" run --out out s.yaml > >(head -1 >first) 2>&1 </dev/null 3>&- &
	pid=$!
	wait_for 20 test -s first
	wait_for 20 connected "$SERVER_PORT" 1
	sleep 0.2
	kill -INT $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 130 ]
	[ "$(json out/summary.json 'd["requests"]["ok"] > 0')" = true ]
}

@test "options replace the load, and the first line reports it" {
	start_nginx
	scenario s.yaml <<-END
		{target: '$SERVER_URL', load: {users: 900, duration: 1h}, steps: [{get: /}, {think: 50ms}]}
	END
	run --separate-stderr reprise run -u 3 -i 4 --seed 11 --json r.json s.yaml
	[ "$status" -eq 0 ]
	[[ $stderr == *"3 users"*"option -u"*"seed 11"* ]]
	[ "$(json r.json 'd["requests"]["ok"]')" = 12 ]
	[ "$(json r.json 'd["users"]["max"]')" = 3 ]
	[ "$(json r.json 'd["seed"]')" = 11 ]
}

@test "-q prints only the result" {
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', steps: [{get: /}]}"
	run --separate-stderr reprise run -q s.yaml
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == PASSED* ]]
	[[ $output != *"step  "* ]]
	scenario s.yaml <<<"{target: '$SERVER_URL', steps: [{get: /, expect: {status: 204}}]}"
	run --separate-stderr reprise run -q s.yaml
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
	[[ $output == FAILED*"failed  1 × HTTP 200, expected 204"* ]]
	[[ $output != *"step  "* ]]
}

@test "no escape sequences without a terminal" {
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', steps: [{get: /}]}"
	reprise run s.yaml >out 2>&1
	run -1 grep -q $'[\e\r]' out
}

@test "the number of workers does not change the work" {
	start_nginx
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 7, total_iterations: 500}
		scenarios:
		  - {name: A, weight: 3, steps: [{get: /a}]}
		  - {name: B, steps: [{get: /b}]}
	END
	for j in 1 2 3; do
		run reprise run -j $j --json r.json s.yaml
		[ "$status" -eq 0 ]
		[ "$(json r.json 'd["requests"]["ok"]')" = 500 ]
	done
	[ "$(grep -c . "$NGINX_DIR/access.log")" -eq 1500 ]
}

@test "the same seed makes the same choices" {
	start_nginx
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 4, iterations: 25}
		steps:
		  - get: /\${user.id}/\${iteration}/\${random_int(1, 1000000)}
		    name: Draw
	END
	for j in 1 2; do
		: >"$NGINX_DIR/access.log"
		reprise run --seed 5 -j $j -q s.yaml
		grep -o 'GET [^ ]*' "$NGINX_DIR/access.log" | sort >seen.$j
	done
	[ "$(grep -c . seen.1)" -eq 100 ]
	diff seen.1 seen.2
}

@test "--once runs each scenario once, without think time" {
	start_nginx
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 50, duration: 1h}
		scenarios:
		  - {name: A, steps: [{get: /a}, {think: 1h}, {get: /a2}]}
		  - {name: B, weight: 0.001, steps: [{get: /b}]}
		thresholds: [p50 < 1us]
	END
	run reprise run --once --json r.json s.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(json r.json '[s["requests"]["ok"] for s in d["steps"]]')" = "[1, 1, 1]" ]
}

@test "even arrivals start as planned, each as a new user" {
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {arrivals: 200/s, duration: 2s}, steps: [{get: /}]}"
	run reprise run --json r.json s.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(json r.json 'd["requests"]["ok"]')" = 400 ]
	[ "$(json r.json 'd["iterations"]["completed"]')" = 400 ]
	[ "$(json r.json 'd["dropped_arrivals"]')" = 0 ]
	[ "$(json r.json 'd["generator"]["schedule_lag_ms"]["samples"]')" = 400 ]
}

@test "arrivals above max_users are dropped and counted" {
	start_demo --latency 1s
	scenario s.yaml <<<"{target: '$SERVER_URL', load: {arrivals: 20/s, duration: 2s, max_users: 5}, steps: [{get: /}]}"
	run reprise run --json r.json s.yaml
	echo "$output"
	[ "$(json r.json 'd["dropped_arrivals"] + d["requests"]["started"]')" = 40 ]
	[ "$(json r.json 'd["users"]["max"]')" = 5 ]
	[ "$(json r.json '5 <= d["requests"]["ok"] <= 15')" = true ]
}

@test "-v prints failures and log messages" {
	start_nginx "location /no { return 503; } location / { return 200; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		steps:
		  - set: {x: "\${1 + 2}"}
		  - log: "x is \${x}"
		  - get: /no
	END
	run reprise run -v s.yaml
	[[ $output == *"user 1, iteration 1: x is 3"* ]]
	[[ $output == *"s.yaml:5"*"GET /no"*"HTTP 503"* ]]
	run reprise run s.yaml
	[[ $output != *"x is 3"* ]]
}

@test "a host that is not allowed is never contacted, also not by a redirect" {
	start_nginx "location /away { return 302 http://localhost:\$server_port/; } location / { return 200; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		steps:
		  - get: /away
	END
	run reprise run --json r.json s.yaml
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(json r.json 'd["failures"][0]["class"]')" = blocked_host ]
	[[ "$(json r.json 'd["failures"][0]["example"]')" == *allowed_hosts*localhost* ]]
	[ "$(grep -c . "$NGINX_DIR/access.log")" -eq 1 ]
	echo "allowed_hosts: [localhost]" >>s.yaml
	run reprise run --json r.json s.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(json r.json 'd["requests"]["redirects"]')" = 1 ]
}

@test "options and environment settings are printed at the start, without secrets" {
	start_nginx
	scenario s.yaml <<-END
		target: $SERVER_URL
		parameters:
		  WORD: {default: hat}
		  KEY: {required: true, secret: true}
		steps:
		  - get: /?q=\${WORD}
		    headers: {X-Key: "\${KEY}"}
	END
	run reprise run -p WORD=coat -p KEY=s3cret s.yaml
	[ "$status" -eq 0 ]
	[[ $output == *"WORD is 'coat' (option -p)"* ]]
	[[ $output == *"KEY is secret"* ]]
	[[ $output != *s3cret* ]]
	grep -q 'q=coat' "$NGINX_DIR/access.log"
}

@test "detailed failures mask secrets, also in results" {
	start_nginx
	scenario s.yaml <<-END
		target: $SERVER_URL
		parameters: {KEY: {required: true, secret: true}}
		steps:
		  - get: /r?key=\${KEY}
		    name: Look
		    expect: {body: {contains: "nothing like \${KEY}"}}
	END
	run reprise run -vv -p 'KEY=s3cr3t key' --json r.json s.yaml
	echo "$output"
	[[ $output == *"/r?key=***"*"200 in"*"application/json"* ]]
	[[ $output == *"s.yaml:6  Look  user 1, iteration 1"*'body: {"ok": true}'* ]]
	[[ $output != *s3cr3t* ]]
	run -1 grep -q s3cr3t r.json
	run reprise run --once -p 'KEY=s3cr3t key' s.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"  GET http://"*"200 in"*"body: "* ]]
	run reprise run -p 'KEY=s3cr3t key' s.yaml
	[[ $output != *"body: {"* ]]
}

@test "a run that cannot connect for 30 s ends" {
	cd "$BATS_FILE_TMPDIR"
	wait_for 120 test -e nobody.status
	[ "$(cat nobody.status)" -eq 3 ]
	grep -q 'no connection could be made for 30 s; the run ends here' nobody.out
	[ "$(json nobody.json '[d["stopped_by"], d["duration_s"] >= 30, d["requests"]["started"] < 100]')" = '["30 s without any connection", true, true]' ]
}

@test "a run names the methods that it sends to other machines, except GET and HEAD" {
	start_nginx "location / { return 200; }"
	scenario <<-END
		target: http://shop.test:$SERVER_PORT
		defaults: {resolve: {"shop.test:$SERVER_PORT": 127.0.0.1, "api.test:$SERVER_PORT": 127.0.0.1}}
		allowed_hosts: ["api.test:$SERVER_PORT"]
		variables: {where: 1}
		steps:
		  - get: /
		  - head: /
		  - post: /cart
		  - put: /cart/1
		  - delete: /cart/${where}
		  - post: http://api.test:$SERVER_PORT/orders
	END
	sed -i 's/cart\/$/cart\/${where}/' scenario.yaml
	run -0 --separate-stderr reprise run --once scenario.yaml
	[[ "$stderr" == *"this run sends POST, PUT and DELETE to shop.test:$SERVER_PORT, POST to api.test:$SERVER_PORT"* ]]
	run -0 --separate-stderr reprise run -q --once scenario.yaml
	[[ "$stderr" != *"this run sends"* ]]
	scenario <<<'steps: [{post: /}]'
	for loopback in 127.0.0.1 localhost shop.localhost; do
		run -0 --separate-stderr reprise run --once -t "http://$loopback:$SERVER_PORT" scenario.yaml
		[[ "$stderr" != *"this run sends"* ]]
	done
}
