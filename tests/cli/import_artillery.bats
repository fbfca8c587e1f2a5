#!/usr/bin/env bats
# `reprise import artillery`: what has a counterpart becomes a scenario, the rest is told with lines.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

made() {
	reprise import artillery visit.yml -o made.yaml --force 2>account || { cat account; return 1; }
	reprise check made.yaml >checked 2>&1 || { cat checked; return 1; }
	! grep -q warning checked
	cat made.yaml
}

@test "phases, templates, captures, expectations and loops have counterparts" {
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
	[[ $output == *"all of it has a counterpart"* ]]
	[[ $output == *'post: /items/${random_int(1, 9)}'* ]]
	[[ $output == *'n: 1.50'* ]]
	[[ $output == *'$.items[0].id'* ]]
	[[ $output == *'get: /items/${item_id}'* ]]
	[[ $output == *'for_each: loop_element'* ]]
	[[ $output == *'p95 < 200ms'* ]]
	[[ $output == *'max_users: 40'* ]]
}

@test "JavaScript is not executed: it is told with its line, at the head too" {
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
	[[ $output == *"# line 3: processor: JavaScript is not executed"* ]]
	[[ $output == *"# line 6: function: JavaScript is not executed"* ]]
	[[ $output == *"# line 7: afterResponse: JavaScript is not executed"* ]]
	[[ $output == *"nothing in the file gives it a value"* ]]
	grep -q "line 6: function" account
	grep -q "of . keys" account
}

@test "JSON is read too; what has no HTTP step is refused with the reason" {
	echo '{"config":{"target":"http://127.0.0.1:8080"},"scenarios":[{"flow":[{"get":{"url":"/a"}}]}]}' >visit.yml
	run made
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"get: /a"* ]]
	echo '{"scenarios":[{"engine":"socketio","flow":[{"emit":{"channel":"a"}}]}]}' >visit.yml
	run reprise import artillery visit.yml
	echo "$output"; [ "$status" -eq 2 ]
	[[ $output == *"there is no scenario with HTTP steps"* ]]
}

@test "a phase or a pause of no length is passed over" {
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
