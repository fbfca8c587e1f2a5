# HTTP/2 with nginx, by both transports: the same requests, uploads, limits of streams, ALPN.
load helper

setup_file() {
	export dir=$BATS_FILE_TMPDIR
	chmod 755 "$dir"
	"$SRCDIR/tests/faults/certs" "$dir/certs"
	h2=$(free_port)
	h2c=$(free_port)
	h1=$(free_port)
	sink=$(free_port)
	export h2 h2c h1
	start_nginx "
		listen 127.0.0.1:$h2 ssl http2;
		listen 127.0.0.1:$h2c http2;
		listen 127.0.0.1:$h1 ssl;
		listen 127.0.0.1:$sink;
		http2_max_concurrent_streams 2;
		client_max_body_size 20m;
		ssl_certificate $dir/certs/good.pem;
		ssl_certificate_key $dir/certs/good.key;
		location /show { default_type text/plain; return 200 '\$request_method \$scheme \$host \$request_uri [\$http_connection] [\$http_te] [\$http_cookie] [\$content_type] [\$content_length] [\$http_accept] [\$http_x_empty]'; }
		location /up { proxy_pass http://127.0.0.1:$sink/sink; }
		location /sink { default_type text/plain; return 200 'received \$content_length bytes'; }
		location /seen { default_type text/plain; return 200 '\$server_protocol \$connection'; }
		location /gone { return 204; }
	"
}

teardown_file() {
	stop_servers
}

# perform TRANSPORT TARGET: runs the scenario on standard input once; its bodies are in bodies.TRANSPORT.
perform() {
	{
		echo "target: $2"
		cat
	} >"$BATS_TEST_TMPDIR/s.yaml"
	run --separate-stderr reprise run --once -vv --transport "$1" "$BATS_TEST_TMPDIR/s.yaml"
	echo "$output"
	echo "$stderr"
	[ "$status" -eq 0 ]
	sed -n -E 's/boundary=[^]]*/boundary/; s/^  < ((GET|POST|PUT|HEAD) http)/\1/p' <<<"$stderr" >"$BATS_TEST_TMPDIR/bodies.$1"
}

@test "the same requests by both transports" {
	printf 'one file' >"$BATS_TEST_TMPDIR/a.txt"
	for transport in curl direct; do
		perform $transport "https://127.0.0.1:$h2" <<-Y
			defaults: {tls: {ca: $dir/certs/ca.pem}, http: 2, headers: {Connection: close, TE: gzip, X-Empty: ""}}
			steps:
			  - get: /show?q=%2f%2F
			    headers: {Host: other.test, Cookie: a=b, Accept: text/x}
			  - post: /show
			    json: {a: 1}
			  - put: /show
			    body_file: a.txt
			  - post: /show
			    multipart: {f: {file: a.txt}}
			  - post: /show
			  - head: /show
			  - get: /gone
			    expect: {status: 204}
		Y
	done
	grep -q 'GET https other.test /show?q=%2f%2F \[\] \[\] \[a=b\] \[\] \[\] \[text/x\] \[\]' "$BATS_TEST_TMPDIR/bodies.direct"
	grep -q 'PUT https 127.0.0.1 /show .*\[8\]' "$BATS_TEST_TMPDIR/bodies.direct"
	diff "$BATS_TEST_TMPDIR/bodies.curl" "$BATS_TEST_TMPDIR/bodies.direct"
}

@test "uploads that are larger than the windows" {
	head -c 3000000 /dev/zero >"$BATS_TEST_TMPDIR/large"
	for target in "https://127.0.0.1:$h2" "http://127.0.0.1:$h2c"; do
		perform direct "$target" <<-Y
			defaults: {tls: {ca: $dir/certs/ca.pem}, http: 2}
			steps:
			  - parallel:
			      - put: /up
			        body_file: large
			        expect: {body: received 3000000 bytes}
			      - put: /up
			        body_file: large
			        expect: {body: received 3000000 bytes}
			      - get: /seen
		Y
	done
}

@test "no more streams than the server allows, on one connection" {
	: >"$NGINX_DIR/access.log"
	cat >"$BATS_TEST_TMPDIR/s.yaml" <<-Y
		target: https://127.0.0.1:$h2
		defaults: {tls: {ca: $dir/certs/ca.pem}}
		load: {users: 2, iterations: 10}
		steps:
		  - get: /seen
		    extract: {connection: {regex: 'HTTP/2.0 (.*)'}}
		  - parallel:
	Y
	for _ in 1 2 3 4 5 6 7 8 9; do
		printf "      - get: /seen\n        expect: {body: 'HTTP/2.0 \${connection}'}\n"
	done >>"$BATS_TEST_TMPDIR/s.yaml"
	run reprise run -q --transport direct "$BATS_TEST_TMPDIR/s.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c . "$NGINX_DIR/access.log")" -eq 200 ]
}

@test "a server that chooses HTTP/1.1" {
	perform direct "https://127.0.0.1:$h1" <<-Y
		allowed_hosts: ["127.0.0.1:$h2"]
		defaults: {tls: {ca: $dir/certs/ca.pem}, http: 2}
		steps:
		  - get: /seen
		    expect: {body: {contains: HTTP/1.1}}
		  - get: https://127.0.0.1:$h2/seen
		    expect: {body: {contains: HTTP/2.0}}
	Y
}

@test "outputs name the versions of HTTP, and comparisons say if they differ" {
	cd "$BATS_TEST_TMPDIR"
	scenario <<-END >/dev/null
		target: https://127.0.0.1:$h2
		parameters: {HTTP: {default: auto}}
		defaults: {http: "\${HTTP}", tls: {ca: $dir/certs/ca.pem}}
		load: {users: 1, iterations: 3}
		steps: [get: /seen]
	END
	for version in 1.1 2; do
		run -0 reprise run -p HTTP=$version --out $version --junit $version.xml scenario.yaml
	done
	[[ "$output" == *"  versions HTTP/2 3"* ]]
	grep -q '<property name="http_versions" value="HTTP/2 3"/>' 2.xml
	run -1 grep http_versions 1.1.xml
	run -0 reprise run --once -v scenario.yaml
	[[ "$output" == *"of text/plain, HTTP/2, transport: direct"* ]]
	run reprise compare 1.1 2
	[[ "$output" == *"  The HTTP versions differ (A: HTTP/1 3; B: HTTP/2 3), so a change may be that of the protocol."* ]]
	run reprise compare --format json 1.1 2
	[ "$(json - 'd["differences"], [s["http_versions"] for s in d["sides"]]' <<<"$output")" = '[["http_version"], [{"1": 3}, {"2": 3}]]' ]
	run reprise compare 2 2
	[[ "$output" != *"versions differ"* ]]
	run -0 reprise report --against 1.1 2
	grep -q 'The HTTP versions differ: now HTTP/2 3; before HTTP/1 3\.' 2/report.html
}
