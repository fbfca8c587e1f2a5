/* The steps from a list of transactions to the document and its report. */
#include "base/units.h"
#include "import/correlate/correlate.h"
#include "import/forms/forms.h"
#include "import/forms/lost_body.h"
#include "import/writer/scenario_writer.h"
#include "import/conversion.h"
#include "import/import.h"
#include "import/message_frame.h"

#define ROUNDS_MAX 4

/* The JSON of a body, which can have a prefix in a message. Empty: it has none. */
static struct str json_of(const struct transaction *tx, struct json_tape *tape)
{
	struct str raw = tx->request_body.raw, text = str_trim(raw);

	if (tx->kind == TX_SENT)
		return tx->binary ? STR("") : message_frame_read(raw, tape).json;
	if (tx->part_count || !text.len || (text.ptr[0] != '{' && text.ptr[0] != '['))
		return STR("");
	return json_read(tape, raw) ? raw : STR("");
}

/* JSON bodies are parsed once; their tapes live as long as the conversion. */
static void read_json(struct conversion *conversion)
{
	for (size_t i = 0; i < conversion->steps.count; i++) {
		struct conversion_step *step = &conversion->steps.items[i];
		struct json_tape *tape = ARENA_NEW(&conversion->job->arena, struct json_tape);

		json_init(tape);
		if (json_of(step->tx, tape).len)
			step->json = tape;
		else
			json_release(tape);
	}
}

static void release_json(struct conversion *conversion)
{
	for (size_t i = 0; i < conversion->steps.count; i++)
		if (conversion->steps.items[i].json)
			json_release(conversion->steps.items[i].json);
}

static bool has_kept_step(const struct conversion *conversion)
{
	for (size_t i = 0; i < conversion->steps.count; i++)
		if (!conversion->steps.items[i].disabled)
			return true;
	return false;
}

/* Values that the source names but does not contain become required parameters. */
static void add_source_parameters(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->variables.count; i++) {
		const struct tx_variable *v = &list->variables.items[i];
		struct conversion_parameter p = {
		    .name = v->name, .description = v->description, .secret = v->secret};

		VEC_PUSH(&conversion->job->arena, &conversion->parameters, p);
	}
}

/* Only the target can be a variable: another host must be allowed by its name. */
static bool skip_unknown_hosts(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;
	struct url url, target;
	bool any = false;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->disposition != TX_KEPT || !url_split(tx->url, &url))
			continue;
		if (str_find(url.host, STR(TX_VARIABLE), 0) == NOT_FOUND ||
		    (url_split(conversion->target, &target) && url_same_origin(&url, &target))) {
			any = true;
			continue;
		}
		transaction_skip(tx, SKIP_REASON_UNREADABLE, STR("its host is a variable"));
		job_note(conversion->job, "look at",
			 "line %u: skipped, its host is a variable and not "
			 "the target's",
			 tx->line);
	}
	return any || job_error(conversion->job, "there is no request in it");
}

/* Redirects that were merged become separate steps again. */
static void unmerge_redirects(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->disposition == TX_MERGED && tx->merged_into->redirects_apart) {
			tx->disposition = TX_KEPT;
			tx->merged_into = NULL;
			tx->redirects_apart = true;
		}
	}
}

/* Steps, correlations, secrets; repeated if a value of a redirect turns out to be needed. */
static void build_steps(struct conversion *conversion)
{
	struct import_job *job = conversion->job;
	struct conversion initial = *conversion;
	size_t notes = job->notes.count;

	for (int round = 0;; round++) {
		conversion_build_steps(conversion);
		lost_body_ask_files(conversion);
		read_json(conversion);
		if (!job_option(job, "literal").ptr) {
			forms_recognize(conversion);
			correlate_values(conversion);
		}
		if (conversion_drop_messages(conversion))
			conversion->needs_rerun = true;
		if (!conversion->needs_rerun || round == ROUNDS_MAX)
			break;
		release_json(conversion);
		initial.scratch = conversion->scratch;
		*conversion = initial;
		job->notes.count = notes;
		unmerge_redirects(conversion);
	}
	conversion_finish_messages(conversion);
	correlate_secrets(conversion);
	conversion_outcomes(conversion);
	conversion_warn(conversion);
}

bool import_convert(struct import_job *job)
{
	struct conversion *conversion = ARENA_NEW(&job->arena, struct conversion);
	bool ok;

	conversion->job = job;
	job->conversion = conversion;
	buf_init(&conversion->scratch, 0);
	conversion->name = job_name(job);
	conversion->file_stem = conversion->name;
	conversion_remove_messages(job);
	transaction_list_sort(&job->list);
	add_source_parameters(conversion);
	ok = conversion_filter(conversion) && skip_unknown_hosts(conversion);
	if (ok) {
		conversion_insert_messages(conversion);
		build_steps(conversion);
		ok = has_kept_step(conversion) ||
		     job_error(job, "nothing is left to import: the request bodies are missing in "
				    "the recording");
		if (ok)
			job->document = scenario_writer_document(conversion);
		release_json(conversion);
	}
	buf_release(&conversion->scratch);
	return ok;
}
