#!/usr/bin/env bats
# Settings of a single request: cookies, compression, limits, repeated keys.

load helper

teardown() {
	stop_servers
}

@test "cookies of a request are added to the jar's cookies, for this request only" {
	start_origin
	perform_steps -v <<-'END'
		steps:
		  - get: /cookies/set?jar=full
		  - get: /echo
		    cookies: {theme: dark, round: "r${iteration}"}
		    extract: {sent: {regex: '(?i)"Cookie", "([^"]*)"'}}
		  - log: "first <${sent}>"
		  - get: /echo
		    extract: {sent: {regex: '(?i)"Cookie", "([^"]*)"', default: none}}
		  - log: "then <${sent}>"
	END
	[ "$status" -eq 0 ]
	first=$(sed -n 's/.*first <\(.*\)>/\1/p' <<<"$output")
	then=$(sed -n 's/.*then <\(.*\)>/\1/p' <<<"$output")
	[ -n "$then" ]
	[ "$then" != none ]
	[ "$first" = "$then; theme=dark; round=r1" ]
}

@test "a request can ask for an uncompressed response" {
	start_origin
	perform_steps -v <<-'END'
		steps:
		  - get: /echo
		    compressed: no
		    expect: {body: {not: {contains: Accept-Encoding}}}
		  - get: /echo
		    compressed: yes
		    expect: {body: {contains: Accept-Encoding}}
		  - get: /echo
		    expect: {body: {contains: Accept-Encoding}}
	END
	[ "$status" -eq 0 ]
}

@test "body_limit of a request overrides the defaults" {
	start_origin
	perform_steps -v <<-'END'
		defaults: {body_limit: 1KB, on_failure: continue}
		steps:
		  - get: /ok?size=5000
		  - get: /ok?size=5000
		    body_limit: 5KB
		  - get: /ok?size=5001
		    body_limit: 5KB
	END
	[ "$(json "$BATS_TEST_TMPDIR/out.json" '[d["requests"]["ok"], d["failed_by_class"]]')" = '[1, {"body_limit": 2}]' ]
}

@test "repeated keys of a query and a form keep their order" {
	start_origin
	perform_steps -v <<-'END'
		steps:
		  - post: /echo?z=0
		    query: {tag: [a b, "c&d"], q: 1}
		    form: {item: [1, "${1 + 1}"], last: "ü+"}
		    expect:
		      body:
		        matches: '\?z=0&tag=a%20b&tag=c%26d&q=1".*item=1&item=2&last=%C3%BC%2B'
	END
	[ "$status" -eq 0 ]
}
