#!/bin/sh
# Checks that every file names the same version of the program; speaks TAP.
#
#   tests/lint/version.sh [TREE]        TREE contains configure.ac
#
# AC_INIT in configure.ac is the version. The newest entry of the Debian changelog, the label of the image,
# the tags of the image in examples and documents, and the newest section of the list of changes must name
# it too, and there must be result folders written by it. tests/lint/bad.sh shows that each rule can fail.
set -u
cd "${1:-${SRCDIR:-.}}" || exit 1

report() {
	count=$((count + 1))
	if [ -n "$2" ]; then
		failed=1
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed 's/^/#   /'
	else
		echo "ok $count - $1"
	fi
}

# expect_version FILE FOUND: prints what is wrong if FOUND is not the version.
expect_version() {
	[ "$2" = "$version" ] || echo "$1: '$2', expected '$version'"
}

echo 1..6
count=0
failed=0
version=$(sed -n 's/^AC_INIT(\[reprise\], \[\([^]]*\)\].*/\1/p' configure.ac)

report "configure.ac names the version" "$(
	echo "$version" | grep -qxE '[0-9]+\.[0-9]+\.[0-9]+' || echo "configure.ac: '$version' is not a version"
)"

report "the newest entry of the Debian changelog is that of the version" "$(
	expect_version contrib/debian/changelog \
		"$(sed -n '1s/^reprise (\([^)]*\)) .*/\1/p' contrib/debian/changelog)"
)"

report "the label of the image has the version" "$(
	expect_version Dockerfile "$(sed -n 's/^ARG VERSION=//p' Dockerfile)"
)"

report "the tags of the image are the version" "$(
	grep -rnoE '/reprise:[0-9][A-Za-z0-9._-]*' README.md Dockerfile contrib examples | LC_ALL=C sort |
		while IFS=: read -r file line _ tag; do
			expect_version "$file:$line" "$tag"
		done
)"

report "the newest section of the list of changes is that of the version" "$(
	expect_version contrib/guide/changes.md \
		"$(sed -n 's/^## \([^ ]*\).*/\1/p' contrib/guide/changes.md | head -n 1)"
)"

report "there are result folders of the version" "$(
	for folder in plain merged capacity killed shard-1; do
		path=tests/golden/results-$version/$folder/intervals.bin
		[ -e "$path" ] || echo "$path does not exist"
	done
)"
exit $failed
