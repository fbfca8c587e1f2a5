#!/usr/bin/env bats
# reprise record between a client and old, unusual or broken servers: valid responses are passed on
# unchanged, broken ones stay broken, and the proxy keeps running.

load helper

setup_file() {
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	start_origin
	export ORIGIN=http://127.0.0.1:$SERVER_PORT
	python3 -B "$SRCDIR/tests/cli/record_server.py" "$BATS_FILE_TMPDIR/port" \
		"${SERVER_LIMIT_S:-1500}" >"$BATS_FILE_TMPDIR/server.out" 2>&1 </dev/null 3>&- &
	started plain $!
	wait_for 20 test -s "$BATS_FILE_TMPDIR/port"
	export PLAIN=http://127.0.0.1:$(cat "$BATS_FILE_TMPDIR/port")
	export XDG_DATA_HOME="$BATS_FILE_TMPDIR/data"
	"$REPRISE" record ca create >/dev/null
}

setup() {
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	cd "$BATS_TEST_TMPDIR"
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$REPRISE" record --browser none >out 2>err </dev/null 3>&- &
	RECORDER=$!
	started recorder $RECORDER
	wait_for 20 grep -q 'Recording with the proxy' err || { cat err >&2; return 1; }
	PROXY=$(sed -n 's|.*Recording with the proxy \(http://[^ ;]*\).*|\1|p' err)
}

teardown() {
	stop_servers
}

teardown_file() {
	stop_servers
}

stop_recorder() {
	kill -INT "$RECORDER"
	STATUS=0
	wait "$RECORDER" || STATUS=$?
	[ "$STATUS" -eq 0 ] || { echo "status $STATUS"; cat err >&2; return 1; }
}

through() {
	curl -sS -m 20 -x "$PROXY" "$@"
}

# prints the entries of visit.har by an expression on `e`, one per line.
entries() {
	python3 -c 'import json, sys
for e in json.load(open("visit.har"))["log"]["entries"]:
    print(eval(sys.argv[1]))' "$1"
}

# asked [OPTION…] URL: prints the outcome of a request, and saves the response body in the file body.
asked() {
	rm -f body
	local status=0
	curl -s -m 20 -o body -w '%{http_code} %{size_download} ' "$@" || status=$?
	echo "$status"
}

@test "the recorder does not change responses, nor the responses that follow on the connection" {
	local path direct by_proxy
	for path in /ok /ok?size=300000 /chunk/ok /length/none /length/long /close/after /close/half \
		/interim/102 /interim/103 /gzip/ok /headers/folded /headers/many /status/204 \
		/status/304 /status/404 /redirect/none /delay/body/50 /drip/5/5 -I/ok -I/status/204; do
		local how=()
		case $path in -I*) how=(-I) ;; esac
		direct=$(asked "${how[@]}" "$ORIGIN${path#-I}")
		[ ! -e body ] || mv body direct
		by_proxy=$(asked "${how[@]}" -x "$PROXY" "$ORIGIN${path#-I}")
		[ "$direct" = "$by_proxy" ] || { echo "$path: $direct, but $by_proxy"; return 1; }
		[ -n "${how[*]}" ] || [ ! -e body ] || cmp body direct
		# On the connections of this request.
		[ "$(through "${how[@]}" -o /dev/null "$ORIGIN${path#-I}" --next -sS -x "$PROXY" "$ORIGIN/ok?size=7")" = xxxxxxx ] || { echo "behind $path"; return 1; }
	done
	stop_recorder
	[ "$(entries 'e["response"].get("_error")' | sort -u)" = None ]
	[ "$(entries 'e["request"]["url"]' | grep -c size=7)" -eq 20 ]
	[ "$(entries 'e["response"]["content"].get("text") if "length/long" in e["request"]["url"] else ""' | sort -u)" = "
xxxxxxxxxx" ]
}

@test "truncated and invalid responses are passed on unchanged and marked in the recording" {
	local path
	for path in /length/short /chunk/short /chunk/bad /reset/mid-body; do
		through -o body "$ORIGIN$path" 2>said && { echo "$path: nothing said"; return 1; }
		[ "$(through "$ORIGIN/ok?size=7")" = xxxxxxx ]
	done
	[ "$(asked -x "$PROXY" "$ORIGIN/length/short")" = "200 50 18" ]
	for path in /close/now /close/mid-header /reset/now /reset/mid-header /line/garbage \
		/line/version /line/long /length/bad /headers/flood; do
		[ "$(asked -x "$PROXY" "$ORIGIN$path" | cut -d' ' -f1,3)" = "502 0" ] || { echo "$path"; return 1; }
		grep -q 'cannot be contacted' body
	done
	stop_recorder
	[ "$(entries '"size=7" in e["request"]["url"] or bool(e["response"].get("_error"))' | sort -u)" = True ]
	[ "$(entries 'e["response"]["status"]' | sort | uniq -c | tr -s ' \n' ' ')" = " 9 0 9 200 " ]
	[ "$(entries 'e["response"]["content"]["size"] if "length/short" in e["request"]["url"] else ""' | sort -u | tr '\n' ' ')" = " 50 " ]
}

@test "HTTP/1.0 on both sides; Expect: 100-continue accepted and rejected; chunked bodies" {
	[ "$(through "$PLAIN/1.0/keep" "$PLAIN/1.0/close" "$PLAIN/1.0/keep")" = "keptto the endkept" ]
	[ "$(through -0 "$PLAIN/1.0/keep")" = kept ]
	[ "$(through -0 "$ORIGIN/chunk/ok")" = "$(curl -s "$ORIGIN/chunk/ok")" ]
	head -c 300000 /dev/urandom >file
	through -H 'Expect: 100-continue' --data-binary @file "$PLAIN/echo" >echo
	[ "$(json echo 'd["body"]')" -eq 300000 ]
	[ "$(asked -x "$PROXY" -H 'Expect: 100-continue' --data-binary @file "$PLAIN/refused")" = "417 2 0" ]
	[ "$(through -T - -H 'Content-Type: x/y' "$ORIGIN/hash" <file)" = "$(sha256sum <file | cut -d' ' -f1)" ]
	stop_recorder
	[ "$(entries 'e["response"]["httpVersion"]' | sort -u | tr '\n' ' ')" = "HTTP/1.0 HTTP/1.1 " ]
	entries 'e["request"]["httpVersion"], e["request"]["url"]' | grep -q "HTTP/1.0', '$ORIGIN/chunk/ok"
	[ "$(entries 'e["request"]["bodySize"] if "hash" in e["request"]["url"] else ""' | sort -u | tr '\n' ' ')" = " 300000 " ]
}

@test "unexpected content codings are passed on and reported, and do not break the scenario" {
	through -H 'Accept-Encoding: br, zstd' -D head "$PLAIN/br" >body
	grep -qi '^content-encoding: br' head
	[ "$(wc -c <body)" -eq 55 ]
	through -o /dev/null "$PLAIN/zst"
	stop_recorder
	[ "$(entries 'e["response"]["content"].get("comment"), e["response"]["content"].get("text")' | sort | uniq -c | tr -s ' ')" = " 2 ('its Content-Encoding is not supported', None)" ]
	grep -q 'the recording lacks 2 responses.*compressed in a way that cannot be read here' err
	run reprise run -q --once visit.yaml
	[ "$status" -eq 0 ]
}

@test "requests on one connection: https after http, a lost body, a response before the end of the request" {
	run -0 python3 -B "$SRCDIR/tests/cli/record_connections.py" "${PROXY##*:}"
	[ -z "$output" ]
	# The recorded URL has no default port, although the client names it.
	through -k -o /dev/null https://127.0.0.1/x || true
	through "http://127.0.0.2:${PROXY##*:}/" | grep -q 'endless loop'
	stop_recorder
	entries 'e["request"]["url"]' | grep -qx 'https://127.0.0.1/x'
}

@test "when a client disconnects, the server connection is closed and the partial request is recorded" {
	curl -s -x "$PROXY" -m 20 "$PLAIN/endless" | head -c 100000 >/dev/null
	[ "$(through "$PLAIN/gone")" = yes ]
	python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
s.sendall(b"POST %s/echo HTTP/1.1\r\nContent-Length: 1000\r\n\r\nonly this" % sys.argv[2].encode())' "${PROXY##*:}" "$PLAIN"
	both() { [ "$(grep -c 'the client closed the connection before' visit.journal)" -eq 2 ]; }
	wait_for 20 both
	stop_recorder
	[ "$(entries 'e["request"]["method"], e["response"].get("_error"), e["response"]["status"]' | grep -v gone | sort)" = "('GET', 'the client closed the connection before the end', 200)
('GET', None, 200)
('POST', 'the client closed the connection before the end', 0)" ]
}

@test "Ctrl-C during a response saves the received data; a second Ctrl-C changes nothing" {
	through -o /dev/null "$ORIGIN/ok"
	through -s -o /dev/null "$ORIGIN/stall/body" &
	local client=$!
	wait_for 20 eval 'fetch "$ORIGIN/stats" | grep -q stall'
	kill -INT "$RECORDER"
	kill -INT "$RECORDER" || true
	STATUS=0
	wait "$RECORDER" || STATUS=$?
	[ "$STATUS" -eq 0 ]
	local cut=0
	wait $client || cut=$?
	[ "$cut" -ne 0 ]
	[ "$(entries 'e["request"]["url"], e["response"].get("_error")')" = "('$ORIGIN/ok', None)
('$ORIGIN/stall/body', 'the recording ended before the request was complete')" ]
	[ ! -e visit.journal ]
	[ -e visit.yaml ]
}
