/* Sockets and streams of events, and the steps that use them: SEND, WAIT, CLOSE. */
#include "program/emitter.h"
#include "program/known_secrets.h"

/* ---- names */

uint32_t emit_socket(struct emitter *e, struct str name, struct span span, enum socket_use use)
{
	struct socket_name *socket = NULL;
	size_t i = 0;

	if (!e->sockets.count)
		VEC_PUSH(e->arena, &e->sockets, ((struct socket_name){.name = STR("")}));
	while (i < e->sockets.count && !str_eq(e->sockets.items[i].name, name))
		i++;
	if (i == e->sockets.count)
		VEC_PUSH(e->arena, &e->sockets, ((struct socket_name){.name = name}));
	socket = &e->sockets.items[i];
	if (use == SOCKET_OPENED || use == SOCKET_LISTENED) {
		socket->is_opened = e->sockets.items[0].is_opened = true;
		if (use == SOCKET_OPENED)
			socket->can_send = e->sockets.items[0].can_send = true;
		return (uint32_t)i;
	}
	if (!socket->is_used)
		socket->used = span;
	socket->is_used = true;
	if (use == SOCKET_SENT_ON && !socket->is_sent_on) {
		socket->is_sent_on = true;
		socket->sent_on = span;
	}
	return (uint32_t)i;
}

static void report_missing(struct emitter *e, const struct socket_name *socket)
{
	if (socket->name.len)
		diag_error(e->diags, socket->used, DIAG_E375,
			   "no step opens the socket '%.*s'; add `socket: %.*s` to its "
			   "`websocket` or `listen` step, or correct the name",
			   STR_ARG(socket->name), STR_ARG(socket->name));
	else
		diag_error(e->diags, socket->used, DIAG_E375,
			   "no step opens a socket; begin with a step such as `websocket: /ws` or "
			   "`listen: /events`");
}

void emitter_check_sockets(struct emitter *e)
{
	for (size_t i = 0; i < e->sockets.count; i++) {
		const struct socket_name *socket = &e->sockets.items[i];

		if (socket->is_used && !socket->is_opened)
			report_missing(e, socket);
		else if (socket->is_sent_on && !socket->can_send)
			diag_error(e->diags, socket->sent_on, DIAG_E377,
				   "nothing can be sent on a stream that `listen` opens; send a "
				   "request, or use a `websocket`");
	}
}

/* ---- expectations about messages */

/* A message has a body and an event type, and nothing else of a response. */
static bool is_about_message(struct emitter *e, const struct expect *expect, unsigned needs)
{
	if ((needs == NEEDS_BODY || needs == NEEDS_EVENT_TYPE) &&
	    strcmp(expect->kind->name, "form") != 0)
		return true;
	diag_error(e->diags, expect->span, DIAG_E376,
		   "'%s' cannot be used for a message, which has only a text; use body, jsonpath, "
		   "xpath, css, size or event",
		   expect->kind->name);
	return false;
}

uint32_t emit_matches(struct emitter *e, const struct expects *expects)
{
	uint32_t first = (uint32_t)e->expects.count;

	for (size_t i = 0; i < expects->count; i++) {
		struct request_plan message = {.url = build_literal(e, STR(""))};

		emitter_pool_expect(e, &message, &expects->items[i]);
		if (!is_about_message(e, &expects->items[i], message.needs))
			break;
	}
	return first;
}

/* ---- instructions */

void emit_wait(struct emitter *e, struct request_plan *plan, const struct extracts *extracts)
{
	uint32_t again = emit_label(e), settle = emit_label(e);
	uint32_t index = (uint32_t)e->requests.count;
	unsigned needs;

	plan->index = index;
	plan->series = emit_pool_series(e, plan->name, plan->span, false);
	plan->unmeasured = e->fixture != FIXTURE_NONE;
	plan->is_script = true;
	plan->page_from = plan->named_slot = SLOT_NONE;
	plan->on_failure = emitter_on_failure(e, plan->on_failure);
	plan->url = build_literal(e, STR(""));
	e->program->waits = true;
	VEC_PUSH(e->arena, &e->requests, *plan);
	emit_bind_label(e, again);
	emit_op(e, OP_WAIT, index, settle, 0, plan->span);
	for (size_t i = 0; i < extracts->count; i++) {
		plan->needs = 0;
		emitter_extract(e, plan, &extracts->items[i]);
		needs = plan->needs;
		if (needs & ~(unsigned)NEEDS_BODY)
			diag_error(e->diags, extracts->items[i].span, DIAG_E376,
				   "'%s' cannot be used for a message, which has only a text; use "
				   "jsonpath, regex, boundary, xpath, css or body",
				   extracts->items[i].kind->name);
	}
	plan->needs = NEEDS_BODY;
	plan->checked = true;
	e->requests.items[index] = *plan;
	if (plan->wait->message)
		known_secrets_add_template(e, STR(""), plan->wait->message->text);
	emit_bind_label(e, settle);
	emit_op(e, OP_REQUEST_END, index, again, 0, plan->span);
}

void emit_send(struct emitter *e, const struct send_plan *plan, struct span span)
{
	struct send_plan own = *plan;

	own.on_failure = emitter_on_failure(e, plan->on_failure);
	known_secrets_add_template(e, STR(""), plan->message.text);
	VEC_PUSH(e->arena, &e->sends, own);
	emit_op(e, OP_SEND, (uint32_t)e->sends.count - 1, 0, 0, span);
}

void emit_close(struct emitter *e, uint32_t socket, unsigned code, enum on_failure on_failure,
		struct span span)
{
	emit_op(e, OP_CLOSE, socket, code, (uint32_t)emitter_on_failure(e, on_failure), span);
}
