#!/usr/bin/env bats
# auth: oauth2 and renewed setup against oidc-provider: one renewal per lifetime, and no refused request.

load ../cli/helper
load login_servers

# Seconds that a token is valid, and of the load: LIFETIME=60 DURATION=130 for tokens of a minute.
: "${LIFETIME:=40}" "${DURATION:=50}"

setup() {
	needs_node oidc-provider
	cd "$BATS_TEST_TMPDIR" || return 1
	start_node tokens "$LIFETIME"
}

teardown() {
	stop_servers
}

# perform KEYS: 200 users, whose requests have a token.
perform() {
	cat >s.yaml
	LIMIT_S=$((DURATION + 60)) run reprise run --plain --json r.json s.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	fetch "$SERVER_URL/stats" >stats
	cat stats
	[ "$(json stats 'd["refused"]')" = 0 ]
	[ "$(json r.json '[d["requests"]["failed"], d["requests"]["retries"], d["renewals"]["failed"]]')" = "[0, 0, 0]" ]
	[ "$(json r.json 'd["requests"]["ok"]')" = "$(json stats 'd["accepted"]')" ]
}

# renewals SECONDS: how often a token that is renewed after SECONDS is renewed while the load lasts.
renewals() {
	echo $((DURATION / $1))
}

# The time after which oauth2 renews: nine tenths of the lifetime, or two seconds before its end.
oauth2_every() {
	echo $((LIFETIME < 20 ? LIFETIME - 2 : LIFETIME * 9 / 10))
}

# renewed COUNT: whether the run renewed COUNT times; on a busy machine the last one may not be due.
renewed() {
	count=$(json r.json 'd["renewals"]["count"]')
	[ "$count" -le "$1" ]
	[ "$count" -ge $(($1 * 8 / 10)) ]
}

@test "oidc-provider: 200 users with one token" {
	perform <<-END
		target: $SERVER_URL
		parameters: {SECRET: {default: demo, secret: yes}}
		load: {users: 200, duration: ${DURATION}s}
		defaults:
		  auth: {oauth2: {token_url: /token, client_id: client-0, client_secret: "\${SECRET}"}}
		steps: [{get: /api, expect: {body: {contains: client-0}}}, {think: 1s}]
	END
	renewed "$(renewals "$(oauth2_every)")"
	[ "$(json stats 'd["tokens"]')" = $((count + 1)) ]
}

@test "oidc-provider: 200 users with a token each" {
	perform <<-END
		target: $SERVER_URL
		parameters: {SECRET: {default: demo, secret: yes}}
		load: {users: 200, duration: ${DURATION}s}
		defaults:
		  auth: {oauth2: {token_url: /token, client_id: "client-\${user.id}", client_secret: "\${SECRET}"}}
		steps: [{get: /api, expect: {body: {contains: "client-\${user.id}"}}}, {think: 1s}]
	END
	renewed $((200 * $(renewals "$(oauth2_every)")))
	[ "$(json stats 'd["tokens"]')" = $((count + 200)) ]
}

@test "oidc-provider: setup with every" {
	perform <<-END
		target: $SERVER_URL
		parameters: {SECRET: {default: demo, secret: yes}}
		load: {users: 200, duration: ${DURATION}s}
		setup:
		  every: "\${expires_in * 0.6}s"
		  steps:
		    - post: /token
		      auth: {basic: {user: client-0, password: "\${SECRET}"}}
		      form: {grant_type: client_credentials}
		      extract:
		        token: {jsonpath: \$.access_token, secret: yes}
		        expires_in: {jsonpath: \$.expires_in}
		steps: [{get: /api, auth: {bearer: "\${token}"}}, {think: 1s}]
	END
	renewed "$(renewals $((LIFETIME * 6 / 10)))"
	[ "$(json stats 'd["tokens"]')" = $((count + 1)) ]
}
