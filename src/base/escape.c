#include "base/escape.h"

/* Code points that move the cursor or reorder text even though they are valid UTF-8. */
static bool is_unsafe(const unsigned char *s, size_t bytes)
{
	if (bytes == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	if (bytes == 2) /* C1, and the Arabic letter mark U+061C */
		return (s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xd8 && s[1] == 0x9c);
	if (bytes != 3 || s[0] != 0xe2)
		return false;
	/* U+200E U+200F U+2028..U+202E U+2066..U+2069: direction marks and line separators. */
	return (s[1] == 0x80 && (s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae))) ||
	       (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9);
}

/*
 * Text that a build server would read as a command in its log: "::" at the start of a line
 * (GitHub), where any word may end up, and "##[", "##vso[" and "##teamcity[" anywhere.
 */
static bool is_command(struct str s, size_t at)
{
	static const struct str words[] = {{"[", 1}, {"vso[", 4}, {"teamcity[", 9}};
	struct str rest = str_slice(s, at + 1, s.len);

	if (!at || s.ptr[at] != s.ptr[at - 1])
		return false;
	if (s.ptr[at] == ':')
		return at < 2 || s.ptr[at - 2] == ' ';
	for (size_t i = 0; s.ptr[at] == '#' && i < sizeof words / sizeof *words; i++)
		if (str_starts(rest, words[i]))
			return true;
	return false;
}

void escape_terminal_part(struct buf *out, struct str s, size_t from, size_t to)
{
	size_t clean = from, i = from;

	while (i < to) {
		size_t step = str_utf8_step(s, i);
		const unsigned char *at = (const unsigned char *)s.ptr + i;

		if (step && !is_unsafe(at, step) && !is_command(s, i)) {
			i += step;
			continue;
		}
		buf_add(out, str_n(s.ptr + clean, i - clean));
		if (*at == '\n' || *at == '\t')
			buf_add(out, *at == '\n' ? STR("\\n") : STR("\\t"));
		else
			for (size_t b = 0; b < (step ? step : 1); b++)
				buf_printf(out, "\\x%02X", at[b]);
		i += step ? step : 1;
		clean = i;
	}
	buf_add(out, str_n(s.ptr + clean, i - clean));
}

void escape_terminal(struct buf *out, struct str s)
{
	escape_terminal_part(out, s, 0, s.len);
}

static struct str json_short(unsigned char c)
{
	switch (c) {
	case '"':
		return STR("\\\"");
	case '\\':
		return STR("\\\\");
	case '\n':
		return STR("\\n");
	case '\r':
		return STR("\\r");
	case '\t':
		return STR("\\t");
	default:
		return STR_NULL;
	}
}

/* The code point of one to three well-formed bytes. */
static unsigned code_point(const unsigned char *s, size_t bytes)
{
	if (bytes == 1)
		return s[0];
	if (bytes == 2)
		return (unsigned)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
	return (unsigned)(s[0] & 0x0f) << 12 | (unsigned)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
}

void escape_json(struct buf *out, struct str s)
{
	size_t clean = 0, i = 0;

	buf_add_char(out, '"');
	while (i < s.len) {
		size_t step = str_utf8_step(s, i);
		const unsigned char *at = (const unsigned char *)s.ptr + i;
		unsigned char c = *at;

		if (step && c != '"' && c != '\\' && !is_unsafe(at, step)) {
			i += step;
			continue;
		}
		buf_add(out, str_n(s.ptr + clean, i - clean));
		struct str brief = json_short(c);
		if (!step)
			buf_add(out, STR("\xef\xbf\xbd"));
		else if (brief.len)
			buf_add(out, brief);
		else
			buf_printf(out, "\\u%04x", code_point(at, step));
		i += step ? step : 1;
		clean = i;
	}
	if (i > clean)
		buf_add(out, str_n(s.ptr + clean, i - clean));
	buf_add_char(out, '"');
}

struct str escape_entity(char c)
{
	switch (c) {
	case '&':
		return STR("&amp;");
	case '<':
		return STR("&lt;");
	case '>':
		return STR("&gt;");
	case '"':
		return STR("&quot;");
	case '\'':
		return STR("&#39;");
	default:
		return STR_NULL;
	}
}

void escape_html(struct buf *out, struct str s)
{
	size_t clean = 0;

	for (size_t i = 0; i < s.len; i++) {
		struct str entity = escape_entity(s.ptr[i]);

		if (!entity.len)
			continue;
		buf_add(out, str_n(s.ptr + clean, i - clean));
		buf_add(out, entity);
		clean = i + 1;
	}
	buf_add(out, str_n(s.ptr + clean, s.len - clean));
}
