#!/usr/bin/env bats
# tls: in defaults and in a request; nginx checks client certificates.

load helper

setup() {
	for tool in nginx openssl; do
		command -v $tool >/dev/null || skip "no $tool"
	done
	"$SRCDIR/tests/faults/certs" "$BATS_TEST_TMPDIR/certs" >/dev/null
	for name in client other; do
		openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name" -days 2 \
			-keyout "$BATS_TEST_TMPDIR/$name.key" -out "$BATS_TEST_TMPDIR/$name.pem" 2>/dev/null
	done
	https=$(free_port)
	local dir=$BATS_TEST_TMPDIR
	chmod 755 "$dir"
	start_nginx "
		listen 127.0.0.1:$https ssl;
		ssl_protocols TLSv1.2;
		ssl_certificate $dir/certs/good.pem;
		ssl_certificate_key $dir/certs/good.key;
		ssl_client_certificate $dir/client.pem;
		ssl_verify_client optional;
		location /who { return 200 \"<\$ssl_client_s_dn>\"; }
		location /closed { if (\$ssl_client_verify != SUCCESS) { return 403; } return 200 in; }"
}

teardown() {
	stop_servers
}

perform() { # the steps on standard input, before the server
	{
		echo "target: https://127.0.0.1:$https"
		cat
	} | scenario >"$BATS_TEST_TMPDIR/path"
	run reprise run --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
}

@test "a client certificate is used for its request only" {
	perform <<-'END'
		defaults: {tls: {ca: certs/ca.pem}}
		load: {users: 3, iterations: 3}
		steps:
		  - get: /who
		    tls: {cert: client.pem, key: client.key}
		    expect: {body: "<CN=client>"}
		  - get: /who
		    expect: {body: "<>"}
		  - get: /closed
		    tls: {cert: client.pem, key: client.key}
		  - get: /closed
		    expect: {status: 403}
	END
	[ "$status" -eq 0 ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["requests"]["ok"]')" = 36 ]
}

@test "a client certificate in defaults is used for every request" {
	perform <<-'END'
		defaults: {tls: {ca: certs/ca.pem, cert: client.pem, key: client.key}}
		steps:
		  - get: /closed
	END
	[ "$status" -eq 0 ]
}

@test "a request can override the trusted CA of the defaults" {
	perform <<-'END'
		defaults: {on_failure: continue}
		steps:
		  - get: /who
		  - get: /who
		    tls: {verify: no}
		  - get: /who
		    tls: {ca: certs/ca.pem}
	END
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["requests"]["ok"], d["failed_by_class"]]')" = '[2, {"tls": 1}]' ]
}

@test "a TLS version that the server does not support fails" {
	perform <<-'END'
		defaults: {on_failure: continue, tls: {ca: certs/ca.pem, min_version: "1.3"}}
		steps:
		  - get: /who
		  - get: /who
		    tls: {min_version: "1.2"}
	END
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["requests"]["ok"], d["failed_by_class"]]')" = '[1, {"tls": 1}]' ]
}

@test "certificate_days: also on a reused connection" {
	perform <<-'END'
		defaults: {on_failure: continue, tls: {ca: certs/ca.pem}}
		steps:
		  - repeat: 3
		    steps:
		      - get: /who
		        expect: {certificate: {days_left: {min: 0, max: 3}}}
		  - get: /who
		  - get: /who
		    expect: {certificate: {days_left: {min: 14}}}
		  - get: /who?${user.id}
		    expect: {certificate: {days_left: {max: 14}}}
	END
	[ "$status" -eq 1 ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["requests"]["ok"], [f["class"] for f in d["failures"]]]')" = '[5, ["expect"]]' ]
	[[ "$output" = *"the certificate expires in "*", expected at least 14"* ]]
}
