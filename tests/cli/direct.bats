# `transport`: which requests are sent directly, and that both transports do the same.
load helper

teardown() {
	stop_servers
}

# both SCENARIO: runs it once by each transport; the results are curl.json and auto.json.
both() {
	local transport
	for transport in curl auto; do
		run reprise run --transport $transport --json "$BATS_TEST_TMPDIR/$transport.json" "$1"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

@test "show --program and --once -v name the transport of each request" {
	start_nginx
	scenario s.yaml <<-END >/dev/null
		target: $SERVER_URL
		defaults: {transport: auto}
		allowed_hosts: ["127.0.0.1:1"]
		steps:
		  - get: /plain
		  - get: /digest
		    auth: {digest: {user: a, password: b}}
		  - get: https://127.0.0.1:1/secure
		  - get: https://127.0.0.1:1/old
		    http: 1.1
		  - post: /framed
		    body: x
		    http: 2
	END
	run reprise show --program "$BATS_TEST_TMPDIR/s.yaml"
	echo "$output"
	grep -qx 'transport auto' <<<"$output"
	grep -qx '  GET /plain: direct' <<<"$output"
	grep -qx '  GET /digest: libcurl because of auth: digest' <<<"$output"
	grep -qx '  GET https://127.0.0.1:1/secure: direct' <<<"$output"
	grep -qx '  GET https://127.0.0.1:1/old: direct' <<<"$output"
	grep -qx '  POST /framed: direct' <<<"$output"
	run -0 reprise show --program --transport curl "$BATS_TEST_TMPDIR/s.yaml"
	[[ "$output" != *transport* ]]
	scenario once.yaml <<-END >/dev/null
		target: $SERVER_URL
		steps:
		  - get: /
	END
	unset REPRISE_TRANSPORT
	run --separate-stderr reprise run --once -v "$BATS_TEST_TMPDIR/once.yaml"
	echo "$stderr"
	[[ "$stderr" == *", transport: direct"* ]]
	run --separate-stderr reprise run --once -v --transport curl "$BATS_TEST_TMPDIR/once.yaml"
	[[ "$stderr" != *"transport:"* ]]
}

@test "transport: direct fails for requests that need libcurl, with the reason" {
	start_nginx
	scenario s.yaml <<-END >/dev/null
		target: $SERVER_URL
		defaults: {transport: direct, on_failure: continue}
		steps:
		  - get: /
		    auth: {digest: {user: a, password: b}}
		    name: Two
	END
	run -1 reprise run "$BATS_TEST_TMPDIR/s.yaml"
	echo "$output"
	tr -s "\n " " " <<<"$output" | grep -q "because of auth: digest; write transport: auto"
	[ ! -s "$NGINX_DIR/access.log" ]
}

@test "a request has the same bytes by both transports" {
	start_origin
	printf 'one file' >"$BATS_TEST_TMPDIR/a.txt"
	scenario s.yaml <<-END >/dev/null
		target: $SERVER_URL
		defaults: {headers: {X-Default: "1"}}
		variables: {word: "a b"}
		steps:
		  - get: /echo?q=%2f%2F&w=\${word | url_encode}
		    headers: {X-Empty: "", Accept: text/x, X-Word: "\${word}"}
		  - post: /echo
		    form: {a: "1 2", b: "\${word}"}
		  - put: /echo
		    body_file: a.txt
		  - post: /echo
		    multipart: {f: {file: a.txt}, w: "\${word}"}
		  - post: /echo
		  - delete: /echo
		  - head: /ok
	END
	local transport
	for transport in curl auto; do
		run --separate-stderr reprise run --once -vv --transport $transport "$BATS_TEST_TMPDIR/s.yaml"
		[ "$status" -eq 0 ]
		# The server sends back the request as the body.
		sed -n '/^  </,$p' <<<"$stderr" | grep -v -e 'in [0-9.]* .s' -e '^  < Date' |
			sed -E 's/-+[0-9a-zA-Z]{16,}/BOUNDARY/g' >"$BATS_TEST_TMPDIR/$transport.txt"
	done
	[ -s "$BATS_TEST_TMPDIR/curl.txt" ]
	diff "$BATS_TEST_TMPDIR/curl.txt" "$BATS_TEST_TMPDIR/auto.txt"
}

@test "cookies, redirects and connections of a user by both transports" {
	start_nginx 'location = /in { add_header Set-Cookie "a=1; Path=/"; return 302 /who; }
		location = /who { default_type text/plain; return 200 "<$http_cookie>"; }'
	scenario s.yaml <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 3, iterations: 3}
		steps:
		  - get: /in
		    expect: {body: <a=1>, redirected: yes}
		  - get: /who
		    auth: {digest: {user: a, password: b}}
		    expect: {body: <a=1>}
		  - get: /who
		    expect: {body: <a=1>}
	END
	both "$BATS_TEST_TMPDIR/s.yaml"
	[ "$(json "$BATS_TEST_TMPDIR/curl.json" 'd["requests"]["ok"]')" = 27 ]
	[ "$(json "$BATS_TEST_TMPDIR/auto.json" 'd["requests"]["ok"]')" = 27 ]
}

@test "a slow handshake does not open a second connection" {
	"${SRCDIR:-$BATS_TEST_DIRNAME/../..}/tests/faults/certs" "$BATS_TEST_TMPDIR/certs"
	# Without a hosts file that has it, the name has two addresses: 127.0.0.1 and ::1.
	local port
	port=$(free_port)
	python3 - "$port" "$BATS_TEST_TMPDIR/certs/good" >"$BATS_TEST_TMPDIR/accepted" <<-'END' 3>&- &
		import socket, ssl, sys, threading, time
		context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		context.load_cert_chain(sys.argv[2] + '.pem', sys.argv[2] + '.key')
		def answer(socket):
		    time.sleep(0.6)
		    try:
		        with context.wrap_socket(socket, server_side=True) as c:
		            c.recv(65536)
		            c.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
		    except OSError:
		        pass
		def listen(family, address):
		    s = socket.socket(family)
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		    s.bind((address, int(sys.argv[1])))
		    s.listen()
		    print('listens', flush=True)
		    while True:
		        c = s.accept()[0]
		        print('accepted', flush=True)
		        threading.Thread(target=answer, args=(c,), daemon=True).start()
		threading.Thread(target=listen, args=(socket.AF_INET6, '::1'), daemon=True).start()
		listen(socket.AF_INET, '127.0.0.1')
	END
	local server=$!
	for _ in $(seq 100); do
		[ "$(grep -c listens "$BATS_TEST_TMPDIR/accepted")" = 0 ] || break
		sleep 0.05
	done
	scenario s.yaml <<-END >/dev/null
		target: https://two.localhost:$port
		defaults: {transport: direct, tls: {verify: no}}
		steps:
		  - get: /
	END
	run reprise run --once "$BATS_TEST_TMPDIR/s.yaml"
	kill "$server"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c accepted "$BATS_TEST_TMPDIR/accepted")" = 1 ]
}
