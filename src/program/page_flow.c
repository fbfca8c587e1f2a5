/*
 * The pages of a program: follows all ways through the instructions. A request keeps the parts of
 * its page that a `submit` or `follow` after it can use; others keep nothing. A step that no
 * request precedes is an error; one that has a page on some ways only gets a warning. The same is
 * done for each name in `page: NAME`, with the requests of that name only.
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
	struct str name; /* of the steps whose pages are followed; ptr NULL: the last page */
	uint8_t *states; /* of each instruction: enum page_state; 0: not reached */
	uint8_t *rounds; /* of each LOOP: the state after a round; 0: no round ends */
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

static bool gives_any_page(const struct request_plan *request)
{
	return !request->is_script && may_give_page(request);
}

static bool gives_page(const struct page_flow *flow, const struct request_plan *request)
{
	return gives_any_page(request) && (!flow->name.ptr || str_eq(request->name, flow->name));
}

static bool uses_page(const struct page_flow *flow, const struct request_plan *request)
{
	const struct page_action *action = request->page_action;

	return action && !action->page.ptr == !flow->name.ptr && str_eq(action->page, flow->name);
}

static unsigned parts_for(const struct page_flow *flow, const struct request_plan *request)
{
	const struct page_action *action = request->page_action;

	if (!uses_page(flow, request))
		return 0;
	return (action->follows ? HTML_PAGE_LINKS : HTML_PAGE_FORMS | HTML_PAGE_ERRORS) |
	       (action->row ? HTML_PAGE_ROWS : 0u);
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
	case OP_SEND:
	case OP_WAIT:
	case OP_CLOSE:
	case OP_THINK:
	case OP_THINK_TEXT:
	case OP_PACE:
	case OP_SET:
	case OP_KEEP:
	case OP_RENEW_AFTER:
	case OP_GROUP_BEGIN:
	case OP_GROUP_END:
	case OP_RENDEZVOUS:
	case OP_FAIL:
	case OP_LOG:
	case OP_STEP_END:
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

/* The LOOP performs one round at least. */
static bool has_round(const struct page_flow *flow, const struct instr *in)
{
	const struct expr *rounds = in->op == OP_LOOP ? flow->e->exprs.items[in->c] : NULL;
	double count;

	return rounds && expr_is_constant(rounds) &&
	       value_to_number(*rounds->ops[0].constant, &count) && count >= 1;
}

static unsigned state_after(const struct page_flow *flow, uint32_t pc, uint32_t to)
{
	const struct instr *in = &flow->e->code.items[pc];
	unsigned state = flow->states[pc];

	if (in->op == OP_REQUEST_END && gives_page(flow, request_at(flow, pc)))
		return PAGE_THERE;
	if (in->op == OP_LOOP && to == in->b && has_round(flow, in))
		return flow->rounds[pc];
	if (in->op != OP_FORK || to != in->b)
		return state;
	/* After the fork: the pages of its branches; each branch is one request. */
	for (size_t i = 0; i < flow->e->forks.items[in->a].count; i++) {
		uint32_t branch = flow->e->forks.items[in->a].targets[i];

		if (flow->e->code.items[branch].op == OP_REQUEST &&
		    gives_page(flow, request_at(flow, branch)))
			return PAGE_THERE;
	}
	return state;
}

static void spread(struct page_flow *flow, uint32_t from, uint32_t to)
{
	unsigned after = state_after(flow, from, to), state = flow->states[to] | after;

	flow->changed |= state != flow->states[to];
	flow->states[to] = (uint8_t)state;
	if (flow->e->code.items[to].op != OP_LOOP || from < to)
		return;
	flow->changed |= (flow->rounds[to] | after) != flow->rounds[to];
	flow->rounds[to] |= (uint8_t)after;
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
		parts |= parts_for(flow, request_at(flow, to));
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

static void report(const struct page_flow *flow, const struct request_plan *request, unsigned state)
{
	const char *what = request->page_action->follows ? "follow" : "submit";
	struct diag_list *diags = flow->e->diags;

	if (!(state & PAGE_ABSENT))
		return;
	if ((state & PAGE_THERE) && flow->name.ptr)
		diag_warning(diags, request->page_action->page_span, DIAG_W359,
			     "`%s` has the page '%.*s' on some ways only: no step of this name "
			     "comes before it on the others",
			     what, STR_ARG(flow->name));
	else if (state & PAGE_THERE)
		diag_warning(diags, request->span, DIAG_W359,
			     "`%s` has a page on some ways only: no request comes before it on the "
			     "others",
			     what);
	else if (flow->name.ptr)
		diag_error(diags, request->page_action->page_span, DIAG_E359,
			   "`%s` has no page '%.*s': no step of this name comes before it", what,
			   STR_ARG(flow->name));
	else
		diag_error(diags, request->span, DIAG_E359,
			   "`%s` has no page: no request comes before it; begin with `get`", what);
}

/* Notes in the requests which pages they use and keep, and that those are in SLOT. */
static void note_requests(struct page_flow *flow, uint32_t slot)
{
	for (uint32_t pc = 0; pc < flow->e->code.count; pc++) {
		const struct instr *in = &flow->e->code.items[pc];
		struct request_plan *request;

		if (in->op != OP_REQUEST && in->op != OP_REQUEST_END)
			continue;
		request = &flow->e->requests.items[in->a];
		if (in->op == OP_REQUEST) {
			if (uses_page(flow, request)) {
				request->page_from = slot;
				report(flow, request, flow->states[pc]);
			}
		} else if (!flow->name.ptr) {
			if (may_give_page(request))
				request->page_parts |= flow->wanted[pc];
		} else if (gives_page(flow, request) && flow->wanted[pc]) {
			request->named_parts |= flow->wanted[pc];
			request->named_slot = slot;
		}
	}
}

static uint32_t follow_pages(struct page_flow *flow, struct str name)
{
	uint32_t slot = emit_hidden_slot(flow->e);

	flow->name = name;
	memset(flow->states, 0, flow->e->code.count);
	memset(flow->rounds, 0, flow->e->code.count);
	memset(flow->wanted, 0, flow->e->code.count);
	find_states(flow);
	find_wanted(flow);
	note_requests(flow, slot);
	return slot;
}

/* ---- names */

/* Whether a step with a page has the name that ACTION wants; reports an error otherwise. */
static bool check_name(struct emitter *e, const struct page_action *action)
{
	struct str *names = ARENA_ARRAY(e->arena, e->requests.count + 1, struct str);
	struct str near, first;
	size_t count = 0;

	for (size_t i = 0; i < e->requests.count; i++) {
		const struct request_plan *request = &e->requests.items[i];

		if (!gives_any_page(request))
			continue;
		if (str_eq(request->name, action->page))
			return true;
		names[count++] = request->name;
	}
	first = count ? names[0] : STR("GET /");
	near = diag_nearest(action->page, names, count);
	if (near.ptr)
		diag_edit_word(e->diags,
			       diag_error(e->diags, action->page_span, DIAG_E361,
					  "no step with a page is named '%.*s'; did you mean "
					  "'%.*s'?",
					  STR_ARG(action->page), STR_ARG(near)),
			       action->page_span, action->page, near);
	else
		diag_error(e->diags, action->page_span, DIAG_E361,
			   "no step with a page is named '%.*s'; write the `name` of a step, or "
			   "its name in results, such as '%.*s'",
			   STR_ARG(action->page), STR_ARG(first));
	return false;
}

void emitter_resolve_pages(struct emitter *e)
{
	struct page_flow flow = {.e = e};
	bool needed = false, submits = false;

	for (size_t i = 0; i < e->requests.count; i++) {
		const struct page_action *action = e->requests.items[i].page_action;

		needed |= action != NULL;
		submits |= action && !action->follows;
	}
	if (!needed)
		return;
	if (submits)
		e->program->sent_slot = emit_hidden_slot(e);
	flow.states = ARENA_ARRAY(e->arena, e->code.count, uint8_t);
	flow.rounds = ARENA_ARRAY(e->arena, e->code.count, uint8_t);
	flow.wanted = ARENA_ARRAY(e->arena, e->code.count, uint8_t);
	flow.flow = ARENA_ARRAY(e->arena, e->code.count, uint32_t);
	find_flows(&flow);
	e->program->page_slot = follow_pages(&flow, STR_NULL);
	for (size_t i = 0; i < e->requests.count; i++) {
		const struct request_plan *request = &e->requests.items[i];

		if (request->page_action && request->page_from == SLOT_NONE &&
		    check_name(e, request->page_action))
			follow_pages(&flow, request->page_action->page);
	}
	for (size_t i = 0; i < e->requests.count; i++)
		if (e->requests.items[i].page_parts | e->requests.items[i].named_parts)
			e->requests.items[i].needs |= NEEDS_BODY | NEEDS_HEADERS;
}
