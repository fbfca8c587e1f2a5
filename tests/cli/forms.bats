#!/usr/bin/env bats
# What applications do with forms: expectations for redirects and addresses, unique values.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	start_demo
}

teardown() {
	stop_servers
}

perform() { # perform [ARG…]: runs the scenario on standard input against the shop
	{
		echo "target: $SERVER_URL"
		cat
	} | scenario >path
	run reprise run --once -v scenario.yaml "$@"
	echo "$output"
}

register() { # register EMAIL EXPECT: the steps that register a user
	cat <<-END
		steps:
		  - get: /register
		    expect: {redirected: no, url: /reg*}
		    extract: {csrf: {form_field: csrf_token}}
		  - post: /register
		    form: {csrf_token: "\${csrf}", user: anna, email: $1, password: x}
		    expect: $2
	END
}

@test "redirected: an accepted form is redirected, a refused one is not" {
	perform < <(register a@example.test '{redirected: yes, url: /account}')
	[ "$status" -eq 0 ]
	perform < <(register nowhere '{redirected: yes}')
	[ "$status" -ne 0 ]
	[[ "$output" == *"expected a redirect, got HTTP 200 without one"* ]]
}

@test "redirected: with follow_redirects: no, the redirect itself counts; 304 does not" {
	perform <<-'END'
		steps:
		  - get: /account
		    follow_redirects: no
		    expect: {status: 303, redirected: yes}
		  - get: /static/shop.css
		    headers: {If-None-Match: '"shop-1"'}
		    follow_redirects: no
		    expect: {status: 304, redirected: no}
		  - get: /account
		    expect: {redirected: no}
		    on_failure: continue
	END
	[ "$status" -ne 0 ]
	[[ "$output" == *"expected no redirect, but the request was redirected, to $SERVER_URL/login"* ]]
	[[ "$output" == *"1 failed"* ]]
}

@test "url: a value that starts with / is a path; * is any text without /" {
	perform <<-'END'
		variables: {id: "1001"}
		steps:
		  - get: /products/1001
		    expect: {url: "/products/*"}
		  - get: /search?q=hat
		    expect: {url: /search}
		  - get: /search?q=hat
		    expect: {url: "/search?q=*"}
		  - get: /products/1001
		    expect: {url: "/products/${id}"}
		  - get: /products/1001
		    expect: {url: "/*"}
	END
	[ "$status" -ne 0 ]
	[[ "$output" == *"expected the path /*, got \"$SERVER_URL/products/1001\""* ]]
	[[ "$output" == *"5 requests in "*", 1 failed"* ]]
}

@test "unique: the same within an iteration, different for users and iterations" {
	start_nginx 'location / { return 200 "ok"; }'
	scenario >path <<-END
		target: $SERVER_URL
		load: {users: 4, iterations: 25}
		steps:
		  - get: "/a/\${unique}"
		  - get: "/b/\${unique}"
	END
	run reprise run scenario.yaml
	[ "$status" -eq 0 ]
	grep -o '"GET /[ab]/[^ ]*' "$NGINX_DIR/access.log" | cut -c7- >sent
	grep -c . sent | grep -qx 200
	sed -n 's,^a/,,p' sent | sort >first
	sed -n 's,^b/,,p' sent | sort >second
	diff first second
	[ "$(sort -u first | wc -l)" = 100 ]
	[ "$(grep -cE '^[a-z][a-z0-9]{11}$' first)" = 100 ]
	run reprise run scenario.yaml
	[ "$(grep -o '"GET /a/[^ ]*' "$NGINX_DIR/access.log" | sort -u | wc -l)" = 200 ]
}

@test "unique: a variable of this name replaces it; setup has none" {
	perform <<-'END'
		variables: {unique: mine}
		steps:
		  - get: "/search?q=${unique}"
		    expect: {url: "/search?q=mine"}
	END
	[ "$status" -eq 0 ]
	perform <<-'END'
		setup:
		  - get: "/search?q=${unique}"
		steps:
		  - get: /
	END
	[ "$status" -eq 2 ]
	[[ "$output" == *"'unique' belongs to a user"* ]]
}
