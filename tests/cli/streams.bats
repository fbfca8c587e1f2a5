#!/usr/bin/env bats
# Event streams and GraphQL, with the sample shop.

load helper

setup_file() {
	start_demo
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cat >chat.yaml <<-Y
		name: Chat
		target: $SERVER_URL
		load: {users: 2, iterations: 2}
		steps:
		  - post: /api/chat
		    name: Ask
		    json: {question: "Do you have hats?"}
		    events:
		      until: {data: "[DONE]"}
		      output: "\$.choices[0].delta.content"
		    expect: {events: {count: 13}, max_first_output: 1m}
		    extract: {reply: {events: "\$.choices[0].delta.content", match: all, join: ""}}
		  - get: /api/orders/events
		    name: Orders
		    events: {until: {event: order}, output: data}
		    extract: {number: {events: "\$.number"}}
		  - log: "the reply: \${reply}; order \${number}"
		thresholds:
		  - first_event p95 of "Ask" > 0ms
		  - first_output p95 of "Ask" < 1m
		  - event_gap p99 of "Ask" < 1m
		  - outputs_per_second of "Ask" > 0.1/s
		  - failures == 0
		  - failed_iterations == 0
	Y
}

@test "--once -vv prints the events with their times, and the values" {
	run reprise run --once -vv chat.yaml
	[ "$status" -eq 0 ]
	grep -q '^  < data: {"object":"chat.completion.chunk","choices":\[{"delta":{"content":" hats"}}\]}' <<<"$output"
	grep -q '^  < data: \[DONE\]' <<<"$output"
	grep -Eq '^  < : [0-9.]+ (ms|s)' <<<"$output"
	grep -q '^  < event: order' <<<"$output"
	grep -q 'the reply: We have many hats, also warm ones for winter.; order 1' <<<"$output"
}

@test "all outputs have the events and their times" {
	run reprise run --plain chat.yaml --out out --json r.json --junit j.xml --csv c.csv
	[ "$status" -eq 0 ]
	grep -q 'stream   Ask: 52 events, first p95' <<<"$output"
	grep -q 'outputs_per_second of "Ask" > 0.1/s .* passed' <<<"$output"
	python3 - <<-'END'
		import json
		r = json.load(open("r.json"))
		assert r["streams"]["events"] == 13 * 4 + 4, r["streams"]
		ask, orders = r["steps"]
		assert ask["streams"]["events"] == 52 and ask["streams"]["closed"] == 0
		assert ask["streams"]["event_gap_ms"]["samples"] == 48
		assert ask["streams"]["first_event_ms"]["samples"] == 4
		assert ask["streams"]["first_output_ms"]["p50"] >= ask["streams"]["first_event_ms"]["p50"]
		assert ask["streams"]["outputs_per_second"] > 0
		# The shop sends more orders: the streams are closed after the first one.
		assert orders["streams"]["closed"] == 4, orders["streams"]
		h = json.load(open("out/histograms.json"))
		assert "event_gap" in json.dumps(h)
	END
	grep -q '<property name="events" value="52"/>' j.xml
	grep -q 'aria-label="Event streams"' out/report.html
	grep -q 'first_output' out/report.html
	# The same from the result folder, and merged.
	reprise report out
	grep -q 'aria-label="Event streams"' out/report.html
	for shard in 1 2; do
		reprise run --plain chat.yaml --shard $shard/2 --seed 1 --out shard$shard
	done
	reprise merge shard1 shard2 --out both --json both.json
	[ "$(json both.json 'd["streams"]["events"]')" -eq 56 ]
	[ "$(json both.json 'd["steps"][0]["streams"]["event_gap_ms"]["samples"]')" -eq 48 ]
}

@test "a warning for a percentile over streams and other steps" {
	sed -i 's/^thresholds:/thresholds:\n  - p95 < 1m/' chat.yaml
	run reprise check chat.yaml
	[ "$status" -eq 0 ]
	grep -q "'p95 < 1m' covers the step 'Ask' too, whose response time is the length of its stream" <<<"$output"
}

@test "what needs the whole body is refused for streams, and the other way round" {
	cat >s.yaml <<-Y
		target: $SERVER_URL
		steps:
		  - get: /api/orders/events
		    events: {output: "\$..["}
		    expect: {body: {contains: x}}
		    extract: {id: {jsonpath: \$.id}, two: {events: "\$.a", join: ","}}
		  - get: /
		    expect: {max_first_event: 1s}
		    extract: {id: {events: \$.id}}
	Y
	run -2 reprise check s.yaml
	grep -q "s.yaml:4:.*is not a JSONPath" <<<"$output"
	grep -q "s.yaml:6:.*\`join\` needs \`match: all\`" <<<"$output"
	sed -i 's/\$\.\.\[/$.a/; s/, join: ","//' s.yaml
	run -2 reprise check s.yaml
	grep -q "s.yaml:5:.*'body' needs the whole body" <<<"$output"
	grep -q "s.yaml:6:.*'jsonpath' needs the whole body" <<<"$output"
	grep -q "s.yaml:8:.*'max_first_event' needs a step that reads its response as a stream" <<<"$output"
	grep -q "s.yaml:9:.*'events' needs a step that reads its response as a stream" <<<"$output"
}

@test "a page is not a stream; the failure is kept with its body" {
	cat >s.yaml <<-Y
		target: $SERVER_URL
		load: {users: 1, iterations: 1}
		steps:
		  - get: /
		    events: {}
	Y
	run -1 reprise run --plain s.yaml --out out
	grep -q 'expected text/event-stream, got text/html' <<<"$output"
	grep -rq 'The Reprise Hat Shop\|<html' out/failures
}

@test "a stream that ends too early is kept with its events" {
	cat >s.yaml <<-Y
		target: $SERVER_URL
		load: {users: 1, iterations: 1}
		steps:
		  - get: /api/orders/events?count=2
		    name: Orders
		    events: {until: {event: done}}
	Y
	run -1 reprise run --plain s.yaml --out out
	grep -q 'the stream ended after 2 events, without the event "done"' <<<"$output"
	grep -rq 'data: {\\"number\\": 2' out/failures
}

@test "secrets in events are masked" {
	cat >s.yaml <<-Y
		target: $SERVER_URL
		load: {users: 1, iterations: 1}
		steps:
		  - get: /api/orders/events?count=3
		    name: Orders
		    events: {until: {event: done}}
		    extract: {product: {events: \$.total, match: last, secret: yes}}
	Y
	run -1 reprise run --once -vv s.yaml --out out
	grep -q 'data: {"number": 3' <<<"$output"
	run ! grep -Eq '"total": [0-9]' <<<"$output"
	run ! grep -rEq '\\"total\\": [0-9]' out/failures
}

@test "graphql: operations, variables, GET, persisted queries, batches and errors" {
	cat >search.graphql <<-'G'
		query Search($search: String) { products(search: $search) { id name price } }
	G
	cat >g.yaml <<-Y
		name: G
		target: $SERVER_URL
		steps:
		  - graphql: /graphql
		    query_file: search.graphql
		    variables: {search: "red \${user.id == 1 ? 'beret' : ''}"}
		    extract: {id: {jsonpath: "\$.data.products[0].id"}}
		    expect: {jsonpath: {"\$.data.products": {type: list}}}
		  - graphql: /graphql
		    query: "query One(\$id: ID) { product(id: \$id) { id } }"
		    variables: {id: 1001}
		    method: get
		    expect: {jsonpath: {\$.data.product.id: 1001}}
		  - graphql: /graphql
		    query: "query Persisted { products { id } }"
		    persisted: yes
		  - graphql: /graphql
		    query: "query PersistedGet { products { id name } }"
		    persisted: yes
		    method: get
		  - graphql: /graphql
		    name: Batch
		    batch:
		      - {query: "{ products { id } }"}
		      - {query: "query One(\$id: ID) { product(id: \$id) { id } }", variables: {id: 1002}}
		    expect: {jsonpath: {"\$[1].data.product.id": 1002}}
		  - graphql: /graphql
		    query: "query Missing(\$id: ID) { product(id: \$id) { id } }"
		    variables: {id: 7}
		    on_failure: continue
		  - graphql: /graphql
		    name: Allowed
		    query: "query Missing(\$id: ID) { product(id: \$id) { id } }"
		    variables: {id: 7}
		    expect: {graphql_errors: allowed}
	Y
	sed -i "s/\"red .*\"}/\"\${user.id}\"}/; /extract: {id/d" g.yaml
	run -1 reprise run --once -v g.yaml --json r.json
	grep -q 'GraphQL error: unknown product id, at product' <<<"$output"
	python3 - <<-'END'
		import json
		r = json.load(open("r.json"))
		steps = {s["name"]: s for s in r["steps"]}
		assert list(steps) == ["Search", "One", "Persisted", "PersistedGet", "Batch", "Missing", "Allowed"], list(steps)
		assert steps["Missing"]["failed_by_class"] == {"expect": 1}
		assert all(s["requests"]["failed"] == 0 for n, s in steps.items() if n != "Missing"), steps
		assert steps["Persisted"]["requests"]["retries"] == 1
		assert steps["PersistedGet"]["requests"]["retries"] == 1
	END
	# The hashes are known now.
	run -1 reprise run --once g.yaml --json r.json
	[ "$(json r.json 'd["requests"]["retries"]')" -eq 0 ]
}

@test "graphql: what is missing or does not fit is reported" {
	cat >g.yaml <<-Y
		target: $SERVER_URL
		steps:
		  - graphql: /graphql
		  - graphql: /graphql
		    query: "{a}"
		    batch: [{query: "{a}"}]
		  - graphql: /graphql
		    query: "{a}"
		    variables: [1]
		  - get: /
		    expect: {graphql_errors: allowed}
	Y
	run -2 reprise check g.yaml
	grep -q "g.yaml:3:.*a GraphQL operation needs its text" <<<"$output"
	grep -q "g.yaml:5:.*'query' cannot be used with 'batch'" <<<"$output"
	grep -q "g.yaml:9:.*\`variables\` must be a mapping" <<<"$output"
}
