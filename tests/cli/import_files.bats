#!/usr/bin/env bats
# `reprise import` with any kind of file: it is imported, or rejected with the reason; no partial
# files remain. run, check and show suggest import for the file of another tool.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp "$SRCDIR/tests/golden/import/tokens.har" visit.har
	cp "$SRCDIR/tests/golden/import/curl/bash.sh" visit.sh
	cp "$SRCDIR"/tests/golden/import/postman/{shop,environment}.json "$SRCDIR"/tests/golden/import/hurl/shop.h* .
	printf '{"molotov":{"tests":{"a":{"workers":1}}}}\n' >molotov.json
	printf 'config: {target: "http://127.0.0.1:8080"}\nscenarios: [{flow: [{get: {url: /a}}]}]\n' >visit.yml
	printf '%s\n' '127.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 5' >access.log
}

# refused TEXT ARGUMENT…: `reprise import ARGUMENT…` exits with status 2, prints TEXT in one line, and
# writes no file.
refused() {
	local text=$1
	shift
	ls -A >before
	run -2 timeout 20 "$REPRISE" import "$@"
	[[ "$output" == *"$text"* ]] || { echo "$* says: $output"; return 1; }
	ls -A | diff before -
}

@test "unreadable files are rejected with the reason, with and without KIND" {
	: >empty
	mkdir folder
	mkfifo pipe
	ln -s nowhere dangling
	head -c 3000 /dev/zero >zeros
	iconv -f UTF-8 -t UTF-16 visit.har >wide.har
	gzip -c visit.har | gzip -c >twice.gz
	gzip -c visit.har | head -c 400 >cut.gz
	for kind in "" har journal curl access-log artillery molotov postman hurl http-file; do
		refused "empty" $kind empty
		refused "folder cannot be read: it is a directory" $kind folder
		refused "pipe cannot be read: it is not a regular file" $kind pipe
		refused "dangling cannot be read: No such file" $kind dangling
		refused "UTF-16" $kind wide.har
	done
	for kind in "" har journal curl artillery molotov postman hurl http-file; do
		refused "compressed twice" $kind twice.gz
	done
	refused "zeros cannot be read: it is not text" zeros
	refused "cut.gz cannot be unpacked" har cut.gz
	refused "the kind of standard input is missing" -
	refused "no file was given" har
	refused "no file was given"
	# Without a file, all kinds are listed with an example; with a kind, this kind.
	kinds=$(reprise import --help | sed -n '/^KIND is/,/^$/s/^  \([a-z][a-z-]*\)  .*/\1/p')
	[ "$(wc -w <<<"$kinds")" -ge 9 ]
	for kind in $kinds; do
		refused "reprise import $kind "
		refused "reprise import $kind " $kind
		[ "$(grep -c 'reprise import [a-z-]* ' <<<"$output")" -eq 1 ]
	done
}

@test "compressed files and byte order marks are accepted" {
	printf '\357\273\277' | cat - visit.har >bom.har
	printf '\357\273\277' | cat - visit.sh >bom.sh
	printf '\357\273\277' | cat - visit.yml >bom.yml
	for file in bom.har bom.sh bom.yml; do
		reprise import -q "$file" -o made.yaml --force
	done
	for file in visit.har visit.sh visit.yml molotov.json access.log; do
		gzip -k "$file"
		reprise import -q "$file.gz" -o packed.yaml --force
		reprise import -q "$file" -o plain.yaml --force
		diff <(sed 's/\.gz//' packed.yaml) plain.yaml
	done
	gzip -c visit.har | reprise import -q har - -o made.yaml --force
	grep -q '^steps:' made.yaml
}

@test "a file of another kind is recognized and reported" {
	refused "visit.har looks like a recording of a browser or a proxy (HTTP Archive): reprise import har visit.har" artillery visit.har
	refused "reprise import artillery visit.yml" har visit.yml
	refused "reprise import curl visit.sh" molotov visit.sh
	refused "reprise import molotov molotov.json" curl molotov.json
	refused "reprise import access-log access.log" artillery access.log
}

@test "either all files are written or none" {
	reprise import -q visit.har
	cp visit.yaml kept
	run -2 reprise import -q visit.har
	[[ "$output" == *"visit.yaml already exists; choose another name with -o, or use --force to replace it"* ]]
	cmp visit.yaml kept
	: >access.ndjson
	refused "access.ndjson already exists" -q access.log
	[ ! -s access.ndjson ]
	mkdir folder
	mkfifo pipe
	refused "cannot write nowhere/visit.yaml: No such file" -q visit.har -o nowhere/visit.yaml
	refused "cannot write folder: Is a directory" -q visit.har -o folder --force
	refused "cannot write pipe: No such device" -q visit.har -o pipe --force
	refused "cannot write a file without a name" -q visit.har -o ""
	run -5 reprise import -q visit.har -o /dev/full --force
	[[ "$output" == *"cannot write /dev/full: No space left on device"* ]]
	"$REPRISE" import -q visit.har -o - >/dev/full 2>told || [ $? -eq 5 ]
	grep -q "cannot write standard output: No space left" told
}

@test "the imported file is never overwritten" {
	cp visit.yml load.yaml
	cp access.log log.yaml
	reprise import -q load.yaml
	reprise check load-reprise.yaml
	refused "log.yaml is the imported file; choose another name with -o" -q access-log log.yaml -o ./log.yaml --force
	cmp log.yaml access.log
}

@test "run, check and show suggest import" {
	gzip -k visit.har
	for command in check show "run --once"; do
		for file in har:visit.har curl:visit.sh molotov:molotov.json access-log:access.log postman:shop.json \
			postman:environment.json hurl:shop.hurl http-file:shop.http; do
			run -2 reprise $command "${file#*:}"
			[[ "$output" == *"${file#*:}:1:1: error: this is another tool's file: "*"[E143]"* ]]
			[[ "$output" == *"to create a scenario from it: reprise import ${file%%:*} ${file#*:}"* ]]
		done
		run -2 reprise $command visit.yml
		[[ "$output" == *"reprise import artillery visit.yml"* ]]
		run -2 reprise $command visit.har.gz
		[[ "$output" == *"reprise import har visit.har.gz"* ]]
	done
	run -2 reprise check - <visit.har
	[[ "$output" == *"reprise import har FILE"* ]]
	head -c 5000000 /dev/zero | tr '\0' ' ' >>visit.har
	run -2 reprise run visit.har
	[[ "$output" == *"reprise import har visit.har"* ]]
	printf 'target: http://127.0.0.1:8080\nsteps:\n  - get: /\n    body: |\n      curl x\n    boody: y\n' >own.yaml
	run -2 reprise check own.yaml
	[[ "$output" == *"boody"* && "$output" != *"E143"* ]]
}
