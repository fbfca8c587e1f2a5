#!/bin/sh
# Shows that the checks in tests/lint can fail: a small tree that passes, then one wrong line each.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
count=0
failed=0

good_tree() {
	rm -rf "$tree"
	mkdir -p "$tree/tests/cli" "$tree/src/a" "$tree/contrib/debian" "$tree/contrib/guide" "$tree/examples"
	echo 'AC_INIT([reprise], [1.2.3])' >"$tree/configure.ac"
	echo 'ARG VERSION=1.2.3' >"$tree/Dockerfile"
	printf '%s\n' 'reprise (1.2.3) unstable; urgency=medium' 'reprise (1.2.2) unstable; urgency=medium' \
		>"$tree/contrib/debian/changelog"
	printf '%s\n' '## 1.2.3 (in preparation)' '## 1.2.2' >"$tree/contrib/guide/changes.md"
	printf '%s\n' 'image: example/reprise:1.2.3' 'image: reprise:latest' >"$tree/contrib/ci.yml"
	: >"$tree/README.md"
	for folder in plain merged capacity killed shard-1; do
		mkdir -p "$tree/tests/golden/results-1.2.3/$folder"
		: >"$tree/tests/golden/results-1.2.3/$folder/intervals.bin"
	done
	printf '%s\n' 'The life of `a_thing` (`a/one.c`), see `src/README.md`.' '```' '`no_thing`' '```' \
		>"$tree/src/README.md"
	echo 'int a_thing; /* README.md */' >"$tree/src/a/one.c"
	printf '%s\n' 'a_room = \' '	src/a/one.c \' '	src/a/two.c \' '	$(NULL)' '' \
		'tests = \' '	src/a/one.c \' '	$(a_room) \' '	$(NULL)' >"$tree/Makefile.am"
	cat >"$tree/tests/cli/good.bats" <<-'END'
		# ! a comment
		run ! false
		[ ! -e file ]
		[[ ! -e file && $a != b ]]
		if ! true || ! false; then false; fi
		[ "$(grep -c x file || true)" -eq 0 ]
		[ -e file ] && true || false
		run -1 grep -q x file
		wait $pid || true
	END
}

# expect LINT NUMBER TEXT: rule NUMBER of the lint, and only it, must fail (0: none may).
expect() {
	count=$((count + 1))
	output=$(sh "$here/$1.sh" "$tree")
	status=$?
	broken=$(printf '%s\n' "$output" | sed -n 's/^not ok \([0-9]*\).*/\1/p' | tr '\n' ' ')
	if { [ "$2" -eq 0 ] && [ -z "$broken" ] && [ $status -eq 0 ]; } ||
		{ [ "$2" -ne 0 ] && [ "$broken" = "$2 " ] && [ $status -ne 0 ]; }; then
		echo "ok $count - $1: $3"
	else
		failed=1
		echo "not ok $count - $1: $3"
		printf '%s\n' "$output" | sed 's/^/# /'
	fi
	good_tree
}

# with LINE NUMBER: a bats test with LINE; rule NUMBER must fail.
with() {
	printf '%s\n' "$1" >"$tree/tests/cli/bad.bats"
	expect bats "$2" "$1"
}

echo 1..36
good_tree
expect bats 0 "a tree in order"

rm "$tree/tests/cli/good.bats"
expect bats 1 "no test at all"

with '! grep -q x file' 2
with '	! LC_ALL=C grep -q x file' 2
with 'LC_ALL=C ! grep -q x file' 2
with 'true; ! false' 2
with 'grep -q x file || ! command -v nc' 2
with 'for a in 1 2; do ! false; done' 2
with '! curl x | head >/dev/null || true' 2
with '[ -e a ] && [ -e b ]' 3
with '[[ $a == b ]] && [ -e b ]' 3
with 'test -e a && test -e b' 3
with 'grep -q x file || true' 4
with 'curl x | grep -q x || :' 4
with 'run ! wait $pid' 5
with 'run -1 wait $pid' 5

expect lists 0 "a tree in order"

: >"$tree/Makefile.am"
expect lists 1 "no list at all"

printf '%s\n' 'b_room = \' '	src/b/two.c \' '	src/b/one.c \' '	$(NULL)' >>"$tree/Makefile.am"
expect lists 2 "a list that is not sorted"

printf '%s\n' 'more = \' '	$(a_room) \' '	src/b/one.c \' '	$(NULL)' >>"$tree/Makefile.am"
expect lists 2 "a file after a reference to a list"

printf '%s\n' 'b_room = \' '	src/b/one.c \' '	src/b/one.c \' '	$(NULL)' >>"$tree/Makefile.am"
expect lists 3 "a file twice in a list"

printf '%s\n' 'b_room = \' '	src/a/one.c \' '	$(NULL)' >>"$tree/Makefile.am"
expect lists 4 "a file in two rooms"

printf '%s\n' 'EXTRA_DIST += \' '	src/a \' '	src/b \' '	$(NULL)' >>"$tree/Makefile.am"
expect lists 5 "a distributed file that does not exist"

expect documents 0 "a tree in order"

: >"$tree/src/README.md"
expect documents 1 "no document at all"

echo 'and `a/two.c`' >>"$tree/src/README.md"
expect documents 2 "a path that does not exist"

echo 'and `no_thing`' >>"$tree/src/README.md"
expect documents 3 "a name that the source does not have"

echo '/* see DESIGN.md */' >>"$tree/src/a/one.c"
expect documents 4 "a reference to a document outside the tree"

for i in 1 2; do
	echo 'Results have a new format, which later versions can read.' >>"$tree/contrib/guide/changes.md"
done
expect documents 5 "a line that the list of changes has twice"

expect version 0 "a tree in order"

for file in configure.ac Dockerfile contrib/debian/changelog contrib/guide/changes.md contrib/ci.yml; do
	sed -i 's/1\.2\.3/1.2/' "$tree/$file"
done
mv "$tree/tests/golden/results-1.2.3" "$tree/tests/golden/results-1.2"
expect version 1 "no version at all"

sed -i 1d "$tree/contrib/debian/changelog"
expect version 2 "a Debian changelog without the version"

sed -i 's/1\.2\.3/1.2.2/' "$tree/Dockerfile"
expect version 3 "an image of another version"

echo 'image: example/reprise:1.2.2' >>"$tree/contrib/ci.yml"
expect version 4 "a tag of another version"

sed -i 1d "$tree/contrib/guide/changes.md"
expect version 5 "a list of changes without the version"

rm "$tree/tests/golden/results-1.2.3/killed/intervals.bin"
expect version 6 "no result folder of the version"
exit $failed
