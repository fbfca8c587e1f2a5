#!/usr/bin/env bats
# A visit to the sample shop in Chromium (tests/cli/visitor.py), recorded by `reprise record` and by
# the browser itself; imported without changes, verified, and run with many users. The shop's log
# shows which user sent which tokens and orders.
# Skipped without Chromium (contrib/install-deps pages); runs once, not with a sanitizer.

load helper

setup_file() {
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	start_demo --log "$BATS_FILE_TMPDIR/shop.log"
	export SHOP=$SERVER_URL
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$REPRISE" demo --port 0 \
		--log "$BATS_FILE_TMPDIR/tls.log" --certificate "$BATS_FILE_TMPDIR/shop.pem" >"$BATS_FILE_TMPDIR/tls.out" 2>&1 </dev/null 3>&- &
	started tls $!
	wait_for 20 grep -q 'https://127' "$BATS_FILE_TMPDIR/tls.out"
	export TLS_SHOP=https://localhost:$(sed -n 's|.*https://127.0.0.1:\([0-9]*\).*|\1|p' "$BATS_FILE_TMPDIR/tls.out")
	export SHOP_CA="$BATS_FILE_TMPDIR/shop.pem" XDG_DATA_HOME="$BATS_FILE_TMPDIR/data"
}

setup() {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ -z "${SANITIZED:-}" ] || skip "once is enough"
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

# counts LOG FROM: counts in the shop's log, starting at line FROM + 1:
#   visits, their logins and orders, the different tokens and order pages, those of several visitors
told() {
	tail -n +$(($2 + 1)) "$1" | python3 -c '
import collections, json, re, sys
visitors, tokens, orders, sent = set(), collections.defaultdict(set), collections.defaultdict(set), collections.Counter()
for line in map(json.loads, sys.stdin):
    visitors.add(line["user"]) if line["user"] else None
    what = line["method"] + " " + line["url"]
    if line["status"] == 303:
        sent[what] += 1
    if "csrf_token" in line:
        tokens[line["csrf_token"]].add(line["user"])
    order = re.fullmatch("GET /orders/([0-9]+)", what)
    if order and line["status"] == 200:
        orders[order[1]].add(line["user"])
shared = [k for k, whose in [*tokens.items(), *orders.items()] if len(whose) > 1]
print(len(visitors), sent["POST /login"], sent["POST /checkout"], len(tokens), len(orders), len(shared))'
}

# by_many FILE LOG: 50 users, two iterations each; nothing may fail. The shop's log must show 100
# visitors, a new one in each iteration, with a login and an order; no token and no order page is
# shared.
by_many() {
	local from
	from=$(wc -l <"$2")
	run reprise run -q -u 50 -i 2 --json many.json -p PASSWORD=demo "$1"
	[ "$status" -eq 0 ]
	[ "$(json many.json 'd["requests"]["failed"]')" -eq 0 ]
	[ "$(json many.json 'd["iterations"]["completed"]')" -eq 100 ]
	[ "$(told "$2" "$from")" = "100 100 100 100 100 0" ]
}

record() {
	LIMIT_S=150 run reprise record --browser "$(visitor)" "$@"
	[ "$status" -eq 0 ]
	grep -q '^/orders/' "$VISITOR_LOG"
	[[ "$output" == *"form submissions use the form of the page"*"secrets    password"* ]]
}

@test "a visit over HTTP with marks: three groups, verified, run with many users" {
	VISITOR_MARKS=yes record "$SHOP/" -o buy.yaml
	[ "$(grep -o 'group: .*' buy.yaml | tr '\n' ' ')" = "group: Log in group: Search group: Order " ]
	[ "$(grep -c 'demo$' buy.yaml || true)" -eq 0 ]
	run reprise import har buy.har -o again.yaml --verify
	[ "$status" -eq 0 ]
	[[ "$output" == *"verified: 10 of 10 steps got the recorded response in each of 8 performances"* ]]
	by_many buy.yaml "$BATS_FILE_TMPDIR/shop.log"
}

@test "a visit over HTTPS: only the started browser trusts the recorder" {
	record "$TLS_SHOP/" --ca "$SHOP_CA" -o buy.yaml
	run reprise import har buy.har -o again.yaml --verify
	[ "$status" -eq 0 ]
	by_many buy.yaml "$BATS_FILE_TMPDIR/tls.log"
}

@test "the HAR file of the browser itself: imported, verified, run with many users" {
	VISITOR_HAR="$PWD/own.har" timeout 150 python3 -B "$(visitor)" "$SHOP/"
	run reprise import har own.har --verify
	[ "$status" -eq 0 ]
	[[ "$output" == *"form submissions use the form of the page"* ]]
	by_many own.yaml "$BATS_FILE_TMPDIR/shop.log"
}

# A ticket of the page, and the id of a conversation that the server issued in a message.
chat_by_many() {
	grep -q 'websocket: /ws/support' "$1"
	grep -q 'query: {ticket: "${ticket}"}' "$1"
	[ "$(grep -c 'conversation: "${conversation}"' "$1")" -eq 3 ]
	grep -q 'when: {jsonpath: {"$.type": ping}}, send: {json: {type: pong}}' "$1"
	[ "$(grep -c 'wait_for: {jsonpath: {"$.type": reply}}' "$1")" -eq 2 ]
	run ! grep -Eq '[0-9a-f]{32}' "$1"
	run reprise run -q -u 20 -i 2 --json many.json "$1"
	[ "$status" -eq 0 ]
	[ "$(json many.json 'd["requests"]["failed"]')" -eq 0 ]
	[ "$(json many.json 'd["messages"]["sent"]')" -ge 120 ]
	[ "$(json many.json 'd["sockets"]')" = '{"opened": 40, "open": 0}' ]
}

@test "a visit with a chat over a WebSocket: recorded, verified, run with many users" {
	export VISITOR_VISIT=chat
	LIMIT_S=150 run reprise record --browser "$(visitor)" "$SHOP/" -o chat.yaml
	[ "$status" -eq 0 ]
	grep -q '^Transcript: 2 questions' "$VISITOR_LOG"
	[[ "$output" == *"ws/support: "*" messages, 3 sent by steps, 3 awaited by wait_for, "*"replied to by on_message"* ]]
	grep -q 'close: 1000' chat.yaml
	run reprise import har chat.har -o again.yaml --verify
	[ "$status" -eq 0 ]
	[[ "$output" == *"verified: 7 of 7 steps got the recorded response"* ]]
	chat_by_many chat.yaml
}

@test "a chat over TLS, in the HAR file of the browser itself" {
	export VISITOR_VISIT=chat
	LIMIT_S=150 run reprise record --browser "$(visitor)" "$TLS_SHOP/" --ca "$SHOP_CA" -o chat.yaml
	[ "$status" -eq 0 ]
	run reprise import har chat.har -o again.yaml --verify
	[ "$status" -eq 0 ]
	chat_by_many chat.yaml
	VISITOR_HAR="$PWD/own.har" timeout 150 python3 -B "$(visitor)" "$SHOP/"
	run reprise import har own.har --verify
	[ "$status" -eq 0 ]
	chat_by_many own.yaml
}
