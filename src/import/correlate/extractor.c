/* Extractors for occurrences: written in order of robustness, each tried on the recorded
 * response. */
#include <stdlib.h>

#include "base/ascii.h"
#include "base/alloc.h"
#include "base/log.h"
#include "import/correlate/extractor.h"
#include "import/correlate/extractor_private.h"
#include "import/correlate/value_index.h"
#include "import/correlate/value_shape.h"
#include "import/verification.h"
#include "interface/extract.h"
#include "scenario/kind_tables.h"

#define LEFT_SHORTEST 8u
#define LEFT_IN_LINK  4u /* before it is often the host, which is another one in a run */
#define LEFT_LONGEST  60u
#define NTH_MAX	      20u

struct extractor_rig {
	struct scratch scratch;
	struct arena arena;
	/* The recorded response that was read last, and its JSON if it was needed. */
	const struct transaction *read;
	struct buf body, headers;
	struct response response;
	struct json_tape tape;
	bool has_tape;
	struct matches last; /* of match_of, until the next one */
};

struct extractor_rig *extractor_rig_new(void)
{
	struct extractor_rig *rig = alloc_zeroed(1, sizeof *rig);

	scratch_init(&rig->scratch);
	arena_init(&rig->arena, 0);
	buf_init(&rig->body, 0);
	buf_init(&rig->headers, 0);
	json_init(&rig->tape);
	return rig;
}

void extractor_rig_free(struct extractor_rig *rig)
{
	scratch_release(&rig->scratch);
	arena_release(&rig->arena);
	buf_release(&rig->body);
	buf_release(&rig->headers);
	json_release(&rig->tape);
	free(rig);
}

/* ---- trying */

static const struct extract_kind *kind_of(const struct correlation *c, struct str name)
{
	const struct kind_tables *tables = c->conversion->job->tables;

	for (size_t i = 0; i < tables->extract_count; i++)
		if (str_eq(str_of(tables->extracts[i]->name), name))
			return tables->extracts[i];
	return NULL;
}

/* The boundary's own struct starts like every struct that a table fills. */
struct boundary_keys {
	struct keys keys;
	struct str left, right;
};

/* For css. */
struct css_keys {
	struct keys keys;
	struct str text;
};

static bool is_value(const struct value *v, struct str wanted)
{
	double a, b;

	if (v->type != VALUE_TEXT && v->type != VALUE_NUMBER)
		return false;
	if (str_eq(v->text, wanted))
		return true;
	/* Digits beyond 2^53, rounded by the page's JavaScript. */
	return v->text.len == wanted.len && wanted.len >= 16 && str_to_double(v->text, &a) &&
	       str_to_double(wanted, &b) && a <= b && a >= b;
}

/* Which match is the value, from 1; 0: none. *FOUND: the number of matches. */
static unsigned match_of(struct correlation *c, const struct response *response,
			 const struct extractor_spec *extractor_spec, struct str wanted,
			 size_t *found)
{
	struct extractor_rig *rig = c->rig;
	const struct extract_kind *kind = kind_of(c, extractor_spec->kind);
	struct boundary_keys texts = {.left = extractor_spec->left, .right = extractor_spec->right};
	struct css_keys attribute = {.text = extractor_spec->attribute};
	struct extract extract = {.kind = kind, .value = {.raw = extractor_spec->value}};
	struct matches matches = {.wanted = NTH_MAX};
	struct diag_list diags;
	unsigned nth = 0;

	*found = 0;
	if (!kind)
		return 0;
	extract.parts = extractor_spec->left.len ? &texts : NULL;
	extract.data = extractor_spec->attribute.len ? &attribute : NULL;
	scratch_clear(&rig->scratch);
	arena_reset(&rig->arena);
	diag_init(&diags, &rig->arena);
	const void *plan = kind->prepare(&rig->arena, &diags, &extract, false);
	if (!plan)
		return 0;
	struct str subject = extract_subject(kind, response);

	if (str_eq(extractor_spec->from, STR("url")))
		subject = response->url;
	else if (str_eq(extractor_spec->from, STR("headers")))
		subject = response->headers;
	if (kind->find(plan, response, subject, &rig->scratch, &matches) == FIND_OK)
		for (size_t i = 0; i < matches.count && !nth; i++)
			if (is_value(&matches.items[i], wanted))
				nth = (unsigned)i + 1;
	*found = matches.count;
	rig->last = matches;
	if (kind->release)
		kind->release(plan);
	return nth;
}

bool extractor_try(struct correlation *c, const struct response *response,
		   struct extractor_spec *extractor_spec, struct str wanted, bool first_only)
{
	unsigned nth;
	size_t found;

	if (str_find(extractor_spec->value, STR("${"), 0) != NOT_FOUND ||
	    str_find(extractor_spec->left, STR("${"), 0) != NOT_FOUND)
		return false;
	nth = match_of(c, response, extractor_spec, wanted, &found);
	if (!nth || (first_only && nth > 1))
		return false;
	extractor_spec->nth = nth;
	return true;
}

/* Whether it finds the value, and nothing else. */
static bool try_unique(struct correlation *c, const struct response *response,
		       struct extractor_spec *extractor_spec, struct str wanted)
{
	size_t found;

	extractor_spec->nth = match_of(c, response, extractor_spec, wanted, &found);
	return extractor_spec->nth == 1 && found == 1 &&
	       str_find(extractor_spec->value, STR("${"), 0) == NOT_FOUND;
}

/* ---- writing */

static struct str pretty_path(struct correlation *c, struct str path)
{
	buf_clear(&c->text);
	jsonpath_put_short(path, &c->text);
	return arena_str(&c->conversion->job->arena, buf_str(&c->text));
}

static bool is_plain_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.ptr[i]) && !strchr("_-:.", s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool has_digit_run(struct str s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = ascii_is_digit(s.ptr[i]) ? run + 1 : 0;
		if (run >= 4)
			return true;
	}
	return false;
}

/* Text before AT that does not occur earlier: it grows until it is unique. */
static bool grow_left(struct str text, size_t at, size_t shortest, struct str *left)
{
	for (size_t n = shortest; n <= LEFT_LONGEST && n <= at; n++) {
		struct str candidate = str_slice(text, at - n, at);

		if (memchr(candidate.ptr, '\n', n) || memchr(candidate.ptr, '\r', n) ||
		    has_digit_run(candidate) || !str_is_utf8(candidate, NULL))
			break;
		*left = candidate;
		/* Starting at a word makes it readable. */
		if (str_find(text, candidate, 0) == at - n &&
		    (n == at || !ascii_is_name(text.ptr[at - n - 1]) || n >= 24 ||
		     (shortest < LEFT_SHORTEST && !ascii_is_alnum(candidate.ptr[0]))))
			return true;
	}
	return left->len > 0;
}

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

static bool try_boundary(struct correlation *c, const struct response *response,
			 const struct occurrence *occurrence, struct extractor_spec *extractor_spec)
{
	struct str body = response->body, left = STR_NULL;
	size_t at = find_value(body, occurrence), end;

	if (at == NOT_FOUND ||
	    !grow_left(body, at,
		       occurrence->found_in == VALUE_SOURCE_LINK ? LEFT_IN_LINK : LEFT_SHORTEST,
		       &left))
		return false;
	end = at + occurrence->value.len;
	if (end >= body.len || !str_utf8_step(body, end))
		return false;
	*extractor_spec = (struct extractor_spec){.kind = STR("boundary")};
	extractor_spec->left = arena_str(&c->conversion->job->arena, left);
	/* The value may contain the character that follows it: then use more of the following
	 * text. */
	for (size_t to = end, step; to < body.len && to - end < 16; to += step) {
		step = str_utf8_step(body, to);
		if (!step || body.ptr[to] == '\n')
			return false;
		if (str_find(occurrence->value, str_slice(body, end, to + step), 0) != NOT_FOUND)
			continue;
		extractor_spec->right =
		    arena_str(&c->conversion->job->arena, str_slice(body, end, to + step));
		return extractor_try(c, response, extractor_spec, occurrence->value, false);
	}
	return false;
}

static bool try_meta(struct correlation *c, const struct response *response,
		     const struct occurrence *occurrence, struct extractor_spec *extractor_spec)
{
	static const char *const key_names[] = {"name", "property", NULL};

	if (str_find_char(occurrence->name, '"', 0) != NOT_FOUND ||
	    !is_plain_name(occurrence->name))
		return false;
	for (int i = 0; key_names[i]; i++) {
		*extractor_spec =
		    (struct extractor_spec){.kind = STR("css"), .attribute = STR("content")};
		extractor_spec->value =
		    arena_printf(&c->conversion->job->arena, "meta[%s=\"%.*s\"]", key_names[i],
				 STR_ARG(occurrence->name));
		if (extractor_try(c, response, extractor_spec, occurrence->value, false))
			return true;
	}
	return false;
}

/* Requested by the visit itself, so that it identifies one of a list. */
static bool is_asked_for(struct correlation *c, struct str text)
{
	const struct tracked_value *tracked_value =
	    text.len > 1 && text.len <= 64 ? value_index_find(c->value_index, text) : NULL;

	return tracked_value && tracked_value->first_sent <= tracked_value->first_seen &&
	       value_shape(text) > -4 && str_find_char(text, '\'', 0) == NOT_FOUND &&
	       str_find_char(text, '\\', 0) == NOT_FOUND;
}

/* Writes $.items[1].id as $.items[?(@.name == 'Cup')].id, if Cup was requested and occurs once. */
static bool try_sibling(struct correlation *c, const struct response *response,
			const struct occurrence *occurrence, struct extractor_spec *extractor_spec)
{
	struct arena *a = &c->conversion->job->arena;
	const struct json_tape *tape = &c->rig->tape;
	struct buf path, text;
	bool done = false;
	size_t open = occurrence->path.len, close;

	while (open > 0 && !(occurrence->path.ptr[open - 1] == '[' && open < occurrence->path.len &&
			     ascii_is_digit(occurrence->path.ptr[open])))
		open--;
	close = open ? str_find_char(occurrence->path, ']', open) : NOT_FOUND;
	if (close == NOT_FOUND || !c->rig->has_tape)
		return false;
	buf_init(&path, 0);
	buf_init(&text, 0);
	for (uint32_t i = 0; i + 1 < tape->count && !done; i++) {
		const struct json_item *item = &tape->items[i];
		struct str full, list = str_slice(occurrence->path, 0, open - 1), value;

		if (json_type(item) != JSON_KEY || json_type(&tape->items[i + 1]) != JSON_STRING)
			continue;
		buf_clear(&text);
		value = json_text(tape, &tape->items[i + 1], &text);
		if (!is_asked_for(c, value))
			continue;
		buf_clear(&path);
		jsonpath_normalized(tape, i + 1, &path);
		full = buf_str(&path);
		if (!str_starts(full, str_slice(occurrence->path, 0, close + 1)) ||
		    !str_starts(str_slice(full, close + 1, full.len), STR("['")) ||
		    str_find_char(full, '[', close + 2) != NOT_FOUND ||
		    !jsonpath_is_short_name(str_slice(full, close + 3, full.len - 2)))
			continue;
		*extractor_spec = (struct extractor_spec){.kind = STR("jsonpath")};
		extractor_spec->value =
		    arena_printf(a, "%.*s[?(@.%.*s == '%.*s')]%.*s", STR_ARG(pretty_path(c, list)),
				 STR_ARG(str_slice(full, close + 3, full.len - 2)), STR_ARG(value),
				 STR_ARG(pretty_path(c, str_slice(occurrence->path, close + 1,
								  occurrence->path.len))));
		done = try_unique(c, response, extractor_spec, occurrence->value);
	}
	buf_release(&path);
	buf_release(&text);
	return done;
}

static bool try_native(struct correlation *c, const struct response *response,
		       const struct occurrence *occurrence, struct extractor_spec *extractor_spec)
{
	*extractor_spec = (struct extractor_spec){.value = occurrence->name};
	switch (occurrence->found_in) {
	case VALUE_SOURCE_JSON:
		if (try_sibling(c, response, occurrence, extractor_spec))
			return true;
		*extractor_spec = (struct extractor_spec){.value = occurrence->name};
		extractor_spec->kind = STR("jsonpath");
		extractor_spec->value = pretty_path(c, occurrence->path);
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
		return extractor_try_url(c, response, occurrence, "url", extractor_spec) ||
		       extractor_try_url(c, response, occurrence, "headers", extractor_spec);
	case VALUE_SOURCE_META:
		return try_meta(c, response, occurrence, extractor_spec);
	case VALUE_SOURCE_LINK:
	case VALUE_SOURCE_DATA:
	case VALUE_SOURCE_SCRIPT:
		return false;
	case VALUE_SOURCE_TEXT:
		if (!str_eq(str_trim(response->body), occurrence->value))
			return false;
		extractor_spec->kind = STR("regex");
		extractor_spec->value = STR("^\\s*(\\S+)\\s*$");
		break;
	}
	return extractor_try(c, response, extractor_spec, occurrence->value, false);
}

/* The recorded response TX: values are tried in the order of requests, so that the next one is
 * often in the same response. */
static const struct response *read_response(struct extractor_rig *rig, const struct transaction *tx)
{
	struct str body;

	if (rig->read == tx)
		return &rig->response;
	buf_clear(&rig->body);
	buf_clear(&rig->headers);
	transaction_put_headers(&tx->headers, &rig->headers);
	body = transaction_body_bytes(&tx->body, &rig->body);
	rig->response = (struct response){.status = tx->status,
					  .url = tx->kind == TX_RECEIVED ? STR("") : tx->url,
					  .headers = buf_str(&rig->headers),
					  .body = body.ptr ? body : STR("")};
	rig->read = tx;
	rig->has_tape = json_read(&rig->tape, rig->response.body);
	return &rig->response;
}

bool extractor_write(struct correlation *c, const struct conversion_step *step,
		     const struct occurrence *occurrence, struct extractor_spec *extractor_spec)
{
	const struct response *response = read_response(c->rig, step->response);

	if (try_native(c, response, occurrence, extractor_spec) ||
	    try_boundary(c, response, occurrence, extractor_spec))
		return true;
	/* A short value is in many headers by chance. */
	return (occurrence->value.len > 4 || occurrence->found_in == VALUE_SOURCE_HEADER ||
		occurrence->found_in == VALUE_SOURCE_LOCATION) &&
	       (extractor_try_url(c, response, occurrence, "url", extractor_spec) ||
		extractor_try_in_headers(c, response, occurrence, extractor_spec));
}

unsigned extractor_differs(struct correlation *c, uint32_t step,
			   const struct extractor_spec *extractor_spec, struct str value,
			   struct str *now)
{
	const struct import_job *job = c->conversion->job;
	const struct transaction *tx = c->conversion->steps.items[step].tx;
	struct matches *last = &c->rig->last;
	unsigned performances = 0;
	size_t found;

	for (size_t p = 0; p < job->performance_count; p++) {
		const struct import_response *got =
		    verification_response(&job->performances[p], tx);

		if (!got || !got->performed || (!got->status && tx->kind != TX_RECEIVED))
			continue;
		struct response response = {.status = got->status,
					    .headers = got->headers,
					    .body = got->body,
					    .url = got->url};

		if (match_of(c, &response, extractor_spec, value, &found) ||
		    found < extractor_spec->nth || !last->items[extractor_spec->nth - 1].text.ptr)
			continue;
		performances |= 1u << p;
		*now = arena_str(&c->conversion->job->arena,
				 last->items[extractor_spec->nth - 1].text);
	}
	return performances;
}
