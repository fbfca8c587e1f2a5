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
