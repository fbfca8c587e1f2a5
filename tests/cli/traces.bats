#!/usr/bin/env bats
# Trace context: the headers, one trace per group or iteration, and the traces of failures and slow
# requests in all outputs. The application (traced.py) keeps the spans like a collector.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	python3 -B "$SRCDIR/tests/cli/traced.py" . "${SERVER_LIMIT_S:-1500}" >traced.out 2>&1 </dev/null 3>&- &
	started traced $!
	wait_for 20 test -s port
	APP=http://127.0.0.1:$(cat port)
}

teardown() {
	stop_servers
}

# visit CONTEXT [ARG…]: two users with two iterations each
visit() {
	cat >s.yaml <<-END
		target: $APP
		defaults: {trace_context: $1, on_failure: continue}
		load: {users: 2, iterations: 2}
		steps:
		  - get: /app/home
		  - group: Order
		    steps:
		      - get: /app/slow
		      - group: Pay
		        steps: [get: /app/away]
		      - get: /app/fail
		  - parallel:
		      - get: /app/left
		      - get: /app/right
	END
	shift
	run reprise run --plain --json r.json "$@" s.yaml
	echo "$output"
	fetch "$APP/spans" spans
}

# spans EXPRESSION: of `spans`, with `of(path)` for the traces of a path
spans() {
	python3 -c '
import json, sys
spans = json.load(open("spans"))
of = lambda path: [s["trace"] for s in spans if s["path"] == "/app/" + path]
print(eval(sys.argv[1]))' "$1"
}

@test "each group has a trace, and requests without a group have one per iteration" {
	visit w3c
	[ "$status" -eq 1 ]
	[ "$(spans 'len(spans)')" = 28 ]
	[ "$(spans 'len(set(of("left")))')" = 4 ]
	[ "$(spans 'set(of("left")) == set(of("right")) and set(of("left")) < set(of("home"))')" = True ]
	[ "$(spans 'set(of("slow")) == set(of("fail")) and len(set(of("slow")))')" = 4 ]
	[ "$(spans 'set(of("away")) <= set(of("home")) and len(set(of("away")))')" = 4 ]
	[ "$(spans 'len(set(of("home") + of("slow")))')" = 12 ]
	# A redirect belongs to the span of its request; all other spans are new.
	[ "$(spans 'len(set(s["span"] for s in spans))')" = 24 ]
	[ "$(spans 'all(s["sampled"] for s in spans)')" = True ]
	[ "$(spans 'sorted(set(s["state"] for s in spans))')" = "['reprise=u1i1', 'reprise=u1i2', 'reprise=u2i1', 'reprise=u2i2']" ]
	# Another run with the same seed has other traces.
	visit w3c --seed "$(json r.json 'd["seed"]')"
	[ "$(spans 'len(set(of("fail")))')" = 8 ]
}

@test "B3 in one header and in several" {
	visit b3
	[ "$(spans 'len(set(of("fail")))')" = 4 ]
	visit b3_multi
	[ "$(spans 'len(set(of("fail")))')" = 8 ]
	[ "$(spans 'len(spans)')" = 56 ]
}

@test "the collector has the trace of each failure and of the longest requests" {
	local port pid
	visit w3c -o out --trace-url 'https://jaeger.example/trace/{trace_id}'
	[ "$(spans "'$(json r.json 'd["failures"][0]["trace_id"]')' in of('fail')")" = True ]
	json r.json '[s["trace_id"] for s in d["longest"] if s["step"] == "GET /app/slow"][0]' >slow
	[ "$(spans "'$(tr -d '"' <slow)' in of('slow')")" = True ]
	local link="https://jaeger.example/trace/$(json r.json 'd["failures"][0]["trace_id"]')"
	[[ "$output" = *"trace $link"* ]]
	[[ "$output" = *"longest  "*"GET /app/slow  at "*"trace https://jaeger.example/trace/$(tr -d '"' <slow)"* ]]
	[ "$(json r.json 'd["failures"][0]["trace_url"]')" = "$link" ]
	grep -q "href=\"$link\"" out/report.html
	grep -q "trace_id.*${link##*/}" out/events.ndjson
	# The result folder keeps them, and a merge too.
	rm out/report.html
	reprise report out >text
	grep -q "trace $link" text
	grep -q "href=\"$link\"" out/report.html
	run reprise run s.yaml --trace-url jaeger.example
	[ "$status" -eq 2 ]
	[[ "$output" = *"{trace_id}"* ]]
}

@test "exemplars in OpenMetrics and OpenTelemetry are the longest requests" {
	local port pid trace
	mkdir sinks
	cd sinks && start_sinks && cd ..
	port=$(free_port)
	cat >s.yaml <<-END
		target: $APP
		defaults: {trace_context: w3c}
		load: {users: 2, iterations: 3}
		steps: [get: /app/slow]
	END
	"$REPRISE" run --plain --json r.json --prometheus "$port" --prometheus-linger 60s --otlp "$WEB" \
		--send-wait 60s s.yaml >out 2>err </dev/null 3>&- &
	pid=$!
	wait_for 60 grep -q 'the last values stay' err
	curl -sf -H 'Accept: application/openmetrics-text; version=1.0.0' "http://127.0.0.1:$port/metrics" >metrics
	wait $pid
	trace=$(json r.json 'd["longest"][0]["trace_id"]')
	[ "$(grep -c ' # {trace_id="' metrics)" = 1 ]
	grep -qE "^reprise_response_time_seconds_bucket\{.*le=\"(0.05|0.1|0.25|0.5|1.0|2.5|5.0|10.0)\"\} [0-9]+ # \{trace_id=\"$trace\",span_id=\"[0-9a-f]{16}\"\} [0-9.]+ [0-9.]+$" metrics
	[ "$(json sinks/otlp '[p["exemplars"][0]["traceId"] for r in d["resourceMetrics"] for s in r["scopeMetrics"] for m in s["metrics"] if m["name"] == "reprise.response_time" for p in m["histogram"]["dataPoints"]][0]')" = "$trace" ]
}

@test "sampled: a percentage of the traces; only recorded traces are shown" {
	cat >s.yaml <<-END
		target: $APP
		seed: 3
		defaults: {trace_context: w3c, sampled: 0%}
		load: {users: 1, iterations: 3}
		steps: [get: /app/fail]
	END
	run reprise run --plain --json r.json s.yaml
	fetch "$APP/spans" spans
	[ "$(spans 'any(s["sampled"] for s in spans)')" = False ]
	[ "$(json r.json '"trace_id" in d["failures"][0] or "longest" in d')" = false ]
	sed -i 's/0%/30%/; s/iterations: 3/iterations: 200/; s/fail/home/' s.yaml
	run reprise run --plain s.yaml
	fetch "$APP/spans" spans
	[ "$(spans '30 < sum(s["sampled"] for s in spans) < 90')" = True ]
	sed -i 's/trace_context: w3c, //' s.yaml
	run -2 reprise check s.yaml
	[[ "$output" = *"'sampled' needs 'trace_context'"* ]]
}

@test "a header of the scenario has precedence; without trace_context there is no header" {
	cat >s.yaml <<-END
		target: $APP
		defaults: {trace_context: w3c}
		steps:
		  - get: /app/own
		    headers: {traceparent: 00-00000000000000000000000000000abc-0000000000000def-01}
	END
	reprise run --plain s.yaml
	fetch "$APP/spans" spans
	[ "$(spans 'of("own")')" = "['00000000000000000000000000000abc']" ]
	sed -i '/defaults:/d; /headers:/d' s.yaml
	run reprise run --plain s.yaml
	[[ "$output" = *"HTTP 400"* ]]
}

@test "an import turns a recorded trace context into the setting" {
	for header in traceparent=w3c b3=b3 X-B3-TraceId=b3_multi; do
		python3 - "${header%=*}" <<-'END' >r.har
			import json, sys
			header = {"name": sys.argv[1], "value": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
			print(json.dumps({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": [{
			    "startedDateTime": f"2026-01-01T00:00:0{n}Z", "time": 5,
			    "request": {"method": "GET", "url": f"http://shop.example/{n}", "httpVersion": "HTTP/1.1",
			                "headers": [header], "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0},
			    "response": {"status": 200, "statusText": "", "httpVersion": "HTTP/1.1", "headers": [],
			                 "cookies": [], "content": {"size": 2, "mimeType": "text/html", "text": "ok"},
			                 "redirectURL": "", "headersSize": -1, "bodySize": 2},
			    "cache": {}, "timings": {"send": 1, "wait": 1, "receive": 1}} for n in range(3)]}}))
		END
		rm -f r.yaml
		reprise import har r.har -o r.yaml
		cat r.yaml
		grep -q "trace_context: ${header#*=} " r.yaml
		run -1 grep -qi '4bf92f\|traceparent' r.yaml
	done
}
