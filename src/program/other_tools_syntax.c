/*
 * The syntax of other tools for values in texts, reported where it is used by habit: {{name}} of
 * Artillery, Postman and Jinja, #{name} of Gatling, %{name}, $name; and the equivalents of their
 * functions and built-in names.
 */
#include "base/ascii.h"
#include "program/emitter.h"
#include "program/other_tools_syntax.h"
#include "program/scope.h"
#include "scenario/parameters.h"

#define BRACES_MAX 100u /* a longer text is not a {{name}} */

/* The equivalent of a name of another tool, as text for a message. */
static const struct {
	const char *word, *instead;
} values[] = {
    {"__base64Encode", "${value | base64}"},
    {"__counter", "${counter(\"name\")}"},
    {"__CSVRead", "a data set: data: {account: {file: accounts.csv}}, then ${account.user}"},
    {"__ENV", "${env.NAME}, or better a parameter"},
    {"__env", "${env.NAME}, or better a parameter"},
    {"__ITER", "${iteration}"},
    {"__P", "a parameter: parameters: {NAME: {default: …}}, then ${NAME}"},
    {"__property", "a parameter: parameters: {NAME: {default: …}}, then ${NAME}"},
    {"__Random", "${random_int(1, 10)}"},
    {"__RandomString", "${random_text(10)}"},
    {"__threadNum", "${user.id}"},
    {"__time", "${now(\"unix_ms\")}"},
    {"__urlencode", "${value | url_encode}"},
    {"__UUID", "${uuid()}"},
    {"__VU", "${user.id}"},
    {"atob", "${value | base64_decode}"},
    {"base64_encode", "${value | base64}"},
    {"base64Encode", "${value | base64}"},
    {"btoa", "${value | base64}"},
    {"capitalize",
     "a value that starts in upper case, without a filter; none changes only the first letter"},
    {"choice", "${pick([…])}"},
    {"concat", "text with several values: ${a}${b}"},
    {"count", "${value | length}"},
    {"current_time", "${now(\"unix\")}"},
    {"Date", "${now(\"iso\")}"},
    {"date", "${now(\"iso\")}"},
    {"dateTime", "${now(\"iso\")}"},
    {"downcase", "${value | lower}"},
    {"encodeURIComponent", "${value | url_encode}"},
    {"guid", "${uuid()}"},
    {"index", "${loop.index}"},
    {"isoTimestamp", "${now(\"iso\")}"},
    {"iter", "${iteration}"},
    {"len", "${value | length}"},
    {"loop_index", "${loop.index}"},
    {"loopCount", "${loop.index}"},
    {"loopElement", "the variable of `for_each`"},
    {"lowercase", "${value | lower}"},
    {"parseFloat", "${value | float}"},
    {"parseInt", "${value | int}"},
    {"processEnvironment", "${env.NAME}, or better a parameter"},
    {"rand", "${random_int(1, 10)}"},
    {"randint", "${random_int(1, 10)}"},
    {"random", "${random_int(1, 10)}"},
    {"random_choice", "${pick([…])}"},
    {"random_number", "${random_int(1, 10)}"},
    {"random_string", "${random_text(10)}"},
    {"randomInt", "${random_int(1, 10)}"},
    {"randomIntBetween", "${random_int(1, 10)}"},
    {"randomItem", "${pick([…])}"},
    {"randomNumber", "${random_int(1, 10)}"},
    {"randomString", "${random_text(10)}"},
    {"randomUUID", "${uuid()}"},
    {"sample", "${pick([…])}"},
    {"size", "${value | length}"},
    {"strftime", "${now(\"iso\")}"},
    {"strlen", "${value | length}"},
    {"substr", "${value | slice(0, 5)}"},
    {"substring", "${value | slice(0, 5)}"},
    {"threadNum", "${user.id}"},
    {"timestamp", "${now(\"unix\")}"},
    {"today", "${now(\"iso\")}"},
    {"toLowerCase", "${value | lower}"},
    {"toUpperCase", "${value | upper}"},
    {"unixtime", "${now(\"unix\")}"},
    {"upcase", "${value | upper}"},
    {"uppercase", "${value | upper}"},
    {"urlencode", "${value | url_encode}"},
    {"user_id", "${user.id}"},
    {"userId", "${user.id}"},
    {"uuid", "${uuid()}"},
    {"uuidv4", "${uuid()}"},
    {"vu", "${user.id}"},
    {"vuId", "${user.id}"},
};

const char *other_tools_syntax_hint(struct str name)
{
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (str_eq(name, str_of(values[i].word)))
			return values[i].instead;
	return NULL;
}

/* ---- {{name}} */

static struct str first_word(struct str inner)
{
	size_t end = 0;

	while (end < inner.len && ascii_is_name(inner.ptr[end]))
		end++;
	return str_slice(inner, 0, end);
}

/* The equivalent of INNER: without the $ of built-in names; an environment variable as env.NAME. */
static struct str spelling(struct emitter *e, struct str inner)
{
	static const char *const environments[] = {"processEnvironment.", "env.", NULL};

	if (str_starts(inner, STR("$")))
		inner = str_slice(inner, 1, inner.len);
	for (int i = 0; environments[i]; i++) {
		struct str word = str_of(environments[i]);

		if (str_starts(inner, word))
			return arena_printf(e->arena, "${env.%.*s}",
					    STR_ARG(str_slice(inner, word.len, inner.len)));
	}
	if (other_tools_syntax_hint(first_word(inner)))
		return arena_printf(e->arena, "%s", other_tools_syntax_hint(first_word(inner)));
	return arena_printf(e->arena, "${%.*s}", STR_ARG(inner));
}

/* A text with prose in it cannot be offered as a fix. */
static bool is_template(struct str spelled)
{
	return str_find(spelled, STR("…"), 0) == NOT_FOUND && str_starts(spelled, STR("${")) &&
	       str_find(spelled, STR(", or"), 0) == NOT_FOUND;
}

/* RAW with all {{…}} after AT replaced by ${…}; empty if one of them has no template. */
static struct str without_braces(struct emitter *e, struct str raw, size_t at)
{
	struct str all = str_slice(raw, 0, at);

	while (at < raw.len) {
		size_t open = str_find(raw, STR("{{"), at);
		size_t end = open == NOT_FOUND ? NOT_FOUND : str_find(raw, STR("}}"), open);

		if (end == NOT_FOUND)
			return arena_printf(e->arena, "%.*s%.*s", STR_ARG(all),
					    STR_ARG(str_slice(raw, at, raw.len)));
		struct str spelled = spelling(e, str_trim(str_slice(raw, open + 2, end)));
		if (!is_template(spelled))
			return STR("");
		all = arena_printf(e->arena, "%.*s%.*s%.*s", STR_ARG(all),
				   STR_ARG(str_slice(raw, at, open)), STR_ARG(spelled));
		at = end + 2;
	}
	return all;
}

void other_tools_syntax_braces_error(struct emitter *e, const struct text *url, size_t at)
{
	struct diag *diag = diag_error(e->diags, emitter_text_span(e, url, at, at + 2), DIAG_E133,
				       "values are inserted with ${…}, not with {{…}}");
	size_t end = str_find(url->raw, STR("}}"), at);
	struct str fixed = without_braces(e, url->raw, at), spelled;

	if (end == NOT_FOUND)
		return;
	spelled = spelling(e, str_trim(str_slice(url->raw, at + 2, end)));
	if (fixed.len)
		diag_fix_in_line(e->diags, diag, emitter_text_span(e, url, 0, url->raw.len), fixed);
	else if (!is_template(spelled))
		diag_note(e->diags, diag, SPAN_NONE, "write %.*s", STR_ARG(spelled));
}

/* ---- warnings */

/* The variable that the text names counts as used, because the user intends to use it. */
static void warn(struct emitter *e, const struct text *text, size_t at, size_t end,
		 struct str spelled)
{
	struct str found = str_slice(text->raw, at, end);
	struct span span = emitter_text_span(e, text, at, end);

	diag_warning(e->diags, span, DIAG_W206,
		     "'%.*s' is plain text; to insert the value, write %.*s", STR_ARG(found),
		     STR_ARG(spelled));
	if (is_template(spelled))
		name_map_put(&e->used_map, first_word(str_slice(spelled, 2, spelled.len)), 1);
}

/* A path of names such as token, user.name or $env.X, and nothing else. */
static bool is_path(struct str inner)
{
	size_t i = inner.len && inner.ptr[0] == '$';

	if (i >= inner.len || ascii_is_digit(inner.ptr[i]))
		return false;
	for (; i < inner.len; i++)
		if (!ascii_is_name(inner.ptr[i]) && !strchr(".[]\"'()", inner.ptr[i]))
			return false;
	return true;
}

/* The end of {{…}} at AT if it is a value; otherwise AT. */
static size_t warn_braces(struct emitter *e, const struct text *text, size_t at, bool sent)
{
	size_t end = str_find(str_slice(text->raw, 0, at + BRACES_MAX), STR("}}"), at);
	struct str inner;

	if (end == NOT_FOUND)
		return at;
	inner = str_trim(str_slice(text->raw, at + 2, end));
	if (!is_path(inner))
		return at;
	if (!sent && inner.ptr[0] != '$' && !other_tools_syntax_hint(first_word(inner)) &&
	    !scope_knows(e, first_word(inner)))
		return at;
	warn(e, text, at, end + 2, spelling(e, inner));
	return end + 2;
}

/* True if TEXT declares $NAME itself, as GraphQL does: query Q($id: ID!) {…}. */
static bool is_declared(struct str text, struct str name)
{
	for (size_t at = 0; (at = str_find(text, name, at)) != NOT_FOUND; at += name.len) {
		struct str rest = str_trim(str_slice(text, at + name.len, text.len));

		if (at && text.ptr[at - 1] == '$' && str_starts(rest, STR(":")))
			return true;
	}
	return false;
}

/* The end of #{name}, %{name} or $name at AT if the name is defined; otherwise AT. */
static size_t warn_known(struct emitter *e, const struct text *text, size_t at)
{
	struct str raw = text->raw;
	bool braces = at + 1 < raw.len && raw.ptr[at + 1] == '{';
	size_t from = at + 1 + braces;
	struct str name = first_word(str_slice(raw, from, raw.len));
	size_t end = from + name.len;

	if (!name.len || (!braces && raw.ptr[at] != '$') || !scope_knows(e, name))
		return at;
	if (braces ? end >= raw.len || raw.ptr[end] != '}' : is_declared(raw, name))
		return at;
	warn(e, text, at, end + braces, arena_printf(e->arena, "${%.*s}", STR_ARG(name)));
	return end + braces;
}

/* `password: $PASSWORD`: a whole text that is a variable in a shell. */
static bool warn_shell(struct emitter *e, const struct text *text)
{
	struct str raw = text->raw, name = str_slice(raw, 1, raw.len);

	if (!text->node || raw.len < 3 || raw.ptr[0] != '$' || !parameters_name_valid(name) ||
	    scope_knows(e, name))
		return false;
	diag_warning(e->diags, build_text_span(text, 0, raw.len), DIAG_W206,
		     "'%.*s' is sent as text; declare the parameter %.*s and write ${%.*s}",
		     STR_ARG(raw), STR_ARG(name), STR_ARG(name));
	return true;
}

void other_tools_syntax_warn(struct emitter *e, const struct text *text, bool sent)
{
	struct str raw = text->raw;

	if (warn_shell(e, text))
		return;
	for (size_t at = 0; text->node && at + 2 < raw.len; at++) {
		char c = raw.ptr[at];
		bool doubled = at && raw.ptr[at - 1] == '$';
		size_t end = at;

		if (c == '{' && raw.ptr[at + 1] == '{' && !doubled)
			end = warn_braces(e, text, at, sent);
		else if (((c == '#' || c == '%') && raw.ptr[at + 1] == '{') ||
			 (c == '$' && raw.ptr[at + 1] != '{' && !doubled))
			end = warn_known(e, text, at);
		if (end > at)
			at = end - 1;
	}
}

bool other_tools_syntax_in_url(struct emitter *e, const struct text *url, size_t at)
{
	struct str raw = url->raw, name;
	char c = raw.ptr[at];
	size_t end;

	if (c == '$' && (at == 0 || raw.ptr[at - 1] != '$'))
		return warn_known(e, url, at) > at;
	if (c != '{' && !(c == ':' && at && raw.ptr[at - 1] == '/'))
		return false;
	name = first_word(str_slice(raw, at + 1, raw.len));
	end = at + 1 + name.len;
	if (!name.len || (c == ':' && !scope_knows(e, name)) ||
	    (c == '{' && (end >= raw.len || raw.ptr[end] != '}')))
		return false;
	warn(e, url, at, end + (c == '{'), arena_printf(e->arena, "${%.*s}", STR_ARG(name)));
	return true;
}
