#!/usr/bin/env bats
# What a browser is shown: report.html and the dashboard. What needs a real browser is skipped where
# there is no Chromium (contrib/install-deps pages), and is not repeated under a sanitizer.

load helper

setup_file() {
	start_demo
	export SHOP_URL=$SERVER_URL
	scenario shop.yaml >/dev/null <<-END
		name: <img src=x onerror=document.title='owned'>
		target: $SHOP_URL
		load: {users: 3, iterations: 5}
		thresholds: [error_rate < 50%, p95 < 10s]
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
	run_into first
	run_into second
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

@test "report.html: one file that asks for nothing else, the verdict first" {
	run grep -oE '(src|href|action|url)[=(]"?[^" )]*' "$(page)"
	[ "$(printf '%s\n' "$output" | grep -vE "^(href=\"data:,|src=x|url=\")" | grep -c .)" -eq 0 ]
	[ "$(grep -c '<section id="verdict"><div class="verdict bad"><div class="words"><p class="word">FAILED' "$(page)")" -eq 1 ]
	[ "$(stat -c %s "$(page)")" -lt 500000 ]
	grep -q "$(json "$BATS_FILE_TMPDIR/first/summary.json" 'd["requests"]["started"]') requests in" "$(page)"
}

@test "report.html: style and script are allowed by their hashes, and nothing else" {
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

@test "report.html: every chart has its table" {
	python3 - "$(page)" <<-'END'
		import re, sys
		text = open(sys.argv[1], encoding="utf-8").read()
		figures = re.findall(r'<figure class="card chart".*?</figure>', text, re.S)
		assert len(figures) >= 6, len(figures)
		for figure in figures:
		    assert 'role="img" aria-label="' in figure and "<details>" in figure and "<table>" in figure
	END
}

@test "report makes the page again, and compares two results" {
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

@test "--report of several files: a page each" {
	local file="$BATS_FILE_TMPDIR/shop.yaml"
	run reprise run -q --report "$BATS_TEST_TMPDIR/a.b/page.html" "$file"
	[ "$status" -eq 2 ]
	mkdir "$BATS_TEST_TMPDIR/a.b"
	run reprise run -q --report "$BATS_TEST_TMPDIR/a.b/page.html" "$file" "$file" "$file"
	[ "$(cd "$BATS_TEST_TMPDIR/a.b" && echo *)" = "page-2.html page-3.html page.html" ]
}

@test "--report alone; what cannot be opened sends nothing" {
	run reprise run -q --report "$BATS_TEST_TMPDIR/alone.html" "$BATS_FILE_TMPDIR/shop.yaml"
	[ "$status" -eq 1 ]
	grep -q '<section id="steps"><h2>' "$BATS_TEST_TMPDIR/alone.html"
	run reprise run -q --report /nowhere/report.html "$BATS_FILE_TMPDIR/shop.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"/nowhere/report.html"* ]]
}

# ---- the dashboard

# start_dashboard: a run without end in the background; its URL in DASHBOARD, its pid in RUN_PID.
start_dashboard() {
	timeout -k 5 100 "$REPRISE" run --plain -u 2 -d 90s --think 0.05 --dashboard 127.0.0.1:0 \
		--json "$BATS_TEST_TMPDIR/out.json" "$BATS_FILE_TMPDIR/shop.yaml" \
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

@test "dashboard: the token, an address as host, and nothing without them" {
	start_dashboard
	[ "$(code "$DASHBOARD")" = 200 ]
	[ "$(code "$BASE/")" = 403 ]
	[ "$(code "$BASE/?token=${TOKEN}x")" = 403 ]
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
}

@test "dashboard: updates come, and the button stops the run gracefully" {
	start_dashboard
	curl -sN -m 60 "$BASE/events?token=$TOKEN" >"$BATS_TEST_TMPDIR/events" 3>&- &
	local viewer=$!
	wait_for 20 grep -q '^data: {"over":false.*<h2>Failed last' "$BATS_TEST_TMPDIR/events"
	[ "$(code -d "token=$TOKEN" "$BASE/stop")" = 303 ]
	wait_for 20 ended "$RUN_PID"
	wait "$viewer" || true
	grep -q '^data: {"over":true' "$BATS_TEST_TMPDIR/events"
	grep '^data: ' "$BATS_TEST_TMPDIR/events" | sed 's/^data: //' | python3 -c 'import json, sys
for line in sys.stdin:
    update = json.loads(line)
    assert "verdict" in update["sections"] and "charts" in update["data"]'
	[ "$(json "$BATS_TEST_TMPDIR/out.json" 'd["stopped_by"]')" = "a person at the dashboard" ]
}

@test "dashboard: browsers that do not read, or are gone, hold nothing up" {
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

@test "dashboard: an address that is none, or taken, sends nothing" {
	run reprise run -q --dashboard nonsense "$BATS_FILE_TMPDIR/shop.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"needs HOST:PORT or a port, not 'nonsense'"* ]]
	run reprise run -q --dashboard "${SHOP_URL#http://}" "$BATS_FILE_TMPDIR/shop.yaml"
	[ "$status" -eq 2 ]
	[[ "$output" == *"cannot listen"* ]]
}

@test "dashboard: one that others can reach is said to be" {
	run reprise run --plain --dashboard 0.0.0.0:0 "$BATS_FILE_TMPDIR/shop.yaml"
	[[ "$output" == *"can be reached from the network"* ]]
}

# ---- in a real browser

browser() {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ "${SANITIZED:-}" != yes ] || skip "once is enough"
	# What the page writes to its console, and its errors, come on standard error.
	timeout -k 5 60 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$BATS_TEST_TMPDIR/profile" --enable-logging=stderr --v=0 \
		"$@" >"$BATS_TEST_TMPDIR/dom" 2>"$BATS_TEST_TMPDIR/console" 3>&-
}

harmless() {
	! grep CONSOLE "$BATS_TEST_TMPDIR/console"
	! grep -q '<title>owned' "$BATS_TEST_TMPDIR/dom"
	[ "$(grep -o '<script' "$BATS_TEST_TMPDIR/dom" | wc -l)" -eq 2 ]
	[ "$(grep -o '<img' "$BATS_TEST_TMPDIR/dom" | wc -l)" -eq 0 ]
	[ "$(grep -o 'onload=' "$BATS_TEST_TMPDIR/dom" | wc -l)" -eq "$(grep -o '&lt;svg onload=' "$BATS_TEST_TMPDIR/dom" | wc -l)" ]
}

@test "browser: hostile names and bodies stay text, the console stays empty" {
	browser --dump-dom "file://$(page)"
	harmless
	grep -q '&lt;img src=x onerror=' "$BATS_TEST_TMPDIR/dom"
	grep -q 'xE2.x80.xAEevil' "$BATS_TEST_TMPDIR/dom"
}

@test "browser: the live page" {
	command -v chromium >/dev/null || skip "there is no chromium"
	start_dashboard
	browser --timeout=4000 --dump-dom "$DASHBOARD"
	harmless
	grep -q '>Live</span>' "$BATS_TEST_TMPDIR/dom"
}

@test "browser: pointer, zoom, keys, sorting, light and dark" {
	cat >"$BATS_FILE_TMPDIR/first/drive.html" <<-'END'
		<!DOCTYPE html><title>waits</title><iframe src="report.html" width="1200" height="3000"></iframe><script>
		function drive(w) {
			var d = w.document, plot = d.querySelector('[data-chart=rate]'), inside = plot.querySelector('.in');
			var box = plot.querySelector('.xa').getBoundingClientRect(), tip = d.getElementById('tip');
			function at(type, share) {
				plot.dispatchEvent(new w.PointerEvent(type, {clientX: box.left + share * box.width, clientY: box.top + 40, button: 0, bubbles: true}));
			}
			function key(k) { plot.dispatchEvent(new w.KeyboardEvent('keydown', {key: k, bubbles: true})); }
			at('pointermove', 0.5);
			if (tip.hidden || !/answered/.test(tip.textContent)) return 'no tip';
			if (d.querySelectorAll('.cross').length < 3) return 'no cross on the other charts';
			plot.setPointerCapture = function () {};
			var before = inside.getAttribute('viewBox');
			key('+');
			if (d.getElementById('whole').hidden && d.querySelectorAll('[data-time]').length && JSON.parse(d.getElementById('data').textContent).from.length > 3) return 'no zoom';
			key('Escape');
			if (inside.getAttribute('viewBox') !== '0 0 3000 1000') return 'no way back: ' + inside.getAttribute('viewBox') + ' from ' + before;
			key('ArrowRight');
			if (tip.hidden) return 'no tip by key';
			var heads = d.querySelectorAll('table.steps thead th'), button = heads[1].querySelector('button');
			button.click();
			if (heads[1].getAttribute('aria-sort') !== 'descending') return 'not sorted';
			d.getElementById('theme').click();
			var theme = d.documentElement.getAttribute('data-theme');
			d.getElementById('theme').click();
			if (!theme || theme === d.documentElement.getAttribute('data-theme')) return 'no theme';
			return 'driven';
		}
		var frame = document.querySelector('iframe');
		frame.onload = function () { try { document.title = drive(frame.contentWindow); } catch (e) { document.title = 'error: ' + e; } };
		</script>
	END
	browser --allow-file-access-from-files --dump-dom "file://$BATS_FILE_TMPDIR/first/drive.html"
	grep -o '<title>[^<]*' "$BATS_TEST_TMPDIR/dom"
	grep -q '<title>driven' "$BATS_TEST_TMPDIR/dom"
	! grep CONSOLE "$BATS_TEST_TMPDIR/console"
}
