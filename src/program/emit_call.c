/*
 * Flows: lists of steps that several places perform. A flow is compiled once for each scenario that
 * calls it, at its first call, with a jump around it; later calls jump there. Its variables are
 * known afterwards, as if its steps were at the call.
 */
#include "program/emitter.h"

static const struct named_flow *find_flow(struct emitter *e, struct str name, uint32_t *index)
{
	const struct model *m = e->model;

	for (*index = 0; *index < m->flow_count; ++*index)
		if (str_eq(m->flows[*index].name, name))
			return &m->flows[*index];
	return NULL;
}

static void report_unknown_flow(struct emitter *e, struct str name, struct span span)
{
	const struct model *m = e->model;
	struct str *names = ARENA_ARRAY(e->arena, m->flow_count + 1, struct str), near;

	for (size_t i = 0; i < m->flow_count; i++)
		names[i] = m->flows[i].name;
	near = diag_nearest(name, names, m->flow_count);
	if (near.ptr)
		diag_edit_word(e->diags,
			       diag_error(e->diags, span, DIAG_E224,
					  "no flow is named '%.*s'; did you mean '%.*s'?",
					  STR_ARG(name), STR_ARG(near)),
			       span, name, near);
	else
		diag_error(e->diags, span, DIAG_E224,
			   "no flow is named '%.*s'; define it under `flows:` at the top level, or "
			   "in an included file",
			   STR_ARG(name));
}

/* True, after reporting the whole circle, if FLOW is being compiled already. */
static bool is_cycle(struct emitter *e, const struct named_flow *flow, struct span span)
{
	struct buf circle;
	size_t from = 0;

	while (from < e->open_flows.count && e->open_flows.items[from] != flow)
		from++;
	if (from == e->open_flows.count)
		return false;
	buf_init(&circle, 4096);
	for (size_t i = from; i < e->open_flows.count; i++)
		buf_printf(&circle, "%.*s calls ", STR_ARG(e->open_flows.items[i]->name));
	buf_add(&circle, flow->name);
	diag_error(e->diags, span, DIAG_E225, "this call would never end: %.*s",
		   STR_ARG(buf_str(&circle)));
	buf_release(&circle);
	return true;
}

/* Emits the body, with a jump around it. `loop.index` inside belongs to loops of the flow only. */
static void emit_flow_body(struct emitter *e, const struct named_flow *flow, uint32_t code,
			   struct span span)
{
	uint32_t after = emit_label(e);
	struct open_loops outside = e->loops;

	e->loops = (struct open_loops){0};
	VEC_PUSH(e->arena, &e->open_flows, flow);
	if (e->program->call_depth < e->open_flows.count)
		e->program->call_depth = (uint32_t)e->open_flows.count;
	emit_op(e, OP_JUMP, after, 0, 0, span);
	emit_bind_label(e, e->flows.items[code].label);
	emitter_enter_flow(e, code);
	emit_steps(e, &flow->steps);
	emitter_leave_place(e);
	emit_op(e, OP_RETURN, 0, 0, 0, flow->name_span);
	emit_bind_label(e, after);
	e->open_flows.count--;
	e->loops = outside;
}

void emit_call(struct emitter *e, struct str name, struct span span)
{
	uint32_t index, code;
	const struct named_flow *flow = find_flow(e, name, &index);
	struct str key;

	if (!flow) {
		report_unknown_flow(e, name, span);
		return;
	}
	name_map_put(&e->called_map, flow->name, 1);
	if (is_cycle(e, flow, span))
		return;
	key = arena_printf(e->arena, "%u %d %u", e->scenario, (int)e->fixture, index);
	code = name_map_find(&e->flow_map, key);
	if (code != NAME_NONE) {
		emitter_note_place(e, &e->flows.items[code].place);
		emit_op(e, OP_CALL, e->flows.items[code].label, 0, 0, span);
		return;
	}
	code = (uint32_t)e->flows.count;
	name_map_put(&e->flow_map, key, code);
	VEC_PUSH(e->arena, &e->flows, ((struct flow_code){emit_label(e), emitter_place(e)}));
	emit_op(e, OP_CALL, e->flows.items[code].label, 0, 0, span);
	emit_flow_body(e, flow, code, span);
}
