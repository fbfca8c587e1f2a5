#!/usr/bin/env bats
# WebSockets and streams of `listen` in results: every output has the same counts, two shards that are merged have
# those of one run, and `compare` has rows for handshakes and messages.

load helper

setup() {
	local name
	cd "$BATS_TEST_TMPDIR" || return 1
	for name in websocket listen; do
		python3 -B "$SRCDIR/tests/cli/${name}_server.py" "${SERVER_LIMIT_S:-1500}" >$name.out 2>/dev/null </dev/null 3>&- &
		started $name $!
		wait_for 60 test -s $name.out
	done
}

teardown() {
	stop_servers
}

# visit LOAD: three messages of a socket, and two events of a stream.
visit() {
	scenario s.yaml <<-END
		target: http://127.0.0.1:$(head -1 websocket.out)
		allowed_hosts: ["127.0.0.1:$(head -1 listen.out)"]
		defaults: {timeout: 1m}
		load: {$1}
		steps:
		  - websocket: /chat
		    name: Chat
		    socket: chat
		  - {send: {text: hello}, socket: chat, wait_for: {body: {contains: hello}}, name: Hello}
		  - {listen: "http://127.0.0.1:$(head -1 listen.out)/once", name: News}
		  - {wait_for: {event: order}, count: 2, name: Two}
		  - think: 20ms
		thresholds: ["handshake p95 < 1m", "message p95 of \"Hello\" < 1m"]
	END
}

counts() { # of a summary
	json "$1" '[d["messages"], d["sockets"], [d[k]["samples"] for k in ("handshake_ms", "message_ms")],
		[[s["name"], s["requests"]["started"], s["requests"]["ok"]] for s in d["steps"]]]'
}

@test "every output has the messages, the sockets and their times" {
	local port pid
	start_sinks
	visit "users: 3, iterations: 4"
	port=$(free_port)
	"$REPRISE" run --plain --json r.json --csv s.csv --statsd "127.0.0.1:$STATSD" --prometheus "$port" \
		--prometheus-linger 60s --influx "$WEB/write" --otlp "$WEB" --send-wait 60s s.yaml >out 2>err </dev/null 3>&- &
	pid=$!
	wait_for 60 grep -q 'the last values stay' err || { cat out err; return 1; }
	fetch "http://127.0.0.1:$port/metrics" metrics
	wait $pid
	[ "$(json r.json 'd["messages"]')" = '{"sent": 12, "received": 36, "unmatched": 0, "dropped": 0, "replies_dropped": 0}' ]
	[ "$(json r.json 'd["sockets"]')" = '{"opened": 24, "open": 0}' ]
	wait_for 20 all_packets
	run python3 - <<-'END'
		import collections, csv, glob, json, re
		found = collections.defaultdict(dict)
		rows = list(csv.DictReader(open("s.csv")))
		for key in ("sent", "received"):
		    found["csv"][key] = sum(int(row["messages_" + key]) for row in rows)
		found["csv"]["open"] = int(rows[-1]["sockets_open"])
		counts = collections.Counter()
		for name in sorted(glob.glob("statsd.*")):
		    for metric, value, kind in re.findall(r"^(\S+?):([0-9.]+)\|(c|g)", open(name).read(), re.M):
		        counts[metric] = counts[metric] + int(value) if kind == "c" else float(value)
		found["statsd"] = {"sent": counts["reprise.messages.sent"], "received": counts["reprise.messages.received"],
		                   "open": int(counts["reprise.sockets"])}
		prometheus = dict(re.findall(r"^(reprise_\w+)(?:\{[^}]*\})? (\S+)$", open("metrics").read(), re.M))
		found["prometheus"] = {"sent": int(prometheus["reprise_messages_sent_total"]),
		                       "received": int(prometheus["reprise_messages_received_total"]),
		                       "open": int(float(prometheus["reprise_sockets"]))}
		assert prometheus["reprise_sockets_opened_total"] == "24", prometheus
		assert "reprise_handshake_time_seconds_count" in prometheus, prometheus
		assert "reprise_message_time_seconds_count" in prometheus, prometheus
		influx = re.findall(r"(messages_sent|messages_received|sockets_open)=(\d+)", open("influx").read())
		found["influx"] = {"sent": sum(int(v) for k, v in influx if k == "messages_sent"),
		                   "received": sum(int(v) for k, v in influx if k == "messages_received"),
		                   "open": int([v for k, v in influx if k == "sockets_open"][-1])}
		metrics = {m["name"]: m for m in json.load(open("otlp"))["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]}
		def point(name):
		    return int(metrics[name].get("sum", metrics[name].get("gauge"))["dataPoints"][0]["asInt"])
		found["otlp"] = {"sent": point("reprise.messages.sent"), "received": point("reprise.messages.received"),
		                 "open": point("reprise.sockets")}
		for output, values in sorted(found.items()):
		    print(output, values["sent"], values["received"], values["open"])
	END
	[ "$output" = "$(printf '%s 12 36 0\n' csv influx otlp prometheus statsd)" ]
}

all_packets() {
	[ "$(ls | grep -c '^statsd\.[0-9]')" = "$(json r.json '[o["given"] for o in d["outputs"] if "statsd" in str(o)][0]')" ]
}

@test "two shards that are merged have the counts of one run" {
	local first
	visit "users: 4, iterations: 5"
	reprise run -q --shard 1/2 --out a s.yaml >/dev/null 2>&1 &
	first=$!
	reprise run -q --shard 2/2 --out b s.yaml
	wait $first
	reprise run -q --out one s.yaml
	reprise merge a b --out merged
	[ "$(counts merged/summary.json)" = "$(counts one/summary.json)" ]
	[ "$(json merged/summary.json 'd["messages"]["received"]')" = 60 ]
	[ "$(json a/summary.json 'd["messages"]["received"]')" = 30 ]
}

@test "compare has rows for handshakes and messages" {
	visit "users: 2, duration: 7s"
	reprise run -q --out a s.yaml
	reprise run -q --out b s.yaml
	run reprise compare a b
	[ "$status" -le 1 ] # a busy machine is slower at times
	[[ $output == *"all handshakes"*"handshakes/s"*"all messages"*"messages/s"* ]]
	run reprise compare --format json --junit j.xml a b
	echo "$output" >c.json
	[ "$(json c.json '[[l["name"], "error_rate" in l, l["throughput"]["known"]] for l in d["lines"][1:3]]')" = \
		'[["all handshakes", false, true], ["all messages", false, true]]' ]
	[ "$(grep -c '<testcase' j.xml)" = "$(sed -n 's/.* tests="\([0-9]*\)".*/\1/p' j.xml)" ]
	reprise report b --against a
}
