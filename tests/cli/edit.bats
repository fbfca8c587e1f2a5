load helper

# A scenario, and in ops.json the operations that are given.
setup() {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' '# a shop' 'load: {users: 5}  # few' 'steps:' '  # home' '  - get: /' \
		'  - get: /products' >shop.yaml
	cp shop.yaml old.yaml
}

@test "operations change the file, and an undo restores it" {
	chmod 604 shop.yaml
	echo '[{"op": "set", "path": "/load/users", "value": 20}, {"op": "disable", "path": "/steps/1"}]' >ops.json
	run reprise edit --apply ops.json --undo-log undo.json shop.yaml
	[ "$status" -eq 0 ]
	[[ $output == *"shop.yaml: 2 operations, 2 changes" ]]
	run -1 diff old.yaml shop.yaml
	[ "$output" = "2c2
< load: {users: 5}  # few
---
> load: {users: 20}  # few
6c6
<   - get: /products
---
>   # - get: /products" ]
	[ "$(stat -c %a shop.yaml)" = 604 ]
	reprise edit --apply undo.json shop.yaml
	cmp old.yaml shop.yaml
	run reprise edit --apply undo.json shop.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"shop.yaml: operation 1, undo : the text was changed since; this cannot be undone" ]]
}

@test "--stdout prints the new text and leaves the file unchanged" {
	echo '[{"op": "remove", "path": "/steps/0"}]' >ops.json
	reprise edit --apply ops.json --stdout shop.yaml >new.yaml
	cmp old.yaml shop.yaml
	printf '%s\n' '# a shop' 'load: {users: 5}  # few' 'steps:' '  - get: /products' | cmp - new.yaml
	reprise edit --apply ops.json - <shop.yaml | cmp - new.yaml
	reprise edit --apply - --stdout shop.yaml <ops.json | cmp - new.yaml
}

@test "if one operation is refused, the file is not changed" {
	echo '[{"op": "set", "path": "/load/users", "value": 20}, {"op": "remove", "path": "/steps/7"}]' >ops.json
	run reprise edit --apply ops.json --undo-log undo.json shop.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"shop.yaml:5: operation 2, remove /steps/7: '/steps/7' does not exist: the list has 2 items, numbered from 0" ]]
	cmp old.yaml shop.yaml
	[ ! -e undo.json ]
}

# Whether the JSON on standard input, r, has the property that is given in Python.
json_is() {
	python3 -c "import json, sys; r = json.load(sys.stdin); assert $1, r"
}

@test "--format json prints the edits, the undo and refusals" {
	command -v python3 || skip "python3 is not installed"
	echo '[{"op": "set", "path": "/load/users", "value": 20}]' >ops.json
	reprise edit --apply ops.json --format json shop.yaml >result.json
	json_is 'r["applied"] and r["edits"] == [{"begin": 23, "end": 24, "text": "20"}]' <result.json
	python3 -c 'import json; print(json.dumps(json.load(open("result.json"))["undo"]))' >undo.json
	reprise edit --apply undo.json shop.yaml
	cmp old.yaml shop.yaml
	echo '[{"op": "remove", "path": "/steps/7"}]' >ops.json
	run reprise edit --apply ops.json --format json shop.yaml
	[ "$status" -eq 2 ]
	json_is '[r["applied"], r["operation"], r["path"], r["code"], r["line"]] == [False, 0, "/steps/7", "no-path", 5]' <<<"$output"
	json_is 'r["message"].startswith("'"'"'/steps/7'"'"' does not exist")' <<<"$output"
	run reprise edit --apply ops.json --format json --stdout shop.yaml
	[ "$status" -eq 2 ]
}

@test "errors in the operations have their place" {
	printf '[{"op": "set",\n  "pth": "/load/users"}]' >ops.json
	run reprise edit --apply ops.json shop.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"ops.json:2:3: the operation 'set' has no member 'pth'" ]]
	echo '[{"op": "set"' >ops.json
	run reprise edit --apply ops.json shop.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"ops.json:"*": a comma or } is missing" ]]
}

@test "edit needs operations and a file" {
	run reprise edit shop.yaml other.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"the editor shows one folder; found several"* ]]
	run reprise edit --apply ops.json
	[ "$status" -eq 2 ]
	[[ $output == *"--apply needs one scenario file"* ]]
	run reprise edit --apply no-ops.json shop.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"cannot read no-ops.json"* || $output == *"No such file"* ]]
}

@test "a file that cannot be written is status 5" {
	[ "$(id -u)" -ne 0 ] || skip "root can write everywhere"
	mkdir closed
	mv shop.yaml closed
	chmod 555 closed
	echo '[{"op": "set", "path": "/load/users", "value": 20}]' >ops.json
	run reprise edit --apply ops.json closed/shop.yaml
	[ "$status" -eq 5 ]
	[[ $output == *"cannot write closed/shop.yaml"* ]]
}
