/* Two recordings of the same visit: what differs was issued or generated, what is equal is
 * constant. */

#include "base/ascii.h"
#include "import/correlate/correlation.h"
#include "import/query_pairs.h"
#include "import/correlate/value_index.h"

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_is_digit(s.ptr[i]))
			return true;
	return false;
}

/* Compares segment by segment; two segments with digits may differ. */
static bool same_path(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	while (i < a.len && k < b.len) {
		size_t end = str_find_char(a, '/', i + 1), to = str_find_char(b, '/', k + 1);
		struct str s = str_slice(a, i, end), t = str_slice(b, k, to);

		if (!str_eq(s, t) && !(has_digit(s) && has_digit(t)))
			return false;
		i = end == NOT_FOUND ? a.len : end;
		k = to == NOT_FOUND ? b.len : to;
	}
	return i >= a.len && k >= b.len;
}

static bool same_request(const struct transaction *a, const struct transaction *b)
{
	struct url x, y;

	return str_eq(a->method, b->method) && url_split(a->url, &x) && url_split(b->url, &y) &&
	       str_ieq(x.host, y.host) && same_path(x.path, y.path);
}

/* The segment of a URL's path at the same position. */
static struct str segment_at(struct str url, struct str other, size_t from)
{
	size_t nth = 0, at = 0;

	for (size_t i = 0; i < from; i++)
		nth += url.ptr[i] == '/';
	for (; at < other.len && nth; at++)
		nth -= other.ptr[at] == '/';
	size_t end = at;

	while (end < other.len && !strchr("/?", other.ptr[end]))
		end++;
	return str_slice(other, at, end);
}

static struct str query_value(struct str url, struct str name)
{
	size_t at = str_find_char(url, '?', 0);
	struct query_pair pair;

	if (at == NOT_FOUND)
		return STR_NULL;
	for (at++; query_pairs_next(url, &at, &pair);)
		if (pair.sign != NOT_FOUND && str_eq(str_slice(url, pair.from, pair.sign), name))
			return str_slice(url, pair.sign + 1, pair.to);
	return STR_NULL;
}

/* The text in OTHER at the location of D in its request; ptr NULL if there is none. */
static struct str other_value(struct correlation *c, const struct request_value *sent,
			      const struct transaction *other)
{
	const struct conversion_step *step = &c->conversion->steps.items[sent->step];
	struct str found = STR_NULL;

	switch (sent->location) {
	case LOCATION_URL:
		found = sent->in_path ? segment_at(step->tx->url, other->url, sent->from)
				      : query_value(other->url, sent->name);
		if (!found.ptr)
			return found;
		buf_clear(&c->text);
		url_decode(&c->text, found, !sent->in_path);
		return buf_str(&c->text);
	case LOCATION_PART:
		for (size_t i = 0; i < other->part_count; i++)
			if (str_eq(other->parts[i].name, sent->name))
				return other->parts[i].value;
		return found;
	case LOCATION_HEADER:
		found = transaction_header(&other->request_headers, sent->name, 0);
		if (sent->from && found.len > sent->from)
			found = str_slice(found, sent->from, found.len);
		return found;
	case LOCATION_JSON:
		if (!json_read(&c->tape, other->request_body.raw) ||
		    c->tape.count != step->json->count)
			return found;
		buf_clear(&c->text);
		if (json_type(&c->tape.items[sent->index]) == JSON_NUMBER)
			return json_raw(&c->tape, &c->tape.items[sent->index]);
		if (json_type(&c->tape.items[sent->index]) == JSON_STRING)
			return json_text(&c->tape, &c->tape.items[sent->index], &c->text);
		return found;
	case LOCATION_BODY:
		break;
	}
	return found;
}

/* The same request in the second recording: the n-th of its kind in both. */
static const struct transaction *matching_request(const struct correlation *c, uint32_t step)
{
	const struct transaction *tx = c->conversion->steps.items[step].tx;
	size_t nth = 0;

	for (uint32_t i = 0; i < step; i++)
		nth += same_request(c->conversion->steps.items[i].tx, tx);
	for (size_t i = 0; i < c->list->items.count; i++) {
		const struct transaction *other = c->list->items.items[i];

		if (other->source == 1 && other->disposition == TX_SKIPPED &&
		    other->reason == SKIP_REASON_SECOND && same_request(tx, other) && nth-- == 0)
			return other;
	}
	return NULL;
}

void correlation_compare_recordings(struct correlation *c)
{
	const struct transaction *matching = NULL;
	uint32_t step = UINT32_MAX;

	if (c->conversion->job->file_count < 2)
		return;
	for (size_t i = 0; i < c->request_values.count; i++) {
		struct request_value *sent = &c->request_values.items[i];
		struct tracked_value *tracked_value = value_index_find(c->value_index, sent->value);
		struct str other;

		if (sent->step != step)
			matching = matching_request(c, sent->step);
		step = sent->step;
		if (!matching || !tracked_value || sent->is_part)
			continue;
		other = other_value(c, sent, matching);
		if (!other.ptr)
			continue;
		if (str_eq(other, sent->value))
			tracked_value->constant = !tracked_value->differs;
		else
			tracked_value->differs = true;
		if (tracked_value->differs)
			tracked_value->constant = false;
	}
}
