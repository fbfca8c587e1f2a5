/*
 * Values that last longer than an iteration: which ones setup and before_user set, when they are
 * renewed, and which requests depend on them.
 */
#include "base/units.h"
#include "program/emitter.h"
#include "program/expr.h"
#include "scenario/enum_names.h"

/* ---- the values of a fixture */

static bool is_in(const uint32_t *slots, size_t count, uint32_t slot)
{
	for (size_t i = 0; i < count; i++)
		if (slots[i] == slot)
			return true;
	return false;
}

static void collect_slots(struct emitter *e, size_t from, struct renewal_plan *plan)
{
	VEC(uint32_t) slots = {NULL, 0, 0};
	VEC(uint32_t) kept = {NULL, 0, 0};

	for (size_t i = from; i < e->code.count; i++) {
		const struct instr *instr = &e->code.items[i];
		uint32_t slot;

		if (instr->op != OP_SET && instr->op != OP_EXTRACT)
			continue;
		slot = instr->op == OP_SET ? instr->a : e->extracts.items[instr->a].slot;
		if (is_in(slots.items, slots.count, slot) || is_in(kept.items, kept.count, slot))
			continue;
		if (is_in(e->kept_slots.items, e->kept_slots.count, slot))
			VEC_PUSH(e->arena, &kept, slot);
		else
			VEC_PUSH(e->arena, &slots, slot);
	}
	plan->slots = slots.items;
	plan->slot_count = (uint32_t)slots.count;
	plan->kept_slots = kept.items;
	plan->kept_slot_count = (uint32_t)kept.count;
}

static void check_every(struct emitter *e, const struct tmpl *every)
{
	struct str text = every->value.type == VALUE_TEXT ? str_trim(every->value.text) : STR("");
	ns_t length;

	if (!every->constant)
		return;
	if (every->value.type != VALUE_TEXT || units_duration(text, &length) != UNIT_OK)
		diag_error(e->diags, every->span, DIAG_E301,
			   "'%.*s' is not a duration; write a number with a unit, such as 50m",
			   STR_ARG(text));
	else if (length <= 0)
		diag_error(e->diags, every->span, DIAG_E302,
			   "the time between two renewals must be longer than 0");
}

void emitter_add_renewal(struct emitter *e, enum fixture_kind which, size_t from)
{
	const struct fixture_list *list = e->model->renewal[which];
	struct renewal_plan plan = {.fixture = which,
				    .pc = (uint32_t)from,
				    .renews = list->every.raw.ptr || list->renew_on.count,
				    .statuses = list->renew_on.items,
				    .status_count = list->renew_on.count,
				    .span = list->keys.span};

	collect_slots(e, from, &plan);
	if (list->every.raw.ptr) {
		size_t errors = e->diags->errors;
		const struct tmpl *every = build_template(e, &list->every, ESCAPE_NONE);

		if (e->diags->errors == errors)
			check_every(e, every);
		emit_op(e, OP_RENEW_AFTER, emit_pool_template(e, every), 0, 0, every->span);
	}
	VEC_PUSH(e->arena, &e->renewals, plan);
}

/* ---- the values of a request */

static bool template_reads(const struct tmpl *tmpl, const struct renewal_plan *plan);

static bool expr_reads(const struct expr *expr, const struct renewal_plan *plan)
{
	for (uint32_t i = 0; i < expr->count; i++) {
		const struct expr_op *op = &expr->ops[i];

		if (op->code == EXPR_SLOT && is_in(plan->slots, plan->slot_count, op->index))
			return true;
		if (op->code == EXPR_TEMPLATE && template_reads(op->tmpl, plan))
			return true;
	}
	return false;
}

static bool template_reads(const struct tmpl *tmpl, const struct renewal_plan *plan)
{
	for (size_t i = 0; tmpl && !tmpl->constant && i < tmpl->count; i++)
		if (tmpl->parts[i].expr && expr_reads(tmpl->parts[i].expr, plan))
			return true;
	return false;
}

static bool values_read(const struct form_value *values, size_t count,
			const struct renewal_plan *plan)
{
	for (size_t i = 0; i < count; i++) {
		if (template_reads(values[i].text, plan))
			return true;
		for (size_t k = 0; k < values[i].item_count; k++)
			if (template_reads(values[i].items[k], plan))
				return true;
	}
	return false;
}

static bool action_reads(const struct page_action *action, const struct renewal_plan *plan)
{
	return action && (values_read(action->values, action->value_count, plan) ||
			  values_read(action->added, action->added_count, plan) ||
			  template_reads(action->button, plan) ||
			  template_reads(action->link, plan) || template_reads(action->row, plan));
}

static bool request_reads(const struct request_plan *r, const struct renewal_plan *plan)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (template_reads(r->headers[i].value, plan))
			return true;
	for (size_t i = 0; i < r->file_count; i++)
		if (template_reads(r->files[i].before, plan))
			return true;
	return template_reads(r->url, plan) || template_reads(r->body, plan) ||
	       template_reads(r->auth.user, plan) || template_reads(r->auth.password, plan) ||
	       template_reads(r->auth.cache, plan) || action_reads(r->page_action, plan);
}

/* before_user may log in with cookies, which every request of its user sends. */
static bool depends_on(const struct emitter *e, const struct request_plan *r,
		       const struct renewal_plan *plan)
{
	if (plan->fixture == FIXTURE_BEFORE_USER && !plan->lazy)
		return e->fixture == FIXTURE_NONE || e->fixture == FIXTURE_AFTER_USER;
	return request_reads(r, plan);
}

unsigned emitter_request_renewals(struct emitter *e, const struct request_plan *plan)
{
	unsigned bits = 0;

	/* More are an error, which is reported. */
	for (size_t i = 0; i < e->renewals.count && i < RENEWALS_MAX; i++)
		if (e->renewals.items[i].renews && depends_on(e, plan, &e->renewals.items[i]))
			bits |= 1u << i;
	return bits;
}

/* ---- the check */

void emitter_check_renewals(struct emitter *e)
{
	unsigned used = 0;

	for (size_t i = 0; i < e->requests.count; i++)
		used |= e->requests.items[i].renewals;
	for (size_t i = 0; i < e->renewals.count && !e->diags->errors; i++) {
		const struct renewal_plan *plan = &e->renewals.items[i];
		const struct fixture_list *list = e->model->renewal[plan->fixture];

		if (!plan->status_count || plan->lazy || (used & 1u << i))
			continue;
		if (plan->slot_count)
			diag_error(e->diags, keys_span(&list->keys, "renew_on"), DIAG_E306,
				   "no request uses a value of %s, so no response can renew it; "
				   "write a value that its steps extract, such as ${%.*s}, "
				   "directly into the request",
				   fixture_names[plan->fixture],
				   STR_ARG(e->slots.items[plan->slots[0]]));
		else
			diag_error(e->diags, keys_span(&list->keys, "renew_on"), DIAG_E306,
				   "the steps of %s extract no value that a request could use, so "
				   "no response can renew it",
				   fixture_names[plan->fixture]);
	}
}
