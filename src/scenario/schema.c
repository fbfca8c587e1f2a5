#include "scenario/schema.h"

#include "base/diag.h"
#include "base/escape.h"
#include "base/log.h"
#include "doc/yaml.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/step.h"
#include "scenario/extract_common.h"
#include "scenario/scenario_file.h"
#include "scenario/json_layout.h"

#define SPECIALS_MAX 32
#define SCALAR	     "\"type\": [\"string\", \"number\", \"boolean\"]"
#define PARAMETER    "{\"type\": \"string\", \"pattern\": \"\\\\$\\\\{\"}"
#define ONE_LENGTH   "[0-9]+(\\\\.[0-9]+)? ?(us|ms|s|m|h|d)"
/*
 * One shape where several would do, so that editors show the sentence of the row: a pattern holds
 * for texts only, a range for numbers only. %s is what else the pattern takes.
 */
#define DURATION                                                                                   \
	"\"type\": [\"string\", \"integer\"], \"minimum\": 0, \"maximum\": 0, "                    \
	"\"pattern\": \"^(" ONE_LENGTH " ?)+$%s\""
#define SIZE                                                                                       \
	"\"type\": [\"integer\", \"string\"], \"minimum\": 0, "                                    \
	"\"pattern\": \"^[0-9]+(\\\\.[0-9]+)? ?[kKMGT]?i?B$%s\""
#define RATE	     "\"type\": \"string\", \"pattern\": \"^[0-9]+(\\\\.[0-9]+)? ?/ ?(s|m|h)$%s\""
#define SHARE	     "\"type\": \"string\", \"pattern\": \"^[0-9]+(\\\\.[0-9]+)? ?%%$%s\""
#define YES_OR_NO    "\"enum\": [true, false, \"yes\", \"no\"]"
#define OR_PARAMETER "|\\\\$\\\\{"

/* The specials with a mapping of their own stand under `definitions` once, for they may hold
 * themselves. */
struct schema {
	struct buf *out;
	const struct field_special *specials[SPECIALS_MAX];
	size_t special_count;
};

static void put_field(struct schema *s, const struct field *field);

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

static void put_properties(struct schema *s, const struct field *fields, const struct field *more)
{
	bool any = false;

	buf_add(s->out,
		STR("\"type\": \"object\", \"additionalProperties\": false, \"properties\": {"));
	for (int table = 0; table < 2; table++) {
		for (const struct field *row = table ? more : fields; row && row->key; row++) {
			buf_printf(s->out, "%s\"%s\": ", any ? ", " : "", row->key);
			put_field(s, row);
			any = true;
		}
	}
	buf_add_char(s->out, '}');
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

static void put_map(struct schema *s, const struct field *field)
{
	buf_add(s->out, STR("\"type\": \"object\", \"additionalProperties\": "));
	if (field->flags & FIELD_REPEATS) {
		buf_add(s->out, STR("{\"anyOf\": ["));
		put_field(s, field->element);
		buf_add(s->out, STR(", {\"type\": \"array\", \"items\": "));
		put_field(s, field->element);
		buf_add(s->out, STR("}]}"));
	} else {
		put_field(s, field->element);
	}
}

static void put_list(struct schema *s, const struct field *field)
{
	bool one = field->flags & FIELD_ONE_OK;

	if (one) {
		buf_add(s->out, STR("\"anyOf\": ["));
		put_field(s, field->element);
		buf_add(s->out, STR(", {"));
	}
	buf_add(s->out, STR("\"type\": \"array\", \"items\": "));
	put_field(s, field->element);
	if (one)
		buf_add(s->out, STR("}]"));
}

static void remember(struct schema *s, const struct field_special *special)
{
	for (size_t i = 0; i < s->special_count; i++) {
		if (s->specials[i] == special)
			return;
	}
	if (s->special_count == SPECIALS_MAX)
		BUG("more than %d specials with a mapping", SPECIALS_MAX);
	s->specials[s->special_count++] = special;
}

static void put_special(struct schema *s, const struct field *field)
{
	const struct field_special *special = field->special;
	struct str schema = special->schema ? str_of(special->schema) : STR("{" SCALAR "}");

	/* A fragment is an object; its members stand among the notes. */
	if (!special->fields && !(field->element && !special->schema)) {
		buf_add(s->out, str_trim(str_slice(schema, 1, schema.len - 1)));
		return;
	}
	if (!special->fields) {
		put_map(s, field);
		return;
	}
	remember(s, special);
	buf_add(s->out, STR("\"anyOf\": ["));
	buf_add(s->out, schema);
	buf_printf(s->out, ", {\"$ref\": \"#/definitions/%s\"}]", special->definition);
}

/* Those met while one is written come after it. */
static void put_specials(struct schema *s)
{
	for (size_t i = 0; i < s->special_count; i++) {
		buf_printf(s->out, ", \"%s\": {", s->specials[i]->definition);
		put_properties(s, s->specials[i]->fields, NULL);
		put_required(s->out, s->specials[i]->fields);
		buf_add_char(s->out, '}');
	}
}

/* Types whose text with a ${PARAMETER} is of another shape than their own. */
static bool takes_parameter(const struct field *field)
{
	return (field->flags & FIELD_PARAMETER) && field->type != FIELD_TEXT &&
	       field->type != FIELD_TEMPLATE && field->type != FIELD_SPECIAL;
}

static bool is_quantity(const struct field *field)
{
	return field->type == FIELD_INT || field->type == FIELD_NUMBER ||
	       field->type == FIELD_DURATION || field->type == FIELD_SIZE ||
	       field->type == FIELD_RATE || field->type == FIELD_SHARE;
}

/* A number or a text that looks like one; a parameter is a pattern among its own. */
static void put_quantity(struct schema *s, const struct field *field)
{
	bool parameter = takes_parameter(field), integer = field->type == FIELD_INT;
	const char *more = parameter ? OR_PARAMETER : "";

	if (integer || field->type == FIELD_NUMBER) {
		const char *number = integer ? "integer" : "number";

		if (parameter)
			buf_printf(s->out,
				   "\"type\": [\"%s\", \"string\"], \"pattern\": \"\\\\$\\\\{\"",
				   number);
		else
			buf_printf(s->out, "\"type\": \"%s\"", number);
		put_range(s->out, field);
	} else if (field->type == FIELD_DURATION) {
		buf_printf(s->out, DURATION, more);
	} else if (field->type == FIELD_SIZE) {
		buf_printf(s->out, SIZE, more);
	} else if (field->type == FIELD_RATE) {
		buf_printf(s->out, RATE, more);
	} else {
		buf_printf(s->out, SHARE, more);
	}
}

/* The members that say what the value is. */
static void put_type(struct schema *s, const struct field *field)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_TEMPLATE:
		buf_add(s->out, STR(SCALAR));
		return;
	case FIELD_EXPRESSION:
		buf_add(
		    s->out,
		    STR("\"type\": \"string\", \"pattern\": \"^\\\\s*\\\\$\\\\{.*\\\\}\\\\s*$\""));
		return;
	case FIELD_BOOL:
		buf_add(s->out, STR(YES_OR_NO));
		return;
	case FIELD_INT:
	case FIELD_NUMBER:
	case FIELD_DURATION:
	case FIELD_SIZE:
	case FIELD_RATE:
	case FIELD_SHARE:
		put_quantity(s, field);
		return;
	case FIELD_ENUM:
		put_words(s->out, field->choices);
		return;
	case FIELD_OBJECT:
		put_properties(s, field->fields, NULL);
		put_required(s->out, field->fields);
		return;
	case FIELD_LIST:
		put_list(s, field);
		return;
	case FIELD_MAP:
		put_map(s, field);
		return;
	case FIELD_STEPS:
		buf_add(s->out, STR("\"allOf\": [{\"$ref\": \"#/definitions/steps\"}]"));
		return;
	case FIELD_EXTRACTS:
		buf_add(s->out, STR("\"allOf\": [{\"$ref\": \"#/definitions/extract\"}]"));
		return;
	case FIELD_EXPECTS:
		buf_add(s->out, STR("\"allOf\": [{\"$ref\": \"#/definitions/expect\"}]"));
		return;
	case FIELD_SPECIAL:
		put_special(s, field);
		return;
	}
}

static void put_field(struct schema *s, const struct field *field)
{
	bool other_shape = takes_parameter(field) && !is_quantity(field);

	buf_add_char(s->out, '{');
	put_notes(s->out, field);
	if (other_shape) {
		buf_add(s->out, STR("\"anyOf\": [{"));
		put_type(s, field);
		buf_add(s->out, STR("}, " PARAMETER "]"));
	} else {
		put_type(s, field);
	}
	if (str_ends(buf_str(s->out), STR(", ")))
		s->out->len -= 2; /* notes, and anything goes */
	buf_add_char(s->out, '}');
}

/* ---- kinds */

static void put_step(struct schema *s, const struct step_kind *kind)
{
	bool any = false;

	buf_add_char(s->out, '{');
	put_text(s->out, "description", kind->sentence);
	buf_add(s->out, STR(", "));
	put_properties(s, kind->fields, NULL);
	put_required(s->out, kind->fields);
	buf_add(s->out, STR(", \"oneOf\": ["));
	for (const struct field *row = kind->fields; row->key; row++) {
		if (!(row->flags & FIELD_ACTION))
			continue;
		buf_printf(s->out, "%s{\"required\": [\"%s\"]}", any ? ", " : "", row->key);
		any = true;
	}
	buf_add(s->out, STR("]}"));
}

static void put_steps(struct schema *s, const struct kind_tables *tables)
{
	buf_add(s->out,
		STR("\"steps\": {\"type\": \"array\", \"minItems\": 1, \"items\": {\"anyOf\": ["));
	for (size_t i = 0; i < tables->step_count; i++) {
		buf_add(s->out, i ? STR(", ") : STR(""));
		put_step(s, tables->steps[i]);
	}
	buf_add(s->out, STR("]}}"));
}

static void put_extract(struct schema *s, const struct extract_kind *kind)
{
	const struct field value = {.key = kind->name,
				    .type = kind->parts ? FIELD_OBJECT : FIELD_TEMPLATE,
				    .fields = kind->parts,
				    .prose = kind->sentence,
				    .example = kind->example};

	buf_add_char(s->out, '{');
	put_text(s->out, "description", kind->sentence);
	buf_printf(s->out, ", \"required\": [\"%s\"], ", kind->name);
	const struct field first[] = {value, {.key = NULL}};

	put_properties(s, first, kind->fields);
	s->out->len--; /* the common keys go into the same braces */
	for (const struct field *row = extract_common_fields; row->key; row++) {
		buf_printf(s->out, ", \"%s\": ", row->key);
		put_field(s, row);
	}
	buf_add(s->out, STR("}}"));
}

static void put_extracts(struct schema *s, const struct kind_tables *tables)
{
	buf_add(s->out,
		STR("\"extract\": {\"type\": \"object\", \"additionalProperties\": {\"anyOf\": ["));
	for (size_t i = 0; i < tables->extract_count; i++) {
		buf_add(s->out, i ? STR(", ") : STR(""));
		put_extract(s, tables->extracts[i]);
	}
	buf_add(s->out, STR("]}}"));
}

static void put_expects(struct schema *s, const struct kind_tables *tables)
{
	buf_add(s->out, STR("\"expect\": {\"type\": \"object\", \"additionalProperties\": false, "
			    "\"properties\": {"));
	for (size_t i = 0; i < tables->expect_count; i++) {
		struct field row = *tables->expects[i]->field;

		row.prose = tables->expects[i]->sentence;
		buf_printf(s->out, "%s\"%s\": ", i ? ", " : "", tables->expects[i]->name);
		put_field(s, &row);
	}
	buf_add(s->out, STR("}}"));
}

void schema_put(struct buf *out, const struct kind_tables *tables)
{
	struct schema s = {.special_count = 0};
	struct buf flat;

	buf_init(&flat, 0);
	s.out = &flat;
	buf_add(&flat, STR("{\"$schema\": \"http://json-schema.org/draft-07/schema#\", "
			   "\"title\": \"A scenario of reprise\", "));
	put_properties(&s, scenario_file_fields, NULL);
	buf_add(&flat, STR(", \"definitions\": {"));
	put_steps(&s, tables);
	buf_add(&flat, STR(", "));
	put_extracts(&s, tables);
	buf_add(&flat, STR(", "));
	put_expects(&s, tables);
	put_specials(&s);
	buf_add(&flat, STR("}}"));
	json_layout(out, buf_str(&flat));
	buf_release(&flat);
}
