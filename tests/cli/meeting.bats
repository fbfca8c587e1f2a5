#!/usr/bin/env bats
# rendezvous and pace; loops without requests; other protocols than HTTP.

load helper

setup_file() {
	start_nginx "location /no { return 404; } location / { return 200; }"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >"$NGINX_DIR/access.log"
}

@test "rendezvous: users continue together when all have arrived" {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 4, iterations: 1, ramp_up: 2400ms, duration: 20s}
		steps:
		  - rendezvous: {name: sale, users: 4, timeout: 10s}
		  - get: /
	END
	run reprise run -j 2 --json r.json scenario.yaml
	[ "$status" -eq 0 ]
	# The last user arrives after 1.8 s; waiting counts as think time, not as response time.
	[ "$(json r.json '1.75 < d["duration_s"]')" = true ]
	[ "$(json r.json 'd["response_time_ms"]["max"] < 1500')" = true ]
	[ "$(json r.json 'd["rendezvous_timeouts"]')" = 0 ]
}

@test "rendezvous: waiting users continue at the timeout, and the result counts it" {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 2, iterations: 1}
		steps:
		  - rendezvous: {name: sale, users: 3, timeout: 200ms}
		  - get: /
	END
	run reprise run --json r.json scenario.yaml
	[ "$status" -eq 0 ]
	[[ $output == *"scenario.yaml:4:5: warning: the rendezvous needs 3 users, but there are 2"* ]]
	[[ $output == *"timeout  at a rendezvous: 1 time"* ]]
	[ "$(json r.json 'd["rendezvous_timeouts"]')" = 1 ]
	[ "$(json r.json 'd["requests"]["ok"]')" = 2 ]
}

@test "rendezvous: --once does not wait" {
	scenario <<-END
		target: $SERVER_URL
		steps:
		  - rendezvous: {name: sale, users: 30, timeout: 1h}
		  - get: /
	END
	LIMIT_S=10 run reprise run --once scenario.yaml
	[ "$status" -eq 0 ]
}

@test "pace: an iteration has a minimum duration, also if it fails" {
	for path in / /no; do
		scenario <<-END
			target: $SERVER_URL
			load: {users: 1, iterations: 4}
			scenarios:
			  - name: Paced
			    pace: 200ms
			    steps: [{get: $path}]
		END
		run reprise run --json r.json scenario.yaml
		[ "$(json r.json 'd["iterations"]["started"]')" = 4 ]
		[ "$(json r.json 'd["duration_s"] >= 0.79')" = true ]
		[ "$(json r.json 'd["iterations"]["cut_off"]')" = 0 ]
	done
	[ "$(json r.json 'd["iterations"]["failed"]')" = 4 ]
}

@test "a loop without requests does not block other users and ends with the load" {
	scenario <<-END
		target: $SERVER_URL
		load: {users: 2, duration: 1s, grace: 1s}
		scenarios:
		  - name: Spin
		    steps:
		      - get: /
		      - repeat: 1000000000
		        steps: [{set: {x: 1}}]
		      - get: "/\${x}"
		  - name: Other
		    weight: 1
		    steps: [{get: /other}, {think: 10ms}]
	END
	LIMIT_S=15 run reprise run -j 1 scenario.yaml
	[ "$status" -lt 124 ]
}

@test "get of a WebSocket, gRPC and event streams without events are rejected before anything is sent" {
	scenario <<-END
		target: $SERVER_URL
		steps:
		  - get: wss://chat.example/room
		  - post: grpc://h/service
		  - get: /events
		    headers: {Accept: text/event-stream}
	END
	run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *":3:10: error: this URL is that of a WebSocket; write \`websocket: wss://chat.example/room\`"*"[E354]"* ]]
	[[ $output == *":4:11: error: gRPC is not supported"* ]]
	[[ $output == *":6:23: error: an event stream does not end"* ]]
	[ ! -s "$NGINX_DIR/access.log" ]
	run reprise run -t ws://127.0.0.1:1 scenario.yaml
	[ "$status" -eq 2 ]
}
