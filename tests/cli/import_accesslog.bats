#!/usr/bin/env bats
# reprise import access-log, and reprise replay of a log: filters, order and sessions.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >access.log <<-'END'
		10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /search?q=1 HTTP/1.1" 200 5 "-" "Mozilla"
		10.0.0.1 - - [10/Oct/2026:13:55:38 +0000] "GET /orders/17 HTTP/1.1" 404 5 "-" "Mozilla"
		10.0.0.2 - - [10/Oct/2026:13:55:36 +0000] "GET /cart HTTP/1.1" 200 5 "-" "Googlebot/2.1"
		10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /logo.png HTTP/1.1" 200 5 "-" "Mozilla"
		10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "POST /cart HTTP/1.1" 200 5 "-" "Mozilla"
		10.0.0.3 - - [10/Oct/2026:13:55:37 +0000] "GET /healthz HTTP/1.1" 200 5 "-" "kube-probe/1.2"
		10.0.0.4 - - [10/Oct/2026:13:55:37 +0000] "\x16\x03\x01" 400 5 "-" "-"
		10.0.0.4 - - [10/Oct/2026:13:55:37 +0000] "CONNECT a:443 HTTP/1.1" 400 5 "-" "-"
		this is nothing
		10.0.0.2 - - [10/Oct/2026:14:55:36 +0000] "HEAD /cart HTTP/1.1" 200 5 "-" "Googlebot/2.1"
	END
}

teardown() {
	stop_servers
}

@test "every line is counted; requests are sorted and spread over their second; sessions end" {
	reprise import access-log access.log 2>out
	diff - <(sed -n 2,3p out) <<-'END'
		  kept 4   skipped 6: 1 asset, 1 CONNECT, 1 not HTTP, 1 of a method that is not replayed, 1 health probe, 1 unreadable
		  unreadable line 9: it does not match this format: this is nothing
	END
	grep -q '1 POST; --methods' out
	diff - access.ndjson <<-'END'
		{"at": 0.000000, "session": "1", "url": "/search?q=1", "name": "GET /search", "status": 200}
		{"at": 0.500000, "session": "2", "url": "/cart", "name": "GET /cart", "status": 200, "last": true}
		{"at": 2.250000, "session": "1", "url": "/orders/17", "name": "GET /orders/{id}", "status": 404, "last": true}
		{"at": 3600.250000, "session": "3", "method": "HEAD", "url": "/cart", "name": "HEAD /cart", "status": 200, "last": true}
	END
	run -0 reprise check -t http://127.0.0.1:1 access.yaml
	[[ "$output" != *warning* ]]
}

@test "filters can be changed; a gzip file with several members is read" {
	{ head -4 access.log | gzip; tail -n +5 access.log | gzip; } >two.log.gz
	reprise import two.log.gz --bots drop --assets keep --only-ok -o two.yaml 2>out
	grep -q '1 with an error response' out
	[ "$(grep -c . two.ndjson)" -eq 2 ]
	reprise import access.log --rate x3 --max-gap 5s -o rate.yaml 2>out
	[ "$(grep -c . access.ndjson)" -eq 12 ]
	rm access.ndjson
	reprise import access.log --methods POST --from 2026-10-10T13:00:00Z --to 2026-10-10T14:00:00Z -o post.yaml 2>out
	[ "$(grep -c '"method": "POST"' access.ndjson)" -eq 1 ]
}

@test "custom formats of nginx and Apache" {
	printf '%s\n' '2026-10-10T13:55:36.250Z|10.0.0.1|GET /a HTTP/1.1|200|0.125' >own.log
	reprise import access-log own.log --format '$time_iso8601|$remote_addr|$request|$status|$request_time' 2>/dev/null
	grep -q '"url": "/a"' own.ndjson
	printf '%s\n' 'x 10.0.0.1 [10/Oct/2026:13:55:36 +0000] "GET /b HTTP/1.1" 200 125000' >own.log
	reprise import access-log own.log --format 'x %h %t \"%r\" %>s %D' --force 2>/dev/null
	grep -q '"url": "/b"' own.ndjson
	run -2 reprise import access-log own.log --format '$status' --force
	[[ "$output" == *'it has no request'* ]]
}

@test "an IPv6 site must be in brackets; other names with a colon are rejected" {
	printf '%s\n' '{"time":"2026-01-01T00:00:00Z","method":"GET","uri":"/a","status":200,"host":"2001:db8::1","scheme":"http"}' >v6.log
	reprise import -q access-log v6.log
	grep -q 'target: http://\[2001:db8::1\]' v6.yaml
	sed 's/2001:db8::1/1:2:x/' v6.log >odd.log
	reprise import -q access-log odd.log
	reprise check v6.yaml
	grep -q 'No target: the log does not contain the target. Give it with -t URL' odd.yaml
	reprise check -t http://127.0.0.1:1 odd.yaml
}

@test "a file that is not a log is rejected with the reason" {
	printf '2026/01/24 16:33:06 [error] 33#33: *3 open() failed\n' >error.log
	run -2 reprise import error.log
	[[ "$output" == *"nginx's error log, not an access log"* ]]
	sed -n 7p access.log >garbage.log
	run -2 reprise import garbage.log
	[[ "$output" == *'no request to replay in 1 line: 1 not HTTP'* ]]
	echo 'nothing known' >other.log
	run -2 reprise import access-log other.log
	[[ "$output" == *'--format'* ]]
	run -2 reprise replay access.log
	[[ "$output" == *'-t URL'* ]]
	reprise import -q access.log
	run -2 reprise run --once -t http://127.0.0.1:1 access.yaml
	[[ "$output" == *'-d 10s'* ]]
}

@test "replay sends a log faster than recorded; recorded failures are not counted as failures" {
	start_demo
	sed -i 's|/orders/17|/nowhere|' access.log
	reprise replay access.log --speed 3600 -t "$SERVER_URL" --json out.json
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 4 ]
	[ "$(json out.json 'd["requests"]["failed"]')" -eq 0 ]
}

# of_sessions FILE: 12 sessions of 20 requests in the same period. Lines are in the order of the end
# times, not of the start times; a session starts with the page that sets its cookie.
of_sessions() {
	python3 - >"$1" <<-'END'
		import json, random
		draw, lines = random.Random(7), []
		for s in range(12):
		    for i in range(20):
		        begun, took = 1790000000.05 + 0.1 * i + 0.003 * s, draw.random()
		        url = "/login?q=%d-0" % s if i == 0 else "/search?q=%d-%d" % (s, i)
		        lines.append((begun + took, took, s, url))
		for end, took, s, url in sorted(lines):
		    print(json.dumps({"time": end, "request_time": took, "client_ip": "10.0.0.%d" % s,
		                      "method": "GET", "url": url, "status": 200}))
	END
}

# in_order LOG: checks in the shop's log that each session was one visitor with all requests in
# order; prints the number of sessions.
in_order() {
	python3 -c '
import collections, json, re, sys
came, whose = collections.defaultdict(list), collections.defaultdict(set)
for line in map(json.loads, open(sys.argv[1])):
    session, number = re.search(r"q=(\d+)-(\d+)", line["url"]).groups()
    came[session].append(int(number))
    whose[session].add(line["user"])
for session, numbers in came.items():
    assert numbers == list(range(20)), (session, numbers)
    assert len(whose[session]) == 1, whose[session]
assert len(set.union(*whose.values())) == len(came)
print(len(came))' "$1"
}

@test "the server receives the requests of a session in order, from one visitor" {
	start_demo --log shop.log --latency 1ms..15ms
	of_sessions own.log
	reprise replay own.log --speed 8 -j 2 -t "$SERVER_URL" --json out.json
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 240 ]
	[ "$(in_order shop.log)" = 12 ]
	# Requests are never sent early: 1.9 s of the log take at least 0.24 s.
	[ "$(json out.json 'd["duration_s"] >= 0.24')" = true ]
	# The shop's own log can be replayed and gives the same requests.
	start_demo --log again.log
	reprise replay shop.log --speed 2 -j 2 -t "$SERVER_URL" --json out.json
	[ "$(json out.json 'd["requests"]["ok"]')" -eq 240 ]
	[ "$(in_order again.log)" = 12 ]
}

@test "replay imports and runs a HAR file, a curl command and a log, and leaves no files" {
	start_demo --log shop.log
	python3 -B "$SRCDIR/tests/cli/har_visit.py" "$SERVER_URL" visit.har
	mkdir tmp
	export TMPDIR=$PWD/tmp
	: >shop.log
	run reprise replay visit.har -u 3 -i 2 --think off
	[ "$status" -eq 0 ]
	[ "$(grep -c '"POST","url":"/checkout","status":303' shop.log)" -eq 6 ]
	[ "$(grep -o '"csrf_token":"[0-9a-f]*"' shop.log | sort -u | wc -l)" -eq 6 ]
	printf "curl '%s/search?q=by+curl' -H 'Accept: text/html'\n" "$SERVER_URL" >asked.sh
	run reprise replay asked.sh -u 2 -i 3
	[ "$status" -eq 0 ]
	[ "$(grep -c '/search?q=by+curl' shop.log)" -eq 6 ]
	sed -i 's|/orders/17|/nowhere|' access.log
	run reprise replay access.log --speed 3600 -t "$SERVER_URL"
	[ "$status" -eq 0 ]
	[ "$(grep -c '"url":"/nowhere"' shop.log)" -eq 1 ]
	[ "$(ls -A tmp | wc -l)" -eq 0 ]
}

# import_all SCRIPT: imports every log that SCRIPT writes, and prints what SCRIPT finds wrong.
import_all() {
	python3 -B "$SRCDIR/tests/cli/$1" write .
	rm -f access.log
	for log in *.log; do
		reprise import access-log "$log" -o "${log%.log}.yaml" 2>"${log%.log}.out" || cat "${log%.log}.out"
	done
	python3 -B "$SRCDIR/tests/cli/$1" check .
}

@test "33 formats, prefixes and documents: the same ten requests, sessions and times" {
	run import_all access_formats.py
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(ls *.ndjson | wc -l)" = 33 ]
}

@test "the target is a host, scheme and port on which nearly all lines agree: 27 hostile logs" {
	run import_all access_hostile.py
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(ls *.ndjson | wc -l)" = 27 ]
	# Without a target, nothing is sent.
	run -2 reprise run -d 1s neither-http-nor-https.yaml
	[[ "$output" == *"this path needs a target"* ]]
	run -2 reprise replay neither-http-nor-https.log
	[[ "$output" == *"the log does not say whether shop.example uses http or https: give the target with -t URL"* ]]
	grep -q '2 requests have the full URL of another host: skipped' whole-URL-of-another-host.out
	grep -q 'only 36 of 40 lines have the host shop.example: give the target with -t URL' a-tenth-of-other-Host-headers.out
	grep -q '20 lines are for http, and 20 for https' http-and-https.out
}

@test "JSON with own keys; for an unknown format, its parts and the --format to write" {
	printf '%s\n' '{"when": "2026-10-10T13:55:36Z", "who": {"ip": "192.0.2.1"}, "verb": "GET", "target": "/a?b=1", "code": 201}' >own.log
	reprise import access-log own.log -o own.yaml 2>out \
		--format '{"when": "$time_iso8601", "who": {"ip": "$remote_addr"}, "verb": "$request_method", "target": "$request_uri", "code": $status}'
	grep -q '"url": "/a?b=1", "name": "GET /a", "status": 201' own.ndjson
	run reprise import access-log own.log --force --format '{"who": "$remote_addr"}'
	[ "$status" -eq 2 ]
	[[ "$output" = *"--format: it has no request"* ]]
	printf '%s\n' '192.0.2.1 [2026-10-10T13:55:36.5Z] "GET /b HTTP/1.1" 200 0.125 "Mozilla/5.0 (X11)"' >odd.log
	run reprise import access-log odd.log -o odd.yaml
	echo "$output"
	[ "$status" -eq 2 ]
	[[ "$output" = *"the parts of the line are 192.0.2.1 ⏐ 2026-10-10T13:55:36.5Z ⏐ GET /b HTTP/1.1 ⏐ 200"* ]]
	# The suggested format reads the log.
	reprise import access-log odd.log -o odd.yaml --format "$(sed "s/.*--format '//; s/'$//" <<<"$output")" 2>out
	grep -q '"url": "/b"' odd.ndjson
}
