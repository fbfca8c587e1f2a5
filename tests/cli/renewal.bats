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
