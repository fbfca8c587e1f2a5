#!/usr/bin/env bats
# `reprise import insomnia` and `reprise import bruno`: the conversion of Postman with other readers.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$SRCDIR"/tests/golden/import/insomnia/v4.json "$SRCDIR"/tests/golden/import/insomnia/v5.yaml .
	cp -r "$SRCDIR/tests/golden/import/bruno/shop" .
	chmod -R u+w shop
}

teardown() {
	stop_servers
}

# checked FILE: `check` accepts it, and no secret of the source is in it or in the report.
checked() {
	run -1 grep -q 'canary\|{{' "$1" report
	PASSWORD=x PASSWORD_2=x KEY=x API_KEY=x CLIENT_SECRET=x PHOTO_FILE=v4.json reprise check "$1"
}

@test "Insomnia 4: folders, environments, response tags, scripts and bodies; secrets are not written" {
	reprise import v4.json -o made.yaml 2>report
	golden import/insomnia/v4.made.yaml <made.yaml
	golden import/insomnia/v4.report <report
	checked made.yaml
}

@test "Insomnia 5: the YAML export" {
	reprise import v5.yaml -o made.yaml 2>report
	golden import/insomnia/v5.made.yaml <made.yaml
	checked made.yaml
}

@test "Insomnia: files that cannot be read are rejected with the reason" {
	printf '{"__export_format": 4, "resources": {}}' >odd.json
	run -2 reprise import insomnia odd.json
	[[ $output == *"odd.json has no list of resources"* ]]
	printf '{"__export_format": 4, "resources": [' >odd.json
	run -2 reprise import insomnia odd.json
	[[ $output == *"odd.json is not JSON: byte "* ]]
	printf 'type: collection.insomnia.rest/5.0\nname: [\n' >odd.yaml
	run -2 reprise import odd.yaml
	[[ $output == *"odd.yaml is not YAML that can be read"* ]]
	printf 'type: collection.insomnia.rest/5.0\nname: x\n' >odd.yaml
	run -2 reprise import odd.yaml -o x.yaml
	[[ $output == *"no request that can be converted"* ]]
	for text in '{% uuid %}' '{%%}' '{{}}' '{% response %}' "{% response 'body', 'req_9', 'b64::!::46b' %}"; do
		sed "s|{{ _.host }}/login|http://127.0.0.1:1/a$text|; s|{{ _.password }}|$text|" v5.yaml >odd.yaml
		reprise import odd.yaml -o x.yaml --force 2>report
		run -1 grep -q '{[{%]' x.yaml
		CLIENT_SECRET=x API_KEY=x PASSWORD=x reprise check x.yaml
	done
}

@test "Bruno: a folder with an environment, asserts, scripts and bodies; secrets are not written" {
	reprise import shop -o made.yaml 2>report
	golden import/bruno/shop.made.yaml <made.yaml
	golden import/bruno/shop.report <report
	checked made.yaml
}

@test "Bruno: another environment, single files, and files that are not valid" {
	reprise import bruno shop shop/environments/Production.bru -o made.yaml 2>report
	grep -q 'target: https://shop.example' made.yaml
	reprise import shop/Orders/read.bru -o one.yaml 2>report
	grep -q 'get: /orders/${ORDER}' one.yaml
	printf 'meta {\n  name: x\n}\n\nnonsense\n' >odd.bru
	run -2 reprise import bruno odd.bru
	[[ $output == *"odd.bru, line 5: it is not a block of Bruno, such as: headers {"* ]]
	printf 'meta {\n  name: x\n' >odd.bru
	run -2 reprise import bruno odd.bru
	[[ $output == *"odd.bru, line 1: "* ]]
	run -2 reprise check shop/Orders/read.bru
	[[ $output == *"reprise import bruno shop/Orders/read.bru"* ]]
	run -2 reprise import bruno nowhere
	[[ $output == *"nowhere cannot be read: No such file or directory"* ]]
	run -2 reprise import "$SRCDIR/tests/golden/import"
	[[ $output == *"cannot be read"* ]]
}

@test "Insomnia and Bruno: a server receives the same requests from both" {
	start_nginx 'location / { default_type application/json; return 200 "{\"id\": 7, \"state\": \"done\", \"data\": {\"token\": \"t-1\"}}"; }'
	sed -i "s|http://127.0.0.1:9999/api|$SERVER_URL/api|" v4.json shop/environments/Local.bru
	reprise import v4.json -o insomnia.yaml 2>report
	reprise import shop -o bruno.yaml 2>report
	run -0 reprise run --once -p PASSWORD=x -p PASSWORD_2=x -p API_KEY=k -p PHOTO_FILE=v5.yaml insomnia.yaml
	run -0 reprise run --once -p PASSWORD=x -p PASSWORD_2=x -p KEY=k -p PHOTO_FILE=v5.yaml bruno.yaml
	cat >expected <<-'END'
		"POST /api/login HTTP/1.1"
		"POST /api/orders?lang=de HTTP/1.1"
		"GET /api/orders/7?x=1&api_key=k HTTP/1.1"
		"POST /api/upload HTTP/1.1"
		"POST /api/graphql HTTP/1.1"
		"GET /api/ HTTP/1.1"
		"POST /api/login HTTP/1.1"
		"POST /api/orders?lang=de HTTP/1.1"
		"GET /api/orders/7?api_key=k HTTP/1.1"
		"POST /api/upload HTTP/1.1"
		"POST /api/graphql HTTP/1.1"
	END
	grep -o '"[A-Z]* /api[^"]*"' "$NGINX_DIR/access.log" | diff expected -
}
