load helper

@test "the schema in the repository is the one that the program prints" {
	"$REPRISE" schema | diff "$SRCDIR/schemas/scenario.schema.json" -
}

@test "the schema is draft-07 and knows the steps" {
	command -v python3 || skip
	"$REPRISE" schema | python3 -c '
import json, sys
schema = json.load(sys.stdin)
assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
steps = schema["definitions"]["steps"]["items"]["anyOf"]
assert any("get" in step["properties"] for step in steps)
assert any("think" in step["properties"] for step in steps)
for step in steps:
    assert step["description"]
    for key, row in step["properties"].items():
        assert row.get("description"), key
'
}

@test "schema does not accept a file" {
	run reprise schema shop.yaml
	[ "$status" -eq 2 ]
	[[ $output == *"schema does not accept a file: 'shop.yaml'"* ]]
}

@test "the entry for SchemaStore: the schema, a row of the catalog at its place, valid and invalid files" {
	cd "$BATS_TEST_TMPDIR"
	run -1 "$SRCDIR/contrib/schemastore/add" nowhere
	[[ $output == *"nowhere is not a checkout of SchemaStore: src/api/json/catalog.json is missing"* ]]
	mkdir -p store/src/api/json store/src/schemas/json
	echo '{"version": 1, "schemas": [{"name": "renovate", "url": "u1"}, {"name": "Rust", "url": "u2"}]}' >store/src/api/json/catalog.json
	printf '{\n  // not strict\n  "ajvNotStrictMode": [\n    "a.json",\n    "z.json"\n  ]\n}\n' >store/src/schema-validation.jsonc
	"$SRCDIR/contrib/schemastore/add" store
	"$SRCDIR/contrib/schemastore/add" store
	[ "$(grep -A1 'a.json' store/src/schema-validation.jsonc | tail -n 1)" = '    "reprise.json",' ]
	[ "$(json store/src/api/json/catalog.json '[row["name"] for row in d["schemas"]]')" = '["renovate", "reprise", "Rust"]' ]
	[ "$(json store/src/schemas/json/reprise.json 'd["$id"]')" = https://json.schemastore.org/reprise.json ]
	printf 'user,password\nanna,x\n' >store/src/test/reprise/accounts.csv
	for file in store/src/test/reprise/*.yaml; do
		PASSWORD=x reprise check "$file"
	done
	for file in store/src/negative_test/reprise/*.yaml; do
		run -2 reprise check "$file"
	done
	python3 -c 'import jsonschema' || skip "python3-jsonschema is missing"
	python3 - <<-'END'
		import glob, json, jsonschema, yaml
		check = jsonschema.Draft7Validator(json.load(open("store/src/schemas/json/reprise.json")))
		jsonschema.Draft7Validator.check_schema(check.schema)
		for kind, good in (("test", True), ("negative_test", False)):
		    files = glob.glob(f"store/src/{kind}/reprise/*.yaml")
		    assert len(files) >= 2, kind
		    for file in files:
		        assert check.is_valid(yaml.safe_load(open(file))) == good, file
	END
}
