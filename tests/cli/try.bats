#!/usr/bin/env bats
# reprise try: extractors on saved responses.

load helper

setup() {
	body=$(scenario body.json <<-'END'
		{"items": [{"id": 7, "name": "Red \"hat\""}, {"id": 8.50, "name": "Cap"}], "total": 2}
	END
	)
}

@test "try: a JSONPath prints all matches as a JSON array" {
	run reprise try jsonpath '$.items[*].id' "$body"
	[ "$status" -eq 0 ]
	[ "$output" = '[7,8.50]' ]
	run reprise try jsonpath '$.items[?@.id > 8]' "$body"
	[ "$output" = '[{"id":8.50,"name":"Cap"}]' ]
}

@test "try: reads the response from standard input without a file" {
	run bash -c '"$REPRISE" try regex "id\": (\d+)" <"$1"' - "$body"
	[ "$output" = '["7","8"]' ]
}

@test "try: no match exits with status 1, prints an empty array, and explains why" {
	run --separate-stderr reprise try jsonpath '$.items[0].ID' "$body"
	[ "$status" -eq 1 ]
	[ "$output" = '[]' ]
	[[ "$stderr" == *"nothing at \$.items[0].ID; \$['items'][0] is an object with id, name"* ]]
}

@test "try: an invalid path exits with status 2 and marks the position" {
	run reprise try jsonpath '$.items[01]' "$body"
	[ "$status" -eq 2 ]
	[[ "$output" == *"<expression>:1:9: error: bad JSONPath"* ]]
}

@test "try: an unknown extractor exits with status 2 and suggests the nearest name" {
	run reprise try jsonpth '$' "$body"
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean 'jsonpath'"* ]]
}

@test "try: a saved response with headers is split into headers and body" {
	answer=$(printf 'HTTP/1.1 200 OK\r\nX-Id: a1\r\nContent-Type: text/html\r\n\r\n<input name=t value=v>' | scenario answer)
	run reprise try header x-id "$answer"
	[ "$output" = '["a1"]' ]
	run reprise try form_field t "$answer"
	[ "$output" = '["v"]' ]
}

@test "try: the keys of extractors are options" {
	page=$(scenario page.html <<<'<p>a</p><a class=next href="/2?token=x1&y">Next  page</a>')
	run reprise try css a.next "$page"
	[ "$output" = '["Next page"]' ]
	run reprise try css a.next "$page" --attribute href
	[ "$output" = '["/2?token=x1&y"]' ]
	run reprise try xpath '//a/@href' "$page"
	[ "$output" = '["/2?token=x1&y"]' ]
	run reprise try regex '(\w+)=(\w+)&' "$page" --group 2
	[ "$output" = '["x1"]' ]
	run reprise try boundary '{left: "token=", right: "&"}' "$page"
	[ "$output" = '["x1"]' ]
	run reprise try boundary --left token= --right '&' "$page"
	[ "$output" = '["x1"]' ]
	run reprise try status yes "$page"
	[ "$output" = '[200]' ]
	run reprise try regex a "$page" --attribute href
	[ "$status" -eq 2 ]
	[[ "$output" == *"--attribute cannot be used with regex"* ]]
	run reprise try boundary '{left: a, rihgt: b}' "$page"
	[ "$status" -eq 2 ]
	[[ "$output" == *"'rihgt' is not a text key of boundary"* ]]
}

@test "try: every extractor without a match describes the response" {
	page=$(scenario page.html <<<'<form><input name=user></form><a href=/x>X</a>')
	nothing() {
		run reprise try "$@"
		[ "$status" -eq 1 ]
		[[ "$output" == *"$told"* ]] || { echo "$output"; false; }
	}
	told='no element matches form input[name=csrf]; form input matches 1: <input name="user">' \
		nothing css 'form input[name=csrf]' "$page"
	told='no element matches //form/button; //form matches 1: <form>, which contains input' \
		nothing xpath //form/button "$page"
	told='the page has user' nothing form_field csrf "$page"
	told='that start with "<form><input name=user>' nothing regex 'csrf=(\w+)' "$page"
	told='"token=" is not in the body' nothing boundary --left token= --right '"' "$page"
	told='the body is not JSON' nothing jsonpath '$.a' "$page"
	told='looks like JSON' nothing css a "$body"
}
