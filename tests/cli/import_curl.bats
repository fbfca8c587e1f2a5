#!/usr/bin/env bats
# `reprise import curl`: command lines quoted for three shells, and the options of curl.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# made: imports visit.sh and prints the scenario without its header; `check` must accept it.
made() {
	reprise import curl visit.sh -o visit.yaml --force 2>account || { cat account; return 1; }
	PASSWORD=x ITEM_ID=1 API_KEY=k reprise check visit.yaml >checked 2>&1 || { cat checked; return 1; }
	sed '1,/^$/d' visit.yaml
}

@test "a request copied by Chrome for bash" {
	cat >visit.sh <<-'END'
		curl 'http://127.0.0.1:8080/api/cart?x=1' \
		  -H 'accept: application/json' \
		  -H 'content-type: application/json' \
		  -b 'session=abc; theme=dark' \
		  -H 'sec-fetch-mode: cors' \
		  --data-raw $'{"text":"it\'s \u00e9\\u0021","n":1.50}' \
		  --compressed ;
		curl 'http://127.0.0.1:8080/next' -H 'sec-fetch-mode: cors'
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	diff - <(echo "$output") <<-'END'
		steps:
		  - group: POST /api/cart
		    steps:
		      - post: /api/cart?x=1
		        headers: {accept: application/json}
		        json:
		          text: it's é!
		          n: 1.50
		        cookies:
		          session: abc
		          theme: dark
		      - get: /next
	END
}

@test "a request copied by Chrome for cmd.exe" {
	printf '%s\r\n' 'curl ^"http://127.0.0.1:8080/a?x=1^&y=2^" ^' '  -H ^"accept: text/html^" ^' \
		'  -H ^"sec-fetch-mode: cors^" ^' '  --data-raw ^"^{^\^"a^\^":^\^"50^% ^\^\n^\^"^}^"' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"post: /a?x=1&y=2"* ]]
	[[ $output == *"accept: text/html"* ]]
	[[ $output == *'a: "50% \n"'* ]]
}

@test "the quotes of five versions of Chrome and Firefox for cmd.exe are those of a POSIX shell" {
	run -0 python3 -B "$SRCDIR/tests/cli/curl_quotes.py" "$REPRISE"
	[ -z "$output" ]
}

@test "values that a server seems to have issued for the copied visit are reported; constants are not" {
	cat >visit.sh <<-'END'
		curl http://127.0.0.1:8080/login -H 'X-CSRF-Token: 8f14e45fceea167a5a36dedd4bea2543' -b 'sid=4b5c6d7e8f90a1b2c3d4; theme=dark1234' \
		  -d 'user=anna&password=geheim&nonce=Zk3j9aP0qLm2&client_id=8f14e45fceea167a5a36dedd4bea0000&lang=en'
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[ "$(grep -c 'looks like a value that the server issued' account)" -eq 3 ]
	for name in X-CSRF-Token nonce sid; do
		grep -q "entry 1: .*\"$name\" looks like a value that the server issued for the copied visit; extract it" account
		grep -q "# .*\"$name\" looks like" visit.yaml
	done
}

@test "PowerShell backticks join lines; Invoke-WebRequest is rejected with a reason" {
	printf '%s\n' 'curl.exe "http://127.0.0.1:8080/a" `' '  -H "x-a: say `"hi`""' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"x-a: 'say \"hi\"'"* ]]
	printf '%s\n' 'Invoke-WebRequest -Uri "http://127.0.0.1:8080/" `' '-Method "POST"' >visit.sh
	run reprise import curl visit.sh
	[ "$status" -eq 2 ]
	[[ $output == *"copy the request as cURL instead"* ]]
}

@test "curl options" {
	cat >visit.sh <<-'END'
		# two requests in one command
		curl -sSLk -X PUT -d a=1 -d 'b=x y' --data-urlencode 'c=ä&' -u ann:geheim \
		  -H 'X-Empty;' -m 2.5 --connect-timeout 1 http://127.0.0.1:8080/one --next \
		  -G -L -d q=1 "127.0.0.1:8080/two" -e http://127.0.0.1:8080/one
		curl -I http://127.0.0.1:8080/three
		curl -L --json '{"a": [1, "2"]}' http://127.0.0.1:8080/four
		curl -L -F 'name=Ann' -F 'note=a;b' http://127.0.0.1:8080/five
		curl -L --ntlm -u 'CORP\ann:geheim' http://127.0.0.1:8080/six
		curl -L --negotiate -u : http://127.0.0.1:8080/seven
		curl -L --cert 'client.p12:geheim' https://127.0.0.1:8080/eight
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output != *geheim* ]]
	for line in "put: /one" "a: 1" "b: x y" 'c: ä&' "verify: no" "timeout: 2.5s" "connect_timeout: 1s" \
		'basic: {user: ann, password: "${PASSWORD}"}' 'ntlm: {user: CORP\ann, password: "${PASSWORD' 'negotiate: {}' 'tls: {cert: client.p12, passphrase: "${KEY_PASSPHRASE}"}' "get: /two?q=1" "head: /three" \
		"follow_redirects: no" "a: [1, \"2\"]" "name: Ann" "note: a"; do
		[[ $output == *"$line"* ]] || { echo "lacks: $line"; echo "$output"; return 1; }
	done
	[ "$(grep -c 'follow_redirects' <<<"$output")" = 1 ]
	run -1 grep -q geheim visit.yaml account
	grep -q 'PASSWORD: {required: yes, secret: yes' visit.yaml
}

@test "a shell variable becomes a parameter; \${ in single quotes stays text" {
	cat >visit.sh <<-'END'
		curl -L "http://127.0.0.1:8080/items/${ITEM_ID}" -H "X-Key: $API_KEY" -H 'X-Text: ${no}'
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *'get: /items/${ITEM_ID}'* ]]
	[[ $output == *'X-Key: "${API_KEY}"'* ]]
	[[ $output == *'X-Text: "$${no}"'* ]]
	grep -q 'ITEM_ID: {required: yes' visit.yaml
}

@test "a variable can be the host or the whole target" {
	printf 'curl "https://$HOST/a"\ncurl "https://$HOST/b"\n' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	grep -q '^target: https://${HOST_VALUE} ' visit.yaml
	printf 'curl "$BASE/a"\ncurl http://a.example.org/c\ncurl "$BASE/b"\n' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	grep -q '^target: ${BASE} ' visit.yaml
	[[ $output == *"get: /b"* && $output == *"get: http://a.example.org/c"* ]]
	BASE=http://127.0.0.1:1 reprise show visit.yaml | grep -q 127.0.0.1:1
	printf 'curl http://a.example.org/c\ncurl http://a.example.org/d\ncurl "https://$HOST/b"\n' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	grep -q 'line 3: skipped, its host is a variable' account
	run -1 grep -q 'reprise-variable' visit.yaml
}

@test "braces in a URL are not templates; the host must be ASCII" {
	printf '%s\n' 'curl -g "http://127.0.0.1:8080/a/{id}?x={y}"' 'curl http://müller.example/' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *'get: /a/%7Bid%7D?x=%7By%7D'* ]]
	grep -q 'line 2: skipped, write its host in ASCII, xn--…: müller.example' account
	run -1 grep -q warning checked
}

@test "two bodies are rejected" {
	printf 'curl http://127.0.0.1:8080/a\ncurl -d a=b -F c=d http://127.0.0.1:8080/b\n' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	grep -q "line 2: skipped, curl sends only one of -d, -F and -T" account
}

@test "an unsupported proxy is skipped and reported" {
	printf 'curl -x :say http://127.0.0.1:8080/a\ncurl -x proxy.example:3128 http://127.0.0.1:8080/b\n' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"proxy: proxy.example:3128"* && $output != *":say"* ]]
	grep -q "only HTTP and SOCKS5 proxies are supported; skipped: :say" account
}

@test "a variable used only in a skipped command does not become a parameter" {
	printf 'curl -u ann:x "ftp://127.0.0.1/$gone"\ncurl http://127.0.0.1:8080/a\n' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	run -1 grep -q parameters visit.yaml
	run -1 grep -q warning checked
}

@test "text that looks like another tool's template stays text, without a warning" {
	echo "curl http://127.0.0.1:8080/a -d 'a {{ name }} \${x} \$\${{b}} {{{c}}}' -H 'X-A: {{ a.b }}'" >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *'${"{{"} a.b }}'* ]]
	[[ $output == *'body: a ${"{{"} name }} $${x} ${"$$"}${"{{"}b}} ${"{{"}{c}}}'* ]]
	reprise show --program visit.yaml
}

@test "a variable with an invalid parameter name is renamed" {
	echo 'curl "http://127.0.0.1:8080/$id/$HOST" -H "X-Key: $key_1"' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *'get: /${ID}/${HOST_VALUE}'* ]]
	[[ $output == *'X-Key: "${KEY_1}"'* ]]
	grep -q "The shell's variable key_1" visit.yaml
	printf 'curl "http://127.0.0.1:8080/a/$id"\ncurl "http://127.0.0.1:8080/a/$id/b"\n' >visit.sh
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *'group: GET /a/{ID}'* ]]
}

@test "nothing is executed; commands that need a shell are reported" {
	cat >visit.sh <<-'END'
		curl "http://127.0.0.1:8080/$(touch made)"
		curl http://127.0.0.1:8080/`touch made`
		curl -d @- http://127.0.0.1:8080/a < file
		curl 'http://127.0.0.1:8080/open
	END
	run reprise import curl visit.sh
	[ "$status" -eq 2 ]
	[ ! -e made ]
	[[ $output == *"line 1: skipped, \$(…) would run a command"* ]]
	[[ $output == *"line 2: skipped, \`…\` would run a command"* ]]
	[[ $output == *"line 3: skipped, its input is a file of the shell"* ]]
	[[ $output == *"line 4: skipped, a single quote is not closed"* ]]
	echo "nothing here" >visit.sh
	run reprise import curl visit.sh
	[ "$status" -eq 2 ]
	[[ $output == *"visit.sh has no curl command"* ]]
}

@test "a here-document becomes the body" {
	cat >visit.sh <<-'END'
		curl -L --data-binary @- -H 'Content-Type: text/plain' http://127.0.0.1:8080/a <<EOF
		two
		lines
		EOF
		curl -L http://127.0.0.1:8080/b | jq . > out.json 2>&1
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *$'body: |\n'*"two"*"lines"* ]]
	[[ $output == *"get: /b"* ]]
}

@test "a method in lower case is accepted; an invalid method is skipped with the reason" {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' "curl -X post http://127.0.0.1:8080/a" 'curl -X $METHOD http://127.0.0.1:8080/b' >c.txt
	run -0 reprise import curl c.txt -o c.yaml
	[[ $output == *"line 2: skipped, the argument of -X is not a method"* ]]
	grep -q -- "- post: /a" c.yaml
	run -1 grep -q /b c.yaml
	reprise check c.yaml
}
