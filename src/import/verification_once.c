/* Requests that a script sends only in the first visit: the page has their value only once, so the
 * extractor finds nothing later. They are skipped, and with them the extractor. */
#include "base/ascii.h"
#include "import/verification_private.h"

/* The variable in "no match for 'nonce' (boundary): …"; ptr NULL if the message is another one. */
static struct str missing_variable(struct str failure)
{
	struct str start = STR("no match for '");
	size_t end;

	if (!str_starts(failure, start))
		return STR_NULL;
	end = str_find_char(failure, '\'', start.len);
	return end == NOT_FOUND ? STR_NULL : str_slice(failure, start.len, end);
}

static bool uses(const struct conversion_step *step, struct str variable)
{
	for (size_t i = 0; i < step->bindings.count; i++) {
		struct str expression = step->bindings.items[i].expression;

		if (str_starts(expression, variable) &&
		    (expression.len == variable.len ||
		     !ascii_is_name(expression.ptr[variable.len])))
			return true;
	}
	return false;
}

static bool is_script(const struct transaction *tx)
{
	struct str mode = transaction_header(&tx->request_headers, STR("Sec-Fetch-Mode"), 0);

	if (transaction_header(&tx->request_headers, STR("X-Requested-With"), 0).len)
		return true;
	if (tx->resource_type.len)
		return str_ieq(tx->resource_type, STR("xhr")) ||
		       str_ieq(tx->resource_type, STR("fetch"));
	return mode.len && !str_ieq(mode, STR("navigate"));
}

static bool is_known(const struct import_job *job, const struct transaction *tx)
{
	for (size_t i = 0; i < job->repairs.count; i++)
		if (job->repairs.items[i].skipped == tx)
			return true;
	return false;
}

/* Skips the requests that use VARIABLE, if scripts sent all of them and none is a write. */
static void skip_users(struct import_job *job, struct str variable)
{
	struct arena *a = &job->arena;
	size_t steps = verification_step_count(job);

	for (size_t n = 0; n < steps; n++) {
		const struct conversion_step *step = verification_step_at(job, n);

		if (uses(step, variable) &&
		    (!is_script(step->tx) || verification_is_write(step->tx)))
			return;
	}
	for (size_t n = 0; n < steps; n++) {
		const struct conversion_step *step = verification_step_at(job, n);
		struct import_repair repair = {.skipped = step->tx};

		if (!uses(step, variable) || is_known(job, step->tx))
			continue;
		repair.text = arena_printf(
		    a, "%.*s %.*s is skipped: only in the first visit the page has its %.*s",
		    STR_ARG(step->tx->method),
		    STR_ARG(str_slice(step->tx->url, 0, str_find_char(step->tx->url, '?', 0))),
		    STR_ARG(variable));
		VEC_PUSH(a, &job->repairs, repair);
	}
}

void verification_find_once(struct import_job *job)
{
	for (size_t p = 0; p < job->performance_count; p++) {
		const struct import_performance *performance = &job->performances[p];

		for (size_t n = 0; n < performance->response_count; n++) {
			const struct import_response *r = &performance->responses[n];
			struct str variable = missing_variable(r->failure);

			if (r->performed && r->failed && r->status / 100 == 2 && variable.len)
				skip_users(job, variable);
		}
	}
}

void verification_skip(struct import_job *job)
{
	for (size_t i = 0; i < job->list.items.count; i++) {
		struct transaction *tx = job->list.items.items[i];

		if (tx->disposition == TX_SKIPPED && tx->reason == SKIP_REASON_ONCE)
			tx->disposition = TX_KEPT;
		for (size_t k = 0; k < job->repairs.count; k++)
			if (job->repairs.items[k].skipped == tx &&
			    job->repairs.items[k].state != IMPORT_REPAIR_REFUTED)
				transaction_skip(tx, SKIP_REASON_ONCE, STR_NULL);
	}
}
