#!/usr/bin/env bats
# flows, call and include: steps that are used in several places.

load helper

setup_file() {
	start_nginx
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >"$NGINX_DIR/access.log"
}

@test "call: runs a flow with the given values" {
	scenario <<-END
		target: $SERVER_URL
		flows:
		  visit:
		    - get: /\${what}
		    - set: {last: "\${what}!"}
		steps:
		  - call: visit
		    with: {what: one}
		  - repeat: 2
		    steps:
		      - call: visit
		        with: {what: "two-\${loop.index}"}
		  - get: /after/\${last}
	END
	run reprise run scenario.yaml
	[ "$status" -eq 0 ]
	[ "$(nginx_paths)" = "/one /two-1 /two-2 /after/two-2! " ]
}

@test "flows of included files call each other; paths are relative to the including file" {
	mkdir sub
	scenario <<-END
		target: $SERVER_URL
		include: sub/a.yaml
		scenarios:
		  - name: First
		    steps: [{call: a}]
		  - name: Second
		    steps: [{call: b}, {call: a}]
	END
	printf 'include: [b.yaml]\nflows:\n  a: [{call: b}, {get: /a}]\n' >sub/a.yaml
	printf 'flows:\n  b: [{get: /b}]\n' >sub/b.yaml
	run reprise run --once scenario.yaml
	[ "$status" -eq 0 ]
	[ "$(nginx_paths)" = "/b /a /b /b /a " ]
	run reprise check sub/a.yaml sub/b.yaml
	[ "$status" -eq 0 ]
}

@test "results list the steps of a flow under each scenario" {
	scenario <<-END
		target: $SERVER_URL
		flows: {f: [{get: /x, name: X}]}
		scenarios:
		  - {name: A, steps: [{call: f}, {call: f}]}
		  - {name: B, steps: [{call: f}]}
	END
	run reprise run --once --json out.json scenario.yaml
	[ "$(json out.json '[(s["scenario"], s["name"], s["requests"]["started"]) for s in d["steps"]]')" = '[["A", "X", 2], ["B", "X", 1]]' ]
}

@test "circular calls and includes are reported, and nothing is sent" {
	scenario <<-END
		target: $SERVER_URL
		flows:
		  a: [{call: b}]
		  b: [{call: a}]
		steps: [{call: a}]
	END
	run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *"this call would never end: a calls b calls a  [E225]"* ]]
	printf 'include: other.yaml\nsteps: [{get: /}]\ntarget: http://h\n' >scenario.yaml
	printf 'include: other.yaml\n' >other.yaml
	run reprise check scenario.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *"other.yaml includes other.yaml  [E227]"* ]]
	[ -z "$(nginx_paths)" ]
}

@test "an unknown flow, a duplicate flow and a missing file are reported" {
	scenario <<-END
		target: $SERVER_URL
		include: [gone.yaml, more.yaml]
		flows: {log in: [{get: /}]}
		steps: [{call: login}]
	END
	printf 'flows: {log in: [{get: /}]}\n' >more.yaml
	run reprise check scenario.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *"cannot read gone.yaml: No such file or directory"* ]]
	[[ "$output" == *"more.yaml:1:9: error: a flow named 'log in' already exists"* ]]
	[[ "$output" == *"no flow is named 'login'; did you mean 'log in'?"* ]]
	[[ "$output" == *"3 errors"* ]]
}

@test "a file with only flows is valid but cannot be run" {
	printf 'flows: {f: [{get: /}]}\n' >f.yaml
	run reprise check f.yaml
	[ "$status" -eq 0 ]
	run reprise run -t "$SERVER_URL" f.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *"no steps: this file only has flows"* ]]
}

@test "a loop in a flow and the loop that calls it count separately" {
	scenario <<-END
		target: $SERVER_URL
		flows:
		  pair:
		    - repeat: 2
		      steps: [{get: "/\${loop.index}"}]
		steps:
		  - repeat: 2
		    steps: [{call: pair}]
	END
	LIMIT_S=10 run reprise run scenario.yaml
	[ "$status" -eq 0 ]
	[ "$(nginx_paths)" = "/1 /2 /1 /2 " ]
}
