#!/usr/bin/env bats
# Eight shards on eight simulated machines: each has a network namespace with its own address,
# connected to a bridge in a ninth namespace, in which nginx listens. The host is not changed.
# Runs once, as a separate step of contrib/test.

load ../cli/helper
load ../cli/watched

HUB=10.213.77.1
PORT=8080

# The namespaces of this file: NET-hub, NET-1 to NET-8.
setup_file() {
	export NET=reprise-$$
	NET_WHY=$(lay_wires 2>&1) || {
		export NET_WHY="no network namespaces here: ${NET_WHY##*$'\n'}"
		return 0
	}
	unset NET_WHY
	start_hub
}

teardown_file() {
	stop_servers
	for ns in hub 1 2 3 4 5 6 7 8; do
		ip netns del "$NET-$ns" 2>/dev/null || true
	done
}

setup() {
	[ -z "${NET_WHY:-}" ] || skip "$NET_WHY"
	cd "$BATS_TEST_TMPDIR"
	rm -f "$HUB_DIR/gate"
	: >"$HUB_DIR/access.log"
	unset RUN_ID
}

inside() {
	ip netns exec "$NET-$1" "${@:2}"
}

lay_wires() {
	[ "$(id -u)" -eq 0 ] || { echo "this needs root"; return 1; }
	command -v ip >/dev/null || { echo "contrib/install-deps fleet"; return 1; }
	ip netns add "$NET-hub" && inside hub ip link add bridge type bridge &&
		inside hub ip address add $HUB/24 dev bridge && inside hub ip link set bridge up &&
		inside hub ip link set lo up || return 1
	for i in 1 2 3 4 5 6 7 8; do
		ip netns add "$NET-$i" && inside "$i" ip link set lo up &&
			inside "$i" ip link add out type veth peer name "to$i" netns "$NET-hub" &&
			inside "$i" ip address add "${HUB%.*}.$((i + 10))/24" dev out &&
			inside "$i" ip link set out up &&
			inside hub ip link set "to$i" master bridge up || return 1
	done
}

# Requests under /poll succeed when the file "gate" exists.
start_hub() {
	HUB_DIR="$BATS_FILE_TMPDIR/hub"
	export HUB_DIR
	mkdir "$HUB_DIR"
	cat >"$HUB_DIR/nginx.conf" <<-END
		daemon off;
		worker_processes 1;
		user root;
		pid $HUB_DIR/pid;
		error_log $HUB_DIR/error.log;
		events { worker_connections 1024; }
		http {
		  log_format seen '\$remote_addr \$msec \$uri';
		  access_log $HUB_DIR/access.log seen;
		  client_body_temp_path $HUB_DIR/body;
		  proxy_temp_path $HUB_DIR/proxy;
		  fastcgi_temp_path $HUB_DIR/fastcgi;
		  uwsgi_temp_path $HUB_DIR/uwsgi;
		  scgi_temp_path $HUB_DIR/scgi;
		  keepalive_requests 1000000;
		  server {
		    listen $HUB:$PORT;
		    location / { return 200; }
		    location /poll { if (-f $HUB_DIR/gate) { return 204; } return 202; }
		  }
		}
	END
	# Without inside(), so that the pid is that of the server, not of a shell.
	ip netns exec "$NET-hub" timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$(command -v nginx || echo /usr/sbin/nginx)" \
		-p "$HUB_DIR" -c "$HUB_DIR/nginx.conf" >"$HUB_DIR/out" 2>&1 </dev/null 3>&- &
	started hub $!
	wait_for 20 inside hub bash -c "exec 3<>/dev/tcp/$HUB/$PORT"
}

# shard I ARG…: runs a shard in its namespace in the background; its exit status is in I.status, its
# output in I.out, its pid in I.pid.
shard() {
	(
		status=0
		inside "$1" sh -c 'echo $$ >"$0.pid"; exec "$@"' "$1" timeout --foreground -k 5 120 "$REPRISE" run \
			--plain --shard "$1/8" --out "out/$1" "${@:2}" scenario.yaml >"$1.out" 2>&1 || status=$?
		echo $status >"$1.status"
	) 3>&- &
}

requests() {
	awk '{print $3}' "$HUB_DIR/access.log" | sort
}

logged() {
	[ "$(wc -l <"$HUB_DIR/access.log")" -eq "$1" ]
}

@test "eight shards on eight machines match one process: requests, users, rows, percentiles" {
	seq 1 200 | sed '1i id' >ids.csv
	scenario <<-END >/dev/null
		target: http://$HUB:$PORT
		seed: 7
		load: {users: 50, iterations: 4}
		data: {row: {file: ids.csv, at_end: stop_run}}
		variables: {kind: {one_of: [hat, shoe, coat]}}
		steps:
		  - get: "/user/\${user.id}/\${iteration}/\${random_int(1, 1000)}"
		  - get: "/row/\${row.id}"
		  - get: "/\${kind}"
		thresholds: [error_rate < 1%, requests >= 600]
	END
	inside 1 "$REPRISE" run -q --out one scenario.yaml
	wait_for 20 logged 600
	requests >whole
	: >"$HUB_DIR/access.log"

	at=$(($(date +%s) + 4))
	for i in 8 7 6 5 4 3 2 1; do shard $i --start-at $at; done
	wait
	[ "$(cat ?.status | tr -d '\n')" = 00000000 ]
	wait_for 20 logged 600
	requests | diff whole -
	# Each row is used once; each shard uses its own address, and the counts match its result.
	[ "$(requests | grep -c '^/row/')" -eq 200 ]
	[ -z "$(requests | grep '^/row/' | uniq -d)" ]
	for i in 1 2 3 4 5 6 7 8; do
		[ "$(grep -c "^${HUB%.*}.$((i + 10)) " "$HUB_DIR/access.log")" -eq \
			"$(json "out/$i/summary.json" 'd["requests"]["started"]')" ]
	done

	run -0 reprise merge out/1 out/2 out/3 out/4 out/5 out/6 out/7 out/8 -o all
	[[ "$output" == PASSED* ]]
	for figure in '[d["requests"][k] for k in ("started", "ok", "failed", "cut_off")]' 'd["iterations"]' \
		'[s["status"] for s in d["steps"]]' 'd["status"]' 'd["thresholds"][1]'; do
		[ "$(json all/summary.json "$figure")" = "$(json one/summary.json "$figure")" ]
	done
	[ "$(json all/summary.json 'd["bytes"]["received"]')" -eq "$(json one/summary.json 'd["bytes"]["received"]')" ]
	python3 -B "$SRCDIR/tests/container/histograms.py" all out/1 out/2 out/3 out/4 out/5 out/6 out/7 out/8

	# The difference of the start times is printed but not checked, because the machine may be busy.
	for i in 1 2 3 4 5 6 7 8; do
		[ "$(json "out/$i/summary.json" 'd["generator"]["start_skew_ms"] >= 0')" = true ]
		json "out/$i/summary.json" 'd["generator"]["start_skew_ms"]'
	done | sort -n | awk '{ a[NR] = $1 } END {
		printf "# start skew by the shards: %s to %s ms\n", a[1], a[NR] }' >&3
	awk '!($1 in a) { a[$1] = $2 } END { for (i in a) { if (!n++ || a[i] < l) l = a[i]; if (a[i] > h) h = a[i] }
		printf "# first requests at the server, of %d shards: %.0f ms apart\n", n, 1000 * (h - l) }' \
		"$HUB_DIR/access.log" >&3
}

@test "kill -9 of one of eight shards: merge names it, uses its saved data, and marks the result" {
	scenario <<-END >/dev/null
		target: http://$HUB:$PORT
		load: {users: 16, iterations: 1}
		steps:
		  - get: /poll
		  - while: \${response.status == 202}
		    max: 100000
		    steps:
		      - think: 100ms
		      - get: /poll
		thresholds: [error_rate < 1%]
	END
	for i in 1 2 3 4 5 6 7 8; do shard $i; done
	# The file contains the header and at least one second.
	several_seconds() { [ "$(wc -l <out/5/series.csv)" -ge 3 ]; }
	wait_for 60 several_seconds
	pkill -KILL -P "$(cat 5.pid)"
	for i in 1 2 3 4 6 7 8; do wait_for 60 eval "grep -q '^${HUB%.*}.$((i + 10)) ' '$HUB_DIR/access.log'"; done
	: >"$HUB_DIR/gate"
	wait
	[ "$(cat 5.status)" -eq 137 ]
	[ "$(cat [1-46-8].status | tr -d '\n')" = 0000000 ]

	run -2 reprise merge out/1 out/2 out/3 out/4 out/5 out/6 out/7 out/8
	[[ "$output" == *"--partial"* ]]
	run -0 reprise merge --partial out/1 out/2 out/3 out/4 out/5 out/6 out/7 out/8 -o all
	[[ "$output" == *"partial: shard 5/8 was killed (out/5)"* ]]
	[ "$(json all/summary.json 'd["partial"], d["valid"], d["requests"]["failed"]')" = "[true, false, 0]" ]
	[ "$(json all/summary.json 'd["reasons"]')" != "[]" ]
	run -4 reprise merge --partial --strict -q out/1 out/2 out/3 out/4 out/5 out/6 out/7 out/8
	# Without the file.
	run -2 reprise merge out/1 out/2 out/3 out/4 out/6 out/7 out/8
	[[ "$output" == *"a shard is missing: 5/8; --partial"* ]]
	run -0 reprise merge --partial out/1 out/2 out/3 out/4 out/6 out/7 out/8
	[[ "$output" == *"partial: without shard 5/8"* ]]
	# A failed threshold of the merged result is reported, also with a killed shard.
	[ "$(json all/summary.json 'd["requests"]["ok"] > sum(json.load(open("out/%d/summary.json" % i))["requests"]["ok"] for i in (1, 2, 3, 4, 6, 7, 8))')" = true ]
}

@test "watch: eight machines and one volume: a killed and a late shard are named, the page equals merge, stop ends all" {
	scenario <<-END >/dev/null
		target: http://$HUB:$PORT
		load: {users: 16, duration: 1h}
		steps: [{get: /}, {think: 100ms}]
		thresholds: [error_rate < 1%]
	END
	start_watch --partial --wait 4s -o all out
	for i in 1 2 3 4 5 6 7; do shard $i; done
	wait_for 60 grep -q 'shard 8/8 has not started' watch.out
	wait_for 60 test -s out/5/series.csv
	pkill -KILL -P "$(cat 5.pid)"
	killed=$EPOCHREALTIME
	shard 8
	wait_for 60 grep -q 'shard 5/8 has written nothing for 3s (out/5)' watch.out
	wait_for 60 grep -q 'shard 8/8 started' watch.out
	named_within 5 'shard 5/8 has written nothing' "$killed"
	run -130 reprise watch --plain --stop --partial --wait 4s -q out
	end_watch
	[ "$WATCH_STATUS" -eq 130 ]
	[ "$(cat [1-46-8].status | tr -d '\n')" = 130130130130130130130 ]
	named_within 5 'shard 8/8 has not started' "$(started_at out/1)"
	run -130 reprise merge --partial out/1 out/2 out/3 out/4 out/5 out/6 out/7 out/8 -o again
	for file in summary.json intervals.bin histograms.json series.csv; do
		cmp all/$file again/$file
	done
	same_page again/report.html
}
