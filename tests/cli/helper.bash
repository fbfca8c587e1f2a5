# Helpers of the command line tests; loaded with `load helper`.
#
# Servers listen on free loopback ports until the end of the test: call `stop_servers` in `teardown`
# (or in `teardown_file`, if they were started in `setup_file`). Each server has a name; after the
# start its port is in SERVER_PORT and its URL in SERVER_URL.

bats_require_minimum_version 1.5.0

: "${SRCDIR:=$(cd "${BATS_TEST_DIRNAME}/../.." && pwd)}"
: "${BUILDDIR:=$SRCDIR/build}"
: "${REPRISE:=$BUILDDIR/reprise}"
export SRCDIR BUILDDIR REPRISE

# The output depends on the locale, so the tests set one.
unset LC_ALL LC_CTYPE LANGUAGE
export LANG=C.UTF-8

# A test is not a shard, even if these tests are themselves a part of a parallel job.
unset JOB_COMPLETION_INDEX NOMAD_ALLOC_INDEX AWS_BATCH_JOB_ARRAY_INDEX CLOUD_RUN_TASK_INDEX \
	SLURM_ARRAY_TASK_ID CI_NODE_INDEX REPRISE_SHARDS REPRISE_SHARD

# The folder of the test; in setup_file, the folder of the file.
scratch() {
	echo "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}"
}

# reprise ARG…: runs the program with empty standard input, for at most LIMIT_S seconds (60). Use it
# with run: `run reprise check a.yaml`, `run --separate-stderr reprise run -`. When it returns, the
# requests it sent to nginx are in nginx's access log.
reprise() {
	local status=0
	timeout -k 5 "${LIMIT_S:-60}" "$REPRISE" "$@" || status=$?
	[ -z "${NGINX_PORT:-}" ] || nginx_settled
	return $status
}

# nginx writes the log line after the response, and before its only worker reads the next request.
nginx_settled() {
	local answer
	{ exec 9<>"/dev/tcp/127.0.0.1/$NGINX_PORT"; } 2>/dev/null || return 0
	printf 'GET /.settled HTTP/1.0\r\n\r\n' >&9
	read -r -t 20 answer <&9 || true
	exec 9>&-
}

# scenario [NAME]: writes standard input to NAME (scenario.yaml) in the test's folder; prints the path.
scenario() {
	local path
	path="$(scratch)/${1:-scenario.yaml}"
	cat >"$path"
	echo "$path"
}

# patient FILE…: changes scenarios in place, so that no time limit is below a minute and a busy
# machine does not change the result.
patient() {
	sed -i -E 's/((p[0-9]+|mean|max)( of "[^"]*")? < )[0-9.]+m?s\b/\11m/; s/(max_time|LIMIT: \{default): [0-9.]+m?s\b/\1: 1m/' "$@"
}

# json FILE EXPRESSION: prints a value of a JSON file ("-": standard input). EXPRESSION is a Python
# expression on `d`: json out.json 'd["requests"]["ok"]'. Lists, objects and null are printed as JSON.
json() {
	python3 -c 'import json, sys
d = json.load(sys.stdin if sys.argv[1] == "-" else open(sys.argv[1]))
value = eval(sys.argv[2])
print(value if isinstance(value, str) else json.dumps(value))' "$@"
}

# golden NAME: compares standard input with tests/golden/NAME and prints the difference. With
# UPDATE_GOLDEN=yes it writes the file instead: read the difference before you commit it.
golden() {
	local file="$SRCDIR/tests/golden/$1"
	if [ "${UPDATE_GOLDEN:-}" = yes ]; then
		cat >"$file"
	else
		diff -u "$file" -
	fi
}

# near ACTUAL EXPECTED PERCENT: whether ACTUAL is within PERCENT of EXPECTED; prints both if not.
near() {
	awk -v a="$1" -v w="$2" -v p="$3" 'BEGIN {
		d = a > w ? a - w : w - a
		if (d <= w * p / 100)
			exit 0
		printf "%s is not within %s %% of %s\n", a, p, w
		exit 1
	}'
}

# free_port: prints a free loopback port. It is below the range that the system uses for connections,
# so that no other test gets it before it is used.
free_port() {
	python3 -c 'import random, socket
while True:
    port = random.randrange(10000, 32000)
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break'
}

# wait_for SECONDS COMMAND…: waits until COMMAND succeeds.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" 2>/dev/null; do
		if [ $SECONDS -ge $end ]; then
			echo "timed out while waiting for: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}

# start_script SCRIPT: starts tests/cli/SCRIPT, a server that prints its port first, and sets TARGET. What it prints
# is in $BATS_FILE_TMPDIR/server.out. For setup_file, with stop_script in teardown_file.
start_script() {
	local out=$BATS_FILE_TMPDIR/server.out
	python3 -B "$SRCDIR/tests/cli/$1" "${SERVER_LIMIT_S:-1500}" >"$out" 2>"$BATS_FILE_TMPDIR/server.err" </dev/null 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/server.pid"
	wait_for 60 test -s "$out"
	TARGET=http://127.0.0.1:$(head -1 "$out")
	export TARGET
}

stop_script() {
	kill "$(cat "$BATS_FILE_TMPDIR/server.pid")"
}

listens() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# connected PORT COUNT: whether COUNT connections to that loopback port are open.
connected() {
	awk -v port=":$(printf %04X "$1")\$" -v expected="$2" \
		'$2 ~ port && $4 == "01" { n++ } END { exit n < expected }' /proc/net/tcp
}

# started NAME PID [PORT]: registers a server for stop_servers.
started() {
	echo "$2" >>"$(scratch)/servers"
	SERVER_PID=$2
	SERVER_PORT=${3:-}
	SERVER_URL=http://127.0.0.1:$SERVER_PORT
	export SERVER_PID SERVER_PORT SERVER_URL
}

# stop_servers: stops the servers of this test (or file); the test fails if a server must be killed.
stop_servers() {
	local pid list status=0
	list="$(scratch)/servers"
	[ -e "$list" ] || return 0
	while read -r pid; do
		kill "$pid" 2>/dev/null || continue
		if ! wait_for 10 ended "$pid"; then
			kill -KILL "$pid"
			status=1
		fi
	done <"$list"
	rm -f "$list"
	return $status
}

ended() {
	case $(ps -o stat= -p "$1") in "" | Z*) ;; *) return 1 ;; esac
}

# start_demo [ARG…]: starts the sample shop.
start_demo() {
	local out pid
	out="$(scratch)/demo.out"
	rm -f "$out" # of a shop that runs already
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$REPRISE" demo --port 0 "$@" >"$out" 2>&1 </dev/null 3>&- &
	pid=$!
	wait_for 10 grep -q 'http://127\.0\.0\.1:[0-9]' "$out" || { cat "$out" >&2; return 1; }
	started demo $pid "$(sed -n 's|.*http://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$out" | head -1)"
}

# start_notebook: starts the application of tests/cli/notebook.py.
start_notebook() {
	local pid
	timeout -k 5 120 python3 -B "$SRCDIR/tests/cli/notebook.py" >port 2>/dev/null </dev/null 3>&- &
	pid=$!
	wait_for 20 test -s port
	started notebook $pid "$(cat port)"
}

# notebook_mode WORDS: sets what the notebook refuses.
notebook_mode() {
	curl -sf -d "$1" "$SERVER_URL/_mode" >/dev/null
}

# perform_steps [ARG…]: runs the steps on standard input against the server; the result is in out.json.
perform_steps() {
	{
		echo "target: $SERVER_URL"
		cat
	} | scenario >/dev/null
	run reprise run --json "$BATS_TEST_TMPDIR/out.json" "$@" "$BATS_TEST_TMPDIR/scenario.yaml"
	echo "$output"
}

# nginx_paths: prints the paths that nginx received, each with a space after it.
nginx_paths() {
	awk '{printf "%s ", $7}' "$NGINX_DIR/access.log"
}

# start_nginx [SERVER-LINES]: starts nginx with one worker and SERVER-LINES in its server block
# (default: a small JSON response to every request). Its folder is NGINX_DIR, its access log is
# NGINX_DIR/access.log.
start_nginx() {
	local nginx lines=${1:-"location / { return 200 '{\"ok\": true}'; }"}
	nginx=$(command -v nginx || echo /usr/sbin/nginx)
	NGINX_DIR="$(scratch)/nginx.$RANDOM"
	export NGINX_DIR
	mkdir -p "$NGINX_DIR"
	local port
	port=$(free_port)
	cat >"$NGINX_DIR/nginx.conf" <<-END
		daemon off;
		worker_processes 1;
		$([ "$(id -u)" -ne 0 ] || echo 'user root;')
		pid $NGINX_DIR/pid;
		error_log $NGINX_DIR/error.log;
		events { worker_connections 8192; }
		http {
		  access_log $NGINX_DIR/access.log;
		  client_body_temp_path $NGINX_DIR/body;
		  proxy_temp_path $NGINX_DIR/proxy;
		  fastcgi_temp_path $NGINX_DIR/fastcgi;
		  uwsgi_temp_path $NGINX_DIR/uwsgi;
		  scgi_temp_path $NGINX_DIR/scgi;
		  keepalive_requests 1000000;
		  server {
		    listen 127.0.0.1:$port;
		    location = /.settled { access_log off; return 204; }
		    default_type application/json;
		    $lines
		  }
		}
	END
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$nginx" -p "$NGINX_DIR" -c "$NGINX_DIR/nginx.conf" >"$NGINX_DIR/out" 2>&1 </dev/null 3>&- &
	started nginx $! "$port"
	export NGINX_PORT=$port
	wait_for 10 listens "$port" || { cat "$NGINX_DIR/out" "$NGINX_DIR/error.log" >&2; return 1; }
}

# start_origin: starts the scripted origin of tests/faults with HTTP and TLS. origin_port NAME prints
# the port of one of its listeners; ORIGIN_CERTS is the folder of its certificates, such as ca.pem.
start_origin() {
	local faults="$SRCDIR/tests/faults"
	ORIGIN_CERTS="$(scratch)/certs"
	ORIGIN_PORTS="$(scratch)/origin.ports"
	export ORIGIN_CERTS ORIGIN_PORTS
	rm -f "$ORIGIN_PORTS"
	[ -d "$ORIGIN_CERTS" ] || "$faults/certs" "$ORIGIN_CERTS" >/dev/null || return 1
	# It stops when its standard input is closed, so it gets a pipe that it keeps open itself.
	mkfifo "$ORIGIN_PORTS.in"
	python3 -B "$faults/origin.py" --ports "$ORIGIN_PORTS" --certs "$ORIGIN_CERTS" \
		--for "${SERVER_LIMIT_S:-1500}" >"$ORIGIN_PORTS.out" 2>&1 <>"$ORIGIN_PORTS.in" 3>&- &
	local pid=$!
	wait_for 20 test -s "$ORIGIN_PORTS" || { cat "$ORIGIN_PORTS.out" >&2; return 1; }
	started origin $pid "$(origin_port http)"
}

origin_port() {
	sed -n "s/^$1=//p" "$ORIGIN_PORTS"
}

# start_sinks: starts a statsd listener and a web server; their ports are STATSD and WEB. They save
# what they receive in the current folder (see tests/cli/sinks.py).
start_sinks() {
	python3 -B "$SRCDIR/tests/cli/sinks.py" . "${SERVER_LIMIT_S:-1500}" >sinks.out 2>&1 </dev/null 3>&- &
	started sinks $!
	wait_for 20 test -s ports
	STATSD=$(sed -n 's/^statsd=//p' ports)
	WEB=http://127.0.0.1:$(sed -n 's/^http=//p' ports)
}

# start_enemy: starts a server whose responses contain markup, formulas and commands; its port is in
# ENEMY (see tests/cli/hostile.py, which also writes the scenario for it).
start_enemy() {
	local out pid
	out="$(scratch)/enemy.port"
	rm -f "$out"
	python3 -B "$SRCDIR/tests/cli/hostile.py" serve "${SERVER_LIMIT_S:-1500}" >"$out" 2>/dev/null </dev/null 3>&- &
	pid=$!
	wait_for 20 test -s "$out"
	ENEMY=$(cat "$out")
	export ENEMY
	started enemy $pid "$ENEMY"
}

# fetch URL [FILE]: requests URL with Python and writes the body to FILE or standard output.
fetch() {
	python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=10).read().decode())' "$1" >"${2:-/dev/stdout}"
}

# origin_saw: prints the origin's counts as JSON; origin_reset sets them to zero.
origin_saw() {
	fetch "http://127.0.0.1:$(origin_port http)/stats"
}

origin_reset() {
	python3 -c 'import sys, urllib.request
urllib.request.urlopen(urllib.request.Request(sys.argv[1], method="POST"), timeout=10).read()' \
		"http://127.0.0.1:$(origin_port http)/stats/reset"
}
