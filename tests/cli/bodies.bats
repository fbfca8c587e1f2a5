#!/usr/bin/env bats
# body_file and multipart: the bodies that the server receives.

load helper

teardown() {
	stop_servers
}

@test "body_file: the file is sent with the Content-Type of its extension" {
	start_origin
	echo '{"from": "a file"}' >"$BATS_TEST_TMPDIR/order.json"
	perform_steps -v <<-'END'
		load: {users: 3, iterations: 5}
		steps:
		  - post: /echo
		    body_file: order.json
		    expect: {body: {matches: 'application/json[^\0]*from[^\0]*a file'}}
		  - put: /echo
		    body_file: order.json
		    headers: {Content-Type: text/x-own}
		    expect: {body: {contains: text/x-own}}
	END
	[ "$status" -eq 0 ]
}

@test "body_file: a large file is sent completely, every time" {
	start_origin
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/large.bin"
	perform_steps -v <<-'END'
		load: {users: 2, iterations: 3}
		steps:
		  - post: /hash
		    body_file: large.bin
		    expect: {body: "${env.SUM}"}
	END
	[ "$status" -ne 0 ]
	SUM=$(sha256sum <"$BATS_TEST_TMPDIR/large.bin" | cut -d' ' -f1)
	export SUM
	run reprise run "$BATS_TEST_TMPDIR/scenario.yaml"
	[ "$status" -eq 0 ]
}

@test "multipart: values, files, types and repeated names, read by an independent parser" {
	start_origin
	printf 'not an image\0really' >"$BATS_TEST_TMPDIR/hat.png"
	head -c 200000 /dev/zero >"$BATS_TEST_TMPDIR/zeros.bin"
	: >"$BATS_TEST_TMPDIR/empty.txt"
	perform_steps -v <<-'END'
		load: {users: 3, iterations: 4}
		variables: {colour: "red ${iteration}"}
		steps:
		  - post: /parts
		    multipart:
		      title: "A ${colour} hat"
		      tag: [one, {value: two, type: text/markdown}]
		      picture: {file: hat.png}
		      'odd"name': {file: zeros.bin, type: application/x-own, filename: 'z"0'}
		      nothing: {file: empty.txt}
		    expect:
		      body:
		        matches: '"title", null, null, 11.*"tag", null, null, 3.*"tag", null, "text/markdown", 3.*"picture", "hat.png", "image/png", 19.*"odd%22name", "z%220", "application/x-own", 200000.*"nothing", "empty.txt", "text/plain", 0'
		  - post: /parts
		    multipart: {a: b}
		    expect: {body: '[["a", null, null, 1]]'}
	END
	[ "$status" -eq 0 ]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["bytes"]["sent"] > 12 * 200000')" = true ]
}

@test "the bytes of a body with files are counted as sent" {
	start_origin
	head -c 100 /dev/zero >"$BATS_TEST_TMPDIR/small.bin"
	perform_steps -v <<-'END'
		steps:
		  - post: /bytes
		    multipart: {f: {file: small.bin}}
		    extract: {bytes: {regex: '\d+'}}
		  - log: "seen ${bytes} bytes"
	END
	[ "$status" -eq 0 ]
	[[ "$output" == *"seen $(json "$BATS_TEST_TMPDIR/out.json" 'd["bytes"]["sent"]') bytes"* ]]
}

@test "a 307 redirect sends the files again" {
	start_origin
	echo content >"$BATS_TEST_TMPDIR/a.txt"
	perform_steps -v <<-'END'
		steps:
		  - post: /redirect/307
		    multipart: {f: {file: a.txt}}
		    expect: {body: {matches: 'filename[^\0]*content'}}
		  - post: /redirect/303
		    multipart: {f: {file: a.txt}}
		    expect: {body: {not: {contains: content-type}}}
	END
	[ "$status" -eq 0 ]
}

@test "a missing body file is reported with its position before anything is sent" {
	scenario <<-'END'
		target: http://127.0.0.1
		steps:
		  - post: /a
		    body_file: gone.json
		  - post: /b
		    multipart: {x: {file: gone.png}}
		  - post: /c
		    multipart: {x: {file: a, value: b}}
		  - post: /d
		    body: x
		    multipart: {x: y}
	END
	run reprise check "$BATS_TEST_TMPDIR/scenario.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"one body"* ]]
	[[ "$output" == *"either 'value' or 'file'"* ]]
	sed -i '/c$/,$d' "$BATS_TEST_TMPDIR/scenario.yaml"
	run reprise check "$BATS_TEST_TMPDIR/scenario.yaml"
	[[ "$output" == *"gone.json: No such file"* ]]
	[[ "$output" == *"gone.png: No such file"* ]]
}

@test "Content-Type by hand and by default: a multipart body keeps its boundary, and forms stay forms" {
	start_origin
	perform_steps -v <<-'END'
		defaults: {headers: {Content-Type: application/json}}
		steps:
		  - post: /parts
		    headers: {Content-Type: multipart/form-data}
		    multipart: {a: b}
		    expect: {body: '[["a", null, null, 1]]'}
		  - post: /parts
		    headers: {Content-Type: multipart/form-data; boundary=other}
		    multipart: {a: b}
		    expect: {body: '[["a", null, null, 1]]'}
		  - post: /parts
		    multipart: {a: b}
		    expect: {body: '[["a", null, null, 1]]'}
		  - post: /echo
		    form: {a: b}
		    expect: {body: {contains: '"Content-Type", "application/x-www-form-urlencoded"'}}
		  - post: /echo
		    json: {a: b}
		    headers: {Content-Type: application/merge-patch+json}
		    expect: {body: {contains: '"Content-Type", "application/merge-patch+json"'}}
		  - post: /echo
		    body: '{"a": "b"}'
		    expect: {body: {contains: '"Content-Type", "application/json"'}}
	END
	[ "$status" -eq 0 ]
}

@test "a key of a JSON body is a template, even if no value is one" {
	start_origin
	perform_steps -v <<-'END'
		variables: {name: hat}
		steps:
		  - post: /echo
		    json: {"${name}": 1, list: [{"${name}-id": 2}]}
		    expect: {body: {contains: '{\"hat\":1,\"list\":[{\"hat-id\":2}]}'}}
	END
	[ "$status" -eq 0 ]
}

@test "a list sends a header once per value and replaces the default" {
	start_origin
	perform_steps -v <<-'END'
		defaults: {headers: {X-A: [old, older]}}
		steps:
		  - get: /echo
		    headers: {X-A: ["1", "${iteration + 1}"], Cookie: [a=1, b=2]}
		    expect:
		      body:
		        matches: '"X-A", "1"\], \["X-A", "2"\].*"Cookie", "a=1; b=2"|"Cookie", "a=1; b=2".*"X-A", "1"\], \["X-A", "2"\]'
		  - get: /echo
		    expect: {body: {matches: '"X-A", "old"\], \["X-A", "older"\]'}}
		  - get: /echo
		    headers: {x-a: new}
		    expect: {body: {not: {contains: old}}}
	END
	[ "$status" -eq 0 ]
}

@test "Content-Length by hand is sent as written, and the connection is not used again" {
	start_origin
	perform_steps -v <<-'END'
		steps:
		  - post: /echo
		    headers: {Content-Length: "3"}
		    body: hello
		    expect: {body: {contains: '"Content-Length", "3"'}}
		  - {get: /ok}
		  - {get: /ok}
	END
	[ "$status" -eq 0 ]
	[[ "$output" == *"Content-Length is sent as written"*"[W358]"* ]]
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["phases_ms"]["connect"]["samples"]')" = 2 ]
	# In the defaults it is reported once.
	printf 'target: http://127.0.0.1:1\ndefaults: {headers: {transfer-encoding: chunked}}\nsteps: [{post: /a, body: b}, {get: /c}]\n' >"$BATS_TEST_TMPDIR/w.yaml"
	run reprise check "$BATS_TEST_TMPDIR/w.yaml"
	[ "$status" -eq 0 ]
	[ "$(grep -c W358 <<<"$output")" = 2 ] # the warning and the hint for explain
}

@test "JSON with a byte order mark can be read" {
	printf '\357\273\277{"a": {"b": 7}}' >"$BATS_TEST_TMPDIR/bom.json"
	start_nginx "location / { root $BATS_TEST_TMPDIR; }"
	perform_steps -v <<-'END'
		steps:
		  - get: /bom.json
		    extract: {b: {jsonpath: $.a.b}}
		    expect: {jsonpath: {$.a.b: 7}}
		  - log: "b is <${b}>"
	END
	[ "$status" -eq 0 ]
	[[ "$output" == *"b is <7>"* ]]
}
