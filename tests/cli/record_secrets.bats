#!/usr/bin/env bats
# A password typed while recording is only in the HAR file, which only its owner can read. The tests
# search all files and output of recording, importing and running for it, also in encoded forms.

load helper

# Its special characters are encoded differently in forms, JSON, YAML, markup and base64.
SECRET='Pferd+7&"Batterie" <Klammer>%'

setup() {
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	cd "$BATS_TEST_TMPDIR"
	export XDG_DATA_HOME="$PWD/data" VISITOR_PASSWORD="$SECRET"
	start_demo --password "$SECRET"
	rm demo.out
	SHOP=$SERVER_URL
}

teardown() {
	stop_servers
}

# nowhere FILE…: whether the password is in none of the files and folders.
nowhere() {
	SECRET=$SECRET python3 - "$@" <<-'END'
		import base64, gzip, html, json, os, sys, urllib.parse
		secret = os.environ["SECRET"]
		forms = {secret, json.dumps(secret)[1:-1], html.escape(secret), html.escape(secret, False),
		         urllib.parse.quote(secret, ""), urllib.parse.quote_plus(secret),
		         secret.replace("'", "''"), json.dumps(json.dumps(secret)[1:-1])[1:-1],
		         secret.replace("<", "\\u003c").replace(">", "\\u003e")}
		needles = {f.encode() for f in forms} | {f.encode().lower() for f in forms} | {b"Batterie"}
		for shift in range(3):
		    coded = base64.b64encode(b"x" * shift + secret.encode())
		    needles.add(coded[4 if shift else 0:-4])
		found, looked = [], 0
		for path in sys.argv[1:]:
		    files = [path] if os.path.isfile(path) else [
		        os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
		    for file in files:
		        data = open(file, "rb").read()
		        looked += 1
		        if data[:2] == b"\x1f\x8b":
		            data = gzip.decompress(data)
		        found += [file for needle in needles if needle in data][:1]
		print("found in:", found, "of", looked)
		sys.exit(1 if found or not looked else 0)
	END
}

# used FILE LOGINS: checks all files and output of a run of the scenario, also with a failed login.
used() {
	PASSWORD=$SECRET reprise run -vv --think off -u 3 -i 1 -o results --report report.html \
		--json run.json --junit run.xml --events run.events --csv run.csv "$1" >run.said 2>&1
	[ "$(fetch "$SHOP/stats" | json - 'd["logins"]')" -eq "$2" ]
	PASSWORD=$SECRET reprise show "$1" >show.said 2>&1
	PASSWORD=$SECRET reprise check "$1" >check.said 2>&1
	start_demo --password other
	PASSWORD=$SECRET run reprise run -vv --think off -t "$SERVER_URL" -u 2 -i 1 -o failed --report failed.html \
		--json failed.json "$1"
	[ "$status" -eq 1 ]
	echo "$output" >failed.said
	nowhere results report.html run.json run.xml run.events run.csv failed failed.html failed.json ./*.said
}

@test "browser: typed secrets are only in the HAR file" {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ -z "${SANITIZED:-}" ] || skip "once is enough"
	LIMIT_S=150 reprise record --browser "$SRCDIR/tests/cli/visitor.py" "$SHOP/?why=$(python3 -c \
		'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1]))' "$SECRET")" >record.said 2>&1
	grep -q 'only you can read it' record.said
	[ "$(stat -c %a visit.har)" = 600 ]
	grep -q Batterie visit.har
	[ ! -e visit.journal ]
	PASSWORD= reprise import har visit.har -o again.yaml --explain --verify >import.said 2>&1
	diff <(sed 1,4d visit.yaml) <(sed 1,4d again.yaml)
	nowhere visit.yaml again.yaml data
	# The recording, eight performances of --verify, and three users.
	used visit.yaml 12
}

@test "programs: secrets in forms, JSON, Basic and URLs are only in the HAR file, also after a kill" {
	timeout -k 5 "${SERVER_LIMIT_S:-1500}" "$REPRISE" record --browser none >record.said 2>&1 </dev/null 3>&- &
	local recorder=$!
	started recorder $recorder
	wait_for 20 grep -q 'Recording with the proxy' record.said
	local proxy token
	proxy=$(sed -n 's|.*Recording with the proxy \(http://[^ ;]*\).*|\1|p' record.said)
	asked() { curl -sS -m 20 -x "$proxy" -b jar -c jar "$@"; }
	token=$(asked "$SHOP/login" | sed -n 's/.*name="csrf_token" value="\([0-9a-f]*\)".*/\1/p')
	asked -o /dev/null -d user=anna -d "csrf_token=$token" --data-urlencode "password=$SECRET" "$SHOP/login"
	asked -o /dev/null "$SHOP/account"
	asked -o /dev/null -u "anna:$SECRET" "$SHOP/"
	asked -o /dev/null -G --data-urlencode "password=$SECRET" "$SHOP/search"
	asked -o answer -H 'Content-Type: application/json' --data-binary \
		"$(SECRET=$SECRET python3 -c 'import json, os
print(json.dumps({"user": "anna", "password": os.environ["SECRET"]}))')" "$SHOP/api/token"
	grep -q token answer
	all() { [ "$(grep -c api/token visit.journal)" -eq 1 ]; }
	wait_for 20 all
	pkill -KILL -P $recorder
	wait $recorder || true
	[ "$(stat -c %a visit.journal)" = 600 ]
	reprise record finish visit.journal >>record.said 2>&1
	[ "$(stat -c %a visit.har)" = 600 ]
	[ ! -e visit.journal ]
	nowhere visit.yaml record.said data
	reprise replay visit.har --once -vv --json replay.json >replay.said 2>&1
	nowhere replay.json
	# Each visit logs in with the form and with the API: recorded, replayed, run by three users.
	used visit.yaml 10
	[ "$(find . -name '*reprise-*' | wc -l)" -eq 0 ]
}

@test "the suggested data file for logins works, with one account per user" {
	start_demo --log shop.log
	python3 -B "$SRCDIR/tests/cli/har_visit.py" "$SERVER_URL" own.har
	run reprise import har own.har
	[[ "$output" == *'data: {account: {file: accounts.csv, per: user, secret: [password]}}'* ]]
	printf 'user,password\n' >accounts.csv
	for i in 1 2 3; do echo "person$i,demo"; done >>accounts.csv
	sed -i -e 's/user: anna/user: "${account.user}"/' -e 's/\${PASSWORD}/${account.password}/' \
		-e '/^parameters:/,/^$/d' \
		-e 's/^target:.*/&\ndata: {account: {file: accounts.csv, per: user, secret: [password]}}/' own.yaml
	run reprise run -vv --think off -u 3 -i 1 own.yaml
	[ "$status" -eq 0 ]
	for i in 1 2 3; do
		[[ "$output" == *"user=person$i&"* ]]
	done
	[[ "$output" == *"password=***"* ]]
	[[ "$output" != *"password=demo"* ]]
}
