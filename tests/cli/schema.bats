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
