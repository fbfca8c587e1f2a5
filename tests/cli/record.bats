#!/usr/bin/env bats
# reprise record: the proxy used by curl and other clients, the files it writes, and recovery after a
# crash. Tests with a browser are in record_browser.bats.

load helper

setup_file() {
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	python3 -B "$SRCDIR/tests/cli/record_server.py" "$BATS_FILE_TMPDIR/port" \
		"${SERVER_LIMIT_S:-1500}" >"$BATS_FILE_TMPDIR/server.out" 2>&1 </dev/null 3>&- &
	started plain $!
	wait_for 20 test -s "$BATS_FILE_TMPDIR/port"
	export PLAIN=127.0.0.1:$(cat "$BATS_FILE_TMPDIR/port")
	start_demo
	export SHOP=$SERVER_URL
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$REPRISE" demo --port 0 \
		--certificate "$BATS_FILE_TMPDIR/shop.pem" >"$BATS_FILE_TMPDIR/tls.out" 2>&1 </dev/null 3>&- &
	started tls $!
	wait_for 20 grep -q 'https://127' "$BATS_FILE_TMPDIR/tls.out"
	export TLS_SHOP=https://localhost:$(sed -n 's|.*https://127.0.0.1:\([0-9]*\).*|\1|p' "$BATS_FILE_TMPDIR/tls.out")
	export SHOP_CA="$BATS_FILE_TMPDIR/shop.pem" XDG_DATA_HOME="$BATS_FILE_TMPDIR/data"
	export CA="$XDG_DATA_HOME/reprise/ca/ca.pem"
	"$REPRISE" record ca create >/dev/null
}

setup() {
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

teardown_file() {
	stop_servers
}

# start_recorder [ARG…]: runs in the background; PROXY is its URL, RECORDER its pid, err its output.
start_recorder() {
	: >err # of a recorder before
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$REPRISE" record --browser none "$@" \
		>out 2>err <"${TYPED:-/dev/null}" 3>&- &
	RECORDER=$!
	started recorder $RECORDER
	wait_for 20 grep -q 'Recording with the proxy' err || { cat err >&2; return 1; }
	PROXY=$(sed -n 's|.*Recording with the proxy \(http://[^ ;]*\).*|\1|p' err | tail -1)
}

# mark_url: prints the URL that starts a step, up to its name.
mark_url() {
	sed -n 's/.*\(http:..recorder.local.mark?token=[^&]*&name=\).*/\1/p' err
}

# stop_recorder: stops it like Ctrl-C; STATUS is its exit status.
stop_recorder() {
	kill -INT "$RECORDER"
	STATUS=0
	wait "$RECORDER" || STATUS=$?
	[ "$STATUS" -eq "${1:-0}" ] || { echo "status $STATUS"; cat err >&2; return 1; }
}

through() {
	curl -sS -m 20 -x "$PROXY" --cacert "$CA" "$@"
}

# prints the entries of visit.har by an expression on `e`, one per line.
entries() {
	python3 -c 'import json, sys
for e in json.load(open(sys.argv[2]))["log"]["entries"]:
    print(eval(sys.argv[1]))' "$1" "${2:-visit.har}"
}

@test "--ndjson writes a line for each request, and nothing else is on standard output" {
	timeout -k 5 60 "$REPRISE" record --browser none --ndjson - -o visit.yaml >lines 2>err </dev/null 3>&- &
	started recorder $!
	RECORDER=$!
	wait_for 20 grep -q '"event": "ready"' lines
	PROXY=http://127.0.0.1:$(json lines 'd["port"]')
	[ "$(json lines 'd["why_no_browser"]')" = null ]
	through -o /dev/null "$SHOP/login"
	stop_recorder
	[ "$(python3 -c 'import json; print([json.loads(l)["event"] for l in open("lines")])')" = "['ready', 'request', 'end']" ]
	[ -s visit.har ]
	run -2 reprise record --browser none --ndjson /nowhere/x -o other.yaml
	[[ $output == *"/nowhere/x"* ]]
}

@test "curl over HTTP and HTTPS: the recording is private, and the scenario runs" {
	start_recorder --ca "$SHOP_CA"
	through -o /dev/null "$TLS_SHOP/login"
	through -o /dev/null "$TLS_SHOP/api/products?q=hat"
	through -o /dev/null "$SHOP/search?q=hat"
	stop_recorder
	[ "$(stat -c %a visit.har)" = 600 ]
	[ ! -e visit.journal ]
	[ "$(entries 'e["request"]["url"], e["response"]["status"]')" = "('$TLS_SHOP/login', 200)
('$TLS_SHOP/api/products?q=hat', 200)
('$SHOP/search?q=hat', 200)" ]
	[ "$(entries 'e["request"]["queryString"][0]["value"] if "?" in e["request"]["url"] else ""')" = "
hat
hat" ]
	entries 'e["timings"]["ssl"], e["serverIPAddress"]' | head -1 | grep -qE "\(0\.[0-9]+|[0-9.]+, '(127.0.0.1|::1)'\)"
	grep -q 'tls: {ca: ' visit.yaml
	run reprise check visit.yaml
	[ "$status" -eq 0 ]
	run reprise run -q --once visit.yaml
	[ "$status" -eq 0 ]
	grep -qE 'GET +200  '"$TLS_SHOP"'/login  ' err
	grep -q 'recorded 3 requests' err
	grep -q 'wrote visit.yaml' err
}

@test "the proxy removes conditional, unsupported coding and connection headers" {
	start_recorder
	through -H 'If-None-Match: "1"' -H 'If-Modified-Since: yesterday' -H 'Connection: X-Hop' \
		-H 'X-Hop: 1' -H 'Accept-Encoding: br, gzip' -H 'X-Kept: 2' -D headers "http://$PLAIN/echo" >echo
	json echo '{k.lower(): v for k, v in d["headers"]}' >sent
	[ "$(json sent 'sorted(k for k in d if k not in ("host", "user-agent", "accept"))')" = '["accept-encoding", "connection", "x-kept"]' ]
	[ "$(json sent 'd["accept-encoding"]')" = gzip ]
	[ "$(json echo 'd["line"]')" = "GET /echo HTTP/1.1" ]
	run -1 grep -qi '^alt-svc' headers
	through "http://$PLAIN/gzip" | gunzip | grep -q 'a text that was packed'
	through "http://$PLAIN/early" | grep -q early
	[ "$(through "http://$PLAIN/chunks")" = "hello world" ]
	through -d 'a=b&c=d' -o /dev/null "http://$PLAIN/echo"
	head -c 300 /dev/urandom >bytes
	through -H 'Content-Type: application/octet-stream' --data-binary @bytes -o /dev/null "http://$PLAIN/echo"
	stop_recorder
	entries 'e["response"]["content"].get("text", "")[:23]' | grep -qx 'a text that was packed '
	entries 'e["response"]["content"].get("text", "")' | grep -qx 'hello world'
	entries 'e["request"].get("postData", {}).get("text")' | grep -qx 'a=b&c=d'
	entries 'e["request"].get("postData", {}).get("encoding")' | grep -qx base64
}

@test "connections are reused; a connection closed by the server is replaced" {
	start_recorder
	[ "$(through "http://$PLAIN/once" "http://$PLAIN/once" "http://$PLAIN/echo" -o /dev/null -o /dev/null \
		-o /dev/null -w '%{http_code} ')" = "200 200 200 " ]
	[ "$(through -I "http://$PLAIN/echo" -o /dev/null -w '%{http_code}' -X GET "http://$PLAIN/once" -o /dev/null)" ]
	stop_recorder
}

@test "event streams and long bodies are passed on unchanged" {
	start_recorder
	through -N "http://$PLAIN/events" >events &
	local reader=$!
	wait_for 20 grep -q 'data: first' events
	[ "$(grep -c second events || true)" -eq 0 ]
	through -o /dev/null "http://$PLAIN/go"
	wait $reader
	grep -q 'data: second' events
	through "http://$PLAIN/big/11000000" | wc -c >size
	[ "$(cat size)" -eq 11000000 ]
	head -c 11000000 /dev/zero | through --data-binary @- -H 'Content-Type: x/y' "http://$PLAIN/echo" >echo
	[ "$(json echo 'd["body"]')" -eq 11000000 ]
	stop_recorder
	entries 'e["response"]["content"].get("text")' | grep -q 'data: second'
	[ "$(entries 'e["response"]["content"].get("comment"), e["response"]["bodySize"]' | grep -c "longer than 10 MB: not kept', 11000000")" -eq 1 ]
	[ "$(entries 'e["request"].get("comment"), e["request"]["bodySize"], "postData" in e["request"]' | grep -c "longer than 10 MB: not kept', 11000000, False")" -eq 1 ]
}

@test "WebSockets are passed through, both ways to open them; messages are recorded" {
	start_recorder
	[ "$(python3 -B "$SRCDIR/tests/cli/record_socket.py" "${PROXY##*:}" "${PLAIN##*:}")" = ok ]
	[ "$(python3 -B "$SRCDIR/tests/cli/record_socket.py" "${PROXY##*:}" "${PLAIN##*:}" connect)" = ok ]
	through -o /dev/null "http://$PLAIN/echo"
	stop_recorder
	[ "$(entries 'e["response"]["status"], [(m["type"], m["opcode"], m["data"][:5]) for m in e.get("_webSocketMessages", [])]' | sort -u)" = "(101, [('send', 1, 'hello'), ('receive', 1, 'hello'), ('send', 2, 'AAECA'), ('receive', 2, 'AAECA'), ('send', 1, 'bye'), ('receive', 1, 'bye')])
(200, [])" ]
	[ "$(grep -c 'websocket: /ws' visit.yaml)" -eq 2 ]
	[ "$(grep -c 'send: {text: hello}' visit.yaml)" -eq 2 ]
	[ "$(grep -c 'base64: AAECA' visit.yaml)" -eq 2 ]
	[ "$(grep -c 'wait_for: {body: {equals: bye}}' visit.yaml)" -eq 2 ]
}

@test "an event stream beside other requests becomes listen; its events are recorded with their times" {
	start_recorder
	curl -sS -N -m 60 -x "$PROXY" -H 'Accept: text/event-stream' "http://$PLAIN/open-events" >events 2>&1 3>&- &
	local reader=$!
	wait_for 20 grep -q 'data: first' events
	through -o /dev/null "http://$PLAIN/gzip"
	kill $reader
	wait $reader || true
	closed() { grep -q 'open-events.*the client closed' err; }
	wait_for 20 closed
	stop_recorder
	[ "$(entries '[(m["eventName"], m["data"], m["time"] > 1.7e9) for m in e.get("_eventSourceMessages", [])]' | sort)" = "[('message', 'first', True)]
[]" ]
	cat visit.yaml
	grep -q 'listen: /open-events' visit.yaml
	grep -q 'stream *http://.*/open-events: 1 event; 1 received that no step waits for' err
	run reprise run --once visit.yaml
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "after a kill, the journal has the messages of open WebSockets and the events of streams" {
	start_recorder
	python3 -B "$SRCDIR/tests/cli/record_socket.py" "${PROXY##*:}" "${PLAIN##*:}" hold >held 2>&1 3>&- &
	local holder=$!
	wait_for 20 grep -q open held
	through -N -H 'Accept: text/event-stream' "http://$PLAIN/open-events" >events 2>&1 &
	local reader=$!
	wait_for 20 grep -q 'data: first' events
	both() { [ "$(grep -c '"of":' visit.journal)" -ge 3 ]; }
	wait_for 20 both
	pkill -KILL -P "$RECORDER"
	wait "$RECORDER" || true
	wait $holder
	wait $reader || true
	run reprise import journal visit.journal -o from-journal.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	run reprise record finish visit.journal
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *"2 entries → 3 steps"*"/ws: 2 messages, 1 sent by steps, 1 awaited by wait_for"* ]]
	[ "$(entries '[(m["type"], m["data"]) for m in e["_webSocketMessages"]] if "_webSocketMessages" in e else e["response"]["content"]["text"]' | sort)" = "[('send', '{\"type\": \"hello\"}'), ('receive', '{\"type\": \"hello\"}')]
data: first

" ] || entries e
	grep -q 'websocket: /ws' visit.yaml
	grep -q 'events:' visit.yaml
	diff <(tail -n +2 from-journal.yaml | grep -v '^name') <(tail -n +2 visit.yaml | grep -v '^name')
}

@test "an unreachable server returns a page with the reason, and the recording has no response" {
	start_recorder
	local port
	port=$(free_port)
	through -w '%{http_code}' "http://127.0.0.1:$port/" >page
	grep -q '^502$' page
	grep -q "127.0.0.1 port $port cannot be contacted: Connection refused" page
	through -w '%{http_code}' "https://127.0.0.1:$port/" | grep -q 'Connection refused'
	through -w '%{http_code}' "$TLS_SHOP/" >page
	grep -q 'self-signed certificate' page
	grep -q -- '--ca FILE' page
	through -w '%{http_code}' "$PROXY/" -o /dev/null | grep -q 508
	through "http://localhost:${PROXY##*:}/" | grep -q 'endless loop'
	run through -o /dev/null -w '%{http_connect}' "https://127.0.0.1:${PROXY##*:}/"
	echo "$output"
	[[ "$output" == *508* ]]
	run ! through -o /dev/null "http://$PLAIN/broken"
	exec 9<>"/dev/tcp/127.0.0.1/${PROXY##*:}"
	printf 'GET / HTTP/1.1\r\nA : b\r\n\r\n' >&9
	read -r -t 20 line <&9
	exec 9>&-
	[[ "$line" == *" 400 "* ]]
	through -o /dev/null "http://$PLAIN/echo"
	stop_recorder
	[ "$(entries 'e["response"]["status"], e["response"].get("_error")' | grep -vF None)" = "(0, 'Connection refused')
(0, 'Connection refused')
(0, 'self-signed certificate')
(200, 'the server closed the connection within its response')" ]
}

@test "--insecure turns off certificate checks, in the scenario too" {
	start_recorder --insecure
	through -o /dev/null "$TLS_SHOP/"
	stop_recorder
	grep -q 'tls: {verify: no}' visit.yaml
	run reprise run -q --once visit.yaml
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a client that does not trust the CA is reported, then passed through; --pass does so from the start" {
	start_recorder --ca "$SHOP_CA"
	run ! curl -s -m 20 -x "$PROXY" --cacert "$SHOP_CA" -o /dev/null "$TLS_SHOP/"
	wait_for 20 grep -q "localhost: the program does not trust the recorder's certificate" err
	curl -s -m 20 -x "$PROXY" --cacert "$SHOP_CA" -o /dev/null "$TLS_SHOP/"
	through -o /dev/null "http://$PLAIN/echo"
	# A client that closes the connection instead of sending an alert: at the third time.
	python3 -c 'import socket, ssl, sys
proxy, server = map(int, sys.argv[1:])
for i in range(3):
    hello = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="127.0.0.1")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    s = socket.create_connection(("127.0.0.1", proxy), timeout=20)
    s.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n" % server)
    assert s.recv(1000).startswith(b"HTTP/1.1 200 ")
    s.sendall(hello.read())
    assert s.recv(65536)
    s.shutdown(socket.SHUT_WR)
    while s.recv(65536):
        pass
    s.close()' "${PROXY##*:}" "${TLS_SHOP##*:}"
	wait_for 20 grep -q "127.0.0.1: the program does not trust the recorder's certificate" err
	stop_recorder
	[ "$(entries 'e["request"]["url"]')" = "http://$PLAIN/echo" ]
	start_recorder --pass 'local*,x.example' --force
	curl -s -m 20 -x "$PROXY" --cacert "$SHOP_CA" -o /dev/null "$TLS_SHOP/"
	stop_recorder 1
	grep -q 'nothing was recorded' err
}

@test "marks, by URL and by typed lines, become steps of the scenario" {
	mkfifo typed
	sleep 100 >typed 3>&- &
	started writer $!
	TYPED=typed start_recorder
	through -o /dev/null "$SHOP/"
	[ "$(through -o /dev/null -w '%{http_code}' "http://recorder.local/mark?name=Evil")" = 403 ]
	[ "$(through -o /dev/null -w '%{http_code}' "http://recorder.local/mark?token=AAAAAAAAAAAAAAAAAAAAAA&name=Evil")" = 403 ]
	through "$(mark_url)Log+in+%3Cb%3E%1b" | grep -q 'Current step: <b>Log in &lt;b&gt;</b>'
	through -o /dev/null "$SHOP/login"
	through -o /dev/null "$SHOP/account"
	echo 'Look for a hat' >typed
	wait_for 20 grep -q '== Look for a hat' err
	through -o /dev/null "$SHOP/search?q=hat"
	echo >typed
	wait_for 20 grep -q '== Step 3' err
	through -o /dev/null "$SHOP/cart"
	through "http://recorder.local/" | grep -q ca.pem
	through "http://recorder.local/ca.pem" | cmp - "$CA"
	[[ $(mark_url) == *"token=$(through http://recorder.local/token)&name=" ]]
	[ "$(curl -s -m 20 -o /dev/null -w '%{http_code}' -H 'Host: evil.example' "$PROXY/token")" = 403 ]
	[ "$(through -o /dev/null -w '%{http_code}' http://recorder.local/none)" = 404 ]
	stop_recorder
	[ "$(json visit.har '[p["title"] for p in d["log"]["pages"]]')" = '["Log in <b>", "Look for a hat", "Step 3"]' ]
	[ "$(entries 'e.get("pageref")' | tr '\n' ' ')" = "None page_1 page_1 page_2 page_3 " ]
	[ "$(grep -c 'group:' visit.yaml)" -eq 3 ]
	grep -q 'group: Look for a hat' visit.yaml
}

@test "after a kill, the journal has all finished requests, and import creates the scenario from it" {
	start_recorder --ca "$SHOP_CA" -o shop.yaml
	through -o /dev/null "$TLS_SHOP/login"
	through -o /dev/null "$(mark_url)Hats"
	through -o /dev/null "$TLS_SHOP/search?q=hat"
	search_is_there() { [ "$(grep -c 'search?q=hat' shop.journal)" -ge 1 ]; }
	wait_for 20 search_is_there
	run reprise record finish shop.journal
	[ "$status" -eq 2 ]
	[[ "$output" == *"the recording of shop.journal is still running"* ]]
	pkill -KILL -P "$RECORDER"
	wait "$RECORDER" || true
	[ ! -e shop.yaml ]
	[ ! -e shop.har ]
	[ "$(stat -c %a shop.journal)" = 600 ]
	run reprise record --browser none -o shop.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *"reprise record finish shop.journal, or use --force to delete it"* ]]
	printf '{"startedDateTime":"2026-01-01T00:00:00.000000Z","requ' >>shop.journal
	run reprise import journal shop.journal
	[ "$status" -eq 0 ]
	[[ "$output" == *"3 entries → 2 steps"*"1 unreadable"* ]]
	mv shop.yaml imported.yaml
	grep -q 'group: Hats' imported.yaml
	grep -q 'tls: {ca: ' imported.yaml
	run reprise run -q --once imported.yaml
	[ "$status" -eq 0 ]
	run reprise record finish shop.journal
	[ "$status" -eq 0 ]
	[[ "$output" == *"1 line of shop.journal could not be read"*"wrote shop.har"*"2 entries → 2 steps"*"wrote shop.yaml"* ]]
	[ ! -e shop.journal ]
	[ "$(stat -c %a shop.har)" = 600 ]
	diff <(sed 1,4d shop.yaml) <(sed 1,4d imported.yaml)
	run reprise record finish shop.journal
	[ "$status" -eq 2 ]
	run reprise record finish shop.yaml -o other.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *"is not a journal of reprise record"* ]]
	run reprise import journal shop.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *"is not a journal of reprise record"* ]]
}

@test "recording through another proxy with a password; two recorders in a row" {
	start_recorder --ca "$SHOP_CA" -o first.yaml
	mv err first.err
	local first=$PROXY first_pid=$RECORDER
	start_recorder --ca "$CA" --proxy "http://me:secret@127.0.0.1:${first##*:}" --no-proxy 10.0.0.0/8 -o second.yaml
	through -o /dev/null "$TLS_SHOP/login"
	through -o /dev/null "$SHOP/login"
	stop_recorder
	RECORDER=$first_pid stop_recorder
	[ "$(entries 'e["request"]["url"]' first.har)" = "$(entries 'e["request"]["url"]' second.har)" ]
	[ "$(entries 'e["request"]["url"]' first.har | wc -l)" -eq 2 ]
	entries '[h["name"] for h in e["request"]["headers"]]' second.har >names
	run -1 grep -qi proxy-auth names
	entries 'str(e["request"]["headers"])' first.har | grep -q 'Proxy-Authorization'
}

@test "the CA: created once, shown, rejected if others can read its key, removed" {
	export XDG_DATA_HOME="$BATS_TEST_TMPDIR/own"
	local key="$XDG_DATA_HOME/reprise/ca/key.pem"
	run reprise record ca
	[ "$status" -eq 0 ]
	[[ "$output" == *"no certificate authority yet"* ]]
	run reprise record ca create
	[ "$status" -eq 0 ]
	[ "$(stat -c %a "$key" "${key%/*}" | tr '\n' ' ')" = "600 700 " ]
	openssl x509 -in "${key%/*}/ca.pem" -noout -text >text
	grep -q 'CA:TRUE, pathlen:0' text
	grep -A1 'X509v3 Key Usage: critical' text | grep -q 'Certificate Sign, CRL Sign'
	run reprise record ca show
	[[ "$output" == *"$(openssl x509 -in "${key%/*}/ca.pem" -noout -fingerprint -sha256 | cut -d= -f2)"* ]]
	chmod 640 "$key"
	run reprise record --browser none --for 1s
	[ "$status" -eq 2 ]
	[[ "$output" == *"can be read by others (mode 0640)"* ]]
	run reprise record ca remove
	[ "$status" -eq 0 ]
	[ ! -e "$XDG_DATA_HOME/reprise/ca" ]
	run reprise record ca forget
	[ "$status" -eq 2 ]
}

@test "command line errors are reported before anything is recorded" {
	touch visit.yaml
	run reprise record --browser none --for 1s
	[ "$status" -eq 2 ]
	[[ "$output" == *"visit.yaml already exists"* ]]
	rm visit.yaml
	local wrong
	for wrong in "--listen 0.0.0.0" "--port 70000" "--for ever" "ftp://a.test" "a.test b.test" \
		"--ca /nowhere.pem" "--proxy https://x" "-o -" "--browser no-such-browser"; do
		run reprise record $wrong
		[ "$status" -eq 2 ]
		[ "$(find . -type f | wc -l)" -eq 0 ]
	done
	run reprise record --browser none --port "${PLAIN##*:}"
	[ "$status" -eq 2 ]
	[[ "$output" == *"in use"* ]]
	mkdir bin
	ln -s "$(command -v timeout)" bin/
	PATH=$PWD/bin run "$REPRISE" record --headless --for 100ms
	[ "$status" -eq 1 ]
	[[ "$output" == *"no browser was found"*"curl -x http://127.0.0.1:"* ]]
	rm -r bin
	run reprise record --browser none --listen 0.0.0.0 --expose --for 100ms
	[ "$status" -eq 1 ]
	[[ "$output" == *"anyone who can connect to 0.0.0.0 can use this proxy"*"nothing was recorded"* ]]
	[ "$(find . -type f | wc -l)" -eq 0 ]
}

@test "without a display, the manual way to record is printed; IPv6 on both sides" {
	unset DISPLAY WAYLAND_DISPLAY
	run reprise record --for 100ms
	[ "$status" -eq 1 ]
	[[ "$output" == *"no display was found"*"curl -x http://127.0.0.1:"* ]]
	python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' || skip "there is no IPv6"
	timeout 300 "$REPRISE" demo --port 0 --listen ::1 --certificate six.pem >six.out 2>&1 </dev/null 3>&- &
	started six $!
	wait_for 20 grep -q 'https://\[::1\]' six.out
	local port
	port=$(sed -n 's|.*https://\[::1\]:\([0-9]*\).*|\1|p' six.out)
	start_recorder --listen ::1 --ca six.pem
	through -o /dev/null "https://[::1]:$port/login"
	stop_recorder
	[ "$(entries 'e["request"]["url"], e["response"]["status"], e["serverIPAddress"]')" = "('https://[::1]:$port/login', 200, '::1')" ]
}

@test "the browser: flags, a temporary profile, and the recording ends when it is closed" {
	cat >browser <<-'END'
		#!/bin/sh
		printf '%s\n' "$@" >flags
		for flag; do
			case $flag in
			--user-data-dir=*) folder=${flag#*=} ;;
			--proxy-server=*) proxy=${flag#*=} ;;
			esac
			url=$flag
		done
		stat -c %a "$folder" >mode
		mkdir -p "$folder/a/b" && touch "$folder/a/b/c"
		curl -s -m 20 -x "$proxy" -o /dev/null "$url"
	END
	chmod +x browser
	TMPDIR=$PWD run reprise record "$SHOP/" --browser ./browser
	[ "$status" -eq 0 ]
	[[ "$output" == *"the browser was closed"*"recorded 1 request"* ]]
	[ "$(cat mode)" = 700 ]
	[ ! -e "$(sed -n 's/--user-data-dir=//p' flags)" ]
	grep -qxF -- '--proxy-bypass-list=<-loopback>' flags
	local pin
	pin=$(openssl x509 -in "$CA" -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)
	grep -qxF -- "--ignore-certificate-errors-spki-list=$pin" flags
	[ "$(tail -1 flags)" = "$SHOP/" ]
	printf '#!/bin/sh\nexec sleep 100\n' >browser
	run reprise record "$SHOP/" --browser ./browser --for 200ms --force
	[ "$status" -eq 1 ]
}
