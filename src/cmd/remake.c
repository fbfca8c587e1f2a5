#include "cmd/remake.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/result_folder.h"
#include "output/output.h"

/* ---- reading */

bool kept_open(struct kept *kept, const char *folder)
{
	const char *why;
	struct str path;

	*kept = (struct kept){.folder = str_of(folder)};
	arena_init(&kept->arena, 0);
	path = result_folder_file(&kept->arena, kept->folder, RESULT_INTERVALS);
	if (!mapped_open(&kept->file, path.ptr)) {
		log_error("%s is no result folder: %s cannot be read: %s", folder, path.ptr,
			  strerror(errno));
		arena_release(&kept->arena);
		return false;
	}
	if (archive_open(&kept->reader, &kept->arena, kept->file.text, &why))
		return true;
	log_error("%s cannot be read: %s", path.ptr, why);
	kept_close(kept);
	return false;
}

void kept_close(struct kept *kept)
{
	archive_close(&kept->reader);
	mapped_close(&kept->file);
	arena_release(&kept->arena);
}

struct str kept_label(const struct kept *kept, struct str name)
{
	const struct run_facts *facts = &kept->reader.facts;

	for (size_t i = 0; i < facts->label_count; i++)
		if (str_eq(facts->labels[i].name, name))
			return facts->labels[i].value;
	return STR("");
}

/* ---- making */

void remake_init(struct remake *r, const struct run_facts *facts)
{
	*r = (struct remake){.facts = *facts};
	summary_init(&r->total, facts->table);
	threshold_judge_init(&r->judge, facts->thresholds, facts->threshold_count);
	health_init(&r->health, 0);
	r->facts.judge = &r->judge;
	r->facts.output = terminal_look(STDOUT_FILENO, TERMINAL_COLOR_AUTO);
	r->facts.error = terminal_look(STDERR_FILENO, TERMINAL_COLOR_AUTO);
	r->verdict =
	    (struct verdict){.reached = true, .validity = &r->validity, .health = &r->health};
}

void remake_release(struct remake *r)
{
	threshold_judge_release(&r->judge);
	summary_release(&r->total);
}

void remake_second(struct remake *r, struct summary *second, const struct moment *m)
{
	ns_t end = m->begin + m->length;

	summary_take(&r->total, second);
	summary_second(second, end);
	summary_second(&r->total, end);
	/* Of a run without a whole second, too: its threads are known, their shares 0. */
	if (m->threads > r->health.threads)
		r->health.threads = m->threads;
	if (!m->last) {
		health_second(&r->health, m->cpu, m->lag_p99,
			      &(struct health_pressure){m->steal, m->throttled});
		threshold_judge_second(&r->judge, &r->total, end);
	}
	run_outputs_second(&r->outputs, second, &r->total, m);
}

void remake_judge(struct remake *r)
{
	bool holds = threshold_judge_end(&r->judge, &r->total);

	verdict_judge(&r->validity, &r->total, &r->health);
	r->verdict.reached = verdict_reached(&r->total);
	r->verdict.pass = r->judge.count ? holds : verdict_nothing_failed(&r->total);
	if (!r->verdict.reached || !verdict_tidy(&r->total))
		r->verdict.pass = false;
}
