#!/usr/bin/env bats
# Profiles, and the source of each setting.

load helper

setup_file() {
	start_nginx
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >"$NGINX_DIR/access.log"
	scenario <<-END >/dev/null
		target: $SERVER_URL
		parameters:
		  COUNT: {default: 3}
		  WORD: {default: hat}
		  TOKEN: {secret: true, default: not-a-secret}
		load: {users: "\${COUNT}", iterations: 2}
		thresholds: [error_rate < 100%]
		profiles:
		  smoke:
		    parameters: {COUNT: 5, WORD: coat}
		    load: {users: "\${COUNT}", iterations: 1}
		    thresholds: [error_rate < 5%, p95 < 1m]
		  words:
		    parameters: {WORD: shoe}
		defaults: {headers: {X-Token: "\${TOKEN}"}}
		steps:
		  - get: /\${WORD}
	END
}

# The requests that the server received, with their numbers.
asked() {
	awk '{print $7}' "$NGINX_DIR/access.log" | sort | uniq -c | awk '{printf "%s×%s ", $1, $2}'
}

@test "a profile replaces load, thresholds and parameters of the file" {
	run reprise run scenario.yaml
	[ "$status" -eq 0 ]
	[ "$(asked)" = "6×/hat " ]
	: >"$NGINX_DIR/access.log"
	run reprise run --profile smoke --json r.json scenario.yaml
	[ "$status" -eq 0 ]
	[ "$(asked)" = "5×/coat " ]
	[[ $output == *"5 users once (profile smoke)"* ]]
	[ "$(json r.json '[t["check"] for t in d["thresholds"]]')" = '["error_rate < 5%", "p95 < 1m", "failed_iterations = 0 (default)"]' ]
	: >"$NGINX_DIR/access.log"
	REPRISE_PROFILE=words run reprise run scenario.yaml
	[ "$(asked)" = "6×/shoe " ]
}

@test "priority: option, environment, profile, file, default" {
	from() { # OPTION…: what COUNT is and where from
		reprise show --config "$@" scenario.yaml | sed -nE 's/^parameters.COUNT +([^ ]+) +(.*)/\1 \2/p'
	}
	[ "$(from)" = "3 scenario.yaml:3" ]
	[ "$(from --profile smoke)" = "5 profile smoke" ]
	[ "$(COUNT=6 from --profile smoke)" = "6 environment COUNT" ]
	[ "$(COUNT=6 from --profile smoke -p COUNT=7)" = "7 option -p" ]
	printf 'COUNT=8\n' >env
	[ "$(from --profile smoke --env-file env)" = "8 env:1" ]
	run reprise show --config -u 9 --profile smoke scenario.yaml
	[[ $output =~ load.users\ +9\ +option\ -u ]]
	[[ $output =~ load.grace\ +30s\ +default ]]
	REPRISE_THREADS=2 run reprise show --config scenario.yaml
	[[ $output =~ --threads\ +2\ +environment\ REPRISE_THREADS ]]
}

@test "show --config never shows a secret" {
	run reprise show --config -p TOKEN=s3cr3t -t http://ann:pw@h.example scenario.yaml
	[ "$status" -eq 0 ]
	[[ $output =~ parameters.TOKEN\ +\*\*\*\ +option\ -p ]]
	[[ $output != *s3cr3t* ]]
	[[ $output == *"http://***@h.example"* ]]
	[[ $output != *":pw"* ]]
}

@test "show --config never shows credentials of outputs and proxies" {
	cat >plain.yaml <<-'END'
		target: http://h.example
		parameters: {LOGIN: {default: anna}}
		defaults:
		  proxy: http://me:hush1@proxy.example:3128
		  headers: {Authorization: Bearer hush2, X-Api-Key: hush3, Cookie: s=hush4, Accept: text/html, X-Auth-Token: "${LOGIN}"}
		steps: [get: /]
	END
	REPRISE_INFLUX='http://u:hush5@h:8086/write?db=load&u=anna&p=hush6&token=hush7' 		REPRISE_OTLP='https://u:hush8@h:4318/v1/metrics?api_key=hush9' INFLUX_TOKEN=hush10 		OTEL_EXPORTER_OTLP_HEADERS='authorization=hush11' run reprise show --config plain.yaml
	[ "$status" -eq 0 ]
	[[ $output != *hush* ]]
	[[ $output == *'http://***@h:8086/write?db=load&u=anna&p=***&token=*** '* ]]
	[[ $output == *'https://***@h:4318/v1/metrics?api_key=*** '* ]]
	[[ $output =~ influx\ token\ +\*\*\*\ +environment\ INFLUX_TOKEN ]]
	[[ $output =~ Authorization\ +\*\*\* ]]
	[[ $output =~ Accept\ +text/html ]]
	[[ $output =~ X-Auth-Token\ +\$\{LOGIN\} ]]
}

@test "an unknown profile is reported with the nearest name, and nothing is sent" {
	run reprise run --profile smoek scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"option --profile: there is no profile named 'smoek'; did you mean 'smoke'?  [E229]"* ]]
	REPRISE_PROFILE=nothing run reprise run scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"environment REPRISE_PROFILE: there is no profile named 'nothing'"* ]]
	[ -z "$(asked)" ]
}

@test "a profile's value is checked against the type of the parameter" {
	sed -i 's/COUNT: 5/COUNT: five/' scenario.yaml
	run reprise check --profile smoke scenario.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"scenario.yaml:10:25: error:"*"[E216]"* ]]
}
