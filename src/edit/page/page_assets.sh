#!/bin/sh
# Prints a C file with the files of the page, compressed: page_assets.sh FILE… (none: a program without the page).
# index.html is the page; the others are in assets/ of its address. ZOPFLI is a program that compresses better than
# gzip, in the same format; without it, gzip is used.
set -eu

type_of() {
	case $1 in
	*.html) echo 'text/html; charset=utf-8' ;;
	*.js) echo 'text/javascript; charset=utf-8' ;;
	*.css) echo 'text/css; charset=utf-8' ;;
	*.txt) echo 'text/plain; charset=utf-8' ;;
	*)
		echo "page_assets.sh: $1 has no known type" >&2
		return 1
		;;
	esac
}

compress() {
	if [ -n "${ZOPFLI-}" ]; then
		"$ZOPFLI" -c --i15 "$1"
	else
		gzip -9n <"$1"
	fi
}

packed=$(mktemp)
trap 'rm -f "$packed"' EXIT
echo '/* Made from the files of the page by page_assets.sh; not to be edited. */'
echo '#include "edit/api/page_assets.h"'
number=0
for file in "$@"; do
	number=$((number + 1))
	compress "$file" >"$packed"
	printf '\n/* %s: %s bytes */\n' "$(basename "$file")" "$(($(wc -c <"$packed")))"
	printf 'static const unsigned char data_%s[] = {\n' $number
	od -An -v -tu1 "$packed" | sed 's/  */,/g; s/^,//; s/$/,/'
	echo '};'
done
printf '\nconst struct page_asset page_assets[] = {\n'
number=0
for file in "$@"; do
	number=$((number + 1))
	path=$(basename "$file")
	type=$(type_of "$path")
	[ "$path" = index.html ] || path=assets/$path
	printf '    {"%s", "%s", data_%s, sizeof data_%s},\n' "$path" "$type" $number $number
done
echo '    {NULL, NULL, NULL, 0},'
echo '};'
