/*
 * If the JSON, form or parts of a body cannot be written as keys, the body is written as text:
 * bindings of its values become bindings of the text, so that no token stays old and no secret
 * stays in it.
 */
#include "import/writer/scenario_writer.h"

enum writing { WRITTEN_PLAIN, WRITTEN_JSON, WRITTEN_FORM };

/* Number of bytes of RAW for its next character, and the number of decoded bytes. */
static size_t one_char(struct str raw, size_t at, enum writing how, size_t *decoded)
{
	struct str rest = str_slice(raw, at, raw.len);
	uint32_t code = 0;

	*decoded = 1;
	if (how == WRITTEN_FORM && rest.ptr[0] == '%')
		return rest.len < 3 ? rest.len : 3;
	if (how != WRITTEN_JSON || rest.ptr[0] != '\\' || rest.len < 2)
		return 1;
	if (rest.ptr[1] != 'u' || rest.len < 6)
		return 2;
	for (size_t i = 2; i < 6; i++) {
		char c = rest.ptr[i];

		code = code * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	if (code >= 0xd800 && code < 0xdc00 && rest.len >= 12 && rest.ptr[6] == '\\') {
		*decoded = 4;
		return 12;
	}
	*decoded = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
	return 6;
}

/* The offset in RAW of byte OFFSET of the decoded text. */
static size_t raw_offset(struct str raw, size_t offset, enum writing how)
{
	size_t at = 0, seen = 0, decoded;

	while (at < raw.len && seen < offset) {
		at += one_char(raw, at, how, &decoded);
		seen += decoded;
	}
	return at;
}

/* The value that B is bound to, as written in the body; ptr NULL if the body does not have it. */
static struct str raw_value(const struct conversion_step *step, const struct binding *b,
			    enum writing *how)
{
	const struct transaction *tx = step->tx;
	struct str raw;

	*how = WRITTEN_PLAIN;
	if (b->location == LOCATION_JSON && step->json) {
		const struct json_item *item = &step->json->items[b->index];

		raw = json_raw(step->json, item);
		*how = json_type(item) == JSON_STRING && json_escaped(item) ? WRITTEN_JSON
									    : WRITTEN_PLAIN;
	} else if (b->location == LOCATION_PART && tx->parts[b->index].raw.ptr) {
		raw = tx->parts[b->index].raw;
		*how = WRITTEN_FORM;
	} else if (b->location == LOCATION_PART) {
		raw = tx->parts[b->index].value;
	} else {
		return STR_NULL;
	}
	return raw.ptr >= tx->request_body.raw.ptr &&
		       raw.ptr + raw.len <= tx->request_body.raw.ptr + tx->request_body.raw.len
		   ? raw
		   : STR_NULL;
}

void scenario_writer_rebind(struct conversion *conversion, struct conversion_step *step)
{
	size_t count = step->bindings.count;

	for (size_t i = 0; i < count; i++) {
		struct binding b = step->bindings.items[i];
		enum writing how;
		struct str raw = raw_value(step, &b, &how);
		size_t base;

		if (!raw.ptr)
			continue;
		base = (size_t)(raw.ptr - step->tx->request_body.raw.ptr);
		b.location = LOCATION_BODY;
		b.index = 0;
		b.from = base + raw_offset(raw, b.from, how);
		b.to =
		    base + (b.to >= raw.len && how == WRITTEN_PLAIN ? raw.len
								    : raw_offset(raw, b.to, how));
		if (how == WRITTEN_FORM)
			b.expression = arena_printf(&conversion->job->arena, "(%.*s) | url_encode",
						    STR_ARG(b.expression));
		VEC_PUSH(&conversion->job->arena, &step->bindings, b);
	}
}
