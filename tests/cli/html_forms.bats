#!/usr/bin/env bats
# Chromium and the HTML room send the same bytes for 200 generated forms (tests/html/browser_forms.py).
# Skipped without Chromium (contrib/install-deps pages); runs once, not with a sanitizer.

load helper

@test "Chromium and reprise send the same bytes for 200 generated forms" {
	command -v chromium >/dev/null || skip "there is no chromium"
	[ -z "${SANITIZED:-}" ] || skip "once is enough"
	unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy ALL_PROXY
	mkdir "$BATS_TEST_TMPDIR/profile"
	run -0 timeout -k 5 1100 python3 "$SRCDIR/tests/html/browser_forms.py" "$BUILDDIR/tests/html/html_shell" \
		"$BATS_TEST_TMPDIR/profile" 200
	[[ $output == *"200 of 200 forms submitted"* ]]
}
