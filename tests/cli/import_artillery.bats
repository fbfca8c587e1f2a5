#!/usr/bin/env bats
# `reprise import artillery`: supported parts become a scenario, the rest is reported with its lines.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

made() {
	reprise import artillery visit.yml -o made.yaml --force 2>account || { cat account; return 1; }
	reprise check made.yaml >checked 2>&1 || { cat checked; return 1; }
	if grep -q warning checked; then
		cat checked
		return 1
	fi
	cat made.yaml
}

@test "Artillery: phases, templates, captures, expectations and loops are converted" {
	cat >visit.yml <<-'END'
		config:
		  target: http://127.0.0.1:8080
		  phases:
		    - {duration: 60, arrivalRate: 1, rampTo: 5}
		    - {pause: 5}
		    - {duration: 2min, arrivalRate: 5, maxVusers: 40}
		  variables:
		    colour: [red, green]
		  http: {timeout: 5}
		  ensure: {p95: 200, maxErrorRate: 1}
		scenarios:
		  - name: Buy
		    weight: 3
		    flow:
		      - post:
		          url: "items/{{ $randomNumber(1, 9) }}"
		          json: {id: "{{ $uuid() }}", n: 1.50, colour: "{{ colour }}"}
		          capture: {json: $.items.0.id, as: item-id}
		          expect: [{statusCode: [200, 201]}, {contentType: json}, {hasProperty: items}]
		      - think: 500ms
		      - loop:
		          - get: {url: "/items/{{ item-id }}", match: {json: $.colour, value: "{{ colour }}"}}
		        count: 3
		      - loop:
		          - get: {url: "/{{ $loopElement }}"}
		        over: [a, b]
		      - parallel:
		          - get: {url: /x}
		          - get: {url: /y}
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"everything was converted"* ]]
	[[ $output == *'post: /items/${random_int(1, 9)}'* ]]
	[[ $output == *'n: 1.50'* ]]
	[[ $output == *'$.items[0].id'* ]]
	[[ $output == *'get: /items/${item_id}'* ]]
	[[ $output == *'for_each: loop_element'* ]]
	[[ $output == *'p95 < 200ms'* ]]
	[[ $output == *'max_users: 40'* ]]
}

@test "Artillery: JavaScript is not run, and is reported with its line and at the top of the file" {
	cat >visit.yml <<-'END'
		config:
		  target: http://127.0.0.1:8080
		  processor: ./code.js
		scenarios:
		  - flow:
		      - function: prepare
		      - get: {url: "/{{ made }}", afterResponse: look}
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"# line 3: processor: JavaScript is not run"* ]]
	[[ $output == *"# line 6: function: JavaScript is not run"* ]]
	[[ $output == *"# line 7: afterResponse: JavaScript is not run"* ]]
	[[ $output == *"the file gives it no value"* ]]
	grep -q "line 6: function" account
	grep -q "of . keys" account
}

@test "Artillery: headers shared by all requests have no variables if there is a before section" {
	cat >visit.yml <<-'END'
		config:
		  target: http://127.0.0.1:8080
		  variables: {region: eu-1, colour: [red, green]}
		  http:
		    defaults:
		      headers: {Accept-Language: "{{ region }}", X-Colour: "{{ colour }}", X-A: b}
		before:
		  flow:
		    - get: {url: /setup}
		scenarios:
		  - flow:
		      - get: {url: "/{{ region }}/{{ colour }}"}
	END
	run -0 made
	[[ $output == *"Accept-Language: eu-1"* ]]
	[[ $output == *"line 6: {{ colour }}: left empty"* ]]
}

@test "Artillery: variables used only in skipped steps are reported as unused" {
	cat >visit.yml <<-'END'
		config:
		  target: http://127.0.0.1:8080
		  variables: {one: a, two: b, three: c}
		scenarios:
		  - flow:
		      - get: {url: /, ifTrue: 'one"b"x'}
		      - loop:
		          - function: "{{ two }}"
		        over: three
		      - parallel:
		          - get: {url: /p}
		          - loop:
		              - get: {url: "/{{ two }}"}
		            count: 2
	END
	run -0 made
	[[ $output != *variables:* ]]
}

@test "Artillery: JSON is accepted; a file without HTTP steps is rejected with the reason" {
	echo '{"config":{"target":"http://127.0.0.1:8080"},"scenarios":[{"flow":[{"get":{"url":"/a"}}]}]}' >visit.yml
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"get: /a"* ]]
	echo '{"scenarios":[{"engine":"socketio","flow":[{"emit":{"channel":"a"}}]}]}' >visit.yml
	run reprise import artillery visit.yml
	echo "$output"; [ "$status" -eq 2 ]
	[[ $output == *"there is no scenario with HTTP steps; line 1: engine: only HTTP is supported"* ]]
}

@test "Artillery: phases and pauses without a duration are skipped" {
	cat >visit.yml <<-'END'
		config:
		  target: http://127.0.0.1:8080
		  phases:
		    - {duration: 60, arrivalRate: 1, rampTo: 5}
		    - {pause: 0}
		    - {duration: 0, arrivalRate: 7}
		    - {duration: 0s, arrivalCount: 7}
		    - {duration: 2min, arrivalRate: 9}
		scenarios:
		  - flow: [{get: {url: /}}]
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output != *"7/s"* ]]
	[[ $output == *"ramp_to: 9/s"* ]]
}

# golden_visit NAME: imports NAME.yml of tests/golden/import/artillery with the files it refers to,
# and compares the scenario and the report with the golden files.
golden_visit() {
	cp -r "$SRCDIR/tests/golden/import/artillery/." .
	rm -f ./*.yaml ./*.account
	chmod -R u+w .
	reprise import artillery "$1.yml" 2>account >&2 || { cat account; return 1; }
	reprise check "$1.yaml" >checked 2>&1 || { cat checked; return 1; }
	run -1 grep warning checked
	golden "import/artillery/$1.yaml" <"$1.yaml"
	golden "import/artillery/$1.account" <account
}

@test "Artillery: payloads, conditions, uploads, captures and environments are converted" {
	golden_visit shop
	head -n 2 accounts-named.csv | diff - <(printf 'user,password,home_town\nann,"secret, one",Ulm\r\n')
	[ "$(stat -c %a accounts-named.csv)" = 600 ]
	cmp upload-hat.png data/hat.png
	reprise check --profile staging shop.yaml
	reprise check --profile local shop.yaml
}

@test "Artillery: an imported scenario with conditions, loops, rows and uploads runs" {
	start_demo >&2
	printf '200\n' >codes.csv
	printf 'hat' >hat.txt
	cat >visit.yml <<-END
		config:
		  target: $SERVER_URL
		  payload: {path: codes.csv, fields: [code]}
		  environments: {once: {variables: {word: hat}}}
		scenarios:
		  - flow:
		      - get: {url: "/api/products?q={{ word }}", capture: [{json: "\$.items[0].id", as: id}, {json: "\$.items[0].id", as: again}], expect: [{statusCode: "{{ code }}"}, {equals: ["{{ id }}", "{{ again }}"]}]}
		      - get: {url: /never, ifTrue: 'word != "hat" and id > 0'}
		      - loop:
		          - get: {url: "/api/products?q={{ \$loopCount }}"}
		          - log: "round {{ \$loopCount }}"
		        count: 3
		      - loop:
		          - get: {url: "/api/products", capture: {json: "\$.items[0].id", as: found}}
		        whileTrue: found != id
		      - log: "{{ found }}"
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	run reprise run --profile once -i 1 --json result.json made.yaml
	echo "$output"; [ "$status" -eq 0 ]
	python3 - <<-'END'
		import json
		r = json.load(open("result.json"))
		print(r["requests"])
		assert r["requests"]["started"] == 5 and r["requests"]["failed"] == 0
	END
}

@test "Artillery: a file with only a config, and a flow in another file" {
	printf 'config:\n  target: http://127.0.0.1:8080\n  phases: [{duration: 5, arrivalRate: 1}]\n' >visit.yml
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"import it together with the file that has"* ]]
	printf 'scenarios:\n  - flow: [{get: {url: /other}}]\n' >flow.yml
	reprise import artillery visit.yml flow.yml -o both.yaml
	reprise check both.yaml
	grep -q 'get: /other' both.yaml
	grep -q 'arrivals: 1/s' both.yaml
	run -1 grep -q 'together' both.yaml
}

@test "Artillery: a dollar sign before a template, and text like a reprise template, stay text" {
	cat >visit.yml <<-'END'
		config: {target: "http://127.0.0.1:8080", variables: {price: [3, 4]}}
		scenarios:
		  - flow:
		      - post: {url: "/a b/$${x y}/$$$${z", body: "${{ price }} $$${{ price }} ${price} $"}
		      - log: "{{ $randomNumber(,1 9) }}{{ $randomNumber(9, 1) }}{{ $randomString(x) }}{{ $randomNumber(-5,5) }}{{ $randomString() }}"
		      - get: {url: "/a{{ price }}#part/{{ unread }}", unknown: 1}
		      - post: {url: "/{{ no end", json: {query: "query Q($price: Int) {a(b: $price)}"}}
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *'body: ${"$"}${price} ${"$$$"}${price} $${price} $'* ]]
	[[ $output == *'post: /a%20b/$$%7Bx%20y%7D/$$$$%7Bz'* ]]
	[[ $output == *'post: /${"{{"}%20no%20end'* ]]
	[[ $output == *'log: ${random_int(-5, 5)}${random_text(10)}'* ]]
	[[ $output == *'get: /a${price}'* && $output != *"#part"* && $output != *unread* ]]
}

@test "Artillery: names are local to a scenario; loops count their rounds" {
	cat >visit.yml <<-'END'
		config: {target: "http://127.0.0.1:8080"}
		scenarios:
		  - flow:
		      - get: {url: "/a", capture: {json: $.x, as: x}}
		      - get: {url: "/{{ x }}"}
		  - flow:
		      - get: {url: "/{{ x }}/{{ $loopCount }}"}
	END
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *'x: ""   # the file gives it no value'* ]]
}
