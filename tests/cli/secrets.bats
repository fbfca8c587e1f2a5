load helper

# A secret must be in no output, in whatever form the program or the server writes it.

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export PW='cänary&"x/y z+1<7'
}

teardown() {
	stop_servers
}

# Writes the forms of $PW, one per line, to the file `forms`.
write_forms() {
	python3 - >forms <<-'END'
		import base64, html, json, os, urllib.parse
		pw = os.environ["PW"]
		raw = pw.encode()
		encoded = json.dumps(pw)[1:-1]
		print(pw)
		print(urllib.parse.quote(pw, safe=""))
		print(urllib.parse.quote_plus(pw))
		print(encoded)
		print(encoded.replace("/", "\\/").replace("<", "\\u003c").replace("&", "\\u0026"))
		print(html.escape(pw))
		print("".join("&#%d;" % ord(c) for c in pw))
		print("".join("&#x%x;" % ord(c) for c in pw))
		print(raw.hex())
		for head in b"", b"u:", b"us:", b"use:":
		    # Only the part that the secret determines.
		    for encode in base64.b64encode, base64.urlsafe_b64encode:
		        print(encode(head + raw).decode()[-(-8 * len(head) // 6):8 * len(head + raw) // 6])
	END
	[ "$(wc -l <forms)" -eq 17 ]
}

# no_form_in FILE…: none of the lines of `forms` is in the files.
no_form_in() {
	run -1 grep -rFn -f forms "$@"
	[ -z "$output" ]
}

@test "no output contains a secret in plain, URL, JSON, HTML, base64 or hexadecimal form" {
	write_forms
	{ echo 'the forms:'; cat forms; } >body.txt
	start_nginx "location = /forms { default_type text/plain; root $PWD; try_files /body.txt =404; }
		location / { return 404 'no'; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		parameters: {PW: {secret: true, required: true}}
		defaults: {on_failure: continue}
		steps:
		  - get: /forms
		    expect: {body: {contains: "never \${PW}"}}
		  - post: "/q?plain=\${PW}&hex=\${PW | hex}"
		    headers: {X-Basic: "\${'user:' + PW | base64}", X-Url: "\${PW | base64url}", X-Hex: "\${PW | hex}"}
		    cookies: {sid: "\${PW | url_encode}"}
		    json: {password: "\${PW}", all: ["\${PW | base64}"]}
		  - post: /form
		    form: {password: "\${PW}"}
		  - log: "log \${PW} \${PW | base64} \${PW | hex}"
		  - fail: "fail \${PW}"
	END
	run -1 reprise run -vv --plain -p "PW=$PW" -o out --json out.json --junit out.xml --events out.events --csv out.csv s.yaml
	echo "$output" >out.text
	grep -q 'the forms:' out.text
	grep -rq 'the forms:' out/failures
	no_form_in out out.json out.xml out.events out.csv out.text
	run reprise show -p "PW=$PW" s.yaml
	echo "$output" >show.text
	run reprise show --program -p "PW=$PW" s.yaml
	echo "$output" >>show.text
	run reprise check -p "PW=$PW" s.yaml
	echo "$output" >>show.text
	no_form_in show.text
}

@test "messages that are cut contain no part of a secret" {
	local token
	token=tok$(printf 'abcdefghij%.0s' {1..12})
	start_nginx "location / { default_type application/json; return 200 '{\"token\": \"$token\"}'; }"
	scenario s.yaml <<-END
		target: $SERVER_URL
		defaults: {on_failure: continue}
		steps:
		  - get: /
		    extract: {tok: {jsonpath: \$.token, secret: yes}}
		  - get: /
		    expect: {jsonpath: {\$.token: "X\${tok}"}}
		  - set: {x: "\${tok * 2}"}
		  - set: {y: "\${tok | int}"}
		  - get: "\${tok}"
		  - fail: "$(printf '%0180d' 1) \${tok} tail"
	END
	run -1 reprise run -vv --plain -o out --json out.json --junit out.xml --events out.events s.yaml
	echo "$output" >out.text
	run -1 grep -rn 'tokabc\|defghij' out.text out.json out.xml out.events out/summary.json out/failures
	echo "$output"
}

@test "every occurrence of a secret in the target is masked" {
	start_nginx "location / { return 200 yes; }"
	scenario s.yaml <<-END
		target: $SERVER_URL/\${KEY}/x/\${KEY}
		parameters: {KEY: {secret: true, required: true}, OTHER: {default: another, secret: true}}
		steps: [get: /]
	END
	run -0 reprise run --plain -p KEY=hunter2secret --json out.json -o out s.yaml
	[[ "$output" != *hunter2* ]]
	[[ "$output" == *'/***/x/***'* ]]
	run -1 grep -rq hunter2 out.json out
	run -0 reprise show --program -p KEY=hunter2secret s.yaml
	[[ "$output" != *hunter2* ]]
}

@test "show --config masks secret parameters of any length" {
	scenario s.yaml <<-END
		target: http://127.0.0.1:9
		parameters: {PIN: {default: q7, secret: true}, PASSWORD: {default: hunter2, secret: true}}
		steps: [get: "/\${PIN}?\${PASSWORD}"]
	END
	run -0 reprise show --config s.yaml
	[ "$(grep -c '^parameters\.P.*\*\*\*' <<<"$output")" -eq 2 ]
	[[ "$output" != *q7* && "$output" != *hunter2* ]]
}
