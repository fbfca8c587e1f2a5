/* The recorded origin inside values that are sent, such as a return address: it follows the
 * target of the run. */
#include "base/ascii.h"
#include "import/correlate/correlation.h"
#include "import/correlate/request_values.h"

/* The offset in RAW, percent-encoded, of byte OFFSET of the decoded text. */
static size_t encoded_offset(struct str raw, size_t offset)
{
	size_t at = 0;

	for (; offset && at < raw.len; offset--)
		at += raw.ptr[at] == '%' && at + 2 < raw.len ? 3 : 1;
	return at;
}

/* Not the start of another host's name: http://shop.test in http://shop.test.example. */
static bool is_origin_at(struct str value, size_t at, size_t end)
{
	return (!at || !ascii_is_alnum(value.ptr[at - 1])) &&
	       (end == value.len ||
		(!ascii_is_alnum(value.ptr[end]) && !strchr(".:-@", value.ptr[end])));
}

static void bind_origin(struct correlation *c, const struct request_value *sent, size_t at,
			size_t end)
{
	struct conversion_step *step = &c->conversion->steps.items[sent->step];
	struct request_value part = *sent;
	struct binding b = {
	    .location = sent->location, .index = sent->index, .expression = STR("run.origin")};

	if (sent->location == LOCATION_URL) {
		struct str raw = str_slice(step->tx->url, sent->from, sent->to);

		at = encoded_offset(raw, at);
		end = encoded_offset(raw, end);
	}
	b.from = part.from = sent->from + at;
	b.to = part.to = sent->from + end;
	if (!request_values_is_bound(step, &part))
		VEC_PUSH(&c->conversion->job->arena, &step->bindings, b);
}

void correlation_bind_origin(struct correlation *c)
{
	struct str origin = c->conversion->target;

	for (size_t i = 0; origin.len && i < c->request_values.count; i++) {
		const struct request_value *sent = &c->request_values.items[i];
		size_t at = 0;

		if (sent->is_part || sent->in_path || sent->in_header || sent->is_number ||
		    sent->location == LOCATION_BODY)
			continue;
		while ((at = str_find(sent->value, origin, at)) != NOT_FOUND) {
			if (is_origin_at(sent->value, at, at + origin.len))
				bind_origin(c, sent, at, at + origin.len);
			at += origin.len;
		}
	}
}
