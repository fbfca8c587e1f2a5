#include "tiny_program.h"

#include <stdio.h>

#include "base/log.h"
#include "program/expr.h"

static enum find_outcome find_body(const void *plan, const struct response *response,
				   struct str subject, struct scratch *scratch,
				   struct matches *matches)
{
	(void)plan;
	(void)response;
	if (!subject.len)
		return FIND_OK;
	matches->items = scratch_items(scratch, 1);
	matches->items[0] = value_text(subject);
	matches->count = 1;
	return FIND_OK;
}

static const struct extract_kind whole_body = {
    .name = "body",
    .needs = NEEDS_BODY,
    .find = find_body,
};

static const struct tls_plan default_tls = {.verify = true};

void tiny_init(struct tiny *t)
{
	*t = (struct tiny){.p = {.target = STR("http://shop"), .page_slot = SLOT_NONE}};
	arena_init(&t->arena, 0);
	arena_init(&t->p.arena, 0);
	t->model.defaults.connections.per_host = 6;
	t->p.model = &t->model;
	t->p.code = t->code;
	t->p.requests = t->requests;
	t->p.tls = &default_tls;
	t->p.tls_count = 1;
	t->p.extracts = t->extracts;
	t->p.expects = t->expects;
	t->p.series = t->series;
	t->p.scenarios = t->scenarios;
	t->p.thinks = t->thinks;
	t->p.forks = t->forks;
	t->p.choices = t->choices;
	t->p.rendezvous = t->rendezvous;
	t->p.templates = t->templates;
	t->p.exprs = t->exprs;
	t->p.slot_first = t->slot_first;
	t->p.slot_count = 8;
	t->p.counter_count = 4;
	t->p.group_depth = 4;
	t->p.call_depth = 4;
	t->p.fiber_count = 1;
	t->p.user_variables = PC_NONE;
	for (int i = 0; i < FIXTURE_NONE; i++)
		t->p.fixture[i] = PC_NONE;
}

void tiny_release(struct tiny *t)
{
	arena_release(&t->arena);
	arena_release(&t->p.arena);
}

const struct tmpl *tiny_text(struct tiny *t, const char *text)
{
	struct tmpl *tmpl = ARENA_NEW(&t->arena, struct tmpl);

	tmpl->constant = true;
	tmpl->value = value_text(str_of(text));
	return tmpl;
}

struct scenario_plan *tiny_scenario(struct tiny *t, const char *name, double weight)
{
	struct scenario_plan *s = &t->scenarios[t->p.scenario_count++];

	*s = (struct scenario_plan){.name = str_of(name),
				    .weight = weight,
				    .entry = t->p.code_count,
				    .variables = PC_NONE,
				    .pace = PC_NONE,
				    .on_failure = FAILURE_STOP_ITERATION};
	return s;
}

uint32_t tiny_op(struct tiny *t, enum op op, uint32_t a, uint32_t b, uint32_t c)
{
	if (t->p.code_count == TINY_MAX)
		BUG("a test's program is too long");
	if (op == OP_END && t->p.scenario_count)
		t->scenarios[t->p.scenario_count - 1].end = t->p.code_count;
	t->code[t->p.code_count] = (struct instr){.op = (uint16_t)op, .a = a, .b = b, .c = c};
	return t->p.code_count++;
}

struct request_plan *tiny_request_keeping(struct tiny *t, const char *method, const char *url,
					  uint32_t slot)
{
	uint32_t index = t->p.request_count++;
	struct request_plan *r = &t->requests[index];
	uint32_t pc = tiny_op(t, OP_REQUEST, index, 0, 0);

	*r = (struct request_plan){
	    .index = index,
	    .name = arena_printf(&t->arena, "%s %s %u", method, url, (unsigned)index),
	    .method = str_of(method),
	    .series = t->p.series_count,
	    .url = tiny_text(t, url),
	    .default_expect = true,
	    .follow = true,
	    .max_hops = 10,
	    .on_failure = FAILURE_INHERIT,
	};
	t->series[t->p.series_count++] = (struct series_plan){
	    .name = r->name, .scenario = t->scenarios[t->p.scenario_count - 1].name};
	if (slot != SLOT_NONE) {
		uint32_t x = t->p.extract_count++;

		t->sources[x] = (struct extract){.variable = STR("v"), .kind = &whole_body};
		t->extracts[x] = (struct extract_plan){.source = &t->sources[x],
						       .kind = &whole_body,
						       .slot = slot,
						       .from_slot = SLOT_NONE};
		tiny_op(t, OP_EXTRACT, x, 0, 0);
	}
	t->code[pc].b = tiny_op(t, OP_REQUEST_END, index, pc, 0);
	return r;
}

struct request_plan *tiny_request(struct tiny *t, const char *method, const char *url)
{
	return tiny_request_keeping(t, method, url, SLOT_NONE);
}

void tiny_think(struct tiny *t, enum think_kind kind, ns_t a, ns_t b)
{
	t->thinks[t->p.think_count] = (struct think_time){.kind = kind, .a = a, .b = b};
	tiny_op(t, OP_THINK, t->p.think_count++, 0, 0);
}

struct request_plan *tiny_parallel(struct tiny *t, uint32_t count, uint32_t limit, uint32_t slot)
{
	uint32_t *targets = ARENA_ARRAY(&t->arena, count, uint32_t);
	uint32_t fork = t->p.fork_count++;
	uint32_t pc = tiny_op(t, OP_FORK, fork, 0, 0);
	struct request_plan *first = &t->requests[t->p.request_count];

	for (uint32_t i = 0; i < count; i++) {
		targets[i] = t->p.code_count;
		tiny_request_keeping(
		    t, "GET", arena_printf(&t->arena, "http://shop/%u", (unsigned)i).ptr, slot);
		tiny_op(t, OP_JOIN, 0, 0, 0);
	}
	t->code[pc].b = t->p.code_count;
	t->forks[fork] = (struct fork_plan){.targets = targets, .count = count, .limit = limit};
	t->p.fiber_count = limit + 1;
	return first;
}

uint32_t tiny_constant(struct tiny *t, struct value value)
{
	struct value *kept = ARENA_NEW(&t->arena, struct value);
	struct expr_op *op = ARENA_NEW(&t->arena, struct expr_op);
	struct expr *expr = ARENA_NEW(&t->arena, struct expr);

	*kept = value;
	*op = (struct expr_op){.code = EXPR_CONST, .constant = kept};
	*expr = (struct expr){.ops = op, .count = 1};
	t->exprs[t->p.expr_count] = expr;
	return t->p.expr_count++;
}
