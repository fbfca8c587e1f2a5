#!/usr/bin/env bats
# contrib/test, with a make that only prints what automake prints: counts, steps, times and budgets.

load helper

setup() {
	tree=$BATS_TEST_TMPDIR/tree
	export TEST_BUILD_DIR=$BATS_TEST_TMPDIR/build
	mkdir -p "$tree/contrib" "$tree/bin"
	cp "$SRCDIR/contrib/test" "$tree/contrib/"
	program contrib/install-deps 'exit 0'
	program configure 'exit 0'
	program bin/autoreconf 'exit 0'
	program bin/git 'exit 1'
	program bin/clang 'exit 0'
	# The target is the last argument; what it prints is in the file of that name.
	program bin/make 'for target; do :; done
		case " $* " in
		*" install "*) mkdir -p "$2/root/usr/local/bin"; printf "#!/bin/sh\n" >"$2/root/usr/local/bin/reprise"
			chmod 755 "$2/root/usr/local/bin/reprise" ;;
		esac
		[ ! -e "$BATS_TEST_TMPDIR/$target" ] || cat "$BATS_TEST_TMPDIR/$target"
		if grep -q ^FAIL "$BATS_TEST_TMPDIR/$target" 2>/dev/null; then exit 1; fi'
	for target in check-unit check-cli check-cli-code check-once; do
		printf 'PASS: tests/a 1 - one\nPASS: tests/a 2 - two\n# TOTAL: 2\n# PASS:  2\n# SKIP:  0\n# FAIL:  0\n# ERROR: 0\n' \
			>"$BATS_TEST_TMPDIR/$target"
	done
}

program() {
	printf '#!/bin/sh\n%s\n' "$2" >"$tree/$1"
	chmod 755 "$tree/$1"
}

tests_of() {
	run env PATH="$tree/bin:$PATH" "$tree/contrib/test" "$@"
	echo "$output"
}

@test "the test runner counts builds and tests, and prints each step with its time and budget" {
	tests_of
	[ "$status" -eq 0 ]
	# packages, autoreconf, three builds, install and distcheck; five times two tests.
	[ "${lines[-1]}" = "17 passed, 0 failed" ]
	[[ "${lines[-2]}" =~ ^[0-9]+\ min\ [0-9]+\ s\ of\ 2[0-5]\ min\ [0-9]+\ s$ ]]
	[ "$(grep -c '^running ' <<<"$output")" -eq 12 ]
	[ "$(grep -cE '^ok +.* \([0-9]+ s of [0-9]+ s(, longer than its budget)?\)(: 2 passed)?$' <<<"$output")" -eq 12 ]
}

@test "the test runner counts a failed test once, though automake reports an error of its file too" {
	printf '%s\n' 'PASS: tests/a 1 - one' 'FAIL: tests/a 2 - two' 'FAIL: tests/a 3 - three' \
		'ERROR: tests/a - exited with status 1' '# TOTAL: 4' '# PASS:  1' '# SKIP:  0' '# FAIL:  2' \
		'# ERROR: 1' >"$BATS_TEST_TMPDIR/check-cli"
	tests_of
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "16 passed, 2 failed" ]
	[[ "$output" == *"FAILED  gcc command line tests"*": 1 passed, 2 failed"* ]]
}

@test "the test runner counts a test program that fails without a failed test" {
	printf '%s\n' 'FAIL: tests/b 1 - one' 'ERROR: tests/a - exited with status 1 (after its last test)' \
		'ERROR: tests/a - too few tests run' '# PASS:  0' '# FAIL:  1' '# ERROR: 2' >"$BATS_TEST_TMPDIR/check-once"
	tests_of
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "15 passed, 2 failed" ]
}

@test "the test runner fails a step that runs no test" {
	: >"$BATS_TEST_TMPDIR/check-unit"
	tests_of
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "13 passed, 2 failed" ]
}

@test "the test runner rejects an unknown option" {
	run -2 "$SRCDIR/contrib/test" --everything
	[[ "$output" == *"usage: contrib/test [--all]"* ]]
}

@test "the test runner adds ThreadSanitizer and the fuzz targets with --all" {
	mkdir -p "$tree/tests/fuzz" "$tree/tests/cli" "$tree/tests/platforms"
	program bin/musl-gcc 'exit 1'
	program tests/platforms/musl 'exit 0'
	program bin/id 'echo 0'
	program bin/mmdebstrap 'exit 1'
	program bin/qemu-aarch64-static 'exit 1'
	program tests/platforms/arm64 '[ $# -eq 1 ]'
	program tests/cli/kills.py '[ "$*" = 50 ] && [ "$REPRISE" = "$TEST_BUILD_DIR/gcc/reprise" ]'
	program tests/fuzz/run '[ "$*" = "all 60" ]
		printf "1..3\nok 1 - a: 5 inputs in 60 s\n# found\nnot ok 2 - b\nok 3 - c: 1 inputs in 60 s\n"
		exit 1'
	tests_of --all
	[ "$status" -eq 1 ]
	[[ "$output" == *"ThreadSanitizer command line tests"* ]]
	# One more build, two more test steps, musl, arm64, the killed runs, and the fuzz targets.
	[ "${lines[-1]}" = "27 passed, 1 failed" ]
}
