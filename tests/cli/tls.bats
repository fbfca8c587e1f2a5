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

# people: certificates of four users, in four forms, and a server that names the user of a request.
people() {
	local dir=$BATS_TEST_TMPDIR name
	for name in anna ben cleo dora; do
		openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name" -days 2 -keyout "$dir/$name.key" -out "$dir/$name.pem" 2>/dev/null
	done
	openssl pkcs12 -export -in "$dir/ben.pem" -inkey "$dir/ben.key" -passout pass:geheim -out "$dir/ben.p12"
	openssl pkey -in "$dir/cleo.key" -aes256 -passout pass:secret-word -out "$dir/cleo.enc"
	cat "$dir/dora.key" "$dir/dora.pem" >"$dir/dora.both"
	cat >"$dir/people.csv" <<-'END'
		name,cert,key,passphrase
		anna,anna.pem,anna.key,
		ben,ben.p12,,geheim
		cleo,cleo.pem,cleo.enc,secret-word
		dora,dora.both,,
	END
	https=$(free_port)
	start_nginx "
		listen 127.0.0.1:$https ssl http2;
		ssl_protocols $1;
		ssl_certificate $dir/certs/good.pem;
		ssl_certificate_key $dir/certs/good.key;
		ssl_verify_client optional_no_ca;
		location / { return 200 \"<\$ssl_client_s_dn>\"; }"
}

@test "a client certificate per user: PEM, PKCS#12, encrypted keys; each connection is of one user" {
	local protocol
	people TLSv1.3
	for protocol in TLSv1.3 TLSv1.2; do
		for keys in 'per: user' 'per: iteration'; do
			for defaults in '' 'connections: {reuse: pool}, ' 'http: 1.1, ' 'transport: curl, ' 'transport: curl, connections: {reuse: pool}, '; do
				perform <<-END
					data: {person: {file: people.csv, $keys, secret: passphrase}}
					load: {users: 4, iterations: 6}
					defaults: {$defaults tls: {ca: certs/ca.pem, cert: "\${person.cert}", key: "\${person.key}", passphrase: "\${person.passphrase}"}}
					steps:
					  - get: /
					    expect: {body: "<CN=\${person.name}>"}
					  - parallel:
					      - get: /a
					        expect: {body: "<CN=\${person.name}>"}
					      - get: /b
					        tls: {cert: client.pem, key: client.key}
					        expect: {body: "<CN=client>"}
				END
				[ "$status" -eq 0 ]
				[[ "$output" != *secret-word* ]]
				[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["requests"]["ok"]')" = 72 ]
			done
		done
		[ $protocol = TLSv1.2 ] || { stop_servers && people TLSv1.2; }
	done
}

@test "errors of client certificates have a position, and nothing asks for a passphrase on the terminal" {
	people TLSv1.2
	printf 'nobody,missing.pem,,\nbad,anna.pem,dora.key,\nwrong,ben.p12,,wrong\n' >>"$BATS_TEST_TMPDIR/people.csv"
	cd "$BATS_TEST_TMPDIR"
	scenario a.yaml <<-END >/dev/null
		target: https://127.0.0.1:$https
		data: {person: {file: people.csv, per: user}}
		steps:
		  - get: /
		    tls: {cert: anna.pem, key: dora.key}
		  - get: /
		    tls: {cert: cleo.pem, key: cleo.enc}
		  - get: /
		    tls: {cert: cleo.pem, key: cleo.enc, passphrase: falsch}
		  - get: /
		    tls: {cert: ben.p12, key: ben.key}
		  - get: /
		    tls: {cert: ben.p12}
		  - get: /
		    tls: {cert: people.csv}
	END
	for transport in auto curl; do
		sed "1a defaults: {transport: $transport}" a.yaml >b.yaml
		# On a terminal, OpenSSL and libcurl would ask there.
		run -2 timeout 60 script -qec "$REPRISE run b.yaml" /dev/null </dev/null
		[[ "$output" != *falsch* && "$output" != *"pass phrase"* && "$output" != *"assword"* ]]
	done
	printf 'target: https://127.0.0.1:1\nsteps:\n  - get: /\n    tls: {key: anna.key}\n' >c.yaml
	run -2 reprise check c.yaml
	[[ "$output" == *"c.yaml:4:11: error: key needs cert, the file with the client certificate"* ]]
	run -2 reprise check a.yaml
	echo "$output"
	for line in "a.yaml:5:32: error: dora.key: this private key does not belong to the certificate" \
		'a.yaml:7:32: error: cleo.enc: the private key is encrypted; add its passphrase'; do
		[[ "$output" == *"$line"* ]] || { echo "lacks: $line"; return 1; }
	done
	[[ "$output" == *"people.csv: neither a certificate in PEM format nor a PKCS#12 file"* ]]
	[[ "$output" == *"cleo.enc: the passphrase of the private key is wrong"* ]]
	[[ "$output" == *"ben.p12: a PKCS#12 file contains its key; remove \`key\`"* ]]
	[[ "$output" == *"ben.p12: the PKCS#12 file is encrypted; add its passphrase"* ]]
	sed -i 's/cert: people.csv}$/cert: "${person.cert}", key: "${person.key}", passphrase: "${person.passphrase}"}/' a.yaml
	sed -i '/tls: .*\(falsch\|ben.p12\|dora.key\|cleo.enc\)/d' a.yaml
	run -2 reprise check a.yaml
	echo "$output"
	[[ "$output" == *"error: people.csv:6: missing.pem: No such file"* ]]
	[[ "$output" == *"error: people.csv:7: dora.key: this private key does not belong to the certificate"* ]]
	[[ "$output" == *"error: people.csv:8: ben.p12: the passphrase of the PKCS#12 file is wrong"* ]]
}

@test "a certificate that is found to be wrong during the run fails its requests with the cause" {
	people TLSv1.2
	for transport in auto curl; do
		perform <<-END
			load: {users: 2, iterations: 2}
			defaults: {transport: $transport, tls: {ca: certs/ca.pem, cert: "user-\${user.id}.pem"}}
			steps:
			  - get: /
		END
		[ "$status" -ne 0 ]
		[[ "$output" == *"user-"[12]".pem: No such file or directory"* ]]
		[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["requests"]["ok"], d["failed_by_class"]]')" = '[0, {"tls": 4}]' ]
	done
	# A file that changes afterwards does not change a connection: it was read once.
	for user in 1 2; do cp "$BATS_TEST_TMPDIR/dora.both" "$BATS_TEST_TMPDIR/user-$user.pem"; done
	run -0 reprise run "$BATS_TEST_TMPDIR/scenario.yaml"
}

@test "the curl command of a failed request has the certificate of its user, and no passphrase" {
	people TLSv1.2
	perform <<-'END'
		data: {person: {file: people.csv, per: user}}
		load: {users: 3}
		defaults: {tls: {ca: certs/ca.pem, cert: "${person.cert}", key: "${person.key}", passphrase: "${person.passphrase}"}}
		steps:
		  - get: /
		    expect: {body: {contains: "${person.name == 'cleo' and 'no' or 'CN'}"}}
	END
	[ "$status" -eq 1 ]
	json "$BATS_TEST_TMPDIR/out.json" 'd["failures"]' >"$BATS_TEST_TMPDIR/failures"
	run -0 reprise run --once -v "$BATS_TEST_TMPDIR/scenario.yaml"
	[[ "$output" != *secret-word* ]]
	run -1 grep -q secret-word "$BATS_TEST_TMPDIR/failures"
}
