# Failure samples: complete exchanges as HAR, a curl command that repeats the request, no secrets.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

# har NAME EXPRESSION: evaluates EXPRESSION on `e`, the entries of out/failures/NAME.
har() {
	python3 -c 'import json, sys
e = json.load(open("out/failures/" + sys.argv[1]))["log"]["entries"]
print(eval(sys.argv[2]))' "$@"
}

@test "some exchanges of each kind of failure are saved, and the report has links to them" {
	start_nginx "location /no { return 503 'broken: <b>\"it\"</b>'; } location / { return 200 yes; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		load: {users: 3, iterations: 50}
		steps:
		  - post: /no?a=b
		    name: Order
		    headers: {X-Note: "it's"}
		    json: {thing: 1}
		    on_failure: continue
		  - get: /yes
		    expect: {body: {contains: something else}}
		    on_failure: continue
	END
	run --separate-stderr reprise run --plain --out out s.yaml
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"whole exchange: out/failures/status-1.har"* ]]
	[[ $output == *"whole exchange: out/failures/expect-1.har"* ]]
	[ "$(ls out/failures | tr '\n' ' ')" = "expect-1.har status-1.har " ]
	[ "$(har status-1.har 'len(e)')" = 3 ]
	[ "$(har status-1.har 'e[0]["request"]["method"], e[0]["request"]["url"]')" = "('POST', '$SERVER_URL/no?a=b')" ]
	[ "$(har status-1.har 'e[0]["request"]["postData"]["text"]')" = '{"thing":1}' ]
	[ "$(har status-1.har 'e[0]["response"]["status"]')" = 503 ]
	[ "$(har status-1.har 'e[0]["response"]["content"]["text"]')" = 'broken: <b>"it"</b>' ]
	[ "$(har expect-1.har 'e[0]["response"]["content"]["text"]')" = yes ]
	[ "$(har expect-1.har 'e[0]["_failure"]["at"]')" = s.yaml:10 ]
	[ "$(json out/summary.json '[f["exchange"] for f in d["failures"]]')" = \
		'["failures/status-1.har", "failures/expect-1.har"]' ]
	har status-1.har 'e[0]["comment"]' >again
	run --separate-stderr sh ./again
	[[ $output == *" 503 "*'broken: <b>"it"</b>' ]]
}

@test "no file in the folder contains secrets or credentials" {
	start_nginx "location / { add_header Set-Cookie sid=very-private always; return 500 \$request_uri; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		parameters:
		  PASSWORD: {default: hunter2-hunter2, secret: true}
		steps:
		  - post: /login?p=\${PASSWORD}
		    headers: {Authorization: "Bearer top-private"}
		    form: {password: "\${PASSWORD}"}
	END
	run reprise run --plain --out out s.yaml
	[ "$status" -eq 1 ]
	[ "$(har status-1.har 'e[0]["request"]["postData"]["text"]')" = 'password=***' ]
	run -1 grep -rq 'hunter2\|very-private\|top-private' out
}

@test "no part of a secret is left where a body was cut" {
	local secret=hunter2-hunter2-hunter2
	# The saved part of the body ends within the secret.
	{ head -c $((32768 - 10)) /dev/zero | tr '\0' x; echo "$secret and more"; } >body.txt
	start_nginx "location / { root $PWD; default_type text/plain; try_files /body.txt =404; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		parameters: {PASSWORD: {default: $secret, secret: true}}
		steps: [{get: /, expect: {body: {contains: absent}}}]
	END
	run -1 reprise run --plain --out out s.yaml
	[ "$(har expect-1.har 'e[0]["response"]["content"]["text"].strip("x")[:3]')" = '***' ]
	run -1 grep -rq hunter out
}

@test "no part of a secret is left where the client stopped to keep a body that nothing reads" {
	local secret=hunter2-hunter2-hunter2
	yes "$secret" | head -c 200000 >body.txt
	start_nginx "location / { error_page 418 /body.txt; return 418; }
		location = /body.txt { root $PWD; default_type text/plain; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		parameters: {PASSWORD: {default: $secret, secret: true}}
		steps: [{get: /}]
	END
	run -1 reprise run --plain --out out s.yaml
	[[ $(har status-1.har 'e[0]["response"]["content"]["text"]') == *'***' ]]
	[[ $(har status-1.har 'e[0]["response"]["content"]["comment"]') == 'the first '* ]]
	run -1 grep -rq hunter out
}

@test "a response with an unexpected status is saved with its body, even if no step reads the body" {
	start_nginx "location / { return 200 'not made'; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		defaults: {on_failure: continue}
		steps:
		  - post: /made
		    expect: {status: 201}
		  - get: /named
		    expect: {header: {X-Name: {exists: true}}}
		  - get: /known
		    extract: {name: {header: X-Name}}
	END
	run reprise run --plain --out out s.yaml
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(har status-1.har 'e[0]["response"]["status"], e[0]["response"]["content"]["text"]')" = "(200, 'not made')" ]
	[ "$(har expect-1.har 'e[0]["response"]["content"]["text"]')" = "not made" ]
	[ "$(har extract-1.har 'e[0]["response"]["content"]["text"]')" = "not made" ]
	[[ $(har extract-1.har 'e[0]["response"]["headers"]') == *Content-Length* ]]
}

@test "compressed, binary and long bodies; exchanges without a response" {
	start_origin
	python3 - <<-'END' >body.gz
		import gzip, sys
		sys.stdout.buffer.write(gzip.compress(b"compressed words " * 10000))
	END
	head -c 500 /dev/urandom >noise
	start_nginx "location /gz { error_page 418 /body.gz; return 418; }
		location = /body.gz { root $PWD; add_header Content-Encoding gzip always; default_type text/plain; }
		location /noise { error_page 418 /raw; return 418; }
		location = /raw { alias $PWD/noise; }
		location /gone { return 444; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		defaults: {on_failure: continue}
		steps:
		  - get: /gz
		  - get: /noise
		  - get: /gone
	END
	run reprise run --plain --out out s.yaml
	echo "$output"
	[ "$(har status-1.har 'e[0]["response"]["content"]["text"][:16]')" = "compressed words" ]
	[ "$(har status-1.har 'len(e[0]["response"]["content"]["text"])')" = 32768 ]
	[ "$(har status-2.har 'e[0]["response"]["content"]["encoding"]')" = base64 ]
	har status-2.har 'e[0]["response"]["content"]["text"]' | base64 -d | cmp - noise
	[ "$(har reset-1.har 'e[0]["response"]["status"]')" = 0 ]
}

@test "the folder of failures is empty after a run without failures" {
	start_nginx
	scenario s.yaml <<<"{target: '$SERVER_URL', steps: [{get: /}]}"
	run reprise run --plain --out out s.yaml
	[ "$status" -eq 0 ]
	[ -z "$(ls out/failures)" ]
}

@test "text from servers and scenarios is always escaped" {
	start_nginx "location / { add_header X-Evil '\"><script>=cmd' always;
		return 500 '=HYPERLINK(\"x\")\\n::error::pwned\\n##[error]pwned\\nreprise_evil 1\\n<script>alert(1)</script>'; }"
	cat >s.yaml <<-END
		name: "=cmd|' /C calc'!A0\n::error::pwned"
		target: $SERVER_URL
		scenarios:
		  - name: "\"} 1\nreprise_evil 1\n#"
		    steps:
		      - get: /
		        name: "::error::pwned\n##[error]pwned |<script>,evil=1\\\\"
		        expect: {body: {contains: "\u001b[31m]]>"}}
	END
	start_sinks
	local port pid
	port=$(free_port)
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/sum.md "$REPRISE" run --plain --out out --junit j.xml \
		--statsd "127.0.0.1:$STATSD" --influx influx --otlp "$WEB" --send-wait 60s --prometheus "$port" \
		--prometheus-linger 60s s.yaml >text 2>err </dev/null 3>&- &
	pid=$!
	wait_for 60 grep -q 'the last values stay' err || { cat text err; return 1; }
	fetch "http://127.0.0.1:$port/metrics" metrics
	wait $pid || true
	cat text
	[ "$(grep -c '^ *::' text)" = "$(grep -Ec '^::(error|warning) (file=s.yaml,line=6,)?title=(Threshold|Failed requests|The result is not valid)::' text)" ]
	run -1 grep -q '##\[' text err
	LC_ALL=C run -1 grep -q $'\033' text err sum.md j.xml influx metrics out/series.csv out/events.ndjson
	run -1 grep -q '^reprise_evil' metrics influx statsd.*
	run -1 grep -q '<script' sum.md j.xml
	python3 - <<-'END'
		import csv, glob, json, re, xml.etree.ElementTree as e
		rows = list(csv.reader(open("out/series.csv", newline="")))
		for row in rows:
		    assert len(row) == len(rows[0]), row
		    assert not re.match(r"\s*[=+@-]", row[0]), row
		suite = e.parse("j.xml").getroot().find("testsuite")
		assert suite.get("name").startswith("=cmd"), suite.get("name")
		assert len(suite) == 4, len(suite)
		for line in open("out/events.ndjson"):
		    json.loads(line)
		for name in glob.glob("out/failures/*.har"):
		    json.load(open(name))
		for line in open("metrics"):
		    assert line == "\n" or re.match(r"# |reprise_[a-z_]+(\{| )", line), line
		for line in open("influx"):
		    assert re.fullmatch(r"reprise[a-z_]*(,(?:[^ \\]|\\.)+)? \S+ \d+\n", line), line
		    assert not re.search(r"(?<!\\),evil=", line), line
		for name in glob.glob("statsd.*"):
		    for line in open(name).read().split("\n"):
		        assert re.fullmatch(r"reprise(\.[A-Za-z0-9_-]+)+:[0-9.]+\|(c|ms)(\|@[0-9.]+)?", line), line
		json.load(open("otlp"))
	END
}
