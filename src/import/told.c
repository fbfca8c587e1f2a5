/* What is said of correlations: where a variable is from, and what may vary too. */
#include "import/correlate.h"

static const char *where_words(const struct hit *hit)
{
	switch (hit->where) {
	case SUPPLY_INPUT:
		return hit->hidden ? "the hidden input" : "the input";
	case SUPPLY_HEADER:
		return "a header";
	case SUPPLY_COOKIE:
		return "the cookie";
	case SUPPLY_LOCATION:
		return "the redirect";
	case SUPPLY_META:
		return "the meta tag";
	case SUPPLY_LINK:
		return "a link";
	case SUPPLY_SCRIPT:
		return "a script";
	case SUPPLY_JSON:
	case SUPPLY_DATA:
	case SUPPLY_TEXT:
		break;
	}
	return "the text";
}

static struct str path_of(struct str url)
{
	size_t at = str_find(url, STR("://"), 0), mark = str_find_char(url, '?', 0);

	at = at == (size_t)-1 ? 0 : str_find_char(url, '/', at + 3);
	return at == (size_t)-1 ? STR("/") : str_slice(url, at, mark);
}

static struct str what_of(struct correlation *c, uint32_t in_step, uint32_t taking,
			  const struct hit *hit)
{
	const struct flow_step *step = &c->flow->steps.items[in_step];
	const struct taking *t = &step->takings.items[taking];
	bool path = str_eq(t->kind, STR("jsonpath"));

	return arena_printf(&c->flow->job->arena, "from %.*s of %.*s %.*s",
			    STR_ARG(path ? t->value : str_of(where_words(hit))),
			    STR_ARG(step->tx->method), STR_ARG(path_of(step->tx->url)));
}

void correlation_tell(struct correlation *c, struct str name, uint32_t step, uint32_t taking,
		      const struct hit *hit, size_t uses, int score, struct str why)
{
	struct arena *a = &c->flow->job->arena;
	struct flow_told told = {.name = name, .what = what_of(c, step, taking, hit), .why = why};

	for (size_t i = 0; i < c->flow->told.count; i++)
		if (str_eq(c->flow->told.items[i].name, name)) {
			c->flow->told.items[i].sure = STR("certain (issued anew on the way)");
			return;
		}
	told.used = uses == 1 ? STR("used once") : arena_printf(a, "used %zu times", uses);
	told.sure = score >= 7 ? STR("certain") : STR("likely");
	VEC_PUSH(a, &c->flow->told, told);
}

void correlation_suggest(struct correlation *c, const struct hit *hit, const struct demand *d)
{
	struct arena *a = &c->flow->job->arena;
	struct str line;

	line =
	    arena_printf(a, "%.*s %.*s sends \"%.*s\", which may come from %s%s%.*s%s of %.*s",
			 STR_ARG(c->flow->steps.items[d->step].tx->method),
			 STR_ARG(path_of(c->flow->steps.items[d->step].tx->url)),
			 STR_ARG(d->name.len ? d->name : STR("a value")), where_words(hit),
			 hit->name.len ? " \"" : "", STR_ARG(hit->name), hit->name.len ? "\"" : "",
			 STR_ARG(path_of(c->list->items.items[hit->order]->url)));
	for (size_t i = 0; i < c->flow->suggestions.count; i++)
		if (str_eq(c->flow->suggestions.items[i], line))
			return;
	if (c->flow->suggestions.count < 20)
		VEC_PUSH(a, &c->flow->suggestions, line);
}
