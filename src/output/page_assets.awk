# Makes page_assets.c: page.css becomes the C string page_css; page.js and the other scripts, in the
# order given, become page_js together.
BEGIN {
	print "/* Made from page.css and the scripts by page_assets.awk; not to be edited. */"
	print "#include \"output/page_assets.h\""
}
FNR == 1 {
	kind = FILENAME
	sub(/.*\./, "", kind)
	if (kind != open) {
		if (open)
			print "    ;"
		print "\nconst char page_" kind "[] ="
		open = kind
	}
}
{
	sub(/^\t+/, "")
	if ($0 == "" || $0 ~ /^\/\/ / || $0 ~ /^\/\*.*\*\/$/)
		next
	gsub(/\\/, "&&")
	gsub(/"/, "\\\"")
	print "    \"" $0 "\\n\""
}
END {
	print "    ;"
}
