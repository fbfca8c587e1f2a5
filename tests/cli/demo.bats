#!/usr/bin/env bats
# The sample shop, used like a browser and like a program.

load helper

setup() {
	start_demo
	jar=$BATS_TEST_TMPDIR/jar
}

teardown() {
	stop_servers
}

shop() { # shop PATH [curl options]
	path=$1
	shift
	curl -sS -b "$jar" -c "$jar" "$@" "$SERVER_URL$path"
}

log_in() {
	token=$(shop /login | sed -n 's/.*name="csrf_token" value="\([0-9a-f]*\)".*/\1/p')
	shop /login -L -d user=ann -d password=demo -d "csrf=$token"
}

@test "demo: login requires the form's token and then shows the user name" {
	[ "$(shop /login -o /dev/null -w '%{http_code}' -d user=ann -d password=demo)" = 403 ]
	log_in | grep -q 'Welcome, ann'
	[ "$(shop /login -o /dev/null -w '%{http_code}')" = 200 ]
}

@test "demo: a wrong password returns 401 without a login" {
	token=$(shop /login | sed -n 's/.*name="csrf_token" value="\([0-9a-f]*\)".*/\1/p')
	[ "$(shop /login -o /dev/null -w '%{http_code}' -d user=ann -d password=no -d "csrf=$token")" = 401 ]
	[ "$(shop /account -o /dev/null -w '%{redirect_url}')" = "$SERVER_URL/login" ]
}

@test "demo: API for search, cart and orders; an order ships after two requests" {
	id=$(shop '/api/products?q=red+hat' | sed 's/.*"id":\([0-9]*\).*/\1/')
	[ "$(shop /api/cart -o /dev/null -w '%{http_code}' -d "{\"product\":\"$id\",\"quantity\":2}")" = 201 ]
	order=$(shop /api/orders -X POST | sed 's/.*"id":\([0-9]*\).*/\1/')
	[ "$(shop "/api/orders/$order" -o /dev/null -w '%{http_code}')" = 202 ]
	[ "$(shop "/api/orders/$order" -o /dev/null -w '%{http_code}')" = 202 ]
	shop "/api/orders/$order" | grep -q '"status":"shipped"'
	# An order of another user is not visible.
	[ "$(curl -s "$SERVER_URL/api/orders/$order" -o /dev/null -w '%{http_code}')" = 404 ]
}

@test "demo: invalid JSON and unknown products are rejected with a reason" {
	shop /api/cart -d '{"product":1001,}' | grep -q 'not valid JSON: a key in double quotes is missing, at byte 16'
	[ "$(shop /api/cart -o /dev/null -w '%{http_code}' -d '{"product":1}')" = 404 ]
	[ "$(shop /api/cart/1001 -X PUT -o /dev/null -w '%{http_code}' -d '{"quantity":500}')" = 400 ]
	[ "$(shop /api/cart -X OPTIONS -o /dev/null -w '%{http_code}')" = 405 ]
	[ "$(shop /nowhere -o /dev/null -w '%{http_code}')" = 404 ]
}

@test "demo: compressed and chunked pages; 304 for unchanged pages" {
	curl -s --compressed -D - "$SERVER_URL/" -o /dev/null | grep -qi '^content-encoding: gzip'
	curl -s -D - "$SERVER_URL/search?q=hat" -o /dev/null | grep -qi '^transfer-encoding: chunked'
	tag=$(curl -s -D - "$SERVER_URL/static/shop.css" -o /dev/null | tr -d '\r' | sed -n 's/^ETag: //p')
	[ "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $tag" "$SERVER_URL/static/shop.css")" = 304 ]
}

@test "demo: user input is escaped in pages" {
	shop '/search?q=%3Cscript%3Ealert(1)%3C/script%3E' | grep -q '&lt;script&gt;'
}

@test "demo: /stats counts requests" {
	shop / >/dev/null
	shop /products/1001 >/dev/null
	shop /stats | grep -q '"requests":2,.*"GET /products/{id}":1'
}

@test "demo: clients that disconnect during a TLS handshake do no harm" {
	"$REPRISE" demo --port 0 --tls --latency 1ms..20ms >"$BATS_TEST_TMPDIR/tls.out" 2>&1 </dev/null 3>&- &
	pid=$!
	wait_for 20 grep -q 'https://127' "$BATS_TEST_TMPDIR/tls.out"
	port=$(sed -n 's|.*https://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$BATS_TEST_TMPDIR/tls.out" | head -1)
	started tls $pid "$port"
	file=$(scenario <<-END
		target: https://127.0.0.1:$port
		defaults: {timeout: 12ms, tls: {verify: false}}
		load: {users: 20, duration: 2s}
		steps:
		  - parallel: [{get: /}, {get: /api/products}, {get: /static/shop.css}]
	END
	)
	run reprise run -q "$file"
	[ "$(curl -sk "https://127.0.0.1:$port/" -o /dev/null -w '%{http_code}')" = 200 ]
}

@test "demo: invalid options have helpful messages" {
	run "$REPRISE" demo --latency 20
	[ "$status" -eq 2 ]
	[[ "$output" == *"unit"* ]]
	run "$REPRISE" demo --port 70000
	[ "$status" -eq 2 ]
	run "$REPRISE" demo --port "$SERVER_PORT"
	[ "$status" -eq 2 ]
	[[ "$output" == *"in use"* ]]
}

@test "demo --log: writes one line per request with the visitor, which import recognizes as a log" {
	cd "$BATS_TEST_TMPDIR"
	start_demo --log shop.log
	log_in >/dev/null
	shop '/search?q="hat"' -o /dev/null
	shop /nowhere -o /dev/null
	[ "$(wc -l <shop.log)" -eq 5 ]
	[ "$(sed 's/"time":[0-9.]*,//; s/[0-9a-f]\{32\}/TOKEN/' shop.log)" = '{"user":"visitor 1","method":"GET","url":"/login","status":200}
{"user":"visitor 1","method":"POST","url":"/login","status":303,"csrf_token":"TOKEN"}
{"user":"visitor 1","method":"GET","url":"/account","status":200}
{"user":"visitor 1","method":"GET","url":"/search?q=\"hat\"","status":200}
{"user":"visitor 1","method":"GET","url":"/nowhere","status":404}' ]
	run reprise import shop.log
	[ "$status" -eq 0 ]
	[[ "$output" == *"kept 4 "*"1 POST"* ]]
	run reprise demo --log "$BATS_TEST_TMPDIR"
	[ "$status" -eq 2 ]
	[[ "$output" == *"Is a directory"* ]]
}

token() { # token PATH: the token of the page's form
	shop "$1" | sed -n 's/.*name="csrf_token" value="\([0-9a-f]*\)".*/\1/p' | head -1
}

@test "demo: a refused registration comes back with status 200, its values and an error" {
	token=$(token /register)
	shop /register -d "csrf_token=$token" -d user=anna -d email=nowhere -d password=x -o back -w '%{http_code}' >status
	[ "$(cat status)" = 200 ]
	grep -q '<ul class=errorlist><li>Enter a valid e-mail address.</li></ul>' back
	grep -q 'name=user value="anna"' back
	[ "$(shop /register -d "csrf_token=$token" -d user=anna -d email=a@example.test -d password=x -o /dev/null -w '%{redirect_url}')" = "$SERVER_URL/account" ]
	shop /account | grep -q 'Welcome, anna'
}

@test "demo: settings are saved on their own page" {
	token=$(token /settings)
	shop /settings -d "csrf_token=$token" -d nickname=Bee -d language=de -d newsletter=1 | grep -q 'Saved.'
	shop /settings >page
	grep -q 'name=nickname value="Bee"' page
	grep -q '<option value=de selected>German' page
	grep -q 'name=newsletter value=1 checked' page
}

@test "demo: a wizard has three steps on one address" {
	token=$(token /wizard)
	step() { shop /wizard -d "csrf_token=$token" "$@"; }
	step -d step=1 -d who= | grep -q 'Something is missing'
	step -d step=1 -d who=Anna | grep -q 'step 2 of 3'
	step -d step=2 -d street=High -d city=York | grep -q 'step 3 of 3'
	[ "$(step -d step=3 -d agree=on -o /dev/null -w '%{redirect_url}')" = "$SERVER_URL/wizard/done" ]
}

@test "demo: an upload shows the name and the size of the file" {
	token=$(token /upload)
	printf 12345 >p.png
	shop /upload -F "csrf_token=$token" -F title=A -F image=@p.png | grep -q '<p id=received>p.png, 5 bytes</p>'
	shop /upload -F "csrf_token=$token" -F title=A -F 'image=;filename=' | grep -q 'No file was chosen'
	[ "$(shop /upload -F title=A -F image=@p.png -o /dev/null -w '%{http_code}')" = 403 ]
}

@test "demo: the page of controls shows what was sent" {
	shop /controls | grep -q '<option disabled>Choose a size'
	shop /controls/preview -d 'text=a&do=preview' | grep -q '<pre id=sent>text=a&amp;do=preview</pre>'
}

@test "demo: the support chat needs the ticket of its page, knows its conversations, and expects pongs" {
	cd "$BATS_TEST_TMPDIR" || return 1
	[ "$(shop /ws/support -o /dev/null -w '%{http_code}')" = 426 ]
	[ "$(shop '/api/support?conversation=x' -o /dev/null -w '%{http_code}')" = 404 ]
	cat >chat.yaml <<-'END'
		name: Chat
		target: http://127.0.0.1
		steps:
		  - get: /support
		    extract: {ticket: {regex: "data-ticket=([0-9a-f]+)"}}
		  - websocket: /ws/support?ticket=wrong
		    name: Refused
		    on_failure: continue
		  - websocket: /ws/support
		    query: {ticket: "${ticket}"}
		  - send: {json: {type: ask, conversation: "12", text: Hello}}
		    wait_for: {jsonpath: {$.reason: unknown conversation}}
		  - send: {text: Hello}
		    wait_for: {jsonpath: {$.reason: a message must be a JSON object}}
		  - send: {json: {type: join, name: Ann}}
		    wait_for: {jsonpath: {$.type: joined}}
		  - wait_for: {jsonpath: {$.type: ping}}
		  - wait_for: {jsonpath: {$.type: ping}}
		    name: Second ping
		    timeout: 1m
	END
	run reprise run --once -t "$SERVER_URL" --json r.json chat.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"HTTP 403, expected 101"* ]]
	[[ $output == *"4001"*"no pong"* ]]
	[ "$(json r.json '[s["name"] for s in d["steps"] if s["requests"]["failed"]]')" = '["Refused", "Second ping"]' ]
}
