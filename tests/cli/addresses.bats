#!/usr/bin/env bats
# Addresses of connections: resolve, dns and source_addresses, checked in nginx's log.

load helper

setup() {
	command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || skip "no nginx"
	start_nginx 'location / { return 200 "$remote_addr $host"; }'
}

teardown() {
	stop_servers
}

@test "resolve: a name has the address from the scenario" {
	scenario <<-END
		target: http://Shop.test:$SERVER_PORT
		defaults: {resolve: {"shop.test:$SERVER_PORT": 127.0.0.1}, dns: {ttl: 1ms}}
		load: {users: 3, iterations: 3}
		steps:
		  - get: /
		    expect: {body: 127.0.0.1 shop.test}
	END
	run reprise run "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "names with letters beyond ASCII: allowed, looked up and sent in their ASCII form" {
	scenario <<-END
		target: http://bücher.test:$SERVER_PORT
		allowed_hosts: ["*.köln.test"]
		parameters: {SHOP: {default: BÜCHER}}
		defaults: {resolve: {"bücher.test:$SERVER_PORT": 127.0.0.1, "www.köln.test:$SERVER_PORT": 127.0.0.1}}
		steps:
		  - {get: /, expect: {body: 127.0.0.1 xn--bcher-kva.test}}
		  - {get: "http://BÜCHER.test:$SERVER_PORT/\${iteration}", expect: {body: 127.0.0.1 xn--bcher-kva.test}}
		  - {get: "http://b%C3%BCcher.test:$SERVER_PORT/", expect: {body: 127.0.0.1 xn--bcher-kva.test}}
		  - {get: "http://\${SHOP}.test:$SERVER_PORT/", expect: {body: 127.0.0.1 xn--bcher-kva.test}}
		  - {get: "http://www.KÖLN.test:$SERVER_PORT/", expect: {body: 127.0.0.1 www.xn--kln-sna.test}}
	END
	run reprise check "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
	run reprise run --once "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "percent-encodings are sent as written, at each send and redirect" {
	stop_servers
	start_nginx 'location /old { return 302 "/new/%2C%2c?%C3%A4%c3%a4"; } location / { return 200 "$request_uri"; }'
	scenario <<-END
		target: $SERVER_URL
		load: {users: 1, iterations: 3}
		steps:
		  - {get: "/a%2Cb%2cc", expect: {body: "/a%2Cb%2cc"}}
		  - {get: "/o/\${'a,b' | url_encode}", expect: {body: "/o/a%2Cb"}}
		  - {get: /old, expect: {body: "/new/%2C%2c?%C3%A4%c3%a4"}}
	END
	run reprise run "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "source_addresses: connections use the addresses in turn" {
	scenario <<-END
		target: $SERVER_URL
		defaults: {source_addresses: [127.0.0.2, 127.0.0.3]}
		load: {users: 4, iterations: 2}
		steps:
		  - get: /
	END
	run reprise run -j 1 "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(cut -d' ' -f1 "$NGINX_DIR/access.log" | sort | uniq -c | xargs)" = "4 127.0.0.2 4 127.0.0.3" ]
}

@test "source_addresses: an address of another machine fails to connect" {
	scenario <<-END
		target: $SERVER_URL
		defaults: {source_addresses: 203.0.113.9}
		steps:
		  - get: /
	END
	run reprise run "$BATS_TEST_TMPDIR/scenario.yaml"
	[ "$status" -eq 3 ]
	[ ! -s "$NGINX_DIR/access.log" ]
}
