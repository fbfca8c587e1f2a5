#!/usr/bin/env bats
# Options of run that select the scenarios and the output.

load helper

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/www"
	printf 'x\0y' >"$BATS_FILE_TMPDIR/www/bin"
	chmod 755 "$BATS_FILE_TMPDIR" "$BATS_FILE_TMPDIR/www"
	start_nginx "location /no { add_header X-Mine 1; return 404 'a page that does not exist'; } location = /bin { root $BATS_FILE_TMPDIR/www; } location /cookie { add_header Set-Cookie 'sid=abcdef12345; Path=/'; return 200 '{\"token\": \"t0psecret\"}'; } location / { return 200; }"
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

three() {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 2, iterations: 10}
		scenarios:
		  - name: Buy hats
		    steps: [{get: /hats, name: Hats}]
		  - name: Buy shoes
		    steps: [{get: /shoes}]
		  - name: Browse
		    steps: [{get: /browse, name: Look}]
		thresholds:
		  - p95 of "Hats" < 1m
		  - p95 of "Look" < 1m
		  - error_rate < 1%
	END
}

@test "--only skips the other scenarios and their thresholds" {
	three
	run reprise run --only 'Buy*' --json r.json scenario.yaml
	[ "$status" -eq 0 ]
	[[ "$(nginx_paths)" != *browse* ]]
	[ "$(json r.json '[s["scenario"] for s in d["steps"]]')" = '["Buy hats", "Buy shoes"]' ]
	[ "$(json r.json '[t["check"] for t in d["thresholds"]]')" = '["p95 of \"Hats\" < 1m", "error_rate < 1%", "failed_iterations = 0 (default)"]' ]
	: >"$NGINX_DIR/access.log"
	run reprise run --once --only Browse --only '*shoes' scenario.yaml
	[ "$(nginx_paths)" = "/shoes /browse " ]
	run reprise run --only Brwse scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"--only: there is no scenario named 'Brwse'; did you mean 'Browse'?"* ]]
}

@test "--only: an exact name matches, whatever characters it has" {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 1, iterations: 1}
		scenarios:
		  - {name: "Checkout [mobile]", steps: [{get: /shoes}]}
		  - {name: "Checkout [m]", steps: [{get: /hats}]}
		  - {name: "All *", steps: [{get: /browse}]}
	END
	: >"$NGINX_DIR/access.log"
	run -0 reprise run --once --only 'Checkout [mobile]' --only 'All *' scenario.yaml
	[ "$(nginx_paths)" = "/shoes /browse " ]
	run -2 reprise run --once --only 'Checkout [mobil]' scenario.yaml
	[[ $output == *"named 'Checkout [mobil]'; did you mean 'Checkout [mobile]'?"* ]]
}

@test "--once runs each scenario once; a failure is shown and exits with status 1" {
	three
	sed -i 's|get: /shoes|get: /no, on_failure: stop_user, expect: {body: {contains: shoe}, status: 404}|' scenario.yaml
	run reprise run --once scenario.yaml
	[ "$status" -eq 1 ]
	[ "$(nginx_paths)" = "/hats /no /browse " ]
	[[ $output == *"scenario.yaml:7  GET /no  user 1, iteration 2"* ]]
	[[ $output == *"  GET $SERVER_URL/no  →  404 in "* ]]
	[[ $output == *"body: a page that does not exist"* ]]
}

@test "--think off, and a factor" {
	scenario <<-END
		target: $SERVER_URL
		steps: [{get: /}, {think: 60s}, {get: /}]
	END
	run reprise run --think off --json r.json scenario.yaml
	[ "$(json r.json 'd["duration_s"] < 50')" = true ]
	run reprise run --think 0.005 --json r.json scenario.yaml
	[ "$(json r.json '0.29 < d["duration_s"] < 50')" = true ]
	run reprise run --think fast scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"--think: "* ]]
}

@test "--max-requests is never exceeded, whatever the users and threads are" {
	scenario <<-END
		target: $SERVER_URL
		steps:
		  - repeat: 3
		    steps: [get: /a, get: /a]
		  - parallel: [get: /a, get: /a]
	END
	for options in "-u 1" "-u 20 -j 2" "--arrivals 200/s"; do
		# shellcheck disable=SC2086
		LIMIT_S=20 run reprise run $options -d 10s --max-requests 37 --json r.json scenario.yaml
		echo "$output"
		[ "$status" -eq 0 ]
		[[ $output == *"--max-requests: 37 requests have been sent; the run stops"* ]]
		[ "$(json r.json 'd["requests"]["started"]')" = 37 ]
		[ "$(json r.json 'd["stopped_by"]')" = --max-requests ]
	done
}

@test "--fail-fast stops at the first failure and prints it" {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 3, duration: 60s}
		steps: [{get: /a}, {think: 20ms}, {get: /no, on_failure: continue}]
		thresholds: [error_rate < 100%]
	END
	LIMIT_S=20 run reprise run --fail-fast --json r.json scenario.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"the first failure stops the run: scenario.yaml:3: HTTP 404"* ]]
	[[ $output == *"FAILED"* ]]
	[ "$(json r.json 'd["duration_s"] < 50')" = true ]
	[ "$(json r.json 'd["stopped_by"]')" = "the first failure, because of --fail-fast" ]
}

@test "-vv prints decoded exchanges with masked credentials and secrets" {
	printf 'user,card\nann,4111-77 "x"\n' >accounts.csv
	scenario <<-END
		target: $SERVER_URL
		parameters: {KEY: {secret: true, required: true}}
		data: {account: {file: accounts.csv, secret: [card]}}
		steps:
		  - get: /cookie?k=\${KEY}
		    headers: {Authorization: "Bearer \${KEY}", X-Plain: seen}
		    extract:
		      token: {jsonpath: "$.token", secret: yes}
		  - post: /pay
		    json: {card: "\${account.card}", who: "\${account.user}", t: "\${token}"}
		  - post: /pay
		    form: {card: "\${account.card}"}
		  - get: /bin
		  - get: /no?t=\${token}
	END
	run reprise run -vv -p 'KEY=k3yk3y/1 2' --json r.json scenario.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"> X-Plain: seen"* ]]
	[[ $output == *"> Authorization: ***"* ]]
	[[ $output == *"< Set-Cookie: "*=\*\*\** ]]
	[[ $output == *'> {"card":"***","who":"ann","t":"***"}'* ]]
	[[ $output == *"> card=***"* ]]
	[[ $output == *"< 3 bytes, not text"* ]]
	[[ $output == *"< a page that does not exist"* ]]
	for secret in k3yk3y 4111-77 t0psecret abcdef12345; do
		[[ $output != *$secret* ]]
	done
	run -1 grep -q 'k3yk3y\|4111-77\|t0psecret\|abcdef12345' r.json
}

@test "no message contains a secret: log, expression failures, the target, --once" {
	scenario <<-END
		target: $SERVER_URL/\${KEY}
		parameters: {KEY: {secret: true, required: true}}
		steps:
		  - log: "the key is \${KEY}"
		  - get: /cookie
		    on_failure: continue
		    extract: {token: {regex: ".*", default: "x\${KEY}"}}
		    expect: {body: "\${KEY}"}
		  - set: {n: "\${token | int}"}
	END
	run reprise run -vv -p KEY=k3yk3y --json r.json scenario.yaml
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"the key is ***"* ]]
	[[ $output != *k3yk3y* ]]
	run -1 grep -q k3yk3y r.json
	run reprise show --program -p KEY=k3yk3y scenario.yaml
	[[ $output != *k3yk3y* ]]
	run reprise show -p KEY=k3yk3y scenario.yaml
	[[ $output != *k3yk3y* ]]
	sed -i 's/token | int/KEY | int/' scenario.yaml
	run reprise check -p KEY=k3yk3y scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"this expression fails with its secret value"* ]]
	[[ $output != *k3yk3y* ]]
}

@test "--once fails if setup, teardown, before_user or after_user fails" {
	scenario <<-END
		target: $SERVER_URL
		steps: [{get: /}]
		teardown: [{get: /no, on_failure: continue}]
	END
	run reprise run scenario.yaml
	[ "$status" -eq 0 ]
	run reprise run --once scenario.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"scenario.yaml:3  GET /no  teardown"* ]]
}

@test "--trace-user prints the exchanges of one user" {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 3, iterations: 1}
		before_user: [{get: "/login/\${user.id}"}]
		steps: [{get: "/u\${user.id}"}]
	END
	run reprise run --trace-user 2 scenario.yaml
	[ "$status" -eq 0 ]
	[[ $output == *"user 2, before_user  GET $SERVER_URL/login/2  →  200 in"* ]]
	[[ $output == *"user 2, iteration 1  GET $SERVER_URL/u2  →  200 in"* ]]
	[[ $output != *"/u1 "* ]]
	[[ $output != *"/u3 "* ]]
}

@test "long bodies are cut with a note of the omitted size; no control characters are printed" {
	dir="$BATS_TEST_TMPDIR/www"
	mkdir "$dir"
	chmod 755 "$dir" "$BATS_TEST_TMPDIR"
	python3 -c 'print("\x1b[31mred\x1b]0;title\x07" + "ä" * 50000, end="")' >"$dir/long.txt"
	start_nginx "root $dir;"
	scenario <<-END
		target: $SERVER_URL
		steps: [{get: /long.txt}]
	END
	run reprise run -vv scenario.yaml
	[ "$status" -eq 0 ]
	[[ $output == *'\x1B[31mred\x1B]0;title\x07ä'* ]]
	[[ $output == *"… and "*" bytes more"* ]]
	[[ $output != *$'\x1b'* ]]
	[ ${#output} -lt 12000 ]
}

@test "-vv of a redirect prints exactly the headers that were sent" {
	start_origin
	scenario <<-END
		target: $SERVER_URL
		steps: [{post: /redirect/303, form: {a: b}, headers: {X-Kept: 1}}]
	END
	run reprise run --once -vv scenario.yaml
	[ "$(grep -c '> Content-Type: application/x-www' <<<"$output")" -eq 1 ]
	[ "$(grep -c '> X-Kept: 1' <<<"$output")" -eq 2 ]
	[[ "$output" != *'"Content-Type"'* ]]
}

@test "a required parameter without a value is an error only if something uses it" {
	scenario <<-END
		target: $SERVER_URL
		parameters: {OLD: {required: yes}, USERS: {required: yes}, WORD: {required: yes}}
		load: {users: "\${USERS}", iterations: 1}
		steps:
		  - get: /\${WORD}
	END
	run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"the parameter USERS has no value"*"the parameter WORD has no value"* ]]
	[[ $output != *"OLD has no value"* ]]
	run reprise run -p USERS=1 -p WORD=hat scenario.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"the parameter 'OLD' is not used"* ]]
	[ "$(nginx_paths)" = "/hat " ]
}

@test "parameters: types, required, files, environment and --env-file reach the server" {
	scenario <<-END
		target: $SERVER_URL
		parameters:
		  WORD: {default: hat}
		  COUNT: {default: 2}
		  PAUSE: {default: 10ms}
		  KEY: {required: true, secret: true}
		load: {users: 1, iterations: "\${COUNT}"}
		steps:
		  - get: /\${WORD}/\${COUNT + 1}/\${KEY}
		  - think: \${PAUSE}
	END
	run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"the parameter KEY has no value"* ]]
	printf 'k-file\n' >key
	run reprise run -p KEY=@key scenario.yaml
	[ "$status" -eq 0 ]
	[ "$(nginx_paths)" = "/hat/3/k-file /hat/3/k-file " ]
	[[ $output != *k-file* ]]
	: >"$NGINX_DIR/access.log"
	KEY_FILE=key WORD=coat COUNT=1 run reprise run scenario.yaml
	[ "$(nginx_paths)" = "/coat/2/k-file " ]
	[[ $output == *"WORD is 'coat' (environment WORD)"* ]]
	: >"$NGINX_DIR/access.log"
	printf '# test\nexport KEY="k env"\nCOUNT=1\nWORD=\n' >env
	run reprise run --env-file env -p WORD=sock scenario.yaml
	[ "$(nginx_paths)" = "/sock/2/k%20env " ]
	COUNT=many run reprise run -p KEY=1 scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"COUNT from environment COUNT: "* ]]
	KEY=a KEY_FILE=key run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"sets both KEY and KEY_FILE"* ]]
	run reprise run -p KYE=1 -p KEY=2 scenario.yaml
	[[ $output == *"did you mean KEY?"* ]]
}

@test "--env-file: quotes, escapes and trailing comments" {
	cat >env <<-'END'
		PLAIN = two words # a comment
		HASH=a#b
		DOUBLE="say \"hi\" \\ # no comment" # a comment
		SINGLE='it''s # $5' # not closed as a shell would
		QUOTED='a \ # b'	# a comment
		EMPTY= # nothing
		HALF="a"b
	END
	names='PLAIN HASH DOUBLE SINGLE QUOTED EMPTY HALF'
	{
		echo "target: $SERVER_URL"
		echo "parameters:"
		for name in $names; do echo "  $name: {default: none}"; done
		echo "steps:"
		for name in $names; do echo "  - log: '$name <\${$name}>'"; done
	} >scenario.yaml
	run reprise run --once -v --env-file env scenario.yaml
	echo "$output"
	[[ "$output" == *"PLAIN <two words>"* ]]
	[[ "$output" == *"HASH <a#b>"* ]]
	[[ "$output" == *'DOUBLE <say "hi" \ # no comment>'* ]]
	[[ "$output" == *"QUOTED <a \\ # b>"* ]]
	[[ "$output" == *"EMPTY <none>"* ]]
	[[ "$output" == *'HALF <"a"b>'* ]]
}

@test "options and commands of other tools, and a file instead of a command, have helpful messages" {
	while IFS='|' read -r words expected; do
		run -2 "$REPRISE" $words
		[[ "$output" == *"$expected"* ]] || { echo "$words: $output"; false; }
	done <<-'END'
		run -once x.yaml|unknown option '-once'; did you mean '--once'?
		run -users 5 x.yaml|did you mean '--users'?
		run --vus 5 x.yaml|unknown option '--vus'; use --users
		run --rps=5 x.yaml|use --arrivals with a unit, such as --arrivals 20/s
		run --rate 5 x.yaml|use --arrivals with a unit
		run --host=http://a x.yaml|use --target
		run --insecure x.yaml|use 'tls: {verify: no}' under 'defaults' in the file
		run -k x.yaml|unknown option '-k'; use 'tls: {verify: no}'
		run -c10 x.yaml|unknown option '-c'; use --users (-u)
		x.yaml|'x.yaml' is a file, not a command; use: reprise run x.yaml
		visit.har|use: reprise import har visit.har
		http://127.0.0.1:9/|record a scenario with: reprise record http://127.0.0.1:9/
		validate x.yaml|unknown command 'validate'; use: reprise check FILE
		test x.yaml|unknown command 'test'; use: reprise run FILE
	END
	# Letters that do not spell an option stay letters.
	run -2 "$REPRISE" run -vq
	[[ "$output" != *"unknown option"* ]]
}

@test "a URL instead of a file, and an option instead of a command, have helpful messages" {
	run -2 "$REPRISE" run http://127.0.0.1:9
	[[ "$output" == *"expected a scenario file, found a URL"*"--target"* ]]
	run -2 "$REPRISE" -u 5 run shop.yaml
	[[ "$output" == *"put options after it: reprise run -u"* ]]
}
