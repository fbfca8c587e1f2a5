#include "doc/yaml.h"
#include "scenario/field_value.h"
#include "scenario/parameters.h"
#include "scenario/reader_private.h"

/* Reports "the value is missing" and other errors of a value that must be a scalar. */
static bool check_scalar(struct reader *r, const struct node *node, const char *expected)
{
	if (node->reported)
		return false;
	if (node->kind != NODE_SCALAR || node_is_empty(node))
		return reader_wrong_shape(r, node, expected);
	return true;
}

/* The next `${` that is not written `$${`, at or after FROM; NOT_FOUND if there is none. */
static size_t next_template(struct str text, size_t from)
{
	for (size_t at = str_find(text, STR("${"), from); at != NOT_FOUND;
	     at = str_find(text, STR("${"), at + 2)) {
		if (at == 0 || text.ptr[at - 1] != '$')
			return at;
	}
	return NOT_FOUND;
}

/* The offset after the `}` that ends the `${` at FROM, with quotes skipped; NOT_FOUND if it has no
 * end. */
static size_t template_end(struct str text, size_t from)
{
	char quote = 0;

	for (size_t i = from + 2; i < text.len; i++) {
		char c = text.ptr[i];

		if (quote && c == '\\')
			i++;
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '}')
			return i + 1;
	}
	return NOT_FOUND;
}

/* ---- texts */

bool reader_template(struct reader *r, const struct node *node, struct text *out)
{
	return reader_template_of(r, node, "text", out);
}

bool reader_template_of(struct reader *r, const struct node *node, const char *expected,
			struct text *out)
{
	if (!check_scalar(r, node, expected))
		return false;
	*out = (struct text){.raw = node->text, .node = node};
	return true;
}

bool reader_literal(struct reader *r, const struct node *node, const char *expected,
		    struct str *out)
{
	if (!check_scalar(r, node, expected))
		return false;
	size_t at = next_template(node->text, 0);

	if (at != NOT_FOUND) {
		size_t end = template_end(node->text, at);
		struct span span =
		    node_text_span(node, at, end == NOT_FOUND ? node->text.len : end);
		struct diag *diag = reader_error(r, span, DIAG_E147,
						 "${…} is not allowed here; write %s", expected);

		diag_note(r->diags, diag, SPAN_NONE,
			  "this value is read before the run starts; for a literal ${ write $${");
		return false;
	}
	*out = node->text;
	return true;
}

/* TEXT without ${ and }: `${product} != ""` becomes `product != ""`. */
static struct str strip_template_marks(struct reader *r, struct str text)
{
	struct str all = STR("");
	size_t at = 0;

	while (at < text.len) {
		size_t open = next_template(text, at);
		size_t end = open == NOT_FOUND ? NOT_FOUND : template_end(text, open);

		if (end == NOT_FOUND) {
			all = arena_printf(r->arena, "%.*s%.*s", STR_ARG(all),
					   STR_ARG(str_slice(text, at, text.len)));
			break;
		}
		all = arena_printf(r->arena, "%.*s%.*s%.*s", STR_ARG(all),
				   STR_ARG(str_slice(text, at, open)),
				   STR_ARG(str_slice(text, open + 2, end - 1)));
		at = end;
	}
	return all;
}

bool reader_expression(struct reader *r, const struct node *node, struct text *out)
{
	if (!check_scalar(r, node, "exactly one ${…}"))
		return false;
	struct str text = str_trim(node->text);
	size_t at = (size_t)(text.ptr - node->text.ptr);

	if (str_starts(text, STR("${")) && template_end(text, 0) == text.len) {
		*out = (struct text){
		    .raw = str_slice(text, 2, text.len - 1),
		    .node = node,
		    .at = (uint32_t)at + 2,
		};
		return true;
	}
	bool some = next_template(text, 0) != NOT_FOUND;
	struct diag *diag =
	    reader_error(r, node->span, DIAG_E148,
			 some ? "the text outside ${…} makes this condition always "
				"true; put the whole comparison inside one ${…}"
			      : "a condition or a list must be one expression in ${…}");
	struct str inside = strip_template_marks(r, text);

	/* `in: a, b` is a list without its brackets and quotes, not an expression. */
	if (some || str_find_char(inside, ',', 0) == NOT_FOUND)
		reader_fix_value(
		    r, diag, node,
		    yaml_scalar_instead(r->arena, node,
					arena_printf(r->arena, "${%.*s}", STR_ARG(inside))));
	return false;
}

/* ---- ${PARAMETER} */

/* The name in `${ NAME }`, or empty if it is not a single name. */
static struct str parameter_in(struct str text, size_t at, size_t end)
{
	struct str name = str_trim(str_slice(text, at + 2, end - 1));

	return parameters_name_valid(name) ? name : STR("");
}

static void unknown_parameter(struct reader *r, struct span span, struct str name)
{
	VEC(struct str) names = {NULL, 0, 0};

	for (size_t i = 0; r->parameters && i < r->parameters->count; i++)
		VEC_PUSH(r->arena, &names, r->parameters->items[i].name);
	struct str nearest = diag_nearest(name, names.items, names.count);

	if (nearest.ptr)
		diag_edit_word(r->diags,
			       reader_error(r, span, DIAG_E217,
					    "unknown parameter '%.*s'; did you mean '%.*s'?",
					    STR_ARG(name), STR_ARG(nearest)),
			       span, name, nearest);
	else
		reader_error(r, span, DIAG_E217,
			     "unknown parameter '%.*s'; declare it under 'parameters'",
			     STR_ARG(name));
}

/* Finds the value of the template [AT, END) in NODE's text. */
static bool parameter_value(struct reader *r, const struct node *node, size_t at, size_t end,
			    const struct parameter **out)
{
	struct span span = node_text_span(node, at, end == NOT_FOUND ? node->text.len : end);
	struct str name = end == NOT_FOUND ? STR("") : parameter_in(node->text, at, end);

	if (!name.len) {
		reader_error(r, span, DIAG_E217,
			     "only a parameter such as ${USERS} is allowed here, because the value "
			     "is read before the run starts");
		return false;
	}
	*out = parameters_find(r->parameters, name);
	if (*out)
		r->parameters->items[*out - r->parameters->items].used = true;
	else
		unknown_parameter(r, span, name);
	return *out && (*out)->value.ptr; /* a required parameter without a value was reported */
}

/* LAST is the parameter that was replaced last, for the note of an error in the result. */
static bool replaced(struct reader *r, const struct node *node, const char *expected,
		     struct str *out, const struct parameter **last)
{
	struct str all = STR("");
	bool whole = true;
	size_t from = 0;

	*last = NULL;
	if (!check_scalar(r, node, expected))
		return false;
	size_t at = next_template(node->text, 0);

	if (at == NOT_FOUND) {
		*out = node->text;
		return true;
	}
	for (; at != NOT_FOUND; at = next_template(node->text, from)) {
		size_t end = template_end(node->text, at);

		if (!parameter_value(r, node, at, end, last)) {
			whole = false; /* later templates are still checked */
			from = end == NOT_FOUND ? node->text.len : end;
			continue;
		}
		all =
		    arena_printf(r->arena, "%.*s%.*s%.*s", STR_ARG(all),
				 STR_ARG(str_slice(node->text, from, at)), STR_ARG((*last)->value));
		from = end;
	}
	*out = arena_printf(r->arena, "%.*s%.*s", STR_ARG(all),
			    STR_ARG(str_slice(node->text, from, node->text.len)));
	return whole;
}

bool reader_replaced(struct reader *r, const struct node *node, const char *expected,
		     struct str *out)
{
	const struct parameter *last;

	return replaced(r, node, expected, out, &last);
}

/* ---- typed scalars */

static void note_parameter(struct reader *r, struct diag *diag, const struct parameter *p)
{
	if (p)
		diag_note(r->diags, diag, SPAN_NONE, "the value of ${%.*s} comes from %.*s",
			  STR_ARG(p->name), STR_ARG(p->origin));
}

static bool parse_text(struct reader *r, const struct node *node, const struct field *field,
		       struct str text, const struct parameter *from, void *out)
{
	struct parse_error error;

	if (field_value_parse(r->arena, text, field, out, &error))
		return true;
	if (from && from->secret)
		error.text = arena_printf(
		    r->arena, "the value of ${%.*s} is not valid here; expected %.*s",
		    STR_ARG(from->name), STR_ARG(field_value_expected(r->arena, field)));
	struct diag *diag = reader_error(r, node->span, error.code, "%.*s", STR_ARG(error.text));

	if (from)
		note_parameter(r, diag, from);
	else if (error.fix.len)
		reader_fix_value(r, diag, node, error.fix);
	return false;
}

static bool is_unquoted_type(enum field_type type)
{
	return type == FIELD_INT || type == FIELD_NUMBER || type == FIELD_BOOL;
}

/* A path relative to the directory of the scenario file; absolute paths, and paths in a scenario
 * from standard input, are not changed. */
static struct str relative_to_scenario(struct reader *r, const struct node *node, struct str path)
{
	struct str base = node->span.source ? node->span.source->name : STR("");
	size_t slash = base.len;

	while (slash > 0 && base.ptr[slash - 1] != '/')
		slash--;
	if (!path.len || path.ptr[0] == '/' || !slash)
		return path;
	return arena_printf(r->arena, "%.*s%.*s", (int)slash, base.ptr, STR_ARG(path));
}

static bool typed(struct reader *r, const struct node *node, const struct field *field, void *out);

bool reader_typed(struct reader *r, const struct node *node, const struct field *field, void *out)
{
	if (!typed(r, node, field, out))
		return false;
	if (field->flags & FIELD_FILE)
		*(struct str *)out = relative_to_scenario(r, node, *(struct str *)out);
	return true;
}

static bool typed(struct reader *r, const struct node *node, const struct field *field, void *out)
{
	const char *expected = field_value_expected(r->arena, field).ptr;
	const struct parameter *from = NULL;
	struct str text;

	if (field->type == FIELD_TEXT && !(field->flags & FIELD_PARAMETER))
		return reader_literal(r, node, expected, out);
	if (!(field->flags & FIELD_PARAMETER)) {
		if (!reader_literal(r, node, expected, &text))
			return false;
	} else if (!replaced(r, node, expected, &text, &from)) {
		return false;
	}
	if (is_unquoted_type(field->type) && node_is_quoted(node) && !from) {
		struct diag *diag =
		    reader_error(r, node->span, DIAG_E140,
				 "expected %s without quotes; found text in quotes", expected);

		reader_fix_value(r, diag, node, text);
		return false;
	}
	return parse_text(r, node, field, text, from, out);
}
