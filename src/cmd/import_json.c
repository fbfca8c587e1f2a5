#include "cmd/import_json.h"

#include <string.h>

#include "base/log.h"
#include "base/out_file.h"
#include "base/units.h"
#include "base/url.h"
#include "cmd/import_json_private.h"

/* ---- texts */

void import_json_init(struct import_report_json *r, const struct import_job *job, const char *path,
		      struct buf *out)
{
	*r = (struct import_report_json){.job = job, .j = json_writer_spaced(out)};
	secret_set_init(&r->secrets);
	for (size_t i = 0; job->conversion && i < job->conversion->parameters.count; i++) {
		const struct conversion_parameter *p = &job->conversion->parameters.items[i];

		if (p->secret && p->value.len >= SECRET_FORMS_MIN)
			secret_set_add(&r->secrets, p->name, p->value);
	}
	secret_set_prepare(&r->secrets);
	import_scenario_read(&r->scenario, job, path);
}

void import_json_release(struct import_report_json *r)
{
	import_scenario_release(&r->scenario);
	secret_set_release(&r->secrets);
}

void import_json_put_text(struct import_report_json *r, const char *key, struct str text)
{
	struct buf masked;

	if (!text.ptr) {
		json_writer_null(&r->j, key);
		return;
	}
	buf_init(&masked, 0);
	buf_add(&masked, text);
	secret_mask_once(&r->secrets, &masked);
	json_writer_text(&r->j, key, buf_str(&masked));
	buf_release(&masked);
}

/* The query can have secrets. */
struct str import_json_url(struct str url)
{
	return str_slice(url, 0, str_find_char(url, '?', 0));
}

void import_json_open_list(struct import_report_json *r, const char *key)
{
	json_writer_line(&r->j, "\n  ");
	json_writer_open_array(&r->j, key);
}

void import_json_open_item(struct import_report_json *r)
{
	json_writer_line(&r->j, "\n    ");
	json_writer_open(&r->j, NULL);
}

void import_json_close_list(struct import_report_json *r)
{
	json_writer_line(&r->j, "\n  ");
	json_writer_close_array(&r->j);
}

/* ---- steps and requests */

static const struct step_label *label_of(const struct import_report_json *r,
					 const struct transaction *tx)
{
	const struct conversion *conversion = r->job->conversion;

	for (size_t i = 0; conversion && i < conversion->steps.count; i++)
		if (conversion->steps.items[i].tx == tx)
			return r->scenario.steps[i];
	return NULL;
}

static struct str path_of(const struct step_label *label)
{
	return label ? label->path : STR_NULL;
}

static void put_recorded_numbers(struct import_report_json *r, const struct transaction *tx)
{
	json_writer_open_array(&r->j, "requests");
	for (size_t i = 0; i < r->job->list.items.count; i++) {
		const struct transaction *other = r->job->list.items.items[i];

		if (other == tx || (other->disposition == TX_MERGED && other->merged_into == tx))
			json_writer_uint(&r->j, NULL, other->number);
	}
	json_writer_close_array(&r->j);
}

static void put_steps(struct import_report_json *r)
{
	const struct conversion *conversion = r->job->conversion;
	const struct program *p = r->scenario.is_read ? r->scenario.l.program : NULL;

	import_json_open_list(r, "steps");
	for (size_t i = 0; conversion && i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];

		if (!step->disabled && !conversion_is_performed(step))
			continue;
		import_json_open_item(r);
		import_json_put_text(r, "path", path_of(r->scenario.steps[i]));
		import_json_put_text(r, "name",
				     r->scenario.steps[i] ? r->scenario.steps[i]->name : STR_NULL);
		import_json_put_text(r, "method", step->tx->method);
		import_json_put_text(r, "url", import_json_url(step->tx->url));
		json_writer_bool(&r->j, "disabled", step->disabled);
		put_recorded_numbers(r, step->tx);
		json_writer_close(&r->j);
	}
	for (uint32_t i = 0; !conversion && p && i < p->request_count; i++) {
		import_json_open_item(r);
		import_json_put_text(r, "path", path_of(r->scenario.labels[i]));
		import_json_put_text(r, "name", p->requests[i].name);
		import_json_put_text(r, "method", p->requests[i].method);
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
}

static void put_requests(struct import_report_json *r)
{
	import_json_open_list(r, "requests");
	for (size_t i = 0; i < r->job->list.items.count; i++) {
		const struct transaction *tx = r->job->list.items.items[i];
		bool skipped = tx->disposition == TX_SKIPPED;

		if (tx->kind > TX_SOCKET)
			continue;
		import_json_open_item(r);
		json_writer_uint(&r->j, "n", tx->number);
		import_json_put_text(r, "method", tx->method);
		import_json_put_text(r, "url", import_json_url(tx->url));
		json_writer_bool(&r->j, "kept", !skipped);
		import_json_put_text(
		    r, "reason", skipped ? str_of(transaction_skip_text(tx->reason, 1)) : STR_NULL);
		import_json_put_text(r, "detail", tx->detail.len ? tx->detail : STR_NULL);
		if (tx->disposition == TX_MERGED)
			json_writer_uint(&r->j, "merged_into", tx->merged_into->number);
		else
			json_writer_null(&r->j, "merged_into");
		import_json_put_text(r, "path", path_of(label_of(r, tx)));
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
}

static struct str host_of(const struct transaction *tx)
{
	struct url url;

	return url_split(tx->url, &url) ? url.host : STR("");
}

/* Each host once, at its first request. */
static void put_hosts(struct import_report_json *r)
{
	const struct tx_list *list = &r->job->list;

	import_json_open_list(r, "hosts");
	for (size_t i = 0; i < list->items.count; i++) {
		struct str host = host_of(list->items.items[i]);
		const struct transaction *skipped = NULL;
		size_t requests = 0, kept = 0;
		bool again = list->items.items[i]->kind > TX_SOCKET;

		for (size_t k = 0; k < list->items.count; k++) {
			const struct transaction *tx = list->items.items[k];

			if (tx->kind > TX_SOCKET || !str_eq(host_of(tx), host))
				continue;
			again |= k < i;
			requests++;
			kept += tx->disposition != TX_SKIPPED;
			if (tx->disposition == TX_SKIPPED && !skipped)
				skipped = tx;
		}
		if (again)
			continue;
		import_json_open_item(r);
		import_json_put_text(r, "host", host);
		json_writer_bool(&r->j, "kept", kept > 0);
		json_writer_uint(&r->j, "requests", requests);
		json_writer_uint(&r->j, "skipped", requests - kept);
		import_json_put_text(r, "reason",
				     skipped ? str_of(transaction_skip_text(skipped->reason, 1))
					     : STR_NULL);
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
}

/* ---- the document */

static void put_notes(struct import_report_json *r, const char *key, bool warnings)
{
	import_json_open_list(r, key);
	for (size_t i = 0; i < r->job->notes.count; i++) {
		const struct import_note *note = &r->job->notes.items[i];

		if (str_eq(note->heading, STR("look at")) != warnings)
			continue;
		import_json_open_item(r);
		if (!warnings)
			import_json_put_text(r, "heading", note->heading);
		import_json_put_text(r, "message", note->text);
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
}

static void put_pauses(struct import_report_json *r)
{
	import_json_open_list(r, "pauses");
	for (size_t i = 0; i < r->scenario.scalars.count; i++) {
		const struct import_scalar *scalar = &r->scenario.scalars.items[i];
		ns_t length;

		if (!str_eq(scalar->key, STR("think")))
			continue;
		import_json_open_item(r);
		import_json_put_text(r, "path", scalar->path);
		import_json_put_text(r, "text", scalar->node->text);
		if (units_duration(scalar->node->text, &length) == UNIT_OK)
			json_writer_decimal(&r->j, "recorded_s", (double)length / (double)NS_PER_S,
					    3);
		else
			json_writer_null(&r->j, "recorded_s");
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
}

/* The errors of the import, and what `check` finds in the scenario. */
static void put_diagnostics(struct import_report_json *r)
{
	static const char *const nothing[] = {"code", "file", "line", "column", "path", "fix"};

	import_json_open_list(r, "errors");
	for (size_t i = 0; i < r->job->errors.count; i++) {
		import_json_open_item(r);
		json_writer_text(&r->j, "level", STR("error"));
		import_json_put_text(r, "message", r->job->errors.items[i]);
		for (size_t k = 0; k < sizeof nothing / sizeof *nothing; k++)
			json_writer_null(&r->j, nothing[k]);
		json_writer_close(&r->j);
	}
	import_json_close_list(r);
	json_writer_line(&r->j, "\n  ");
	if (r->scenario.is_read)
		diag_put_json(&r->j, "diagnostics", &r->scenario.l.diags, NULL, NULL);
	else
		json_writer_null(&r->j, "diagnostics");
}

static void put_document(struct import_report_json *r, const char *path, struct str verification,
			 enum exit_status status)
{
	const struct import_job *job = r->job;

	json_writer_open(&r->j, NULL);
	import_json_put_text(r, "scenario", path ? str_of(path) : STR_NULL);
	json_writer_int(&r->j, "exit", (int)status);
	json_writer_text(&r->j, "kind", str_of(job->kind->name));
	import_json_put_text(r, "tool", job->tool.len ? job->tool : STR_NULL);
	json_writer_open_array(&r->j, "files");
	for (size_t i = 0; path && i < job->extra_files.count; i++)
		import_json_put_text(r, NULL, job->extra_files.items[i].name);
	json_writer_close_array(&r->j);
	put_steps(r);
	put_requests(r);
	put_hosts(r);
	import_json_put_values(r);
	put_pauses(r);
	put_notes(r, "warnings", true);
	put_notes(r, "notes", false);
	put_diagnostics(r);
	json_writer_line(&r->j, "\n  ");
	if (verification.len)
		buf_add(json_writer_value(&r->j, "verify"), verification);
	else
		json_writer_null(&r->j, "verify");
	json_writer_line(&r->j, "\n");
	json_writer_close(&r->j);
	buf_add_char(r->j.out, '\n');
}

enum exit_status import_json_write(const struct import_job *job, const char *where,
				   const char *path, struct str verification,
				   enum exit_status status)
{
	struct import_report_json r;
	struct out_file file;
	struct buf text, error;

	buf_init(&text, 0);
	buf_init(&error, 0);
	import_json_init(&r, job, path, &text);
	put_document(&r, path, verification, status);
	import_json_release(&r);
	if (!out_file_open(&file, str_of(where), OUT_FILE_WHOLE, &error) ||
	    !out_file_finish(&file, buf_str(&text), &error)) {
		log_error("%.*s", STR_ARG(buf_str(&error)));
		status = status == EXIT_PASSED ? EXIT_NOT_WRITTEN : status;
	}
	buf_release(&text);
	buf_release(&error);
	return status;
}
