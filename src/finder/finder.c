#include "finder/finder.h"

/* A boundary's own struct starts like every struct that a table fills. */
struct boundary_keys {
	struct keys keys;
	struct str left, right;
};

/* For css. */
struct css_keys {
	struct keys keys;
	struct str text;
};

void finder_init(struct finder *f, const struct kind_tables *tables, struct arena *out)
{
	*f = (struct finder){.tables = tables, .out = out};
	scratch_init(&f->scratch);
	arena_init(&f->arena, 0);
	arena_init(&f->errors, 0);
	buf_init(&f->text, 0);
	json_init(&f->tape);
}

void finder_release(struct finder *f)
{
	scratch_release(&f->scratch);
	arena_release(&f->arena);
	arena_release(&f->errors);
	buf_release(&f->text);
	json_release(&f->tape);
}

void finder_read(struct finder *f, const struct response *response)
{
	f->response = *response;
	f->is_json = json_read(&f->tape, response->body);
}

static const struct extract_kind *kind_of(const struct finder *f, struct str name)
{
	for (size_t i = 0; i < f->tables->extract_count; i++)
		if (str_eq(str_of(f->tables->extracts[i]->name), name))
			return f->tables->extracts[i];
	return NULL;
}

enum finder_outcome finder_search(struct finder *f, const struct response *response,
				  const struct extract *extract, const void *plan, size_t limit,
				  struct buf *why)
{
	const struct extract_kind *kind = extract->kind;
	struct matches matches = {.wanted = limit};
	struct str subject = extract_subject(kind, response);

	f->last = (struct matches){.count = 0};
	scratch_clear(&f->scratch);
	if (str_eq(extract->from.raw, STR("url")))
		subject = response->url;
	else if (str_eq(extract->from.raw, STR("headers")))
		subject = response->headers;
	if (kind->find(plan, response, subject, &f->scratch, &matches) == FIND_LIMIT)
		return FINDER_LIMIT;
	f->last = matches;
	if (!matches.count && why && kind->explain)
		kind->explain(plan, response, subject, why);
	return FINDER_DONE;
}

enum finder_outcome finder_apply(struct finder *f, const struct response *response,
				 const struct extract *extract, size_t limit,
				 struct diag_list *diags, struct buf *why)
{
	enum finder_outcome outcome = FINDER_WRONG;
	const void *plan;

	f->last = (struct matches){.count = 0};
	arena_reset(&f->arena);
	plan = extract->kind->prepare(&f->arena, diags, extract, false);
	if (plan)
		outcome = finder_search(f, response, extract, plan, limit, why);
	if (plan && extract->kind->release)
		extract->kind->release(plan);
	return outcome;
}

bool finder_run(struct finder *f, const struct response *response,
		const struct extractor_spec *spec, size_t limit)
{
	const struct extract_kind *kind = kind_of(f, spec->kind);
	struct boundary_keys texts = {.left = spec->left, .right = spec->right};
	struct css_keys attribute = {.text = spec->attribute};
	struct extract extract = {
	    .kind = kind, .value = {.raw = spec->value}, .from = {.raw = spec->from}};
	struct diag_list diags;

	f->last = (struct matches){.count = 0};
	if (!kind)
		return false;
	extract.parts = spec->left.len ? &texts : NULL;
	extract.data = spec->attribute.len ? &attribute : NULL;
	arena_reset(&f->errors);
	diag_init(&diags, &f->errors);
	return finder_apply(f, response, &extract, limit, &diags, NULL) == FINDER_DONE;
}

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

unsigned finder_match(struct finder *f, const struct response *response,
		      const struct extractor_spec *spec, struct str wanted)
{
	finder_run(f, response, spec, FINDER_NTH_MAX);
	for (size_t i = 0; i < f->last.count; i++)
		if (is_value(&f->last.items[i], wanted))
			return (unsigned)i + 1;
	return 0;
}

/* A text with ${ would be a template. */
static bool is_constant(const struct extractor_spec *spec)
{
	return str_find(spec->value, STR("${"), 0) == NOT_FOUND &&
	       str_find(spec->left, STR("${"), 0) == NOT_FOUND;
}

bool finder_try(struct finder *f, struct extractor_spec *spec, struct str wanted, bool first_only)
{
	unsigned nth;

	if (!is_constant(spec))
		return false;
	nth = finder_match(f, &f->response, spec, wanted);
	if (!nth || (first_only && nth > 1))
		return false;
	spec->nth = nth;
	return true;
}

bool finder_try_unique(struct finder *f, struct extractor_spec *spec, struct str wanted)
{
	spec->nth = finder_match(f, &f->response, spec, wanted);
	return spec->nth == 1 && f->last.count == 1 && is_constant(spec);
}
