#!/usr/bin/env bats
# `reprise import openapi`: each resource of a specification becomes a chain of requests.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp -r "$SRCDIR"/tests/golden/import/openapi/. .
}

teardown() {
	stop_servers
}

# start_crud: starts the CRUD server; its requests are in crud.log.
start_crud() {
	python3 -B "$SRCDIR/tests/cli/crud_server.py" crud.log "${SERVER_LIMIT_S:-1500}" >crud.port 2>crud.err </dev/null 3>&- &
	local pid=$!
	wait_for 20 test -s crud.port || { cat crud.err; return 1; }
	started crud $pid "$(cat crud.port)"
}

# spec PATHS [TOP]: writes s.yaml with these paths, in the flow style of YAML.
spec() {
	printf 'openapi: 3.0.3\ninfo: {title: T, version: "1"}\nservers: [{url: "http://127.0.0.1:1/v1/"}]\n%s\npaths: {%s}\n' "${2:-}" "$1" >s.yaml
}

# draft [OPTION…]: imports s.yaml to s-out.yaml, which must be valid.
draft() {
	reprise import openapi s.yaml -o s-out.yaml --force "$@" 2>report || { cat report; return 1; }
	reprise check s-out.yaml >checked 2>&1 || { cat checked s-out.yaml; return 1; }
}

# has TEXT: the draft has this text.
has() {
	grep -qF -- "$1" s-out.yaml || { cat s-out.yaml; return 1; }
}

@test "OpenAPI 3.1: chains, parameters, bodies, security, servers; what is not supported has its line" {
	reprise import shop.yaml -o out.yaml 2>report
	run ! grep -rq canary out.yaml report
	golden import/openapi/shop.draft.yaml <out.yaml
	golden import/openapi/shop.report <report
	reprise check out.yaml
}

@test "Swagger 2: the same" {
	reprise import pets.json -o out.yaml 2>report
	golden import/openapi/pets.draft.yaml <out.yaml
	golden import/openapi/pets.report <report
	reprise check out.yaml
}

@test "a CRUD server never returns status 404, even with several users, and nothing is left on it" {
	start_crud
	reprise import openapi crud.yaml -o out.yaml 2>report
	grep -q 'converted  22 of 22 operations in 4 scenarios' report
	run -0 reprise run -t "$SERVER_URL/api" -p KEY=k-1 -u 4 -i 6 out.yaml
	unexpected=$(grep -vE ' (200|201|204)$' crud.log || true)
	[ -z "$unexpected" ] || { echo "$unexpected"; false; }
	[ "$(grep -c '^POST /api/orders 201' crud.log)" -eq "$(grep -c '^DELETE /api/orders/[0-9]* 204' crud.log)" ]
	[ "$(fetch_with_key "$SERVER_URL/api/orders")" = "[]" ]
	for method in GET HEAD POST PUT PATCH DELETE; do
		grep -q "^$method " crud.log
	done
}

fetch_with_key() {
	python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers={"X-Key": "k-1"}), timeout=10).read().decode())' "$1"
}

@test "--verify performs the draft once and reports each request" {
	start_crud
	run -0 reprise import openapi crud.yaml -o out.yaml -q --verify -t "$SERVER_URL/api" -p KEY=k-1
	[ "${lines[0]}" = "--verify performs each scenario once on $SERVER_URL/api: 22 requests, 13 writes" ]
	[[ $output == *"  passed    out.yaml:"*": POST /orders: 201"* ]]
	[ "${lines[-1]}" = "verified: 22 of 22 requests passed" ]
	[ "$(wc -l <crud.log)" -eq 22 ]

	# A request that fails, and those after it that are not sent.
	sed -i 's/required: \[sku, count\]/required: [sku]/' crud.yaml
	run -1 reprise import openapi crud.yaml -o out.yaml -q --force --verify -t "$SERVER_URL/api" -p KEY=k-1
	[[ $output == *"  failed    out.yaml:"*": POST /orders/\${order_id}/items: HTTP 422, expected 201"* ]]
	[[ $output == *"  not sent  out.yaml:"*": DELETE /orders/\${order_id}"* ]]
	[[ $output == *"NOT VERIFIED: 18 of 22 requests passed; 1 failed; 3 were not sent"* ]]
	[[ ${lines[-1]} == "next: look at the first failure with: reprise run --once -v -t $SERVER_URL/api -p KEY=… out.yaml" ]]

	# No server in the file, no server there, a missing parameter, no file.
	run -2 reprise import openapi crud.yaml -o out.yaml -q --force --verify -t "$SERVER_URL/api" --env-file nowhere
	[[ $output == *"cannot read nowhere"* ]]
	run -2 reprise import openapi crud.yaml -o out.yaml -q --force --verify -p KEY=k-1
	[[ $output == *"--verify needs a server, but crud.yaml does not name one; add -t URL"* ]]
	run -3 reprise import openapi crud.yaml -o out.yaml -q --force --verify -t http://127.0.0.1:9 -p KEY=k-1
	[[ $output == *"verified: nothing; no server was reached"* ]]
	run -2 reprise import openapi crud.yaml -o out.yaml -q --force --verify -t "$SERVER_URL/api"
	[[ $output == *KEY* ]]
	run -2 reprise import openapi crud.yaml -o - -q --verify
	[[ $output == *"--verify needs an output file; write -o FILE"* ]]
}

@test "--verify of a collection of Postman and of a Hurl file" {
	start_nginx 'location / { return 200 "{\"ok\": true}"; }'
	printf 'GET %s/a\nHTTP 200\n\nGET %s/b\nHTTP 201\n' "$SERVER_URL" "$SERVER_URL" >two.hurl
	run -1 reprise import hurl two.hurl -q --verify
	[[ $output == *"passed"*"two.yaml:"*"/a: 200"* ]]
	[[ $output == *"NOT VERIFIED: 1 of 2 requests passed; 1 failed"* ]]
	printf '{"info": {"name": "T", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [{"name": "R", "request": "%s/a"}]}' "$SERVER_URL" >c.json
	run -0 reprise import postman c.json -q --verify
	[ "${lines[-1]}" = "verified: 1 of 1 request passed" ]
}

@test "--tag and --methods: lists, several times, with what they need" {
	reprise import openapi crud.yaml -o out.yaml --tag tags,files --methods get --methods POST,delete 2>report
	grep -q 'post: /tags' out.yaml
	run ! grep -qE 'put:|/orders|/customers' out.yaml
	grep -q 'skipped    17 operations that --tag and --methods exclude' report
	grep -q 'unreached  .*GET /files/{name}: no value for {name} was found' report
	run -2 reprise import openapi crud.yaml -o out.yaml --force --tag none
	[[ $output == *"no operation can be converted with these --tag and --methods"* ]]
	# The creation of what an operation needs has another tag.
	sed -i 's/head: {tags: \[orders\]/head: {tags: [heads]/' crud.yaml
	reprise import openapi crud.yaml -o out.yaml --force -q --tag heads
	grep -q 'post: /orders' out.yaml
	grep -q 'head: /orders/${order_id}' out.yaml
	run ! grep -q -- '- get: ' out.yaml
}

@test "links, also to values of the request and in headers" {
	spec '/a: {post: {operationId: a, parameters: [{name: zone, in: query, required: true, schema: {type: string}, example: z1}], responses: {"201": {description: "", headers: {X-Id: {schema: {type: string}}}, links: {b: {operationId: b, parameters: {key: "$response.header.X-Id", path.mode: fast, query.zone: "$request.query.zone"}}}}}}}, "/b/{mode}/{key}": {get: {operationId: b, parameters: [{name: mode, in: path, required: true, schema: {type: string}}, {name: key, in: path, required: true, schema: {type: string}}, {name: zone, in: query, schema: {type: string}}], responses: {"200": {description: ""}}}}'
	draft
	has 'b_key: {header: X-Id}'
	has 'get: /b/${B_MODE}/${b_key}'
	has 'B_MODE: {default: fast, type: text}'
	run -0 grep -c 'query: {zone: z1}' s-out.yaml
	[ "$output" -eq 3 ]
}

@test "the styles of parameters" {
	local p='in: path, required: true, schema'
	spec "\"/p/{a}/{b}/{c}/{d}/{e}\": {get: {parameters: [{name: a, $p: {type: array, items: {type: integer}, default: [1, 2]}}, {name: b, style: label, explode: true, $p: {type: array, items: {type: integer}, default: [1, 2]}}, {name: c, style: matrix, $p: {type: array, items: {type: integer}, default: [1, 2]}}, {name: d, style: matrix, explode: true, $p: {type: object, default: {x: 1, y: 2}}}, {name: e, $p: {type: string, default: 'a/b ü'}}, {name: q, in: query, required: true, schema: {type: object, default: {x: 1, y: a b}}}, {name: r, in: query, required: true, style: spaceDelimited, explode: false, schema: {type: array, items: {}, default: [1, 2]}}, {name: t, in: query, required: true, allowReserved: true, schema: {type: string, default: 'a/b'}}, {name: j, in: query, required: true, content: {application/json: {schema: {type: object, default: {x: 1}}}}}, {name: X-O, in: header, required: true, explode: true, schema: {type: object, default: {x: 1, y: 2}}}], responses: {}}}"
	draft
	has 'get: /p/1,2/.1.2/;c=1,2/;x=1;y=2/a%2Fb%20%C3%BC?r=1%202&t=a/b'
	has "query: {x: 1, y: a b, j: '{\"x\":1}'}"
	has 'X-O: "x=1,y=2"'
}

@test "bodies: media types, examples that do not match, nothing required" {
	spec '/a: {post: {requestBody: {content: {application/vnd.shop+json: {example: {n: x}, schema: {type: object, required: [n], properties: {n: {type: integer, multipleOf: 7, minimum: 8}}}}}}, responses: {}}}, /b: {post: {requestBody: {content: {text/plain: {example: "hello ${you}"}}}, responses: {}}}, /c: {post: {requestBody: {content: {image/png: {schema: {type: string, format: binary}}}}, responses: {}}}, /d: {post: {requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, required: [o, l], properties: {o: {type: object, default: {k: 1}}, l: {type: array, items: {type: string}, default: [a, b]}}}, encoding: {o: {style: deepObject}}}}}, responses: {}}}, /e: {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}, b: {type: integer, example: 5}, c: {type: boolean, readOnly: true, example: true}}}}}}, responses: {}}}'
	draft
	has 'Content-Type: application/vnd.shop+json'
	has 'n: 14'
	has 'line 5: example of the body of POST /a: it does not match its schema; another value is sent'
	has 'body: hello $${you}'
	has 'body_file: upload.txt'
	has '"o[k]": 1'
	has "$(printf 'l:\n            - a\n            - b')"
	run ! grep -qE '^ +(a|c): ' s-out.yaml
	has 'b: 5'
}

@test "security: digest, keys in cookies and queries, alternatives, optional, passwords, unknown schemes" {
	spec '/a: {get: {security: [{unknown: []}, {d: []}], responses: {}}}, /b: {get: {security: [{q: [], c: []}], responses: {}}}, /c: {get: {security: [{}], responses: {}}}, /d: {get: {security: [{p: [x]}], responses: {}}}, /e: {get: {security: [{m: []}], responses: {}}}, /f: {get: {security: [{i: []}], responses: {}}}' \
		'components: {securitySchemes: {d: {type: http, scheme: digest}, q: {type: apiKey, in: query, name: k}, c: {type: apiKey, in: cookie, name: sid}, p: {type: oauth2, flows: {password: {tokenUrl: /token, scopes: {}}}}, m: {type: mutualTLS}, i: {type: oauth2, flows: {implicit: {authorizationUrl: "http://127.0.0.1:1/login", scopes: {}}}}}}'
	draft
	has 'digest: {user: "${D_USER}", password: "${D_PASSWORD}"}'
	has 'query: {k: "${Q}"}'
	has 'cookies: {sid: "${C}"}'
	has 'grant: password'
	has 'token_url: /token'
	has 'bearer: "${I_TOKEN}"'
	has 'security scheme m: requests are sent without these credentials'
	has 'login of i: a person logs in with a browser; the token is a parameter'
}

@test "several servers are profiles; servers of an operation" {
	spec '/a: {get: {servers: [{url: "http://127.0.0.1:9/x"}], responses: {}}}, /b: {get: {responses: {}}}'
	sed -i 's|^servers:.*|servers: [{url: "http://127.0.0.1:7/v1", description: Test}, {url: "http://127.0.0.1:8/v1"}]|' s.yaml
	draft
	has 'target: ${TARGET}'
	has 'TARGET: {default: "http://127.0.0.1:7/v1"}'
	has 'parameters: {TARGET: "http://127.0.0.1:8/v1"}'
	has 'get: http://127.0.0.1:9/x/a'
	has '127.0.0.1:9'
	reprise check --profile test s-out.yaml
}

@test "files that cannot be read are rejected with the reason" {
	printf '{"openapi": "3.0.0", "paths": {' >s.yaml
	run -2 reprise import openapi s.yaml -o s-out.yaml
	[[ $output == *"s.yaml is not JSON: line 1: "* || $output == *"s.yaml cannot be read: line 1: "* ]]
	printf 'openapi: 4.0.0\npaths: {}\n' >s.yaml
	run -2 reprise import openapi s.yaml -o s-out.yaml
	[[ $output == *"s.yaml has version 4.0.0 of OpenAPI; 2, 3.0 and 3.1 are supported"* ]]
	printf 'a: 1\n' >s.yaml
	run -2 reprise import openapi s.yaml -o s-out.yaml
	[[ $output == *"s.yaml is not a specification: it has no key 'openapi' or 'swagger'"* ]]
	printf 'openapi: 3.0.0\npaths: {}\n' >s.yaml
	run -2 reprise import openapi s.yaml -o s-out.yaml
	[[ $output == *"s.yaml has no operation: nothing below 'paths'"* ]]
	run -2 reprise import openapi shop.yaml pets.json -o s-out.yaml
	[[ $output == *"one specification can be imported at a time"* ]]
}

@test "circular references, endless schemas and hostile names are not fatal" {
	spec '/a: {post: {operationId: "x\n${y}", requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}, responses: {"200": {$ref: "#/components/responses/r"}}}}, "/b/{${z}}": {get: {parameters: [{name: "${z}", in: path, required: true, schema: {type: string, example: "${q}"}}], responses: {}}}' \
		'components: {schemas: {A: {type: object, required: [a, l], properties: {a: {$ref: "#/components/schemas/A"}, l: {type: array, minItems: 1, items: {$ref: "#/components/schemas/A"}}, "${k}": {type: string}}}, B: {$ref: "#/components/schemas/B"}}, responses: {r: {$ref: "#/components/responses/r"}}}'
	draft
	has 'post: /a'
	spec '/a: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/B"}}}}, responses: {}}}' 'components: {schemas: {B: {$ref: "#/components/schemas/B"}}}'
	draft
	has 'post: /a'
	spec '/a: {$ref: "-#/x"}, /b: {get: {responses: {}}}'
	echo '{"x": {"get": {"operationId": "canary", "responses": {}}}}' | draft
	run ! grep -q canary s-out.yaml
	has 'get: /b'
	# Many times in itself: the size of the body is limited.
	local refs='' keys='' key
	for key in a b c d e f g h; do
		refs+="$key: {\$ref: \"#/components/schemas/C\"}, "
		keys+="$key, "
	done
	spec '/a: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/C"}}}}, responses: {}}}' "components: {schemas: {C: {type: object, required: [$keys], properties: {$refs}}}}"
	([ -n "${SANITIZED-}" ] || ulimit -v 4000000; timeout 60 "$REPRISE" import openapi s.yaml -o s-out.yaml --force)
	has 'post: /a'
	[ "$(wc -c <s-out.yaml)" -lt 1000000 ]
}
