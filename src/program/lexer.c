#include "program/lexer.h"

#include "base/ascii.h"
#include "base/units.h"

static char peek(const struct lexer *x, size_t ahead)
{
	return x->at + ahead < x->text.len ? x->text.ptr[x->at + ahead] : '\0';
}

static struct token bad(struct token token, size_t to, const char *problem)
{
	token.kind = TOKEN_BAD;
	token.to = to;
	token.problem = problem;
	return token;
}

static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	out[0] = (char)(0xe0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 63));
	out[2] = (char)(0x80 | (c & 63));
	return 3;
}

/* Four hex digits at S, or -1. Halves of a surrogate pair do not count. */
static int32_t hex4(struct str s)
{
	int32_t value = 0;

	if (s.len < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = s.ptr[i];
		int digit = ascii_hex_value(c);
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value >= 0xd800 && value < 0xe000 ? -1 : value;
}

/* Decodes one escape at the backslash; keeps an unknown one, so that "\d" is a pattern. */
static void unescape(struct lexer *x, char *out, size_t *len)
{
	static const char from[] = "nrt\\\"'", to[] = "\n\r\t\\\"'";
	char c = peek(x, 1);
	const char *known = c ? strchr(from, c) : NULL;
	int32_t code = c == 'u' ? hex4(str_slice(x->text, x->at + 2, x->at + 6)) : -1;

	if (known) {
		out[(*len)++] = to[known - from];
		x->at += 2;
	} else if (code >= 0) {
		*len += put_utf8(out + *len, (uint32_t)code);
		x->at += 6;
	} else {
		out[(*len)++] = '\\';
		x->at += 1;
	}
}

static struct token quoted(struct lexer *x, struct token token)
{
	char quote = peek(x, 0);
	size_t close = x->at + 1;

	while (close < x->text.len && x->text.ptr[close] != quote)
		close += x->text.ptr[close] == '\\' ? 2 : 1;
	if (close >= x->text.len) {
		x->at = x->text.len;
		return bad(token, x->text.len, "the closing quote is missing");
	}
	char *out = arena_alloc(x->arena, close - x->at);
	size_t len = 0;
	x->at++;
	while (x->at < close)
		if (peek(x, 0) == '\\')
			unescape(x, out, &len);
		else
			out[len++] = x->text.ptr[x->at++];
	x->at++;
	token.kind = TOKEN_TEXT;
	token.text = str_n(out, len);
	token.to = x->at;
	return token;
}

static struct token number(struct lexer *x, struct token token)
{
	ns_t length;

	while (ascii_is_digit(peek(x, 0)))
		x->at++;
	if (peek(x, 0) == '.' && ascii_is_digit(peek(x, 1))) {
		x->at++;
		while (ascii_is_digit(peek(x, 0)))
			x->at++;
	}
	if ((peek(x, 0) == 'e' || peek(x, 0) == 'E') &&
	    (ascii_is_digit(peek(x, 1)) ||
	     ((peek(x, 1) == '-' || peek(x, 1) == '+') && ascii_is_digit(peek(x, 2))))) {
		x->at += 2;
		while (ascii_is_digit(peek(x, 0)))
			x->at++;
	}
	bool unit = ascii_is_name_start(peek(x, 0));
	while (ascii_is_name_start(peek(x, 0)) || ascii_is_digit(peek(x, 0)))
		x->at++;
	token.to = x->at;
	token.text = str_slice(x->text, token.from, token.to);
	token.kind = TOKEN_NUMBER;
	if (unit && units_duration(token.text, &length) == UNIT_OK) {
		token.number = (double)length / (double)NS_PER_MS;
		return token;
	}
	if (unit)
		return bad(token, x->at, "this is neither a number nor a duration");
	if (!str_to_double(token.text, &token.number))
		return bad(token, x->at, "this is not a number; text needs quotes");
	return token;
}

static struct token operator_or_bad(struct lexer *x, struct token token)
{
	static const char *const known[] = {"==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/",
					    "%",  "|",	"(",  ")",  "[", "]", ",", ".", NULL};
	static const struct {
		const char *wrong, *problem;
	} traps[] = {{"&&", "not an operator; write `and`"},
		     {"||", "not an operator; write `or`"},
		     {"=", "not an operator; write == to compare"},
		     {"!", "not an operator; write `not`"},
		     {"&", "not an operator; write `and`"},
		     {"{", "one pair of braces is enough, as in ${name}"},
		     {"?", "?: is not supported; use an `if` step"},
		     {NULL, NULL}};
	struct str rest = str_slice(x->text, x->at, x->text.len);

	for (int i = 0; traps[i].wrong && i < 2; i++)
		if (str_starts(rest, str_of(traps[i].wrong)))
			return x->at += 2, bad(token, x->at, traps[i].problem);
	for (int i = 0; known[i]; i++) {
		if (!str_starts(rest, str_of(known[i])))
			continue;
		x->at += strlen(known[i]);
		token.kind = TOKEN_OPERATOR;
		token.to = x->at;
		token.text = str_of(known[i]);
		return token;
	}
	for (int i = 2; traps[i].wrong; i++)
		if (str_starts(rest, str_of(traps[i].wrong)))
			return x->at += 1, bad(token, x->at, traps[i].problem);
	x->at++;
	while (x->at < x->text.len && ((unsigned char)x->text.ptr[x->at] & 0xc0) == 0x80)
		x->at++;
	return bad(token, x->at, "this character has no meaning in an expression");
}

struct token lexer_next(struct lexer *x)
{
	while (x->at < x->text.len && strchr(" \t\r\n", x->text.ptr[x->at]) && x->text.ptr[x->at])
		x->at++;
	struct token token = {.from = x->at, .to = x->at};
	char c = peek(x, 0);

	if (x->at >= x->text.len)
		return token;
	if (c == '}') {
		token.kind = TOKEN_CLOSE;
		token.to = ++x->at;
		return token;
	}
	if (c == '"' || c == '\'')
		return quoted(x, token);
	if (ascii_is_digit(c))
		return number(x, token);
	if (!ascii_is_name_start(c))
		return operator_or_bad(x, token);
	while (ascii_is_name_start(peek(x, 0)) || ascii_is_digit(peek(x, 0)))
		x->at++;
	token.kind = TOKEN_NAME;
	token.to = x->at;
	token.text = str_slice(x->text, token.from, token.to);
	return token;
}

bool lexer_token_is(const struct token *token, const char *text)
{
	return (token->kind == TOKEN_OPERATOR || token->kind == TOKEN_NAME) &&
	       str_eq(token->text, str_of(text));
}
