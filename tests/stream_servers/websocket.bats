#!/usr/bin/env bats
# WebSocket servers that are not ours: what a run reports as sent and received is what the server has counted.

load ../cli/helper
load servers

SOCKETS=20

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

# same_counts: runs scenario.yaml, and compares its counts with those of the server.
same_counts() {
	reprise run -j 2 --json r.json scenario.yaml
	wait_for 60 lines_of $SOCKETS '^closed '
	[ "$(grep -c '^closed 1000 ' "$SERVER_OUT")" = $SOCKETS ]
	[ "$(awk '/^closed/ { to += $4; from += $6 } END { print to, from }' "$SERVER_OUT")" = \
		"$(json r.json '"%d %d" % (d["messages"]["sent"], d["messages"]["received"])')" ]
	[ "$(json r.json '[d["messages"]["dropped"], d["messages"]["replies_dropped"], d["requests"]["failed"]]')" = '[0, 0, 0]' ]
	[ "$(json r.json 'd["sockets"]')" = "{\"opened\": $SOCKETS, \"open\": 0}" ]
	echo "# messages sent and received: $(json r.json '"%(sent)d %(received)d" % d["messages"]'), as counted by the server" >&3
}

# chat SCHEME [LINE [DEFAULTS]]: a visit to the chat; LINE belongs to the step that opens the socket.
chat() {
	# The server sends them back in reverse order.
	python3 -c 'import random; part = random.Random(1).randbytes(450000); open("bytes", "wb").write(part + part[::-1])'
	scenario <<-END
		target: $1://127.0.0.1:$SERVER_PORT
		defaults: {timeout: 1m${3:+, $3}}
		load: {users: 5, iterations: 4}
		steps:
		  - websocket: /chat
		    name: Chat
		    subprotocols: [chat.v2, chat.v1]
		    on_message: {when: {jsonpath: {\$.type: ask}}, send: {json: {type: reply, text: a visitor}}}
		    ${2:-timeout: 1m}
		  - send: {json: {type: join, number: "\${user.id}", ticks: 50}}
		    wait_for: {jsonpath: {\$.type: joined}}
		    extract: {me: {jsonpath: \$.id}}
		    name: Join
		  - if: \${me != "u" + user.id}
		    then: [fail: "joined as \${me}"]
		  - wait_for: {jsonpath: {\$.type: tick}}
		    count: 50
		    extract: {last: {jsonpath: \$.number}}
		  - if: \${last != 49}
		    then: [fail: "the last tick is \${last}"]
		  - send: {json: {type: big, letters: 200000}}
		    wait_for: {jsonpath: {\$.type: page, \$.end: of the page}}
		    extract: {text: {jsonpath: \$.text}}
		    name: Large message
		  - if: \${text | length != 200000}
		    then: [fail: "the text has \${text | length} letters"]
		  - think: 350ms
		  - send: {base64: "AQIDBAUGBwg="}
		    wait_for: {size: 8}
		    name: Bytes
		  - send: {file: bytes}
		    wait_for: {size: 900000}
		    extract: {bytes: {body: yes}}
		    name: Large message to the server
		  - if: \${(bytes | sha256) != "$(sha256sum bytes | cut -d' ' -f1)"}
		    then: [fail: "other bytes have come back"]
		  - close: 1000
	END
}

is_compressed() {
	[ "$(grep -c " chat.v1 $1\$" "$SERVER_OUT")" = $SOCKETS ]
}

@test "ws (npm), with and without compression" {
	node_server chat.js
	chat http
	same_counts
	is_compressed compressed
	stop_servers
	node_server chat.js
	chat http 'compressed: no'
	same_counts
	is_compressed plain
}

@test "websockets (Python), with and without compression" {
	python_server chat.py
	chat http
	same_counts
	is_compressed compressed
	stop_servers
	python_server chat.py
	chat http 'compressed: no'
	same_counts
	is_compressed plain
}

@test "websockets (Python) over TLS" {
	"$SRCDIR/tests/faults/certs" certs >/dev/null
	python_server chat.py certs/good.pem certs/good.key
	chat https "" "tls: {ca: certs/ca.pem}"
	same_counts
	is_compressed compressed
}

@test "gorilla/websocket (Go), with and without compression" {
	go_server chat
	chat http
	same_counts
	is_compressed compressed
	stop_servers
	go_server chat
	chat http 'compressed: no'
	same_counts
	is_compressed plain
}

@test "socket.io (npm): its pings are replied to while a user thinks" {
	node_server socketio.js
	scenario <<-END
		target: http://127.0.0.1:$SERVER_PORT
		defaults: {timeout: 1m}
		load: {users: 5, iterations: 4}
		steps:
		  - websocket: /socket.io/?EIO=4&transport=websocket
		    name: Chat
		    on_message: {when: {body: "2"}, send: {text: "3"}}
		  - wait_for: {body: {matches: '^0\{"sid"'}}
		    name: Open
		  - send: {text: "40"}
		    wait_for: {body: {matches: '^40\{"sid"'}}
		    name: Connect
		  - send: {text: '421["join",{"room":"a","number":\${user.id},"ticks":30}]'}
		    wait_for: {body: {matches: '^431'}}
		    extract: {id: {regex: '"id":"(u[0-9]+)"'}}
		    name: Join
		  - if: \${id != "u" + user.id}
		    then: [fail: "joined as \${id}"]
		  - wait_for: {body: {contains: '42["tick"'}}
		    count: 30
		  - think: 1s
		  - send: {text: '422["leave"]'}
		    wait_for: {body: '432["bye"]'}
		    name: Leave
		  - close: 1000
	END
	same_counts
	# Without the pings more than 32 + 3 messages would not have arrived.
	[ "$(json r.json "d['messages']['received'] > 34 * $SOCKETS")" = true ]
}

@test "graphql-ws (npm): subscriptions, with results and with errors" {
	node_server graphql_ws.js
	scenario <<-END
		target: http://127.0.0.1:$SERVER_PORT
		defaults: {timeout: 1m}
		load: {users: 5, iterations: 4}
		steps:
		  - websocket: /graphql
		    name: Socket
		    subprotocols: [graphql-transport-ws]
		    on_message: {when: {jsonpath: {\$.type: ping}}, send: {json: {type: pong}}}
		  - send: {json: {type: connection_init}}
		    wait_for: {jsonpath: {\$.type: connection_ack}}
		    name: Connect
		  - send: {json: {id: a, type: subscribe, payload: {query: "subscription { ticks(to: 40) { number } }"}}}
		    wait_for: {jsonpath: {\$.type: next, \$.id: a}}
		    count: 40
		    extract: {last: {jsonpath: \$.payload.data.ticks.number}}
		    name: Ticks
		  - wait_for: {jsonpath: {\$.type: complete, \$.id: a}}
		  - if: \${last != 39}
		    then: [fail: "the last tick is \${last}"]
		  - send: {json: {id: b, type: subscribe, payload: {query: "subscription { broken { number } }"}}}
		    wait_for: {jsonpath: {\$.id: b, "\$.payload.errors[0].message": {contains: non-nullable}}}
		    name: Broken
		  - wait_for: {jsonpath: {\$.type: complete, \$.id: b}}
		  - send: {json: {id: c, type: subscribe, payload: {query: "{ unknown }"}}}
		    wait_for: {jsonpath: {\$.type: error, \$.id: c}}
		    name: Unknown field
		  - close: 1000
	END
	same_counts
	[ "$(grep -c ' graphql-transport-ws compressed$' "$SERVER_OUT")" = $SOCKETS ]
}

@test "socket.io (npm), as browsers open it: polling first, then a WebSocket" {
	node_server socketio.js
	scenario <<-END
		target: http://127.0.0.1:$SERVER_PORT
		defaults: {timeout: 1m}
		load: {users: 5, iterations: 4}
		steps:
		  - get: /socket.io/?EIO=4&transport=polling
		    name: Open
		    extract: {sid: {regex: '^0.*"sid":"([^"]+)"'}}
		  - post: /socket.io/?EIO=4&transport=polling&sid=\${sid}
		    name: Connect
		    body: "40"
		    headers: {Content-Type: text/plain}
		    expect: {body: ok}
		  - get: /socket.io/?EIO=4&transport=polling&sid=\${sid}
		    name: Connected
		    expect: {body: {contains: '40{"sid"'}}
		  - websocket: /socket.io/?EIO=4&transport=websocket&sid=\${sid}
		    name: Upgrade
		    on_message: {when: {body: "2"}, send: {text: "3"}}
		  - send: {text: 2probe}
		    wait_for: {body: 3probe}
		    name: Probe
		  - send: {text: "5"}
		  - send: {text: '421["join",{"room":"a","number":\${user.id},"ticks":30}]'}
		    wait_for: {body: {matches: '^431.*"u[0-9]+"'}}
		    name: Join
		  - wait_for: {body: '42["tick",{"number":29}]'}
		    name: Last tick
		  - think: 400ms
		  - send: {text: '422["leave"]'}
		    wait_for: {body: '432["bye"]'}
		    name: Leave
		  - close: 1000
	END
	same_counts
}
