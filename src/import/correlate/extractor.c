/* Extractors for occurrences: written in order of robustness, each tried on the recorded
 * response. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "import/correlate/extractor.h"
#include "import/correlate/extractor_private.h"
#include "import/correlate/value_index.h"
#include "import/correlate/value_shape.h"
#include "import/verification.h"

#define LEFT_IN_LINK 4u /* before it is often the host, which is another one in a run */

struct extractor_rig *extractor_rig_new(const struct kind_tables *tables, struct arena *out)
{
	struct extractor_rig *rig = alloc_zeroed(1, sizeof *rig);

	finder_init(&rig->finder, tables, out);
	buf_init(&rig->body, 0);
	buf_init(&rig->headers, 0);
	return rig;
}

void extractor_rig_free(struct extractor_rig *rig)
{
	finder_release(&rig->finder);
	buf_release(&rig->body);
	buf_release(&rig->headers);
	free(rig);
}

/* ---- writing */

/* The place of OCCURRENCE's value in a body: where it was found, after its name in an address, or
 * anywhere if it is long enough. */
static size_t find_value(struct str body, const struct occurrence *occurrence)
{
	struct str value = occurrence->value, name = occurrence->name;
	size_t at = occurrence->at;

	if (at != SIZE_MAX && str_eq(str_slice(body, at, at + value.len), value))
		return at;
	if (value.len > 4 || occurrence->found_in != VALUE_SOURCE_LINK || !name.len)
		return value.len > 4 ? str_find(body, value, 0) : NOT_FOUND;
	for (at = 0; (at = str_find(body, value, at)) != NOT_FOUND; at++) {
		size_t sign = at, end = at + value.len;

		if (end < body.len && ascii_is_alnum(body.ptr[end]))
			continue;
		/* JSON can have a backslash before a slash. */
		while (sign && at - sign < 2 && strchr("/\\=", body.ptr[sign - 1]))
			sign--;
		if (sign < at && sign >= name.len &&
		    str_eq(str_slice(body, sign - name.len, sign), name))
			return at;
	}
	return NOT_FOUND;
}

static bool try_boundary(struct finder *f, const struct occurrence *occurrence,
			 struct extractor_spec *extractor_spec)
{
	size_t at = find_value(f->response.body, occurrence);

	return at != NOT_FOUND &&
	       finder_boundary(f, at, occurrence->value,
			       occurrence->found_in == VALUE_SOURCE_LINK ? LEFT_IN_LINK
									 : FINDER_LEFT_SHORTEST,
			       extractor_spec);
}

/* Requested by the visit itself, so that it identifies one of a list. */
static bool is_asked_for(void *arg, struct str name, struct str text)
{
	struct correlation *c = arg;
	const struct tracked_value *tracked_value =
	    text.len > 1 && text.len <= 64 ? value_index_find(c->value_index, text) : NULL;

	(void)name;
	return tracked_value && tracked_value->first_sent <= tracked_value->first_seen &&
	       value_shape(text) > -4;
}

static bool try_native(struct correlation *c, const struct occurrence *occurrence,
		       struct extractor_spec *extractor_spec)
{
	struct finder *f = &c->rig->finder;

	*extractor_spec = (struct extractor_spec){.value = occurrence->name};
	switch (occurrence->found_in) {
	case VALUE_SOURCE_JSON:
		if (finder_sibling(f, occurrence->path, occurrence->value, is_asked_for, c,
				   extractor_spec))
			return true;
		*extractor_spec = (struct extractor_spec){.kind = STR("jsonpath")};
		extractor_spec->value = finder_short_path(f, occurrence->path);
		break;
	case VALUE_SOURCE_INPUT:
		extractor_spec->kind = STR("form_field");
		break;
	case VALUE_SOURCE_HEADER:
		extractor_spec->kind = STR("header");
		break;
	case VALUE_SOURCE_COOKIE:
		extractor_spec->kind = STR("cookie");
		break;
	case VALUE_SOURCE_LOCATION:
		return finder_url(f, occurrence->value, "url", extractor_spec) ||
		       finder_url(f, occurrence->value, "headers", extractor_spec);
	case VALUE_SOURCE_META:
		return finder_meta(f, occurrence->name, occurrence->value, extractor_spec);
	case VALUE_SOURCE_LINK:
	case VALUE_SOURCE_DATA:
	case VALUE_SOURCE_SCRIPT:
		return false;
	case VALUE_SOURCE_TEXT:
		return finder_whole_text(f, occurrence->value, extractor_spec);
	}
	return finder_try(f, extractor_spec, occurrence->value, false);
}

/* The recorded response TX: values are tried in the order of requests, so that the next one is
 * often in the same response. */
static void read_response(struct extractor_rig *rig, const struct transaction *tx)
{
	struct str body;

	if (rig->read == tx)
		return;
	buf_clear(&rig->body);
	buf_clear(&rig->headers);
	transaction_put_headers(&tx->headers, &rig->headers);
	body = transaction_body_bytes(&tx->body, &rig->body);
	finder_read(&rig->finder,
		    &(struct response){.status = tx->status,
				       .url = tx->kind == TX_RECEIVED ? STR("") : tx->url,
				       .headers = buf_str(&rig->headers),
				       .body = body.ptr ? body : STR("")});
	rig->read = tx;
}

bool extractor_write(struct correlation *c, const struct conversion_step *step,
		     const struct occurrence *occurrence, struct extractor_spec *extractor_spec)
{
	struct finder *f = &c->rig->finder;

	read_response(c->rig, step->response);
	if (try_native(c, occurrence, extractor_spec) ||
	    try_boundary(f, occurrence, extractor_spec))
		return true;
	/* A short value is in many headers by chance. */
	return (occurrence->value.len > 4 || occurrence->found_in == VALUE_SOURCE_HEADER ||
		occurrence->found_in == VALUE_SOURCE_LOCATION) &&
	       (finder_url(f, occurrence->value, "url", extractor_spec) ||
		extractor_try_in_headers(c, occurrence, extractor_spec));
}

unsigned extractor_differs(struct correlation *c, uint32_t step,
			   const struct extractor_spec *extractor_spec, struct str value,
			   struct str *now)
{
	const struct import_job *job = c->conversion->job;
	const struct transaction *tx = c->conversion->steps.items[step].tx;
	struct finder *f = &c->rig->finder;
	unsigned performances = 0;

	for (size_t p = 0; p < job->performance_count; p++) {
		const struct import_response *got =
		    verification_response(&job->performances[p], tx);

		if (!got || !got->performed || (!got->status && tx->kind != TX_RECEIVED))
			continue;
		struct response response = {.status = got->status,
					    .headers = got->headers,
					    .body = got->body,
					    .url = got->url};

		if (finder_match(f, &response, extractor_spec, value) ||
		    f->last.count < extractor_spec->nth ||
		    !f->last.items[extractor_spec->nth - 1].text.ptr)
			continue;
		performances |= 1u << p;
		*now = arena_str(&c->conversion->job->arena,
				 f->last.items[extractor_spec->nth - 1].text);
	}
	return performances;
}
