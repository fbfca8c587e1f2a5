# The effects of steps, against the sample shop.
load helper

setup() {
	start_demo
}

teardown() {
	stop_servers
}

# perform: runs the steps on standard input once, with the messages of `log`.
perform() {
	{
		printf 'target: %s\nload: {users: 1, iterations: 1}\nsteps:\n' "$SERVER_URL"
		cat
	} | reprise run -v --json "$BATS_TEST_TMPDIR/out.json" - 2>&1
}

said() {
	sed -n 's/^user 1, iteration 1: //p' <<<"$output" | paste -sd ' '
}

@test "repeat, for_each and while: rounds start at 1, also in nested loops" {
	run perform <<-'END'
		  - repeat: 2
		    steps:
		      - set: {n: 0}
		      - while: ${n < 3}
		        max: 5
		        steps:
		          - set: {n: "${n + 1}"}
		          - log: "w${loop.index}"
		      - for_each: x
		        in: ${["a", "b"]}
		        steps:
		          - log: "${x}${loop.index}of${loop.count}"
	END
	[ "$(said)" = 'w1 w2 w3 a1of2 b2of2 w1 w2 w3 a1of2 b2of2' ]
}

@test "while: the step fails if the condition is still true after the maximum" {
	run perform <<-'END'
		  - while: ${true}
		    max: 2
		    steps:
		      - log: round ${loop.index}
		  - log: never
	END
	[ "$status" -eq 1 ]
	[ "$(said)" = 'round 1 round 2' ]
	[[ "$output" == *'the condition of `while` is still true after 2 rounds'* ]]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["iterations"]["failed"]')" = 1 ]
}

@test "if, else, choose and set" {
	run perform <<-'END'
		  - set: {a: 5, list: [1, "${1 + 1}"], text: "${'x' | upper}"}
		  - if: ${a > 4 and list contains 2}
		    then: [{log: yes}]
		    else: [{log: no}]
		  - if: ${text != "X"}
		    then: [{log: no}]
		    else: [{log: "else ${list} ${list[1]}"}]
		  - choose:
		      - weight: 0
		        steps: [{log: never}]
		      - weight: 2
		        steps: [{log: chosen}]
		  - get: /
	END
	[ "$status" -eq 0 ]
	[ "$(said)" = 'yes else [1,2] 2 chosen' ]
}

@test "extract and expect: values of a response can be used in later steps" {
	run perform <<-'END'
		  - get: /login
		    extract:
		      csrf: {form_field: csrf_token}
		      title: {regex: '<title>(.*?)</title>'}
		      type: {header: Content-Type}
		      code: {status: yes}
		      none: {regex: 'no such text', default: nothing}
		      size: {body: yes}
		    expect:
		      status: 200
		      body: {contains: "${'<form' | lower}", not: {contains: Fatal}}
		      header: {Content-Type: {contains: html}}
		      max_time: 5s
		      size: {min: 10, max: 1MB}
		  - log: "${csrf | length > 8} ${title | length > 0} ${type contains 'html'} ${code} ${none} ${size | length > 10}"
		  - post: /login
		    form: {user: anna, password: demo, csrf_token: "${csrf}"}
		    extract: {where: {url: yes}}
		  - log: "${where matches '^http://127' } ${response.status}"
	END
	[ "$status" -eq 0 ]
	[ "$(said)" = 'true true true 200 nothing true true 200' ]
}

@test "parallel: extracted values can be used after the block" {
	run perform <<-'END'
		  - parallel:
		      - get: /login
		        extract: {a: {status: yes}}
		      - get: /
		        extract: {b: {status: yes}}
		    limit: 2
		  - log: "${a} ${b}"
	END
	[ "$status" -eq 0 ]
	[ "$(said)" = '200 200' ]
}

@test "stop: ends the iteration without a failure" {
	run perform <<-'END'
		  - log: before
		  - stop: iteration
		  - log: after
	END
	[ "$(said)" = before ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["iterations"]["failed"]')" = 0 ]
}

@test "a failed expression ends the iteration and is reported with its line" {
	run perform <<-'END'
		  - set: {a: zero}
		  - log: "${1 / (a | length - 4)}"
		  - log: after
	END
	[ "$status" -eq 1 ]
	[ -z "$(said)" ]
	[[ "$output" == *'<stdin>:5'*'division by zero'* ]]
}

@test "fail: ends the iteration with the given message" {
	scenario s.yaml >/dev/null <<-END
		target: $SERVER_URL
		load: {users: 2, iterations: 2}
		steps:
		  - get: /
		    extract: {title: {regex: '<title>(.*?)<'}}
		  - if: \${iteration == 2}
		    then:
		      - fail: "the title is \${title}"
		  - get: /login
	END
	run reprise run --json "$BATS_TEST_TMPDIR/out.json" "$BATS_TEST_TMPDIR/s.yaml"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"2 × the title is "* ]]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["iterations"]["failed"], d["requests"]["ok"]]')" = '[2, 6]' ]
}
