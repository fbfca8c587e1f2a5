#include "run/step_report.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "run/exchange_sample.h"
#include "run/interpreter.h"
#include "run/live_secrets.h"
#include "run/response_secrets.h"
#include "run/step_log.h"

#define TEXT_MAX    4096u   /* bytes of a text in a variable */
#define HEADERS_MAX 262144u /* bytes of the header lines of a sample */

struct open_failure {
	enum failure_class class;
	struct str at; /* in the plan */
	struct buf message;
};

/* The current step of one fiber. */
struct open_step {
	const struct fiber *fiber;
	struct buf extracted; /* members of a JSON object */
	VEC(struct open_failure) failures;
	size_t failure_count; /* in use; the others keep their memory */
	VEC(struct run_step_failure) shown;
	VEC(unsigned) exchanges;
	const struct instr *failed; /* the instruction at which the request failed, or NULL */
};

struct step_report {
	struct arena arena;
	VEC(struct open_step *) steps; /* one for each fiber that has performed one */
	struct buf variables, text;
};

struct step_report *step_report_new(const struct run_settings *settings)
{
	struct step_report *report;

	if (!settings->steps)
		return NULL;
	report = alloc_zeroed(1, sizeof *report);
	arena_init(&report->arena, 0);
	buf_init(&report->variables, 0);
	buf_init(&report->text, 0);
	return report;
}

void step_report_free(struct step_report *report)
{
	if (!report)
		return;
	for (size_t i = 0; i < report->steps.count; i++) {
		struct open_step *open = report->steps.items[i];

		buf_release(&open->extracted);
		for (size_t k = 0; k < open->failures.count; k++)
			buf_release(&open->failures.items[k].message);
	}
	buf_release(&report->variables);
	buf_release(&report->text);
	arena_release(&report->arena);
	free(report);
}

static struct open_step *step_of(struct step_report *report, const struct fiber *f)
{
	struct open_step *open;

	for (size_t i = 0; i < report->steps.count; i++)
		if (report->steps.items[i]->fiber == f)
			return report->steps.items[i];
	open = ARENA_NEW(&report->arena, struct open_step);
	open->fiber = f;
	buf_init(&open->extracted, 0);
	VEC_PUSH(&report->arena, &report->steps, open);
	return open;
}

/* The step that F performs. */
static uint32_t current(const struct worker *w, const struct fiber *f)
{
	return program_step_at(w->program, f->pc ? f->pc - 1 : 0);
}

/* ---- values */

/* Masks the report's text; true if it has become another one. */
static bool mask_text(struct worker *w, const struct fiber *f)
{
	struct step_report *report = w->step_report;
	size_t before = report->text.len;

	live_secrets_mask(w, f, &report->text);
	return report->text.len != before || str_find(buf_str(&report->text), STR("***"), 0) == 0;
}

static void put_text(struct worker *w, const struct fiber *f, struct json_writer *j,
		     const char *key, struct str text)
{
	struct step_report *report = w->step_report;

	if (live_secrets_put_start(w, f, text, 4 * TEXT_MAX, TEXT_MAX, &report->text))
		buf_add(&report->text, STR("…"));
	json_writer_text(j, key, buf_str(&report->text));
}

static void put_value(struct worker *w, const struct fiber *f, struct json_writer *j,
		      struct value value);

static void put_member(struct worker *w, const struct fiber *f, struct json_writer *j,
		       struct str name, struct value value)
{
	(void)json_writer_member(j, name);
	j->empty = true; /* the value follows the key without a comma */
	put_value(w, f, j, value);
	j->empty = false;
}

/* VALUE as JSON, with secrets masked in each text and number of it. */
static void put_value(struct worker *w, const struct fiber *f, struct json_writer *j,
		      struct value value)
{
	struct step_report *report = w->step_report;

	if (value.secret) {
		json_writer_text(j, NULL, STR("***"));
		return;
	}
	switch (value.type) {
	case VALUE_TEXT:
		put_text(w, f, j, NULL, value.text);
		return;
	case VALUE_NUMBER:
		buf_clear(&report->text);
		value_put_json(&report->text, value);
		if (mask_text(w, f))
			json_writer_text(j, NULL, STR("***"));
		else
			buf_add(json_writer_value(j, NULL), buf_str(&report->text));
		return;
	case VALUE_LIST:
		json_writer_open_array(j, NULL);
		for (size_t i = 0; i < value.count; i++)
			put_value(w, f, j, value.items[i]);
		json_writer_close_array(j);
		return;
	case VALUE_OBJECT:
		json_writer_open(j, NULL);
		for (size_t i = 0; i < value.count; i++) {
			buf_clear(&report->text);
			value_put(&report->text, value.items[2 * i]);
			live_secrets_mask(w, f, &report->text);
			put_member(w, f, j, buf_str(&report->text), value.items[2 * i + 1]);
		}
		json_writer_close(j);
		return;
	case VALUE_NULL:
	case VALUE_BOOL:
		value_put_json(json_writer_value(j, NULL), value);
		return;
	}
}

/* The variables of F's user that have a value, as a JSON object. */
static void put_variables(struct worker *w, const struct fiber *f, struct buf *out)
{
	struct json_writer j = json_writer_spaced(out);

	buf_clear(out);
	json_writer_open(&j, NULL);
	for (uint32_t i = 0; i < w->program->slot_count; i++) {
		struct str name = w->program->slot_names[i];

		if (!name.len || f->user->slots[i].type == VALUE_NULL)
			continue;
		put_member(w, f, &j, name, f->user->slots[i]);
	}
	json_writer_close(&j);
}

/* ---- during a step */

void step_report_exchange(struct worker *w, const struct fiber *f, const struct exchange *x)
{
	const struct run_step_sink *sink = w->plan->settings.steps;
	struct exchange_sample s;
	struct buf error;
	unsigned number;

	if (!w->step_report || f->request->wait || !x->last_url)
		return;
	buf_init(&error, 0);
	exchange_sample_fill(&s, w, f, x, sink->body_max, HEADERS_MAX);
	if (x->result != HTTP_OK)
		buf_add(&error, str_of(x->error));
	live_secrets_mask(w, f, &error);
	number = sink->exchange(sink->owner, current(w, f), f->request->name, &s.sample,
				buf_str(&error));
	VEC_PUSH(&w->step_report->arena, &step_of(w->step_report, f)->exchanges, number);
	exchange_sample_release(&s);
	buf_release(&error);
}

void step_report_extracted(struct worker *w, const struct fiber *f, const struct extract_plan *e,
			   struct value value)
{
	struct open_step *open;
	struct json_writer j;

	if (!w->step_report)
		return;
	open = step_of(w->step_report, f);
	j = json_writer_spaced(&open->extracted);
	j.empty = !open->extracted.len;
	value.secret |= response_secrets_withheld(w).len > 0;
	put_member(w, f, &j, e->source->variable, value);
}

static struct buf *add_failure(struct worker *w, const struct fiber *f, enum failure_class class,
			       struct str at)
{
	struct step_report *report = w->step_report;
	struct open_step *open = step_of(report, f);
	struct open_failure *failure;

	if (open->failure_count == open->failures.count) {
		VEC_PUSH(&report->arena, &open->failures, (struct open_failure){0});
		buf_init(&open->failures.items[open->failure_count].message, 0);
	}
	failure = &open->failures.items[open->failure_count++];
	failure->class = class;
	failure->at = at;
	buf_clear(&failure->message);
	return &failure->message;
}

void step_report_failed_at(struct worker *w, const struct fiber *f, const struct instr *in)
{
	if (w->step_report)
		step_of(w->step_report, f)->failed = in;
}

void step_report_retry(struct worker *w, const struct fiber *f)
{
	struct open_step *open = w->step_report ? step_of(w->step_report, f) : NULL;

	if (!open)
		return;
	open->failed = NULL;
	buf_clear(&open->extracted);
}

/* FIBER is that of the step. */
static void add_skipped(void *fiber, struct worker *w, const struct expect_plan *e, bool passed)
{
	const struct expect_facts *facts = &w->plan->expects[e - w->program->expects];
	struct buf *message;

	if (passed)
		return;
	message = add_failure(w, fiber, facts->class, facts->at);
	step_log_explain(w, e, message);
	live_secrets_mask(w, fiber, message);
}

void step_report_failure(struct worker *w, const struct fiber *f)
{
	struct open_step *open;

	if (!w->step_report)
		return;
	open = step_of(w->step_report, f);
	buf_add(add_failure(w, f, w->failure.class, w->failure.at), buf_str(&w->failure_text));
	if (open->failed)
		step_log_check_skipped(w, open->failed, add_skipped, (void *)(uintptr_t)f);
	open->failed = NULL;
}

/* ---- the end */

static void call_sink(struct worker *w, const struct fiber *f, struct open_step *open)
{
	const struct run_step_sink *sink = w->plan->settings.steps;
	const struct user *u = f->user;
	struct buf extracted;

	open->shown.count = 0;
	for (size_t i = 0; i < open->failure_count; i++) {
		const struct open_failure *failure = &open->failures.items[i];

		VEC_PUSH(&w->step_report->arena, &open->shown,
			 ((struct run_step_failure){failure->class, buf_str(&failure->message),
						    failure->at}));
	}
	buf_init(&extracted, 0);
	buf_printf(&extracted, "{%.*s}", STR_ARG(buf_str(&open->extracted)));
	put_variables(w, f, &w->step_report->variables);
	struct run_step step = {
	    .step = current(w, f),
	    .scenario = user_iterates(u)
			    ? w->program->scenarios[u->scenario].name
			    : str_of(program_fixture_name((enum fixture_kind)u->fixture)),
	    .user = u->number == UINT64_MAX ? 0 : u->number + 1,
	    .iteration = u->iteration,
	    .failures = open->shown.items,
	    .failure_count = open->failure_count,
	    .extracted = buf_str(&extracted),
	    .variables = buf_str(&w->step_report->variables),
	    .exchanges = open->exchanges.items,
	    .exchange_count = open->exchanges.count};
	sink->step(sink->owner, &step);
	buf_release(&extracted);
}

void step_report_end(struct worker *w, const struct fiber *f)
{
	const struct run_step_sink *sink = w->plan->settings.steps;
	uint32_t step = current(w, f);
	struct open_step *open;

	if (!w->step_report)
		return;
	open = step_of(w->step_report, f);
	call_sink(w, f, open);
	if (step != PC_NONE && sink->stops[step] == RUN_STEP_REACHED)
		atomic_store(&w->shared->until_reached, true);
	buf_clear(&open->extracted);
	open->failure_count = 0;
	open->exchanges.count = 0;
	open->failed = NULL;
}

enum control_flow op_STEP_END(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct run_step_sink *sink = w->plan->settings.steps;

	step_report_end(w, f);
	return interpreter_stop(
	    w, f, sink && sink->stops[in->a] != RUN_STEP_CONTINUES ? STOP_RUN : STOP_NOTHING);
}
