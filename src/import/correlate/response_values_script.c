/* Values of scripts: those of keys, and the first argument of a call. A script can be a part of a
 * page, the body of a response, or a text in JSON. */

#include "base/ascii.h"
#include "import/correlate/response_values.h"
#include "import/correlate/score.h"
#include "import/correlate/value_shape.h"

#define NAME_MAX 64u

static bool is_key_byte(char c)
{
	return ascii_is_name(c) || c == '-' || c == '$';
}

/* The name that ends before END. */
static struct str name_before(struct str s, size_t end)
{
	size_t from = end;

	while (from > 0 && is_key_byte(s.ptr[from - 1]) && end - from < NAME_MAX)
		from--;
	return str_slice(s, from, end);
}

/* The name of the value at AT: the key of `token: "`, `"token":"`, `token = '`, or the function
 * of `add_row("`. */
static struct str name_of(struct str s, size_t at, bool *is_argument)
{
	size_t end = at;

	*is_argument = false;
	while (end > 0 && ascii_is_html_space(s.ptr[end - 1]))
		end--;
	if (!end)
		return STR("");
	if (s.ptr[end - 1] == '(') {
		struct str name = name_before(s, end - 1);

		*is_argument = name.len > 1;
		return name;
	}
	if (s.ptr[end - 1] != ':' && s.ptr[end - 1] != '=')
		return STR("");
	end--;
	while (end > 0 && (ascii_is_html_space(s.ptr[end - 1]) || strchr("\"'\\]", s.ptr[end - 1])))
		end--;
	return name_before(s, end);
}

/* A value that can be an id: words are everywhere in scripts. */
static bool is_of_interest(const struct occurrence *occurrence)
{
	if (occurrence->name.len < 2)
		return false;
	if (score_is_id_name(occurrence->name) && !occurrence->is_argument)
		return true;
	return value_shape(occurrence->value) >= 3 ||
	       (occurrence->is_argument && value_shape_is_all(occurrence->value, ascii_is_digit));
}

/* ---- places */

/* Offsets of a text in JSON, whose bytes are those of a literal with escapes: it is read once, from
 * the start to the end. */
struct literal_cursor {
	size_t text, raw; /* the same place in both */
};

static size_t escape_bytes(struct str raw, size_t at, size_t *decoded)
{
	unsigned code = 0;

	*decoded = 1;
	if (at + 1 >= raw.len || raw.ptr[at + 1] != 'u')
		return 2;
	for (size_t i = at + 2; i < at + 6 && i < raw.len; i++)
		code = code * 16 + (unsigned)ascii_hex_value(raw.ptr[i]);
	if (code >= 0xd800 && code < 0xdc00) {
		*decoded = 4;
		return 12;
	}
	*decoded = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
	return 6;
}

/* The offset in the body of the byte AT of the script; SIZE_MAX if its value is written another
 * way there. */
static size_t place_of(const struct script_text *script, struct literal_cursor *cursor, size_t at,
		       struct str value)
{
	if (!script->raw.ptr)
		return script->at + at;
	while (cursor->text < at && cursor->raw < script->raw.len) {
		size_t bytes = 1, decoded = 1;

		if (script->raw.ptr[cursor->raw] == '\\')
			bytes = escape_bytes(script->raw, cursor->raw, &decoded);
		cursor->raw += bytes;
		cursor->text += decoded;
	}
	if (cursor->text != at ||
	    !str_starts(str_slice(script->raw, cursor->raw, script->raw.len), value))
		return SIZE_MAX;
	return script->at + cursor->raw;
}

/* ---- the script */

static void match(struct correlation *c, const struct script_text *script,
		  struct literal_cursor *cursor, struct occurrence occurrence, size_t at)
{
	occurrence.order = script->order;
	occurrence.found_in = VALUE_SOURCE_SCRIPT;
	occurrence.name =
	    name_of(script->text, occurrence.is_number ? at : at - 1, &occurrence.is_argument);
	if (!is_of_interest(&occurrence))
		return;
	occurrence.at = place_of(script, cursor, at, occurrence.value);
	response_values_match(c, occurrence);
}

/* orderId = 4823177; returns the end of its digits. */
static size_t match_number(struct correlation *c, const struct script_text *script,
			   struct literal_cursor *cursor, size_t from)
{
	struct str text = script->text;
	size_t end = from;

	while (end < text.len && ascii_is_digit(text.ptr[end]))
		end++;
	if (end < text.len && text.ptr[end] != '.' && !ascii_is_letter(text.ptr[end]))
		match(c, script, cursor,
		      (struct occurrence){.value = str_slice(text, from, end), .is_number = true},
		      from);
	return end;
}

void response_values_match_script(struct correlation *c, const struct script_text *script)
{
	struct literal_cursor cursor = {0};
	struct str text = script->text;

	for (size_t i = 0; i < text.len; i++) {
		char quote = text.ptr[i];
		size_t end;

		if (ascii_is_digit(quote) && i > 0 && strchr(":= (", text.ptr[i - 1]))
			i = match_number(c, script, &cursor, i);
		if (i >= text.len)
			break;
		quote = text.ptr[i];
		if (quote != '"' && quote != '\'')
			continue;
		for (end = i + 1; end < text.len && text.ptr[end] != quote; end++)
			if (text.ptr[end] == '\n')
				break;
			else if (text.ptr[end] == '\\')
				end++;
		if (end >= text.len || text.ptr[end] != quote)
			continue;
		match(c, script, &cursor, (struct occurrence){.value = str_slice(text, i + 1, end)},
		      i + 1);
		i = end;
	}
}
