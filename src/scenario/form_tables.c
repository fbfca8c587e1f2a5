#include "scenario/form_tables.h"

#include "base/ascii.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/function.h"
#include "interface/step.h"
#include "scenario/extract_common.h"
#include "scenario/json_layout.h"
#include "scenario/scenario_file.h"

#define DEFINITIONS_MAX 32

/* A special value with a mapping is written once, in `definitions`, because it can contain itself.
 */
struct form_tables {
	struct json_writer j;
	const struct field_special *definitions[DEFINITIONS_MAX];
	size_t definition_count;
	const struct field *inherited; /* the table whose rows have the value in force; or NULL */
};

static void put_row(struct form_tables *f, const char *key, const struct field *row);

static void put_text(struct form_tables *f, const char *key, const char *text)
{
	if (text)
		json_writer_text(&f->j, key, str_of(text));
}

static void put_flag(struct form_tables *f, const char *key, bool yes)
{
	if (yes)
		json_writer_bool(&f->j, key, true);
}

/* Words of keys that are not written in lower case. */
static const struct {
	const char *word, *written;
} spellings[] = {
    {"css", "CSS"},	{"graphql", "GraphQL"}, {"http", "HTTP"},
    {"id", "ID"},	{"json", "JSON"},	{"jsonpath", "JSONPath"},
    {"tls", "TLS"},	{"url", "URL"},		{"websocket", "WebSocket"},
    {"xpath", "XPath"},
};

static void put_word(struct buf *text, struct str word)
{
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		if (!str_eq(word, str_of(spellings[i].word)))
			continue;
		buf_add(text, str_of(spellings[i].written));
		return;
	}
	if (text->len)
		buf_add(text, word);
	else
		buf_printf(text, "%c%.*s", ascii_to_upper(word.ptr[0]),
			   STR_ARG(str_slice(word, 1, word.len)));
}

/* "Total iterations" for total_iterations. */
static void put_label(struct form_tables *f, const char *label, const char *key)
{
	struct str rest = str_of(key ? key : "");
	struct buf text;

	if (label || !key) {
		put_text(f, "label", label);
		return;
	}
	buf_init(&text, 0);
	while (rest.len) {
		size_t end = str_find_char(rest, '_', 0);

		if (text.len)
			buf_add_char(&text, ' ');
		put_word(&text, str_slice(rest, 0, end == NOT_FOUND ? rest.len : end));
		rest = end == NOT_FOUND ? STR("") : str_slice(rest, end + 1, rest.len);
	}
	json_writer_text(&f->j, "label", buf_str(&text));
	buf_release(&text);
}

/* ---- groups */

#define FIELD_GROUP(group, name, label, sentence) {name, label, sentence},
static const struct {
	const char *name, *label, *sentence;
} groups[] = {
#include "interface/field_groups.def"
};
#undef FIELD_GROUP

static void put_groups(struct form_tables *f)
{
	json_writer_open_array(&f->j, "groups");
	for (size_t i = 0; i < FIELD_GROUP_COUNT; i++) {
		json_writer_open(&f->j, NULL);
		put_text(f, "name", groups[i].name);
		put_text(f, "label", groups[i].label);
		put_text(f, "sentence", groups[i].sentence);
		json_writer_close(&f->j);
	}
	json_writer_close_array(&f->j);
}

/* ---- rows */

/* The control for a value, by its type; special values have their own. */
static const char *widget(const struct field *row)
{
	static const char *const names[] = {
	    [FIELD_TEXT] = "text",
	    [FIELD_TEMPLATE] = "template",
	    [FIELD_EXPRESSION] = "expression",
	    [FIELD_BOOL] = "toggle",
	    [FIELD_INT] = "integer",
	    [FIELD_NUMBER] = "number",
	    [FIELD_DURATION] = "duration",
	    [FIELD_SIZE] = "size",
	    [FIELD_RATE] = "rate",
	    [FIELD_SHARE] = "share",
	    [FIELD_ENUM] = "words",
	    [FIELD_OBJECT] = "fields",
	    [FIELD_LIST] = "list",
	    [FIELD_MAP] = "map",
	    [FIELD_STEPS] = "steps",
	    [FIELD_EXTRACTS] = "extract",
	    [FIELD_EXPECTS] = "expect",
	};

	if (row->type != FIELD_SPECIAL)
		return (row->flags & FIELD_FILE) ? "file" : names[row->type];
	if (row->special->widget)
		return row->special->widget;
	return row->special->fields ? "fields" : row->element ? "map" : "text";
}

static void put_words(struct form_tables *f, const struct field *row)
{
	if (!row->choices)
		return;
	json_writer_open_array(&f->j, "words");
	for (size_t i = 0; row->choices[i]; i++) {
		json_writer_open(&f->j, NULL);
		put_text(f, "word", row->choices[i]);
		put_text(f, "meaning", row->meanings ? row->meanings[i] : NULL);
		json_writer_close(&f->j);
	}
	json_writer_close_array(&f->j);
}

/* The words of TEXT, which have spaces between them. */
static void put_list(struct form_tables *f, const char *key, const char *text)
{
	struct str rest = str_of(text ? text : "");

	if (!rest.len)
		return;
	json_writer_open_array(&f->j, key);
	while (rest.len) {
		size_t end = str_find_char(rest, ' ', 0);

		json_writer_text(&f->j, NULL,
				 str_slice(rest, 0, end == NOT_FOUND ? rest.len : end));
		rest = end == NOT_FOUND ? STR("") : str_slice(rest, end + 1, rest.len);
	}
	json_writer_close_array(&f->j);
}

/* The place of the value in force if the key is missing, and the default if that is missing too. A
 * placeholder shows the value in force, and never an example. */
static void put_in_force(struct form_tables *f, const struct field *row)
{
	const struct field *from = NULL;

	if (f->inherited && row->key && !(row->flags & FIELD_ACTION))
		from = field_find(f->inherited, str_of(row->key));
	if (from)
		json_writer_format(&f->j, "inherits", "/defaults/%s", row->key);
	put_text(f, "default", from && !row->fallback ? from->fallback : row->fallback);
}

static void put_range(struct form_tables *f, const struct field *row)
{
	if (row->low == 0 && row->high == 0)
		return;
	json_writer_digits(&f->j, "minimum", row->low, 17);
	json_writer_digits(&f->j, "maximum", row->high, 17);
}

/* The alternatives of a table, in the order of their first rows. */
static void put_choices(struct form_tables *f, const struct field *rows)
{
	const struct field_choice *last = NULL;

	for (const struct field *row = rows; row->key; row++) {
		if (!row->choice || row->with || row->choice == last)
			continue;
		if (!last)
			json_writer_open_array(&f->j, "choices");
		last = row->choice;
		json_writer_open(&f->j, NULL);
		put_text(f, "name", last->name);
		put_text(f, "label", last->label);
		json_writer_close(&f->j);
	}
	if (last)
		json_writer_close_array(&f->j);
}

static void put_rows(struct form_tables *f, const struct field *rows)
{
	put_choices(f, rows);
	json_writer_open_array(&f->j, "rows");
	for (const struct field *row = rows; row->key; row++)
		put_row(f, NULL, row);
	json_writer_close_array(&f->j);
}

/* The rows of a mapping inside a row: nothing in it is inherited. */
static void put_inner_rows(struct form_tables *f, const struct field *rows)
{
	const struct field *inherited = f->inherited;

	f->inherited = NULL;
	put_rows(f, rows);
	f->inherited = inherited;
}

static void remember(struct form_tables *f, const struct field_special *special)
{
	for (size_t i = 0; i < f->definition_count; i++)
		if (f->definitions[i] == special)
			return;
	if (f->definition_count == DEFINITIONS_MAX)
		BUG("more than %d specials with a mapping", DEFINITIONS_MAX);
	f->definitions[f->definition_count++] = special;
}

/* The content of a mapping, a list or a special value. */
static void put_content(struct form_tables *f, const struct field *row)
{
	if (row->type == FIELD_OBJECT) {
		put_inner_rows(f, row->fields);
	} else if (row->type == FIELD_SPECIAL && row->special->fields) {
		put_text(f, "definition", row->special->definition);
		remember(f, row->special);
	}
	if (row->element)
		put_row(f, "element", row->element);
}

static void put_row(struct form_tables *f, const char *key, const struct field *row)
{
	json_writer_open(&f->j, key);
	put_text(f, "key", row->key);
	put_label(f, row->label, row->key);
	if (row->key)
		put_text(f, "group", groups[row->group].name);
	put_text(f, "widget", widget(row));
	put_text(f, "sentence", row->prose);
	put_text(f, "example", row->example);
	put_in_force(f, row);
	put_range(f, row);
	put_words(f, row);
	put_flag(f, "action", row->flags & FIELD_ACTION);
	put_flag(f, "required", row->flags & FIELD_REQUIRED);
	put_flag(f, "secret", row->flags & FIELD_SECRET);
	put_flag(f, "parameter", row->flags & FIELD_PARAMETER);
	put_flag(f, "one_is_enough", row->flags & FIELD_ONE_OK);
	put_flag(f, "repeats", row->flags & FIELD_REPEATS);
	put_text(f, "choice", row->choice ? row->choice->name : NULL);
	put_list(f, "with", row->with);
	put_text(f, "suggests",
		 (row->flags & FIELD_FILE)					? "files"
		 : row->type == FIELD_TEMPLATE || row->type == FIELD_EXPRESSION ? "variables"
										: row->suggests);
	put_content(f, row);
	json_writer_close(&f->j);
}

/* ---- kinds */

static void put_steps(struct form_tables *f, const struct kind_tables *tables)
{
	json_writer_open_array(&f->j, "steps");
	for (size_t i = 0; i < tables->step_count; i++) {
		const struct step_kind *kind = tables->steps[i];

		json_writer_open(&f->j, NULL);
		put_text(f, "name", kind->name);
		put_label(f, NULL, kind->name);
		put_text(f, "sentence", kind->sentence);
		put_flag(f, "request", kind->flags & STEP_REQUEST);
		f->inherited = (kind->flags & STEP_REQUEST) ? defaults_fields : NULL;
		put_rows(f, kind->fields);
		f->inherited = NULL;
		json_writer_close(&f->j);
	}
	json_writer_close_array(&f->j);
}

/* The rows of an extractor: first the value of the key that names it. */
static void put_extractor(struct form_tables *f, const struct extract_kind *kind)
{
	const struct field own = {.key = kind->name,
				  .type = kind->parts ? FIELD_OBJECT : FIELD_TEMPLATE,
				  .flags = FIELD_ACTION,
				  .fields = kind->parts,
				  .prose = kind->sentence,
				  .example = kind->example};

	json_writer_open(&f->j, NULL);
	put_text(f, "name", kind->name);
	put_label(f, NULL, kind->name);
	put_text(f, "sentence", kind->sentence);
	json_writer_open_array(&f->j, "rows");
	put_row(f, NULL, &own);
	for (const struct field *row = kind->fields; row && row->key; row++)
		put_row(f, NULL, row);
	for (const struct field *row = extract_common_fields; row->key; row++)
		put_row(f, NULL, row);
	json_writer_close_array(&f->j);
	json_writer_close(&f->j);
}

static void put_extractors(struct form_tables *f, const struct kind_tables *tables)
{
	json_writer_open_array(&f->j, "extractors");
	for (size_t i = 0; i < tables->extract_count; i++)
		put_extractor(f, tables->extracts[i]);
	json_writer_close_array(&f->j);
}

static void put_assertions(struct form_tables *f, const struct kind_tables *tables)
{
	json_writer_open_array(&f->j, "assertions");
	for (size_t i = 0; i < tables->expect_count; i++) {
		struct field row = *tables->expects[i]->field;

		row.key = tables->expects[i]->name;
		row.prose = tables->expects[i]->sentence;
		put_row(f, NULL, &row);
	}
	json_writer_close_array(&f->j);
}

static void put_functions(struct form_tables *f, const struct kind_tables *tables)
{
	json_writer_open_array(&f->j, "functions");
	for (size_t i = 0; i < tables->function_count; i++) {
		const struct function_kind *kind = tables->functions[i];

		json_writer_open(&f->j, NULL);
		put_text(f, "name", kind->name);
		put_text(f, "signature", kind->signature);
		put_text(f, "sentence", kind->sentence);
		put_text(f, "example", kind->example);
		put_text(f, "result", kind->result);
		put_flag(f, "filter", kind->flags & FUNCTION_FILTER);
		json_writer_close(&f->j);
	}
	json_writer_close_array(&f->j);
}

/* Definitions that are found while one is written come after it. */
static void put_definitions(struct form_tables *f)
{
	json_writer_open(&f->j, "definitions");
	for (size_t i = 0; i < f->definition_count; i++) {
		json_writer_open(&f->j, f->definitions[i]->definition);
		put_rows(f, f->definitions[i]->fields);
		json_writer_close(&f->j);
	}
	json_writer_close(&f->j);
}

void form_tables_put(struct buf *out, const struct kind_tables *tables)
{
	struct form_tables f = {.definition_count = 0};
	struct buf flat;

	buf_init(&flat, 0);
	f.j = json_writer_spaced(&flat);
	json_writer_open(&f.j, NULL);
	json_writer_uint(&f.j, "version", 1);
	put_groups(&f);
	json_writer_open(&f.j, "file");
	put_rows(&f, scenario_file_fields);
	json_writer_close(&f.j);
	put_steps(&f, tables);
	put_extractors(&f, tables);
	put_assertions(&f, tables);
	put_functions(&f, tables);
	put_definitions(&f);
	json_writer_close(&f.j);
	json_layout(out, buf_str(&flat));
	buf_release(&flat);
}
