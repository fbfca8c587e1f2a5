#!/usr/bin/env bats
# GraphQL servers that are not ours: operations, batches and persisted queries are performed as often as a run
# reports, and errors fail a step, also beside data.

load ../cli/helper
load servers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

# operations NAME…: the operations that the server has performed, in this order, with their numbers.
operations() {
	local name
	for name; do
		echo "$name $(grep -c "^operation $name\$" "$SERVER_OUT")"
	done
}

all_operations() {
	scenario <<-END
		target: http://127.0.0.1:$SERVER_PORT
		defaults: {timeout: 1m}
		load: {users: 1, iterations: 10}
		steps:
		  - graphql: /
		    query: "query Search(\$search: String) { books(search: \$search) { id title } }"
		    variables: {search: St}
		    expect: {jsonpath: {"\$.data.books[1].title": Stones}}
		  - graphql: /
		    persisted: yes
		    query: "query Persisted(\$id: ID!) { book(id: \$id) { title price } }"
		    variables: {id: "2"}
		    expect: {jsonpath: {"\$.data.book.price": 20}}
		  - graphql: /
		    persisted: yes
		    method: get
		    query: "query Hash(\$id: ID!) { book(id: \$id) { title } }"
		    variables: {id: "1"}
		    expect: {jsonpath: {"\$.data.book.title": Streams}}
		  - graphql: /
		    method: get
		    query: "query Get { books { id } }"
		    expect: {jsonpath: {"\$.data.books[2].id": "3"}}
		  - graphql: /
		    query: "mutation Order(\$id: ID!, \$count: Int!) { order(id: \$id, count: \$count) }"
		    variables: {id: "1", count: 3}
		    expect: {jsonpath: {\$.data.order: 3}}
		  - graphql: /
		    name: Batch
		    batch:
		      - {query: "query First { book(id: 1) { title } }"}
		      - {query: "query Second(\$id: ID!) { book(id: \$id) { title } }", variables: {id: "3"}}
		    expect: {jsonpath: {"\$[0].data.book.title": Streams, "\$[1].data.book.title": Stones}}
		  - graphql: /
		    query: "query Partial { books { title price } }"
		    expect: {graphql_errors: allowed, jsonpath: {"\$.data.books[1].price": 20}}
	END
	reprise run --json r.json scenario.yaml
	[ "$(json r.json '[d["requests"]["ok"], d["requests"]["failed"]]')" = '[70, 0]' ]
	# The server did not know the two hashes once each.
	[ "$(json r.json 'd["requests"]["retries"]')" = 2 ]
	operations Search Persisted Hash Get Order First Second Partial | while read -r name count; do
		[ "$count" = 10 ] || { echo "$name: $count"; return 1; }
	done
	[ "$(json r.json '[s["name"] for s in d["steps"]]')" = \
		'["Search", "Persisted", "Hash", "Get", "Order", "Batch", "Partial"]' ]
}

# errors UNKNOWN SYNTAX MUTATION: how the server reports a field that it does not know, a syntax error, and a
# mutation by GET.
errors() {
	scenario <<-END
		target: http://127.0.0.1:$SERVER_PORT
		defaults: {on_failure: continue, timeout: 1m}
		load: {users: 2, iterations: 3}
		steps:
		  - graphql: /
		    query: "query Partial { books { title price } }"
		  - graphql: /
		    query: "query Broken { broken { id } }"
		  - graphql: /
		    query: "query Unknown { nothing }"
		  - graphql: /
		    query: "query Syntax { "
		  - graphql: /
		    query: "query Variables(\$id: ID!) { book(id: \$id) { title } }"
		  - graphql: /
		    name: Batch
		    batch:
		      - {query: "query First { book(id: 1) { title } }"}
		      - {query: "query Second { books { price } }"}
		  - graphql: /
		    method: get
		    query: "mutation Order { order(id: 1, count: 2) }"
		  - graphql: /
		    persisted: yes
		    query: "query Lost { broken { id } }"
		  - graphql: /
		    query: "query Good { books { title } }"
	END
	run -1 reprise run --json r.json scenario.yaml
	json r.json '"\n".join("%s %d: %s" % (f["step"], f["count"], f["example"]) for f in d["failures"])' | sort >found
	sort >expected <<-END
		Partial 6: GraphQL error: no price for Stones, at books[2].price
		Broken 6: GraphQL error: the book is lost, at broken
		Unknown 6: $1
		Syntax 6: $2
		Variables 6: HTTP 400: «Variable "\$id" of required type "ID!" was not provided.»
		Batch 6: GraphQL error in operation 2 of the batch: no price for Stones, at books[2].price
		Order 6: HTTP 405: «$3»
		Lost 6: GraphQL error: the book is lost, at broken
	END
	diff -u expected found
	[ "$(json r.json '[d["requests"]["ok"], d["requests"]["failed"]]')" = '[6, 48]' ]
	[ "$(operations Order)" = "Order 0" ]
	[ "$(operations Good)" = "Good 6" ]
}

@test "Apollo Server (npm): queries, mutations, batches, persisted queries, partial data" {
	node_server apollo.js
	all_operations
}

@test "Apollo Server (npm): errors" {
	node_server apollo.js
	errors 'HTTP 400: «Cannot query field "nothing" on type "Query".»' \
		'HTTP 400: «Syntax Error: Expected Name, found <EOF>.»' \
		'GET requests only support query operations, not mutation operations'
}

@test "GraphQL Yoga (npm): queries, mutations, batches, persisted queries, partial data" {
	node_server yoga.js
	all_operations
}

@test "GraphQL Yoga (npm): errors" {
	node_server yoga.js
	errors 'GraphQL error: Cannot query field "nothing" on type "Query".' \
		'GraphQL error: Syntax Error: Expected Name, found <EOF>.' \
		'Can only perform a mutation operation from a POST request.'
}
