# The curl command of a failure sends the same request: the real curl runs it, and a server that
# records requests compares both (recorder.py).
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" python3 -B "$SRCDIR/tests/cli/recorder.py" port sent.json >recorder.out 2>&1 </dev/null 3>&- &
	local pid=$!
	wait_for 20 test -s port || { cat recorder.out; return 1; }
	started recorder $pid "$(cat port)"
}

teardown() {
	stop_servers
}

# commands: the curl commands of out/failures, each in a file again/N.
commands() {
	mkdir -p again
	python3 - <<-'END'
		import glob, json
		entries = [e for name in glob.glob("out/failures/*.har") for e in json.load(open(name))["log"]["entries"]]
		entries.sort(key=lambda e: e["startedDateTime"])
		for number, entry in enumerate(entries):
		    open("again/%02d" % number, "w").write(entry["comment"] + "\n")
		print(len(entries))
	END
}

# compared: runs every command with sh and compares what the recorder got with what reprise sent.
compared() {
	[ "$(commands)" -eq "$(wc -l <sent.json)" ]
	cp sent.json first.json
	: >sent.json
	for file in again/*; do
		cat "$file"
		run -0 --separate-stderr sh "$file"
		[[ "$output" == *" 500 "* ]]
	done
	python3 - <<-'END'
		import json, sys
		def requests(name):
		    # curl and reprise may send the headers in another order.
		    return [(r["line"], sorted(map(tuple, r["headers"])), r["body"]) for r in map(json.loads, open(name))]
		first, again = sorted(requests("first.json")), sorted(requests("sent.json"))
		for a, b in zip(first, again):
		    if a != b:
		        print("reprise sent", *a, "curl sent", *b, sep="\n  ")
		sys.exit(first != again)
	END
}

@test "methods, paths, headers and bodies" {
	scenario s.yaml <<-'END'
		defaults: {on_failure: continue}
		steps:
		  - get: '/a/../b/./{c}[1]*?q=1&x=a|b&y=$HOME&z=%2f%2F'
		  - get: "/it's`here`\"quoted\"é"
		  - head: /head
		  - delete: /delete
		  - options: /options
		  - post: /empty
		  - put: /empty
		  - patch: /empty
		  - get: /with-body
		    body: "body of a GET"
		  - delete: /with-body
		    json: {id: 7}
		  - post: /text
		    body: "it's\na \"body\" with $HOME, `date`, $(date), \\ and @file\n"
		    headers: {X-Empty: "", Accept: application/json, User-Agent: "test/1 (it's)"}
		  - post: /at
		    body: "@/etc/hostname"
		    headers: {Content-Type: ""}
		  - post: /form
		    form: {a: "b c", d: "é&="}
		  - post: /json
		    json: {text: "é ✓ \"quoted\" \\", list: [1, null]}
		  - request: {method: PROPFIND, url: /dav}
		    body: <a/>
		  - get: /plain
		    headers: {Accept-Encoding: identity}
	END
	sed -i "1i target: $SERVER_URL" s.yaml
	run reprise run -q --once --out out s.yaml
	[ "$status" -eq 1 ] || { echo "$output"; false; }
	compared
}

@test "binary bodies, files and multipart" {
	printf 'a\0b\xff\x01\r\n\\0\tc%%d' >noise
	printf 'text of the file' >upload.txt
	scenario s.yaml <<-END
		target: $SERVER_URL
		defaults: {on_failure: continue}
		steps:
		  - {post: /file, body_file: noise}
		  - {post: /multipart, multipart: {text: "it's \\\\ % é", file: {file: upload.txt}, second: {file: noise}}}
		  - {post: /crlf, body: "a\\r\\nb\\0c\\x01\\\\n"}
	END
	run reprise run -q --once --out out s.yaml
	[ "$status" -eq 1 ] || { echo "$output"; false; }
	compared
}

@test "secrets are shell variables" {
	scenario s.yaml <<-END
		target: $SERVER_URL
		parameters: {TOKEN: {secret: yes}}
		defaults: {on_failure: continue}
		steps:
		  - get: /query
		    query: {token: "\${TOKEN}", other: x}
		  - post: /header
		    headers: {X-Token: "token=\${TOKEN};", Authorization: "Bearer \${TOKEN}"}
		  - post: /json
		    json: {token: "\${TOKEN}"}
		  - post: /binary
		    body: "\${TOKEN}\0"
		  - get: /basic
		    auth: {basic: {user: anna, password: "\${TOKEN}"}}
		  - get: /cookie
		    cookies: {sid: private-session, theme: dark}
	END
	export TOKEN="hunter2 s3cret+=&" TOKEN_ENCODED AUTHORIZATION COOKIE
	run reprise run -q --once --out out s.yaml
	[ "$status" -eq 1 ] || { echo "$output"; false; }
	run -1 grep -rq 'hunter2\|private-session' out
	# The user sets the values; one that was encoded has another name.
	TOKEN_ENCODED=$(python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$TOKEN")
	AUTHORIZATION="Basic $(printf 'anna:%s' "$TOKEN" | base64 -w 0)"
	COOKIE="sid=private-session; theme=dark"
	compared
	grep -q "'Authorization: Bearer '\"\$TOKEN\"" again/*
	grep -q "'Authorization: '\"\$AUTHORIZATION\"" again/*
}

@test "HTTPS: the certificate authority, and a name that is resolved by the scenario" {
	start_origin
	mkdir -p out
	scenario s.yaml <<-END
		target: https://localhost:$(origin_port https)
		defaults: {on_failure: continue, tls: {ca: $ORIGIN_CERTS/ca.pem}}
		steps:
		  - {get: /status/500, expect: {status: 204}}
	END
	run reprise run -q --once --out out s.yaml
	commands
	cat again/*
	run --separate-stderr sh again/00
	[ "$status" -eq 0 ]
	[[ "$output" == "HTTP/1.1 "* ]]
}
