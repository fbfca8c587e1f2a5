#include "import/verification_private.h"

#include "import/import.h"

const struct conversion_step *verification_step_at(const struct import_job *job, size_t n)
{
	for (size_t i = 0; i < job->conversion->steps.count; i++)
		if (conversion_is_performed(&job->conversion->steps.items[i]) && n-- == 0)
			return &job->conversion->steps.items[i];
	return NULL;
}

size_t verification_step_count(const struct import_job *job)
{
	size_t count = 0;

	for (size_t i = 0; i < job->conversion->steps.count; i++)
		count += conversion_is_performed(&job->conversion->steps.items[i]);
	return count;
}

const struct import_response *verification_response(const struct import_performance *performance,
						    const struct transaction *tx)
{
	for (size_t i = 0; i < performance->response_count; i++)
		if (performance->responses[i].tx == tx)
			return &performance->responses[i];
	return NULL;
}

const struct transaction *verification_step(const struct import_job *job, size_t n)
{
	return verification_step_at(job, n)->tx;
}

bool verification_is_write(const struct transaction *tx)
{
	return tx->kind == TX_REQUEST && !str_eq(tx->method, STR("GET")) &&
	       !str_eq(tx->method, STR("HEAD")) && !str_eq(tx->method, STR("OPTIONS"));
}

size_t verification_write_count(const struct import_job *job)
{
	size_t count = 0;

	for (size_t n = 0; n < verification_step_count(job); n++)
		count += verification_is_write(verification_step(job, n));
	return count;
}

/* ---- repairs */

/* Restores the state after the importer: merged and reported entries are determined again. */
static void reset(struct import_job *job)
{
	for (size_t i = 0; i < job->list.items.count; i++) {
		struct transaction *tx = job->list.items.items[i];

		if (tx->disposition == TX_MERGED) {
			tx->disposition = TX_KEPT;
			tx->merged_into = NULL;
		}
	}
	verification_skip(job);
	job->notes.count = job->importer_note_count;
	job->extra_files.count = job->importer_file_count;
	job->document = NULL;
}

/* Values that are sent although the place that they came from has another one now. */
static void add_stale(struct import_job *job, struct verification *out)
{
	struct arena *a = &job->arena;

	for (size_t i = 0; i < job->conversion->stale.count; i++) {
		const struct stale_value *s = &job->conversion->stale.items[i];
		struct verification_difference d = {
		    .tx = s->tx, .performances = s->performances, .matters = true};

		d.what = s->name.len ? s->name : STR("a value");
		d.recorded = arena_printf(a, "\"%.*s\", as in the response to %.*s %.*s",
					  STR_ARG(str_slice(s->value, 0, 60)),
					  STR_ARG(s->source->method), STR_ARG(s->source->url));
		d.received = arena_printf(a, "sent again, although this response has \"%.*s\" now",
					  STR_ARG(str_slice(s->now, 0, 60)));
		VEC_PUSH(a, &out->differences, d);
		out->serious++;
	}
}

static bool has_new_repairs(const struct import_job *job)
{
	for (size_t i = 0; i < job->repairs.count; i++)
		if (job->repairs.items[i].state == IMPORT_REPAIR_NEW)
			return true;
	return false;
}

bool verification_repair(struct import_job *job, struct verification *out)
{
	verification_find_unique(job, out);
	verification_find_suspects(job, out);
	verification_find_once(job);
	reset(job);
	if (!import_convert(job))
		return false;
	add_stale(job, out);
	if (verification_find_unchanged(job, out)) {
		reset(job);
		if (!import_convert(job))
			return false;
	}
	return has_new_repairs(job);
}

static bool asks_for_password(const struct import_response *r)
{
	size_t at = str_find(r->headers, STR("\n"), 0);

	for (; r->status == 401 && at != NOT_FOUND; at = str_find(r->headers, STR("\n"), at + 1)) {
		struct str line = str_slice(r->headers, at + 1, r->headers.len);

		line = str_slice(line, 0, str_find_char(line, '\n', 0));
		if (str_ieq(str_slice(line, 0, 17), STR("WWW-Authenticate:")) &&
		    str_icontains(line, STR("Basic")))
			return true;
	}
	return false;
}

bool verification_mark_logins(struct import_job *job)
{
	bool any = false;

	for (size_t p = 0; p < job->performance_count; p++)
		for (size_t i = 0; i < job->performances[p].response_count; i++) {
			const struct import_response *r = &job->performances[p].responses[i];
			struct transaction *tx = NULL;

			for (size_t k = 0; k < job->list.items.count && !tx; k++)
				if (job->list.items.items[k] == r->tx)
					tx = job->list.items.items[k];
			if (!tx || !r->performed || tx->status >= 400 || !asks_for_password(r) ||
			    transaction_header(&tx->request_headers, STR("Authorization"), 0).len)
				continue;
			tx->asks_login = true;
			any = true;
		}
	return any;
}

bool verification_settle(struct import_job *job, bool proven)
{
	for (size_t i = 0; i < job->repairs.count; i++)
		if (job->repairs.items[i].state == IMPORT_REPAIR_NEW)
			job->repairs.items[i].state =
			    proven ? IMPORT_REPAIR_PROVEN : IMPORT_REPAIR_REFUTED;
	if (proven)
		return true;
	job->performances = NULL;
	job->performance_count = 0;
	reset(job);
	return import_convert(job);
}

void verification_put_repairs(const struct import_job *job, struct buf *out)
{
	for (size_t i = 0; i < job->repairs.count; i++)
		if (job->repairs.items[i].state == IMPORT_REPAIR_PROVEN)
			buf_printf(out, "  repaired   %.*s\n", STR_ARG(job->repairs.items[i].text));
}

const char *verification_parameter(const struct import_job *job, size_t n)
{
	for (size_t i = 0; job->conversion && i < job->conversion->parameters.count; i++) {
		const struct conversion_parameter *p = &job->conversion->parameters.items[i];

		/* The recording does not have the value of others. */
		if (p->value.len && n-- == 0)
			return arena_printf((struct arena *)&job->arena, "%.*s=%.*s",
					    STR_ARG(p->name), STR_ARG(p->value))
			    .ptr;
	}
	return NULL;
}
