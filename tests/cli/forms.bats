#!/usr/bin/env bats
# Forms and links: submit and follow, expectations for redirects and addresses, unique values.

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

@test "submit and follow: log in, register, save settings, a wizard, an upload" {
	printf 12345 >p.png
	perform <<-'END'
		steps:
		  - get: /login
		  - submit: {user: anna, Password: demo}
		    expect: {redirected: yes, url: /account}
		  - follow: Browse the hats
		  - follow: /products/*
		  - submit: Add to cart
		    expect: {url: /cart, body: {contains: "Cart (1)"}}
		  - submit: {q: hat}
		    expect: {url: "/search?q=hat"}
		  - get: /register
		  - submit: {Name: "a-${unique}", E-mail: "${unique}@example.test", password: x}
		    expect: {redirected: yes}
		  - get: /settings
		  - submit: {nickname: Bee, Language: German, newsletter: yes}
		    expect: {form: again, body: {contains: Saved.}}
		  - get: /wizard
		  - submit: {Your name: Anna}
		  - submit: {street: High, city: York}
		  - submit: {agree: yes}
		    expect: {url: /wizard/done}
		  - get: /upload
		  - submit: {Title: A hat, Image: {file: p.png}}
		    expect: {body: {contains: "p.png, 5 bytes"}}
	END
	[ "$status" -eq 0 ]
	[[ "$output" == *"  submit (user, Password) "* ]]
	[[ "$output" == *"  submit Add to cart "* ]]
	[[ "$output" == *"  follow Browse the hats "* ]]
	[[ "$output" == *"page       $SERVER_URL/login"$'\n'"  form       POST $SERVER_URL/login with csrf_token, user, password"* ]]
	[[ "$output" == *"  link       /products/"*"links with different addresses fit; row or nth chooses another)"* ]]
}

@test "submit sends the controls of the page as a browser does" {
	perform <<-'END'
		steps:
		  - get: /controls
		  - submit: {colour: [red, blue], extra: Box, post: Fast}
		    button: Preview
		    add: {more: 1 2}
		    expect:
		      url: /controls/preview
		      css: {"#sent": "_charset_=UTF-8&text=as+it+is&size=s&colour=red&colour=blue&extra=box&post=fast&note=Two%0D%0Alines&do=preview&outside=elsewhere&more=1+2"}
		  - get: /controls
		  - submit: {size: Large}
	END
	[ "$status" -ne 0 ]
	[[ "$output" == *"'size' does not offer 'Large'; it offers \"s\" (Small), \"m\" (Medium)"* ]]
	[[ "$output" == *"1 failed"* ]]
}

@test "submit: a script adds a file, and a field with values of others" {
	printf 12345 >p.png
	perform <<-'END'
		steps:
		  - get: /upload
		  - submit: {Title: A hat, image: null}
		    add: {image: {file: p.png, filename: hat.png, type: image/png}}
		    expect: {body: {contains: "hat.png, 5 bytes"}}
		  - get: /controls
		  - submit: {text: "of ${form.size}"}
		    button: Preview
		    add: {more: ["${form.text}", "<${form.size}>"]}
		    expect: {css: {"#sent": {contains: "&more=of+s&more=%3Cs%3E"}}}
	END
	[ "$status" -eq 0 ]
	perform <<-'END'
		steps:
		  - get: /upload
		  - submit: {Title: A hat}
		    add: {image: {file: gone.png}}
	END
	[ "$status" -eq 2 ]
	[[ "$output" == *"gone.png"*"No such file"* ]]
}

@test "page: a step uses the page of an earlier step" {
	perform <<-'END'
		steps:
		  - get: /settings
		    name: Settings
		  - get: /search?q=hat
		  - get: /upload
		  - submit: {nickname: Bee}
		    page: Settings
		    expect: {form: again, body: {contains: Saved.}}
		  - follow: /products/*
		    page: GET /search?q=hat
		    extract: {home: {link: /}}
	END
	[ "$status" -eq 0 ]
	[[ "$output" == *"page       $SERVER_URL/settings"$'\n'"  form       POST $SERVER_URL/settings"* ]]
	[[ "$output" == *"page       $SERVER_URL/search?q=hat"$'\n'"  link       /products/"* ]]
}

@test "row and nth: a form in a table row of the cart" {
	perform <<-'END'
		steps:
		  - for_each: id
		    in: "${[1001, 1002, 1003]}"
		    steps:
		      - get: /products/${id}
		      - submit: Add to cart
		  - submit: Remove
		    expect: {url: /cart, body: {contains: Cart (2)}}
		  - submit: Remove
		    nth: 2
		    expect: {url: /cart, body: {contains: Cart (1)}}
		  - follow: /products/*
		    expect: {url: /products/1003}
		    extract: {hat: {css: h1}}
		  - get: /products/1001
		  - submit: Add to cart
		  - submit: Remove
		    row: "${hat}"
		    expect: {body: {contains: Cart (1)}}
		  - submit: Remove
		    row: "${hat}"
	END
	[ "$status" -eq 1 ]
	[[ "$output" == *"button \"Remove\" (3 forms or buttons that send different values fit; row or nth chooses another)"* ]]
	[[ "$output" == *"failed     no row with '"*"' on $SERVER_URL/cart; rows with a form: «"* ]]
	[[ "$output" == *", 1 failed"* ]]
}

@test "follow and row: 20 users remove their own product" {
	scenario >path <<-END
		target: $SERVER_URL
		load: {users: 20, iterations: 3}
		defaults: {cookie_jar: per_iteration}
		steps:
		  - for_each: id
		    in: "\${[1001, 1002, 1003, 1004]}"
		    steps:
		      - get: /products/\${id}
		        extract: {name: {css: h1}}
		      - if: \${user.index % 4 == id - 1001}
		        then: [{set: {mine: "\${name}"}}]
		      - submit: Add to cart
		  - submit: Remove
		    row: "\${mine}"
		    expect: {body: {contains: Cart (3)}}
		    extract: {left: {css: table}}
		  - if: \${left contains mine}
		    then: [{fail: another product was removed}]
	END
	run reprise run scenario.yaml --json out.json
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(json out.json 'd["requests"]["failed"]')" = 0 ]
	[ "$(curl -s "$SERVER_URL/stats" | json - 'd["routes"]["POST /cart/remove"]')" = 60 ]
}

@test "submit: a form that comes back is a failure, with the error of the page" {
	perform <<-'END'
		steps:
		  - get: /register
		  - submit: {user: anna, email: nowhere, password: x}
	END
	[ "$status" -ne 0 ]
	[[ "$output" == *"the server rejected the form: «Enter a valid e-mail address.»"* ]]
	perform <<-'END'
		steps:
		  - get: /register
		  - submit: {user: anna, mail: nowhere}
	END
	[ "$status" -ne 0 ]
	[[ "$output" == *"no form with 'user', 'mail' on $SERVER_URL/register; did you mean 'email' instead of 'mail'? the page has "*"user"*"email"* ]]
}

@test "submit and follow: what the page does not have is not retried" {
	perform <<-'END'
		steps:
		  - get: /register
		  - submit: {no-such-field: 1}
		    retry: {times: 3, when: [extract, expect]}
		    on_failure: continue
		  - follow: No such link
		    retry: {times: 3, when: [extract, expect]}
		    on_failure: continue
		  - follow: {link: /register, row: "${''}"}
	END
	[ "$status" -eq 1 ]
	[[ "$output" == *"no form with 'no-such-field'"* ]]
	[[ "$output" == *"no link 'No such link'"* ]]
	[[ "$output" == *"the text of 'row' is empty"* ]]
	[[ "$output" != *"internal error"* ]]
}

@test "submit: 20 users register 100 different names" {
	scenario >path <<-END
		target: $SERVER_URL
		load: {users: 20, iterations: 5}
		defaults: {cookie_jar: per_iteration}
		steps:
		  - get: /register
		  - submit: {user: "\${unique}", email: "\${unique}@example.test", password: x}
		    expect: {redirected: yes, body: {contains: "Welcome, \${unique}"}}
	END
	run reprise run scenario.yaml --json out.json
	[ "$status" -eq 0 ]
	[ "$(json out.json 'd["requests"]["failed"]')" = 0 ]
	[ "$(curl -s "$SERVER_URL/stats" | json - 'd["routes"]["POST /register"]')" = 100 ]
}

@test "a page that is too large, an address that is too long and a disabled first button say so" {
	mkdir pages
	python3 - <<-'END'
		def page(name, *parts):
		    with open(f'pages/{name}.html', 'w', encoding='ascii') as file:
		        file.write(''.join(parts))
		page('large', '<form action=/a><textarea name=note>', 'x' * 300000, '</textarea></form>',
		     *(f'<a href="/large.html?a={n}">Link {n}</a>' for n in range(20000)))
		page('long', '<a href="/', 'a' * 20000, '">Long</a><a href="/large.html">Short</a>')
		page('disabled', '<form method=post action=/long.html><input name=a><button disabled>Save</button></form>')
	END
	chmod -R a+rX . pages
	start_nginx "location / { root $PWD/pages; default_type text/html; error_page 405 =200 \$uri; }"
	perform <<-'END'
		defaults: {on_failure: continue}
		steps:
		  - get: /large.html
		  - follow: Link 5
		  - follow: Link 19999
		  - submit: {note: x}
		  - get: /long.html
		  - follow: Long
		  - follow: Short
		  - get: /disabled.html
		  - submit: {a: x}
		  - {submit: {a: x}, button: none}
	END
	cut="the page is too large to be kept whole: its first forms, links and rows are kept, in at most 256 KiB"
	[[ $output == *"no link 'Link 19999' on $SERVER_URL/large.html?a=5; $cut; "*"the page has the links"* ]]
	[[ $output == *"the form with 'note' on $SERVER_URL/large.html?a=5 is too large to be kept; $cut"* ]]
	[[ $output == *"the link goes to '/aaa"*"…', which is longer than the limit of 16383 bytes for an address"* ]]
	[[ $output == *"the first button of the form, 'Save', is disabled, so the Enter key sends nothing"* ]]
	[[ $output == *"10 requests in "*", 4 failed"* ]]
}
