/* The way from a list of transactions to the document, and the account of it. */
#include "base/units.h"
#include "import/flow.h"
#include "import/import.h"

/* JSON bodies are read once; their tapes live as long as the flow. */
static void read_json(struct flow *flow)
{
	for (size_t i = 0; i < flow->steps.count; i++) {
		struct flow_step *step = &flow->steps.items[i];
		struct str raw = step->tx->request_body.raw, text = str_trim(raw);
		struct json_tape *tape;

		if (step->tx->part_count || !text.len || (text.ptr[0] != '{' && text.ptr[0] != '['))
			continue;
		tape = ARENA_NEW(&flow->job->arena, struct json_tape);
		json_init(tape);
		if (json_read(tape, raw))
			step->json = tape;
		else
			json_release(tape);
	}
}

static void forget_json(struct flow *flow)
{
	for (size_t i = 0; i < flow->steps.count; i++)
		if (flow->steps.items[i].json)
			json_release(flow->steps.items[i].json);
}

static bool kept_step(const struct flow *flow)
{
	for (size_t i = 0; i < flow->steps.count; i++)
		if (!flow->steps.items[i].disabled)
			return true;
	return false;
}

/* What the source names without a value is asked for. */
static void ask_for_variables(struct flow *flow)
{
	struct tx_list *list = &flow->job->list;

	for (size_t i = 0; i < list->variables.count; i++) {
		const struct tx_variable *v = &list->variables.items[i];
		struct flow_parameter p = {
		    .name = v->name, .description = v->description, .secret = v->secret};

		VEC_PUSH(&flow->job->arena, &flow->parameters, p);
	}
}

/* Only the target may be a variable: another host must be allowed by its name. */
static bool leave_out_unknown_hosts(struct flow *flow)
{
	struct tx_list *list = &flow->job->list;
	struct url url, target;
	bool any = false;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->fate != TX_KEPT || !url_split(tx->url, &url))
			continue;
		if (str_find(url.host, STR(TX_VARIABLE), 0) == (size_t)-1 ||
		    (url_split(flow->target, &target) && url_same_origin(&url, &target))) {
			any = true;
			continue;
		}
		tx_leave_out(tx, TX_REASON_UNREADABLE, STR("its host is a variable"));
		job_note(flow->job, "look at",
			 "line %u: left out, its host is a variable and not "
			 "the target's",
			 tx->line);
	}
	return any || job_error(flow->job, "there is no request in it");
}

/* Hops that were merged stand on their own again. */
static void take_apart(struct flow *flow)
{
	struct tx_list *list = &flow->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->fate == TX_MERGED && tx->into->hops_apart) {
			tx->fate = TX_KEPT;
			tx->into = NULL;
			tx->hops_apart = true;
		}
	}
}

/* Steps, correlations, secrets; once more where a redirect's hop turns out to be needed. */
static void make_steps(struct flow *flow)
{
	struct import_job *job = flow->job;
	struct flow fresh = *flow;
	size_t notes = job->notes.count;

	for (int round = 0;; round++) {
		flow_make_steps(flow);
		read_json(flow);
		if (!job_wish(job, "literal").ptr)
			flow_correlate(flow);
		if (!flow->again || round == 3)
			break;
		forget_json(flow);
		fresh.scratch = flow->scratch;
		*flow = fresh;
		job->notes.count = notes;
		take_apart(flow);
	}
	flow_take_secrets(flow);
	flow_remark(flow);
}

bool import_make(struct import_job *job)
{
	struct flow *flow = ARENA_NEW(&job->arena, struct flow);
	bool fine;

	flow->job = job;
	job->flow = flow;
	buf_init(&flow->scratch, 0);
	flow->name = job_name(job);
	flow->file_stem = flow->name;
	tx_sort(&job->list);
	ask_for_variables(flow);
	fine = flow_filter(flow) && leave_out_unknown_hosts(flow);
	if (fine) {
		make_steps(flow);
		fine = kept_step(flow) ||
		       job_error(
			   job, "nothing is left to import: what was sent is not in the recording");
		if (fine)
			job->document = flow_draft(flow);
		forget_json(flow);
	}
	buf_release(&flow->scratch);
	return fine;
}
