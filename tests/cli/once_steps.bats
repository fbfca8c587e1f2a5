# `run --once` for programs: a line for each step, --until, and the exchanges as files.
load helper

setup_file() {
	start_nginx 'location = /old { return 302 /items; }
		location = /items { add_header Set-Cookie "sid=abcdef-cookie; Path=/; HttpOnly"; return 200 "{\"id\": 7, \"token\": \"abcdef-secret\", \"items\": [{\"n\": 1}]}"; }
		location = /none { return 404 "none"; }
		location = /image { default_type image/x; alias image; }
		location / { default_type text/plain; return 200 "$request_method for you"; }'
	printf '\000\001\377' >"$NGINX_DIR/image"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cat >flows.yaml <<-END
		flows:
		  login:
		    - get: /login
	END
	cat >s.yaml <<-END
		target: $SERVER_URL
		include: [flows.yaml]
		parameters: {KEY: {secret: yes, default: secret-of-run}}
		variables: {count: 2}
		setup:
		  - get: /prepare
		scenarios:
		  - name: Other
		    steps: [get: /other]
		  - name: Shop
		    steps:
		      - get: /old?k=\${KEY}
		        name: Open
		        headers: {Authorization: "Bearer \${KEY}"}
		        extract:
		          token: {jsonpath: \$.token, secret: yes}
		          id: {jsonpath: \$.id}
		          items: {jsonpath: \$.items}
		      - set: {next: "\${id}0", header: "x \${token}"}
		      - call: login
		      - group: Inside
		        steps:
		          - repeat: 2
		            steps:
		              - post: /item
		                json: {t: "\${token}", id: "\${next}", h: "\${header}", all: "\${items}"}
		              - get: /image
		          - if: \${count == 3}
		            then: [get: /never]
		          - if: \${count == 2}
		            then:
		              - get: /none
		                expect: {status: 200, body: {contains: some}, header: {X-A: b}}
		                on_failure: continue
		      - parallel: [get: /a, get: /b]
		      - get: /none
		      - get: /after
		teardown:
		  - get: /cleanup
	END
}

# lines FILE EXPRESSION: a Python expression on `steps`, the step lines, and `last`, the line "once".
lines() {
	python3 -c 'import json, sys
all = [json.loads(line) for line in open(sys.argv[1])]
steps = [line for line in all if line["event"] == "step"]
last = [line for line in all if line["event"] == "once"][0]
assert all[-1]["event"] == "end", all[-1]
value = eval(sys.argv[2])
print(value if isinstance(value, str) else json.dumps(value))' "$@"
}

@test "each step has a line with its failures, values and exchanges" {
	run -1 --separate-stderr reprise run --once --ndjson out --exchanges ex s.yaml
	lines out '"\n".join("%s %s %s %d" % (s["path"], s["name"], s["ok"], len(s["exchanges"])) for s in steps)' >got
	diff got - <<-'END'
		/setup/0 GET /prepare True 1
		/scenarios/0/steps/0 GET /other True 1
		/scenarios/1/steps/0 Open True 2
		/scenarios/1/steps/1 set True 0
		None GET /login True 1
		/scenarios/1/steps/2 login True 0
		/scenarios/1/steps/3/steps/0/steps/0 POST /item True 1
		/scenarios/1/steps/3/steps/0/steps/1 GET /image True 1
		/scenarios/1/steps/3/steps/0/steps/0 POST /item True 1
		/scenarios/1/steps/3/steps/0/steps/1 GET /image True 1
		/scenarios/1/steps/3/steps/0 repeat True 0
		/scenarios/1/steps/3/steps/1 if True 0
		/scenarios/1/steps/3/steps/2/then/0 GET /none False 1
		/scenarios/1/steps/3/steps/2 if True 0
		/scenarios/1/steps/3 Inside True 0
		/scenarios/1/steps/4/parallel/0 GET /a True 1
		/scenarios/1/steps/4/parallel/1 GET /b True 1
		/scenarios/1/steps/4 parallel True 0
		/scenarios/1/steps/5 GET /none False 1
		/teardown/0 GET /cleanup True 1
	END
	[ "$(lines out 'steps[2]["extracted"]')" = '{"token": "***", "id": 7, "items": [{"n": 1}]}' ]
	[ "$(lines out 'steps[3]["variables"]')" = '{"count": 2, "token": "***", "id": 7, "items": [{"n": 1}], "next": "70", "header": "***"}' ]
	[ "$(lines out '[f["class"] for f in steps[12]["failures"]]')" = '["status", "expect", "expect"]' ]
	[ "$(lines out 'steps[12]["failures"][0]')" = '{"class": "status", "message": "HTTP 404, expected 200", "at": "s.yaml:33"}' ]
	[ "$(lines out '[last[k] for k in ("until", "reached", "steps", "failed", "exchanges", "omitted")]')" = '[null, false, 20, 2, 14, 0]' ]
	run -1 grep -rE 'abcdef-secret|abcdef-cookie|secret-of-run' out ex
}

@test "an exchange has all headers, the body as text or base64, cookies without values" {
	run -0 --separate-stderr reprise run --once -q --exchanges ex --until /scenarios/1/steps/3/steps/0 s.yaml
	[ "$(stat -c %a ex)" = 700 ]
	[ "$(json ex/2.json '[d[k] for k in ("n", "path", "name", "method", "status", "type", "error")]')" = \
		'[2, "/scenarios/1/steps/0", "Open", "GET", 302, "text/html", null]' ]
	[ "$(json ex/2.json 'd["url"]')" = "$SERVER_URL/old?k=***" ]
	[ "$(json ex/2.json '[h["value"] for h in d["request"]["headers"] if h["name"] in ("Host", "Authorization")]')" = \
		"[\"${SERVER_URL#http://}\", \"***\"]" ]
	[ "$(json ex/3.json 'd["response"]["cookies"]')" = '[{"name": "sid", "value": "***", "attributes": "Path=/; HttpOnly"}]' ]
	[ "$(json ex/3.json 'd["response"]["body"]["text"]')" = '{"id": 7, "token": "***", "items": [{"n": 1}]}' ]
		[ "$(json ex/5.json '[d["request"]["body"]["text"], d["request"]["truncated"], [h["value"] for h in d["request"]["headers"] if h["name"] == "Cookie"]]')" = \
		'["{\"t\":\"***\",\"id\":\"70\",\"h\":\"***\",\"all\":[{\"n\":1}]}", false, ["sid=***"]]' ]
	[ "$(json ex/6.json 'd["response"]["body"]')" = '{"base64": "AAH/"}' ]
	[ "$(json ex/6.json '[d["response"]["truncated"], d["ms"] > 0, sorted(d["timing"])]')" = \
		'[false, true, ["connect", "dns", "receive", "tls", "wait"]]' ]
	[ ! -e ex/10.json ]
	# The folder must be new or empty.
	run -2 reprise run --once --exchanges ex s.yaml
	[[ $output == *"'ex': it must be new or empty"* ]]
}

@test "--until stops after the step, in loops, branches, flows and fixtures; teardown is performed" {
	check() { # UNTIL REACHED LAST EXIT: the last line before that of teardown
		local status=0
		reprise run --once -q --ndjson out --until "$1" s.yaml 2>message || status=$?
		[ "$status" -eq "$4" ]
		[ "$(lines out '[last["until"], last["reached"], steps[-1]["scenario"]]')" = "[\"$1\", $2, \"teardown\"]" ]
		[ "$(lines out 'str(steps[-2]["path"])')" = "$3" ]
	}
	check Open true /scenarios/1/steps/0 0
	[ "$(lines out '[s["scenario"] for s in steps]')" = '["setup", "Shop", "teardown"]' ]
	check /scenarios/1/steps/3/steps/0/steps/0 true /scenarios/1/steps/3/steps/0/steps/0 0
	check Inside true /scenarios/1/steps/3 1
	check "GET /login" true None 0
	check /scenarios/1/steps/4/parallel/1 true /scenarios/1/steps/4 1
	check /setup/0 true /setup/0 0
	check /scenarios/1/steps/5 true /scenarios/1/steps/5 1
	# The condition of its branch is false: nothing after the branch is performed.
	check GET\ /never false /scenarios/1/steps/3 1
	grep -q "warning: --until: the step 'GET /never' was not reached" message
	# A failure before the step ends the iteration.
	check GET\ /after false /scenarios/1/steps/5 1
}

@test "--until: an unknown step, several steps with the name, and options that do not fit" {
	run -2 reprise run --once --until Opne s.yaml
	[[ $output == *"--until: there is no step 'Opne'; did you mean 'Open'?"* ]]
	run -2 reprise run --once --until /scenarios/1/steps/8 s.yaml
	[[ $output == *"did you mean '/scenarios/1/steps/"* ]]
	run -2 reprise run --once --until 'something else' s.yaml
	[[ $output == *"write its name, or its path such as /setup/0"* ]]
	run -2 reprise run --once --until 'GET /none' s.yaml
	[[ $output == *"2 steps are named 'GET /none'; write the path of one: /scenarios/1/steps/3/steps/2/then/0, /scenarios/1/steps/5"* ]]
	run -2 reprise run --until Open s.yaml
	[[ $output == *"--until needs --once"* ]]
	run -2 reprise run --exchanges ex s.yaml
	[[ $output == *"--exchanges needs --once"* ]]
	run -2 reprise run --once --exchanges nothing/ex s.yaml
	[[ $output == *"cannot use the folder 'nothing/ex': No such file or directory"* ]]
	run -2 reprise run --once --until Open s.yaml s.yaml
	[[ $output == *"--until can be used with one file only"* ]]
	[ ! -e ex ]
}

@test "a large body is cut, a request without a response has the error, attempts are exchanges" {
	local port
	port=$(free_port)
	head -c 5000000 /dev/zero | tr '\0' x >"$NGINX_DIR/large"
	cat >large.yaml <<-END
		target: $SERVER_URL
		allowed_hosts: [127.0.0.1]
		defaults: {body_limit: 10MB, on_failure: continue}
		steps:
		  - get: /none
		    retry: {times: 1, when: [404], delay: 0s}
		  - get: http://127.0.0.1:$port/
		  - post: /
		    body_file: large
	END
	cp "$NGINX_DIR/large" .
		run -1 reprise run --once -q --ndjson out --exchanges ex large.yaml
	[ "$(lines out '[[s["ok"], s["exchanges"]] for s in steps]')" = '[[false, [1, 2]], [false, [3]], [false, [4]]]' ]
	[ "$(json ex/3.json '[d["response"], d["status"], "refused" in d["error"]]')" = '[null, null, true]' ]
	[ "$(json ex/4.json '[len(d["request"]["body"]["text"]), d["request"]["truncated"], d["request"]["headers"][-1]["value"]]')" = '[4194304, true, "5000000"]' ]
}
