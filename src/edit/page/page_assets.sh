#!/bin/sh
# Prints a C file with the files of the page, compressed: page_assets.sh FILE… (none: a program without the page).
# index.html is the page; the others are in assets/ of its address.
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

echo '/* Made from the files of the page by page_assets.sh; not to be edited. */'
echo '#include "edit/api/page_assets.h"'
number=0
for file in "$@"; do
	number=$((number + 1))
	printf '\nstatic const unsigned char data_%s[] = {\n' $number
	gzip -9n <"$file" | od -An -v -tu1 | sed 's/  */,/g; s/^,//; s/$/,/'
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
