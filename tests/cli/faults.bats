# Many users against the scripted origin (tests/faults): sessions are never mixed up, limits are
# respected, and counts match the origin's. Single faults are in tests/faults/faults.table.

load helper

setup_file() {
	python3 "${SRCDIR:-$BATS_TEST_DIRNAME/../..}/tests/faults/origin.py" --for 300 \
		--ports "$BATS_FILE_TMPDIR/ports" 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/pid"
	for _ in $(seq 200); do
		[ ! -e "$BATS_FILE_TMPDIR/ports" ] || break
		sleep 0.1
	done
}

teardown_file() {
	kill "$(cat "$BATS_FILE_TMPDIR/pid")"
}

setup() {
	# shellcheck disable=SC1091
	. "$BATS_FILE_TMPDIR/ports"
	origin=http://127.0.0.1:$http
	stats POST >"$BATS_TEST_TMPDIR/before.json"
	result=$BATS_TEST_TMPDIR/result.json
	scenario=$BATS_TEST_TMPDIR/scenario.yaml
}

# stats METHOD - the origin's counts; POST resets them
# has_seen COUNT: whether the origin has received COUNT requests.
has_seen() {
	[ "$(stats GET | json - 'sum(d["requests"].values())')" -ge "$1" ]
}

stats() {
	python3 - "$http" "$1" <<'P'
import http.client, sys
conn = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
conn.request(sys.argv[2], "/stats")
print(conn.getresponse().read().decode())
P
}

# perform [OPTION...] - runs the scenario on standard input, for at most a minute
perform() {
	cat >"$scenario"
	run timeout 60 "$REPRISE" run "$scenario" -t "$origin" --json "$result" "$@"
	echo "$output"
	stats GET >"$BATS_TEST_TMPDIR/stats.json"
	cat "$BATS_TEST_TMPDIR/stats.json"
}

# holds EXPRESSION - checks it on r, the report, and s, the origin's counts
holds() {
	python3 - "$result" "$BATS_TEST_TMPDIR/stats.json" "$1" <<'P'
import json, sys
r, s = (json.load(open(file)) for file in sys.argv[1:3])
q = r["requests"]
if not eval(sys.argv[3]):
    sys.exit(f"does not hold: {sys.argv[3]}\n{q}\n{r['failures']}\n{r['unmeasured']}")
P
}

add_up='q["started"] == q["ok"] + q["failed"] + q["cut_off"] and s["sends"] == q["started"] + q["redirects"] + q["retries"] + q["resent"] + sum(r["unmeasured"].values())'

@test "two users log in 10,000 times and sessions are never mixed up" {
	perform -q <<-'Y'
		defaults:
		  headers: {X-User: "u${user.id}"}
		load: {users: 2, iterations: 5000}
		steps:
		  - get: /session/form
		    extract: {token: {form_field: token}}
		  - post: /session/login
		    form: {token: "${token}", name: "u${user.id}"}
		    expect: {body: {contains: "home of u${user.id}, visit 1."}}
		  - get: /session/home
		    expect: {body: {contains: "home of u${user.id}, visit 2."}}
	Y
	[ "$status" -eq 0 ]
	holds 'q["ok"] == 30000 and q["redirects"] == 20000 and q["failed"] == 0'
	holds 's["mixed_sessions"] == 0 and s["shared_connections"] == 0 and s["logins"] == 10000'
	holds 's["connections"] == 2 and r["generator"]["connections_opened"] == 2'
	holds "$add_up"
}

@test "a new user starts without cookies and connections" {
	perform <<-'Y'
		load: {arrivals: 200/s, duration: 2s}
		steps:
		  - get: /cookies/show
		    expect: {body: {contains: "cookies: none"}}
		  - get: "/cookies/set?mine=${user.id}"
		  - get: /cookies/show
		    expect: {body: {contains: "mine=${user.id}"}}
	Y
	[ "$status" -eq 0 ]
	holds 'q["failed"] == 0 and r["iterations"]["started"] == 400'
	holds 's["connections"] == 400'
	holds "$add_up"
}

@test "with pooled connections, new users reuse connections but never cookies" {
	perform <<-'Y'
		defaults:
		  connections: {reuse: pool}
		load: {arrivals: 200/s, duration: 2s}
		steps:
		  - get: /cookies/show
		    expect: {body: {contains: "cookies: none"}}
		  - get: "/cookies/set?mine=${user.id}"
		  - get: /cookies/show
		    expect: {body: {contains: "mine=${user.id}"}}
	Y
	[ "$status" -eq 0 ]
	holds 'q["failed"] == 0 and r["iterations"]["started"] == 400 and s["connections"] < 400'
	holds "$add_up"
}

@test "without reuse, each request has a separate connection" {
	perform <<-'Y'
		defaults:
		  connections: {reuse: none}
		load: {users: 2, iterations: 5}
		steps:
		  - get: /ok
		  - get: /ok
	Y
	[ "$status" -eq 0 ]
	holds 'q["ok"] == 20 and s["connections"] == 20'
}

@test "a user opens at most per_host connections to a host" {
	perform <<-'Y'
		defaults:
		  connections: {per_host: 3}
		steps:
		  - parallel:
		      - get: /delay/header/50
		      - get: /delay/header/50
		      - get: /delay/header/50
		      - get: /delay/header/50
		      - get: /delay/header/50
		      - get: /delay/header/50
		      - get: /delay/header/50
	Y
	[ "$status" -eq 0 ]
	holds 'q["ok"] == 7 and s["connections"] == 3 and s["max_in_flight"] == 3'
	# Three of seven wait for one response, and one waits for two: a mean wait of 35 ms.
	holds 'r["response_time_ms"]["max"] > 140'
	holds 'r["response_time_ms"]["mean"] > r["service_time_ms"]["mean"] + 30'
}

@test "thirty users with all faults at the same time: every request is counted" {
	perform <<-'Y'
		defaults: {timeout: 60s, on_failure: continue}
		load: {users: 30, total_iterations: 1500}
		scenarios:
		  - name: good
		    weight: 5
		    steps:
		      - get: /ok
		      - get: /redirect/hops/2
		      - post: /redirect/303
		        form: {a: "1"}
		  - name: cut off
		    steps:
		      - get: /reset/now
		      - get: /reset/mid-body
		      - get: /close/now
		      - get: /length/short
		      - get: /chunk/short
		  - name: dead connections
		    steps:
		      - get: /close/next
		      - get: /ok
		      - get: /reset/next
		      - post: /echo
		        body: x
		      - get: /close/idle/1
		      - get: /ok
		  - name: late
		    steps:
		      # On an open connection, the timeout expires after the request was sent.
		      - get: /ok
		      - get: /stall/header
		        timeout: 200ms
		      - get: /ok
		      - get: /drip/100/10
		        timeout: 200ms
		  - name: no HTTP
		    steps:
		      - get: /line/garbage
		      - get: /chunk/bad
		      - get: /redirect/loop
		  - name: refused
		    steps:
		      - get: /status/503
	Y
	[ "$status" -eq 1 ]
	holds 'r["iterations"]["started"] == 1500'
	holds 'q["started"] == q["ok"] + q["failed"] and q["cut_off"] == 0'
	# A connection closed after its response may break while the next request is being sent.
	holds '0 <= q["started"] + q["redirects"] + q["resent"] - s["sends"] <= q["resent"]'
	holds '{"reset", "truncated", "timeout", "protocol", "status"} == {f["class"] for f in r["failures"]}'
}

@test "a timeout after a redirect is reported with the whole time, not with what was left" {
	perform <<-'Y'
		load: {users: 2, iterations: 1}
		steps: [{get: /redirect/stall, timeout: 200ms}]
	Y
	[ "$status" -eq 1 ]
	holds '[(f["class"], f["count"], f["example"]) for f in r["failures"]] == [("timeout", 2, "no response within 200ms, redirects included")]'
}

@test "connect timeouts release all resources" {
	perform -q -j 2 <<-'Y'
		defaults: {timeout: 1ms, on_failure: continue}
		load: {users: 20, iterations: 100}
		steps:
		  - get: /ok
		  - post: /echo
		    body: x
		  - think: 1ms   # without any pause, users whose iterations fail wait up to 1 s after each
	Y
	[[ "$output" != *"[warn]"* ]]
	holds 'q["started"] == 4000 == q["ok"] + q["failed"] and q["cut_off"] == 0'
	holds '{f["class"] for f in r["failures"]} <= {"timeout", "timeout_connect"}'
}

@test "out of open files: a failure of the load generator, and the result is not valid" {
	ulimit -n 64
	perform -j 1 <<-'Y'
		load: {users: 100, iterations: 1}
		steps:
		  - get: /delay/header/300
	Y
	[ "$status" -eq 1 ]
	holds '[f["class"] for f in r["failures"]] == ["generator_fds"] and not r["valid"]'
	holds 'q["started"] == 100 and s["sends"] == q["ok"]'
}

@test "a signal while responses stall: requests are cut off, counted and reported" {
	cat >"$scenario" <<-'Y'
		load: {users: 20, duration: 30s, grace: 300ms}
		steps:
		  - get: /ok
		  - get: /stall/header
	Y
	"$REPRISE" run "$scenario" -t "$origin" --json "$result" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	wait_for 20 has_seen 40
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 143 ]
	stats GET >"$BATS_TEST_TMPDIR/stats.json"
	holds 'q["ok"] == 20 and q["cut_off"] == 20 and q["failed"] == 0'
	holds "$add_up"
}

@test "a closed port: the target was never reached" {
	origin=http://127.0.0.1:$closed
	cat >"$scenario" <<-'Y'
		load: {users: 5, iterations: 3}
		steps:
		  - get: /ok
	Y
	run timeout 20 "$REPRISE" run "$scenario" -t "$origin" --json "$result"
	[ "$status" -eq 3 ]
	echo '{}' >"$BATS_TEST_TMPDIR/stats.json"
	holds 'q["failed"] == 15 and [f["class"] for f in r["failures"]] == ["connect"]'
}
