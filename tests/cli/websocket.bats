#!/usr/bin/env bats
# WebSockets on real sockets: a visit, counts that are those of the server, and servers that misbehave.

load helper

setup_file() {
	start_script websocket_server.py
}

teardown_file() {
	stop_script
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

all_closed() {
	[ "$(grep -c '^closed 1000 received 3 sent 3$' "$BATS_FILE_TMPDIR/server.out")" = 12 ]
}

@test "messages are counted as the server counts them, and shown by -v" {
	scenario <<-END
		target: $TARGET
		load: {users: 3, iterations: 4}
		steps:
		  - websocket: /chat
		    name: Chat
		    subprotocols: [chat.v1, chat.v2]
		    on_message: {when: {jsonpath: {$.type: ping}}, send: {json: {type: pong}}}
		  - send: {json: {type: join, room: 7}}
		    wait_for: {jsonpath: {$.type: joined}}
		    extract: {me: {jsonpath: $.id}}
		    name: Join
		  - send: {text: "I am \${me}"}
		  - wait_for: {body: {contains: echo I am u42}}
		thresholds: ["message p95 of \"Join\" < 1m", handshake p95 < 1m]
	END
	run reprise run -j 2 --json r.json --csv s.csv scenario.yaml
	[ "$status" -eq 0 ]
	[[ $output == *"messages 36 sent, 36 received on 12 sockets"* ]]
	[ "$(json r.json 'd["messages"]')" = '{"sent": 36, "received": 36, "unmatched": 0, "dropped": 0, "replies_dropped": 0}' ]
	[ "$(json r.json 'd["sockets"]')" = '{"opened": 12, "open": 0}' ]
	[ "$(json r.json 'd["requests"]["ok"]')" = 36 ]
	[ "$(json r.json '[d["handshake_ms"]["samples"], d["message_ms"]["samples"]]')" = '[12, 24]' ]
	grep -q ',messages_sent,messages_received,messages_unmatched,messages_dropped,sockets_open$' s.csv
	wait_for 60 all_closed
	run reprise run --once -v scenario.yaml
	[ "$status" -eq 0 ]
	[[ $output == *'Chat > {"type":"join","room":7}'*'Chat < {"type":"ping"}'*'Chat > {"type":"pong"}'*'extracted  me = "u42"'* ]]
}

@test "servers that break the rules fail the step that uses the socket" {
	local rows=(
		'refuse|HTTP 403, expected 101'
		'accept|Sec-WebSocket-Accept is missing or does not match the key'
		'close|the server closed it with code 4001, reason: kicked'
		'lost|the server closed the connection without a close frame (code 1006)'
		'masked|a frame of the server is masked (code 1002)'
		'utf8|a text message is not UTF-8 (code 1007)'
		'reserved|a frame has a reserved bit (code 1002)'
		'huge|a message is larger than allowed (code 1009)'
		'half|no matching message within 500 ms; no message has arrived'
	) row
	{
		echo "target: $TARGET"
		echo 'scenarios:'
		for row in "${rows[@]}"; do
			echo "  - name: ${row%%|*}"
			echo '    steps:'
			echo "      - websocket: /${row%%|*}"
			echo '      - send: {text: hello}'
			echo '        wait_for: {body: {contains: never}}'
			echo '        timeout: 500ms'
		done
	} >scenario.yaml
	sed -i 's/timeout: 500ms/timeout: 1m/; $s/1m/500ms/' scenario.yaml
	run reprise run --once --json r.json scenario.yaml
	[ "$status" -eq 1 ]
	for row in "${rows[@]}"; do
		grep -qF "${row#*|}" r.json || { echo "missing: $row"; echo "$output"; return 1; }
	done
}

@test "a failed wait keeps the last messages of its socket; secrets in them are masked everywhere" {
	scenario <<-END
		target: $TARGET
		parameters: {TOKEN: {default: very-secret-token, secret: yes}}
		load: {users: 1, iterations: 1}
		steps:
		  - websocket: /chat
		    name: Chat
		  - send: {text: "hello \${TOKEN}"}
		  - send: {base64: AAEC}
		  - send: {text: "$(printf 'x%.0s' {1..85}) \${TOKEN} end"}
		    wait_for: {body: {contains: never}}
		    timeout: 500ms
	END
	run reprise run --out kept scenario.yaml
	[ "$status" -eq 1 ]
	[[ $(tr -s ' \n' ' ' <<<"$output") == *'3 other messages, the last: echo xxx'* ]]
	[[ $output != *very-sec* ]]
	run python3 - kept/failures/timeout-1.har <<-'END'
		import json, sys
		entry = json.load(open(sys.argv[1]))["log"]["entries"][0]
		print(entry["request"]["method"], entry["request"]["url"].split(":")[0], entry["response"]["status"],
		      entry["_resourceType"])
		for m in entry["_webSocketMessages"]:
		    print(m["type"], m["opcode"], m["data"].replace("x", ""))
	END
	[ "$output" = "$(printf '%s\n' 'GET ws 101 websocket' 'send 1 hello ***' \
		'send 2 AAEC' 'send 1  *** end' 'receive 1 echo hello ***' 'receive 2 ZWNobyAAAQI=' 'receive 1 echo  *** end')" ]
	run ! grep -raq very-sec kept
	cp kept/failures/timeout-1.har first.har
	rm -r kept/failures
	reprise report kept
	cmp first.har kept/failures/timeout-1.har
	run reprise run --once -v scenario.yaml
	[ "$status" -eq 1 ]
	[[ $output == *'Chat > hello ***'*'Chat < echo hello ***'* ]]
	[[ $output != *very-sec* ]]
	run reprise run --once -vv scenario.yaml
	[[ $output != *very-sec* ]]
}

slow_closed() {
	[ "$(grep -c '^closed 1000 received 2 sent 0$' "$BATS_FILE_TMPDIR/server.out")" = 3 ]
}

@test "a message that was sent arrives, even if its server reads slowly and the run has ended" {
	head -c 9000000 /dev/zero >large
	scenario <<-END
		target: $TARGET
		load: {users: 3, iterations: 1}
		steps:
		  - websocket: /slow
		    compressed: no
		  - send: {text: small}
		  - send: {file: large}
	END
	run -0 reprise run --json r.json scenario.yaml
	[ "$(json r.json 'd["messages"]["sent"]')" = 6 ]
	wait_for 60 slow_closed
}

@test "a message that arrived before a send is not its reply, even if it was read together with an earlier message" {
	scenario <<-END
		target: $TARGET
		load: {users: 1, iterations: 20}
		steps:
		  - websocket: /pair
		  - send: {text: begin}
		    wait_for: {body: one}
		  - send: {text: hello}
		    wait_for: {}
		    extract: {reply: {body: yes}}
		  - if: \${reply != "echo hello"}
		    then: [fail: "the reply is \${reply}"]
	END
	run -0 reprise run --json r.json scenario.yaml
	[ "$(json r.json 'd["messages"]')" = '{"sent": 40, "received": 60, "unmatched": 20, "dropped": 0, "replies_dropped": 0}' ]
}

@test "a message that cannot be sent, because the server has closed the socket, keeps the last messages too" {
	scenario <<-END
		target: $TARGET
		load: {users: 1, iterations: 1}
		steps:
		  - websocket: /close
		  - send: {text: first}
		  - wait_for: {}
		    on_failure: continue
		  - send: {text: second}
		    wait_for: {}
	END
	run reprise run --out kept scenario.yaml
	[ "$status" -eq 1 ]
	[ "$(json kept/failures/closed-2.har '[[m["type"], m["data"]] for m in d["log"]["entries"][0]["_webSocketMessages"]]')" = \
		'[["send", "first"]]' ]
}
