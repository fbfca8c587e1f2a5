#!/usr/bin/env bats
# The container image: built from the Dockerfile, then run as in a cluster, against the sample shop.
# Runs once, as a separate step of contrib/test.

load ../cli/helper
load podman

setup_file() {
	# Not in a subshell, because the tests need the exported variables.
	podman_up >"$BATS_FILE_TMPDIR/why" 2>&1 || {
		WHY=$(cat "$BATS_FILE_TMPDIR/why")
		export WHY=${WHY:-containers do not run here}
		podman_down
		return
	}
	podman_source "$PODMAN_DIR/source"
	podman_build "$IMAGE" --build-arg REVISION=0123abc
	start_demo
	export SHOP=$SERVER_URL
}

# Not in setup_file, where bats would report it as a failure.
setup() {
	[ -z "${WHY:-}" ] || skip "$WHY"
}

teardown_file() {
	stop_servers
	podman_down
}

# contained ARG…: runs a container in the machine's network with minimal privileges.
contained() {
	timeout -k 5 60 podman run --rm --network=host --read-only --cap-drop=all \
		--security-opt=no-new-privileges --user 12345:12345 "$@"
}

inspect() {
	podman image inspect --format "$1" "${2:-$IMAGE}"
}

@test "the image is at most 30 MB larger than its base and has labels" {
	added=$(($(inspect '{{.Size}}') - $(inspect '{{.Size}}' "$BASE_IMAGE")))
	echo "# the image is $((added / 100000)) x 100 KB over its base" >&3
	[ "$added" -le 30000000 ]
	[ "$(inspect '{{.Config.User}}')" = 10001:10001 ]
	[ "$(inspect '{{json .Config.Entrypoint}}')" = '["reprise"]' ]
	[ "$(inspect '{{json .Config.Cmd}}')" = '["run","/scenarios/scenario.yaml"]' ]
	[ "$(inspect '{{index .Config.Labels "org.opencontainers.image.title"}}')" = reprise ]
	[ "$(inspect '{{index .Config.Labels "org.opencontainers.image.revision"}}')" = 0123abc ]
	[ "$(inspect '{{index .Config.Labels "org.opencontainers.image.licenses"}}')" = MIT ]
	[ "$(inspect '{{index .Config.Labels "org.opencontainers.image.base.name"}}')" = "$BASE_IMAGE" ]
	run -0 contained "$IMAGE" --version
	[ "$(inspect '{{index .Config.Labels "org.opencontainers.image.version"}}')" = "$(sed -n "1s/^reprise //p" <<<"$output")" ]
}

@test "the image has all libraries, licences and certificates" {
	run -0 contained --entrypoint sh "$IMAGE" -c '
		ldd /usr/bin/reprise | grep "not found" && exit 1
		for file in /etc/ssl/certs/ca-certificates.crt /usr/share/doc/reprise/copyright \
			/usr/share/doc/libcurl4/copyright /var/lib/dpkg/status.d/libcurl4; do
			test -s $file || { echo "not in the image: $file"; exit 1; }
		done'
}

@test "pages in old encodings are read without the ICU data tables" {
	printf '<html><head><meta charset="windows-1251"></head><body><h1>\xcf\xf0\xe8</h1></body></html>' |
		contained -i "$IMAGE" try css h1 >"$BATS_TEST_TMPDIR/found"
	[ "$(json "$BATS_TEST_TMPDIR/found" 'd[0]')" = При ]
}

@test "the same source builds the same image" {
	[ -n "${ALL_TESTS:-}" ] || skip "a second build of the image: only every night"
	podman_build "$IMAGE-again" --build-arg REVISION=0123abc --build-arg REBUILD=yes
	[ "$(inspect '{{.Id}}')" = "$(inspect '{{.Id}}' "$IMAGE-again")" ]
}

@test "the default scenario reads target, users and duration from the environment" {
	mkdir -m 777 "$BATS_TEST_TMPDIR/out"
	run -0 contained -v "$BATS_TEST_TMPDIR/out:/out" -e TARGET="$SHOP" -e USERS=3 -e DURATION=1s \
		-e THINK=100ms -e REPRISE_JSON=/out/result.json "$IMAGE"
	[[ "$output" == *"PASSED   Smoke"* ]]
	[[ "$output" == *"USERS is '3' (environment USERS)"* ]]
	[ "$(json "$BATS_TEST_TMPDIR/out/result.json" 'd["users"]["max"]')" = 3 ]
}

# api METHOD PATH [DATA]: a request to the editor in the container, whose port has another number here.
api() {
	curl -sSf -X "$1" -H "Host: 127.0.0.1:8091" -H "X-Reprise-Token: $token" ${3:+-d "$3"} "${address}api/1/$2"
}

@test "the editor serves its page, a folder of the host and reports on one port" {
	local dir=$BATS_TEST_TMPDIR/tests
	mkdir -m 777 "$dir" "$dir/result"
	echo '<p>the report</p>' >"$dir/result/report.html"
	port=$(free_port)
	timeout 60 podman run --rm --network=host --user 12345:12345 -v "$dir:/scenarios" "$IMAGE" \
		edit --listen "0.0.0.0:$port" /scenarios >"$BATS_TEST_TMPDIR/editor" 2>&1 3>&- &
	started editor $!
	wait_for 30 grep -q Ctrl-C "$BATS_TEST_TMPDIR/editor"
	wait_for 10 grep -q 'warning: the editor listens on 0.0.0.0' "$BATS_TEST_TMPDIR/editor"
	address=$(sed -n 's/^The editor is at \(http:.*\/\)#token=.*/\1/p' "$BATS_TEST_TMPDIR/editor")
	token=$(sed -n 's/.*#token=\([0-9a-f]*\).*/\1/p' "$BATS_TEST_TMPDIR/editor")
	[ "$address" = "http://127.0.0.1:$port/" ]
	curl -sSf "${address}assets/page.js" | grep -q createRoot
	api PUT files/new.yaml '{"text": "target: http://127.0.0.1\nsteps: [get: /]\n"}' >/dev/null
	grep -q 'get: /' "$dir/new.yaml"
	# The address of the report has the port by which the browser reached the editor.
	api POST results/result/view >"$BATS_TEST_TMPDIR/view"
	view=$(json "$BATS_TEST_TMPDIR/view" 'd["url"]')
	[[ $view == http://127.0.0.1:8091/view/* ]]
	[ "$(curl -sSf "$address${view#http://127.0.0.1:8091/}")" = '<p>the report</p>' ]
	stop_servers
}

@test "read-only, without capabilities, as another user; a secret from a file is used and not shown" {
	local dir=$BATS_TEST_TMPDIR
	mkdir "$dir/scenarios" && mkdir -m 777 "$dir/out"
	echo demo >"$dir/secret"
	chmod 755 "$dir" "$dir/scenarios" && chmod 644 "$dir/secret"
	cat >"$dir/scenarios/scenario.yaml" <<-'END'
		name: Secret
		target: http://shop.invalid
		parameters:
		  PASSWORD: {required: true, secret: true}
		  WHO: {default: nobody}
		steps:
		  - get: /login
		    extract:
		      csrf: {form_field: csrf_token}
		  - post: /login
		    form: {user: "${WHO}", password: "${PASSWORD}", csrf: "${csrf}"}
		    expect:
		      body: {contains: "Welcome, ${WHO}"}
	END
	chmod 644 "$dir/scenarios/scenario.yaml"
	run -0 contained -v "$dir/scenarios:/scenarios:ro" -v "$dir/secret:/run/secrets/password:ro" \
		-v "$dir/out:/out" -e REPRISE_TARGET="$SHOP" -e PASSWORD_FILE=/run/secrets/password \
		-e WHO=kim -e REPRISE_JSON=/out/result.json -e RUN_ID=night-7 "$IMAGE"
	[[ "$output" == *"PASSWORD is secret"* ]]
	[[ "$output" != *"is 'demo'"* ]]
	[ "$(json "$dir/out/result.json" 'd["requests"]["ok"]')" = 2 ]
	[ "$(json "$dir/out/result.json" 'd["labels"]["run_id"]')" = night-7 ]

	# Without the secret, nothing is sent and the exit status is 2.
	run -2 contained -v "$dir/scenarios:/scenarios:ro" -e REPRISE_TARGET="$SHOP" "$IMAGE"
	[[ "$output" == *PASSWORD* ]]
}

@test "exit statuses are passed on" {
	run -1 contained -e TARGET="$SHOP" -e PAGE=/nowhere -e DURATION=1s "$IMAGE"
	run -2 contained -e TARGET="$SHOP" -e REPRISE_USERZ=3 "$IMAGE"
	[[ "$output" == *"did you mean REPRISE_USERS?"* ]]
	run -2 contained "$IMAGE" run /scenarios/none.yaml
	run -3 contained -e TARGET=http://127.0.0.1:9 -e DURATION=1s "$IMAGE"
}

@test "the target 127.0.0.1 gives a hint that it is the container itself" {
	run -3 timeout -k 5 60 podman run --rm --network=none -e TARGET=http://127.0.0.1:8080 \
		-e DURATION=1s "$IMAGE"
	[[ "$(echo $output)" == *"In a container, 127.0.0.1 is the container itself"* ]]
}

@test "SIGTERM to process 1 stops the run with a report, a result and status 143" {
	mkdir -m 777 "$BATS_TEST_TMPDIR/out"
	podman create --name stopped --network=host --read-only --cap-drop=all --user 12345:12345 \
		-v "$BATS_TEST_TMPDIR/out:/out" -e TARGET="$SHOP" -e DURATION=60s -e THINK=100ms \
		-e REPRISE_JSON=/out/result.json "$IMAGE" >/dev/null
	before=$(fetch "$SHOP/stats" | json - 'd["requests"]')
	podman start stopped >/dev/null
	more() { [ "$(fetch "$SHOP/stats" | json - 'd["requests"]')" -gt $((before + 20)) ]; }
	wait_for 20 more
	timeout 30 podman stop --time 20 stopped
	[ "$(podman inspect --format '{{.State.ExitCode}}' stopped)" = 143 ]
	podman logs stopped 2>&1 | grep -q 'Stopped before its end by SIGTERM'
	[ "$(json "$BATS_TEST_TMPDIR/out/result.json" 'd["requests"]["ok"] > 20')" = true ]
	podman rm stopped >/dev/null
}

@test "time from the container's start to the first request" {
	port=$(free_port)
	timeout 60 python3 -c '
import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
c, _ = s.accept()
c.recv(100)
print(time.time())
c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")' "$port" \
		>"$BATS_TEST_TMPDIR/arrived" 3>&- &
	started first $!
	wait_for 10 grep -q ":$(printf %04X "$port") " /proc/net/tcp
	podman create --name first --network=host --read-only -e TARGET="http://127.0.0.1:$port" \
		-e USERS=1 -e DURATION=1s "$IMAGE" >/dev/null
	podman start first >/dev/null
	wait_for 20 test -s "$BATS_TEST_TMPDIR/arrived"
	began=$(podman inspect --format '{{.State.StartedAt.UnixNano}}' first)
	awk -v a="$(cat "$BATS_TEST_TMPDIR/arrived")" -v b="$began" \
		'BEGIN { printf "# from start to first request: %.0f ms\n", (a - b / 1e9) * 1000 }' >&3
	podman rm --force --time 5 first >/dev/null
	stop_servers
}

# documented FILE: prints its `docker run` commands, changed to run for a second against the shop.
documented() {
	{
		awk '/^docker run/ || more { more = sub(/ *\\$/, " "); sub(/^ +/, ""); printf "%s%s", $0, more ? "" : "\n" }' \
			"$SRCDIR/$1"
		sed -n 's/^|.*| `\(docker run [^`]*\)` |$/\1/p' "$SRCDIR/$1"
	} | sed -e "s|http://shop.example|$SHOP|g" -e 's/DURATION=[0-9]*[sm]/DURATION=1s/g' \
		-e 's/ reprise demo / reprise demo --port 0 /' \
		-e "s|--network container:shop \(.*\) reprise run |\1 reprise run -t $SHOP |"
}

@test "each docker run command of the README and the guide works" {
	mkdir -p "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/here/out"
	cp -r "$SRCDIR/examples" "$BATS_TEST_TMPDIR/here/examples"
	chmod -R a+rX "$BATS_TEST_TMPDIR"
	echo demo >"$BATS_TEST_TMPDIR/here/password"
	# docker is podman here: in the machine's network, and without a long ramp-up.
	cat >"$BATS_TEST_TMPDIR/bin/docker" <<-END
		#!/bin/sh
		shift
		exec timeout -k 5 60 podman run --network=host -e REPRISE_DURATION=1s -e REPRISE_RAMP_UP=0s "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/docker"
	podman tag "$IMAGE" docker.io/library/reprise
	for file in README.md $(cd "$SRCDIR" && ls contrib/guide/*.md); do
		documented "$file"
	done >"$BATS_TEST_TMPDIR/all"
	# The editor serves until it is ended; it has a test above.
	[ "$(grep -c ' reprise edit ' "$BATS_TEST_TMPDIR/all")" -ge 2 ]
	grep -v ' reprise edit ' "$BATS_TEST_TMPDIR/all" >"$BATS_TEST_TMPDIR/lines"
	[ "$(grep -c '^docker run' "$BATS_TEST_TMPDIR/lines")" -ge 15 ]
	while read -r line; do
		echo "$line"
		(cd "$BATS_TEST_TMPDIR/here" && PATH="$BATS_TEST_TMPDIR/bin:$PATH" sh -c "$line" </dev/null)
	done <"$BATS_TEST_TMPDIR/lines"
	podman rm --force --time 5 shop >/dev/null
}

@test "the pods of an Indexed Job, run with podman: eight shards and a merge" {
	python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml here: contrib/install-deps container"
	command -v catatonit >/dev/null || ls /usr/libexec/podman/catatonit >/dev/null 2>&1 ||
		skip "no catatonit here, which holds pods together: contrib/install-deps container"
	# kube play looks for folders with the names of images in the current folder.
	cd "$BATS_TEST_TMPDIR"
	podman tag "$IMAGE" docker.io/library/reprise:latest
	start_at=$(date -u -d '+15 seconds' +%FT%TZ)
	python3 -B "$SRCDIR/tests/container/manifests.py" pods "$SRCDIR/contrib/kubernetes" \
		"$SHOP" "$start_at" "$BATS_TEST_TMPDIR"
	timeout 90 podman kube play --build=false --network=host "$BATS_TEST_TMPDIR/shards.yaml" >/dev/null
	for index in 0 1 2 3 4 5 6 7; do
		[ "$(timeout 60 podman wait "reprise-$index-reprise")" = 0 ] ||
			{ podman logs "reprise-$index-reprise"; false; }
	done
	timeout 60 podman kube play --build=false --network=host "$BATS_TEST_TMPDIR/merge.yaml" >/dev/null
	status=$(timeout 60 podman wait reprise-merge-0-reprise)
	podman logs reprise-merge-0-reprise
	[ "$status" = 0 ]
	podman logs reprise-merge-0-reprise 2>&1 | grep -q '^PASSED'
}
