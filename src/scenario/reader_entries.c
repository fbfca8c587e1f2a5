/* Reads `extract:` and `expect:`: the names of kinds from the tables, and each entry by the rows of
 * its kind. */
#include "base/ascii.h"
#include "scenario/extract_common.h"
#include "scenario/variable_name.h"
#include "scenario/other_tools.h"
#include "scenario/reader_private.h"

static void read_match(struct reader *r, const struct node *node, void *out)
{
	static const struct {
		const char *word;
		enum match_which which;
	} words[] = {{"first", MATCH_FIRST},
		     {"last", MATCH_LAST},
		     {"random", MATCH_RANDOM},
		     {"all", MATCH_ALL}};
	struct match_choice *choice = out;
	struct str text;

	if (!reader_literal(r, node, "first, last, random, all or a number from 1", &text))
		return;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq(text, str_of(words[i].word))) {
			choice->which = words[i].which;
			return;
		}
	}
	choice->which = MATCH_NTH;
	if (!str_to_int(text, &choice->nth) || choice->nth < 1 || choice->nth > 1000000)
		reader_error(
		    r, node->span, DIAG_E303,
		    "'%.*s' is not valid; use first, last, random, all or a number starting at 1",
		    STR_ARG(text));
}

static const struct field_special match_special = {
    .widget = "match",
    .name = "first, last, random, all or a number from 1",
    .read = read_match,
    .schema = "{\"anyOf\": [{\"enum\": [\"first\", \"last\", \"random\", \"all\"]}, "
	      "{\"type\": \"integer\", \"minimum\": 1}]}",
};

const struct field extract_common_fields[] = {
    FIELD(struct extract_common, match, "match", FIELD_SPECIAL, .special = &match_special,
	  .fallback = "first", .example = "random",
	  .prose = "Which of the values found to use: the first, the last, a random one, all of "
		   "them as a list, or the n-th."),
    FIELD(struct extract_common, fallback, "default", FIELD_TEMPLATE, .example = "\"\"",
	  .prose = "Value of the variable if nothing is found; without it, the step fails if "
		   "nothing is found."),
    FIELD(struct extract_common, from, "from", FIELD_TEMPLATE, .example = "headers",
	  .prose = "Where to search: body, headers, url, or the name of a variable."),
    FIELD(struct extract_common, secret, "secret", FIELD_BOOL, .fallback = "no", .example = "yes",
	  .prose = "Masks the value in all output."),
    FIELD(struct extract_common, join, "join", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .example = "\"\"",
	  .prose = "With `match: all`: joins all values into one text, with this text between them, "
		   "instead of a list."),
    FIELD_END,
};

/* ---- extract */

static const struct extract_kind *extract_kind_of(const struct reader *r, struct str name)
{
	for (size_t i = 0; i < r->tables->extract_count; i++) {
		if (str_eq(str_of(r->tables->extracts[i]->name), name))
			return r->tables->extracts[i];
	}
	return NULL;
}

static struct str extractor_names(struct reader *r, struct str *nearest, struct str found)
{
	VEC(struct str) names = {NULL, 0, 0};
	struct str all = STR("");

	for (size_t i = 0; i < r->tables->extract_count; i++) {
		const char *name = r->tables->extracts[i]->name;

		VEC_PUSH(r->arena, &names, str_of(name));
		all = arena_printf(r->arena, "%.*s%s%s", STR_ARG(all), i ? ", " : "", name);
	}
	*nearest = diag_nearest(found, names.items, names.count);
	return all;
}

/* Reports an entry without an extractor: one is misspelled, or there is none. */
static void report_no_extractor(struct reader *r, const struct node *node)
{
	struct str nearest = STR_NULL, all = STR("");

	for (size_t i = 0; i < node->count; i++) {
		const struct node *key = node->pairs[i].key;
		const char *instead = other_tools_hint_under("extract", key->text);

		if (instead) {
			struct diag *diag = reader_error(r, key->span, DIAG_E101,
							 "unknown extractor '%.*s'; use %s",
							 STR_ARG(key->text), instead);
			struct str name = str_slice(str_of(instead), 1, strlen(instead) - 1);

			/* 'jsonpath', and not a description. */
			if (extract_kind_of(r, name))
				diag_edit_word(r->diags, diag, key->span, key->text, name);
			return;
		}
		all = extractor_names(r, &nearest, key->text);
		if (nearest.ptr && !field_find(extract_common_fields, key->text)) {
			diag_edit_word(r->diags,
				       reader_error(r, key->span, DIAG_E101,
						    "unknown extractor '%.*s'; did you mean "
						    "'%.*s'?",
						    STR_ARG(key->text), STR_ARG(nearest)),
				       key->span, key->text, nearest);
			return;
		}
	}
	if (!node->truncated)
		reader_error(r, node->span, DIAG_E146, "the extractor is missing; use one of %.*s",
			     STR_ARG(all));
}

static const struct node_pair *extractor_pair(struct reader *r, const struct node *node)
{
	const struct node_pair *found = NULL;

	for (size_t i = 0; i < node->count; i++) {
		const struct node_pair *pair = &node->pairs[i];

		if (!extract_kind_of(r, pair->key->text))
			continue;
		if (found) {
			reader_error(r, pair->key->span, DIAG_E146,
				     "'%.*s' and '%.*s' cannot be in one entry; use one extractor "
				     "for each variable",
				     STR_ARG(found->key->text), STR_ARG(pair->key->text));
			return NULL;
		}
		found = pair;
	}
	if (!found)
		report_no_extractor(r, node);
	return found;
}

/* Whether the example needs quotes inside braces. */
static bool needs_quotes(const char *example)
{
	return *example != '"' && *example != '\'' && strpbrk(example, ",:#[]{}*@&") != NULL;
}

static void scalar_extract(struct reader *r, const struct node *node)
{
	struct str nearest, all = extractor_names(r, &nearest, STR(""));

	if (node->kind != NODE_SCALAR || node_is_empty(node)) {
		reader_wrong_shape(r, node, "an extractor such as {form_field: csrf_token}");
		return;
	}
	struct diag *diag = reader_error(r, node->span, DIAG_E146,
					 "the extractor is missing; use one of %.*s", STR_ARG(all));
	if (str_starts(node->text, STR("$.")) || str_starts(node->text, STR("$["))) {
		reader_fix_value(
		    r, diag, node,
		    arena_printf(r->arena, "{jsonpath: \"%.*s\"}", STR_ARG(node->text)));
	} else if (r->tables->extract_count && r->tables->extracts[0]->example) {
		const char *example = r->tables->extracts[0]->example;
		const char *quote = needs_quotes(example) ? "\"" : "";

		diag_note(r->diags, diag, SPAN_NONE, "for example: {%s: %s%s%s}",
			  r->tables->extracts[0]->name, quote, example, quote);
	}
}

/* The value of the extractor: a text, or a mapping. */
static bool read_extract_value(struct reader *r, const struct node *node, struct extract *out)
{
	if (!out->kind->parts)
		return reader_template(r, node, &out->value);
	out->value = (struct text){.raw = STR(""), .node = node};
	out->parts = arena_alloc(r->arena, out->kind->parts_bytes);
	return reader_object(r, node, out->kind->parts, out->parts);
}

static bool read_extract(struct reader *r, const struct node_pair *entry, struct extract *out)
{
	struct extract_common common = {0};
	const struct node *node = entry->value;

	if (node->kind != NODE_MAP) {
		scalar_extract(r, node);
		return false;
	}
	const struct node_pair *pair = extractor_pair(r, node);
	if (!pair)
		return false;
	out->kind = extract_kind_of(r, pair->key->text);
	out->span = pair->key->span;
	bool fine = read_extract_value(r, pair->value, out);
	struct reader_mapping m = {.node = node,
				   .fields = extract_common_fields,
				   .more = out->kind->fields,
				   .other_key = pair->key->text};

	fine &= reader_mapping(r, &m, &common);
	if (out->kind->fields) {
		m.fields = out->kind->fields;
		m.more = extract_common_fields;
		m.quiet = true;
		out->data = arena_alloc(r->arena, out->kind->bytes);
		fine &= reader_mapping(r, &m, out->data);
	}
	out->match = common.match.which;
	out->nth = common.match.nth;
	out->has_fallback = keys_has(&common.keys, extract_common_fields, "default");
	out->fallback = common.fallback;
	out->from = common.from;
	out->secret = common.secret;
	out->join = common.join;
	if (keys_has(&common.keys, extract_common_fields, "join") && out->match != MATCH_ALL) {
		reader_error(r, keys_span(&common.keys, "join"), DIAG_E142,
			     "`join` needs `match: all`, because one value needs no separator");
		fine = false;
	}
	return fine;
}

/* The first of a list of extractors, as an entry of a mapping: `- name: id` with `jsonpath: $.id`.
 */
static struct str extractor_example(struct reader *r, const struct node *node)
{
	static const char *const names[] = {"name", "as", "variable", "var"};
	const struct node *item = node->kind == NODE_LIST && node->count ? node->items[0] : NULL;
	const struct node *name = NULL;

	for (size_t i = 0; item && !name && i < sizeof names / sizeof *names; i++)
		name = node_find(item, str_of(names[i]));
	for (size_t i = 0; name && name->kind == NODE_SCALAR && i < item->count; i++) {
		const struct node_pair *pair = &item->pairs[i];

		if (pair->value->kind == NODE_SCALAR && extract_kind_of(r, pair->key->text) &&
		    !memchr(pair->value->text.ptr, '"', pair->value->text.len) &&
		    !memchr(pair->value->text.ptr, '\\', pair->value->text.len))
			return arena_printf(r->arena, "%.*s: {%.*s: \"%.*s\"}", STR_ARG(name->text),
					    STR_ARG(pair->key->text), STR_ARG(pair->value->text));
	}
	return STR("id: {jsonpath: \"$.id\"}");
}

bool reader_extracts(struct reader *r, const struct node *node, struct extracts *out)
{
	bool fine = true;

	if (node->kind != NODE_MAP)
		return reader_not_mapping(
		    r, node,
		    arena_cstr(r->arena,
			       arena_printf(r->arena,
					    "a mapping of variables to extractors, such as "
					    "%.*s",
					    STR_ARG(extractor_example(r, node)))));
	out->items = ARENA_ARRAY(r->arena, node->count, struct extract);
	for (size_t i = 0; i < node->count; i++) {
		const struct node_pair *pair = &node->pairs[i];
		struct extract *extract = &out->items[out->count];

		*extract =
		    (struct extract){.variable = pair->key->text, .variable_span = pair->key->span};
		fine &= variable_name_check(r, pair->key);
		if (read_extract(r, pair, extract))
			out->count++;
		else
			fine = false;
	}
	return fine;
}

/* ---- expect */

static const struct expect_kind *expect_kind_of(const struct reader *r, struct str name)
{
	for (size_t i = 0; i < r->tables->expect_count; i++) {
		if (str_eq(str_of(r->tables->expects[i]->name), name))
			return r->tables->expects[i];
	}
	return NULL;
}

static void unknown_expectation(struct reader *r, const struct node *key)
{
	VEC(struct str) names = {NULL, 0, 0};
	struct str all = STR("");

	for (size_t i = 0; i < r->tables->expect_count; i++) {
		const char *name = r->tables->expects[i]->name;

		VEC_PUSH(r->arena, &names, str_of(name));
		all = arena_printf(r->arena, "%.*s%s%s", STR_ARG(all), i ? ", " : "", name);
	}
	struct str nearest = diag_nearest(key->text, names.items, names.count);
	const char *instead = other_tools_hint_under("expect", key->text);

	instead = instead ? instead : other_tools_hint(key->text);
	if (instead)
		reader_error(r, key->span, DIAG_E101, "unknown assertion '%.*s'; use %s",
			     STR_ARG(key->text), instead);
	else if (nearest.ptr)
		diag_edit_word(r->diags,
			       reader_error(r, key->span, DIAG_E101,
					    "unknown assertion '%.*s'; did you mean '%.*s'?",
					    STR_ARG(key->text), STR_ARG(nearest)),
			       key->span, key->text, nearest);
	else
		reader_error(r, key->span, DIAG_E101, "unknown assertion '%.*s'; use one of %.*s",
			     STR_ARG(key->text), STR_ARG(all));
}

/* `expect: Welcome`: words, but neither a status nor keys. */
static bool is_expected_text(const struct node *node)
{
	if (node->kind != NODE_SCALAR || node->reported || !node->text.len ||
	    ascii_is_digit(node->text.ptr[0]))
		return false;
	for (size_t i = 0; i < node->text.len; i++)
		if (strchr(":'\"{}[]\n$", node->text.ptr[i]))
			return false;
	return true;
}

static bool report_expected_text(struct reader *r, const struct node *node)
{
	struct diag *diag = reader_error(
	    r, node->span, DIAG_E140,
	    "expected assertions such as status: 200; for a text in the body, use 'contains'");

	reader_fix_printf(r, diag, node, "{body: {contains: '%.*s'}}", STR_ARG(node->text));
	return false;
}

static bool scalar_expects(struct reader *r, const struct node *node)
{
	int64_t status;

	if (is_expected_text(node))
		return report_expected_text(r, node);
	if (node->kind != NODE_SCALAR || !str_to_int(node->text, &status))
		return reader_not_mapping(r, node, "assertions such as status: 200");
	struct diag *diag =
	    reader_error(r, node->span, DIAG_E140,
			 "expected a mapping with keys such as status and body; found text");
	reader_fix_value(r, diag, node,
			 arena_printf(r->arena, "{status: %.*s}", STR_ARG(node->text)));
	return false;
}

bool reader_reads_messages(const struct reader *r)
{
	return r->reads_messages;
}

bool reader_expects(struct reader *r, const struct node *node, struct expects *out)
{
	bool fine = true;

	if (node->kind != NODE_MAP)
		return scalar_expects(r, node);
	out->items = ARENA_ARRAY(r->arena, node->count, struct expect);
	for (size_t i = 0; i < node->count; i++) {
		const struct node_pair *pair = &node->pairs[i];
		const struct expect_kind *kind = expect_kind_of(r, pair->key->text);
		struct expect *expect = &out->items[out->count];

		if (!kind) {
			if (!pair->key->reported && !pair->value->reported)
				unknown_expectation(r, pair->key);
			fine = false;
			continue;
		}
		*expect = (struct expect){.kind = kind,
					  .span = pair->key->span,
					  .data = arena_alloc(r->arena, kind->bytes)};
		if (reader_value(r, pair->value, kind->field,
				 (char *)expect->data + kind->field->offset))
			out->count++;
		else
			fine = false;
	}
	return fine;
}
