#!/usr/bin/env bats
# HTTP/3 with nginx: one scenario by HTTP/1.1, HTTP/2 and HTTP/3. Skipped where the libcurl or the nginx of
# this machine has no HTTP/3; Debian 13 has both.

load helper

setup_file() {
	export dir=$BATS_FILE_TMPDIR
	"$REPRISE" --version | grep -q '^features: .*HTTP/3' || {
		export WHY="the libcurl of this machine has no HTTP/3 (Debian 13 has it)"
		return 0
	}
	{ command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; } &&
		"$(command -v nginx || echo /usr/sbin/nginx)" -V 2>&1 | grep -q http_v3_module || {
		export WHY="the nginx of this machine has no HTTP/3"
		return 0
	}
	chmod 755 "$dir"
	"$SRCDIR/tests/faults/certs" "$dir/certs"
	h3=$(free_port)
	tcp=$(free_port)
	export h3 tcp
	start_nginx "
		listen 127.0.0.1:$h3 quic reuseport;
		listen 127.0.0.1:$h3 ssl;
		listen 127.0.0.1:$tcp ssl;
		http2 on;
		ssl_certificate $dir/certs/good.pem;
		ssl_certificate_key $dir/certs/good.key;
		location = /seen { default_type text/plain; return 200 '\$server_protocol \$request_method \$http_x_user'; }
		location = /away { return 302 /seen; }
	"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

needs_http3() {
	[ -z "${WHY:-}" ] || skip "$WHY"
}

# shop: the scenario, for the version in the parameter HTTP.
shop() {
	scenario <<-END >/dev/null
		target: https://127.0.0.1:$h3
		parameters: {HTTP: {default: auto}, SEEN: {default: HTTP/2.0}}
		defaults: {http: "\${HTTP}", tls: {ca: $dir/certs/ca.pem}}
		load: {users: 4, iterations: 5}
		steps:
		  - get: /seen
		    name: Seen
		    headers: {X-User: "u\${user.id}"}
		    expect: {body: "\${SEEN} GET u\${user.id}"}
		  - get: /away
		    expect: {body: {contains: "\${SEEN} GET"}}
		  - parallel:
		      - get: /seen
		      - head: /seen
	END
}

@test "http: 3 is refused at its position where libcurl has no HTTP/3, with the reason" {
	[ -n "${WHY:-}" ] || skip "this libcurl has HTTP/3"
	"$REPRISE" --version | grep -q '^missing: .*HTTP/3' || skip "this libcurl has HTTP/3"
	printf 'target: https://shop.example\ndefaults:\n  http: 3\nsteps: [get: /]\n' >shop.yaml
	run -2 "$REPRISE" check shop.yaml
	golden http3/refused.txt <<<"$output"
	run -2 "$REPRISE" run shop.yaml
	[[ "$output" == *"shop.yaml:3:9: error: "*"E314"*"nothing was sent"* ]]
}

@test "http: 3 is refused with a target without TLS, a proxy, a Unix socket and the direct transport" {
	needs_http3
	local text
	while IFS='|' read -r text why; do
		printf '%b\nsteps: [get: /]\n' "$text" >shop.yaml
		run -2 "$REPRISE" check shop.yaml
		[[ "$output" == *"shop.yaml:2:"*"$why"*E314* ]] || { echo "$output"; false; }
	done <<-'END'
		target: http://shop.example\ndefaults: {http: 3}|needs a target with https://
		target: https://shop.example\ndefaults: {http: 3, proxy: "http://127.0.0.1:3128"}|cannot be used with a proxy
		target: https://shop.example\ndefaults: {http: 3, unix_socket: /run/shop}|cannot be used with `unix_socket`
		target: https://shop.example\ndefaults: {http: 3, transport: direct}|needs libcurl
	END
}

@test "one scenario by HTTP/1.1, HTTP/2 and HTTP/3: the same requests, and the results name the version" {
	needs_http3
	shop
	for version in 1.1 2 3; do
		seen=HTTP/$version
		[ $version = 1.1 ] || seen=$seen.0
		run -0 reprise run --json $version.json --report $version.html -p HTTP=$version -p SEEN=$seen scenario.yaml
		echo "$output" >$version.out
		[ "$(json $version.json 'd["requests"]["ok"], d["requests"]["failed"], d["requests"]["redirects"]')" = "[80, 0, 20]" ]
		[ "$(json $version.json 'd["http_versions"]')" = "{\"${version%.*}\": 80}" ]
		[ "$(json $version.json '[s["http_versions"] for s in d["steps"] if s["name"] == "Seen"][0]')" = "{\"${version%.*}\": 20}" ]
	done
	grep -q '^  versions HTTP/3 80$' 3.out
	grep -q '^  versions HTTP/2 80$' 2.out
	run -1 grep versions 1.1.out
	grep -q 'HTTP/3 80' 3.html
	# HTTP/3 uses a connection for all requests of a user.
	[ "$(json 3.json 'd["generator"]["connections_opened"]')" -le 8 ]
}

@test "http: 3 has no fallback: a server without it fails, and the message says so" {
	needs_http3
	shop
	sed -i "s/^target:.*/target: https:\/\/127.0.0.1:$tcp/" scenario.yaml
	run reprise run --once --json r.json -p HTTP=3 scenario.yaml
	[ "$status" -ne 0 ]
	[ "$(json r.json 'd["requests"]["ok"], d["http_versions"]')" = "[0, {}]" ]
	[[ "$output" == *"for HTTP/3, which uses UDP (connection refused)"* ]]
	run -0 reprise run --once -p SEEN=HTTP/2.0 scenario.yaml
}
