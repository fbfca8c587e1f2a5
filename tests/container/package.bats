#!/usr/bin/env bats
# The release, which can be built without autotools, and the Debian package. Runs once, as a separate
# step of contrib/test.

load ../cli/helper
load podman

setup_file() {
	# This make must not use the job server of the make that runs these tests.
	unset MAKEFLAGS MFLAGS MAKELEVEL
	export CC=gcc
	command -v ccache >/dev/null && CC="ccache gcc"
	DIST=$BATS_FILE_TMPDIR/dist
	export DIST
	mkdir "$DIST"
}

teardown_file() {
	podman_down
}

# hidden PATTERN…: creates a folder for PATH with all programs except these.
hidden() {
	local folder=$BATS_TEST_TMPDIR/bin name pattern
	mkdir "$folder"
	find -L /usr/local/bin /usr/bin /bin -maxdepth 1 -type f -perm -100 -printf '%p\n' |
		while read -r name; do ln -sf "$name" "$folder/${name##*/}"; done
	for pattern in "$@"; do
		find "$folder" -name "$pattern" -delete
	done
	echo "$folder"
}

@test "the release builds without autoconf and automake" {
	timeout 120 make -C "$BUILDDIR" dist >"$BATS_TEST_TMPDIR/dist.log" 2>&1 ||
		{ tail -n 30 "$BATS_TEST_TMPDIR/dist.log"; false; }
	tar -C "$DIST" -xzf "$BUILDDIR"/reprise-*.tar.gz
	cd "$DIST"/reprise-*
	PATH=$(hidden 'auto*' 'aclocal*' 'ifnames' 'm4' 'libtoolize' 'perl*' 'git' 'clang*')
	run ! command -v autoconf
	run ! command -v automake
	./configure -q CFLAGS=-O0
	timeout 300 make -j "$(nproc)" >"$BATS_TEST_TMPDIR/make.log" 2>&1 ||
		{ tail -n 30 "$BATS_TEST_TMPDIR/make.log"; false; }
	run -0 ./reprise --version
	run -0 ./reprise check examples/quickstart.yaml
	make -s install DESTDIR="$BATS_TEST_TMPDIR/root" prefix=/usr >/dev/null
	[ -x "$BATS_TEST_TMPDIR/root/usr/bin/reprise" ]
	[ -s "$BATS_TEST_TMPDIR/root/usr/share/reprise/scenario.schema.json" ]
}

@test "the Debian package is complete and depends on the linked libraries" {
	command -v dh >/dev/null || skip "no debhelper here: contrib/install-deps package"
	[ -d "$DIST"/reprise-* ] || skip "there is no release"
	unset CC
	cd "$DIST"/reprise-*
	make -s distclean >/dev/null 2>&1
	DEB_BUILD_OPTIONS=noopt timeout 400 contrib/deb "$DIST" >"$BATS_TEST_TMPDIR/deb.log" 2>&1 ||
		{ tail -n 40 "$BATS_TEST_TMPDIR/deb.log"; false; }
	dpkg-deb -x "$DIST"/reprise_*.deb "$BATS_TEST_TMPDIR/root"
	run -0 "$BATS_TEST_TMPDIR/root/usr/bin/reprise" --version
	run -0 "$BATS_TEST_TMPDIR/root/usr/bin/reprise" check \
		"$BATS_TEST_TMPDIR/root/usr/share/doc/reprise/examples/quickstart.yaml"
	[ -s "$BATS_TEST_TMPDIR/root/usr/share/doc/reprise/copyright" ]
	dpkg-deb -f "$DIST"/reprise_*.deb Depends | grep -q 'libcurl4.*libyaml-0-2'
	if command -v lintian >/dev/null; then
		run -0 lintian --allow-root "$DIST"/reprise_*.deb
		[ -z "$output" ] || { echo "$output"; false; }
	fi
}

@test "apt installs the package in a minimal Debian, it runs against the demo shop, apt removes it" {
	[ -e "$(echo "$DIST"/reprise_*.deb)" ] || skip "there is no package"
	# The package needs the libraries of the release in which it was built.
	BASE_SUITE=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
	podman_up >"$BATS_TEST_TMPDIR/why" 2>&1 || {
		why=$(cat "$BATS_TEST_TMPDIR/why")
		skip "${why:-containers do not run here}"
	}
	cp "$DIST"/reprise_*.deb "$BATS_TEST_TMPDIR/reprise.deb"
	chmod 755 "$BATS_TEST_TMPDIR" && chmod 644 "$BATS_TEST_TMPDIR/reprise.deb"
	run -0 timeout -k 5 240 podman run --rm --network=host -v /etc/apt:/etc/apt:ro \
		-v "$BATS_TEST_TMPDIR/reprise.deb:/tmp/reprise.deb:ro" "$BASE_IMAGE" sh -euc '
		export DEBIAN_FRONTEND=noninteractive
		apt-get -qq update
		apt-get -qq -y --no-install-recommends install /tmp/reprise.deb >/dev/null 2>&1
		dpkg -L reprise >/tmp/files
		for file in man/man1/reprise.1.gz man/man5/reprise-scenario.5.gz man/man5/reprise-results.5.gz \
			bash-completion/completions/reprise fish/vendor_completions.d/reprise.fish \
			zsh/vendor-completions/_reprise; do
			test -s /usr/share/$file || { echo "missing: $file"; exit 1; }
		done
		reprise --version
		timeout 60 reprise demo --port 0 >/tmp/shop 2>&1 &
		url=
		until url=$(grep -o -m 1 "http://127.0.0.1:[0-9]*" /tmp/shop); do sleep 0.1; done
		reprise run -t "$url" -u 5 -d 1s /usr/share/doc/reprise/examples/quickstart.yaml
		apt-get -qq -y purge reprise >/dev/null 2>&1
		while read -r file; do
			case $file in
			*/reprise*) test ! -e "$file" || { echo "left behind: $file"; exit 1; } ;;
			*) test -d "$file" || test ! -e "$file" || { echo "left behind: $file"; exit 1; } ;;
			esac
		done </tmp/files'
	[[ "$output" == *"libraries: libcurl "*"PASSED   Web shop"* ]]
}
