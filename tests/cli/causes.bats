# Causes: a failed connection names its cause and the line to write.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

teardown() {
	stop_servers
}

# visit TARGET [DEFAULTS]: one request; the text of the failure on one line is in $output.
visit() {
	printf 'target: %s\ndefaults: {dns: {ttl: 1s}%s}\nsteps: [{get: /ok}]\n' "$1" "${2:+, $2}" >visit.yaml
	run reprise run --once visit.yaml
	output=$(tr -s ' \n' ' ' <<<"$output")
	echo "$output"
	[ "$status" -ne 0 ]
}

# start_tls ARG...: openssl s_server with a certificate of the CA in certs/ca.pem
start_tls() {
	local port
	port=$(free_port)
	[ -d certs ] || "$SRCDIR/tests/faults/certs" certs
	openssl s_server -accept "127.0.0.1:$port" -quiet -cert certs/good.pem -key certs/good.key "$@" \
		</dev/null >s_server.out 2>&1 3>&- &
	started s_server $! "$port"
	wait_for 10 listens "$port"
}

@test "nothing listens" {
	port=$(free_port)
	visit "http://127.0.0.1:$port"
	[[ "$output" == *"nothing listens on 127.0.0.1:$port (connection refused); start the server, or correct the address in 'target' or in the step"* ]]
	visit "http://nowhere.test:$port" "resolve: {\"nowhere.test:$port\": 127.0.0.1}"
	[[ "$output" == *"nothing listens on nowhere.test:$port (connection refused)"* ]]
	visit "http://shop.test:80" "proxy: http://127.0.0.1:$port"
	[[ "$output" == *"nothing listens on 127.0.0.1:$port (connection refused)"* ]]
	visit "http://shop.test" "unix_socket: $PWD/none.sock"
	[[ "$output" == *"nothing listens on the Unix socket $PWD/none.sock; start the server, or correct unix_socket:"* ]]
}

@test "name not found" {
	visit "https://no-such-shop.invalid"
	[[ "$output" == *"the host name was not found; correct it, or give its address under defaults: resolve: {\"no-such-shop.invalid:443\": 127.0.0.1}"* ]]
}

@test "certificates: self-signed, unknown authority, wrong host name, expired" {
	start_origin
	port=$(origin_port untrusted)
	visit "https://127.0.0.1:$port" "tls: {ca: $ORIGIN_CERTS/ca.pem}"
	[[ "$output" == *"the certificate of 127.0.0.1:$port is self-signed; write tls: {ca: FILE} with this certificate, or tls: {verify: no}"* ]]
	port=$(origin_port wrong)
	visit "https://127.0.0.1:$port" "tls: {ca: $ORIGIN_CERTS/ca.pem}"
	[[ "$output" == *"the certificate of 127.0.0.1:$port is for another host name; use a name of the certificate in the URL, or write tls: {verify: no}"* ]]
	visit "https://localhost:$port" "tls: {ca: $ORIGIN_CERTS/ca.pem}"
	[[ "$output" == *"the certificate of localhost:$port is for another host name"* ]]
	port=$(origin_port expired)
	visit "https://127.0.0.1:$port" "tls: {ca: $ORIGIN_CERTS/ca.pem}"
	[[ "$output" == *"the certificate of 127.0.0.1:$port has expired; renew it, or write tls: {verify: no}"* ]]
	port=$(origin_port https)
	visit "https://127.0.0.1:$port"
	[[ "$output" == *"the certificate of 127.0.0.1:$port is signed by an unknown authority; write tls: {ca: FILE} with the certificate of the authority"* ]]
}

@test "http on a TLS port, and https on a port without TLS" {
	"$SRCDIR/tests/faults/certs" certs
	# A server that sends a TLS alert, and one that just closes, on a port that is usual for TLS.
	for reply in 15030100020246 ""; do
		python3 -c '
import socket, sys
for port in range(11443, 32000, 1000):
    try:
        listener = socket.create_server(("127.0.0.1", port))
        break
    except OSError:
        pass
print(port, flush=True)
while True:
    client, _ = listener.accept()
    client.recv(4096)
    client.sendall(bytes.fromhex(sys.argv[1]))
    client.close()' "$reply" >port 3>&- &
		started alert $!
		wait_for 10 test -s port
		visit "http://127.0.0.1:$(cat port)"
		if [ -n "$reply" ]; then
			[[ "$output" == *"127.0.0.1:$(cat port) uses TLS; write https:// instead of http://"* ]]
		else
			[[ "$output" == *"if it uses TLS on port $(cat port), write https:// instead of http://"* ]]
		fi
		: >port
	done
	start_nginx "listen 127.0.0.1:$(free_port | tee https) ssl; ssl_certificate $PWD/certs/good.pem; ssl_certificate_key $PWD/certs/good.key;"
	visit "http://127.0.0.1:$(cat https)"
	[[ "$output" == *"HTTP 400: 127.0.0.1:$(cat https) uses TLS; write https:// instead of http://"* ]]
	visit "https://127.0.0.1:$NGINX_PORT"
	[[ "$output" == *"127.0.0.1:$NGINX_PORT does not use TLS; write http:// instead of https://"* ]]
}

@test "a client certificate that is required, or refused" {
	for version in -tls1_2 -tls1_3; do
		start_tls -www -Verify 1 -verify_return_error -CAfile certs/ca.pem $version
		visit "https://127.0.0.1:$SERVER_PORT" "tls: {ca: certs/ca.pem}"
		[[ "$output" == *"client certificate"*"tls: {cert: FILE, key: FILE}"* ]]
	done
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=client -days 2 -keyout own.key -out own.pem 2>/dev/null
	visit "https://127.0.0.1:$SERVER_PORT" "tls: {ca: certs/ca.pem, cert: own.pem, key: own.key}"
	[[ "$output" == *"127.0.0.1:$SERVER_PORT refused the client certificate; correct tls: {cert: FILE, key: FILE}"* ]]
	start_nginx "listen 127.0.0.1:$(free_port | tee https) ssl; ssl_certificate $PWD/certs/good.pem; ssl_certificate_key $PWD/certs/good.key;
		ssl_client_certificate $PWD/certs/ca.pem; ssl_verify_client on;"
	visit "https://127.0.0.1:$(cat https)" "tls: {ca: certs/ca.pem}"
	[[ "$output" == *"HTTP 400: 127.0.0.1:$(cat https) requires a client certificate; write tls: {cert: FILE, key: FILE}"* ]]
}

@test "an encrypted key is refused before anything is sent" {
	openssl req -x509 -newkey rsa:2048 -passout pass:word -subj /CN=client -days 2 -keyout own.key -out own.pem 2>/dev/null
	visit "https://127.0.0.1:1" "tls: {cert: own.pem, key: own.key}"
	[[ "$output" == *'own.key: the private key is encrypted; add its passphrase, as a secret parameter: passphrase: "${KEY_PASSPHRASE}"'* ]]
}

@test "a proxy that refuses the login" {
	start_origin
	[ -n "$(origin_port proxy_login)" ]
	port=$(origin_port proxy_login)
	for target in "http://127.0.0.1:$(origin_port http)" "https://127.0.0.1:$(origin_port https)"; do
		visit "$target" "proxy: \"http://anna:wrong@127.0.0.1:$port\", tls: {ca: $ORIGIN_CERTS/ca.pem}"
		[[ "$output" == *"the proxy refused the user or password (status 407); in proxy, write user:password@ before 127.0.0.1:$port"* ]]
	done
}

@test "a failed status quotes the error message of the API: JSON, RFC 9457, compressed; no secret, at most 200 bytes" {
	start_origin
	scenario <<-END
		target: $SERVER_URL
		parameters: {KEY: {secret: yes, default: opensesame}}
		defaults: {on_failure: continue}
		steps:
		  - get: /refuse/422/problem
		  - get: /refuse/503/title
		  - get: /refuse/500/message/gzip
		  - get: /refuse/403/error
		    expect: {status: 200}
		  - get: /refuse/409/errors
		    extract: {id: {jsonpath: $.id}}
		  - get: /refuse/400/list
		  - get: /refuse/401/secret
		    headers: {X-Key: "\${KEY}"}
		  - get: /refuse/404/numbers
		  - get: /refuse/500/long
	END
	run -1 reprise run -u 2 -i 2 --json out.json "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	texts=$(json out.json '[f["example"] for f in d["failures"]]')
	texts=${texts//\\u00ab/«} texts=${texts//\\u00bb/»}
	for text in "HTTP 422: «The cart is empty»" "HTTP 503: «Gone fishing»" "HTTP 500: «No room left»" \
		"HTTP 403, expected 200: «Not your order»" "HTTP 409: «already taken»" "HTTP 400: «field required»" \
		"HTTP 401: «no such key: ***»" '"HTTP 404"'; do
		[[ "$texts" == *"$text"* ]] || { echo "missing: $text in $texts"; return 1; }
	done
	[[ "$texts" == *"HTTP 500: «aaaaaaaa"* ]]
	run -1 grep -qE 'a{201}' <<<"$texts"
	run -1 grep -q opensesame out.json
}
