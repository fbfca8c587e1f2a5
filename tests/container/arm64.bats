#!/usr/bin/env bats
# The container image for arm64, built on another machine and run with qemu-user. Only every night.

load ../cli/helper
load podman

# ready: containers for arm64 can be built and run; prints why not.
ready() {
	[ -n "${ALL_TESTS:-}" ] || {
		echo "the image for arm64: only every night"
		return 1
	}
	podman_up && "$SRCDIR/tests/platforms/emulate-arm64" 2>&1 && podman_bases arm64
}

setup_file() {
	# Not in a subshell, because the tests need the exported variables.
	ready >"$BATS_FILE_TMPDIR/why" 2>&1 || {
		WHY=$(cat "$BATS_FILE_TMPDIR/why")
		export WHY=${WHY:-containers do not run here}
		podman_down
		return
	}
	podman_source "$PODMAN_DIR/source"
	# Podman 4.3 needs the platform of this machine, and uses one image for two stages with the same name.
	podman_build "$IMAGE" --platform linux/arm64 --build-arg "BUILDER_PLATFORM=linux/$(dpkg --print-architecture)" \
		--build-arg "BUILDER=$BASE_IMAGE-own"
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
	timeout -k 5 120 podman run --rm --platform linux/arm64 --network=host --read-only --cap-drop=all \
		--security-opt=no-new-privileges --user 12345:12345 "$@"
}

@test "the image for arm64 has a program for arm64 with all libraries" {
	[ "$(podman image inspect --format '{{.Os}}/{{.Architecture}}' "$IMAGE")" = linux/arm64 ]
	[ "$(contained --entrypoint uname "$IMAGE" -m)" = aarch64 ]
	run -0 contained --entrypoint sh "$IMAGE" -c 'od -An -tx1 -j18 -N2 /usr/bin/reprise; ldd /usr/bin/reprise'
	echo "$output"
	[[ "$output" == *"b7 00"* ]]
	[[ "$output" == *"libcurl.so.4 => /"* ]]
	[[ "$output" != *"not found"* ]]
	run -0 contained "$IMAGE" --version
	[[ "$output" == "reprise $(sed -n 's/^AC_INIT(\[reprise\], \[\([^]]*\)\].*/\1/p' "$SRCDIR/configure.ac")"* ]]
}

@test "an arm64 container loads the shop in another one" {
	port=$(free_port)
	podman run --detach --rm --platform linux/arm64 --name arm64-shop --network=host "$IMAGE" \
		demo --port "$port" >/dev/null
	wait_for 60 listens "$port"
	run -0 contained -e TARGET="http://127.0.0.1:$port" -e USERS=3 -e DURATION=2s "$IMAGE"
	[[ "$output" == *"PASSED   Smoke"* ]]
	run -1 contained -e TARGET="http://127.0.0.1:$port" -e PAGE=/nowhere -e DURATION=1s "$IMAGE"
	podman rm --force --time 5 arm64-shop >/dev/null
}

@test "the editor of the arm64 image serves its page" {
	port=$(free_port)
	podman run --detach --rm --platform linux/arm64 --name arm64-editor --network=host \
		-v "$SRCDIR/examples:/scenarios:ro" "$IMAGE" edit --listen "127.0.0.1:$port" /scenarios >/dev/null
	wait_for 60 listens "$port"
	curl -sSf "http://127.0.0.1:$port/assets/page.js" | grep -q createRoot
	podman rm --force --time 5 arm64-editor >/dev/null
}

@test "pages in old encodings are read without the ICU data tables on arm64" {
	printf '<html><head><meta charset="windows-1251"></head><body><h1>\xcf\xf0\xe8</h1></body></html>' |
		contained -i "$IMAGE" try css h1 >"$BATS_TEST_TMPDIR/found"
	[ "$(json "$BATS_TEST_TMPDIR/found" 'd[0]')" = При ]
}
