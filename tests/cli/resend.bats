# Requests on kept connections that the server closes: sent again once, and counted.

load helper

setup_file() {
	"$SRCDIR/tests/faults/certs" "$BATS_FILE_TMPDIR/certs"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	certs=$BATS_FILE_TMPDIR/certs
}

teardown() {
	stop_servers
}

start_closer() {
	local port
	port=$(free_port)
	python3 -B "$SRCDIR/tests/cli/closer.py" "$port" "$certs/good.pem" "$certs/good.key" 3>&- &
	started closer $! "$port"
	wait_for 10 listens "$port"
}

# counts: the counts of closer.py.
counts() {
	curl -s --http1.1 --cacert "$certs/ca.pem" "https://127.0.0.1:$SERVER_PORT/counts"
}

# visit HTTP [LINE]: 200 requests, half of them POSTs, with LINE under defaults; the result is r.json.
visit() {
	cat >visit.yaml <<-Y
		target: https://127.0.0.1:$SERVER_PORT
		defaults: {http: "$1", tls: {ca: $certs/ca.pem}, on_failure: continue${2:+, $2}}
		load: {users: 4, iterations: 25}
		steps:
		  - get: /a
		  - {post: /b, form: {item: hat}}
	Y
	run reprise run visit.yaml --seed 1 --json r.json
}

@test "a server that closes kept connections at random: no failure, and the counts add up" {
	for http in 1.1 2; do
		start_closer
		visit $http
		[ "$status" -eq 0 ]
		counts >counts.json
		[ "$(json r.json 'd["requests"]["started"], d["requests"]["ok"], d["requests"]["failed"]')" = "[200, 200, 0]" ]
		[ "$(json counts.json 'd["responded"]')" = 200 ]
		resent=$(json r.json 'd["requests"]["resent"]')
		posts=$(json r.json 'd["requests"]["resent_posts"]')
		[ "$resent" -ge 20 ]
		[ "$((200 + resent))" = "$(json counts.json 'd["received"]')" ]
		[ "$posts" = "$(json counts.json 'd["lost_posts"]')" ]
		[ "$(json r.json 'sum(s["requests"]["resent"] for s in d["steps"])')" = "$resent" ]
		[ "$(json r.json '[s["requests"]["resent_posts"] for s in d["steps"]]')" = "[0, $posts]" ]
		[[ "$output" == *"resent   $resent requests ($posts of them POST or PATCH)"* ]]
	done
}

@test "resend: never: each lost request fails, and none is sent twice" {
	for http in 1.1 2; do
		start_closer
		visit $http "resend: never"
		[ "$status" -eq 1 ]
		counts >counts.json
		[ "$(json counts.json 'd["received"]')" = 200 ]
		[ "$(json r.json 'd["requests"]["resent"], d["requests"]["started"]')" = "[0, 200]" ]
		[ "$(json r.json 'd["requests"]["ok"]')" = "$(json counts.json 'd["responded"]')" ]
		[ "$(json r.json 'd["failed_by_class"]["reset"]')" = "$(json r.json 'd["requests"]["failed"]')" ]
		[[ "$output" == *"not sent again because of 'resend: never'"* ]]
	done
}

@test "resend: never for one step" {
	start_closer
	cat >visit.yaml <<-Y
		target: https://127.0.0.1:$SERVER_PORT
		defaults: {tls: {ca: $certs/ca.pem}, on_failure: continue}
		load: {users: 4, iterations: 25}
		steps:
		  - {get: /a, name: Read}
		  - {post: /b, form: {item: hat}, name: Write, resend: never}
	Y
	run reprise run visit.yaml --seed 1 --json r.json
	[ "$status" -eq 1 ]
	counts >counts.json
	[ "$(json r.json '[s["requests"]["failed"] for s in d["steps"]]')" = "[0, $(json counts.json 'd["lost_posts"]')]" ]
	[ "$(json r.json 'd["requests"]["resent_posts"]')" = 0 ]
}

@test "HTTP/2 in parallel with a server that ends each connection after 20 requests: no failure" {
	command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || skip "no nginx"
	port=$(free_port)
	cat >nginx.conf <<-C
		daemon off;
		pid $PWD/nginx.pid;
		error_log $PWD/error.log;
		events { worker_connections 1000; }
		http {
			access_log $PWD/seen.log;
			client_body_temp_path $PWD/t1;
			proxy_temp_path $PWD/t2;
			fastcgi_temp_path $PWD/t3;
			uwsgi_temp_path $PWD/t4;
			scgi_temp_path $PWD/t5;
			keepalive_requests 20;
			server {
				listen 127.0.0.1:$port ssl http2;
				ssl_certificate $certs/good.pem;
				ssl_certificate_key $certs/good.key;
				location / { return 200 "fine"; }
			}
		}
	C
	nginx -p "$PWD" -c "$PWD/nginx.conf" 3>&- &
	started nginx $! "$port"
	wait_for 10 listens "$port"
	{
		cat <<-Y
			target: https://127.0.0.1:$port
			defaults: {tls: {ca: $certs/ca.pem}, on_failure: continue}
			load: {users: 5, iterations: 20}
			steps:
			  - parallel:
		Y
		for i in 1 2 3 4 5 6 7 8; do echo "      - get: /$i"; done
	} >parallel.yaml
	run reprise run parallel.yaml --json r.json
	[ "$status" -eq 0 ]
	[ "$(json r.json 'd["requests"]["ok"], d["requests"]["failed"]')" = "[800, 0]" ]
	[ "$(grep -c '" 200 ' seen.log)" = 800 ]
}
