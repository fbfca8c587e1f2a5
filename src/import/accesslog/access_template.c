/*
 * Lines with fixed texts between their fields, as nginx's log_format and Apache's LogFormat
 * describe them: a field ends where the next fixed text starts; inside quotes, an escaped quote
 * belongs to the field.
 */

#include "base/ascii.h"
#include "import/accesslog/access_private.h"

#define TOKENS_MAX 64u

struct template_token {
	enum access_field field;
	struct str after; /* the fixed text after it */
};

struct access_template {
	struct str before; /* the fixed text before the first field */
	struct template_token tokens[TOKENS_MAX];
	size_t count;
};

struct access_template_builder {
	struct arena *arena;
	struct access_template *result;
	struct buf literal;
	struct access_names names;
	const char *why;
};

static void end_literal(struct access_template_builder *m)
{
	struct str text = arena_str(m->arena, buf_str(&m->literal));

	if (m->result->count)
		m->result->tokens[m->result->count - 1].after = text;
	else
		m->result->before = text;
	buf_clear(&m->literal);
}

static bool add_field(struct access_template_builder *m, enum access_field field)
{
	struct template_token *last =
	    m->result->count ? &m->result->tokens[m->result->count - 1] : NULL;
	bool adjacent = last && !m->literal.len;

	if (adjacent && last->field == FIELD_PATH && field == FIELD_QUERY) {
		last->field = FIELD_URL; /* %U%q */
		return true;
	}
	m->why = adjacent
		     ? "two of its fields have no text between them: they cannot be distinguished"
		     : "it has too many fields";
	if (adjacent || m->result->count == TOKENS_MAX)
		return false;
	end_literal(m);
	m->result->tokens[m->result->count++] = (struct template_token){field, STR("")};
	return true;
}

/* ---- nginx */

/* $name or ${name} at *AT. */
static bool parse_variable(struct access_template_builder *m, struct str text, size_t *at)
{
	bool braces = *at + 1 < text.len && text.ptr[*at + 1] == '{';
	size_t from = *at + (braces ? 2 : 1), end = from;

	while (end < text.len && ascii_is_name(text.ptr[end]))
		end++;
	m->why = "a name is expected after $";
	if (end == from)
		return false;
	*at = end + braces;
	return add_field(m, access_names_find(&m->names, str_slice(text, from, end)));
}

/* ---- Apache */

static enum access_field header_field(struct str name)
{
	if (str_ieq(name, STR("Referer")))
		return FIELD_REFERER;
	if (str_ieq(name, STR("User-Agent")))
		return FIELD_AGENT;
	if (str_ieq(name, STR("Host")))
		return FIELD_HOST;
	return str_ieq(name, STR("X-Forwarded-For")) ? FIELD_FORWARDED : FIELD_SKIP;
}

static enum access_field duration_field(struct str unit)
{
	if (str_eq(unit, STR("us")))
		return FIELD_MICROSECONDS;
	return str_eq(unit, STR("ms")) ? FIELD_MILLISECONDS : FIELD_SECONDS;
}

static enum access_field letter_field(char letter, struct str inside)
{
	static const char letters[] = "haulvVpmUqrsbBODTi";
	static const enum access_field fields[] = {
	    FIELD_CLIENT,	FIELD_CLIENT,  FIELD_USER,   FIELD_IDENT, FIELD_SERVER,
	    FIELD_HOST,		FIELD_SKIP,    FIELD_METHOD, FIELD_PATH,  FIELD_QUERY,
	    FIELD_REQUEST,	FIELD_STATUS,  FIELD_BYTES,  FIELD_BYTES, FIELD_BYTES,
	    FIELD_MICROSECONDS, FIELD_SECONDS, FIELD_SKIP};
	const char *found = strchr(letters, letter);

	if (letter == 'i')
		return header_field(inside);
	if (letter == 'T')
		return duration_field(inside);
	/* %{c}a is the peer of the connection, possibly a proxy; %{remote}p is a port. */
	return found && letter && (!inside.len || letter == 'h') ? fields[found - letters]
								 : FIELD_SKIP;
}

/* "%t" includes its brackets; "%{…}t" is begin, end or a format of strftime. */
static bool add_time(struct access_template_builder *m, struct str inside)
{
	if (!inside.len)
		buf_add_char(&m->literal, '[');
	if (!add_field(m, str_starts(inside, STR("end:")) ? FIELD_TIME : FIELD_BEGIN))
		return false;
	if (!inside.len)
		buf_add_char(&m->literal, ']');
	return true;
}

/* Reads %h, %>s, %{Referer}i or %!200,304{User-Agent}i at *AT. */
static bool parse_directive(struct access_template_builder *m, struct str text, size_t *at)
{
	size_t i = *at + 1, close;
	struct str inside = STR("");

	while (i < text.len && strchr("<>!,0123456789^", text.ptr[i]))
		i++;
	if (i < text.len && text.ptr[i] == '{') {
		close = str_find_char(text, '}', i);
		m->why = "a } is missing";
		if (close == NOT_FOUND)
			return false;
		inside = str_slice(text, i + 1, close);
		i = close + 1;
	}
	m->why = "a letter is expected after %";
	if (i >= text.len)
		return false;
	*at = i + 1;
	if (text.ptr[i] == '%') {
		buf_add_char(&m->literal, '%');
		return true;
	}
	if (text.ptr[i] == 't')
		return add_time(m, inside);
	return add_field(m, letter_field(text.ptr[i], inside));
}

/* ---- both */

/* The contents of a complete directive of a configuration file: its quoted texts joined. */
static struct str inside_of(struct arena *a, struct str text)
{
	struct buf joined;
	char quote = 0;

	text = str_trim(text);
	if (!str_starts(text, STR("log_format ")) && !str_starts(text, STR("LogFormat ")) &&
	    !str_starts(text, STR("accesslog.format")))
		return text;
	buf_init(&joined, 0);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (c == quote)
			quote = 0;
		else if (quote && c == '\\' && i + 1 < text.len)
			buf_add_char(&joined, text.ptr[++i]);
		else if (quote)
			buf_add_char(&joined, c);
	}
	text = arena_str(a, buf_str(&joined));
	buf_release(&joined);
	return text;
}

static bool build_template(struct access_template_builder *m, struct str text)
{
	bool nginx = str_find_char(text, '$', 0) != NOT_FOUND;

	for (size_t i = 0; i < text.len;) {
		char c = text.ptr[i];

		if (nginx ? c == '$' : c == '%') {
			if (!(nginx ? parse_variable(m, text, &i) : parse_directive(m, text, &i)))
				return false;
			continue;
		}
		if (c == '\\' && i + 1 < text.len) {
			c = text.ptr[++i];
			c = c == 't' ? '\t' : c == 'n' ? '\n' : c;
		}
		buf_add_char(&m->literal, c);
		i++;
	}
	end_literal(m);
	return true;
}

/* Checks that the format has the required fields. */
static bool is_enough(struct access_template_builder *m)
{
	bool time = false, request = false;

	for (size_t i = 0; i < m->result->count; i++) {
		enum access_field field = m->result->tokens[i].field;

		time = time || field == FIELD_TIME || field == FIELD_BEGIN;
		request =
		    request || field == FIELD_REQUEST || field == FIELD_URL || field == FIELD_PATH;
	}
	m->why = "it has no request: add $request, or \"%r\"";
	if (!request)
		return false;
	m->why = "it has no time: add [$time_local], or %t";
	return time;
}

const struct access_template *access_template_new(struct arena *a, struct str text, bool known,
						  const char **why)
{
	struct access_template_builder m = {.arena = a,
					    .result = ARENA_NEW(a, struct access_template)};
	bool ok;

	buf_init(&m.literal, 0);
	access_names_init(&m.names);
	ok = build_template(&m, inside_of(a, text)) && (known || is_enough(&m));
	buf_release(&m.literal);
	*why = m.why;
	return ok ? m.result : NULL;
}

/* ---- lines */

/* For a number field: ends at the first character that is not part of a number. */
static bool is_short(enum access_field field)
{
	return field != FIELD_AGENT && field != FIELD_REFERER && field != FIELD_REQUEST &&
	       field != FIELD_FORWARDED && field != FIELD_SKIP;
}

static bool is_escaped(struct str line, size_t at)
{
	size_t count = 0;

	while (count < at && line.ptr[at - count - 1] == '\\')
		count++;
	return count % 2;
}

/* Where the field that starts at FROM ends; NOT_FOUND if it does not end. */
static size_t end_of(const struct template_token *token, struct str line, size_t from)
{
	size_t end = from;

	if (!token->after.len) {
		end = is_short(token->field) ? str_find_char(line, ' ', from) : line.len;
		return end == NOT_FOUND ? line.len : end;
	}
	while ((end = str_find(line, token->after, end)) != NOT_FOUND) {
		if (token->after.ptr[0] != '"' || !is_escaped(line, end))
			return end;
		end++;
	}
	return end;
}

/* Addresses separated by commas, as a proxy writes them; may be empty. */
static bool is_addresses(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_hex(text.ptr[i]) && !strchr(":., -[]", text.ptr[i]))
			return false;
	return true;
}

bool access_template_read(const struct access_format *format, struct access_reader *reader,
			  struct str line, struct access_line *out, const char **why)
{
	const struct access_template *t = format->template;
	size_t at = t->before.len;

	*why = "it does not start as this format does";
	if (!str_starts(line, t->before))
		return false;
	for (size_t i = 0; i < t->count; i++) {
		const struct template_token *token = &t->tokens[i];
		size_t end = end_of(token, line, at);

		*why = "it does not match this format";
		if (end == NOT_FOUND || (token->field == FIELD_FORWARDED && !format->from_option &&
					 !is_addresses(str_slice(line, at, end))))
			return false;
		if (token->field != FIELD_SKIP &&
		    !access_line_set(out, token->field,
				     access_unescape(reader, str_slice(line, at, end)), why))
			return false;
		at = end + token->after.len;
	}
	/* A text added at the end. */
	*why = "it continues where this format ends";
	if (at < line.len && line.ptr[at] != ' ' && line.ptr[at] != '\t')
		return false;
	return access_line_finish(reader, out, why);
}
