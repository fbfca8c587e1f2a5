/* journal: what `reprise record` wrote before it was killed: a line of JSON for each transaction
 * and each mark (record/journal.h). A truncated last line loses only that line. */
#include "import/har/har.h"

static bool read_all(struct import_job *job);

const struct import_kind journal_import = {
    .name = "journal",
    .sentence = "the journal of `reprise record`, if it was killed",
    .example = "visit.journal",
    .read = read_all,
};

static void read_line(struct har_reader *r, struct str line, uint32_t number)
{
	bool whole = json_read(&r->tape, line);
	const struct json_item *page = whole ? har_get(r, r->tape.items, "page") : NULL;
	struct transaction *tx;

	if (page) {
		har_page(r, page);
		return;
	}
	tx = transaction_new(&r->job->list);
	tx->source = r->source;
	tx->number = tx->line = number;
	if (whole)
		har_entry(r, tx);
	else
		transaction_skip(tx, SKIP_REASON_UNREADABLE, str_of(r->tape.error));
}

static bool read_file(struct har_reader *r, const char *path)
{
	struct str text;
	uint32_t number = 1;
	size_t at, end;

	r->path = path;
	if (!job_read(r->job, path, &text))
		return false;
	if (!str_starts(text, STR("{\"journal\":\"reprise\"")))
		return job_error(r->job, "%s is not a journal of reprise record", path);
	r->job->tool = STR("reprise record");
	if (json_read(&r->tape, str_slice(text, 0, str_find_char(text, '\n', 0))))
		har_tls(r, har_get(r, r->tape.items, "_tls"));
	for (at = str_find_char(text, '\n', 0); at < text.len; at = end) {
		end = str_find_char(text, '\n', ++at);
		end = end == NOT_FOUND ? text.len : end;
		number++;
		if (end > at)
			read_line(r, str_slice(text, at, end), number);
	}
	return true;
}

static bool read_all(struct import_job *job)
{
	return har_read_files(job, read_file);
}
