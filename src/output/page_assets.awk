# Makes page_assets.c: each file given becomes a C string of its name, page.css that of page_css.
BEGIN {
	print "/* Made from page.css and page.js by page_assets.awk; not to be edited. */"
	print "#include \"output/page_assets.h\""
}
FNR == 1 {
	if (open)
		print "    ;"
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\./, "_", name)
	print "\nconst char " name "[] ="
	open = 1
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
