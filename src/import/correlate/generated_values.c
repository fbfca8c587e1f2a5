/* What the client makes itself: identifiers, moments, PKCE; and what cannot be made again. */
#include <stdlib.h>
#include <time.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/base64.h"
#include "import/correlate/correlation.h"
#include "import/correlate/score.h"
#include "import/correlate/value_index.h"

#define NEAR_US (INT64_C(600) * 1000000)

static bool contains_any(struct str name, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (str_icontains(name, str_of(words[i])))
			return true;
	return false;
}

/* ---- binding */

static void add_binding(struct correlation *c, struct demand *d, struct str expression)
{
	struct binding b = {.location = d->location,
			    .index = d->index,
			    .from = d->from,
			    .to = d->to,
			    .expression = expression};
	struct flow_step *step = &c->conversion->steps.items[d->step];

	for (size_t i = 0; i < step->bindings.count; i++)
		if (step->bindings.items[i].location == d->location &&
		    step->bindings.items[i].index == d->index &&
		    step->bindings.items[i].from < d->to && d->from < step->bindings.items[i].to)
			return;
	VEC_PUSH(&c->conversion->job->arena, &step->bindings, b);
	d->bound = true;
}

static void report(struct correlation *c, struct str name, const char *what)
{
	struct flow_told report_row = {.name = name, .what = str_of(what)};

	VEC_PUSH(&c->conversion->job->arena, &c->conversion->generated, report_row);
}

static bool name_in_use(const struct conversion *conversion, struct str name)
{
	for (size_t i = 0; i < conversion->variables.count; i++)
		if (str_eq(conversion->variables.items[i].name, name))
			return true;
	for (size_t i = 0; i < conversion->steps.count; i++)
		for (size_t k = 0; k < conversion->steps.items[i].extractor_specs.count; k++)
			if (str_eq(conversion->steps.items[i].extractor_specs.items[k].variable,
				   name))
				return true;
	return false;
}

/* A variable made once for each visit, in place of WANT everywhere. */
static struct str add_variable(struct correlation *c, struct want *tracked_value,
			       struct str expression, const char *what)
{
	struct arena *a = &c->conversion->job->arena;
	const struct hit none = {.name = STR(""), .found_in = VALUE_SOURCE_TEXT};
	struct str base = correlation_variable_name(c, tracked_value, &none), name = base;
	struct flow_variable result = {.expression = expression};

	for (unsigned n = 2; name_in_use(c->conversion, name); n++)
		name = arena_printf(a, "%.*s_%u", STR_ARG(base), n);
	result.name = name;
	VEC_PUSH(a, &c->conversion->variables, result);
	for (size_t i = 0; i < tracked_value->request_values.count; i++)
		add_binding(c, &c->request_values.items[tracked_value->request_values.items[i]],
			    name);
	report(c, name, what);
	return name;
}

/* ---- PKCE */

static struct want *find_by_name(struct correlation *c, const char *name)
{
	for (size_t i = 0; i < c->request_values.count; i++)
		if (str_eq(c->request_values.items[i].name, str_of(name)))
			return value_index_find(c->value_index, c->request_values.items[i].value);
	return NULL;
}

static void find_pkce(struct correlation *c)
{
	struct want *verifier = find_by_name(c, "code_verifier");
	struct want *challenge = find_by_name(c, "code_challenge");
	unsigned char digest[DIGEST_MAX];
	struct str name;

	if (!verifier)
		return;
	name =
	    add_variable(c, verifier, STR("random_text(64)"), "a PKCE verifier the browser made");
	if (!challenge)
		return;
	size_t len = digest_hash(DIGEST_SHA256, verifier->value, digest);
	buf_clear(&c->text);
	base64_encode_url(&c->text, str_n((const char *)digest, len));
	if (!str_eq(buf_str(&c->text), challenge->value) &&
	    !str_eq(verifier->value, challenge->value))
		return;
	bool plain = str_eq(verifier->value, challenge->value);
	struct str expression = plain ? name
				      : arena_printf(&c->conversion->job->arena,
						     "%.*s | pkce_challenge", STR_ARG(name));
	for (size_t i = 0; i < challenge->request_values.count; i++)
		add_binding(c, &c->request_values.items[challenge->request_values.items[i]],
			    expression);
}

/* ---- moments */

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_digit(s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool is_near(const struct correlation *c, const struct demand *d, int64_t us)
{
	int64_t start = c->conversion->steps.items[d->step].tx->start_us;

	return start != TX_TIME_UNKNOWN && us > start - NEAR_US && us < start + NEAR_US;
}

/* 2026-01-31T10:20:30(.123)Z, near the request's own moment. */
static bool is_iso_now(const struct correlation *c, const struct demand *d, bool *fraction)
{
	struct tm tm = {0};
	char copy[40];
	const char *end;

	if (d->value.len < 20 || d->value.len >= sizeof copy)
		return false;
	memcpy(copy, d->value.ptr, d->value.len);
	copy[d->value.len] = '\0';
	end = strptime(copy, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!end)
		return false;
	*fraction = *end == '.';
	if (*fraction)
		for (end++; ascii_is_digit(*end); end++)
			;
	return *end == 'Z' && !end[1] && is_near(c, d, (int64_t)timegm(&tm) * 1000000);
}

static void find_timestamp(struct correlation *c, struct demand *d)
{
	int64_t number;
	bool fraction;

	if (all_digits(d->value) && (d->value.len == 10 || d->value.len == 13) &&
	    str_to_int(d->value, &number)) {
		bool ms = d->value.len == 13;

		if (!is_near(c, d, number * (ms ? 1000 : 1000000)))
			return;
		add_binding(c, d, ms ? STR("now('unix_ms')") : STR("now('unix')"));
		report(c, d->name.len ? d->name : STR("a time"), "the moment it is sent");
	} else if (is_iso_now(c, d, &fraction)) {
		add_binding(c, d,
			    fraction ? STR("now('%Y-%m-%dT%H:%M:%S.000Z')") : STR("now('iso')"));
		report(c, d->name.len ? d->name : STR("a time"), "the moment it is sent");
	}
}

/* ---- identifiers */

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_hex(s.ptr[i]) || ascii_is_upper(s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool is_alnum(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.ptr[i]))
			return false;
	return s.len > 0;
}

/* Made once for an application or a customer, not for a visit. */
static bool is_constant_name(struct str name)
{
	static const char *const words[] = {
	    "client",  "app",	    "tenant",  "site",	  "api",     "org",
	    "project", "config",    "version", "account", "partner", "publisher",
	    "channel", "workspace", "product", "hash",	  "catalog", NULL};

	return contains_any(name, words);
}

static bool is_generated_name(struct str name)
{
	static const char *const words[] = {
	    "nonce", "state", "verifier", "request", "idempot", "correlation", "session", "random",
	    "rnd",   "trace", "trans",	  "visitor", "guid",	"uuid",	       NULL};

	return contains_any(name, words);
}

/* Named as something made for the moment, or the id of what is created with it; another name
 * refers to something that exists. */
static bool is_generated_id(const struct correlation *c, const struct demand *d)
{
	static const char *const own[] = {"id", "_id", "uuid", "guid", NULL};
	const struct transaction *tx = c->conversion->steps.items[d->step].tx;

	if (is_constant_name(d->name))
		return false;
	if (is_generated_name(d->name))
		return true;
	for (int i = 0; own[i]; i++)
		if (str_ieq(d->name, str_of(own[i])))
			return d->location != LOCATION_URL && str_eq(tx->method, STR("POST"));
	return false;
}

static bool is_signature(const struct demand *d)
{
	static const char *const words[] = {"signature", "hmac", NULL};
	bool name = contains_any(d->name, words) || str_ieq(d->name, STR("sig")) ||
		    str_ieq(d->name, STR("sign")) || str_ieq(d->name, STR("X-Sign"));
	size_t n = d->value.len;

	return name && ((is_hex(d->value) && (n == 32 || n == 40 || n == 64)) ||
			score_shape(d->value) >= 5);
}

static void find_identifier(struct correlation *c, struct want *tracked_value)
{
	const struct demand *d = &c->request_values.items[tracked_value->request_values.items[0]];
	struct arena *a = &c->conversion->job->arena;
	struct str v = tracked_value->value;

	if (tracked_value->shape < 5 || v.len < 16 || d->in_path || is_signature(d) || d->is_part ||
	    tracked_value->constant || tracked_value->first_sent > tracked_value->first_seen)
		return;
	if (score_is_uuid(v)) {
		if (tracked_value->differs || is_generated_id(c, d))
			add_variable(c, tracked_value, STR("uuid()"), "a UUID the browser made");
	} else if ((is_generated_name(d->name) && !is_constant_name(d->name)) ||
		   tracked_value->differs) {
		if (is_hex(v))
			add_variable(c, tracked_value, arena_printf(a, "random_hex(%zu)", v.len),
				     "random digits the browser made");
		else if (is_alnum(v))
			add_variable(c, tracked_value, arena_printf(a, "random_text(%zu)", v.len),
				     "random text the browser made");
	}
}

static void warn_of_signature(struct correlation *c, struct demand *d)
{
	struct flow_step *step = &c->conversion->steps.items[d->step];
	struct arena *a = &c->conversion->job->arena;

	job_note(c->conversion->job, "look at",
		 "entry %u: \"%.*s\" looks like a signature computed in the browser; it cannot be "
		 "replayed",
		 step->tx->number, STR_ARG(d->name));
	VEC_PUSH(
	    a, &step->comments,
	    arena_printf(a,
			 "\"%.*s\" looks like a signature computed in the browser; it cannot be "
			 "replayed",
			 STR_ARG(d->name)));
}

void correlation_generate(struct correlation *c)
{
	find_pkce(c);
	for (size_t i = 0; i < c->request_values.count; i++) {
		struct demand *d = &c->request_values.items[i];

		if (d->bound || d->is_part)
			continue;
		if (is_signature(d))
			warn_of_signature(c, d);
		else if (!d->in_path)
			find_timestamp(c, d);
	}
	for (size_t i = 0; i < value_index_count(c->value_index); i++) {
		struct want *tracked_value = value_index_at(c->value_index, i);
		bool bound = !tracked_value->request_values.count;

		for (size_t k = 0; k < tracked_value->request_values.count; k++)
			bound =
			    bound ||
			    c->request_values.items[tracked_value->request_values.items[k]].bound;
		if (!bound)
			find_identifier(c, tracked_value);
	}
}
