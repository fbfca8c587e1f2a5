#include "run/response_secrets.h"

#include "run/live_secrets.h"
#include "run/request.h"

void response_secrets_begin(struct worker *w)
{
	w->secrets->searched = false;
	buf_clear(&w->secrets->withheld);
}

/* The extractor before E, of the same request, of the variable that E reads; or NULL. */
static const struct extract_plan *source_of(const struct worker *w, const struct fiber *f,
					    const struct extract_plan *e)
{
	const struct instr *in = &w->program->code[f->request_end_pc];

	while (e->from_slot != SLOT_NONE && (in[-1].op == OP_EXTRACT || in[-1].op == OP_EXPECT)) {
		in--;
		if (in->op == OP_EXTRACT && w->program->extracts[in->a].slot == e->from_slot &&
		    &w->program->extracts[in->a] < e)
			return &w->program->extracts[in->a];
	}
	return NULL;
}

/* Finds all values of E in SUBJECT, not only the one that its `match` asks for. */
static bool find(struct worker *w, struct fiber *f, const struct extract_plan *e,
		 struct str subject)
{
	struct matches matches = {.wanted = 0};

	if (!request_find_values(w, f, (uint32_t)(e - w->program->extracts), subject, &matches))
		return false;
	for (size_t i = 0; i < matches.count; i++)
		live_secrets_add(f, e->source->variable, matches.items[i]);
	return matches.count > 0;
}

/* Performs E; in the variable that it reads, if that is not extracted yet, in all values of it. */
static bool perform(struct worker *w, struct fiber *f, const struct extract_plan *e)
{
	const struct extract_plan *from = source_of(w, f, e);
	struct matches sources = {.wanted = 0};
	bool found = false;

	if (!from)
		return find(w, f, e, request_extract_subject(w, f, e));
	if (from->kind->find(from->plan, &w->response, request_extract_subject(w, f, from),
			     &w->scratch, &sources) == FIND_LIMIT)
		return false;
	for (size_t i = 0; i < sources.count; i++)
		found |= find(w, f, e, value_text_of(sources.items[i], &w->scratch));
	return found;
}

void response_secrets_find(struct worker *w, struct fiber *f)
{
	const struct instr *in = &w->program->code[f->request_end_pc];
	struct live_secrets *s = w->secrets;

	if (s->searched)
		return;
	s->searched = true;
	while (in[-1].op == OP_EXTRACT || in[-1].op == OP_EXPECT) {
		const struct extract_plan *e = &w->program->extracts[(--in)->a];

		if (in->op != OP_EXTRACT || !e->source->secret || perform(w, f, e) ||
		    s->withheld.len)
			continue;
		buf_printf(&s->withheld, "the secret '%.*s' (%s) was not found in it",
			   STR_ARG(e->source->variable), e->kind->name);
	}
}

void response_secrets_find_in(struct worker *w, struct fiber *f, const struct exchange *x)
{
	struct response response = w->response;

	w->response =
	    (struct response){.status = x->status,
			      .headers = buf_str(&x->headers),
			      .body = buf_str(&x->response),
			      .url = x->redirect_to.len ? x->redirect_to : str_of(x->last_url)};
	response_secrets_find(w, f);
	w->response = response;
}

struct str response_secrets_withheld(const struct worker *w)
{
	return buf_str(&w->secrets->withheld);
}

void response_secrets_put_withheld(const struct worker *w, struct buf *out)
{
	buf_printf(out, "withheld: %.*s", STR_ARG(response_secrets_withheld(w)));
}
