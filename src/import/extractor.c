/* Extractors for hits: written in order of robustness, each tried on the recorded answer. */
#include <ctype.h>
#include <stdlib.h>

#include "base/log.h"
#include "import/correlate.h"
#include "import/verify.h"
#include "kind/extract.h"
#include "scenario/tables.h"

#define LEFT_SHORTEST 8u
#define LEFT_LONGEST  60u
#define NTH_MOST      20u

struct extractor_rig {
	struct scratch scratch;
	struct arena arena;
	struct buf body, headers;
};

struct extractor_rig *extractor_rig_new(void)
{
	struct extractor_rig *rig = calloc(1, sizeof *rig);

	if (!rig)
		die_out_of_memory();
	scratch_init(&rig->scratch);
	arena_init(&rig->arena, 0);
	buf_init(&rig->body, 0);
	buf_init(&rig->headers, 0);
	return rig;
}

void extractor_rig_free(struct extractor_rig *rig)
{
	scratch_release(&rig->scratch);
	arena_release(&rig->arena);
	buf_release(&rig->body);
	buf_release(&rig->headers);
	free(rig);
}

/* ---- trying */

static const struct extract_kind *kind_of(const struct correlation *c, struct str name)
{
	const struct tables *tables = c->flow->job->tables;

	for (size_t i = 0; i < tables->extract_count; i++)
		if (str_eq(str_of(tables->extracts[i]->name), name))
			return tables->extracts[i];
	return NULL;
}

/* The boundary's own struct begins like every struct a table fills. */
struct two_texts {
	struct given given;
	struct str left, right;
};

/* As css has it. */
struct one_text {
	struct given given;
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

/* Which match is the value, from 1; 0: none. *FOUND: how many there are. */
static unsigned match_of(struct correlation *c, const struct answer *answer,
			 const struct taking *taking, struct str wanted, size_t *found)
{
	struct extractor_rig *rig = c->rig;
	const struct extract_kind *kind = kind_of(c, taking->kind);
	struct two_texts texts = {.left = taking->left, .right = taking->right};
	struct one_text attribute = {.text = taking->attribute};
	struct extract extract = {.kind = kind, .value = {.raw = taking->value}};
	struct finds finds = {.wanted = NTH_MOST};
	struct diag_list diags;
	unsigned nth = 0;

	*found = 0;
	if (!kind)
		return 0;
	extract.parts = taking->left.len ? &texts : NULL;
	extract.data = taking->attribute.len ? &attribute : NULL;
	scratch_clear(&rig->scratch);
	arena_reset(&rig->arena);
	diag_init(&diags, &rig->arena);
	const void *plan = kind->prepare(&rig->arena, &diags, &extract, false);
	if (!plan)
		return 0;
	struct str subject = extract_subject(kind, answer);

	if (str_eq(taking->from, STR("url")))
		subject = answer->url;
	else if (str_eq(taking->from, STR("headers")))
		subject = answer->headers;
	if (kind->find(plan, answer, subject, &rig->scratch, &finds) == FIND_OK)
		for (size_t i = 0; i < finds.count && !nth; i++)
			if (is_value(&finds.items[i], wanted))
				nth = (unsigned)i + 1;
	*found = finds.count;
	if (kind->release)
		kind->release(plan);
	return nth;
}

static bool try(struct correlation *c, const struct answer *answer, struct taking *taking,
		struct str wanted, bool first_only)
{
	unsigned nth;
	size_t found;

	if (str_find(taking->value, STR("${"), 0) != (size_t)-1 ||
	    str_find(taking->left, STR("${"), 0) != (size_t)-1)
		return false;
	nth = match_of(c, answer, taking, wanted, &found);
	if (!nth || (first_only && nth > 1))
		return false;
	taking->nth = nth;
	return true;
}

/* The value, and nothing else besides it. */
static bool try_alone(struct correlation *c, const struct answer *answer, struct taking *taking,
		      struct str wanted)
{
	size_t found;

	taking->nth = match_of(c, answer, taking, wanted, &found);
	return taking->nth == 1 && found == 1 &&
	       str_find(taking->value, STR("${"), 0) == (size_t)-1;
}

/* ---- writing */

static bool is_identifier(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.ptr[i]) && s.ptr[i] != '_')
			return false;
	return s.len && !isdigit((unsigned char)s.ptr[0]);
}

/* $['items'][0]['id'] as $.items[0].id where the names allow it. */
static struct str pretty_path(struct correlation *c, struct str path)
{
	struct buf *out = &c->text;

	buf_clear(out);
	for (size_t at = 0; at < path.len;) {
		size_t end = str_find(path, STR("']"), at);

		if (!str_starts(str_slice(path, at, path.len), STR("['")) || end == (size_t)-1 ||
		    !is_identifier(str_slice(path, at + 2, end))) {
			buf_add_char(out, path.ptr[at++]);
			continue;
		}
		buf_printf(out, ".%.*s", STR_ARG(str_slice(path, at + 2, end)));
		at = end + 2;
	}
	return arena_str(&c->flow->job->arena, buf_str(out));
}

static bool is_plain_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.ptr[i]) && !strchr("_-:.", s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool has_digit_run(struct str s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = isdigit((unsigned char)s.ptr[i]) ? run + 1 : 0;
		if (run >= 4)
			return true;
	}
	return false;
}

/* Text in front of AT that occurs nowhere before: it grows until it does not. */
static bool grow_left(struct str text, size_t at, struct str *left)
{
	for (size_t n = LEFT_SHORTEST; n <= LEFT_LONGEST && n <= at; n++) {
		struct str candidate = str_slice(text, at - n, at);

		if (memchr(candidate.ptr, '\n', n) || memchr(candidate.ptr, '\r', n) ||
		    has_digit_run(candidate) || !str_is_utf8(candidate, NULL))
			break;
		*left = candidate;
		/* From a word's start it reads better. */
		if (str_find(text, candidate, 0) == at - n &&
		    (n == at || !isalnum((unsigned char)text.ptr[at - n - 1]) || n >= 24))
			return true;
	}
	return left->len > 0;
}

static bool try_boundary(struct correlation *c, const struct answer *answer, const struct hit *hit,
			 struct taking *taking)
{
	struct str body = answer->body, left = STR_NULL;
	size_t at = hit->at, end;

	if (at == SIZE_MAX || !str_eq(str_slice(body, at, at + hit->value.len), hit->value))
		at = str_find(body, hit->value, 0);
	if (at == (size_t)-1 || !grow_left(body, at, &left))
		return false;
	end = at + hit->value.len;
	if (end >= body.len || !str_utf8_step(body, end))
		return false;
	*taking = (struct taking){.kind = STR("boundary")};
	taking->left = arena_str(&c->flow->job->arena, left);
	/* The value may have the mark that follows it: then more of what follows. */
	for (size_t to = end, step; to < body.len && to - end < 16; to += step) {
		step = str_utf8_step(body, to);
		if (!step || body.ptr[to] == '\n')
			return false;
		if (str_find(hit->value, str_slice(body, end, to + step), 0) != (size_t)-1)
			continue;
		taking->right = arena_str(&c->flow->job->arena, str_slice(body, end, to + step));
		return try(c, answer, taking, hit->value, false);
	}
	return false;
}

static void add_quoted(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("\\^$.|?*+()[]{}/-", s.ptr[i]) && s.ptr[i] != '/' && s.ptr[i] != '-')
			buf_add_char(out, '\\');
		buf_add_char(out, s.ptr[i]);
	}
}

/* In the URL the visit ended at, or in the Location it was sent to: behind its name. */
static bool try_url(struct correlation *c, const struct answer *answer, const struct hit *hit,
		    const char *from, struct taking *taking)
{
	struct str url = strcmp(from, "url") == 0 ? answer->url : answer->headers;
	size_t at = str_find(url, hit->value, 0), begin;

	while (at != (size_t)-1 && at > 0 && !strchr("/=", url.ptr[at - 1]))
		at = str_find(url, hit->value, at + 1);
	if (at == (size_t)-1 || !at || at < 2)
		return false;
	for (begin = at - 1; begin > 0 && !strchr("/?&#\n ", url.ptr[begin - 1]); begin--)
		;
	if (begin > 0 && strchr("/?&#", url.ptr[begin - 1]))
		begin--;
	buf_clear(&c->text);
	if (strcmp(from, "headers") == 0)
		buf_add(&c->text, STR("(?im)^Location:.*"));
	if (begin < at && url.ptr[begin] != '?' && url.ptr[begin] != '&')
		add_quoted(&c->text, str_slice(url, begin, at));
	else
		buf_printf(&c->text, "[?&]"), add_quoted(&c->text, str_slice(url, begin + 1, at));
	buf_add(&c->text, STR("([^/?&#;\\s]+)"));
	*taking = (struct taking){.kind = STR("regex"), .from = str_of(from)};
	taking->value = arena_str(&c->flow->job->arena, buf_str(&c->text));
	return try(c, answer, taking, hit->value, true);
}

/* A piece of a header's value: what stands in front of it there. */
static bool try_in_headers(struct correlation *c, const struct answer *answer,
			   const struct hit *hit, struct taking *taking)
{
	struct str all = answer->headers;
	size_t at = str_find(all, hit->value, 0), line, from;

	if (at == (size_t)-1)
		return false;
	for (line = at; line > 0 && all.ptr[line - 1] != '\n'; line--)
		;
	for (from = at; from > line && isalnum((unsigned char)all.ptr[from - 1]) == 0; from--)
		;
	while (from > line && (isalnum((unsigned char)all.ptr[from - 1]) ||
			       all.ptr[from - 1] == '_' || all.ptr[from - 1] == '-'))
		from--;
	buf_clear(&c->text);
	buf_add(&c->text, STR("(?i)"));
	add_quoted(&c->text, str_slice(all, from, at));
	buf_add(&c->text, STR("([^\\s\"';,&:|<>]+)"));
	*taking = (struct taking){.kind = STR("regex"), .from = STR("headers")};
	taking->value = arena_str(&c->flow->job->arena, buf_str(&c->text));
	return try(c, answer, taking, hit->value, true);
}

static bool try_meta(struct correlation *c, const struct answer *answer, const struct hit *hit,
		     struct taking *taking)
{
	static const char *const keys[] = {"name", "property", NULL};

	if (str_find_char(hit->name, '"', 0) != (size_t)-1 || !is_plain_name(hit->name))
		return false;
	for (int i = 0; keys[i]; i++) {
		*taking = (struct taking){.kind = STR("css"), .attribute = STR("content")};
		taking->value = arena_printf(&c->flow->job->arena, "meta[%s=\"%.*s\"]", keys[i],
					     STR_ARG(hit->name));
		if (try(c, answer, taking, hit->value, false))
			return true;
	}
	return false;
}

/* Asked for by the visit itself, so that it says which of a list is meant. */
static bool is_asked_for(struct correlation *c, struct str text)
{
	const struct want *want =
	    text.len > 1 && text.len <= 64 ? wants_find(c->wants, text) : NULL;

	return want && want->first_sent <= want->first_seen && score_shape(text) > -4 &&
	       str_find_char(text, '\'', 0) == (size_t)-1 &&
	       str_find_char(text, '\\', 0) == (size_t)-1;
}

/* $.items[1].id as $.items[?(@.name == 'Cup')].id, where Cup was asked for and is there once. */
static bool try_sibling(struct correlation *c, const struct answer *answer, const struct hit *hit,
			struct taking *taking)
{
	struct arena *a = &c->flow->job->arena;
	struct buf path, text;
	bool done = false;
	size_t open = hit->path.len, close;

	while (open > 0 && !(hit->path.ptr[open - 1] == '[' && open < hit->path.len &&
			     isdigit((unsigned char)hit->path.ptr[open])))
		open--;
	close = open ? str_find_char(hit->path, ']', open) : (size_t)-1;
	if (close == (size_t)-1 || !json_read(&c->tape, answer->body))
		return false;
	buf_init(&path, 0);
	buf_init(&text, 0);
	for (uint32_t i = 0; i + 1 < c->tape.count && !done; i++) {
		const struct json_item *item = &c->tape.items[i];
		struct str full, list = str_slice(hit->path, 0, open - 1), value;

		if (json_type(item) != JSON_KEY || json_type(&c->tape.items[i + 1]) != JSON_STRING)
			continue;
		buf_clear(&text);
		value = json_text(&c->tape, &c->tape.items[i + 1], &text);
		if (!is_asked_for(c, value))
			continue;
		buf_clear(&path);
		jsonpath_normalized(&c->tape, i + 1, &path);
		full = buf_str(&path);
		if (!str_starts(full, str_slice(hit->path, 0, close + 1)) ||
		    !str_starts(str_slice(full, close + 1, full.len), STR("['")) ||
		    str_find_char(full, '[', close + 2) != (size_t)-1 ||
		    !is_identifier(str_slice(full, close + 3, full.len - 2)))
			continue;
		*taking = (struct taking){.kind = STR("jsonpath")};
		taking->value = arena_printf(
		    a, "%.*s[?(@.%.*s == '%.*s')]%.*s", STR_ARG(pretty_path(c, list)),
		    STR_ARG(str_slice(full, close + 3, full.len - 2)), STR_ARG(value),
		    STR_ARG(pretty_path(c, str_slice(hit->path, close + 1, hit->path.len))));
		done = try_alone(c, answer, taking, hit->value);
	}
	buf_release(&path);
	buf_release(&text);
	return done;
}

static bool try_own(struct correlation *c, const struct answer *answer, const struct hit *hit,
		    struct taking *taking)
{
	*taking = (struct taking){.value = hit->name};
	switch (hit->where) {
	case SUPPLY_JSON:
		if (try_sibling(c, answer, hit, taking))
			return true;
		*taking = (struct taking){.value = hit->name};
		taking->kind = STR("jsonpath");
		taking->value = pretty_path(c, hit->path);
		break;
	case SUPPLY_INPUT:
		taking->kind = STR("form_field");
		break;
	case SUPPLY_HEADER:
		taking->kind = STR("header");
		break;
	case SUPPLY_COOKIE:
		taking->kind = STR("cookie");
		break;
	case SUPPLY_LOCATION:
		return try_url(c, answer, hit, "url", taking) ||
		       try_url(c, answer, hit, "headers", taking);
	case SUPPLY_META:
		return try_meta(c, answer, hit, taking);
	case SUPPLY_LINK:
	case SUPPLY_DATA:
	case SUPPLY_SCRIPT:
		return false;
	case SUPPLY_TEXT:
		if (!str_eq(str_trim(answer->body), hit->value))
			return false;
		taking->kind = STR("regex");
		taking->value = STR("^\\s*(\\S+)\\s*$");
		break;
	}
	return try(c, answer, taking, hit->value, false);
}

bool extractor_write(struct correlation *c, const struct flow_step *step, const struct hit *hit,
		     struct taking *taking)
{
	struct extractor_rig *rig = c->rig;
	const struct transaction *tx = step->answer;
	struct answer answer = {.status = tx->status, .url = tx->url};
	struct str body;

	buf_clear(&rig->body);
	buf_clear(&rig->headers);
	tx_put_headers(&tx->headers, &rig->headers);
	answer.headers = buf_str(&rig->headers);
	body = tx_body_bytes(&tx->body, &rig->body);
	answer.body = body.ptr ? body : STR("");
	return try_own(c, &answer, hit, taking) || try_boundary(c, &answer, hit, taking) ||
	       try_url(c, &answer, hit, "url", taking) || try_in_headers(c, &answer, hit, taking);
}

bool extractor_differs(struct correlation *c, uint32_t step, const struct taking *taking,
		       struct str value)
{
	const struct import_job *job = c->flow->job;
	size_t n = 0, found;

	for (uint32_t i = 0; i < step; i++)
		n += !c->flow->steps.items[i].disabled;
	if (n >= job->replayed_count || !job->replayed[n].status)
		return false;
	const struct import_answer *got = &job->replayed[n];
	struct answer answer = {
	    .status = got->status, .headers = got->headers, .body = got->body, .url = got->url};

	return !match_of(c, &answer, taking, value, &found) && found >= taking->nth;
}
