/* The report of an import: what was kept, merged and skipped, and what was made from it. */
#include "base/units.h"
#include "import/conversion.h"
#include "import/import.h"

/* Lines under their headings; each heading is printed once, at its first line. */
static void put_notes(const struct import_job *job, struct buf *out)
{
	for (size_t i = 0; i < job->notes.count; i++) {
		const struct import_note *note = &job->notes.items[i];
		bool again = false;

		for (size_t k = 0; k < i && !again; k++)
			again = str_eq(job->notes.items[k].heading, note->heading);
		if (again)
			continue;
		for (size_t k = i; k < job->notes.count; k++)
			if (str_eq(job->notes.items[k].heading, note->heading))
				buf_printf(out, "  %-10.*s %.*s\n",
					   STR_ARG(k == i ? note->heading : STR("")),
					   STR_ARG(job->notes.items[k].text));
	}
}

/* Whether TX is an entry of the recording, not a message of one. */
static bool is_entry(const struct transaction *tx)
{
	return tx->kind <= TX_SOCKET;
}

/* The fates of the entries of the list. */
static void count_list(const struct import_job *job, struct import_counts *counts, size_t *merged)
{
	for (size_t i = 0; i < job->list.items.count; i++) {
		const struct transaction *tx = job->list.items.items[i];

		if (!is_entry(tx))
			continue;
		counts->kept += tx->disposition == TX_KEPT;
		*merged += tx->disposition == TX_MERGED;
		if (tx->disposition == TX_SKIPPED)
			counts->skipped[tx->reason]++;
	}
}

/* The only host of the entries skipped for REASON, or empty. */
static struct str only_host(const struct import_job *job, enum skip_reason reason)
{
	struct str host = STR_NULL;

	if (reason != SKIP_REASON_THIRD_PARTY && reason != SKIP_REASON_ANALYTICS)
		return host;
	for (size_t i = 0; i < job->list.items.count; i++) {
		const struct transaction *tx = job->list.items.items[i];

		if (tx->disposition != TX_SKIPPED || tx->reason != reason || !is_entry(tx))
			continue;
		if (host.ptr && !str_eq(host, tx->detail))
			return STR_NULL;
		host = tx->detail;
	}
	return host;
}

static void put_skipped(const struct import_job *job, const struct import_counts *counts,
			struct buf *out)
{
	size_t all = 0, listed = 0;

	for (int r = 0; r < SKIP_REASON_COUNT; r++)
		all += counts->skipped[r];
	if (!all)
		return;
	buf_add(out, STR("   skipped "));
	units_put_count(out, all);
	buf_add_char(out, ':');
	for (int r = 0; r < SKIP_REASON_COUNT; r++) {
		struct str host = only_host(job, (enum skip_reason)r);

		if (!counts->skipped[r])
			continue;
		buf_add(out, listed++ ? STR(", ") : STR(" "));
		units_put_count(out, counts->skipped[r]);
		if (host.len)
			buf_printf(out, " to %.*s", STR_ARG(host));
		else
			buf_printf(out, " %s",
				   transaction_skip_text((enum skip_reason)r, counts->skipped[r]));
	}
}

static void put_counts(const struct import_job *job, struct buf *out)
{
	struct import_counts counts = job->counts;
	size_t merged = 0;

	count_list(job, &counts, &merged);
	buf_add(out, STR("  kept "));
	units_put_count(out, counts.kept);
	if (merged)
		buf_printf(out, "   merged %zu redirect%s", merged, merged == 1 ? "" : "s");
	put_skipped(job, &counts, out);
	buf_add_char(out, '\n');
}

static void put_head(const struct import_job *job, struct buf *out)
{
	const struct conversion *conversion = job->conversion;
	size_t groups = 0, steps = 0, entries = 0;

	for (size_t i = 0; conversion && i < conversion->groups.count; i++)
		groups += conversion->groups.items[i].steps > 1;
	for (size_t i = 0; conversion && i < conversion->steps.count; i++)
		steps += !conversion->steps.items[i].disabled && !conversion->steps.items[i].joined;
	for (size_t i = 0; i < job->file_count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", job->files[i]);
	if (job->tool.len)
		buf_printf(out, " (%.*s)", STR_ARG(job->tool));
	if (job->counts.entries) {
		buf_add(out, STR(": "));
		units_put_count(out, job->counts.entries);
		buf_printf(out, " %s",
			   job->counts.entries == 1 ? job->counts.one : job->counts.many);
		if (job->counts.result.len)
			buf_printf(out, " → %.*s", STR_ARG(job->counts.result));
	}
	if (!job->list.items.count) {
		buf_add_char(out, '\n');
		return;
	}
	for (size_t i = 0; i < job->list.items.count; i++)
		entries += is_entry(job->list.items.items[i]);
	buf_printf(out, ": ");
	units_put_count(out, entries);
	buf_printf(out, " entr%s", entries == 1 ? "y" : "ies");
	if (conversion) {
		buf_printf(out, " → %zu step%s", steps, steps == 1 ? "" : "s");
		if (groups)
			buf_printf(out, ", %zu group%s", groups, groups == 1 ? "" : "s");
	}
	buf_add_char(out, '\n');
}

static void put_variables(const struct conversion *conversion, struct buf *out)
{
	size_t name = 0, what = 0;

	for (size_t i = 0; i < conversion->variable_reports.count; i++) {
		const struct report_row *t = &conversion->variable_reports.items[i];

		name = t->name.len > name ? t->name.len : name;
		what = t->what.len > what ? t->what.len : what;
	}
	for (size_t i = 0; i < conversion->variable_reports.count; i++) {
		const struct report_row *t = &conversion->variable_reports.items[i];

		if (!i)
			buf_add(out, STR("  variables\n"));
		buf_printf(out, "    %-*.*s  %-*.*s  %.*s  %.*s\n", (int)name, STR_ARG(t->name),
			   (int)what, STR_ARG(t->what), STR_ARG(t->used), STR_ARG(t->sure));
		if (job_option(conversion->job, "explain").ptr && t->why.len)
			buf_printf(out, "    %*s    %.*s\n", (int)name, "", STR_ARG(t->why));
	}
}

static void put_generated(const struct conversion *conversion, struct buf *out)
{
	for (size_t i = 0; i < conversion->generated.count; i++) {
		const struct report_row *t = &conversion->generated.items[i];
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again = again || (str_eq(conversion->generated.items[k].name, t->name) &&
					  str_eq(conversion->generated.items[k].what, t->what));
		if (!again)
			buf_printf(out, "  generated  %.*s  %.*s\n", STR_ARG(t->name),
				   STR_ARG(t->what));
	}
}

/* The skipped entries with their reasons, one by one. */
static void put_entries(const struct import_job *job, struct buf *out)
{
	static const char *const dispositions[] = {"kept", "merged", "skipped"};

	buf_add(out, STR("  entries\n"));
	for (size_t i = 0; i < job->list.items.count; i++) {
		const struct transaction *tx = job->list.items.items[i];
		size_t query = str_find_char(tx->url, '?', 0);

		if (!is_entry(tx))
			continue;
		buf_printf(out, "    %4u  %-8s  %.*s %.*s", tx->number,
			   dispositions[tx->disposition], STR_ARG(tx->method),
			   STR_ARG(str_slice(tx->url, 0, query)));
		if (tx->disposition == TX_SKIPPED)
			buf_printf(out, "  (%s%s%.*s)", transaction_skip_text(tx->reason, 1),
				   tx->detail.len ? ": " : "", STR_ARG(tx->detail));
		else if (tx->disposition == TX_MERGED)
			buf_printf(out, "  (into %u)", tx->merged_into->number);
		buf_add_char(out, '\n');
	}
}

void import_put_report(const struct import_job *job, struct buf *out)
{
	put_head(job, out);
	if (job->list.items.count || job->counts.entries)
		put_counts(job, out);
	if (job->conversion) {
		put_variables(job->conversion, out);
		put_generated(job->conversion, out);
	}
	put_notes(job, out);
	if (job_option(job, "explain").ptr && job->list.items.count)
		put_entries(job, out);
}
