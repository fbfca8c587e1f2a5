/* Texts that a regular expression matches, for the usual expressions of schemas: the first
 * alternative, the smallest number of repetitions. The regex library then verifies the text. */
#include "base/ascii.h"
#include "import/openapi/openapi.h"

#define DEPTH_MAX  16
#define LENGTH_MAX 4096u
#define CHARACTERS 128

struct generator {
	struct str pattern;
	size_t at;
	struct buf out;
	size_t more; /* repetitions in addition to the minimum, where more are allowed */
	bool failed; /* the expression has something that is not supported */
};

static void put_alternatives(struct generator *g, unsigned depth);

static char peek(const struct generator *g)
{
	return g->at < g->pattern.len ? g->pattern.ptr[g->at] : 0;
}

static bool next_is(struct generator *g, const char *text)
{
	struct str rest = str_slice(g->pattern, g->at, g->pattern.len);

	if (!str_starts(rest, str_of(text)))
		return false;
	g->at += strlen(text);
	return true;
}

/* ---- characters */

/* Sets the characters of the class \C; false if it is not a class. */
static bool class_of(char c, bool set[CHARACTERS])
{
	bool negative = ascii_is_upper(c);

	if (!c || !strchr("dwsDWS", c))
		return false;
	for (int i = ' '; i < 127; i++) {
		bool in = ascii_to_lower(c) == 'd'   ? ascii_is_digit((char)i)
			  : ascii_to_lower(c) == 'w' ? ascii_is_alnum((char)i) || i == '_'
						     : i == ' ';

		if (in != negative)
			set[i] = true;
	}
	return true;
}

static unsigned read_hex(struct generator *g, size_t digits)
{
	unsigned code = 0;

	for (size_t i = 0; i < digits && g->at < g->pattern.len; i++) {
		int digit = ascii_hex_value((unsigned char)peek(g));

		if (digit < 0)
			break;
		code = code * 16 + (unsigned)digit;
		g->at++;
	}
	return code;
}

/* The character of an escape, after its backslash; sets a class in SET and returns 0 for one. */
static unsigned read_escape(struct generator *g, bool set[CHARACTERS])
{
	char c = peek(g);

	g->at++;
	if (class_of(c, set))
		return 0;
	switch (c) {
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 'x':
		return read_hex(g, 2);
	case 'u':
		return read_hex(g, 4);
	case 'p':
	case 'P':
		if (next_is(g, "{"))
			while (g->at < g->pattern.len && g->pattern.ptr[g->at++] != '}')
				;
		for (int i = 'a'; i <= 'z'; i++)
			set[i] = true;
		return 0;
	default:
		g->failed |= ascii_is_digit(c) && c != '0';
		return (unsigned char)c;
	}
}

/* The character of SET that is easiest to read. */
static char choose(const bool set[CHARACTERS])
{
	for (int i = 'a'; i <= 'z'; i++)
		if (set[i])
			return (char)i;
	for (int i = '1'; i <= '9'; i++)
		if (set[i])
			return (char)i;
	for (int i = 'A'; i <= 'Z'; i++)
		if (set[i])
			return (char)i;
	for (int i = 126; i >= ' '; i--)
		if (set[i])
			return (char)i;
	return 0;
}

static void put_set(struct generator *g)
{
	bool set[CHARACTERS] = {false};
	bool negative = next_is(g, "^"), first = true;
	char chosen;

	while (g->at < g->pattern.len && (first || peek(g) != ']')) {
		unsigned from, to;

		first = false;
		from = (unsigned char)g->pattern.ptr[g->at++];
		if (from == '\\')
			from = read_escape(g, set);
		to = from;
		if (from && peek(g) == '-' && g->at + 1 < g->pattern.len &&
		    g->pattern.ptr[g->at + 1] != ']') {
			g->at++;
			to = (unsigned char)g->pattern.ptr[g->at++];
			if (to == '\\')
				to = read_escape(g, set);
		}
		for (unsigned i = from; from && i <= to && i < CHARACTERS; i++)
			set[i] = true;
	}
	g->at++;
	for (int i = ' '; negative && i < 127; i++)
		set[i] = !set[i];
	chosen = choose(set);
	g->failed |= !chosen;
	buf_add_char(&g->out, chosen);
}

/* ---- groups and repetitions */

static void put_group(struct generator *g, unsigned depth)
{
	size_t before = g->out.len;
	bool looks = false;

	if (next_is(g, "?=") || next_is(g, "?!") || next_is(g, "?<=") || next_is(g, "?<!"))
		looks = true;
	else if (next_is(g, "?<") || next_is(g, "?P<"))
		while (g->at < g->pattern.len && g->pattern.ptr[g->at++] != '>')
			;
	else if (!next_is(g, "?:") && next_is(g, "?"))
		while (g->at < g->pattern.len && peek(g) != ')' && peek(g) != ':')
			g->at++;
	put_alternatives(g, depth + 1);
	g->failed |= !next_is(g, ")");
	if (looks) /* what it requires is verified at the end */
		g->out.len = before;
}

static void put_atom(struct generator *g, unsigned depth)
{
	char c = g->pattern.ptr[g->at++];

	if (c == '[') {
		put_set(g);
	} else if (c == '(') {
		put_group(g, depth);
	} else if (c == '.') {
		buf_add_char(&g->out, 'a');
	} else if (c == '\\' && (peek(g) == 'b' || peek(g) == 'B' || peek(g) == 'A' ||
				 peek(g) == 'z' || peek(g) == 'Z')) {
		g->at++;
	} else if (c == '\\') {
		bool set[CHARACTERS] = {false};
		unsigned code = read_escape(g, set);

		buf_add_utf8(&g->out, code ? code : (unsigned char)choose(set));
	} else if (c != '^' && c != '$') {
		buf_add_char(&g->out, c);
	}
}

static size_t read_count(struct generator *g)
{
	size_t count = 0;

	while (ascii_is_digit(peek(g)) && count < LENGTH_MAX)
		count = count * 10 + (size_t)(g->pattern.ptr[g->at++] - '0');
	return count;
}

/* How often the atom before is repeated; 1 without a quantifier. */
static size_t repetitions(struct generator *g)
{
	size_t min = 1, max = 1;

	if (next_is(g, "*")) {
		min = 0;
		max = LENGTH_MAX;
	} else if (next_is(g, "+")) {
		max = LENGTH_MAX;
	} else if (next_is(g, "?")) {
		min = 0;
	} else if (peek(g) == '{' && g->at + 1 < g->pattern.len &&
		   ascii_is_digit(g->pattern.ptr[g->at + 1])) {
		g->at++;
		min = max = read_count(g);
		if (next_is(g, ","))
			max = ascii_is_digit(peek(g)) ? read_count(g) : LENGTH_MAX;
		g->failed |= !next_is(g, "}");
	} else {
		return 1;
	}
	if (!next_is(g, "?")) /* lazy or possessive: the same texts */
		next_is(g, "+");
	return min + g->more < max ? min + g->more : max;
}

static void put_sequence(struct generator *g, unsigned depth)
{
	while (g->at < g->pattern.len && !g->failed && peek(g) != '|' && peek(g) != ')') {
		size_t before = g->out.len, length, count;

		put_atom(g, depth);
		length = g->out.len - before;
		count = repetitions(g);
		if (!count)
			g->out.len = before;
		for (size_t i = 1; i < count && length && g->out.len < LENGTH_MAX; i++) {
			buf_reserve(&g->out, length);
			buf_add(&g->out, str_n(g->out.data + before, length));
		}
	}
}

static void put_alternatives(struct generator *g, unsigned depth)
{
	g->failed |= depth > DEPTH_MAX;
	if (g->failed)
		return;
	put_sequence(g, depth);
	while (next_is(g, "|")) {
		size_t kept = g->out.len;

		put_sequence(g, depth);
		g->out.len = kept;
	}
}

static bool is_good(struct openapi *o, struct str pattern, struct str text, size_t min, size_t max)
{
	size_t length = str_columns(text);

	return length >= min && length <= max && openapi_matches(o, pattern, text);
}

struct str openapi_pattern_text(struct openapi *o, struct str pattern, size_t min, size_t max)
{
	struct str found = STR_NULL;

	for (size_t more = 0; more <= 128 && !found.ptr; more += more < 16 ? 1 : 16) {
		struct generator g = {.pattern = pattern, .more = more};
		struct str text;

		buf_init(&g.out, 0);
		put_alternatives(&g, 0);
		text = arena_str(o->arena, buf_str(&g.out));
		if (!g.failed && is_good(o, pattern, text, min, max))
			found = text;
		/* An expression that is not anchored matches longer texts too. */
		while (!found.ptr && !g.failed && text.len < min && min < LENGTH_MAX) {
			text = arena_printf(o->arena, "%.*sa", STR_ARG(text));
			if (text.len >= min && is_good(o, pattern, text, min, max))
				found = text;
		}
		buf_release(&g.out);
		if (g.failed)
			break;
	}
	return found;
}
