#!/usr/bin/env bats
# A server of the Model Context Protocol that is not ours, with sessions and event streams over HTTP.

load ../cli/helper
load servers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

# streams STEP: what r.json has about its event streams.
streams() {
	json r.json '"%d events, %d first, %d first with output, %d gaps, %d closed" % next((s["streams"]["events"],
		s["streams"]["first_event_ms"]["samples"], s["streams"]["first_output_ms"]["samples"],
		s["streams"]["event_gap_ms"]["samples"], s["streams"]["closed"]) for s in d["steps"] if s["name"] == "'"$1"'")'
}

@test "mcp (Python): sessions, tools with progress events, a tool that fails, the stream of the server" {
	python_server mcp_server.py
	scenario <<-END
		target: http://127.0.0.1:$SERVER_PORT
		load: {users: 4, iterations: 5}
		defaults:
		  timeout: 1m
		  headers: {Accept: "application/json, text/event-stream"}
		steps:
		  - post: /mcp
		    name: Initialize
		    json:
		      jsonrpc: "2.0"
		      id: 1
		      method: initialize
		      params: {protocolVersion: "2025-06-18", capabilities: {}, clientInfo: {name: reprise, version: "1"}}
		    events: {until: {count: 1}}
		    extract:
		      session: {header: Mcp-Session-Id}
		      server: {events: \$.result.serverInfo.name}
		  - if: \${server != "shop"}
		    then: [fail: "the server is \${server}"]
		  - post: /mcp
		    name: Initialized
		    headers: {Mcp-Session-Id: "\${session}"}
		    json: {jsonrpc: "2.0", method: notifications/initialized}
		    expect: {status: 202}
		  - post: /mcp
		    name: Count
		    headers: {Mcp-Session-Id: "\${session}"}
		    json:
		      jsonrpc: "2.0"
		      id: 2
		      method: tools/call
		      params: {name: count, arguments: {steps: 20, delay_ms: 5}, _meta: {progressToken: p}}
		    events: {output: [\$.params.progress, "\$.result.content[0].text"]}
		    expect: {events: {count: 21}}
		    extract: {result: {events: "\$.result.content[0].text", match: last}}
		  - if: \${result != "counted to 20"}
		    then: [fail: "the result is \${result}"]
		  - post: /mcp
		    name: Fail
		    headers: {Mcp-Session-Id: "\${session}"}
		    json: {jsonrpc: "2.0", id: 3, method: tools/call, params: {name: fail, arguments: {reason: test}}}
		    events: {}
		    extract: {failed: {events: \$.result.isError}}
		  - if: \${failed != true}
		    then: [fail: "isError is \${failed}"]
		  - get: /mcp
		    name: Stream of the server
		    headers: {Mcp-Session-Id: "\${session}"}
		    events: {until: {time: 200ms}}
		  - delete: /mcp
		    name: End
		    headers: {Mcp-Session-Id: "\${session}"}
		  - post: /mcp
		    name: After the end
		    headers: {Mcp-Session-Id: "\${session}"}
		    json: {jsonrpc: "2.0", id: 4, method: tools/list}
		    expect: {status: 404}
		thresholds: ['first_event p95 of "Count" < 1m', 'event_gap p95 of "Count" < 1m', 'outputs_per_second of "Count" > 1/h',
		  error_rate < 1%, failed_iterations < 1%]
	END
	reprise run -j 2 --json r.json scenario.yaml
	[ "$(json r.json '[d["requests"]["ok"], d["requests"]["failed"]]')" = '[140, 0]' ]
	[ "$(grep -c '^call 20 events 21$' "$SERVER_OUT")" = 20 ]
	[ "$(streams Count)" = "420 events, 20 first, 20 first with output, 400 gaps, 0 closed" ]
	[ "$(streams Initialize)" = "20 events, 20 first, 0 first with output, 0 gaps, 0 closed" ]
	[ "$(streams "Stream of the server")" = "0 events, 0 first, 0 first with output, 0 gaps, 20 closed" ]
}
