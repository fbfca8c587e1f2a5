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

@test "the forms in the repository are those that the program prints" {
	"$REPRISE" schema --forms | diff "$SRCDIR/schemas/scenario.forms.json" -
}

@test "forms: every row has a label, a group and a control, every word a meaning, every choice its rows" {
	command -v python3 || skip
	"$REPRISE" schema --forms | python3 -c '
import json, sys
forms = json.load(sys.stdin)
groups = {group["name"] for group in forms["groups"]}
counts = {"rows": 0, "words": 0, "choices": 0, "inherits": 0, "definitions": 0}

def row(r, has_key):
    counts["rows"] += 1
    if has_key:
        assert r["label"] and r["sentence"], r
        assert r["label"][0].isupper() and "_" not in r["label"], r["label"]
        assert r["group"] in groups, r
    assert r["widget"], r
    for word in r.get("words", []):
        counts["words"] += 1
        assert word["meaning"], (r["key"], word)
    counts["inherits"] += "inherits" in r
    if "definition" in r:
        counts["definitions"] += 1
        assert r["definition"] in forms["definitions"], r
    if "element" in r:
        row(r["element"], False)
    if "rows" in r:
        table(r)

def table(t):
    names = {choice["name"]: choice for choice in t.get("choices", [])}
    keys = {r["key"]: r for r in t["rows"]}
    counts["choices"] += len(names)
    for choice in names:
        assert names[choice]["label"]
        assert sum(r.get("choice") == choice and "with" not in r for r in t["rows"]) > 1, choice
    for r in t["rows"]:
        assert r.get("choice") is None or r["choice"] in names, r
        for key in r.get("with", []):
            assert keys[key]["choice"] == r["choice"], (r["key"], key)
        row(r, True)

table(forms["file"])
for kind in forms["steps"] + forms["extractors"]:
    assert kind["label"] and kind["sentence"]
    table(kind)
for r in forms["assertions"]:
    row(r, True)
for d in forms["definitions"].values():
    table(d)
assert counts["rows"] > 300 and counts["words"] > 50 and counts["choices"] >= 6, counts
assert counts["inherits"] > 20 and counts["definitions"] > 5, counts
assert [f["name"] for f in forms["functions"]]
'
}

@test "forms: the value in force of a request comes from the defaults" {
	command -v python3 || skip
	"$REPRISE" schema --forms >forms.json
	row='[r for s in d["steps"] if s["name"] == "request" for r in s["rows"] if r["key"] == "timeout"][0]'
	[ "$(json forms.json "$row[\"inherits\"]")" = /defaults/timeout ]
	[ "$(json forms.json "$row[\"default\"]")" = 30s ]
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
