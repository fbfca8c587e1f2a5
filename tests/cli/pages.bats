#!/usr/bin/env bats
# report.html and the dashboard. Tests that need a browser are skipped without Chromium
# (contrib/install-deps pages), and are not repeated with a sanitizer.

load helper

setup_file() {
	start_demo
	export SHOP_URL=$SERVER_URL
	shop 'users: 3, iterations: 5' | scenario shop.yaml >/dev/null
	shop 'users: 2, duration: 90s' | scenario long.yaml >/dev/null
	run_into first
	run_into second
}

# shop LOAD: a scenario with hostile names.
shop() {
	cat <<-END
		name: <img src=x onerror=document.title='owned'>
		target: $SHOP_URL
		load: {$1}
		thresholds: [error_rate < 20%, p95 < 10s]
		defaults: {think: 20ms}
		scenarios:
		  - name: "</script><script>document.title='owned'</script>"
		    steps:
		      - get: /
		        name: "\"'><svg onload=document.title='owned'>"
		      - get: /nope
		        name: "\u202Eevil\u0000\u001b[2J"
		      - get: /api/products?q=hat
		        expect: {body: {contains: "<b>]]></title><img src=x onerror=alert(1)>"}}
	END
}

run_into() {
	timeout 60 "$REPRISE" run -q -o "$BATS_FILE_TMPDIR/$1" "$BATS_FILE_TMPDIR/shop.yaml" >/dev/null || [ $? -eq 1 ]
}

teardown() {
	stop_servers
}

teardown_file() {
	stop_servers
}

page() {
	echo "$BATS_FILE_TMPDIR/first/report.html"
}

# ---- the file

@test "report.html: one self-contained file with the verdict at the top" {
	run grep -oE '(src|href|action|url)[=(]"?[^" )]*' "$(page)"
	[ "$(printf '%s\n' "$output" | grep -vE "^(href=\"data:,|href=\"#[a-z]+$|src=x|url=\")" | grep -c .)" -eq 0 ]
	[ "$(grep -cE '<section id="verdict"><div class="verdict (bad|warn)"><div class="words">(<p class="word">NOT VALID</p>)?<p class="word( other)?">FAILED' "$(page)")" -eq 1 ]
	[ "$(stat -c %s "$(page)")" -lt 500000 ]
	grep -q "$(json "$BATS_FILE_TMPDIR/first/summary.json" 'd["requests"]["started"]') requests in" "$(page)"
}

@test "report.html: the content security policy allows only its style and scripts" {
	python3 - "$(page)" <<-'END'
		import base64, hashlib, re, sys
		text = open(sys.argv[1], encoding="utf-8").read()
		policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
		for tag in "style", "script":
		    inside = re.search("<%s>(.*?)</%s>" % (tag, tag), text, re.S).group(1)
		    digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
		    assert "%s-src 'sha256-%s'" % (tag, digest) in policy, tag
		assert policy.startswith("default-src 'none';") and "unsafe" not in policy
	END
}

@test "report.html: every chart has a table" {
	python3 - "$(page)" <<-'END'
		import re, sys
		text = open(sys.argv[1], encoding="utf-8").read()
		figures = re.findall(r'<figure class="card chart".*?</figure>', text, re.S)
		assert len(figures) >= 6, len(figures)
		for figure in figures:
		    assert 'role="img" aria-label="' in figure and "<details>" in figure and "<table>" in figure
	END
}

@test "report recreates report.html, and compares two results" {
	local page="$BATS_FILE_TMPDIR/second/report.html"
	rm "$page"
	run reprise report "$BATS_FILE_TMPDIR/second"
	[ "$status" -eq 0 ]
	[ "$(grep -c 'Compared with' "$page")" -eq 0 ]
	run reprise report "$BATS_FILE_TMPDIR/second" --against "$BATS_FILE_TMPDIR/first"
	[ "$status" -eq 0 ]
	grep -q 'Compared with .*/first' "$page"
	grep -q 'id="chart-both-nines"' "$page"
	run reprise report "$BATS_FILE_TMPDIR/second" --against "$BATS_FILE_TMPDIR/none"
	[ "$status" -eq 2 ]
}

@test "--report with several files: one report per file" {
	local file="$BATS_FILE_TMPDIR/shop.yaml"
	run reprise run -q --report "$BATS_TEST_TMPDIR/a.b/page.html" "$file"
	[ "$status" -eq 2 ]
	mkdir "$BATS_TEST_TMPDIR/a.b"
	run reprise run -q --report "$BATS_TEST_TMPDIR/a.b/page.html" "$file" "$file" "$file"
	[ "$(cd "$BATS_TEST_TMPDIR/a.b" && echo *)" = "page-2.html page-3.html page.html" ]
}

@test "--report without --out; an output that cannot be opened sends nothing" {
	run reprise run -q --report "$BATS_TEST_TMPDIR/alone.html" "$BATS_FILE_TMPDIR/shop.yaml"
	[ "$status" -eq 1 ]
	grep -q '<section id="steps"><h2>' "$BATS_TEST_TMPDIR/alone.html"
	run reprise run -q --report /nowhere/report.html "$BATS_FILE_TMPDIR/shop.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"/nowhere/report.html"* ]]
}

# ---- the dashboard

# start_dashboard: an endless run in the background; its URL is in DASHBOARD, its pid in RUN_PID.
start_dashboard() {
	timeout -k 5 100 "$REPRISE" run --plain --dashboard 127.0.0.1:0 \
		--json "$BATS_TEST_TMPDIR/out.json" "$BATS_FILE_TMPDIR/long.yaml" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null 3>&- &
	RUN_PID=$!
	started run $RUN_PID
	wait_for 20 grep -q 'dashboard is at' "$BATS_TEST_TMPDIR/err"
	DASHBOARD=$(sed -n 's/.*dashboard is at //p' "$BATS_TEST_TMPDIR/err")
	TOKEN=${DASHBOARD#*token=}
	BASE=${DASHBOARD%/*}
}

code() {
	curl -s -o /dev/null -m 20 -w '%{http_code}' "$@"
}

@test "dashboard: requires the token and a matching Host header" {
	start_dashboard
	[ "$(code "$DASHBOARD")" = 200 ]
	[ "$(code "$BASE/")" = 403 ]
	[ "$(code "$BASE/?token=${TOKEN}x")" = 403 ]
	[ "$(code "$BASE/?token=${TOKEN%?}$([[ $TOKEN == *A ]] && echo B || echo A)")" = 403 ]
	[ "$(code "$BASE/events")" = 403 ]
	[ "$(code -H 'Host: evil.example' "$DASHBOARD")" = 403 ]
	[ "$(code -H 'Host: localhost:1' "$DASHBOARD")" = 200 ]
	[ "$(code -d token=guess "$BASE/stop")" = 403 ]
	[ "$(code -X POST "$BASE/stop?token=$TOKEN")" = 403 ]
	[ "$(code "$BASE/other?token=$TOKEN")" = 404 ]
	curl -s -m 20 -D - -o "$BATS_TEST_TMPDIR/page" "$DASHBOARD" >"$BATS_TEST_TMPDIR/headers"
	grep -qi "^content-security-policy: default-src 'none'.*frame-ancestors 'none'" "$BATS_TEST_TMPDIR/headers"
	grep -qi '^cache-control: no-store' "$BATS_TEST_TMPDIR/headers"
	grep -q 'Stop gracefully' "$BATS_TEST_TMPDIR/page"
	failing_exchange() {
		curl -s -m 20 "$DASHBOARD" | grep -q '<summary>Complete exchange</summary><pre class="curl">curl -i '
	}
	wait_for 20 failing_exchange
}

@test "dashboard: receives updates, and the button stops the run gracefully" {
	start_dashboard
	curl -sN -m 60 "$BASE/events?token=$TOKEN" >"$BATS_TEST_TMPDIR/events" 3>&- &
	local viewer=$!
	wait_for 20 grep -q '^data: {"over":false.*<h2>Latest failures' "$BATS_TEST_TMPDIR/events"
	[ "$(code -d "token=$TOKEN" "$BASE/stop")" = 303 ]
	wait_for 20 ended "$RUN_PID"
	wait "$viewer" || true
	grep -q '^data: {"over":true' "$BATS_TEST_TMPDIR/events"
	grep '^data: ' "$BATS_TEST_TMPDIR/events" | sed 's/^data: //' | python3 -c 'import json, sys
for line in sys.stdin:
    update = json.loads(line)
    assert "verdict" in update["sections"] and "charts" in update["data"]'
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["stopped_by"]')" = "a user of the dashboard" ]
}

@test "dashboard: slow or closed browsers do not delay the run" {
	start_dashboard
	python3 - "$BASE" "$TOKEN" 3>&- <<-'END' &
		import socket, sys, time
		host, port = sys.argv[1].split("//")[1].split(":")
		ask = "GET /events?token=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % sys.argv[2]
		held = []
		for i in range(12):
		    s = socket.socket()
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
		    s.connect((host, int(port)))
		    s.sendall(ask.encode())
		    if i % 2:
		        held.append(s)
		    else:
		        s.close()
		time.sleep(60)
	END
	local dead=$!
	started dead $dead
	curl -sN -m 60 "$BASE/events?token=$TOKEN" >"$BATS_TEST_TMPDIR/events" 3>&- &
	local viewer=$!
	three_updates() { [ "$(grep -c '^data: ' "$BATS_TEST_TMPDIR/events")" -ge 3 ]; }
	wait_for 20 three_updates
	[ "$(code -d "token=$TOKEN" "$BASE/stop")" = 303 ]
	wait_for 20 ended "$RUN_PID"
	wait "$viewer" || true
	kill "$dead"
}

@test "dashboard: with an invalid or used address, nothing is sent" {
	run reprise run -q --dashboard nonsense "$BATS_FILE_TMPDIR/shop.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"needs HOST:PORT or a port, not 'nonsense'"* ]]
	run reprise run -q --dashboard "${SHOP_URL#http://}" "$BATS_FILE_TMPDIR/shop.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"cannot listen"* ]]
}

@test "dashboard: a warning if other machines can reach it" {
	run reprise run --plain --dashboard 0.0.0.0:0 "$BATS_FILE_TMPDIR/shop.yaml"
	[[ "$output" == *"can be reached from the network"* ]]
	[[ "$output" == *"the dashboard is at http://127.0.0.1:"*"/?token="* ]]
}

# ---- in a real browser

# browser URL STEP…: see browser.py.
browser() {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ -z "${SANITIZED:-}" ] || skip "once is enough"
	timeout -k 5 100 python3 -B "$SRCDIR/tests/cli/browser.py" "$BATS_TEST_TMPDIR/profile" "$@" 3>&-
}

harmless=(
	"document.title.includes('<img src=x onerror=')"
	"document.querySelectorAll('script').length === 2"
	"document.querySelectorAll('img, svg[onload], iframe, object, embed').length === 0"
	"document.body.innerText.includes(\"</script><script>document.title='owned'\")"
	"document.body.innerText.includes('<svg onload=document.title')"
	"document.body.innerText.includes('\\\\xE2\\\\x80\\\\xAEevil')"
)

@test "browser: hostile names stay text, and the console stays empty" {
	browser "file://$(page)" "${harmless[@]}"
}

@test "browser: pointer, zoom, keys, sorting, light and dark" {
	browser "file://$(page)" \
		"move rate 0.5" \
		"/answered/.test(document.getElementById('tip').innerText)" \
		"document.querySelectorAll('.cross').length >= 4" \
		"move heat 0.5" \
		"/ to /.test(document.getElementById('tip').innerText)" \
		"move nines 0.9" \
		"/% of all/.test(document.getElementById('tip').innerText)" \
		"document.querySelector('[data-chart=rate]').focus(), true" \
		"key ArrowRight" \
		"!document.getElementById('tip').hidden" \
		"document.querySelector('[data-chart=nines]').focus(), true" \
		"document.getElementById('theme').click(), document.documentElement.dataset.theme === 'dark'" \
		"getComputedStyle(document.body).backgroundColor === 'rgb(16, 21, 28)'" \
		"document.querySelectorAll('.steps thead button')[1].click(), true" \
		"document.querySelectorAll('.steps thead th')[1].getAttribute('aria-sort') === 'descending'"
}

@test "browser: a time range is selected and reset" {
	local run="$BATS_TEST_TMPDIR/longer"
	timeout 60 "$REPRISE" run -q -o "$run" -d 4s "$BATS_FILE_TMPDIR/long.yaml" >/dev/null || [ $? -eq 1 ]
	browser "file://$run/report.html" \
		"document.getElementById('whole').hidden" \
		"drag percentiles 0.1 0.8" \
		"!document.getElementById('whole').hidden" \
		"!document.querySelector('[data-chart=users] .in').getAttribute('viewBox').startsWith('0 0 3000')" \
		"document.getElementById('whole').click(), true" \
		"document.querySelector('[data-chart=users] .in').getAttribute('viewBox') === '0 0 3000 1000'"
}

@test "browser: the dashboard updates, stops the run, and shows its end" {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ -z "${SANITIZED:-}" ] || skip "once is enough"
	start_dashboard
	browser "$DASHBOARD" "${harmless[@]}" \
		"document.getElementById('link').textContent === 'Live'" \
		"window.before = document.querySelector('.clock').textContent" \
		"document.querySelector('.clock').textContent !== window.before" \
		"move rate 0.5" \
		"document.querySelector('#latest table') !== null" \
		"document.querySelector('details.exchange summary').click(), true" \
		"/HTTP 404/.test(document.querySelector('details.exchange[open] pre:last-child').innerText)" \
		"document.querySelector('form.stop button').click(), true" \
		"/Stopping/.test(document.getElementById('stop').innerText) || document.querySelector('.verdict .words').innerText.includes('FAILED')" \
		"document.getElementById('link').textContent.startsWith('The run has ended: ')" \
		"document.querySelector('.verdict .words').innerText.includes('FAILED')"
	wait_for 20 ended "$RUN_PID"
}

# The elements that a page may have, whatever the scenario and the server contain; their text is shown.
only_ours=(
	"![...document.querySelectorAll('*')].some(e => !'html head meta title link style script noscript body header nav main section div h1 h2 h3 p a bdi span small b i code pre button form input dl dt dd table caption thead tbody tfoot tr th td figure figcaption ul li details summary svg g line path rect text'.split(' ').includes(e.localName))"
	"![...document.querySelectorAll('*')].some(e => [...e.attributes].some(a => /^on|^srcdoc$|^style$/.test(a.name)))"
	"[...document.querySelectorAll('[href], [src], [action]')].every(e => /^(#[a-z]+|data:,|stop)$/.test(e.getAttribute('href') || e.getAttribute('src') || e.getAttribute('action')))"
	"document.querySelectorAll('script').length === 2"
	"!document.title.includes('owned') || document.title.includes('</script>')"
	"document.body.innerText.includes('<img src=x onerror=alert(1)>')"
	"document.body.innerText.includes(']]></title></style><svg onload=alert(1)><!--')"
	"document.body.innerText.includes('<a href=javascript:alert(1)>x</a>')"
	"document.body.innerText.includes('\\\\x1B]0;owned')"
	"!/[\\u0080-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]/.test(document.documentElement.innerHTML)"
)
# Checks for every page.
harmless_at_all=("${only_ours[@]:0:4}")
open_all="document.querySelectorAll('details').forEach(d => { d.open = true; }), true"

@test "browser: hostile names, headers, reasons and bodies stay text, also in step charts" {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ -z "${SANITIZED:-}" ] || skip "once is enough"
	start_enemy
	python3 -B "$SRCDIR/tests/cli/hostile.py" scenario "$ENEMY" >"$BATS_TEST_TMPDIR/s.yaml"
	run reprise run -q --report "$BATS_TEST_TMPDIR/enemy.html" "$BATS_TEST_TMPDIR/s.yaml"
	[ "$status" -eq 1 ]
	browser "file://$BATS_TEST_TMPDIR/enemy.html" "$open_all" \
		"document.querySelectorAll('button.open').forEach(b => b.click()), true" \
		"document.querySelectorAll('tr.more figure').length > 50" \
		"${only_ours[@]}" heard
	python3 -B "$SRCDIR/tests/cli/hostile.py" scenario "$ENEMY" '{"users": 1, "duration": "90s"}' \
		>"$BATS_FILE_TMPDIR/long.yaml.enemy"
	cp "$BATS_FILE_TMPDIR/long.yaml" "$BATS_TEST_TMPDIR/kept.yaml"
	mv "$BATS_FILE_TMPDIR/long.yaml.enemy" "$BATS_FILE_TMPDIR/long.yaml"
	start_dashboard
	mv "$BATS_TEST_TMPDIR/kept.yaml" "$BATS_FILE_TMPDIR/long.yaml"
	browser "$DASHBOARD" "document.querySelector('#latest table') !== null" "$open_all" \
		"${only_ours[@]}" "document.querySelector('form.stop button').click(), true" \
		"document.getElementById('link').textContent.startsWith('The run has ended: ')" \
		"${only_ours[@]}"
	wait_for 20 ended "$RUN_PID"
}

@test "browser: comparison with a result in a folder with a hostile name" {
	local name='x</script>"]}<!--<script><img src=x onerror=alert(1)>'
	cd "$BATS_TEST_TMPDIR"
	mkdir 'x<'
	cp -r "$BATS_FILE_TMPDIR/first" "$name"
	cp -r "$BATS_FILE_TMPDIR/second" own
	run reprise report own --against "$name"
	[ "$status" -eq 0 ]
	browser "file://$PWD/own/report.html" "${harmless_at_all[@]}" \
		"document.body.innerText.includes('Compared with x</script>\"]}<!--<script><img')" \
		"move both-nines 0.5" "/<!--<script>/.test(document.getElementById('tip').innerText)"
}

@test "browser: contrast in light and dark mode, screen readers, and phone width" {
	browser "file://$(page)" "$open_all" \
		"document.querySelectorAll('button.open')[1].click(), true" \
		"scheme light" contrast "scheme dark" contrast heard \
		"size 400" "document.documentElement.scrollWidth <= 400"
}

@test "browser: everything works with the keyboard, with a visible focus" {
	browser "file://$(page)" \
		"key Tab" "document.activeElement.id === 'theme'" \
		"getComputedStyle(document.activeElement).outlineStyle === 'solid'" \
		"key Tab" "document.activeElement.getAttribute('href') === '#thresholds'" \
		"getComputedStyle(document.activeElement).outlineStyle !== 'none'" \
		"document.querySelector('.plot').focus(), true" \
		"key ArrowRight" "!document.getElementById('tip').hidden" \
		"key Tab" "document.activeElement.localName === 'summary'" \
		"key Enter" "document.activeElement.parentNode.open" \
		"document.querySelector('button.open').focus(), true" \
		"key Enter" "document.querySelector('tr.more .plot') !== null" \
		"key Tab" "document.activeElement.matches('tr.more .plot')" \
		"key ArrowRight" "/p95/.test(document.getElementById('tip').innerText)" \
		"document.querySelectorAll('.steps thead button')[1].click(), true" \
		"document.querySelector('tr.more') === null"
}

@test "browser: user state survives live updates; a lost connection is shown" {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ -z "${SANITIZED:-}" ] || skip "once is enough"
	start_dashboard
	(
		wait_for 60 test -e "$BATS_TEST_TMPDIR/now" && kill -KILL "$(pgrep -P "$RUN_PID")"
	) 3>&- &
	browser "$DASHBOARD" \
		"document.querySelector('#steps thead button') !== null" \
		"document.querySelectorAll('#steps thead button')[2].focus(), true" \
		"document.querySelector('details.exchange').open = true" \
		"(window.row = document.querySelector('#steps tbody tr')) !== null" \
		"!window.row.isConnected" \
		"document.activeElement === document.querySelectorAll('#steps thead button')[2]" \
		"document.querySelector('details.exchange').open" \
		"getSelection().selectAllChildren(document.querySelector('#failed td.text')), !getSelection().isCollapsed" \
		"(window.clock = document.querySelector('.clock').textContent) !== ''" \
		"document.querySelector('.clock').textContent !== window.clock" \
		"!getSelection().isCollapsed" \
		"touch $BATS_TEST_TMPDIR/now" \
		"/No connection/.test(document.getElementById('link').textContent)" \
		"/last that was heard/.test(document.getElementById('verdict').innerText)" \
		forget "document.querySelector('form.stop button').click(), true" \
		"/did not reach/.test(document.getElementById('stop').innerText)" forget
}
