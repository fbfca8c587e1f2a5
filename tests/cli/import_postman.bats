#!/usr/bin/env bats
# `reprise import postman`: requests, variables and recognized statements of scripts are converted.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$SRCDIR"/tests/golden/import/postman/*.json "$SRCDIR"/tests/golden/import/postman/rows.csv .
}

teardown() {
	stop_servers
}

# collection ITEMS: a collection with these items.
collection() {
	printf '{"info": {"name": "T", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [%s]}' "$1" >c.json
}

# script LINE: one request whose test script has this line, as JSON text.
script() {
	collection '{"name": "R", "request": "http://127.0.0.1:1/a", "event": [{"listen": "test", "script": {"exec": ["'"$1"'"]}}]}'
	reprise import postman c.json -o c.yaml --force 2>report || { cat report; return 1; }
	reprise check c.yaml >checked || { cat checked c.yaml; return 1; }
}

@test "Postman: a collection with an environment, globals and rows; secrets are not written" {
	reprise import postman shop.json environment.json globals.json rows.csv -o shop.yaml 2>report
	run ! grep -rq 'canary' shop.yaml report
	golden import/postman/shop.yaml <shop.yaml
	golden import/postman/shop.report <report
	reprise check -p PASSWORD=x -p X_API_KEY=x -p PHOTO_FILE=rows.csv shop.yaml
}

@test "Postman: the requests that a server receives, in their order" {
	start_nginx 'location / { default_type application/json; return 200 "{\"id\": 7, \"state\": \"done\", \"data\": {\"token\": \"t-1\"}, \"items\": [], \"user\": {\"name\": \"anna\"}}"; }'
	sed -i "s|http://127.0.0.1:9999/api|$SERVER_URL/api|" shop.json
	reprise import postman shop.json environment.json globals.json rows.csv -o shop.yaml 2>report
	run -0 reprise run --once -p PASSWORD=x -p X_API_KEY=k-1 -p PHOTO_FILE=rows.csv shop.yaml
	cat >expected <<-'END'
		"POST /api/login?from=shop HTTP/1.1"
		"GET /api/config HTTP/1.1"
		"POST /api/orders?x=1&w=a%20b HTTP/1.1"
		"GET /api/orders/7 HTTP/1.1"
		"POST /api/upload HTTP/1.1"
		"POST /api/graphql HTTP/1.1"
	END
	grep -o '"[A-Z]* /api[^"]*"' "$NGINX_DIR/access.log" | diff expected -
}

@test "Postman: statements of scripts that are recognized" {
	script "pm.response.to.have.status(201);" && grep -q 'status: 201' c.yaml
	script "pm.test(\\\"t\\\", function () { pm.expect(pm.response.code).to.be.oneOf([200, 201]); });" && grep -q 'status: \[200, 201\]' c.yaml
	script "pm.test('t', () => pm.expect(pm.response.responseTime).to.be.below(250));" && grep -q 'max_time: 250ms' c.yaml
	script "const d = pm.response.json(); const first = d.items[0]; pm.globals.set('x_id', first.id);" && grep -q 'x_id: {jsonpath: "\$.items\[0\].id"}' c.yaml
	script "postman.setEnvironmentVariable('loc', postman.getResponseHeader('Location'));" && grep -q 'loc: {header: Location}' c.yaml
	script "pm.expect(pm.response.json().name, 'name').to.equal('x, y');" && grep -q '\$.name: x, y' c.yaml
	script "pm.expect(pm.response.text()).to.include('done');" && grep -q 'body: {contains: done}' c.yaml
	script "tests['ok'] = responseCode.code === 200;" && grep -q 'status: 200' c.yaml
	script "pm.response.to.have.header('ETag');" && grep -q 'ETag: {exists: yes}' c.yaml
	script "if (pm.response.json().state !== 'done') { postman.setNextRequest('R'); }" && grep -q 'while: \${poll != "done"}' c.yaml
	script "pm.sendRequest({url: 'http://127.0.0.1:1/t', method: 'POST'}, function (err, res) { pm.environment.set('tk', res.json().tk); });" &&
		grep -q 'post: /t' c.yaml && grep -q 'tk: {jsonpath: "\$.tk"}' c.yaml
}

@test "Postman: NTLM with a domain" {
	collection '{"name": "R", "request": {"method": "GET", "url": "http://127.0.0.1:1/a", "auth": {"type": "ntlm", "ntlm": [{"key": "username", "value": "anna"}, {"key": "password", "value": "canary"}, {"key": "domain", "value": "CORP"}]}}}'
	run -0 reprise import postman c.json -o c.yaml --force
	grep -qF 'ntlm: {user: anna, password: "${PASSWORD}", domain: CORP}' c.yaml || { cat c.yaml; return 1; }
	run ! grep -q canary c.yaml
}

@test "Postman: what is not supported is reported with its line, and is not fatal" {
	script "pm.environment.set('s', CryptoJS.MD5('a').toString());"
	grep -q "line 1: pm.environment.set('s', CryptoJS.MD5('a').toString()): JavaScript is not run" report
	script "for (const a of b) { console.log(a); }" && grep -q 'JavaScript is not run' report
	collection '{"name": "R", "request": {"method": "GET", "url": "http://127.0.0.1:1/a", "auth": {"type": "oauth1", "oauth1": []}}}, {"name": "no request"}'
	run -0 reprise import postman c.json -o c.yaml --force
	[[ $output == *"auth oauth1: not supported"* && $output == *"it has no request"* ]]
	collection '{"name": "R", "request": {"method": "GET", "url": "http://127.0.0.1:1/{{$randomBs}}"}}'
	run -0 reprise import postman c.json -o c.yaml --force
	[[ $output == *'$randomBs: left empty: not supported'* ]]
}

@test "Postman: other versions, other files, names within names, no address" {
	echo '{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [], "a": tru' >c.json
	run -2 reprise import postman c.json -o c.yaml
	[[ $output == *"c.json is not JSON: byte "* ]]
	echo '{"values": []}' >c.json
	run -2 reprise import postman c.json -o c.yaml
	[[ $output == *"none of the files is a collection"* ]]
	collection '{"name": "{{a}}", "request": {"method": "PURGE", "url": "{{base}}/x/{{id{{n}}}}"}}'
	sed -i 's/"item"/"variable": [{"key": "n", "value": "1"}, {"key": "id1", "value": "one"}], "item"/' c.json
	run -0 reprise import postman c.json -o c.yaml
	grep -q 'request: {method: PURGE, url: "/x/${ID1}"}' c.yaml
	grep -q 'name: "{a}"' c.yaml
	grep -q 'the collection has no address' c.yaml
	reprise check -t http://127.0.0.1:1 c.yaml
}
