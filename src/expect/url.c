/* url: checks the URL of the last response, after redirects. */
#include "expect/error_words.h"
#include "expect/predicate.h"

struct url_expectation {
	struct predicate predicate;
};

static const struct field url_field = {
    .key = "url",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct url_expectation),
    .special = &predicate_special,
    .prose = "URL of the last response, after redirects. A value that starts with / is compared "
	     "with the path, and with the query if it has one; * is any text without /, in the "
	     "query without &. Other values are compared with the whole URL, or are predicates "
	     "such as contains and "
	     "matches.",
    .example = "/notes/*/edit",
};

/* A plain value that starts with `/` is a path; PREDICATE is then NULL. */
struct url_plan {
	const struct predicate_plan *predicate;
	struct expected path;
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct predicate *own = expect->data;
	struct url_plan *plan = ARENA_NEW(p->arena, struct url_plan);

	if (own->plain && !own->equals.tree && str_starts(own->equals.text.raw, STR("/"))) {
		p->needs |= NEEDS_BODY; /* the page in place of the expected one says why */
		return p->text(p, &own->equals.text, false, &plan->path) ? plan : NULL;
	}
	plan->predicate = predicate_prepare(p, own, false);
	return plan->predicate ? plan : NULL;
}

static void release(const void *data)
{
	const struct url_plan *plan = data;

	if (plan->predicate)
		predicate_release(plan->predicate);
}

/* The part of URL that is compared with PATTERN: its path, and its query if PATTERN has one. */
static struct str part_of(struct str url, struct str pattern)
{
	size_t host = str_find(url, STR("://"), 0);
	size_t from = host == NOT_FOUND ? 0 : str_find_char(url, '/', host + 3);
	struct str rest = from == NOT_FOUND ? STR("/") : str_slice(url, from, url.len);
	size_t query = str_find_char(rest, '?', 0);

	if (query == NOT_FOUND || str_find_char(pattern, '?', 0) != NOT_FOUND)
		return rest;
	return str_slice(rest, 0, query);
}

/* Whether TEXT matches PATTERN, in which `*` is any text without SEPARATOR. As no `*` reaches
 * beyond a separator, only the last one has to be tried again. */
static bool part_matches(struct str text, struct str pattern, char separator)
{
	size_t t = 0, p = 0, star = NOT_FOUND, tried = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			tried = t;
		} else if (p < pattern.len && pattern.ptr[p] == text.ptr[t]) {
			p++;
			t++;
		} else if (star != NOT_FOUND && text.ptr[tried] != separator) {
			p = star + 1;
			t = ++tried;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

static bool path_matches(struct str text, struct str pattern)
{
	size_t mark = str_find_char(text, '?', 0), query = str_find_char(pattern, '?', 0);

	if ((mark == NOT_FOUND) != (query == NOT_FOUND))
		return false;
	return part_matches(str_slice(text, 0, mark), str_slice(pattern, 0, query), '/') &&
	       (mark == NOT_FOUND || part_matches(str_slice(text, mark, text.len),
						  str_slice(pattern, query, pattern.len), '&'));
}

static enum expect_outcome check(const void *data, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct url_plan *plan = data;
	struct value url = value_text(response->url);
	struct str path;

	if (plan->predicate)
		return predicate_check(plan->predicate,
				       (struct found_values){.items = &url, .count = 1}, rendered,
				       scratch);
	path = value_text_of(expect_resolve(&plan->path, rendered), scratch);
	return path_matches(part_of(response->url, path), path) ? EXPECT_PASSED : EXPECT_FAILED;
}

static void explain(const void *data, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	const struct url_plan *plan = data;
	struct value url = value_text(response->url);

	if (plan->predicate) {
		buf_add(out, STR("expected the URL "));
		predicate_put(plan->predicate, rendered, NULL, out);
	} else {
		buf_add(out, STR("expected the path "));
		value_put(out, expect_resolve(&plan->path, rendered));
	}
	buf_add(out, STR(", got "));
	predicate_put_values((struct found_values){.items = &url, .count = 1}, out);
	error_words_put(response->body, out);
}

const struct expect_kind url_expect = {
    .name = "url",
    .sentence = "URL of the last response, after redirects.",
    .field = &url_field,
    .bytes = sizeof(struct url_expectation),
    .prepare = prepare,
    .release = release,
    .check = check,
    .explain = explain,
};
