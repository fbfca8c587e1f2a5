#!/usr/bin/env bats
# Values that last: renewed setup and before_user against the tokens of the sample shop, which expire;
# variables of a user.

load helper

teardown() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# token_scenario SETUP-KEYS LOAD STEPS: one token for all users.
token_scenario() {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		parameters: {SECRET: {default: demo, secret: yes}}
		load: $2
		setup:
		  $1
		  steps:
		    - post: /oauth/token
		      form: {grant_type: client_credentials, client_id: load, client_secret: "\${SECRET}"}
		      extract:
		        token: {jsonpath: \$.access_token, secret: yes}
		        expires_in: {jsonpath: \$.expires_in}
		steps: $3
	END
}

ME='[{get: /api/me, auth: {bearer: "${token}"}, expect: {jsonpath: {$.user: load}}}, {think: 20ms}]'
ME_LATER='[{get: /api/me, auth: {bearer: "${token}"}}, {think: 100ms}, {log: "${expires_in}"}]'

stats() {
	fetch "$SERVER_URL/stats" | json - "$1"
}

@test "setup is renewed before its token expires: no request is refused" {
	start_demo --token-lifetime 60s
	token_scenario 'every: "${expires_in * 0.01}s"' '{users: 20, duration: 2s}' "$ME"
	run -0 reprise run --plain --json r.json scenario.yaml
	[ "$(json r.json '[d["renewals"]["failed"], d["requests"]["failed"], d["requests"]["retries"]]')" = "[0, 0, 0]" ]
	renewals=$(json r.json 'd["renewals"]["count"]')
	[ "$renewals" -ge 1 ]
	[ "$(stats 'd["tokens"]')" -eq $((renewals + 1)) ]
	[ "$(stats 'd["status"]["4xx"]')" -eq 0 ]
	[[ "$output" == *"renewed  $renewals time"* ]]
}

@test "a 401 renews setup once, and the request is sent again; counts match the server's; outputs show it" {
	start_demo --token-lifetime 500ms
	token_scenario 'renew_on: [401]' '{users: 20, duration: 2s}' "$ME_LATER"
	run -0 reprise run --plain --json r.json --report r.html --out out scenario.yaml
	[ "$(json r.json '[d["renewals"]["failed"], d["requests"]["failed"]]')" = "[0, 0]" ]
	[ "$(json r.json 'd["renewals"]["count"] >= 1 and d["renewals"]["waited"] >= 1')" = true ]
	[ "$(stats 'd["tokens"]')" -eq $(($(json r.json 'd["renewals"]["count"]') + 1)) ]
	[ "$(stats 'd["status"]["4xx"]')" -eq "$(json r.json 'd["requests"]["retries"]')" ]
	[ "$(json r.json 'd["status"]')" = "{\"200\": $(json r.json 'd["requests"]["ok"]')}" ]
	grep -q 'renewals of setup' r.html
	# A rebuilt result has the same counts.
	rm out/summary.json
	run -0 reprise report out
	[ "$(json out/summary.json 'd["renewals"]')" = "$(json r.json 'd["renewals"]')" ]
}

@test "three failed renewals end the run like a failed setup" {
	start_demo
	token_scenario 'every: 300ms' '{users: 2, duration: 60s}' "$ME"
	# Each further request for a token is refused.
	sed -i 's/client_secret: .*}/client_secret: "${counter(\x27n\x27) > 1 and \x27no\x27 or SECRET}"}/' scenario.yaml
	run -1 reprise run --plain --json r.json scenario.yaml
	[ "$(json r.json '[d["renewals"], d["verdict"], d["stopped_by"]]')" = '[{"count": 0, "failed": 3, "waited": 2}, "fail", "three failed renewals of setup or of a token"]' ]
	[[ "$(tr -s "\n " " " <<<"$output")" == *"setup or a token could not be renewed, so the run stopped"* ]]
	[[ "$output" == *"HTTP 401"* ]]
	[ "$(json r.json 'd["duration_s"] < 40')" = true ]
}

@test "before_user is renewed for each user, with its cookies; a variable lasts over its iterations" {
	start_demo --token-lifetime 600ms
	scenario <<-END >/dev/null
		target: $SERVER_URL
		load: {users: 5, duration: 1800ms}
		variables:
		  visits: {per: user, start: 0}
		before_user:
		  renew_on: 401
		  steps:
		    - post: /oauth/token
		      form: {grant_type: password, client_id: app, client_secret: demo, username: "u\${user.id}", password: demo}
		      extract: {token: {jsonpath: \$.access_token}}
		steps:
		  - set: {visits: "\${visits + 1}"}
		  - parallel:
		      - get: /api/me
		        auth: {bearer: "\${token}"}
		        expect: {jsonpath: {\$.user: "u\${user.id}"}}
		      - get: /api/cart
		        auth: {bearer: "\${token}"}
		  - if: \${visits != iteration}
		    then: [{fail: "visits \${visits}"}]
		  - think: 100ms
	END
	run -0 reprise run --plain --json r.json scenario.yaml
	[ "$(json r.json '[d["requests"]["failed"], d["iterations"]["failed"], d["users"]["failed"]]')" = "[0, 0, 0]" ]
	[ "$(json r.json 'd["renewals"]["count"] >= 5')" = true ]
	[ "$(stats 'd["tokens"]')" -eq $(($(json r.json 'd["renewals"]["count"]') + 5)) ]
}

@test "scope fleet: the first shard renews for all; another shard that is refused asks it" {
	start_demo --token-lifetime 700ms
	export RUN_ID=night-7 REPRISE_FLEET_DIR=shared
	mkdir shared
	token_scenario 'renew_on: 401' '{users: 2, duration: 2s}' "$ME_LATER"
	sed -i 's/^  renew_on/  scope: fleet\n  renew_on/' scenario.yaml
	shards=()
	for i in 1 2; do
		timeout 60 "$REPRISE" run --plain --shard $i/2 --json $i.json --out out/$i scenario.yaml >$i.out 2>&1 3>&- &
		shards+=($!)
	done
	wait "${shards[@]}"
	for i in 1 2; do
		[ "$(json $i.json '[d["requests"]["failed"], d["requests"]["ok"] > 5]')" = "[0, true]" ]
	done
	renewals=$(json 1.json 'd["renewals"]["count"]')
	[ "$renewals" -ge 1 ]
	[ "$(json 2.json 'd["renewals"]["count"]')" -eq 0 ]
	[ "$(stats 'd["tokens"]')" -eq $((renewals + 1)) ]
	[ -z "$(ls -A shared)" ]
	run -0 reprise merge out/1 out/2 -o out/all
	[ "$(json out/all/summary.json 'd["renewals"]["count"]')" -eq "$renewals" ]
}

# oauth2 KEYS CHECK: a token with oauth2 for every request.
oauth2() {
	scenario <<-END >/dev/null
		target: $SERVER_URL
		parameters: {SECRET: {default: demo, secret: yes}}
		load: {users: 4, duration: 1s}
		defaults:
		  expect: {body: {contains: user}}
		  auth: {oauth2: {token_url: /oauth/token, client_id: app, $1}}
		steps: [{get: /api/me, expect: {jsonpath: {\$.user: "$2"}}}, {think: 20ms}]
	END
	reprise run --plain --json r.json scenario.yaml
}

@test "oauth2: a token for all users, for each user, and by a refresh token that the server replaces" {
	start_demo --token-lifetime 400ms
	run -0 oauth2 'client_secret: "${SECRET}"' app
	[ "$(json r.json '[d["requests"]["failed"], d["renewals"]["failed"], d["renewals"]["count"] >= 1]')" = "[0, 0, true]" ]
	[ "$(stats 'd["tokens"]')" -eq $(($(json r.json 'd["renewals"]["count"]') + 1)) ]
	run -0 oauth2 'client_secret: "${SECRET}", client_auth: form, grant: password, user: "u${user.id}", password: demo' 'u${user.id}'
	[ "$(json r.json '[d["requests"]["failed"], d["renewals"]["count"] >= 4]')" = "[0, true]" ]
	first=$(fetch_token)
	run -0 oauth2 "client_secret: demo, grant: refresh_token, refresh_token: $first" app
	[ "$(json r.json '[d["requests"]["failed"], d["renewals"]["count"] >= 1]')" = "[0, true]" ]
}

fetch_token() {
	curl -sS -d grant_type=client_credentials -d client_id=app -d client_secret=demo "$SERVER_URL/oauth/token" | json - 'd["refresh_token"]'
}

@test "oauth2: a wrong secret ends the run after three tries, with the server's reason and without the secret" {
	start_demo
	run -1 oauth2 'client_secret: wrong-secret-1' app
	[ "$(json r.json 'd["failures"][0]["example"]')" = "HTTP 401: «invalid_client»" ]
	[[ "$output" != *wrong-secret-1* ]]
	[ "$(json r.json '[d["renewals"]["failed"], d["requests"]["started"]]')" = "[3, 0]" ]
	run -2 oauth2 'grant: password' app
	[[ "$output" == *"grant: password needs user and password"* ]]
}

@test "every output counts renewals" {
	start_demo --token-lifetime 700ms
	shop=$SERVER_URL
	start_sinks
	SERVER_URL=$shop token_scenario 'renew_on: [401]' '{users: 5, duration: 3s}' "$ME_LATER"
	local port pid
	port=$(free_port)
	"$REPRISE" run --plain --json r.json --statsd "127.0.0.1:$STATSD" --prometheus "$port" --prometheus-linger 60s \
		--influx "$WEB/api/v2/write?bucket=b" --otlp "$WEB" --send-wait 60s scenario.yaml >out 2>err </dev/null 3>&- &
	pid=$!
	wait_for 60 grep -q 'the last values stay' err
	fetch "http://127.0.0.1:$port/metrics" metrics
	wait $pid
	wait_for 20 all_packets
	python3 - <<-'END'
		import glob, json, re
		want = json.load(open("r.json"))["renewals"]
		assert want["count"] >= 2 and want["waited"] >= 1, want
		packets = "\n".join(open(name).read() for name in glob.glob("statsd.*"))
		influx, metrics = open("influx").read(), open("metrics").read()
		otlp = {m["name"]: m for m in json.load(open("otlp"))["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]}
		for key, value in want.items():
		    assert sum(map(int, re.findall(r"^reprise\.renewals\.%s:(\d+)\|c" % key, packets, re.M))) == value, key
		    assert sum(map(int, re.findall(r"renewals_%s=(\d+)" % key, influx))) == value, key
		    name = "reprise_renewals" + ("" if key == "count" else "_" + key)
		    assert re.search(r"^%s_total (\d+)$" % name, metrics, re.M).group(1) == str(value), (key, metrics)
		    assert int(otlp["reprise.renewals." + key]["sum"]["dataPoints"][0]["asInt"]) == value, key
	END
	if command -v promtool >/dev/null; then
		sed '$d' metrics | promtool check metrics
	fi
}

all_packets() {
	[ "$(ls | grep -c '^statsd\.[0-9]')" = "$(json r.json 'd["outputs"][0]["given"]')" ]
}

@test "renewals in a search for the capacity, with --once, and in a replay" {
	start_demo --token-lifetime 700ms
	scenario <<-END >/dev/null
		target: $SERVER_URL
		defaults: {auth: {oauth2: {token_url: /oauth/token, client_id: app, client_secret: demo}}}
		steps: [{get: /api/me, expect: {jsonpath: {\$.user: app}}}]
		thresholds: [error_rate < 1%]
	END
	# One token for all levels of the search.
	run reprise run --plain --capacity 5/s..20/s -d 1s --json r.json scenario.yaml
	[ "$status" -le 1 ]
	[ "$(json r.json '[d["renewals"]["failed"], d["failed_by_class"], d["renewals"]["count"] >= 1]')" = "[0, {}, true]" ]
	# The result has only the renewals of the load that it is about.
	[ "$(stats 'd["tokens"]')" -eq "$(json r.json 'd["unmeasured"]["setup"]')" ]
	[ "$(stats 'd["tokens"]')" -gt "$(json r.json 'd["renewals"]["count"]')" ]
	tokens=$(stats 'd["tokens"]')
	run -0 reprise run --once -v scenario.yaml
	[[ "$output" == *"/oauth/token"* ]]
	[ "$(stats 'd["tokens"]')" -eq $((tokens + 1)) ]
	# Recorded requests get the login of the scenario, not the recorded one.
	python3 -c 'import json
for i in range(60):
    print(json.dumps({"at": 1000 + i * 0.04, "session": "s%d" % (i % 4), "url": "/api/me", "name": "Me",
                      "headers": {"Authorization": "Bearer old", "Accept": "text/plain"}}))' >requests.ndjson
	sed -i 's/^steps: .*/load: {replay: {file: requests.ndjson}}/' scenario.yaml
	run -0 reprise run --plain --json r.json scenario.yaml
	[ "$(json r.json '[d["requests"]["ok"], d["requests"]["failed"], d["renewals"]["failed"], d["renewals"]["count"] >= 1]')" = "[60, 0, 0, true]" ]
	[ "$(stats 'd["tokens"]')" -eq $((tokens + 2 + $(json r.json 'd["renewals"]["count"]'))) ]
}

@test "oauth2: the same login at several steps has one token; many steps are possible" {
	start_demo
	{
		echo "target: $SERVER_URL"
		echo "steps:"
		for i in $(seq 40); do
			echo "  - {get: /api/me?$i, auth: {oauth2: {token_url: /oauth/token, client_id: app, client_secret: demo}}}"
		done
		echo "  - {get: /api/me, auth: {oauth2: {token_url: /oauth/token, client_id: other, client_secret: demo}}, expect: {jsonpath: {\$.user: other}}}"
	} | scenario >/dev/null
	run -0 reprise run --plain --json r.json scenario.yaml
	[ "$(json r.json 'd["requests"]["ok"]')" = 41 ]
	[ "$(stats 'd["tokens"]')" = 2 ]
}
