#include "scenario/schema.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/step.h"
#include "scenario/extract_common.h"
#include "scenario/scenario_file.h"
#include "scenario/json_layout.h"
#include "scenario/schema_value.h"

#define SPECIALS_MAX 32
#define SCALAR	     "\"type\": [\"string\", \"number\", \"boolean\"]"
#define PARAMETER    "{\"type\": \"string\", \"pattern\": \"\\\\$\\\\{\"}"
#define ONE_LENGTH   "[0-9]+(\\\\.[0-9]+)? ?(us|ms|s|m|h|d)"
/*
 * Each type has one schema, even if several would be possible, so that editors show the sentence of
 * the row: a pattern applies to texts only, a range to numbers only. %s is an additional
 * alternative of the pattern.
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
#define EXPRESSION   "\"type\": \"string\", \"pattern\": \"^\\\\s*\\\\$\\\\{.*\\\\}\\\\s*$\""
#define OR_PARAMETER "|\\\\$\\\\{"

/* A special value with its own mapping is written once, in `definitions`, because it can contain
 * itself. */
struct schema {
	struct json_writer j;
	const struct field_special *specials[SPECIALS_MAX];
	size_t special_count;
};

/* KEY NULL: an item of a list. */
static void put_field(struct schema *s, const char *key, const struct field *field);

static void put_text(struct json_writer *j, const char *key, const char *text)
{
	json_writer_text(j, key, str_of(text));
}

static void put_fragment(struct json_writer *j, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Members that are JSON already; FORMAT is as for printf. */
static void put_fragment(struct json_writer *j, const char *format, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, 0);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	json_writer_fragment(j, buf_str(&text));
	buf_release(&text);
}

static void put_reference(struct json_writer *j, const char *definition)
{
	json_writer_open(j, NULL);
	json_writer_format(j, "$ref", "#/definitions/%s", definition);
	json_writer_close(j);
}

static void put_notes(struct json_writer *j, const struct field *field)
{
	if (field->prose)
		put_text(j, "description", field->prose);
	if (field->fallback)
		schema_value_put(json_writer_value(j, "default"), field, field->fallback);
	if (field->example) {
		json_writer_open_array(j, "examples");
		schema_value_put(json_writer_value(j, NULL), field, field->example);
		json_writer_close_array(j);
	}
}

/* ---- types */

static void put_range(struct json_writer *j, const struct field *field)
{
	if (field->low == 0 && field->high == 0)
		return;
	json_writer_digits(j, "minimum", field->low, 17);
	json_writer_digits(j, "maximum", field->high, 17);
}

static void put_words(struct json_writer *j, const char *const *words)
{
	double number;

	json_writer_open_array(j, "enum");
	for (size_t i = 0; words[i]; i++) {
		put_text(j, NULL, words[i]);
		if (str_to_double(str_of(words[i]), &number))
			buf_add(json_writer_value(j, NULL), str_of(words[i]));
	}
	json_writer_close_array(j);
}

static void put_fields(struct schema *s, const struct field *fields)
{
	for (const struct field *row = fields; row->key; row++)
		put_field(s, row->key, row);
}

/* An object with these keys; "properties" stays open for more of them. */
static void open_properties(struct schema *s)
{
	put_text(&s->j, "type", "object");
	json_writer_bool(&s->j, "additionalProperties", false);
	json_writer_open(&s->j, "properties");
}

static void put_properties(struct schema *s, const struct field *fields)
{
	open_properties(s);
	put_fields(s, fields);
	json_writer_close(&s->j);
}

static void put_required(struct json_writer *j, const struct field *fields)
{
	bool any = false;

	for (const struct field *row = fields; row->key; row++) {
		if (!(row->flags & FIELD_REQUIRED) || (row->flags & FIELD_ACTION))
			continue;
		if (!any)
			json_writer_open_array(j, "required");
		put_text(j, NULL, row->key);
		any = true;
	}
	if (any)
		json_writer_close_array(j);
}

/* The members of a list whose items are as FIELD says. */
static void put_array_of(struct schema *s, const struct field *field)
{
	put_text(&s->j, "type", "array");
	put_field(s, "items", field);
}

static void put_map(struct schema *s, const struct field *field)
{
	put_text(&s->j, "type", "object");
	if (!(field->flags & FIELD_REPEATS)) {
		put_field(s, "additionalProperties", field->element);
		return;
	}
	json_writer_open(&s->j, "additionalProperties");
	json_writer_open_array(&s->j, "anyOf");
	put_field(s, NULL, field->element);
	json_writer_open(&s->j, NULL);
	put_array_of(s, field->element);
	json_writer_close(&s->j);
	json_writer_close_array(&s->j);
	json_writer_close(&s->j);
}

static void put_list(struct schema *s, const struct field *field)
{
	if (!(field->flags & FIELD_ONE_OK)) {
		put_array_of(s, field->element);
		return;
	}
	json_writer_open_array(&s->j, "anyOf");
	put_field(s, NULL, field->element);
	json_writer_open(&s->j, NULL);
	put_array_of(s, field->element);
	json_writer_close(&s->j);
	json_writer_close_array(&s->j);
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

	/* A fragment is an object; its members are inserted into the row's object. */
	if (!special->fields && !(field->element && !special->schema)) {
		struct str members = str_trim(str_slice(schema, 1, schema.len - 1));

		if (members.len)
			json_writer_fragment(&s->j, members);
		return;
	}
	if (!special->fields) {
		put_map(s, field);
		return;
	}
	remember(s, special);
	json_writer_open_array(&s->j, "anyOf");
	json_writer_fragment(&s->j, schema);
	put_reference(&s->j, special->definition);
	json_writer_close_array(&s->j);
}

/* Definitions that are found while one is written come after it. */
static void put_specials(struct schema *s)
{
	for (size_t i = 0; i < s->special_count; i++) {
		json_writer_open(&s->j, s->specials[i]->definition);
		put_properties(s, s->specials[i]->fields);
		put_required(&s->j, s->specials[i]->fields);
		json_writer_close(&s->j);
	}
}

/* Types whose text with a ${PARAMETER} has another JSON type. */
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

/* A number, or a text that looks like one; a parameter adds an alternative to its pattern. */
static void put_quantity(struct schema *s, const struct field *field)
{
	bool parameter = takes_parameter(field), integer = field->type == FIELD_INT;
	const char *more = parameter ? OR_PARAMETER : "";

	if (integer || field->type == FIELD_NUMBER) {
		const char *number = integer ? "integer" : "number";

		if (parameter)
			put_fragment(&s->j,
				     "\"type\": [\"%s\", \"string\"], \"pattern\": \"\\\\$\\\\{\"",
				     number);
		else
			put_text(&s->j, "type", number);
		put_range(&s->j, field);
	} else if (field->type == FIELD_DURATION) {
		put_fragment(&s->j, DURATION, more);
	} else if (field->type == FIELD_SIZE) {
		put_fragment(&s->j, SIZE, more);
	} else if (field->type == FIELD_RATE) {
		put_fragment(&s->j, RATE, more);
	} else {
		put_fragment(&s->j, SHARE, more);
	}
}

static void put_all_of(struct json_writer *j, const char *definition)
{
	json_writer_open_array(j, "allOf");
	put_reference(j, definition);
	json_writer_close_array(j);
}

/* The members that say what the value is. */
static void put_type(struct schema *s, const struct field *field)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_TEMPLATE:
		json_writer_fragment(&s->j, STR(SCALAR));
		return;
	case FIELD_EXPRESSION:
		json_writer_fragment(&s->j, STR(EXPRESSION));
		return;
	case FIELD_BOOL:
		json_writer_fragment(&s->j, STR(YES_OR_NO));
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
		put_words(&s->j, field->choices);
		return;
	case FIELD_OBJECT:
		put_properties(s, field->fields);
		put_required(&s->j, field->fields);
		return;
	case FIELD_LIST:
		put_list(s, field);
		return;
	case FIELD_MAP:
		put_map(s, field);
		return;
	case FIELD_STEPS:
		put_all_of(&s->j, "steps");
		return;
	case FIELD_EXTRACTS:
		put_all_of(&s->j, "extract");
		return;
	case FIELD_EXPECTS:
		put_all_of(&s->j, "expect");
		return;
	case FIELD_SPECIAL:
		put_special(s, field);
		return;
	}
}

static void put_field(struct schema *s, const char *key, const struct field *field)
{
	json_writer_open(&s->j, key);
	put_notes(&s->j, field);
	if (takes_parameter(field) && !is_quantity(field)) {
		json_writer_open_array(&s->j, "anyOf");
		json_writer_open(&s->j, NULL);
		put_type(s, field);
		json_writer_close(&s->j);
		json_writer_fragment(&s->j, STR(PARAMETER));
		json_writer_close_array(&s->j);
	} else {
		put_type(s, field);
	}
	json_writer_close(&s->j);
}

/* ---- kinds */

static void put_step(struct schema *s, const struct step_kind *kind)
{
	json_writer_open(&s->j, NULL);
	put_text(&s->j, "description", kind->sentence);
	put_properties(s, kind->fields);
	put_required(&s->j, kind->fields);
	json_writer_open_array(&s->j, "oneOf");
	for (const struct field *row = kind->fields; row->key; row++) {
		if (!(row->flags & FIELD_ACTION))
			continue;
		json_writer_open(&s->j, NULL);
		json_writer_open_array(&s->j, "required");
		put_text(&s->j, NULL, row->key);
		json_writer_close_array(&s->j);
		json_writer_close(&s->j);
	}
	json_writer_close_array(&s->j);
	json_writer_close(&s->j);
}

static void put_steps(struct schema *s, const struct kind_tables *tables)
{
	json_writer_open(&s->j, "steps");
	put_text(&s->j, "type", "array");
	json_writer_uint(&s->j, "minItems", 1);
	json_writer_open(&s->j, "items");
	json_writer_open_array(&s->j, "anyOf");
	for (size_t i = 0; i < tables->step_count; i++)
		put_step(s, tables->steps[i]);
	json_writer_close_array(&s->j);
	json_writer_close(&s->j);
	json_writer_close(&s->j);
}

static void put_extract(struct schema *s, const struct extract_kind *kind)
{
	const struct field value = {.key = kind->name,
				    .type = kind->parts ? FIELD_OBJECT : FIELD_TEMPLATE,
				    .fields = kind->parts,
				    .prose = kind->sentence,
				    .example = kind->example};

	json_writer_open(&s->j, NULL);
	put_text(&s->j, "description", kind->sentence);
	json_writer_open_array(&s->j, "required");
	put_text(&s->j, NULL, kind->name);
	json_writer_close_array(&s->j);
	open_properties(s);
	put_field(s, kind->name, &value);
	if (kind->fields)
		put_fields(s, kind->fields);
	put_fields(s, extract_common_fields);
	json_writer_close(&s->j);
	json_writer_close(&s->j);
}

static void put_extracts(struct schema *s, const struct kind_tables *tables)
{
	json_writer_open(&s->j, "extract");
	put_text(&s->j, "type", "object");
	json_writer_open(&s->j, "additionalProperties");
	json_writer_open_array(&s->j, "anyOf");
	for (size_t i = 0; i < tables->extract_count; i++)
		put_extract(s, tables->extracts[i]);
	json_writer_close_array(&s->j);
	json_writer_close(&s->j);
	json_writer_close(&s->j);
}

static void put_expects(struct schema *s, const struct kind_tables *tables)
{
	json_writer_open(&s->j, "expect");
	open_properties(s);
	for (size_t i = 0; i < tables->expect_count; i++) {
		struct field row = *tables->expects[i]->field;

		row.prose = tables->expects[i]->sentence;
		put_field(s, tables->expects[i]->name, &row);
	}
	json_writer_close(&s->j);
	json_writer_close(&s->j);
}

void schema_put(struct buf *out, const struct kind_tables *tables)
{
	struct schema s = {.special_count = 0};
	struct buf flat;

	buf_init(&flat, 0);
	s.j = json_writer_spaced(&flat);
	json_writer_open(&s.j, NULL);
	put_text(&s.j, "$schema", "http://json-schema.org/draft-07/schema#");
	put_text(&s.j, "title", "A scenario of reprise");
	put_properties(&s, scenario_file_fields);
	json_writer_open(&s.j, "definitions");
	put_steps(&s, tables);
	put_extracts(&s, tables);
	put_expects(&s, tables);
	put_specials(&s);
	json_writer_close(&s.j);
	json_writer_close(&s.j);
	json_layout(out, buf_str(&flat));
	buf_release(&flat);
}
