/* Translates I-Regexp (RFC 9485) for PCRE2: checks it, anchors it, and makes the dot stop at CR and
 * LF. */
#include "doc/jsonpath_private.h"

struct translator {
	struct str in;
	size_t at;
	struct buf *out;
};

static char next(const struct translator *t, size_t ahead)
{
	return t->at + ahead < t->in.len ? t->in.ptr[t->at + ahead] : '\0';
}

static void copy(struct translator *t, size_t bytes)
{
	buf_add(t->out, str_slice(t->in, t->at, t->at + bytes));
	t->at += bytes;
}

/* \p{L} and \P{Lu}, or a single escaped character of section 5.3. */
static bool escape(struct translator *t)
{
	char c = next(t, 1);

	if (c == 'p' || c == 'P') {
		size_t close = str_find_char(t->in, '}', t->at);
		if (next(t, 2) != '{' || close == NOT_FOUND || close - t->at > 6 ||
		    close - t->at < 4)
			return false;
		copy(t, close + 1 - t->at);
		return true;
	}
	if (!c || !strchr("()*+-.?[\\]^nrt{|}$", c))
		return false;
	copy(t, 2);
	return true;
}

static bool character_class(struct translator *t)
{
	copy(t, 1);
	if (next(t, 0) == '^')
		copy(t, 1);
	if (next(t, 0) == ']')
		return false;
	while (next(t, 0) != ']') {
		if (t->at >= t->in.len || next(t, 0) == '[')
			return false;
		if (next(t, 0) == '\\') {
			if (!escape(t))
				return false;
		} else {
			copy(t, 1);
		}
	}
	copy(t, 1);
	return true;
}

bool jsonpath_translate_regex(struct str pattern, bool whole, struct buf *out)
{
	struct translator t = {pattern, 0, out};

	if (whole)
		buf_add(out, STR("\\A(?:"));
	while (t.at < pattern.len) {
		char c = next(&t, 0);
		bool good = true;
		if (c == '\\')
			good = escape(&t);
		else if (c == '[')
			good = character_class(&t);
		else if (c == '(' && next(&t, 1) == '?')
			good = false; /* I-Regexp has no special groups */
		else if (c == '.') {
			buf_add(out, STR("[^\\n\\r]"));
			t.at++;
		} else
			copy(&t, 1);
		if (!good)
			return false;
	}
	if (whole)
		buf_add(out, STR(")\\z"));
	return !out->overflow;
}
