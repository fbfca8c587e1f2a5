#!/usr/bin/env bats
# contrib/quickstart in a copy of the source, without a locale as in a bare container: it builds, loads the
# sample shop, and the commands that it prints work.

load ../cli/helper

setup_file() {
	export TREE=$BATS_FILE_TMPDIR/reprise
	mkdir "$TREE"
	tar -C "$SRCDIR" -cf - --exclude='./build' --exclude='./build-[^a]*' --exclude=./.git . | tar -C "$TREE" -xf -
	chmod -R u+w "$TREE"
}

teardown() {
	stop_servers
}

quickstart() {
	cd "$TREE"
	# Without optimization, which takes most of the time of the build.
	CFLAGS=-O0 env -u LANG -u EDITOR -u MAKEFLAGS -u MFLAGS -u MAKELEVEL timeout -k 10 900 contrib/quickstart -u 5 -d 2s \
		>"$BATS_FILE_TMPDIR/out" 2>"$BATS_FILE_TMPDIR/err" </dev/null
}

# printed PATTERN: the only command of "What next" that matches.
printed() {
	sed -n "s/^    \(.*$1.*\)/\1/p" "$BATS_FILE_TMPDIR/out" | grep .
}

@test "the first run builds, with progress, and ends with the result of a run" {
	quickstart
	run -1 grep -v "^Web shop" "$BATS_FILE_TMPDIR/err" # the head of the run
	grep -q '^     compiling: [0-9]* of [0-9]* files$' "$BATS_FILE_TMPDIR/out"
	grep -q '^PASSED   Web shop' "$BATS_FILE_TMPDIR/out"
}

@test "the second run compiles nothing and reports no error" {
	quickstart
	run -1 grep -v "^Web shop" "$BATS_FILE_TMPDIR/err" # the head of the run
	[ "$(sed '/^$/q' "$BATS_FILE_TMPDIR/out" | cut -c1-3 | xargs)" = "1/4 2/4 3/4 4/4" ]
}

@test "the commands under What next work as they are printed" {
	cd "$TREE"
	run -1 listens 8080
	timeout 60 bash -c "exec $(printed demo)" >shop 2>&1 </dev/null 3>&- &
	started shop $!
	wait_for 20 listens 8080
	# The editor serves until it is ended.
	printed 'build.reprise [^de]' >commands
	[ "$(wc -l <commands)" -eq 4 ]
	patient examples/quickstart.yaml
	while read -r command; do
		timeout 60 bash -c "$command" >said 2>&1 </dev/null || {
			echo "failed: $command"
			cat said
			false
		}
	done <commands
	[ -s my-test.yaml ]
	run -0 bash -c "cd / && $(printed 'export PATH') && reprise --version"
	DESTDIR=$BATS_TEST_TMPDIR/root run -0 bash -c "unset MAKEFLAGS; $(printed 'make -C build install' | sed 's/^sudo //')"
	run -0 "$BATS_TEST_TMPDIR/root/usr/local/bin/reprise" --version
}
