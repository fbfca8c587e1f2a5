#include "base/ascii.h"
#include "doc/yaml_private.h"

#include "doc/yaml.h"

struct diag *yaml_report(struct yaml_reader *r, struct span span, enum diag_code code,
			 struct yaml_fixit fixit, bool *fixed, const char *format, ...)
{
	bool done = yaml_add_fixit(r, fixit.begin, fixit.end, fixit.insert);
	struct diag_list *list = done ? &r->confirmed : &r->pending;
	va_list args;

	va_start(args, format);
	struct str text = arena_vprintf(r->arena, format, args);
	va_end(args);
	struct diag *diag = diag_error(list, span, code, "%.*s", STR_ARG(text));
	if (done && list->diags.count < list->limit) {
		yaml_fix_line(r, diag, fixit.begin);
		diag_edit(list, diag, yaml_span(r, fixit.begin, fixit.end), fixit.insert);
	}
	*fixed = done || *fixed;
	return diag;
}

static bool starts_with(const char *text, const char *start)
{
	return str_starts(str_of(text), str_of(start));
}

static char byte_at(const struct yaml_reader *r, uint32_t at)
{
	return at < r->source->text.len ? r->source->text.ptr[at] : '\0';
}

/* ---- `{{ x }}` and other keys that are not text */

static bool explain_key(struct yaml_reader *r, const struct yaml_problem *p)
{
	struct str text = r->source->text;
	bool fixed = false;

	if (p->at > 0 && byte_at(r, p->at) == '{' && byte_at(r, p->at - 1) == '{') {
		uint32_t begin = p->at - 1, line_end = yaml_line_at(r->source, begin).end;
		size_t close = str_find(str_slice(text, 0, line_end), STR("}}"), begin);

		if (close != NOT_FOUND) {
			struct str name = str_trim(str_slice(text, p->at + 1, close));
			uint32_t end = (uint32_t)close + 2;
			struct yaml_fixit fixit = {
			    begin, end, 0, arena_printf(r->arena, "${%.*s}", STR_ARG(name))};
			yaml_report(r, yaml_span(r, begin, end), DIAG_E133, fixit, &fixed,
				    "write ${…} to insert a value, not {{…}}");
			return fixed;
		}
	}
	diag_error(&r->pending, yaml_span(r, p->at, p->context_at), DIAG_E130,
		   "a key must be a word; this is a list or a mapping");
	return false;
}

/* ---- a missing colon, or one too many */

/* The end of a word of lower-case letters and underscores that starts at BEGIN. */
static uint32_t word_end(struct str text, uint32_t begin, uint32_t end)
{
	while (begin < end && (ascii_is_lower(text.ptr[begin]) || text.ptr[begin] == '_'))
		begin++;
	return begin;
}

/* Finds where the colon or its space is missing, and the text to insert; false if nothing seems to
 * be missing. */
static bool missing_colon(struct str text, uint32_t begin, uint32_t end, bool any_value,
			  struct yaml_fixit *fixit)
{
	uint32_t word = word_end(text, begin, end);

	if (word == begin || word == end)
		return false;
	*fixit = (struct yaml_fixit){.begin = word, .end = word, .insert = STR(":")};
	if (text.ptr[word] == ':' && word + 1 < end && text.ptr[word + 1] != ' ') {
		*fixit =
		    (struct yaml_fixit){.begin = word + 1, .end = word + 1, .insert = STR(" ")};
		return true;
	}
	if (text.ptr[word] != ' ' && text.ptr[word] != '=')
		return false;
	uint32_t value = word;
	while (value < end && text.ptr[value] == ' ')
		value++;
	if (value + 1 < end && text.ptr[value] == '=' && text.ptr[value + 1] != '=' && any_value) {
		do
			value++;
		while (value < end && text.ptr[value] == ' ');
		*fixit = (struct yaml_fixit){.begin = word, .end = value, .insert = STR(": ")};
		return value < end;
	}
	word = value;
	return word < end && (any_value || text.ptr[word] == '"' || text.ptr[word] == '\'');
}

static bool report_missing_colon(struct yaml_reader *r, const struct yaml_line *line, bool *fixed)
{
	struct yaml_fixit fixit;

	if (line->key_end > line->key_begin || yaml_has_fixit(r, line->begin, line->end) ||
	    !missing_colon(r->source->text, line->content, line->value_end, true, &fixit))
		return false;
	bool blank = fixit.insert.ptr[0] == ' ';
	uint32_t word = blank ? fixit.begin - 1 : fixit.begin;
	yaml_report(r, yaml_span(r, line->content, blank ? fixit.begin : word),
		    blank ? DIAG_E125 : DIAG_E124, fixit, fixed,
		    blank ? "add a space after the colon of '%.*s'" : "add a colon after '%.*s'",
		    (int)(word - line->content), r->source->text.ptr + line->content);
	return true;
}

bool yaml_explain_missing_colon(const struct node *node, struct diag_list *diags)
{
	struct yaml_fixit fixit;

	if (node->kind != NODE_SCALAR || node->style != NODE_PLAIN || !node->span.source ||
	    !missing_colon(node->span.source->text, node->span.begin, node->span.end, false,
			   &fixit))
		return false;
	struct yaml_reader r = {.arena = diags->arena, .source = node->span.source, .diags = diags};
	struct yaml_line line = yaml_line_at(r.source, node->span.begin);
	bool fixed = false;

	diag_init(&r.confirmed, diags->arena);
	diag_init(&r.pending, diags->arena);
	line.content = node->span.begin;
	line.value_end = node->span.end;
	bool reported = report_missing_colon(&r, &line, &fixed);
	diag_append(diags, &r.confirmed);
	diag_append(diags, &r.pending);
	return reported;
}

/* "could not find expected ':'": a line without a key. */
static bool explain_no_colon(struct yaml_reader *r, const struct yaml_problem *p)
{
	struct yaml_line line = yaml_line_at(r->source, p->context_at);
	bool fixed = false;

	if (yaml_explain_odd_space(r, &line, &fixed) || report_missing_colon(r, &line, &fixed))
		return fixed;
	diag_error(&r->pending, yaml_span(r, line.content, line.value_end), DIAG_E124,
		   "expected 'key: value', but this line has no colon");
	return false;
}

/* "mapping values are not allowed": one colon too many, or the key was read as text. */
static bool explain_colon(struct yaml_reader *r, const struct yaml_problem *p)
{
	struct yaml_line line = yaml_line_at(r->source, p->at), above;
	bool has_above = yaml_line_above(r->source, &line, &above);
	bool fixed = false;

	if (p->at >= line.value_begin && line.key_end > line.key_begin)
		return yaml_quote_value(r, line.value_begin, DIAG_E114,
					"a text with a colon and a space must be in quotes");
	if (has_above &&
	    (yaml_explain_odd_space(r, &above, &fixed) || report_missing_colon(r, &above, &fixed)))
		return fixed;
	return yaml_explain_indent(r, p);
}

/* ---- special characters at the start of a value */

static bool explain_sign(struct yaml_reader *r, const struct yaml_problem *p)
{
	switch (byte_at(r, p->at)) {
	case '@':
	case '`':
	case '%':
		return yaml_quote_value(r, p->at, DIAG_E112,
					"a text that starts with @, ` or % must be in quotes");
	case '|':
	case '>':
		return yaml_quote_value(r, p->at, DIAG_E128,
					"a text that starts with | or > must be in quotes");
	default:
		diag_error(&r->pending, yaml_span(r, p->at, p->at + 1), DIAG_E100,
			   "a value cannot start with this character; put the text in quotes");
		return false;
	}
}

static bool explain_dash(struct yaml_reader *r, const struct yaml_problem *p)
{
	struct yaml_line line = yaml_line_at(r->source, p->at);
	struct str rest = str_slice(r->source->text, line.value_begin, line.value_end);

	if (p->at < line.value_begin || line.key_end == line.key_begin)
		return yaml_explain_indent(r, p);
	if (byte_at(r, p->at) == '-' && str_find(rest, STR(": "), 0) != NOT_FOUND) {
		struct diag *diag =
		    diag_error(&r->pending, yaml_span(r, p->at, line.value_end), DIAG_E129,
			       "start the list on the line after its key");
		diag_note(
		    &r->pending, diag, SPAN_NONE,
		    "move the text after the colon to a new line and indent it by two spaces");
		return false;
	}
	return yaml_quote_value(
	    r, p->at, DIAG_E132,
	    "a text that starts with a dash, ? or : and a space must be in quotes");
}

/* ---- errors that the parser missed */

/* `regex: [a-z]+`: a value that starts like a map or list and has more text after it. */
static bool explain_begun_flow(struct yaml_reader *r, const struct yaml_problem *p, bool *fixed)
{
	struct yaml_line line = yaml_line_at(r->source, p->at);
	char first = byte_at(r, line.value_begin);

	if (p->at <= line.value_begin || (first != '[' && first != '{') ||
	    yaml_has_fixit(r, line.value_begin, line.value_end))
		return false;
	*fixed = yaml_quote_value(r, line.value_begin, DIAG_E116,
				  "a text that starts with a bracket must be in quotes") ||
		 *fixed;
	return true;
}

static bool explain_block(struct yaml_reader *r, const struct yaml_problem *p)
{
	struct yaml_line line = yaml_line_at(r->source, p->at), above;
	bool fixed = false;

	if (yaml_explain_odd_space(r, &line, &fixed) || explain_begun_flow(r, p, &fixed))
		return fixed;
	if (yaml_line_above(r->source, &line, &above) && yaml_explain_odd_space(r, &above, &fixed))
		return fixed;
	return yaml_explain_indent(r, p);
}

static bool explain_message(struct yaml_reader *r, const struct yaml_problem *p)
{
	bool fixed = false;

	if (starts_with(p->what, "mapping values are not allowed"))
		return explain_colon(r, p);
	if (starts_with(p->what, "could not find expected ':'"))
		return explain_no_colon(r, p);
	if (starts_with(p->context, "while scanning an alias"))
		return yaml_quote_value(r, p->context_at, DIAG_E110,
					"a text that starts with * must be in quotes");
	if (starts_with(p->context, "while scanning an anchor"))
		return yaml_quote_value(r, p->context_at, DIAG_E111,
					"a text that starts with & must be in quotes");
	if (starts_with(p->context, "while scanning a tag") ||
	    starts_with(p->context, "while parsing a tag"))
		return yaml_quote_value(r, p->context_at, DIAG_E109,
					"a text that starts with ! must be in quotes");
	if (starts_with(p->context, "while scanning a block scalar"))
		return yaml_quote_value(r, p->context_at, DIAG_E128,
					"a text that starts with | or > must be in quotes");
	if (starts_with(p->what, "block sequence entries") ||
	    starts_with(p->what, "mapping keys are not"))
		return explain_dash(r, p);
	if (yaml_explain_tab(r, p->at, &fixed))
		return fixed;
	if (starts_with(p->what, "found character that cannot start any token"))
		return explain_sign(r, p);
	if (starts_with(p->context, "while parsing a flow"))
		return yaml_explain_flow(r, p);
	if (starts_with(p->context, "while parsing a block"))
		return explain_block(r, p);
	if (starts_with(p->context, "while scanning a directive")) {
		diag_error(
		    &r->pending, yaml_span(r, p->context_at, p->at), DIAG_E112,
		    "a line that starts with %% is a YAML directive; put the text in quotes");
		return false;
	}
	diag_error(&r->pending, yaml_span(r, p->at, p->at + 1), DIAG_E100, "not valid YAML: %s%s%s",
		   p->context, *p->context ? ", " : "", p->what);
	return false;
}

static bool is_after_fixits(const struct yaml_reader *r, const struct yaml_problem *p)
{
	struct yaml_line line = yaml_line_at(r->source, p->at);
	const struct yaml_fixit *last =
	    r->fixits.count ? &r->fixits.items[r->fixits.count - 1] : NULL;

	return last && line.begin > last->end;
}

/* Explains it like the first problem, but reports it only if it was fixed. */
static bool explain_further(struct yaml_reader *r, const struct yaml_problem *p)
{
	size_t count = r->pending.diags.count, errors = r->pending.errors;
	bool fixed = false;

	if (!yaml_explain_quotes(r, p, &fixed))
		fixed = explain_message(r, p);
	if (!fixed) {
		r->pending.diags.count = count;
		r->pending.errors = errors;
	}
	return fixed;
}

/* A dash of a word processor in the line of the error, or where its item starts. */
static bool explain_odd_dash(struct yaml_reader *r, const struct yaml_problem *p, bool *fixed)
{
	struct yaml_line line = yaml_line_at(r->source, p->at);
	struct yaml_line begin = yaml_line_at(r->source, p->context_at);

	return yaml_explain_odd_dash(r, &line, fixed) || yaml_explain_odd_dash(r, &begin, fixed);
}

bool yaml_explain(struct yaml_reader *r, const struct yaml_problem *p)
{
	bool fixed = false;

	switch (p->status) {
	case YAML_TAG:
		return yaml_quote_value(
		    r, p->at, DIAG_E109,
		    "a text that starts with ! must be in quotes; YAML tags are not supported");
	case YAML_ALIAS_UNKNOWN:
		return yaml_quote_value(r, p->at, DIAG_E110,
					"a text that starts with * must be in quotes; no value has "
					"the anchor '&' with this name");
	case YAML_ANCHOR_EMPTY:
		return yaml_quote_value(
		    r, p->at, DIAG_E111,
		    "a text that starts with & must be in quotes; no value follows this anchor");
	case YAML_KEY_NOT_TEXT:
		return explain_key(r, p);
	case YAML_SYNTAX:
		break;
	case YAML_OK:
	case YAML_STOPPED:
		return false;
	}
	/* A guessed correction that cannot be read was reported already. An error after it that can
	 * be corrected is a separate error. */
	if (r->doubtful)
		return is_after_fixits(r, p) && explain_further(r, p);
	if (explain_odd_dash(r, p, &fixed) || yaml_explain_quotes(r, p, &fixed))
		return fixed;
	return explain_message(r, p);
}
