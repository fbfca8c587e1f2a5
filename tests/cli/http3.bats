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
	start_origin
	start_script listen_server.py
	head -c 1000000 /dev/zero | tr '\0' x >"$dir/large"
	h3=$(free_port)
	tcp=$(free_port)
	export h3 tcp
	start_nginx "$(server "$h3")
		listen 127.0.0.1:$tcp ssl;"
}

# server PORT: the lines of nginx for the three versions of HTTP on PORT.
server() {
	cat <<-END
		listen 127.0.0.1:$1 quic reuseport;
		listen 127.0.0.1:$1 ssl;
		http2 on;
		ssl_certificate $ORIGIN_CERTS/good.pem;
		ssl_certificate_key $ORIGIN_CERTS/good.key;
		gzip on; gzip_types text/plain; gzip_min_length 1; gzip_http_version 1.0;
		location = /seen { default_type text/plain; return 200 '\$server_protocol \$request_method \$http_x_user'; }
		location = /away { return 302 /seen; }
		location = /cookie { default_type text/plain; add_header Set-Cookie "basket=\$http_x_user; Path=/; Secure"; return 200 set; }
		location = /basket { default_type text/plain; return 200 'basket \$cookie_basket'; }
		location = /port { default_type text/plain; return 200 \$remote_port; }
		location = /large { root $dir; }
		location = /slow { limit_rate 100k; root $dir; try_files /large =404; }
		location = /gone { return 444; }
		location /origin/ { client_max_body_size 10m; proxy_buffering off; proxy_pass http://127.0.0.1:$(origin_port http)/; }
	END
}

teardown_file() {
	stop_servers
	[ ! -e "$BATS_FILE_TMPDIR/server.pid" ] || stop_script
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

needs_http3() {
	[ -z "${WHY:-}" ] || skip "$WHY"
}

# shop: the scenario, for the version in the parameter HTTP.
shop() {
	cp "$dir/large" large
	scenario <<-END >/dev/null
		target: https://127.0.0.1:$h3
		parameters: {HTTP: {default: auto}, SEEN: {default: HTTP/2.0}}
		defaults: {http: "\${HTTP}", tls: {ca: $ORIGIN_CERTS/ca.pem}}
		load: {users: 2, iterations: 3}
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
		  - get: /cookie
		    headers: {X-User: "u\${user.id}"}
		  - get: /basket
		    headers: {Accept-Encoding: gzip}
		    expect: {body: "basket u\${user.id}", header: {Content-Encoding: gzip}}
		  - post: /origin/echo
		    form: {user: "u\${user.id}", city: Zürich}
		    expect: {jsonpath: {$.method: POST, $.body: "user=u\${user.id}&city=Z%C3%BCrich"}}
		  - post: /origin/hash
		    body_file: large
		    timeout: 1m
		    expect: {body: $(sha256sum <"$dir/large" | cut -d' ' -f1)}
		  - get: /large
		    expect: {size: 1000000}
		  - get: /origin/status/404
		    expect: {status: 404}
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
		run -0 reprise run --out $version --json $version.json --junit $version.xml -p HTTP=$version -p SEEN=$seen scenario.yaml
		echo "$output" >$version.out
		[ "$(json $version.json 'd["requests"]["ok"], d["requests"]["failed"], d["requests"]["redirects"]')" = "[60, 0, 6]" ]
		[ "$(json $version.json 'd["http_versions"]')" = "{\"${version%.*}\": 60}" ]
		[ "$(json $version.json '[s["http_versions"] for s in d["steps"] if s["name"] == "Seen"][0]')" = "{\"${version%.*}\": 6}" ]
	done
	[ "$(json 3.json '[(s["name"], s["requests"]["ok"]) for s in d["steps"]]')" = "$(json 1.1.json '[(s["name"], s["requests"]["ok"]) for s in d["steps"]]')" ]
	grep -q '^  versions HTTP/3 60$' 3.out
	grep -q '^  versions HTTP/2 60$' 2.out
	run -1 grep versions 1.1.out
	grep -q '<property name="http_versions" value="HTTP/3 6"/>' 3.xml
	run -1 grep http_versions 1.1.xml
	# HTTP/3 uses a connection for all requests of a user.
	[ "$(json 3.json 'd["generator"]["connections_opened"]')" -le 4 ]

	reprise compare 2 3 >compare.txt || true
	grep -q '^  The HTTP versions differ (A: HTTP/2 60; B: HTTP/3 60), so a change may be that of the protocol\.$' compare.txt
	reprise compare --format json 1.1 3 >compare.json || true
	[ "$(json compare.json 'd["differences"], [s["http_versions"] for s in d["sides"]]')" = '[["http_version"], [{"1": 60}, {"3": 60}]]' ]
	run -0 reprise report --against 2 3
	grep -q 'The HTTP versions differ: now HTTP/3 60; before HTTP/2 60\.' 3/report.html
	for shard in 1 2; do
		run -0 reprise run --shard $shard/2 --seed 1 --out shard$shard -p HTTP=3 -p SEEN=HTTP/3.0 scenario.yaml
	done
	run -0 reprise merge --out both shard1 shard2
	[[ "$output" == *"  versions HTTP/3 60"* ]]
	[ "$(json both/summary.json 'd["http_versions"]')" = '{"3": 60}' ]
}

@test "run --once -v names the version of each response" {
	needs_http3
	shop
	run -0 reprise run --once -v -p HTTP=3 -p SEEN=HTTP/3.0 scenario.yaml
	[[ "$output" == *"of text/plain, HTTP/3, transport: libcurl"* ]]
}

@test "http: 3 has no fallback: a server without it fails, and the message says so" {
	needs_http3
	shop
	sed -i "s/^target:.*/target: https:\/\/127.0.0.1:$tcp/" scenario.yaml
	run reprise run --once --json r.json -p HTTP=3 scenario.yaml
	[ "$status" -eq 3 ]
	[ "$(json r.json 'd["requests"]["ok"], d["http_versions"]')" = "[0, {}]" ]
	[[ "$output" == *"for HTTP/3, which uses UDP (connection refused)"* ]]
	run -0 reprise run --once -p SEEN=HTTP/2.0 scenario.yaml
}

# failing STEP [PORT [TIMEOUT]]: a run of one request that fails; its results are in r.json and failures.har.
failing() {
	scenario f.yaml <<-END >/dev/null
		target: https://127.0.0.1:${2:-$h3}
		defaults: {http: 3, tls: {ca: $ORIGIN_CERTS/ca.pem}, connect_timeout: ${3:-1m}, timeout: 1m}
		load: {users: 1, iterations: 1}
		steps: [{get: $1}]
	END
	run reprise run --json r.json --out "f$((++runs))" f.yaml
	[ "$(json r.json 'd["requests"]["started"], d["requests"]["failed"], d["requests"]["resent"]')" = "[1, 1, 0]" ] || { echo "$output"; false; }
	output=$(tr -s '\n ' ' ' <<<"$output")
}

@test "failed requests with HTTP/3: no response to UDP, an aborted stream, a cut body" {
	needs_http3
	python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
time.sleep(120)' >mute 3>&- &
	mute=$!
	wait_for 20 test -s mute
	failing /seen "$(cat mute)" 100ms
	kill $mute
	[[ "$output" == *"no connection to 127.0.0.1:$(cat mute) for HTTP/3 within connect_timeout; enable HTTP/3 on the server, let UDP"* ]]
	failing /gone
	[[ "$output" == *"the server aborted the HTTP/3 stream before the response"* ]]
	failing /origin/reset/mid-body
	[[ "$output" == *"before the end of the response body"* ]]
	[ "$(json r.json 'd["http_versions"]')" = '{"3": 1}' ]
	[ "$(json f3/failures/*.har '[(e["request"]["httpVersion"], e["response"]["httpVersion"]) for e in d["log"]["entries"]]')" = '[["HTTP/3", "HTTP/3"]]' ]
}

# nginx_kill: kills nginx, so that it says nothing to its clients.
nginx_kill() {
	local master
	master=$(cat "$NGINX_DIR/pid")
	# shellcheck disable=SC2046
	kill -KILL "$master" $(cat "/proc/$master/task/$master/children")
}

lines_after() {
	[ "$(wc -l <"$NGINX_DIR/access.log")" -gt "$1" ]
}

@test "a server with HTTP/3 that is killed and started again: failures are counted, and the run continues" {
	needs_http3
	port=$(free_port)
	start_nginx "$(server "$port")"
	scenario <<-END >/dev/null
		target: https://127.0.0.1:$port
		defaults: {http: 3, tls: {ca: $ORIGIN_CERTS/ca.pem}, timeout: 1s}
		load: {users: 5, duration: 1m}
		steps: [get: /seen]
	END
	"$REPRISE" run --json r.json scenario.yaml >run.out 2>&1 3>&- &
	pid=$!
	wait_for 60 lines_after 5
	nginx_kill
	sleep 0.5
	seen=$(wc -l <"$NGINX_DIR/access.log")
	timeout 100 "$(command -v nginx || echo /usr/sbin/nginx)" -p "$NGINX_DIR" -c "$NGINX_DIR/nginx.conf" >again 2>&1 </dev/null 3>&- &
	started nginx $! "$NGINX_PORT"
	wait_for 60 lines_after $((seen + 5))
	kill -INT $pid
	wait $pid || status=$?
	[ "$(json r.json 'd["requests"]["failed"] > 0, d["requests"]["started"] == sum(d["requests"][k] for k in ("ok", "failed", "cut_off"))')" = "[true, true]" ]
	run -1 grep -E 'lib\(0\)|rror:0' run.out
}

@test "the server ends each HTTP/3 connection after 8 streams: requests are sent again on a new one" {
	needs_http3
	port=$(free_port)
	start_nginx "$(server "$port")
		keepalive_requests 8;"
	scenario <<-END >/dev/null
		target: https://127.0.0.1:$port
		defaults: {http: 3, tls: {ca: $ORIGIN_CERTS/ca.pem}, timeout: 3s}
		load: {users: 2, iterations: 40}
		steps: [get: /seen]
	END
	run reprise run --json r.json scenario.yaml
	# libcurl may lose a response if its connection is closed at the same time.
	[ "$(json r.json 'd["requests"]["started"], d["requests"]["resent"] > 0, d["requests"]["ok"] >= 60')" = "[80, true, true]" ] || { echo "$output"; false; }
	# One connection for each that the server closed: a closed one is not tried again for each later request.
	[ "$(json r.json 'd["generator"]["connections_opened"]')" -le 25 ] || { echo "$output"; false; }
}

@test "a connection on which a request timed out: the next request opens another, connections to other servers are kept" {
	needs_http3
	port=$(free_port)
	start_nginx "$(server "$port")
		location /news/ { proxy_buffering off; proxy_pass $TARGET/; }"
	scenario <<-END >/dev/null
		target: https://127.0.0.1:$port
		allowed_hosts: ["127.0.0.1:$h3"]
		defaults: {http: 3, tls: {ca: $ORIGIN_CERTS/ca.pem}, timeout: 5s, on_failure: continue}
		load: {users: 1, iterations: 1}
		steps:
		  - listen: /news/half
		  - {get: /port, extract: {first: {body: true}}}
		  - {get: "https://127.0.0.1:$h3/port", extract: {other: {body: true}}}
		  - {get: /news/silent, timeout: 300ms}
		  - {get: "https://127.0.0.1:$h3/port", expect: {body: "\${other}"}}
		  - {get: /port, expect: {body: {not: {equals: "\${first}"}}}}
		  - close: 1000
		  - {get: /port, expect: {body: {not: {equals: "\${first}"}}}}
	END
	# The stream keeps its connection open, so libcurl does not close it. libcurl sometimes loses the
	# response of another request beside it, which is a second failure.
	run -1 timeout 60 "$REPRISE" run --json r.json scenario.yaml
	[ "$(json r.json 'd["requests"]["ok"] in (5, 6), d["requests"]["ok"] + d["requests"]["failed"], d["requests"]["resent"]')" = "[true, 7, 0]" ] || { echo "$output"; false; }
}
