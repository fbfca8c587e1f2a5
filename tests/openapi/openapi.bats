#!/usr/bin/env bats
# `reprise import openapi` with specifications and servers that are not ours; tests/openapi/install installs them.

load ../cli/helper

: "${OPENAPI_TOOLS:=$HOME/.cache/reprise-openapi}"

teardown() {
	stop_servers
}

@test "Prism accepts the requests of 100 specifications" {
	local status=0
	[ -x "$OPENAPI_TOOLS/node_modules/.bin/prism" ] || skip "Prism is missing: tests/openapi/install"
	LIMIT_S=3000 timeout 3000 python3 -B "$SRCDIR/tests/openapi/prism.py" "$REPRISE" "$OPENAPI_TOOLS" \
		"$SRCDIR/tests/openapi/specifications.txt" "$BATS_TEST_TMPDIR/work" >table || status=$?
	sed 's/^/# /' table >&3
	[ "$status" -eq 0 ]
	[ "$(grep -c '\.json | ' table)" -ge 100 ]
}

@test "json-server: every request of a chain passes, with several users, and nothing is left" {
	[ -x "$OPENAPI_TOOLS/node_modules/.bin/json-server" ] || skip "json-server is missing: tests/openapi/install"
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$SRCDIR/tests/openapi/json_server.json" db.json
	local port
	port=$(free_port)
	timeout 300 "$OPENAPI_TOOLS/node_modules/.bin/json-server" --host 127.0.0.1 --port "$port" db.json >out 2>&1 </dev/null 3>&- &
	started json-server $! "$port"
	wait_for 60 listens "$port"
	reprise import openapi "$SRCDIR/tests/openapi/json_server.yaml" -o draft.yaml -q --verify -t "http://127.0.0.1:$port"
	reprise run -u 3 -i 5 -t "http://127.0.0.1:$port" draft.yaml
	[ "$(fetch "http://127.0.0.1:$port/customers" | tr -d ' \n')" = "[]" ]
	run ! grep -q ' 404 ' out
}
