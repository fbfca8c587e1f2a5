#!/usr/bin/env bats
# trace_context with a server that the OpenTelemetry SDK traces, and the OpenTelemetry collector.

load ../cli/helper
load login_servers

setup() {
	needs_node @opentelemetry/sdk-node @opentelemetry/exporter-trace-otlp-http @opentelemetry/instrumentation-http
	[ -x "$LOGIN_SERVERS/collector/collector" ] || skip "no OpenTelemetry collector; tests/login_servers/install builds it"
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	stop_servers
}

# start_collector: its spans are in spans.log; its URL is COLLECTOR.
start_collector() {
	local port
	port=$(free_port)
	cat >collector.yaml <<-END
		receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:$port"}}}}
		exporters: {debug: {verbosity: detailed}}
		service:
		  telemetry: {metrics: {level: none}}
		  pipelines: {traces: {receivers: [otlp], exporters: [debug]}}
	END
	timeout -k 5 "${SERVER_LIMIT_S:-600}" "$LOGIN_SERVERS/collector/collector" --config collector.yaml >spans.log 2>&1 </dev/null 3>&- &
	started collector $! "$port"
	COLLECTOR=$SERVER_URL
	wait_for 60 listens "$port" || { cat spans.log >&2; return 1; }
}

@test "the collector has the trace of each failure, and of the requests with the max times" {
	for kind in w3c b3; do
		[ $kind = w3c ] || export OTEL_PROPAGATORS=b3
		start_collector
		start_node traced "$COLLECTOR"
		scenario <<-END >/dev/null
			target: $SERVER_URL
			load: {users: 5, iterations: 4}
			defaults: {trace_context: $kind, on_failure: continue}
			steps:
			  - get: /good
			  - group: Order
			    steps: [{get: "/bad/\${user.id}/\${iteration}"}]
		END
		run -1 reprise run --plain --json r.json --out out --trace-url 'http://traces/{trace_id}' scenario.yaml
		fetch "$SERVER_URL/flush" >/dev/null
		wait_for 20 grep -q '/bad/' spans.log
		# Each failure that is kept has its own trace, and so has each request with a max time.
		python3 - <<-'END'
			import json, re
			run = json.load(open("r.json"))
			spans = set(re.findall(r"Trace ID +: ([0-9a-f]{32})", open("spans.log").read()))
			text = json.dumps(run)
			shown = set(re.findall(r"\b[0-9a-f]{32}\b", text))
			failures = [f for f in run["failures"]]
			assert failures and all(re.search(r"\b[0-9a-f]{32}\b", json.dumps(f)) for f in failures), failures
			assert len(spans) >= 40, len(spans)
			assert shown and shown <= spans, shown - spans
		END
		# All failed exchanges that the result keeps.
		for trace in $(grep -rhoE '"trace(_id)?": ?"[0-9a-f]{32}"' out | grep -oE '[0-9a-f]{32}' | sort -u); do
			grep -q "$trace" spans.log || { echo "no span of $trace"; return 1; }
		done
		stop_servers
	done
}
