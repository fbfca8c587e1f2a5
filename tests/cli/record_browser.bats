#!/usr/bin/env bats
# A visit to the sample shop in a real Chromium (tests/cli/visitor.py), recorded through `reprise
# record` and by the browser itself; imported without a hand on it, verified, and run by many.
# Skipped where there is no Chromium (contrib/install-deps pages); run once, not under a sanitizer.

load helper

setup_file() {
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	start_demo
	export SHOP=$SERVER_URL
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$REPRISE" demo --port 0 \
		--certificate "$BATS_FILE_TMPDIR/shop.pem" >"$BATS_FILE_TMPDIR/tls.out" 2>&1 </dev/null 3>&- &
	started tls $!
	wait_for 20 grep -q 'https://127' "$BATS_FILE_TMPDIR/tls.out"
	export TLS_SHOP=https://localhost:$(sed -n 's|.*https://127.0.0.1:\([0-9]*\).*|\1|p' "$BATS_FILE_TMPDIR/tls.out")
	export SHOP_CA="$BATS_FILE_TMPDIR/shop.pem" XDG_DATA_HOME="$BATS_FILE_TMPDIR/data"
}

setup() {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ "${SANITIZED:-}" != yes ] || skip "once is enough"
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	export VISITOR_LOG="$BATS_TEST_TMPDIR/visitor.log"
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	[ ! -e "$VISITOR_LOG" ] || cat "$VISITOR_LOG"
}

teardown_file() {
	stop_servers
}

visitor() {
	echo "$SRCDIR/tests/cli/visitor.py"
}

# counted URL: logins and orders so far.
counted() {
	curl -sk -m 20 "$1/stats" | json - 'd["logins"], d["orders"]' | tr -d '[],'
}

# by_many FILE URL: 20 users, twice each; nothing may fail, and each visit is a login and an order
# of its own.
by_many() {
	local before after
	read -r -a before <<<"$(counted "$2")"
	run reprise run -q -u 20 -i 2 --json many.json -p PASSWORD=demo "$1"
	[ "$status" -eq 0 ]
	[ "$(json many.json 'd["requests"]["failed"]')" -eq 0 ]
	[ "$(json many.json 'd["iterations"]["completed"]')" -eq 40 ]
	read -r -a after <<<"$(counted "$2")"
	[ "$((after[0] - before[0])) $((after[1] - before[1]))" = "40 40" ]
}

record() {
	LIMIT_S=150 run reprise record --browser "$(visitor)" "$@"
	[ "$status" -eq 0 ]
	grep -q '^/orders/' "$VISITOR_LOG"
	[[ "$output" == *"csrf_token"*"used 3 times  certain"*"taken out  password"* ]]
}

@test "a visit over HTTP, with marks: three groups, verified, run by many" {
	VISITOR_MARKS=yes record "$SHOP/" -o buy.yaml
	[ "$(grep -o 'group: .*' buy.yaml | tr '\n' ' ')" = "group: Log in group: Search group: Order " ]
	[ "$(grep -c 'demo$' buy.yaml || true)" -eq 0 ]
	run reprise import har buy.har -o again.yaml --verify
	[ "$status" -eq 0 ]
	[[ "$output" == *"verified: 10 of 10 steps answer as recorded"* ]]
	by_many buy.yaml "$SHOP"
}

@test "a visit over HTTPS: the browser trusts the recorder and nobody else has to" {
	record "$TLS_SHOP/" --ca "$SHOP_CA" -o buy.yaml
	run reprise import har buy.har -o again.yaml --verify
	[ "$status" -eq 0 ]
	by_many buy.yaml "$TLS_SHOP"
}

@test "the same visit as the browser itself tells it: imported, verified, run by many" {
	VISITOR_HAR="$PWD/own.har" timeout 150 python3 -B "$(visitor)" "$SHOP/"
	run reprise import har own.har --verify
	[ "$status" -eq 0 ]
	[[ "$output" == *"csrf_token"*"used 3 times  certain"* ]]
	by_many own.yaml "$SHOP"
}
