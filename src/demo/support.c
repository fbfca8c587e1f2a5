/* The support chat of the shop: a page whose script talks over a WebSocket with a program that
 * knows a few sentences. The page has a ticket for the socket; the socket gives the conversation an
 * id, which later messages and the request for the transcript need. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "demo/layout.h"
#include "net/server_socket.h"

static void page(struct shop_request *request);
static void open_socket(struct shop_request *request);
static void transcript(struct shop_request *request);

const struct route support_routes[] = {
    ROUTE(HTTP_REQUEST_GET, "GET", "/support", page),
    ROUTE(HTTP_REQUEST_GET, "GET", "/ws/support", open_socket),
    ROUTE(HTTP_REQUEST_GET, "GET", "/api/support", transcript),
    {.handle = NULL},
};

#define FIRST_PING (200 * NS_PER_MS)
#define PING_EACH  (5 * NS_PER_S)
#define REPLY_TIME (40 * NS_PER_MS)
/* The code of a close for a client that did not reply to a ping. */
#define NO_PONG 4001u

/* ---- the page */

static const char script[] =
    "<form class=box id=ask><label>Your question <input name=text autocomplete=off required>"
    "</label><button disabled>Send</button></form><p><button id=end disabled>End the chat</button>"
    "<script>\n"
    "const chat = document.getElementById('chat'), form = document.getElementById('ask'),\n"
    "  end = document.getElementById('end'), button = form.querySelector('button');\n"
    "const socket = new WebSocket(location.origin.replace('http', 'ws') +\n"
    "  '/ws/support?ticket=' + chat.dataset.ticket);\n"
    "let conversation;\n"
    "const send = (message) => socket.send(JSON.stringify(message));\n"
    "const show = (who, text) => chat.append(Object.assign(document.createElement('p'),\n"
    "  {className: who, textContent: who + ': ' + text}));\n"
    "socket.onopen = () => send({type: 'join', name: 'Visitor'});\n"
    "socket.onmessage = (event) => {\n"
    "  const message = JSON.parse(event.data);\n"
    "  if (message.type === 'ping') send({type: 'pong'});\n"
    "  if (message.type === 'joined') {\n"
    "    conversation = message.conversation;\n"
    "    button.disabled = end.disabled = false;\n"
    "    show('Shop', message.greeting);\n"
    "  }\n"
    "  if (message.type === 'reply') show('Shop', message.text);\n"
    "};\n"
    "socket.onclose = () => { button.disabled = true; };\n"
    "form.onsubmit = (event) => {\n"
    "  event.preventDefault();\n"
    "  send({type: 'ask', conversation, text: form.elements.text.value});\n"
    "  show('You', form.elements.text.value);\n"
    "  form.reset();\n"
    "};\n"
    "end.onclick = async () => {\n"
    "  socket.close(1000);\n"
    "  end.disabled = true;\n"
    "  const response = await fetch('/api/support?conversation=' + conversation);\n"
    "  show('Transcript', (await response.json()).questions + ' questions');\n"
    "};\n"
    "</script>\n";

static void page(struct shop_request *request)
{
	struct shop_session *session = shop_request_session(request);
	struct buf *out = layout_begin(request, STR("Support"));

	buf_printf(out, "<h1>Ask the shop</h1><div id=chat data-ticket=%s></div>\n", session->csrf);
	buf_add(out, str_n(script, sizeof script - 1));
	layout_end(request, 200);
}

/* ---- a conversation */

struct conversation {
	struct shop *shop;
	struct server_socket *socket; /* NULL: it has ended */
	unsigned timers;	      /* pending: it is freed after the last */
	char id[TOKEN_CHARS + 1];     /* empty: not joined */
	unsigned number;	      /* of questions */
	unsigned pings, pongs;
};

static void release(struct conversation *c)
{
	if (!c->socket && !c->timers)
		free(c);
}

static void later(struct conversation *c, ns_t delay, void (*fn)(void *arg))
{
	c->timers++;
	server_after(c->shop->server, delay, fn, c);
}

static struct json_writer begin_message(struct conversation *c, const char *type)
{
	struct json_writer j = json_writer_compact(&c->shop->page);

	buf_clear(&c->shop->page);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "type", str_of(type));
	return j;
}

static void end_message(struct conversation *c, struct json_writer *j)
{
	json_writer_close(j);
	server_socket_send(c->socket, buf_str(&c->shop->page));
}

static void send_error(struct conversation *c, const char *why)
{
	struct json_writer j = begin_message(c, "error");

	json_writer_text(&j, "reason", str_of(why));
	end_message(c, &j);
}

static void on_ping(void *arg)
{
	struct conversation *c = arg;
	struct json_writer j;

	c->timers--;
	if (c->socket && c->pongs < c->pings) {
		server_socket_close(c->socket, NO_PONG, STR("no pong"));
	} else if (c->socket) {
		c->pings++;
		j = begin_message(c, "ping");
		end_message(c, &j);
		later(c, PING_EACH, on_ping);
	}
	release(c);
}

static void on_reply(void *arg)
{
	static const char *const sentences[] = {"We have many hats.", "It is in stock.",
						"We deliver within two days."};
	struct conversation *c = arg;
	struct json_writer j;

	c->timers--;
	if (c->socket) {
		j = begin_message(c, "reply");
		json_writer_uint(&j, "number", ++c->number);
		json_writer_text(
		    &j, "text",
		    str_of(sentences[(c->number - 1) % (sizeof sentences / sizeof *sentences)]));
		end_message(c, &j);
	}
	release(c);
}

static struct str member(struct conversation *c, const char *name)
{
	struct json_tape *tape = &c->shop->tape;
	const struct json_item *item = json_member(tape, tape->items, str_of(name));

	if (!item || json_type(item) != JSON_STRING)
		return STR("");
	buf_clear(&c->shop->field);
	return json_text(tape, item, &c->shop->field);
}

static void join(struct conversation *c)
{
	struct json_writer j;

	if (c->id[0] || !member(c, "name").len) {
		send_error(c, c->id[0] ? "already joined" : "a name is missing");
		return;
	}
	shop_state_conversation_new(c->shop->state, c->id);
	j = begin_message(c, "joined");
	json_writer_text(&j, "conversation", str_of(c->id));
	json_writer_text(&j, "greeting", STR("How can we help?"));
	end_message(c, &j);
	later(c, FIRST_PING, on_ping);
}

static void ask(struct conversation *c)
{
	struct json_writer j;

	if (!c->id[0] || !str_eq(member(c, "conversation"), str_of(c->id))) {
		send_error(c, "unknown conversation");
		return;
	}
	if (!member(c, "text").len) {
		send_error(c, "the question is empty");
		return;
	}
	shop_state_conversation_ask(c->shop->state, str_of(c->id));
	j = begin_message(c, "typing");
	end_message(c, &j);
	later(c, REPLY_TIME, on_reply);
}

static void on_message(void *owner, bool text, struct str payload)
{
	struct conversation *c = owner;
	struct str type;

	if (!text || !json_read(&c->shop->tape, payload) ||
	    json_type(c->shop->tape.items) != JSON_OBJECT) {
		send_error(c, "a message must be a JSON object");
		return;
	}
	type = member(c, "type");
	if (str_eq(type, STR("join")))
		join(c);
	else if (str_eq(type, STR("ask")))
		ask(c);
	else if (str_eq(type, STR("pong")))
		c->pongs++;
	else
		send_error(c, "unknown type; use join, ask or pong");
}

static void on_closed(void *owner)
{
	struct conversation *c = owner;

	c->socket = NULL;
	release(c);
}

static const struct server_socket_handler handler = {
    .message = on_message,
    .closed = on_closed,
};

static void open_socket(struct shop_request *request)
{
	struct buf *ticket = &request->shop->field;
	struct conversation *c;

	buf_clear(ticket);
	http_request_form_value(http_request_view(request->http)->query, STR("ticket"), ticket);
	if (!server_socket_is_asked(request->http)) {
		http_request_add_header(request->http, "Upgrade", STR("websocket"));
		shop_request_reply(request, 426, "text/plain; charset=utf-8",
				   STR("This address is a WebSocket.\n"));
		return;
	}
	if (!request->session || !str_eq(buf_str(ticket), str_of(request->session->csrf))) {
		shop_request_reply(request, 403, "text/plain; charset=utf-8",
				   STR("The ticket is not valid.\n"));
		return;
	}
	shop_request_count(request, 101);
	c = alloc_zeroed(1, sizeof *c);
	c->shop = request->shop;
	c->socket = server_socket_open(request->http, &handler, c);
	release(c);
}

/* ---- the transcript */

static void transcript(struct shop_request *request)
{
	struct buf *id = &request->shop->field, *out = &request->shop->page;
	struct json_writer j = json_writer_compact(out);
	int questions;

	buf_clear(id);
	http_request_form_value(http_request_view(request->http)->query, STR("conversation"), id);
	questions = shop_state_conversation_questions(request->shop->state, buf_str(id));
	buf_clear(out);
	json_writer_open(&j, NULL);
	if (questions < 0) {
		json_writer_text(&j, "error", STR("unknown conversation"));
	} else {
		json_writer_text(&j, "conversation", buf_str(id));
		json_writer_int(&j, "questions", questions);
	}
	json_writer_close(&j);
	shop_request_reply(request, questions < 0 ? 404 : 200, "application/json", buf_str(out));
}
