# A server that floods HTTP/2 connections does not hold up requests to another server.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	"$SRCDIR/tests/faults/certs" certs
	start_nginx
	GOOD=$SERVER_URL
}

teardown() {
	stop_servers
}

# flooded SCHEME FRAME: one worker requests both servers; only the requests to the flooding one fail.
flooded() {
	local certificate=-
	[ "$1" = http ] || certificate=certs/good.pem
	python3 -B "$SRCDIR/tests/cli/flood.py" $certificate certs/good.key "$2" >port 3>&- &
	started flood $!
	wait_for 20 test -s port
	cat >scenario.yaml <<-Y
		target: $GOOD
		allowed_hosts: ["127.0.0.1:$(cat port)"]
		defaults: {timeout: 50s, on_failure: continue, tls: {ca: certs/ca.pem}, http: 2}
		scenarios:
		  - name: Good
		    load: {users: 2, iterations: 50}
		    steps: [{get: /, name: Good, http: 1.1}, {think: 20ms}]
		  - name: Flooded
		    load: {users: 2, iterations: 2}
		    steps: [{get: "$1://127.0.0.1:$(cat port)/", name: Flooded, timeout: 2s}]
	Y
	# Without a limit, the worker does not return from libcurl.
	LIMIT_S=100 run reprise run -j 1 --json r.json scenario.yaml
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(json r.json '[[s["requests"]["ok"], s["requests"]["failed"]] for s in d["steps"]]')" = "[[100, 0], [0, 4]]" ]
}

@test "a flood of PING frames" {
	flooded https ping
}

@test "a flood of SETTINGS frames" {
	flooded https settings
}

@test "a flood of empty DATA frames" {
	flooded https data
}

@test "a flood of empty DATA frames without TLS" {
	flooded http data
}

# nghttp2 gives up when a thousand acknowledgements wait to be sent.
@test "a flood of PING frames that arrive together" {
	flooded http ping
	[[ "$output" == *"the server broke the rules of HTTP/2 (a flood of control frames)"* ]]
}
