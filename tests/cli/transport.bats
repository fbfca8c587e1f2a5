# Transports: HTTP/1.1 and HTTP/2 with verified TLS, Unix domain sockets; checked in nginx's log.

load helper

setup_file() {
	export dir=$BATS_FILE_TMPDIR
	chmod 755 "$dir"
	"${SRCDIR:-$BATS_TEST_DIRNAME/../..}/tests/faults/certs" "$dir/certs"
	https=$(free_port)
	cleartext=$(free_port)
	export https cleartext
	text=$(printf 'squeeze me %.0s' $(seq 200))
	cat >"$dir/nginx.conf" <<-C
		daemon off;
		worker_processes 1;
		pid $dir/nginx.pid;
		error_log $dir/error.log;
		events { worker_connections 1000; }
		http {
			log_format seen '\$server_protocol \$ssl_protocol \$connection \$uri';
			access_log $dir/seen.log seen;
			default_type text/plain;
			client_body_temp_path $dir/t1;
			proxy_temp_path $dir/t2;
			fastcgi_temp_path $dir/t3;
			uwsgi_temp_path $dir/t4;
			scgi_temp_path $dir/t5;
			server {
				listen 127.0.0.1:$https ssl http2;
				listen 127.0.0.1:$cleartext http2;
				listen unix:$dir/socket;
				ssl_protocols TLSv1.2 TLSv1.3;
				ssl_certificate $dir/certs/good.pem;
				ssl_certificate_key $dir/certs/good.key;
				location /text { gzip on; gzip_min_length 1; gzip_types *; return 200 "$text"; }
				location / { return 200 "all is well"; }
			}
		}
	C
	nginx -p "$dir" -c "$dir/nginx.conf" 3>&- &
	echo $! >"$dir/pid"
	for _ in $(seq 100); do
		[ ! -S "$dir/socket" ] || [ ! -s "$dir/nginx.pid" ] || break
		sleep 0.05
	done
}

teardown_file() {
	[ ! -e "$BATS_FILE_TMPDIR/pid" ] || kill "$(cat "$BATS_FILE_TMPDIR/pid")"
}

setup() {
	: >"$dir/seen.log"
}

# perform - runs the scenario on standard input; its first lines are added
perform() {
	{
		echo "target: ${target:-https://127.0.0.1:$https}"
		cat
	} >"$BATS_TEST_TMPDIR/scenario.yaml"
	run timeout 30 "$REPRISE" run "$BATS_TEST_TMPDIR/scenario.yaml" -q
	echo "$output"
	cat "$dir/seen.log"
}

requests() {
	grep -c . "$dir/seen.log"
}

connections() {
	awk '{ print $3 }' "$dir/seen.log" | sort -u | grep -c .
}

@test "HTTP/2 is used if the server offers it" {
	perform <<-Y
		defaults: {tls: {ca: $dir/certs/ca.pem}}
		load: {users: 3, iterations: 4}
		steps:
		  - get: /a
		  - get: /b
	Y
	[ "$status" -eq 0 ]
	[ "$(requests)" -eq 24 ]
	[ "$(connections)" -eq 3 ]
	[ "$(grep -c '^HTTP/2.0 TLSv1.3 ' "$dir/seen.log")" -eq 24 ]
}

@test "HTTP/1.1 is used if configured" {
	perform <<-Y
		defaults: {http: 1.1, tls: {ca: $dir/certs/ca.pem}}
		steps:
		  - get: /a
	Y
	[ "$status" -eq 0 ]
	grep -q '^HTTP/1.1 TLSv1.3 ' "$dir/seen.log"
}

@test "parallel requests share one HTTP/2 connection" {
	perform <<-Y
		defaults: {http: 2, tls: {ca: $dir/certs/ca.pem}}
		steps:
		  - parallel:
		      - get: /1
		      - get: /2
		      - get: /3
		      - get: /4
		      - get: /5
		      - get: /6
		      - get: /7
		      - get: /8
	Y
	[ "$status" -eq 0 ]
	[ "$(requests)" -eq 8 ]
	[ "$(connections)" -eq 1 ]
}

@test "HTTP/2 without TLS if configured, with reused connections" {
	target=http://127.0.0.1:$cleartext perform <<-Y
		defaults: {http: 2}
		load: {users: 3, iterations: 5}
		steps:
		  - get: /a
		  - get: /b
	Y
	[ "$status" -eq 0 ]
	[ "$(requests)" -eq 30 ]
	[ "$(connections)" -eq 3 ]
	[ "$(grep -c '^HTTP/2.0 - ' "$dir/seen.log")" -eq 30 ]
}

@test "compressed bodies are decoded, also over HTTP/2" {
	perform <<-Y
		defaults: {tls: {ca: $dir/certs/ca.pem}}
		steps:
		  - get: /text
		    expect: {body: {contains: squeeze me squeeze me}}
	Y
	[ "$status" -eq 0 ]
}

@test "without the CA, the certificate is rejected" {
	perform <<-Y
		steps:
		  - get: /a
	Y
	[ "$status" -eq 1 ]
	[ "$(requests)" -eq 0 ]
}

@test "requests through a Unix domain socket" {
	{
		echo "target: http://localhost"
		cat <<-Y
			defaults: {unix_socket: $dir/socket}
			load: {users: 2, iterations: 5}
			steps:
			  - get: /over-the-socket
			    expect: {body: {contains: all is well}}
		Y
	} >"$BATS_TEST_TMPDIR/scenario.yaml"
	run timeout 30 "$REPRISE" run "$BATS_TEST_TMPDIR/scenario.yaml" -q
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c 'over-the-socket' "$dir/seen.log")" -eq 10 ]
	[ "$(connections)" -eq 2 ]
}
