#!/usr/bin/env bats
# Requests through a proxy: absolute form and CONNECT, name and credentials, exceptions, and failure
# classes. The proxies of tests/faults resolve every name to this machine.

load helper

setup_file() {
	start_origin
}

teardown_file() {
	stop_servers
}

setup() {
	origin_reset
	PROXY=127.0.0.1:$(origin_port proxy)
}

# perform TARGET DEFAULTS [LINES]: three users request /ok twice.
perform() {
	scenario >/dev/null <<-END
		target: $1
		defaults: {$2}
		load: {users: 3, iterations: 2}
		steps:
		  - get: /ok
		    expect: {body: {contains: ok}}
		$(printf '%b' "${3:-}" | sed '/./s/^/  /')
	END
	run reprise run --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	origin_saw
}

proxied() {
	[ "$(origin_saw | json - 'd["proxied"]')" = "$1" ]
}

failed() {
	[ "$status" -ne 0 ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[[f["class"], f["count"]] for f in d["failures"]]')" = "$1" ]
}

says() { # the example of the first failure
	[[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["failures"][0]["example"]')" = *"$1"* ]]
}

@test "http requests are sent in absolute form, with names that only the proxy can resolve" {
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"http://$PROXY\""
	[ "$status" -eq 0 ]
	proxied "{\"GET shop.invalid:$(origin_port http)\": 6}"
}

@test "the proxy's own name is looked up, a scheme is not needed" {
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"localhost:${PROXY##*:}\""
	[ "$status" -eq 0 ]
	proxied "{\"GET shop.invalid:$(origin_port http)\": 6}"
}

@test "https requests use one tunnel per user, and certificates are checked" {
	perform https://localhost:"$(origin_port https)" "proxy: \"http://$PROXY\", tls: {ca: $ORIGIN_CERTS/ca.pem}"
	[ "$status" -eq 0 ]
	proxied "{\"CONNECT localhost:$(origin_port https)\": 3}"
	[ "$(origin_saw | json - 'd["connections"]')" = 3 ]
}

@test "an untrusted certificate is rejected through a proxy too" {
	perform https://localhost:"$(origin_port untrusted)" "proxy: \"http://$PROXY\", tls: {ca: $ORIGIN_CERTS/ca.pem}"
	failed '[["tls", 6]]'
}

@test "proxy credentials are sent to the proxy only" {
	local login
	login=127.0.0.1:$(origin_port proxy_login)
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"http://anna:open%20sesame@$login\"" \
		"\n- get: /ok?again"
	[ "$status" -eq 0 ]
	perform https://localhost:"$(origin_port https)" "proxy: \"http://anna:open%20sesame@$login\", tls: {ca: $ORIGIN_CERTS/ca.pem}"
	[ "$status" -eq 0 ]
	[[ "$(reprise show --config "$BATS_TEST_TMPDIR/scenario.yaml")" != *sesame* ]]
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"http://$login\""
	failed '[["status", 6]]'
	perform https://localhost:"$(origin_port https)" "proxy: \"http://$login\", tls: {ca: $ORIGIN_CERTS/ca.pem}"
	failed '[["connect", 6]]'
	[[ "$output" = *407* ]]
}

@test "hosts in no_proxy are contacted directly" {
	perform http://localhost:"$(origin_port http)" "proxy: \"http://$PROXY\", no_proxy: [.invalid, localhost]"
	[ "$status" -eq 0 ]
	perform http://127.0.0.1:"$(origin_port http)" "proxy: \"http://$PROXY\", no_proxy: 127.0.0.0/8"
	[ "$status" -eq 0 ]
	proxied '{}'
}

@test "a request can use another proxy than the defaults" {
	scenario >/dev/null <<-END
		target: http://127.0.0.1:$(origin_port http)
		steps:
		  - get: /ok
		  - get: /ok
		    proxy: $PROXY
		  - get: /ok
		    proxy: none
		  - repeat: 3
		    steps:
		      - get: /ok?\${loop.index}
		        proxy: $PROXY
		      - get: /ok?\${loop.index}
	END
	run reprise run "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
	proxied "{\"GET 127.0.0.1:$(origin_port http)\": 4}"
	[ "$(origin_saw | json - 'd["sends"]')" = 9 ]
}

@test "the proxy does not change the allowed hosts" {
	perform http://shop.invalid:"$(origin_port http)" "proxy: $PROXY" "\n- get: \"http://elsewhere\${user.id}.invalid/\""
	failed '[["blocked_host", 6]]'
	proxied "{\"GET shop.invalid:$(origin_port http)\": 6}"
}

@test "a proxy that is unreachable, refuses or disconnects is reported as a failure" {
	local https target
	https="https://localhost:$(origin_port https)"
	target="http://shop.invalid:$(origin_port http)"
	perform "$target" "proxy: 127.0.0.1:$(origin_port closed)"
	failed '[["connect", 6]]'
	perform "$target" "proxy: no-such-proxy.invalid:3128"
	failed '[["dns", 6]]'
	perform "$target" "proxy: 127.0.0.1:$(origin_port proxy_down)"
	failed '[["status", 6]]'
	perform "$https" "proxy: 127.0.0.1:$(origin_port proxy_down)"
	failed '[["connect", 6]]'
	[[ "$output" = *502* ]]
	perform "$target" "proxy: 127.0.0.1:$(origin_port proxy_leaves)"
	failed '[["reset", 6]]'
	perform "$https" "proxy: 127.0.0.1:$(origin_port proxy_leaves)"
	failed '[["connect", 6]]'
	perform "$https" "connect_timeout: 100ms, proxy: 127.0.0.1:$(origin_port mute)"
	failed '[["timeout_connect", 6]]'
	proxied '{}'
}

@test "SOCKS5: the proxy gets addresses with socks5, and names with socks5h" {
	local tls="tls: {ca: $ORIGIN_CERTS/ca.pem}" socks
	socks=127.0.0.1:$(origin_port socks)
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"socks5h://$socks\""
	[ "$status" -eq 0 ]
	proxied "{\"SOCKS shop.invalid:$(origin_port http)\": 3}"
	[ "$(origin_saw | json - 'd["sends"]')" = 6 ]
	origin_reset
	perform https://localhost:"$(origin_port https)" "proxy: \"socks5://localhost:${socks##*:}\", resolve: {\"localhost:$(origin_port https)\": 127.0.0.1}, $tls"
	[ "$status" -eq 0 ]
	proxied "{\"SOCKS 127.0.0.1:$(origin_port https)\": 3}"
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"socks5://$socks\""
	failed '[["dns", 6]]'
}

@test "SOCKS5: logins are secret, and failures have their reasons" {
	local login target
	login=127.0.0.1:$(origin_port socks_login)
	target="http://shop.invalid:$(origin_port http)"
	perform "$target" "proxy: \"socks5h://anna:open%20sesame@$login\""
	[ "$status" -eq 0 ]
	[[ "$(reprise show --config "$BATS_TEST_TMPDIR/scenario.yaml")" != *sesame* ]]
	perform "$target" "proxy: \"socks5h://anna:sesame@$login\""
	failed '[["connect", 6]]'
	says "the SOCKS proxy refused the user or password"
	[[ "$output" != *:sesame@* ]]
	perform "$target" "proxy: \"socks5h://127.0.0.1:$(origin_port socks_down)\""
	failed '[["connect", 6]]'
	says "nothing listens there (connection refused)"
	perform "$target" "proxy: \"socks5h://127.0.0.1:$(origin_port proxy_down)\", connect_timeout: 300ms"
	[ "$status" -ne 0 ]
	perform "$target" "proxy: \"socks5h://127.0.0.1:$(origin_port closed)\""
	failed '[["connect", 6]]'
	perform "$target" "proxy: \"socks4://127.0.0.1:1080\""
	[ "$status" -eq 2 ]
	[[ "$output" = *"a proxy starts with http://, https://, socks5:// or socks5h://"* ]]
}

@test "a proxy with https: its certificate is checked, for http and https requests" {
	local proxy tls="tls: {ca: $ORIGIN_CERTS/ca.pem}"
	proxy=localhost:$(origin_port proxy_tls)
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"https://$proxy\", $tls"
	[ "$status" -eq 0 ]
	proxied "{\"GET shop.invalid:$(origin_port http)\": 6}"
	origin_reset
	perform https://localhost:"$(origin_port https)" "proxy: \"https://$proxy\", $tls"
	[ "$status" -eq 0 ]
	proxied "{\"CONNECT localhost:$(origin_port https)\": 3}"
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"https://$proxy\""
	failed '[["tls", 6]]'
	says "the certificate of $proxy is signed by an unknown authority"
	perform http://shop.invalid:"$(origin_port http)" "proxy: \"https://127.0.0.1:$(origin_port garbage)\""
	failed '[["tls", 6]]'
}

@test "proxy variables in the environment are ignored" {
	scenario >/dev/null <<-END
		target: $SERVER_URL
		steps:
		  - get: /ok
	END
	run env http_proxy=http://127.0.0.1:9 HTTP_PROXY=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9 \
		timeout 60 "$REPRISE" run "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
}

# socket_visit TARGET DEFAULTS: three users talk on a WebSocket.
socket_visit() {
	scenario >/dev/null <<-END
		target: $1
		defaults: {$2}
		load: {users: 3, iterations: 2}
		steps:
		  - websocket: /chat
		  - send: {text: hello}
		    wait_for: {body: {contains: echo hello}}
		    timeout: 1m
	END
	run reprise run --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	origin_saw
}

# socket_server NAME [ARG…]: starts a WebSocket server; its port is in $PORT.
socket_server() {
	local out="$BATS_TEST_TMPDIR/$1.out"
	python3 -B "$SRCDIR/tests/cli/websocket_server.py" "${SERVER_LIMIT_S:-1500}" "${@:2}" >"$out" 2>/dev/null </dev/null 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/sockets"
	wait_for 60 test -s "$out"
	PORT=$(head -1 "$out")
}

teardown() {
	local pid
	while read -r pid; do
		kill "$pid"
	done 2>/dev/null <"$BATS_TEST_TMPDIR/sockets" || true
}

@test "WebSockets use a tunnel of an HTTP proxy, without and with TLS, and its credentials" {
	local login
	login=127.0.0.1:$(origin_port proxy_login)
	socket_server plain
	socket_visit http://shop.invalid:"$PORT" "proxy: \"http://$PROXY\""
	[ "$status" -eq 0 ]
	proxied "{\"CONNECT shop.invalid:$PORT\": 6}"
	origin_reset
	socket_visit http://shop.invalid:"$PORT" "proxy: \"http://anna:open%20sesame@localhost:${login##*:}\""
	[ "$status" -eq 0 ]
	proxied "{\"CONNECT shop.invalid:$PORT\": 6}"
	socket_visit http://shop.invalid:"$PORT" "proxy: \"http://$login\""
	failed '[["connect", 6]]'
	says "the proxy refused the user or password (status 407)"
	socket_server tls "$ORIGIN_CERTS/good.pem" "$ORIGIN_CERTS/good.key"
	origin_reset
	socket_visit https://localhost:"$PORT" "proxy: \"http://$PROXY\", tls: {ca: $ORIGIN_CERTS/ca.pem}"
	[ "$status" -eq 0 ]
	proxied "{\"CONNECT localhost:$PORT\": 6}"
	run reprise show --program "$BATS_TEST_TMPDIR/scenario.yaml"
	[[ $output == *"WEBSOCKET /chat: direct"* ]]
}

@test "a WebSocket fails with the reason if its proxy cannot be used" {
	local target=http://shop.invalid:1
	socket_visit "$target" "proxy: 127.0.0.1:$(origin_port closed)"
	failed '[["connect", 6]]'
	says "nothing listens on 127.0.0.1:$(origin_port closed)"
	socket_visit "$target" "proxy: 127.0.0.1:$(origin_port proxy_down)"
	failed '[["connect", 6]]'
	says "the proxy did not connect to the server (status 502)"
	socket_visit "$target" "proxy: 127.0.0.1:$(origin_port proxy_leaves)"
	failed '[["connect", 6]]'
	says "the proxy closed the connection before it connected to shop.invalid:1"
	for proxy in "socks5://$PROXY" "https://$PROXY"; do
		socket_visit "$target" "proxy: \"$proxy\""
		failed '[["protocol", 6]]'
		says "a WebSocket cannot be opened because of a proxy other than http://, which it does not support"
	done
}
