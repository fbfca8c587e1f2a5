# The page of the editor: `reprise edit [FOLDER]`.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir folder
	printf 'target: http://127.0.0.1:1\nsteps: [get: /]\n' >folder/shop.yaml
	has_page || skip "this build has no page"
}

teardown() {
	stop_servers
}

has_page() {
	"$REPRISE" edit nowhere 2>&1 | grep -q "is not a folder"
}

# editor ARGUMENT…: starts the editor and sets ADDRESS, without the token, and TOKEN.
editor() {
	env -u DISPLAY -u WAYLAND_DISPLAY timeout 60 "$REPRISE" edit "$@" >out 2>&1 3>&- &
	started out $!
	wait_for 20 grep -q 'Ctrl-C' out
	ADDRESS=$(sed -n 's/^The editor is at \(http:.*\/\)#token=.*/\1/p' out)
	TOKEN=$(sed -n 's/.*#token=\([0-9a-f]*\).*/\1/p' out)
	[ ${#TOKEN} -eq 64 ]
}

@test "the page and its files need no token, and load nothing from elsewhere" {
	editor folder
	run -0 curl -sS -D headers "$ADDRESS"
	[[ $output == *'<script src="assets/page.js" defer>'* ]]
	[[ $output != *"$TOKEN"* ]]
	[[ $output != *"http:"* ]]
	grep -qi "^content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " headers
	run -1 grep -i "unsafe\|cookie" headers
	grep -qi '^cache-control: no-store' headers
	for file in page.js code.js page.css licences.txt; do
		run -0 curl -sS -f -o file -w '%{content_type}' "${ADDRESS}assets/$file"
		[ -s file ]
	done
	[ "$(curl -sS --compressed -o /dev/null -w '%{size_download}' "${ADDRESS}assets/page.js")" -lt 150000 ]
	[ "$(curl -sS -o /dev/null -w '%{http_code}' "${ADDRESS}assets/other.js")" -eq 401 ]
	[ "$(curl -sS -o /dev/null -w '%{http_code}' "${ADDRESS}api/1/folder")" -eq 401 ]
	[ "$(curl -sS -o /dev/null -w '%{http_code}' -H "X-Reprise-Token: $TOKEN" "${ADDRESS}api/1/folder")" -eq 200 ]
	[ "$(curl -sS -o /dev/null -w '%{http_code}' -H 'Host: evil.example' "$ADDRESS")" -eq 403 ]
	[ "$(curl -sS -o /dev/null -w '%{http_code}' -H 'Origin: http://evil.example' "$ADDRESS")" -eq 403 ]
}

@test "in a container: the address that is printed is that of the host, and another port of the host is accepted" {
	editor --no-browser --listen 0.0.0.0:0 folder
	[[ $ADDRESS == http://127.0.0.1:* ]]
	wait_for 20 grep -q '^reprise: warning: the editor listens on 0.0.0.0.*token' out
	for host in 127.0.0.1:9999 localhost:9999 '[::1]:9999'; do
		run -0 curl -sS -D headers -H "Host: $host" -H "Origin: http://$host" "$ADDRESS"
		[[ $output == *'assets/page.js'* ]]
		grep -qi "^content-security-policy:.* frame-src 'self';" headers
	done
	[ "$(curl -sS -o /dev/null -w '%{http_code}' -H 'Host: box.example:9999' "$ADDRESS")" -eq 403 ]
	stop_servers
	editor --no-browser --listen 127.0.0.1:0 --allow-host box.example folder
	run -1 grep warning out
	[ "$(curl -sS -o /dev/null -w '%{http_code}' -H 'Host: box.example:9999' "$ADDRESS")" -eq 200 ]
}

@test "the API of --api has no page" {
	timeout 60 "$REPRISE" edit --api folder >out 2>&1 3>&- &
	started out $!
	wait_for 20 grep -q '^token' out
	run -0 curl -sS -o /dev/null -w '%{http_code}' "$(sed -n 's/^address: \(.*\)api.1.$/\1/p' out)"
	[ "$output" -eq 401 ]
}

@test "a file as operand: its folder is served, and the address is that of the test" {
	editor folder/shop.yaml
	grep -q "#token=$TOKEN/test/shop.yaml$" out
	run -0 curl -sS -H "X-Reprise-Token: $TOKEN" "${ADDRESS}api/1/about"
	[[ $output == *"/folder\""* ]]
}

@test "the browser is opened without the token in the command line" {
	cat >xdg-open <<-'END'
		#!/bin/sh
		echo "$@" >words
		stat -c %a "$1" >mode
		cp "$1" opened.html
		touch done
	END
	chmod +x xdg-open
	PATH=$PWD:$PATH DISPLAY=:99 timeout 60 "$REPRISE" edit folder >out 2>&1 3>&- &
	started out $!
	wait_for 20 test -e folder/done
	address=$(sed -n 's/^The editor is at //p' out)
	grep -qF "url=$address\"" folder/opened.html
	[ "$(cat folder/mode)" = 600 ]
	run -1 grep token folder/words
	page=$(cat folder/words)
	stop_servers
	[ ! -e "$page" ]
	rm folder/done
	PATH=$PWD:$PATH DISPLAY=:99 timeout 60 "$REPRISE" edit --no-browser folder >out 2>&1 3>&- &
	started out $!
	wait_for 20 grep -q Ctrl-C out
	[ ! -e folder/done ]
}

@test "the licences of the page are in the program" {
	run -0 "$REPRISE" --version --licences
	[[ ${lines[0]} == "reprise "* ]]
	[[ $output == *"Copyright (c) 2026 the reprise maintainers"* ]]
	[[ $output == *"React, React DOM and Scheduler"*"CodeMirror 5"*"THE SOFTWARE IS PROVIDED"* ]]
}
