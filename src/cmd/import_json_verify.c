/* What `import --verify` has found, for each step. */
#include "cmd/import_json.h"

#include "cmd/import_json_private.h"
#include "html/html_summary.h"

#define TEXT_SHOWN 300u /* bytes of a page or body */

static void put_status(struct import_report_json *r, const char *key, int status)
{
	if (status)
		json_writer_int(&r->j, key, status);
	else
		json_writer_null(&r->j, key);
}

/* One side: the address without its query, the status, and the title and text of a page or the
 * start of a body. */
static void put_side(struct import_report_json *r, const char *key, struct str url, int status,
		     struct str type, struct str body)
{
	struct buf text;

	buf_init(&text, 0);
	if (html_summary_is_html(type, body))
		html_summary_put(body, type, TEXT_SHOWN, &text);
	else if (str_is_utf8(str_cut(body, TEXT_SHOWN), NULL))
		buf_add(&text, str_cut(body, TEXT_SHOWN));
	json_writer_open(&r->j, key);
	import_json_put_text(r, "url", url.len ? import_json_url(url) : STR_NULL);
	put_status(r, "status", status);
	import_json_put_text(r, "text", text.len ? buf_str(&text) : STR_NULL);
	json_writer_close(&r->j);
	buf_release(&text);
}

static void put_sides(struct import_report_json *r, const struct conversion_step *step,
		      const struct import_response *received)
{
	const struct transaction *tx = step->response;
	struct response response = {.headers = received->headers};
	struct buf scratch;

	buf_init(&scratch, 0);
	put_side(r, "recorded", tx->url, tx->status,
		 transaction_media_type(&tx->body, &tx->headers),
		 transaction_body_bytes(&tx->body, &scratch));
	put_side(r, "received", received->url, received->status,
		 response_header(&response, STR("Content-Type"), 0), received->body);
	buf_release(&scratch);
}

/* The bits of the performances in which TX differs. */
static unsigned differing(const struct verification *result, const struct transaction *tx,
			  bool *matters)
{
	unsigned bits = 0;

	for (size_t i = 0; i < result->differences.count; i++) {
		const struct verification_difference *d = &result->differences.items[i];

		if (d->tx != tx)
			continue;
		bits |= d->performances;
		*matters |= d->matters;
	}
	return bits;
}

static void put_differences(struct import_report_json *r, const struct verification *result,
			    const struct transaction *tx)
{
	json_writer_open_array(&r->j, "differences");
	for (size_t i = 0; i < result->differences.count; i++) {
		const struct verification_difference *d = &result->differences.items[i];

		if (d->tx != tx)
			continue;
		json_writer_open(&r->j, NULL);
		import_json_put_text(r, "what", d->what.len ? d->what : STR("outcome"));
		import_json_put_text(r, "recorded", d->recorded);
		import_json_put_text(r, "received", d->received);
		json_writer_bool(&r->j, "matters", d->matters);
		json_writer_uint(&r->j, "performances",
				 (unsigned)__builtin_popcount(d->performances));
		json_writer_close(&r->j);
	}
	json_writer_close_array(&r->j);
}

static void put_step(struct import_report_json *r, const struct verification *result,
		     const struct conversion_step *step, const struct step_label *label)
{
	bool matters = false;
	unsigned bits = differing(result, step->tx, &matters), which = 0;
	const struct import_response *received;

	while (bits && !(bits >> which & 1))
		which++;
	if (which >= r->job->performance_count)
		which = 0;
	received = verification_response(&r->job->performances[which], step->tx);
	if (!received)
		return;
	json_writer_line(&r->j, "\n      ");
	json_writer_open(&r->j, NULL);
	import_json_put_text(r, "path", label ? label->path : STR_NULL);
	import_json_put_text(r, "name", label ? label->name : STR_NULL);
	json_writer_bool(&r->j, "ok", received->performed && !matters);
	json_writer_bool(&r->j, "performed", received->performed);
	put_status(r, "status", received->status);
	put_status(r, "recorded_status", step->response->status);
	import_json_put_text(r, "message", received->failure.len ? received->failure : STR_NULL);
	put_sides(r, step, received);
	put_differences(r, result, step->tx);
	json_writer_close(&r->j);
}

static void put_repairs(struct import_report_json *r)
{
	json_writer_line(&r->j, "\n    ");
	json_writer_open_array(&r->j, "repairs");
	for (size_t i = 0; i < r->job->repairs.count; i++) {
		const struct import_repair *repair = &r->job->repairs.items[i];

		if (repair->state == IMPORT_REPAIR_NEW)
			continue;
		json_writer_line(&r->j, "\n      ");
		json_writer_open(&r->j, NULL);
		import_json_put_text(r, "sentence", repair->text);
		json_writer_bool(&r->j, "proven", repair->state == IMPORT_REPAIR_PROVEN);
		json_writer_close(&r->j);
	}
	json_writer_close_array(&r->j);
}

void import_json_put_verified_steps(const struct import_job *job, const struct verification *result,
				    const char *path, struct buf *out)
{
	struct import_report_json r;

	import_json_init(&r, job, path, out);
	json_writer_open_array(&r.j, NULL);
	for (size_t i = 0; i < job->conversion->steps.count; i++) {
		const struct conversion_step *step = &job->conversion->steps.items[i];

		if (!step->disabled && conversion_is_performed(step))
			put_step(&r, result, step, r.scenario.steps[i]);
	}
	json_writer_close_array(&r.j);
	import_json_release(&r);
}

void import_json_put_verification(const struct import_job *job, const struct verification *result,
				  const struct import_performed *how, struct str steps,
				  struct buf *out)
{
	struct import_report_json r;

	import_json_init(&r, job, NULL, out);
	json_writer_open(&r.j, NULL);
	json_writer_bool(&r.j, "passed",
			 !result->serious && result->good_steps == verification_step_count(job));
	json_writer_int(&r.j, "rounds", how->rounds);
	json_writer_bool(&r.j, "together", how->together);
	json_writer_uint(&r.j, "performances", how->users * how->iterations);
	json_writer_uint(&r.j, "good", result->good_steps);
	json_writer_uint(&r.j, "unreached", result->unreached);
	json_writer_line(&r.j, "\n    ");
	buf_add(json_writer_value(&r.j, "steps"), steps);
	put_repairs(&r);
	json_writer_close(&r.j);
	import_json_release(&r);
}
