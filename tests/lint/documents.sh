#!/bin/sh
# Checks the documents for developers against the source; speaks TAP.
#
#   tests/lint/documents.sh [TREE]        TREE contains src/
#
# In src/README.md and .github/CONTRIBUTING.md, a `path/to/file` must exist in the tree or in src/, and a
# `name_with_underscores` must be in the source or in the tests. No file of the source or the tests may
# refer to a document (NAME.md) that is not in the tree. The list of changes
# must not have a line twice, as after a merge. tests/lint/bad.sh shows that each rule can fail.
set -u
cd "${1:-${SRCDIR:-.}}" || exit 1
documents='src/README.md .github/CONTRIBUTING.md'

# Words between backquotes outside code blocks, one a line.
list_words() {
	for document in $documents; do
		[ -e "$document" ] && awk '
/^```/ { code = !code }
!code {
	count = split($0, pieces, "`")
	for (i = 2; i <= count; i += 2)
		print pieces[i]
}' "$document"
	done | LC_ALL=C sort -u
}

list_sources() {
	find src tests -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.py' \
		-o -name '*.bats' -o -name '*.bash' -o -name LAYERS \) ! -path tests/lint/bad.sh
}

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

echo 1..5
count=0
failed=0
words=$(list_words)
sources=$(mktemp)
trap 'rm -f "$sources"' EXIT
list_sources | xargs cat >"$sources"

report "there are names in the documents" "$([ -n "$words" ] || echo "no name found")"

report "each path in the documents exists" "$(
	printf '%s\n' "$words" | grep -E '^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+/?$' | grep -v THING |
		while read -r path; do
			[ -e "$path" ] || [ -e "src/$path" ] || [ -e "$path.c" ] || echo "$path"
		done
)"

report "each name in the documents is in the source" "$(
	printf '%s\n' "$words" | sed 's/ .*//' | grep -E '^[A-Za-z0-9]*_[A-Za-z0-9_]+$' | grep -v NAME |
		while read -r name; do
			grep -qwF -e "$name" "$sources" || echo "$name"
		done
)"

report "no reference to a document outside the tree" "$(
	list_sources | LC_ALL=C sort | xargs grep -oHE '\b[A-Z][A-Z_]+\.md\b' | grep -v ':NAME\.md$' |
		while IFS=: read -r file name; do
			[ -n "$(find . -name "$name" -not -path './build*' -print -quit)" ] || echo "$file: $name"
		done
)"

report "no line is in the list of changes twice, as after a merge" "$(
	[ ! -e contrib/guide/changes.md ] || awk 'length($0) > 40 && seen[$0]++' contrib/guide/changes.md
)"
exit $failed
