/* Generated texts: by the format, the pattern and the name of a property, in the length that its
 * schema requires. */
#include "import/naming.h"
#include "import/openapi/openapi.h"

#define FILLED_MAX 4096u

/* A text for FORMAT; one that each iteration needs its own of is a variable. ptr NULL: none. */
static struct str format_text(struct openapi *o, struct str format)
{
	static const char *const texts[][2] = {
	    {"date", "2026-01-31"},
	    {"date-time", "2026-01-31T12:00:00Z"},
	    {"time", "12:00:00Z"},
	    {"duration", "P1D"},
	    {"uri", "https://example.com/"},
	    {"url", "https://example.com/"},
	    {"iri", "https://example.com/"},
	    {"uri-reference", "/example"},
	    {"uri-template", "/example"},
	    {"hostname", "example.com"},
	    {"idn-hostname", "example.com"},
	    {"ipv4", "192.0.2.1"},
	    {"ip", "192.0.2.1"},
	    {"ipv6", "2001:db8::1"},
	    {"byte", "dGV4dA=="},
	    {"password", "Example-Passw0rd"},
	    {"json-pointer", "/example"},
	    {"regex", "^a"},
	    {"phone", "+14155550100"},
	    {"uuid", NULL},
	    {"email", NULL},
	    {"idn-email", NULL},
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (!str_eq(format, str_of(texts[i][0])))
			continue;
		if (texts[i][1])
			return str_of(texts[i][1]);
		if (str_eq(format, STR("uuid")))
			return openapi_variable_text(o, STR("uuid()"));
		return arena_printf(o->arena, "user-%.*s@example.com",
				    STR_ARG(openapi_variable_text(o, STR("unique"))));
	}
	return STR_NULL;
}

/* A text for a property called NAME without a format. */
static struct str named_text(struct openapi *o, struct str name)
{
	static const struct {
		const char *part, *format, *text;
	} hints[] = {
	    {"email", "email", NULL},	    {"phone", "phone", NULL},
	    {"callbackurl", "uri", NULL},   {"website", "uri", NULL},
	    {"password", "password", NULL}, {"uuid", "uuid", NULL},
	    {"currency", NULL, "EUR"},	    {"timezone", NULL, "Europe/Berlin"},
	};
	struct buf scratch;
	struct str word;

	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
		if (str_icontains(name, str_of(hints[i].part)))
			return hints[i].format ? format_text(o, str_of(hints[i].format))
					       : str_of(hints[i].text);
	if (str_ends(name, STR("url")) || str_ends(name, STR("Url")) ||
	    str_ends(name, STR("uri")) || str_ends(name, STR("Uri")))
		return format_text(o, STR("uri"));
	buf_init(&scratch, 0);
	word = naming_snake_case(o->arena, &scratch, name);
	buf_release(&scratch);
	return word.len ? word : STR("text");
}

/* TEXT cut or filled to the length that S requires. */
static struct str fit(struct openapi *o, const struct openapi_schema *s, struct str text)
{
	size_t min = s->min_length < FILLED_MAX ? s->min_length : FILLED_MAX;
	char *filled;

	if (openapi_has_variable(text))
		return text;
	if (text.len > s->max_length)
		return str_cut(text, s->max_length);
	if (text.len >= min)
		return text;
	filled = arena_cstr(o->arena, arena_printf(o->arena, "%*s", (int)min, ""));
	for (size_t i = 0; i < min; i++)
		filled[i] = i < text.len ? text.ptr[i] : 'x';
	return str_n(filled, min);
}

/* The maximum length of a text with variables: an e-mail address or a UUID. */
static size_t longest(struct str text)
{
	return openapi_has_variable(text) ? 36 : text.len;
}

struct str openapi_generate_text(struct openapi *o, const struct openapi_schema *s, struct str name,
				 size_t number)
{
	struct str text = STR_NULL;

	for (size_t i = 0; i < s->patterns.count && !text.ptr; i++) {
		text = openapi_pattern_text(o, s->patterns.items[i], s->min_length, s->max_length);
		for (size_t k = 0; k < s->patterns.count && text.ptr; k++)
			if (!openapi_matches(o, s->patterns.items[k], text))
				text = STR_NULL;
	}
	if (text.ptr)
		return text;
	text = format_text(o, s->format);
	if (text.ptr && longest(text) >= s->min_length)
		return text;
	if (!text.ptr)
		text = named_text(o, name);
	if (openapi_has_variable(text) &&
	    (longest(text) > s->max_length || longest(text) < s->min_length))
		text = STR("example");
	if (number)
		text = arena_printf(o->arena, "%.*s-%zu", STR_ARG(text), number);
	return fit(o, s, text);
}
