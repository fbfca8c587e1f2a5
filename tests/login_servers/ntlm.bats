#!/usr/bin/env bats
# auth: ntlm against Express with express-ntlm.

load ../cli/helper
load login_servers

teardown() {
	stop_servers
}

@test "express-ntlm: each user logs in once per connection, and gets no connection of another one" {
	needs_node express express-ntlm
	start_node ntlm
	{
		echo "user,password"
		for i in $(seq 50); do echo "user$i,word$i"; done
	} >"$BATS_TEST_TMPDIR/people.csv"
	for keys in 'per: user' 'per: iteration'; do
		for reuse in user pool; do
			scenario <<-END
				target: $SERVER_URL
				data: {person: {file: people.csv, $keys}}
				load: {users: 40, iterations: 10}
				defaults:
				  connections: {reuse: $reuse}
				  auth: {ntlm: {user: "\${person.user}", password: "\${person.password}", domain: CORP}}
				steps:
				  - get: /who/\${person.user}
				    expect: {body: "CORP/\${person.user}"}
				  - post: /who/\${person.user}
				    json: {text: hello}
				    expect: {body: "CORP/\${person.user}"}
			END
			run -0 reprise run --json "$BATS_TEST_TMPDIR/r.json" "$BATS_TEST_TMPDIR/scenario.yaml"
			[ "$(json "$BATS_TEST_TMPDIR/r.json" '[d["requests"]["ok"], d["requests"]["failed"], d["requests"]["resent"]]')" = "[800, 0, 0]" ]
			logins=$(json "$BATS_TEST_TMPDIR/r.json" 'd["requests"]["redirects"]')
			# One login for each user, or for each of its rows.
			[ "$keys" = 'per: iteration' ] || [ "$logins" = 40 ]
			[ "$logins" -ge 40 ]
			[ "$logins" -le 400 ]
		done
	done
	[ "$(fetch "$SERVER_URL/stats" | json - '[d["requests"], d["mixed"]]')" = "[3200, 0]" ]
}
