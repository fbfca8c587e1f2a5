#!/usr/bin/env bats
# load: replay — recorded requests at recorded times.

load helper

setup() {
	start_demo --latency 20ms
	cd "$BATS_TEST_TMPDIR"
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {replay: {file: requests.ndjson}}
	END
}

teardown() {
	stop_servers
}

# lines COUNT SESSIONS GAP_S: COUNT requests, alternating between SESSIONS sessions.
lines() {
	python3 - "$@" <<-'END'
		import json, sys
		count, sessions, gap = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
		for i in range(count):
		    print(json.dumps({"at": 1000 + i * gap, "session": f"s{i % sessions}",
		                      "url": f"/search?q={i}", "name": "Search"}))
	END
}

@test "every request is sent once, by as many users as there are sessions" {
	lines 60 6 0.01 >requests.ndjson
	reprise run -j 1 --json out.json scenario.yaml
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 60 ]
	[ "$(json out.json 'd["arrivals"]')" = '{"planned": 60, "started": 60, "dropped": 0}' ]
	[ "$(json out.json 'd["users"]["max"]')" -eq 6 ]
	[ "$(json out.json 'd["generator"]["connections_opened"]')" -eq 6 ]
	[ "$(json out.json '[s["name"] for s in d["steps"]]')" = '["Search"]' ]
	[ "$(json out.json 'd["duration_s"] >= 0.59')" = true ]
	[ "$(fetch "$SERVER_URL/stats" | json - 'd["requests"]')" -eq 60 ]
}

@test "the requests of a session are sent in order, and waiting time is counted" {
	# Ten at the same time, 20 ms each: the last one waits for the nine others.
	lines 10 1 0 >requests.ndjson
	reprise run -j 2 --json out.json scenario.yaml
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 10 ]
	[ "$(json out.json 'd["users"]["max"]')" -eq 1 ]
	[ "$(json out.json 'd["response_time_ms"]["max"] >= 195')" = true ]
	[ "$(json out.json 'd["service_time_ms"]["min"] >= 19')" = true ]
}

@test "each session has its own cookies; methods, bodies and recorded failures are kept" {
	cat >requests.ndjson <<-'END'
		{"at": 0, "session": "a", "url": "/login"}
		{"at": 0.1, "session": "a", "url": "/cart"}

		{"at": 0.15, "url": "/nowhere", "status": 404, "headers": {"Accept": "text/html", "Host": "other"}}
		{"at": 0.2, "session": "b", "method": "POST", "url": "/api/token", "headers": {"Content-Type": "application/json"}, "body": "{\"user\": \"user1\", \"password\": \"demo\"}", "last": true}
		{"at": 0.3, "session": "a", "url": "/gone", "last": true}
	END
	run reprise run --json out.json scenario.yaml
	[ "$status" -eq 1 ]
	[ "$(json out.json '{s["name"]: s["requests"]["failed"] for s in d["steps"]}')" = \
		'{"GET /login": 0, "GET /cart": 0, "GET /nowhere": 0, "POST /api/token": 0, "GET /gone": 1}' ]
	[ "$(json out.json 'd["users"]["max"] >= 1')" = true ]
}

@test "speed, -d and max_users" {
	lines 40 40 0.05 >requests.ndjson
	reprise run -d 500ms --json out.json scenario.yaml
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 10 ]
	sed -i 's/ndjson}/ndjson, speed: 10}/' scenario.yaml
	reprise run --json out.json scenario.yaml
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 40 ]
	# All at the same time, but only one user is allowed.
	lines 5 5 0 >requests.ndjson
	sed -i 's/speed: 10}}/speed: 10}, max_users: 1}/' scenario.yaml
	run reprise run -j 1 --json out.json scenario.yaml
	[ "$(json out.json 'd["arrivals"]["planned"]')" -eq 5 ]
	[ "$(json out.json 'd["arrivals"]["dropped"] + d["requests"]["ok"]')" -eq 5 ]
	[ "$(json out.json 'd["users"]["max"]')" -eq 1 ]
}

@test "each session belongs to one shard" {
	lines 60 12 0.005 >requests.ndjson
	for i in 1 2 3; do
		reprise run -q --shard $i/3 --json $i.json scenario.yaml
	done
	[ "$(($(json 1.json 'd["requests"]["ok"]') + $(json 2.json 'd["requests"]["ok"]') + $(json 3.json 'd["requests"]["ok"]')))" -eq 60 ]
	[ "$(($(json 1.json 'd["requests"]["ok"]') % 5))" -eq 0 ]
}

@test "other hosts are blocked, Ctrl-C reports, errors are reported with their line" {
	cat >requests.ndjson <<-'END'
		{"at": 0, "session": "a", "url": "http://127.0.0.9/"}
		{"at": 0.1, "session": "a", "url": "/"}
		{"at": 3000, "session": "a", "url": "/"}
	END
	"$REPRISE" run --plain --json out.json scenario.yaml >out 2>&1 3>&- &
	pid=$!
	wait_for 20 eval 'fetch "$SERVER_URL/stats" | grep -q "\"requests\":1"'
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	[ "$(json out.json 'd["failed_by_class"]')" = '{"blocked_host": 1}' ]
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 1 ]
	printf '{"at": 2, "url": "/"}\n{"at": 1, "url": "/"}\n{"at": 3}\nno\n{"at": 1e400, "url": "/"}\n' >requests.ndjson
	run reprise check scenario.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *'request 2: '*'less than in the line before'* ]]
	[[ "$output" == *"request 3: the text 'url' is missing"* ]]
	[[ "$output" == *'request 4: '* ]]
	[[ "$output" == *"request 5: 'at' is too large for a time"* ]]
	rm requests.ndjson
	run reprise check scenario.yaml
	[ "$status" -eq 2 ]
	[[ "$output" == *'cannot read'* ]]
}
