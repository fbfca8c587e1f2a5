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

# request KEYS: one request with these keys of `request`, imported and checked.
request() {
	collection '{"name": "R", "request": {"method": "GET", "url": "http://127.0.0.1:1/a", '"$1"'}}'
	reprise import postman c.json -o c.yaml --force 2>report
	run -1 grep -q 'canary' c.yaml report
	CLIENT_SECRET=x PASSWORD=x SECRET_KEY=x ACCESS_KEY=x SESSION_TOKEN=x TOKEN=x reprise check c.yaml
}

@test "Postman: OAuth 2 requests a token itself, digest, AWS signatures, and stored tokens" {
	request '"auth": {"type": "oauth2", "oauth2": [{"key": "grant_type", "value": "client_credentials"}, {"key": "accessTokenUrl",
		"value": "http://127.0.0.1:1/oauth/token"}, {"key": "clientId", "value": "shop"}, {"key": "clientSecret", "value": "canary-1"},
		{"key": "scope", "value": "read"}, {"key": "client_authentication", "value": "body"}, {"key": "accessToken", "value": "canary-2"}]}'
	for line in 'token_url: /oauth/token' 'client_id: shop' 'client_secret: ${CLIENT_SECRET}' 'client_auth: form' 'scope: read'; do
		grep -qF "$line" c.yaml
	done
	request '"auth": {"type": "oauth2", "oauth2": {"grant_type": "password_credentials", "accessTokenUrl": "http://127.0.0.2:1/t",
		"clientId": "shop", "username": "anna", "password": "canary-3"}}'
	grep -q 'grant: password' c.yaml && grep -q 'user: anna' c.yaml && grep -q 'token_url: http://127.0.0.2:1/t' c.yaml
	request '"auth": {"type": "oauth2", "oauth2": [{"key": "grant_type", "value": "authorization_code"}, {"key": "accessToken",
		"value": "canary-4"}, {"key": "addTokenTo", "value": "queryParams"}]}'
	grep -q 'query: {access_token: "${TOKEN}"}' c.yaml
	request '"auth": {"type": "oauth2", "oauth2": [{"key": "accessToken", "value": "canary-5"}, {"key": "headerPrefix", "value": "Token"}]}'
	grep -q 'Authorization: Token ${TOKEN}' c.yaml
	request '"auth": {"type": "digest", "digest": [{"key": "username", "value": "anna"}, {"key": "password", "value": "canary-6"}]}'
	grep -q 'auth: {digest: {user: anna, password: "${PASSWORD}"}}' c.yaml
	request '"auth": {"type": "awsv4", "awsv4": [{"key": "accessKey", "value": "canary-7"}, {"key": "secretKey", "value": "canary-8"},
		{"key": "region", "value": "eu-central-1"}, {"key": "service", "value": "execute-api"}, {"key": "sessionToken", "value": "canary-9"}]}'
	grep -q 'aws_sigv4: {access_key: "${ACCESS_KEY}", secret_key: "${SECRET_KEY}", region: eu-central-1, service: execute-api,' c.yaml ||
		grep -q 'region: eu-central-1' c.yaml
}

@test "Postman: people are persons; a block of if extracts what the response has" {
	collection '{"name": "R", "request": {"method": "GET", "url": "http://127.0.0.1:1/{{$randomFirstName}}/{{$randomEmail}}/{{$randomCity}}"}}'
	reprise import postman c.json -o c.yaml 2>report
	grep -qF 'get: /${person().first_name}/${person().email}/${person().city}' c.yaml
	reprise check c.yaml
	script "if (pm.response.code === 200) { const d = pm.response.json(); pm.environment.set('tk', d.token); }"
	grep -qF 'tk: {jsonpath: "$.token", default: "${tk}"}' c.yaml
	script "if (pm.response.json().id) pm.environment.set('id', pm.response.json().id);"
	grep -qF 'id: {jsonpath: "$.id", default: "${id}"}' c.yaml
	script "const who = pm.variables.replaceIn('{{\$randomFullName}}'); pm.environment.set('who', who);"
	grep -qF 'who: "${person().name}"' c.yaml
}

@test "Postman: a data file with spaces, quotes and short rows is read as Postman reads it" {
	collection '{"name": "R", "request": {"method": "GET", "url": "http://127.0.0.1:1/{{a}}/{{b}}/{{c}}"}}'
	printf '\357\273\277a, b ,c\r\n1, "x ""y"", z" , two words\r\n\r\n2,short\n3,4,5,6\n' >odd.csv
	reprise import postman c.json odd.csv -o c.yaml 2>report
	printf 'a,b,c\n1,"x ""y"", z",two words\n2,short,\n3,4,5\n' | diff - data-odd.csv
	reprise check c.yaml
}

@test "Postman: an address that is a target with a path has no slash added" {
	collection '{"name": "R", "request": {"method": "GET", "url": {"raw": "{{base}}", "host": ["{{base}}"]}}}, {"name": "S", "request": {"method": "GET", "url": "{{base}}/x"}}'
	sed -i 's/"item"/"variable": [{"key": "base", "value": "http:\/\/127.0.0.1:1\/app"}], "item"/' c.json
	reprise import postman c.json -o c.yaml
	grep -q 'target: http://127.0.0.1:1/app' c.yaml
	grep -q 'get: http://127.0.0.1:1/app$' c.yaml
	grep -q 'get: /x' c.yaml
}
