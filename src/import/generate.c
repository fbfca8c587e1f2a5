/* What the client makes itself: identifiers, moments, PKCE; and what cannot be made again. */
#include <ctype.h>
#include <stdlib.h>
#include <time.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "import/correlate.h"

#define NEAR_US (INT64_C(600) * 1000000)

static bool holds_one(struct str name, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (str_iholds(name, str_of(words[i])))
			return true;
	return false;
}

/* ---- binding */

static void bind(struct correlation *c, struct demand *d, struct str expression)
{
	struct binding b = {.place = d->place,
			    .index = d->index,
			    .from = d->from,
			    .to = d->to,
			    .expression = expression};
	struct flow_step *step = &c->flow->steps.items[d->step];

	for (size_t i = 0; i < step->bindings.count; i++)
		if (step->bindings.items[i].place == d->place &&
		    step->bindings.items[i].index == d->index &&
		    step->bindings.items[i].from < d->to && d->from < step->bindings.items[i].to)
			return;
	VEC_PUSH(&c->flow->job->arena, &step->bindings, b);
	d->bound = true;
}

static void tell(struct correlation *c, struct str name, const char *what)
{
	struct flow_told told = {.name = name, .what = str_of(what)};

	VEC_PUSH(&c->flow->job->arena, &c->flow->generated, told);
}

static bool name_in_use(const struct flow *flow, struct str name)
{
	for (size_t i = 0; i < flow->variables.count; i++)
		if (str_eq(flow->variables.items[i].name, name))
			return true;
	for (size_t i = 0; i < flow->steps.count; i++)
		for (size_t k = 0; k < flow->steps.items[i].takings.count; k++)
			if (str_eq(flow->steps.items[i].takings.items[k].variable, name))
				return true;
	return false;
}

/* A variable made once for each visit, in place of WANT everywhere. */
static struct str make_variable(struct correlation *c, struct want *want, struct str expression,
				const char *what)
{
	struct arena *a = &c->flow->job->arena;
	const struct hit none = {.name = STR(""), .where = SUPPLY_TEXT};
	struct str base = variable_name(c, want, &none), name = base;
	struct flow_variable made = {.expression = expression};

	for (unsigned n = 2; name_in_use(c->flow, name); n++)
		name = arena_printf(a, "%.*s_%u", STR_ARG(base), n);
	made.name = name;
	VEC_PUSH(a, &c->flow->variables, made);
	for (size_t i = 0; i < want->demands.count; i++)
		bind(c, &c->demands.items[want->demands.items[i]], name);
	tell(c, name, what);
	return name;
}

/* ---- PKCE */

static struct want *want_named(struct correlation *c, const char *name)
{
	for (size_t i = 0; i < c->demands.count; i++)
		if (str_eq(c->demands.items[i].name, str_of(name)))
			return wants_find(c->wants, c->demands.items[i].value);
	return NULL;
}

static void find_pkce(struct correlation *c)
{
	struct want *verifier = want_named(c, "code_verifier");
	struct want *challenge = want_named(c, "code_challenge");
	unsigned char digest[DIGEST_MOST];
	struct str name;

	if (!verifier)
		return;
	name =
	    make_variable(c, verifier, STR("random_text(64)"), "a PKCE verifier the browser made");
	if (!challenge)
		return;
	size_t len = digest_make(DIGEST_SHA256, verifier->value, digest);
	buf_clear(&c->text);
	base64url_encode(&c->text, str_n((const char *)digest, len));
	if (!str_eq(buf_str(&c->text), challenge->value) &&
	    !str_eq(verifier->value, challenge->value))
		return;
	bool plain = str_eq(verifier->value, challenge->value);
	struct str expression =
	    plain ? name
		  : arena_printf(&c->flow->job->arena, "%.*s | pkce_challenge", STR_ARG(name));
	for (size_t i = 0; i < challenge->demands.count; i++)
		bind(c, &c->demands.items[challenge->demands.items[i]], expression);
}

/* ---- moments */

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isdigit((unsigned char)s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool is_near(const struct correlation *c, const struct demand *d, int64_t us)
{
	int64_t start = c->flow->steps.items[d->step].tx->start_us;

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
		for (end++; isdigit((unsigned char)*end); end++)
			;
	return *end == 'Z' && !end[1] && is_near(c, d, (int64_t)timegm(&tm) * 1000000);
}

static void find_moment(struct correlation *c, struct demand *d)
{
	int64_t number;
	bool fraction;

	if (all_digits(d->value) && (d->value.len == 10 || d->value.len == 13) &&
	    str_to_int(d->value, &number)) {
		bool ms = d->value.len == 13;

		if (!is_near(c, d, number * (ms ? 1000 : 1000000)))
			return;
		bind(c, d, ms ? STR("now('unix_ms')") : STR("now('unix')"));
		tell(c, d->name.len ? d->name : STR("a time"), "the moment it is sent");
	} else if (is_iso_now(c, d, &fraction)) {
		bind(c, d, fraction ? STR("now('%Y-%m-%dT%H:%M:%S.000Z')") : STR("now('iso')"));
		tell(c, d->name.len ? d->name : STR("a time"), "the moment it is sent");
	}
}

/* ---- identifiers */

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isxdigit((unsigned char)s.ptr[i]) || isupper((unsigned char)s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool is_alnum(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.ptr[i]))
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

	return holds_one(name, words);
}

static bool is_made_name(struct str name)
{
	static const char *const words[] = {
	    "nonce", "state", "verifier", "request", "idempot", "correlation", "session", "random",
	    "rnd",   "trace", "trans",	  "visitor", "guid",	"uuid",	       NULL};

	return holds_one(name, words);
}

/* Named as something made for the moment, or the id of what is created with it; another name
 * refers to something that exists. */
static bool is_made_id(const struct correlation *c, const struct demand *d)
{
	static const char *const own[] = {"id", "_id", "uuid", "guid", NULL};
	const struct transaction *tx = c->flow->steps.items[d->step].tx;

	if (is_constant_name(d->name))
		return false;
	if (is_made_name(d->name))
		return true;
	for (int i = 0; own[i]; i++)
		if (str_ieq(d->name, str_of(own[i])))
			return d->place != PLACE_URL && str_eq(tx->method, STR("POST"));
	return false;
}

static bool is_signature(const struct demand *d)
{
	static const char *const words[] = {"signature", "hmac", NULL};
	bool name = holds_one(d->name, words) || str_ieq(d->name, STR("sig")) ||
		    str_ieq(d->name, STR("sign")) || str_ieq(d->name, STR("X-Sign"));
	size_t n = d->value.len;

	return name && ((is_hex(d->value) && (n == 32 || n == 40 || n == 64)) ||
			score_shape(d->value) >= 5);
}

static void find_identifier(struct correlation *c, struct want *want)
{
	const struct demand *d = &c->demands.items[want->demands.items[0]];
	struct arena *a = &c->flow->job->arena;
	struct str v = want->value;

	if (want->shape < 5 || v.len < 16 || d->in_path || is_signature(d) || d->is_part ||
	    want->constant || want->first_sent > want->first_seen)
		return;
	if (is_uuid(v)) {
		if (want->differs || is_made_id(c, d))
			make_variable(c, want, STR("uuid()"), "a UUID the browser made");
	} else if ((is_made_name(d->name) && !is_constant_name(d->name)) || want->differs) {
		if (is_hex(v))
			make_variable(c, want, arena_printf(a, "random_hex(%zu)", v.len),
				      "random digits the browser made");
		else if (is_alnum(v))
			make_variable(c, want, arena_printf(a, "random_text(%zu)", v.len),
				      "random text the browser made");
	}
}

static void warn_of_signature(struct correlation *c, struct demand *d)
{
	struct flow_step *step = &c->flow->steps.items[d->step];
	struct arena *a = &c->flow->job->arena;

	job_note(c->flow->job, "look at",
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
	for (size_t i = 0; i < c->demands.count; i++) {
		struct demand *d = &c->demands.items[i];

		if (d->bound || d->is_part)
			continue;
		if (is_signature(d))
			warn_of_signature(c, d);
		else if (!d->in_path)
			find_moment(c, d);
	}
	for (size_t i = 0; i < wants_count(c->wants); i++) {
		struct want *want = wants_at(c->wants, i);
		bool bound = !want->demands.count;

		for (size_t k = 0; k < want->demands.count; k++)
			bound = bound || c->demands.items[want->demands.items[k]].bound;
		if (!bound)
			find_identifier(c, want);
	}
}
