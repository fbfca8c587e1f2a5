/*
 * The pages of a program: follows all ways through the instructions. A request keeps the parts of
 * its page that a `submit` or `follow` after it can use; others keep nothing. A step that no
 * request precedes is an error; one that has a page on some ways only gets a warning.
 */
#include "html/html_page.h"
#include "program/emitter.h"

/* State where an instruction begins: a set of these. */
enum page_state {
	PAGE_ABSENT = 1 << 0, /* there is a way here without a page */
	PAGE_THERE = 1 << 1,  /* there is a way here with one */
};

struct page_flow {
	struct emitter *e;
	uint8_t *states; /* of each instruction: enum page_state; 0: not reached */
	uint8_t *wanted; /* of each instruction: the parts that later steps use */
	uint32_t *flow;	 /* of a RETURN: the pc that is called; otherwise PC_NONE */
	bool changed;
};

static const struct request_plan *request_at(const struct page_flow *flow, uint32_t pc)
{
	return &flow->e->requests.items[flow->e->code.items[pc].a];
}

/* Its response can be a page, or a part of one that a script inserts. */
static bool may_give_page(const struct request_plan *request)
{
	return str_eq(request->method, STR("GET")) || str_eq(request->method, STR("POST"));
}

static bool gives_page(const struct request_plan *request)
{
	return !request->is_script && may_give_page(request);
}

static unsigned parts_for(const struct page_action *action)
{
	if (!action)
		return 0;
	if (!action->follows)
		return HTML_PAGE_FORMS | HTML_PAGE_ERRORS;
	return HTML_PAGE_LINKS | (action->row ? HTML_PAGE_ROWS : 0u);
}

/* Calls EACH for the instructions that may follow that at PC. */
static void each_next(struct page_flow *flow, uint32_t pc,
		      void (*each)(struct page_flow *flow, uint32_t from, uint32_t to))
{
	const struct emitter *e = flow->e;
	const struct instr *in = &e->code.items[pc];

	switch ((enum op)in->op) {
	case OP_JUMP:
	case OP_CALL:
		each(flow, pc, in->a);
		return;
	case OP_JUMP_UNLESS:
	case OP_LOOP:
		each(flow, pc, in->b);
		break;
	case OP_CHOOSE:
		for (size_t i = 0; i < e->choices.items[in->a].count; i++)
			each(flow, pc, e->choices.items[in->a].targets[i]);
		return;
	case OP_FORK:
		for (size_t i = 0; i < e->forks.items[in->a].count; i++)
			each(flow, pc, e->forks.items[in->a].targets[i]);
		each(flow, pc, in->b);
		return;
	case OP_RETURN:
		for (uint32_t i = 0; i < e->code.count; i++)
			if (e->code.items[i].op == OP_CALL && e->code.items[i].a == flow->flow[pc])
				each(flow, pc, i + 1);
		return;
	case OP_JOIN:
	case OP_STOP:
	case OP_END:
		return;
	case OP_REQUEST:
	case OP_EXPECT:
	case OP_EXTRACT:
	case OP_REQUEST_END:
	case OP_THINK:
	case OP_PACE:
	case OP_SET:
	case OP_GROUP_BEGIN:
	case OP_GROUP_END:
	case OP_RENDEZVOUS:
	case OP_FAIL:
	case OP_LOG:
	case OP_COUNT:
		break;
	}
	each(flow, pc, pc + 1);
}

/* The flow that each RETURN ends: the innermost one that was called and has not ended before. */
static void find_flows(struct page_flow *flow)
{
	const struct emitter *e = flow->e;
	VEC(uint32_t) open = {0};

	for (uint32_t pc = 0; pc < e->code.count; pc++) {
		flow->flow[pc] = PC_NONE;
		for (size_t i = 0; i < e->flows.count; i++)
			if (e->labels.items[e->flows.items[i].label] == pc)
				VEC_PUSH(e->arena, &open, pc);
		if (e->code.items[pc].op == OP_RETURN && open.count)
			flow->flow[pc] = open.items[--open.count];
	}
}

/* ---- forwards: where there is a page */

static unsigned state_after(const struct page_flow *flow, uint32_t pc, uint32_t to)
{
	const struct instr *in = &flow->e->code.items[pc];
	unsigned state = flow->states[pc];

	if (in->op == OP_REQUEST_END && gives_page(request_at(flow, pc)))
		return PAGE_THERE;
	if (in->op != OP_FORK || to != in->b)
		return state;
	/* After the fork: the pages of its branches; each branch is one request. */
	for (size_t i = 0; i < flow->e->forks.items[in->a].count; i++) {
		uint32_t branch = flow->e->forks.items[in->a].targets[i];

		if (flow->e->code.items[branch].op == OP_REQUEST &&
		    gives_page(request_at(flow, branch)))
			return PAGE_THERE;
	}
	return state;
}

static void spread(struct page_flow *flow, uint32_t from, uint32_t to)
{
	unsigned state = flow->states[to] | state_after(flow, from, to);

	flow->changed |= state != flow->states[to];
	flow->states[to] = (uint8_t)state;
}

static void enter(struct page_flow *flow, uint32_t pc)
{
	if (pc < flow->e->code.count)
		flow->states[pc] = PAGE_ABSENT;
}

static void find_states(struct page_flow *flow)
{
	const struct emitter *e = flow->e;

	for (int i = 0; i < FIXTURE_NONE; i++)
		enter(flow, e->program->fixture[i]);
	for (size_t i = 0; i < e->scenarios.count; i++)
		enter(flow, e->scenarios.items[i].entry);
	do {
		flow->changed = false;
		for (uint32_t pc = 0; pc < e->code.count; pc++)
			if (flow->states[pc])
				each_next(flow, pc, spread);
	} while (flow->changed);
}

/* ---- backwards: which parts are used */

static void collect(struct page_flow *flow, uint32_t from, uint32_t to)
{
	const struct instr *next = &flow->e->code.items[to];
	unsigned parts = flow->wanted[from] | flow->wanted[to];

	if (next->op == OP_REQUEST)
		parts |= parts_for(request_at(flow, to)->page_action);
	flow->changed |= parts != flow->wanted[from];
	flow->wanted[from] = (uint8_t)parts;
}

/* The pages of branches are there after the fork. */
static void collect_join(struct page_flow *flow, uint32_t fork)
{
	const struct instr *in = &flow->e->code.items[fork];

	for (size_t i = 0; i < flow->e->forks.items[in->a].count; i++) {
		uint32_t pc = flow->e->forks.items[in->a].targets[i];

		while (flow->e->code.items[pc].op != OP_JOIN)
			pc++;
		collect(flow, pc, in->b);
	}
}

static void find_wanted(struct page_flow *flow)
{
	const struct emitter *e = flow->e;

	do {
		flow->changed = false;
		for (uint32_t pc = (uint32_t)e->code.count; pc-- > 0;) {
			each_next(flow, pc, collect);
			if (e->code.items[pc].op == OP_FORK)
				collect_join(flow, pc);
		}
	} while (flow->changed);
}

/* ---- results */

static void report(struct page_flow *flow, uint32_t pc)
{
	const struct request_plan *request = request_at(flow, pc);
	const char *what;

	if (!request->page_action || !(flow->states[pc] & PAGE_ABSENT))
		return;
	what = request->page_action->follows ? "follow" : "submit";
	if (flow->states[pc] & PAGE_THERE)
		diag_warning(flow->e->diags, request->span, DIAG_W359,
			     "`%s` has a page on some ways only: no request comes before it on the "
			     "others",
			     what);
	else
		diag_error(flow->e->diags, request->span, DIAG_E359,
			   "`%s` has no page: no request comes before it; begin with `get`", what);
}

void emitter_resolve_pages(struct emitter *e)
{
	struct page_flow flow = {.e = e};
	bool needed = false;

	for (size_t i = 0; i < e->requests.count; i++)
		needed |= e->requests.items[i].page_action != NULL;
	if (!needed)
		return;
	flow.states = ARENA_ARRAY(e->arena, e->code.count, uint8_t);
	flow.wanted = ARENA_ARRAY(e->arena, e->code.count, uint8_t);
	flow.flow = ARENA_ARRAY(e->arena, e->code.count, uint32_t);
	find_flows(&flow);
	find_states(&flow);
	find_wanted(&flow);
	for (uint32_t pc = 0; pc < e->code.count; pc++) {
		struct instr *in = &e->code.items[pc];

		if (in->op == OP_REQUEST)
			report(&flow, pc);
		if (in->op == OP_REQUEST_END && may_give_page(request_at(&flow, pc)))
			e->requests.items[in->a].page_parts |= flow.wanted[pc];
	}
	for (size_t i = 0; i < e->requests.count; i++)
		if (e->requests.items[i].page_parts)
			e->requests.items[i].needs |= NEEDS_BODY | NEEDS_HEADERS;
	e->program->page_slot = emit_hidden_slot(e);
}
