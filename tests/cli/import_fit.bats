#!/usr/bin/env bats
# `reprise import access-log --fit`: a log becomes a scenario. The rate and the number of requests
# per path of the generated logs are known.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

# a_log SECONDS A B: a combined log with A requests per second, and B in the second half. Five of ten
# requests are for /, three for one of fifty orders, one for a search, one for a missing page.
a_log() {
	awk -v seconds="$1" -v a="$2" -v b="$3" 'BEGIN {
		for (s = 0; s < seconds; s++)
			for (i = 0; i < (s < seconds / 2 ? a : b); i++) {
				k = n % 10
				url = k < 5 ? "/" : k < 8 ? "/orders/" 100 + n * 7 % 50 \
					: k < 9 ? "/search?q=w" n % 3 "&page=1" : "/old/" n % 4
				printf "10.0.0.%d - - [24/Nov/2025:10:%02d:%02d +0000] \"GET %s HTTP/1.1\" %d 99 \"-\" \"Firefox\"\n",
					n % 200 + 1, int(s / 60), s % 60, url, k == 9 ? 404 : 200
				n++
			}
	}'
}

@test "--fit: a log becomes a valid scenario with weights, data and stages" {
	a_log 600 2 6 >access.log
	run reprise import access-log access.log --fit
	echo "$output"; [ "$status" -eq 0 ]
	golden import/fit.account <<<"$output"
	golden import/fit.yaml <access.yaml
	run reprise check -t http://127.0.0.1:1 access.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output != *warning* ]]
	reprise show -t http://127.0.0.1:1 access.yaml | grep -q '2,400 arrivals'
	# One row per request of an order, so that frequent orders stay frequent.
	[ "$(grep -c '^1[0-4][0-9]$' access-orders.csv)" -eq 720 ]
}

@test "--fit: a run sends the recorded number of requests per path, with recorded ids" {
	a_log 300 4 4 >access.log
	start_nginx "location /old { return 404; } location / { return 200 'fine'; }"
	reprise import access-log access.log --fit --speed 60 -q
	run reprise run access.yaml -t "$SERVER_URL" --seed 3
	echo "$output"; [ "$status" -eq 0 ]
	log=$NGINX_DIR/access.log
	near "$(grep -c GET "$log")" 1200 0.2
	near "$(grep -c 'GET / ' "$log")" 600 8
	near "$(grep -c 'GET /orders/' "$log")" 360 10
	near "$(grep -c 'GET /search?q=w[012]&page=1 ' "$log")" 120 20
	near "$(grep -c 'GET /old/[0-3] ' "$log")" 120 20
	[ "$(grep -c 'GET /orders/1[0-4][0-9] ' "$log")" = "$(grep -c 'GET /orders/' "$log")" ]
	[ "$(grep -o 'GET /orders/[0-9]*' "$log" | sort -u | wc -l)" -gt 10 ]
}

@test "--visits: visits arrive, with their pauses between their requests" {
	awk 'BEGIN {
		for (s = 0; s < 600; s += 2)
			for (i = 0; i < 3; i++)
				printf "10.0.%d.%d - - [24/Nov/2025:10:%02d:%02d +0000] \"GET /p/%d HTTP/1.1\" 200 9 \"-\" \"Firefox\"\n",
					s / 200, s % 200, int((s + 4 * i) / 60), (s + 4 * i) % 60, s + i
	}' >access.log
	run reprise import access-log access.log --fit
	[[ $output == *"there seem to be 300 visits of 3 requests each: --visits"* ]]
	run reprise import access-log access.log --fit --visits --force
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"300 visits in 10m"* ]]
	cat access.yaml
	run reprise check -t http://127.0.0.1:1 access.yaml
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output != *warning* ]]
	[ "$(grep -c '^3$' access-visit.csv)" -eq 300 ]
	grep -q 'if: ${loop.index < loop.count}' access.yaml
	grep -q '^  arrivals: 29.65/m' access.yaml
}

@test "--fit --explain: reports each path and the error of each stage" {
	a_log 600 2 6 >access.log
	run reprise import access-log access.log --fit --explain
	echo "$output"; [ "$status" -eq 0 ]
	[[ $output == *"GET /orders/{id}: 720, 30 %, responses 200 (100 %); 720 rows of data 'orders'"* ]]
	[[ $output == *"GET /old/{id}: 240, 10 %, responses 404 (100 %)"* ]]
	[[ $output == *"after 0s, 2/s to 2/s for 5m: 600 recorded, 600 planned"* ]]
	[[ $output == *"after 5m, 6/s to 6/s for 5m: 1,800 recorded, 1,800 planned"* ]]
}

@test "--fit with --busiest, --rate and --speed" {
	a_log 600 2 6 >access.log
	run reprise import access-log access.log --fit --busiest 2m --rate x2 --speed 4 -q
	echo "$output"; [ "$status" -eq 0 ]
	grep -q '^  arrivals: 48/s' access.yaml
	grep -q '^  duration: 30s' access.yaml
}

@test "--fit: contradicting options are reported" {
	a_log 10 1 1 >access.log
	run reprise import access-log access.log --busiest 1m
	[ "$status" -eq 2 ]; [[ $output == *"--busiest needs --fit"* ]]
	run reprise import access-log access.log --fit --max-gap 1m
	[ "$status" -eq 2 ]; [[ $output == *"--max-gap contradicts --fit"* ]]
	run reprise import access-log access.log --fit --paths none
	[ "$status" -eq 2 ]; [[ $output == *"--paths must be a number from 1 to 500, not 'none'"* ]]
	run reprise import access-log access.log --fit --busiest soon
	[ "$status" -eq 2 ]; [[ $output == *"--busiest must be a duration such as 1h"* ]]
	[ ! -e access.yaml ]
}
