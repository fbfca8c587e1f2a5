#include "scenario/schema.h"

#include "base/diag.h"
#include "base/escape.h"
#include "base/log.h"
#include "doc/yaml.h"
#include "kind/expect.h"
#include "kind/extract.h"
#include "kind/step.h"
#include "scenario/entries.h"
#include "scenario/file.h"
#include "scenario/json_layout.h"

#define SCALAR	   "\"type\": [\"string\", \"number\", \"boolean\"]"
#define PARAMETER  "{\"type\": \"string\", \"pattern\": \"\\\\$\\\\{\"}"
#define ONE_LENGTH "[0-9]+(\\\\.[0-9]+)? ?(us|ms|s|m|h|d)"
#define DURATION                                                                                   \
	"\"anyOf\": [{\"type\": \"string\", \"pattern\": \"^(" ONE_LENGTH                          \
	" ?)+$\"}, {\"const\": 0}]"
#define SIZE                                                                                       \
	"\"anyOf\": [{\"type\": \"integer\", \"minimum\": 0}, {\"type\": \"string\", "             \
	"\"pattern\": \"^[0-9]+(\\\\.[0-9]+)? ?[kKMGT]?i?B$\"}]"
#define RATE	  "\"type\": \"string\", \"pattern\": \"^[0-9]+(\\\\.[0-9]+)? ?/ ?(s|m|h)$\""
#define SHARE	  "\"type\": \"string\", \"pattern\": \"^[0-9]+(\\\\.[0-9]+)? ?%$\""
#define YES_OR_NO "\"anyOf\": [{\"type\": \"boolean\"}, {\"enum\": [\"yes\", \"no\"]}]"

static void put_field(struct buf *out, const struct field *field);

static void put_text(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, "\"%s\": ", key);
	escape_json(out, str_of(text));
}

/* ---- examples and defaults: YAML in the tables, JSON in the schema */

static void put_node(struct buf *out, const struct node *node)
{
	double number;

	switch (node->kind) {
	case NODE_SCALAR:
		if (!node_is_quoted(node) &&
		    (str_eq(node->text, STR("true")) || str_eq(node->text, STR("false")) ||
		     str_to_double(node->text, &number)))
			buf_add(out, node->text);
		else
			escape_json(out, node->text);
		return;
	case NODE_LIST:
		buf_add_char(out, '[');
		for (size_t i = 0; i < node->count; i++) {
			buf_add(out, i ? STR(", ") : STR(""));
			put_node(out, node->items[i]);
		}
		buf_add_char(out, ']');
		return;
	case NODE_MAP:
		buf_add_char(out, '{');
		for (size_t i = 0; i < node->count; i++) {
			buf_add(out, i ? STR(", ") : STR(""));
			escape_json(out, node->pairs[i].key->text);
			buf_add(out, STR(": "));
			put_node(out, node->pairs[i].value);
		}
		buf_add_char(out, '}');
		return;
	}
}

/* TEXT as the value of a key would be read. */
static void put_yaml(struct buf *out, const char *text)
{
	struct diag_list diags;
	struct arena arena;

	arena_init(&arena, 0);
	diag_init(&diags, &arena);
	const struct source *source =
	    source_new(&arena, STR("table"), arena_printf(&arena, "v: %s", text));
	const struct node *root = yaml_read(&arena, source, &diags);
	const struct node *value = root ? node_find(root, STR("v")) : NULL;

	if (!value || diags.errors)
		BUG("the example '%s' is not YAML", text);
	put_node(out, value);
	arena_release(&arena);
}

/* A value in a table as JSON: `yes` and `no` are booleans where one is expected. */
static void put_value(struct buf *out, const struct field *field, const char *text)
{
	bool yes = strcmp(text, "yes") == 0;

	if (field->type == FIELD_BOOL && (yes || strcmp(text, "no") == 0))
		buf_add(out, yes ? STR("true") : STR("false"));
	else
		put_yaml(out, text);
}

static void put_notes(struct buf *out, const struct field *field)
{
	if (field->prose) {
		put_text(out, "description", field->prose);
		buf_add(out, STR(", "));
	}
	if (field->fallback) {
		buf_add(out, STR("\"default\": "));
		put_value(out, field, field->fallback);
		buf_add(out, STR(", "));
	}
	if (field->example) {
		buf_add(out, STR("\"examples\": ["));
		put_value(out, field, field->example);
		buf_add(out, STR("], "));
	}
}

/* ---- types */

static void put_range(struct buf *out, const struct field *field)
{
	if (field->low != 0 || field->high != 0)
		buf_printf(out, ", \"minimum\": %.17g, \"maximum\": %.17g", field->low,
			   field->high);
}

static void put_words(struct buf *out, const char *const *words)
{
	double number;

	buf_add(out, STR("\"enum\": ["));
	for (size_t i = 0; words[i]; i++) {
		buf_printf(out, "%s\"%s\"", i ? ", " : "", words[i]);
		if (str_to_double(str_of(words[i]), &number))
			buf_printf(out, ", %s", words[i]);
	}
	buf_add_char(out, ']');
}

static void put_properties(struct buf *out, const struct field *fields, const struct field *more)
{
	bool any = false;

	buf_add(out,
		STR("\"type\": \"object\", \"additionalProperties\": false, \"properties\": {"));
	for (int table = 0; table < 2; table++) {
		for (const struct field *row = table ? more : fields; row && row->key; row++) {
			buf_printf(out, "%s\"%s\": ", any ? ", " : "", row->key);
			put_field(out, row);
			any = true;
		}
	}
	buf_add_char(out, '}');
}

static void put_required(struct buf *out, const struct field *fields)
{
	bool any = false;

	for (const struct field *row = fields; row->key; row++) {
		if (!(row->flags & FIELD_REQUIRED) || (row->flags & FIELD_ACTION))
			continue;
		buf_printf(out, "%s\"%s\"", any ? ", " : ", \"required\": [", row->key);
		any = true;
	}
	if (any)
		buf_add_char(out, ']');
}

static void put_map(struct buf *out, const struct field *field)
{
	buf_add(out, STR("\"type\": \"object\", \"additionalProperties\": "));
	if (field->flags & FIELD_REPEATS) {
		buf_add(out, STR("{\"anyOf\": ["));
		put_field(out, field->element);
		buf_add(out, STR(", {\"type\": \"array\", \"items\": "));
		put_field(out, field->element);
		buf_add(out, STR("}]}"));
	} else {
		put_field(out, field->element);
	}
}

static void put_list(struct buf *out, const struct field *field)
{
	bool one = field->flags & FIELD_ONE_OK;

	if (one) {
		buf_add(out, STR("\"anyOf\": ["));
		put_field(out, field->element);
		buf_add(out, STR(", {"));
	}
	buf_add(out, STR("\"type\": \"array\", \"items\": "));
	put_field(out, field->element);
	if (one)
		buf_add(out, STR("}]"));
}

static void put_special(struct buf *out, const struct field *field)
{
	if (field->special->schema) {
		struct str schema = str_of(field->special->schema);

		/* A fragment is an object; its members stand among the notes. */
		buf_add(out, str_trim(str_slice(schema, 1, schema.len - 1)));
	} else if (field->element) {
		put_map(out, field);
	} else if (field->fields) {
		buf_add(out, STR("\"anyOf\": [{" SCALAR "}, {"));
		put_properties(out, field->fields, NULL);
		put_required(out, field->fields);
		buf_add(out, STR("}]"));
	} else {
		buf_add(out, STR(SCALAR));
	}
}

/* The members that say what the value is. */
static void put_type(struct buf *out, const struct field *field)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_TEMPLATE:
		buf_add(out, STR(SCALAR));
		return;
	case FIELD_EXPRESSION:
		buf_add(
		    out,
		    STR("\"type\": \"string\", \"pattern\": \"^\\\\s*\\\\$\\\\{.*\\\\}\\\\s*$\""));
		return;
	case FIELD_BOOL:
		buf_add(out, STR(YES_OR_NO));
		return;
	case FIELD_INT:
		buf_add(out, STR("\"type\": \"integer\""));
		put_range(out, field);
		return;
	case FIELD_NUMBER:
		buf_add(out, STR("\"type\": \"number\""));
		put_range(out, field);
		return;
	case FIELD_DURATION:
		buf_add(out, STR(DURATION));
		return;
	case FIELD_SIZE:
		buf_add(out, STR(SIZE));
		return;
	case FIELD_RATE:
		buf_add(out, STR(RATE));
		return;
	case FIELD_SHARE:
		buf_add(out, STR(SHARE));
		return;
	case FIELD_WORD:
		put_words(out, field->words);
		return;
	case FIELD_OBJECT:
		put_properties(out, field->fields, NULL);
		put_required(out, field->fields);
		return;
	case FIELD_LIST:
		put_list(out, field);
		return;
	case FIELD_MAP:
		put_map(out, field);
		return;
	case FIELD_STEPS:
		buf_add(out, STR("\"allOf\": [{\"$ref\": \"#/definitions/steps\"}]"));
		return;
	case FIELD_EXTRACTS:
		buf_add(out, STR("\"allOf\": [{\"$ref\": \"#/definitions/extract\"}]"));
		return;
	case FIELD_EXPECTS:
		buf_add(out, STR("\"allOf\": [{\"$ref\": \"#/definitions/expect\"}]"));
		return;
	case FIELD_SPECIAL:
		put_special(out, field);
		return;
	}
}

/* Types whose text with a ${PARAMETER} is of another shape than their own. */
static bool takes_parameter(const struct field *field)
{
	return (field->flags & FIELD_PARAMETER) && field->type != FIELD_TEXT &&
	       field->type != FIELD_TEMPLATE && field->type != FIELD_SPECIAL;
}

static void put_field(struct buf *out, const struct field *field)
{
	buf_add_char(out, '{');
	put_notes(out, field);
	if (takes_parameter(field)) {
		buf_add(out, STR("\"anyOf\": [{"));
		put_type(out, field);
		buf_add(out, STR("}, " PARAMETER "]"));
	} else {
		put_type(out, field);
	}
	buf_add_char(out, '}');
}

/* ---- kinds */

static void put_step(struct buf *out, const struct step_kind *kind)
{
	bool any = false;

	buf_add_char(out, '{');
	put_text(out, "description", kind->sentence);
	buf_add(out, STR(", "));
	put_properties(out, kind->fields, NULL);
	put_required(out, kind->fields);
	buf_add(out, STR(", \"oneOf\": ["));
	for (const struct field *row = kind->fields; row->key; row++) {
		if (!(row->flags & FIELD_ACTION))
			continue;
		buf_printf(out, "%s{\"required\": [\"%s\"]}", any ? ", " : "", row->key);
		any = true;
	}
	buf_add(out, STR("]}"));
}

static void put_steps(struct buf *out, const struct tables *tables)
{
	buf_add(out,
		STR("\"steps\": {\"type\": \"array\", \"minItems\": 1, \"items\": {\"anyOf\": ["));
	for (size_t i = 0; i < tables->step_count; i++) {
		buf_add(out, i ? STR(", ") : STR(""));
		put_step(out, tables->steps[i]);
	}
	buf_add(out, STR("]}}"));
}

static void put_extract(struct buf *out, const struct extract_kind *kind)
{
	const struct field value = {.key = kind->name,
				    .type = FIELD_TEMPLATE,
				    .prose = kind->sentence,
				    .example = kind->example};

	buf_add_char(out, '{');
	put_text(out, "description", kind->sentence);
	buf_printf(out, ", \"required\": [\"%s\"], ", kind->name);
	const struct field first[] = {value, {.key = NULL}};
	struct buf own;

	buf_init(&own, 0);
	put_properties(&own, first, kind->fields);
	own.len--; /* the common keys go into the same braces */
	buf_add(out, buf_str(&own));
	buf_release(&own);
	for (const struct field *row = extract_common_fields; row->key; row++) {
		buf_printf(out, ", \"%s\": ", row->key);
		put_field(out, row);
	}
	buf_add(out, STR("}}"));
}

static void put_extracts(struct buf *out, const struct tables *tables)
{
	buf_add(out,
		STR("\"extract\": {\"type\": \"object\", \"additionalProperties\": {\"anyOf\": ["));
	for (size_t i = 0; i < tables->extract_count; i++) {
		buf_add(out, i ? STR(", ") : STR(""));
		put_extract(out, tables->extracts[i]);
	}
	buf_add(out, STR("]}}"));
}

static void put_expects(struct buf *out, const struct tables *tables)
{
	buf_add(out, STR("\"expect\": {\"type\": \"object\", \"additionalProperties\": false, "
			 "\"properties\": {"));
	for (size_t i = 0; i < tables->expect_count; i++) {
		struct field row = *tables->expects[i]->field;

		row.prose = tables->expects[i]->sentence;
		buf_printf(out, "%s\"%s\": ", i ? ", " : "", tables->expects[i]->name);
		put_field(out, &row);
	}
	buf_add(out, STR("}}"));
}

void schema_put(struct buf *out, const struct tables *tables)
{
	struct buf flat;

	buf_init(&flat, 0);
	buf_add(&flat, STR("{\"$schema\": \"http://json-schema.org/draft-07/schema#\", "
			   "\"title\": \"A scenario of reprise\", "));
	put_properties(&flat, scenario_file_fields, NULL);
	buf_add(&flat, STR(", \"definitions\": {"));
	put_steps(&flat, tables);
	buf_add(&flat, STR(", "));
	put_extracts(&flat, tables);
	buf_add(&flat, STR(", "));
	put_expects(&flat, tables);
	buf_add(&flat, STR("}}"));
	json_layout(out, buf_str(&flat));
	buf_release(&flat);
}
