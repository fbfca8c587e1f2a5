# `run --once -v`: what each step did. Failures with an HTML page show what a person would read.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	start_nginx 'location = /old { return 302 /new; }
		location = /new { add_header X-Kind "a\"b" always; default_type text/html; return 200 "<title>New</title><h1>Hello</h1><a href=/x>next</a>"; }
		location = /broken { default_type text/html; return 500 "<html><head><title>Oops &amp; more</title><style>no</style></head><body><h1>It broke</h1><script>no()</script><p>Call <b>us</b>.</p></body></html>"; }
		location = /long { default_type text/plain; return 500 "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"; }
		location / { default_type text/plain; return 200 "token=abcdef-secret"; }'
}

teardown() {
	stop_servers
}

@test "each step: request, redirects, status, extracted values, passed and failed expectations" {
	scenario s.yaml <<-END
		target: $SERVER_URL
		defaults: {on_failure: continue}
		steps:
		  - get: /old
		    name: Moved
		    extract:
		      heading: {css: h1}
		      links: {css: a, match: all}
		    expect: {status: 200, body: {contains: Hello}}
		  - get: /token
		    extract: {token: {regex: "token=(.*)", secret: yes}}
		  - get: /new?\${heading}\${links}\${token}
		    expect:
		      header: {X-Kind: other}
		      status: 200
		      body: {contains: missing}
	END
	run -1 --separate-stderr reprise run --once -v s.yaml
	echo "$stderr"
	grep -A6 '^s.yaml:4  Moved  user 1, iteration 1$' <<<"$stderr" >moved
	grep -Eqx "  GET $SERVER_URL/old  →  302 in [0-9.]+ .?s, .*" moved
	grep -Eqx "  GET $SERVER_URL/new  →  200 in [0-9.]+ .?s, .* of text/html(, transport: .*)?" moved
	grep -qx '  extracted  heading = "Hello"' moved
	grep -qx '  extracted  links = \["next"\]' moved
	grep -qx '  passed     status  (s.yaml:9)' moved
	grep -qx '  passed     body  (s.yaml:9)' moved
	grep -qx '  extracted  token = \*\*\*' <<<"$stderr"
	run -1 grep -q 'abcdef-secret' <<<"$stderr"
	# After the first failed expectation, the others are checked too.
	grep -q '^  failed     expected the header X-Kind to be "other", got "a\\\?"b"  (s.yaml:14)$' <<<"$stderr"
	grep -q '^  passed     status  (s.yaml:15)$' <<<"$stderr"
	grep -q '^  failed     expected the body to contain "missing", got ".*  (s.yaml:16)$' <<<"$stderr"
	# Only -v prints this, and only with --once.
	run -1 --separate-stderr reprise run --once s.yaml
	[[ "$stderr" != *"extracted  "* ]]
	run -1 --separate-stderr reprise run -v s.yaml
	[[ "$stderr" != *"extracted  "* ]]
}

@test "branches of parallel steps, retries and requests without a response" {
	scenario s.yaml <<-END
		target: $SERVER_URL
		allowed_hosts: [127.0.0.1]
		defaults: {on_failure: continue}
		steps:
		  - parallel:
		      - {get: /old, name: one, expect: {status: 200}}
		      - {get: /a, name: two, expect: {status: 200}}
		  - {get: /broken, name: again, retry: {times: 1, when: 5xx}}
		  - {get: "http://127.0.0.1:9/", name: nobody}
	END
	run -1 --separate-stderr reprise run --once -v s.yaml
	echo "$stderr"
	grep -A3 '^s.yaml:6  one  ' <<<"$stderr" >one
	[ "$(grep -c ' →  ' one)" -eq 2 ]
	[ "$(grep -c '^s.yaml:8  again  ' <<<"$stderr")" -ge 2 ]
	[ "$(grep -c '^  failed     HTTP 500$' <<<"$stderr")" -eq 2 ]
	grep -A2 '^s.yaml:9  nobody' <<<"$stderr" | grep -q '^  GET http://127.0.0.1:9/  →  no response after '
}

@test "a failure with an HTML page shows the title and the text, and where the whole response is" {
	scenario s.yaml <<-END
		target: $SERVER_URL
		defaults: {on_failure: continue}
		steps:
		  - get: /broken
		  - get: /long
		  - get: /token
		    expect: {status: 204}
	END
	run -1 --separate-stderr reprise run --once s.yaml
	echo "$stderr"
	grep -qx '  page: "Oops & more": It broke Call us.' <<<"$stderr"
	[ "$(grep -c '^  whole response: use -vv to print it, or --out DIR to save it$' <<<"$stderr")" -eq 2 ]
	grep -qx '  body: token=abcdef-secret' <<<"$stderr"
	run -1 --separate-stderr reprise run --once --out out s.yaml
	file=$(sed -n 's|^  whole response: ||p' <<<"$stderr" | head -1)
	[[ "$file" == out/failures/status-*.har ]]
	grep -q 'Call <b>us</b>' "$file"
	# With -vv the response is printed already.
	run -1 --separate-stderr reprise run --once -vv s.yaml
	[[ "$stderr" != *"whole response"* ]]
}

@test "notes about the byte order mark and line ends are only in check" {
	printf '\xef\xbb\xbftarget: %s\r\nsteps:\r\n  - get: /new\r\n' "$SERVER_URL" >s.yaml
	run -0 --separate-stderr reprise check s.yaml
	[[ "$stderr" == *"[W103]"*"[W104]"* ]]
	for command in "show" "run --once"; do
		run -0 --separate-stderr reprise $command s.yaml
		[[ "$stderr" != *W10* ]]
	done
}
