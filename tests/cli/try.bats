#!/usr/bin/env bats
# reprise try: extractors on saved answers.

load helper

setup() {
	body=$(scenario body.json <<-'END'
		{"items": [{"id": 7, "name": "Red \"hat\""}, {"id": 8.50, "name": "Cap"}], "total": 2}
	END
	)
}

@test "a JSONPath prints every value it finds as a JSON array" {
	run reprise try jsonpath '$.items[*].id' "$body"
	[ "$status" -eq 0 ]
	[ "$output" = '[7,8.50]' ]
	run reprise try jsonpath '$.items[?@.id > 8]' "$body"
	[ "$output" = '[{"id":8.50,"name":"Cap"}]' ]
}

@test "standard input is the answer when no file is named" {
	run bash -c '"$REPRISE" try regex "id\": (\d+)" <"$1"' - "$body"
	[ "$output" = '["7","8"]' ]
}

@test "nothing found is 1, an empty array, and says how far the path got" {
	run --separate-stderr reprise try jsonpath '$.items[0].ID' "$body"
	[ "$status" -eq 1 ]
	[ "$output" = '[]' ]
	[[ "$stderr" == *"nothing at \$.items[0].ID; \$['items'][0] is an object with id, name"* ]]
}

@test "a wrong path is 2 with a caret under the place" {
	run reprise try jsonpath '$.items[01]' "$body"
	[ "$status" -eq 2 ]
	[[ "$output" == *"<expression>:1:9: error: bad JSONPath"* ]]
}

@test "an unknown kind is 2 and names the nearest" {
	run reprise try jsonpth '$' "$body"
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean 'jsonpath'"* ]]
}

@test "a saved answer with its headers: fields and body are told apart" {
	answer=$(printf 'HTTP/1.1 200 OK\r\nX-Id: a1\r\nContent-Type: text/html\r\n\r\n<input name=t value=v>' | scenario answer)
	run reprise try header x-id "$answer"
	[ "$output" = '["a1"]' ]
	run reprise try form_field t "$answer"
	[ "$output" = '["v"]' ]
}
