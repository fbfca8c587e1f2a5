/* journal: what `reprise record` wrote before it was killed (doc/journal_lines.h). A truncated last
 * line loses only that line. */
#include "doc/journal_lines.h"
#include "import/har/har.h"

static bool read_all(struct import_job *job);

const struct import_kind journal_import = {
    .name = "journal",
    .sentence = "the journal of `reprise record`, if it was killed",
    .example = "visit.journal",
    .read = read_all,
};

static void read_entry(struct har_reader *r, const struct journal_line *line)
{
	struct transaction *tx = transaction_new(&r->job->list);

	tx->source = r->source;
	tx->number = tx->line = line->number;
	if (line->error || !json_read(&r->tape, line->text))
		transaction_skip(tx, SKIP_REASON_UNREADABLE,
				 str_of(line->error ? line->error : r->tape.error));
	else
		har_entry(r, tx);
}

static bool read_file(struct har_reader *r, const char *path)
{
	struct journal_lines lines;
	struct str text;

	r->path = path;
	if (!job_read(r->job, path, &text))
		return false;
	if (!journal_lines_read(&r->job->arena, text, &lines))
		return job_error(r->job, "%s is not a journal of reprise record", path);
	r->job->tool = STR("reprise record");
	if (json_read(&r->tape, lines.tls))
		har_tls(r, r->tape.items);
	for (size_t i = 0; i < lines.pages.count; i++)
		if (json_read(&r->tape, lines.pages.items[i]))
			har_page(r, r->tape.items);
	for (size_t i = 0; i < lines.entries.count; i++)
		read_entry(r, &lines.entries.items[i]);
	return true;
}

static bool read_all(struct import_job *job)
{
	return har_read_files(job, read_file);
}
