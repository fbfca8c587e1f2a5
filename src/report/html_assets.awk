# Makes html_assets.c: html_report.css becomes the C string html_assets_css; html_report.js and the other scripts, in the
# order given, become html_assets_js together.
BEGIN {
	print "/* Made from html_report.css and the scripts by html_assets.awk; not to be edited. */"
	print "#include \"report/html_assets.h\""
}
FNR == 1 {
	kind = FILENAME
	sub(/.*\./, "", kind)
	if (kind != open) {
		if (open)
			print "    ;"
		print "\nconst char html_assets_" kind "[] ="
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
