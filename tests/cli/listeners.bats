#!/usr/bin/env bats
# The servers of the program (demo, dashboard, metrics, recorder) with idle, slow and hostile clients,
# at a low limit of open files.

load helper

IDLE=2000

setup() {
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	cd "$BATS_TEST_TMPDIR"
	export XDG_DATA_HOME="$BATS_TEST_TMPDIR/data"
}

teardown() {
	stop_servers
}

# few_files COMMAND…: runs it with a limit of 128 open files, in the place of this shell: use it in the background.
few_files() {
	exec bash -c 'ulimit -n 128; exec "$@"' - timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$@"
}

slow_clients() {
	python3 -B "$SRCDIR/tests/cli/slow_clients.py" "$@"
}

# idle_clients PORT: opens idle connections and keeps them until the end of the test.
idle_clients() {
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -gt $((IDLE + 200)) ] ||
		skip "this test needs more open files"
	(exec python3 -B "$SRCDIR/tests/cli/slow_clients.py" idle "$1" $IDLE) >idle.out 2>&1 </dev/null 3>&- &
	started idle $!
	wait_for 60 grep -q "^$IDLE\$" idle.out
}

# start_demo COMMAND…: the shop; its URL is in SHOP.
start_demo() {
	"$@" demo --port 0 >demo.out 2>demo.err </dev/null 3>&- &
	local pid=$!
	wait_for 20 grep -q 'is running' demo.out
	SHOP=$(sed -n 's|.*\(http://127.0.0.1:[0-9]*\)/.*|\1|p' demo.out)
	started demo $pid "${SHOP##*:}"
}

# load_of_100 LOAD [LINE]: 100 users with the keys of LOAD; LINE is added to the scenario.
load_of_100() {
	printf '%s\n' "target: $SHOP" "${2:-}" "load: {users: 100, $1}" \
		"steps: [{get: /products/1001, timeout: 1m}]" | scenario load.yaml >/dev/null
}

# passed RESULT: all requests succeeded.
passed() {
	[ "$(json "$1" 'd["requests"]["failed"]')" = 0 ] || { json "$1" 'd["failures"]'; return 1; }
	[ "$(json "$1" 'd["requests"]["ok"] >= 100')" = true ]
}

@test "demo: 2,000 idle connections at a limit of 128 files do not disturb 100 users" {
	start_demo few_files "$REPRISE"
	idle_clients "$SERVER_PORT"
	load_of_100 "iterations: 20"
	run reprise run -q --json r.json load.yaml
	passed r.json
	[ "$(wc -l <demo.err)" -lt 20 ]
	grep -q 'demo: all .* connections are in use' demo.err
}

# requests_of_shop: how many the shop has responded to.
requests_of_shop() {
	curl -s "$SHOP/stats" | sed -n 's/.*"requests":\([0-9]*\),.*/\1/p'
}

at_least() {
	[ "$(requests_of_shop)" -ge "$1" ]
}

# served OPTION: a run at 128 files with the server that OPTION starts, and idle connections to it. The run
# ends when 1,000 more responses were sent.
served() {
	local port
	start_demo timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	load_of_100 "duration: 10m"
	port=$(free_port)
	few_files "$REPRISE" run --plain "$1" "$port" --json r.json load.yaml >out 2>err </dev/null 3>&- &
	local pid=$!
	wait_for 20 listens "$port"
	idle_clients "$port"
	wait_for 60 at_least $(($(requests_of_shop) + 1000))
	kill -TERM "$(pgrep -P $pid)"
	wait $pid || true
	passed r.json
	[ "$(wc -l <err)" -lt 20 ]
	grep -q 'connections are in use' err
}

@test "dashboard: 2,000 idle connections at a limit of 128 files do not disturb 100 users" {
	served --dashboard
}

@test "metrics: 2,000 idle connections at a limit of 128 files do not disturb 100 users" {
	served --prometheus
}

# start_recorder COMMAND…: the recorder; its URL is in PROXY.
start_recorder() {
	"$@" record --browser none >rec.out 2>rec.err </dev/null 3>&- &
	RECORDER=$!
	started recorder $RECORDER
	wait_for 20 grep -q 'Recording with the proxy' rec.err
	PROXY=$(sed -n 's|.*Recording with the proxy \(http://[^ ;]*\).*|\1|p' rec.err)
}

@test "recorder: 2,000 idle connections at a limit of 128 files do not disturb 100 users" {
	start_demo timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	start_recorder few_files "$REPRISE"
	idle_clients "${PROXY##*:}"
	load_of_100 "iterations: 20" "defaults: {proxy: '$PROXY'}"
	run reprise run -q --json r.json load.yaml
	passed r.json
	grep -v ' GET ' rec.err >log
	cat log
	[ "$(wc -l <log)" -lt 20 ]
	grep -q 'recorder: all .* connections are in use' rec.err
}

@test "a client that is slow with its head, or sends nothing, is disconnected" {
	start_demo timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	[ "$(slow_clients slow "$SERVER_PORT")" = 2 ]
}

code() {
	curl -s -o /dev/null -m 20 -w '%{http_code}' "$@"
}

# metrics_at ADDRESS [OPTION…]: a run that serves metrics there; their port is in PORT.
metrics_at() {
	local address=$1
	shift
	scenario long.yaml <<<"{target: '$SHOP', load: {users: 1, duration: 60s}, steps: [{get: /}, {think: 1s}]}" >/dev/null
	PORT=$(free_port)
	timeout -k 5 100 "$REPRISE" run --plain --prometheus "$address:$PORT" "$@" long.yaml >out 2>err </dev/null 3>&- &
	started run $!
	wait_for 20 listens "$PORT"
}

@test "metrics: on loopback the Host header is checked, --allow-host adds names; elsewhere every name is accepted" {
	start_demo timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	metrics_at 127.0.0.1 --allow-host metrics.example --allow-host other.example
	[ "$(code "http://127.0.0.1:$PORT/metrics")" = 200 ]
	[ "$(code -H 'Host: localhost' "http://127.0.0.1:$PORT/metrics")" = 200 ]
	[ "$(code -H 'Host: [::1]:9464' "http://127.0.0.1:$PORT/metrics")" = 200 ]
	[ "$(code -H 'Host: evil.example' "http://127.0.0.1:$PORT/metrics")" = 403 ]
	[ "$(code -H 'Host: metrics.example:80' "http://127.0.0.1:$PORT/metrics")" = 200 ]
	[ "$(code -H 'Host: Other.example' "http://127.0.0.1:$PORT/metrics")" = 200 ]
	metrics_at 0.0.0.0
	[ "$(code -H 'Host: prometheus-target.example' "http://127.0.0.1:$PORT/metrics")" = 200 ]
}

@test "dashboard: --allow-host adds a name; clients that disconnect while they wait do no harm" {
	start_demo timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	scenario long.yaml <<<"{target: '$SHOP', load: {users: 1, duration: 6s}, steps: [{get: /}, {think: 1s}]}" >/dev/null
	timeout -k 5 100 "$REPRISE" run --plain --dashboard 127.0.0.1:0 --allow-host load.example long.yaml >out 2>err </dev/null 3>&- &
	local pid=$! url i
	wait_for 20 grep -q 'dashboard is at' err
	url=$(sed -n 's/.*dashboard is at //p' err)
	[ "$(code -H 'Host: load.example' "$url")" = 200 ]
	[ "$(code -H 'Host: evil.example' "$url")" = 403 ]
	for i in 1 2 3 4 5; do
		curl -s -m 0.05 -o /dev/null "$url" || true
		curl -s -m 0.1 -o /dev/null "${url/\/?/\/events?}" || true
	done
	[ "$(code "$url")" = 200 ]
	wait $pid
}

@test "dashboard: requests that are sent together get their pages" {
	start_demo timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	scenario long.yaml <<<"{target: '$SHOP', load: {users: 1, duration: 60s}, steps: [{get: /}, {think: 1s}]}" >/dev/null
	timeout -k 5 100 "$REPRISE" run --plain --dashboard 127.0.0.1:0 long.yaml >out 2>err </dev/null 3>&- &
	started run $!
	wait_for 20 grep -q 'dashboard is at' err
	local address
	address=$(sed -n 's|.*dashboard is at http://127.0.0.1:||p' err)
	[ "$(slow_clients pipeline "${address%%/*}" "/${address#*/}")" = 3 ]
}

@test "recorder: ambiguous requests are refused and not forwarded" {
	start_demo timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	start_recorder timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	run slow_clients heads "${PROXY##*:}" "$SHOP/products/1001"
	echo "$output"
	[ "$(grep -c '^400 ' <<<"$output")" -eq 7 ]
	[ "${lines[7]}" = "200 plain" ]
	curl -s "$SHOP/stats" | grep -q '"requests":1,'
}

@test "recorder: endless interim responses are bounded" {
	start_recorder timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	(exec python3 -B "$SRCDIR/tests/cli/slow_clients.py" interim port) >sent 2>&1 </dev/null 3>&- &
	local server=$!
	wait_for 20 test -s port
	curl -s -m 20 -o body -w '%{http_code}' -x "$PROXY" "http://127.0.0.1:$(cat port)/" >code
	wait $server
	[ "$(cat code)" = 502 ]
	grep -q 'interim responses without end' body
	[ "$(cat sent)" -lt 20000000 ]
}

# The system has buffers for a few megabytes.
@test "recorder: a client or server that does not read makes the other side wait" {
	start_recorder timeout "${SERVER_LIMIT_S:-1500}" "$REPRISE"
	run slow_clients unread "${PROXY##*:}"
	echo "$output"
	# Under ThreadSanitizer, it takes long to import a recording of this size.
	kill -KILL "$(pgrep -P "$RECORDER")"
	[ "${lines[0]}" -gt 0 ]
	[ "${lines[0]}" -lt 30000000 ]
	[ "${lines[1]}" -gt 0 ]
	[ "${lines[1]}" -lt 30000000 ]
}
