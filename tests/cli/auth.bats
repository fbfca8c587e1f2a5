#!/usr/bin/env bats
# auth: the credentials that the server receives.

load helper

teardown() {
	stop_servers
}

counts() {
	json "$BATS_TEST_TMPDIR/out.json" '[d["requests"][k] for k in ("started", "ok", "failed", "redirects", "resent")]'
}

@test "basic and bearer are headers, evaluated for each request" {
	start_origin
	perform_steps <<-'END'
		variables: {name: "anna${iteration}", token: t1}
		steps:
		  - get: /echo
		    auth: {basic: {user: "${name}", password: "pass:word"}}
		    expect: {body: {contains: Basic YW5uYTE6cGFzczp3b3Jk}}
		  - get: /echo
		    auth: {basic: {user: anna, password: secret}}
		    expect: {body: {contains: Basic YW5uYTpzZWNyZXQ=}}
		  - get: /echo
		    auth: {bearer: "${token}-x"}
		    expect: {body: {contains: Bearer t1-x}}
	END
	[ "$status" -eq 0 ]
	[ "$(counts)" = "[3, 3, 0, 0, 0]" ]
}

@test "no listing contains a password" {
	scenario <<-'END'
		target: http://127.0.0.1
		parameters: {TOKEN: {default: opensesame, secret: true}}
		steps:
		  - get: /
		    auth: {basic: {user: anna, password: plainword}}
		  - get: /
		    auth: {bearer: "${TOKEN}"}
		  - get: /
		    auth: {bearer: "literal-${iteration}"}
	END
	run reprise show --program "$BATS_TEST_TMPDIR/scenario.yaml"
	[ "$status" -eq 0 ]
	[[ "$output" == *"Authorization:"* ]]
	[[ "$output" != *plainword* ]]
	[[ "$output" != *cGxhaW53b3Jk* ]]
	[[ "$output" != *opensesame* ]]
	[[ "$output" != *literal* ]]
}

@test "digest responds to a challenge with GET and POST; counts match the server's" {
	start_origin
	perform_steps <<-'END'
		load: {users: 5, iterations: 4}
		variables: {word: secret}
		steps:
		  - get: /digest/anna/secret
		    auth: {digest: {user: anna, password: "${word}"}}
		  - post: /digest/anna/secret
		    body: "the body"
		    auth: {digest: {user: anna, password: secret}}
		    expect: {body: the body}
		  - get: /ok
	END
	[ "$status" -eq 0 ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["requests"]["redirects"] >= 1 and d["requests"]["failed"] == 0')" = true ]
	sent=$(json "$BATS_TEST_TMPDIR/out.json" 'sum(d["requests"][k] for k in ("started", "redirects", "retries", "resent"))')
	[ "$(origin_saw | json - 'd["sends"]')" = "$sent" ]
}

@test "digest with the wrong password is a 401, sent twice at most" {
	start_origin
	perform_steps <<-'END'
		steps:
		  - get: /digest/anna/secret
		    auth: {digest: {user: anna, password: wrong}}
	END
	[ "$status" -eq 1 ]
	[[ "$output" == *401* ]]
	[ "$(counts)" = "[1, 0, 1, 1, 0]" ]
	[ "$(origin_saw | json - 'd["sends"]')" = 2 ]
}

@test "aws_sigv4 signs what is sent" {
	start_origin
	perform_steps <<-'END'
		steps:
		  - post: /echo
		    query: {b: two, a: one}
		    body: "{}"
		    headers: {Content-Type: application/json}
		    auth: {aws_sigv4: {access_key: AKID, secret_key: SECRET, region: eu-1, service: svc, session_token: TOK}}
		    extract: {said: {regex: '(.*)', from: body}}
		  - log: "${said}"
	END
	[ "$status" -eq 0 ]
	reprise run -v "$BATS_TEST_TMPDIR/scenario.yaml" >"$BATS_TEST_TMPDIR/log" 2>&1
	grep -o '{"method.*}' "$BATS_TEST_TMPDIR/log" >"$BATS_TEST_TMPDIR/said.json"
	run python3 - "$BATS_TEST_TMPDIR/said.json" <<-'END'
		import hashlib, hmac, json, re, sys
		said = json.load(open(sys.argv[1]))
		pairs = said["headers"]
		pairs = pairs.items() if isinstance(pairs, dict) else pairs
		headers = {k.lower(): v.strip() for k, v in pairs}
		scope, names, signature = re.search(
		    r"Credential=AKID/(\S+), SignedHeaders=(\S+), Signature=(\w+)", headers["authorization"]).groups()
		assert scope.endswith("/eu-1/svc/aws4_request"), scope
		assert headers["x-amz-security-token"] == "***"
		headers["x-amz-security-token"] = "TOK"
		assert "x-amz-security-token" in names.split(";"), names
		path, query = said["target"].split("?")
		query = "&".join(sorted(query.split("&"))) # as AWS does before it compares
		canonical = "\n".join([said["method"], path, query,
		    *(f"{n}:{headers[n]}" for n in names.split(";")), "", names,
		    hashlib.sha256(said["body"].encode()).hexdigest()])
		text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope,
		    hashlib.sha256(canonical.encode()).hexdigest()])
		key = b"AWS4SECRET"
		for part in scope.split("/"):
		    key = hmac.digest(key, part.encode(), "sha256")
		assert hmac.new(key, text.encode(), "sha256").hexdigest() == signature, (canonical, text)
	END
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "credentials are not sent to another origin after a redirect" {
	start_origin
	perform_steps <<-END
		allowed_hosts: [localhost]
		steps:
		  - get: /redirect/foreign?to=localhost:$SERVER_PORT
		    auth: {basic: {user: anna, password: secret}}
		    expect: {body: {not: {contains: Basic}}}
		  - get: /redirect/foreign?to=localhost:$SERVER_PORT
		    auth: {digest: {user: anna, password: secret}}
		    expect: {body: {not: {contains: Digest}}}
	END
	[ "$status" -eq 0 ]
}

@test "only one kind of auth is allowed" {
	scenario <<-'END'
		target: http://127.0.0.1
		steps:
		  - get: /
		    auth: {bearer: x, basic: {user: a, password: b}}
	END
	run reprise check "$BATS_TEST_TMPDIR/scenario.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"use exactly one of basic"* ]]
}

@test "auth under defaults: only the target gets it, a step replaces it or sends none" {
	start_origin
	other=http://localhost:$SERVER_PORT
	local port=$SERVER_PORT
	perform_steps <<-END
		allowed_hosts: ["localhost:$port"]
		variables: {other: "$other", own: "$SERVER_URL"}
		defaults:
		  auth: {basic: {user: anna, password: secret}}
		steps:
		  - get: /echo
		    expect: {body: {contains: Basic YW5uYTpzZWNyZXQ=}}
		  - get: "\${own}/echo"
		    expect: {body: {contains: Basic YW5uYTpzZWNyZXQ=}}
		  - get: $other/echo
		    expect: {body: {not: Authorization}}
		  - get: "\${other}/echo"
		    expect: {body: {not: Authorization}}
		  - get: /echo
		    auth: {none: yes}
		    expect: {body: {not: Authorization}}
		  - get: /echo
		    auth: {bearer: token}
		    expect: {body: {contains: Bearer token, not: Basic}}
		  - get: /echo
		    headers: {Authorization: own}
		    expect: {body: {contains: '"Authorization", "own"', not: Basic}}
	END
	[ "$status" -eq 0 ]
	[ "$(counts)" = "[7, 7, 0, 0, 0]" ]
	sed -i 's/basic: {user: anna, password: secret}/digest: {user: anna, password: secret}/; s/contains: Basic [^}]*/contains: echo/' "$BATS_TEST_TMPDIR/scenario.yaml"
	sed -i 's|get: "${other}/echo"|get: "${other}/digest/anna/secret"\n    expect: {status: 401}\n  - get: "${own}/digest/anna/secret"\n  - get: /echo|' "$BATS_TEST_TMPDIR/scenario.yaml"
	run reprise run --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
	run -2 reprise check - <<-'END'
		target: http://127.0.0.1
		defaults: {auth: {none: no}}
		steps: [get: /]
	END
	[[ "$output" == *"use exactly one of basic, bearer, digest, ntlm, negotiate, aws_sigv4, oauth2 or none"* ]]
}

@test "ntlm logs in once per connection, with the row of its user; counts match the server's" {
	start_origin
	perform_steps <<-'END'
		data: {account: {rows: [{user: anna, password: a}, {user: ben, password: b}, {user: cleo, password: c}], per: iteration}}
		load: {users: 2, iterations: 6}
		defaults: {auth: {ntlm: {user: "${account.user}", password: "${account.password}", domain: CORP}}}
		steps:
		  - get: /ntlm/CORP/${account.user}/${account.password}
		    expect: {body: "${account.user}"}
		  - post: /ntlm/CORP/${account.user}/${account.password}
		    body: "the body"
		    expect: {body: the body}
		  - get: /ntlm
		    auth: {none: yes}
		    expect: {body: nobody}
		  - parallel:
		      - get: /ntlm/CORP/${account.user}/${account.password}
		      - get: /ntlm/CORP/cleo/c
		        auth: {ntlm: {user: cleo, password: c, domain: CORP}}
	END
	[ "$status" -eq 0 ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["requests"][k] for k in ("started", "ok", "failed", "resent")]')" = "[60, 60, 0, 0]" ]
	# A login for each new person of a user, and for the second connection of two that send together.
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '12 <= d["requests"]["redirects"] <= 36')" = true ]
	sent=$(json "$BATS_TEST_TMPDIR/out.json" 'sum(d["requests"][k] for k in ("started", "redirects", "retries", "resent"))')
	[ "$(origin_saw | json - 'd["sends"]')" = "$sent" ]
}

@test "ntlm: users that take over connections log in again" {
	start_origin
	perform_steps <<-'END'
		data: {account: {rows: [{user: anna}, {user: ben}, {user: cleo}, {user: dora}], per: user}}
		load: {arrivals: 20/s, max_users: 4, duration: 1s}
		defaults: {connections: {reuse: pool}, auth: {ntlm: {user: "${account.user}", password: x}}}
		steps:
		  - get: /ntlm
		    auth: {none: yes}
		    expect: {body: nobody}
		  - get: /ntlm//${account.user}/x
		    expect: {body: "${account.user}"}
	END
	[ "$status" -eq 0 ]
}

@test "ntlm: a wrong password is a 401 that names the cause" {
	start_origin
	perform_steps <<-'END'
		steps:
		  - get: /ntlm/CORP/anna/secret
		    auth: {ntlm: {user: anna, password: wrong, domain: CORP}}
	END
	[ "$status" -eq 1 ]
	[[ "$(tr -s '\n ' ' ' <<<"$output")" == *"HTTP 401: the server did not accept the login of auth: ntlm"* ]]
	[[ "$output" != *wrong* ]]
	[ "$(counts)" = "[1, 0, 1, 1, 0]" ]
}

@test "negotiate without a ticket fails with the cause, and nothing is sent" {
	start_origin
	printf '[libdefaults]\n default_realm = EXAMPLE.TEST\n dns_lookup_kdc = false\n' >"$BATS_TEST_TMPDIR/krb5.conf"
	export KRB5_CONFIG=$BATS_TEST_TMPDIR/krb5.conf KRB5CCNAME=FILE:$BATS_TEST_TMPDIR/no-tickets
	perform_steps <<-'END'
		defaults: {on_failure: continue}
		steps:
		  - get: /ok
		  - get: /ok
		    auth: {negotiate: {}}
		  - get: /ok
		    auth: {negotiate: {cache: "FILE:none-${user.id}"}}
		  - get: /ok
		    auth: {negotiate: {user: anna@EXAMPLE.TEST, password: geheim}}
	END
	[ "$status" -eq 1 ]
	local flat
	flat=$(tr -s '\n ' ' ' <<<"$output")
	[[ "$flat" == *"no Kerberos ticket for auth: negotiate: No credentials cache found"* ]]
	[[ "$flat" == *"none-1"* ]]
	[[ "$flat" == *"anna@EXAMPLE.TEST: Cannot find KDC for realm"* ]]
	[[ "$flat" != *geheim* ]]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["requests"]["failed"], d["failed_by_class"]]')" = '[3, {"connect": 3}]' ]
	[ "$(origin_saw | json - 'd["sends"]')" = 1 ]
}

@test "ntlm and negotiate: errors in a file" {
	scenario <<-'END'
		target: http://127.0.0.1
		steps:
		  - get: /
		    http: 2
		    auth: {ntlm: {user: anna, password: x}}
		  - get: /
		    auth: {negotiate: {user: anna}}
		  - get: /
		    auth: {negotiate: {user: anna, password: x, cache: file}}
	END
	run -2 reprise check "$BATS_TEST_TMPDIR/scenario.yaml"
	[[ "$output" == *":3:5: error: auth: ntlm needs HTTP/1.1; remove \`http: 2\`"* ]]
	[[ "$output" == *":7:23: error: negotiate needs both user and password, or neither"* ]]
	[[ "$output" == *":9:23: error: use either user and password, or cache"* ]]
}

@test "a libcurl without NTLM is an error before the run" {
	[ -z "${SANITIZED:-}" ] || skip "the libraries of sanitizers must be loaded first"
	command -v cc >/dev/null || skip "no cc"
	cat >"$BATS_TEST_TMPDIR/without.c" <<-'END'
		#define _GNU_SOURCE
		#include <curl/curl.h>
		#include <dlfcn.h>

		curl_version_info_data *curl_version_info(CURLversion version)
		{
			static curl_version_info_data info;
			curl_version_info_data *(*real)(CURLversion) = dlsym(RTLD_NEXT, "curl_version_info");

			info = *real(version);
			info.features &= ~(CURL_VERSION_NTLM | CURL_VERSION_GSSAPI);
			return &info;
		}
	END
	cc -shared -fPIC -o "$BATS_TEST_TMPDIR/without.so" "$BATS_TEST_TMPDIR/without.c"
	for kind in 'ntlm: {user: a, password: b}' 'negotiate: {}'; do
		echo "{target: 'http://127.0.0.1:9', steps: [{get: /, auth: {$kind}}]}" | scenario
		LD_PRELOAD=$BATS_TEST_TMPDIR/without.so run -2 "$REPRISE" run "$BATS_TEST_TMPDIR/scenario.yaml"
		[[ "$output" == *"'GET /' uses auth: ${kind%%:*}, but the libcurl of this machine was built without "* ]]
	done
}
