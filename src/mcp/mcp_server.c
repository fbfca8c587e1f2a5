#include "mcp/mcp_server.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "doc/json_node.h"
#include "mcp/mcp_tools.h"

#define LINE_MAX_BYTES ((size_t)16 << 20)
#define CALL_TIME      (120 * NS_PER_S)

/* Codes of JSON-RPC 2.0. */
enum rpc_error {
	RPC_PARSE = -32700,
	RPC_REQUEST = -32600,
	RPC_METHOD = -32601,
	RPC_PARAMS = -32602,
};

/* The revisions of the protocol that this server speaks, the newest first. */
static const char *const revisions[] = {"2025-06-18", "2025-03-26", "2024-11-05", NULL};

struct server_state {
	const struct mcp_config *config;
	struct buf input;   /* not read yet; lines that came during a call are kept here */
	size_t scanned;	    /* of the input: lines that were looked at during a call */
	bool ended, failed; /* the end of the input; the output cannot be written */
	struct buf out;
	struct str calling; /* the id of the call that is performed, as JSON */
};

/* A message that was read. */
struct rpc_message {
	struct arena arena;
	const struct node *root, *params;
	struct str id; /* as JSON; ptr NULL: a notification */
	struct str method;
};

/* ---- output */

static void put_line(struct server_state *s)
{
	struct str rest;

	buf_add_char(&s->out, '\n');
	rest = buf_str(&s->out);
	while (rest.len && !s->failed) {
		ssize_t n = write(STDOUT_FILENO, rest.ptr, rest.len);

		if (n < 0 && errno != EINTR)
			s->failed = true;
		else if (n > 0)
			rest = str_slice(rest, (size_t)n, rest.len);
	}
	buf_clear(&s->out);
}

static struct json_writer begin(struct server_state *s, struct str id)
{
	struct json_writer j = json_writer_compact(&s->out);

	json_writer_open(&j, NULL);
	json_writer_text(&j, "jsonrpc", STR("2.0"));
	buf_add(json_writer_value(&j, "id"), id.ptr ? id : STR("null"));
	return j;
}

static void reply_error(struct server_state *s, struct str id, enum rpc_error code,
			const char *message)
{
	struct json_writer j = begin(s, id);

	json_writer_open(&j, "error");
	json_writer_int(&j, "code", code);
	json_writer_text(&j, "message", str_of(message));
	json_writer_close(&j);
	json_writer_close(&j);
	put_line(s);
}

/* ---- methods */

static void initialize(struct server_state *s, const struct rpc_message *m)
{
	const struct node *wanted = node_find(m->params, STR("protocolVersion"));
	const char *revision = revisions[0];
	struct json_writer j = begin(s, m->id);

	for (size_t i = 0; wanted && revisions[i]; i++)
		if (str_eq(wanted->text, str_of(revisions[i])))
			revision = revisions[i];
	json_writer_open(&j, "result");
	json_writer_text(&j, "protocolVersion", str_of(revision));
	json_writer_open(&j, "capabilities");
	json_writer_open(&j, "tools");
	json_writer_close(&j);
	json_writer_close(&j);
	json_writer_open(&j, "serverInfo");
	json_writer_text(&j, "name", STR("reprise"));
	json_writer_text(&j, "title", STR("reprise load tests"));
	json_writer_text(&j, "version", str_of(s->config->services->version));
	json_writer_close(&j);
	json_writer_text(&j, "instructions",
			 STR("Write load test scenarios in YAML, and check them after each change. "
			     "Use forms and explain to learn the language. Try a scenario with "
			     "run_once before run. Before you send requests to a host that is not "
			     "on this machine, ask the user whether it may be tested."));
	json_writer_close(&j);
	json_writer_close(&j);
	put_line(s);
}

/* The arguments of a tool as JSON Schema. */
static void put_schema(struct json_writer *j, const struct mcp_argument *arguments)
{
	static const char *const types[] = {"string", "integer", "array"};

	json_writer_open(j, "inputSchema");
	json_writer_text(j, "type", STR("object"));
	json_writer_open(j, "properties");
	for (const struct mcp_argument *a = arguments; a->name; a++) {
		json_writer_open(j, a->name);
		json_writer_text(j, "type", str_of(types[a->type]));
		if (a->type == MCP_TEXTS)
			json_writer_fragment(j, STR("\"items\":{\"type\":\"string\"}"));
		json_writer_text(j, "description", str_of(a->sentence));
		json_writer_close(j);
	}
	json_writer_close(j);
	json_writer_open_array(j, "required");
	for (const struct mcp_argument *a = arguments; a->name; a++)
		if (a->required)
			json_writer_text(j, NULL, str_of(a->name));
	json_writer_close_array(j);
	json_writer_bool(j, "additionalProperties", false);
	json_writer_close(j);
}

static void list_tools(struct server_state *s, const struct rpc_message *m)
{
	struct json_writer j = begin(s, m->id);

	json_writer_open(&j, "result");
	json_writer_open_array(&j, "tools");
	for (const struct mcp_tool *tool = mcp_tools; tool->name; tool++) {
		json_writer_open(&j, NULL);
		json_writer_text(&j, "name", str_of(tool->name));
		json_writer_text(&j, "title", str_of(tool->title));
		json_writer_text(&j, "description", str_of(tool->sentence));
		put_schema(&j, tool->arguments);
		json_writer_open(&j, "annotations");
		json_writer_bool(&j, "readOnlyHint", tool->reads_only);
		json_writer_bool(&j, "openWorldHint", strncmp(tool->name, "run", 3) == 0);
		json_writer_close(&j);
		json_writer_close(&j);
	}
	json_writer_close_array(&j);
	json_writer_close(&j);
	json_writer_close(&j);
	put_line(s);
}

static void reply_call(struct server_state *s, const struct rpc_message *m, struct str text,
		       bool is_error)
{
	struct json_writer j = begin(s, m->id);

	json_writer_open(&j, "result");
	json_writer_open_array(&j, "content");
	json_writer_open(&j, NULL);
	json_writer_text(&j, "type", STR("text"));
	json_writer_text(&j, "text", text);
	json_writer_close(&j);
	json_writer_close_array(&j);
	json_writer_bool(&j, "isError", is_error);
	json_writer_close(&j);
	json_writer_close(&j);
	put_line(s);
}

/* ---- input */

static bool read_more(struct server_state *s)
{
	char bytes[65536];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

	if (n > 0)
		buf_add(&s->input, str_n(bytes, (size_t)n));
	if (n == 0 || (n < 0 && errno != EINTR))
		s->ended = true;
	return n > 0;
}

/* The next line of the input from *AT on, without its end; false if it is not complete. */
static bool next_line(const struct server_state *s, size_t *at, struct str *line)
{
	struct str input = buf_str(&s->input);
	size_t end = str_find_char(input, '\n', *at);

	if (end == NOT_FOUND)
		return false;
	*line = str_slice(input, *at, end);
	*at = end + 1;
	return true;
}

/* Reads LINE. An id is a text or a number; a message without one is a notification. */
static bool read_message(struct rpc_message *m, struct str line)
{
	const char *why;
	size_t at;

	*m = (struct rpc_message){.root = NULL};
	arena_init(&m->arena, 0);
	m->root = json_node_read(&m->arena,
				 source_new(&m->arena, STR("message"), arena_str(&m->arena, line)),
				 &at, &why);
	if (!m->root || m->root->kind != NODE_MAP)
		return false;
	const struct node *id = node_find(m->root, STR("id"));
	const struct node *method = node_find(m->root, STR("method"));

	m->params = node_find(m->root, STR("params"));
	if (id && id->kind == NODE_SCALAR && id->span.source)
		m->id = str_slice(id->span.source->text, id->span.begin, id->span.end);
	if (method && method->kind == NODE_SCALAR)
		m->method = method->text;
	return true;
}

/* Whether LINE cancels the call that is performed. */
static bool cancels(const struct server_state *s, struct str line)
{
	struct rpc_message m;
	bool found = false;

	if (read_message(&m, line) && str_eq(m.method, STR("notifications/cancelled"))) {
		const struct node *id = node_find(m.params, STR("requestId"));

		found = id && id->span.source &&
			str_eq(str_slice(id->span.source->text, id->span.begin, id->span.end),
			       s->calling);
	}
	arena_release(&m.arena);
	return found;
}

/* Whether the assistant has ended: it does not read the output any more. The end of the input is
 * not enough, because a script may write all its calls at the beginning. */
static bool is_alone(void)
{
	struct pollfd polled = {.fd = STDOUT_FILENO};

	return poll(&polled, 1, 0) == 1 && (polled.revents & (POLLERR | POLLHUP));
}

/* While a call is performed: looks at new input. The lines stay for later. */
static bool is_cancelled(void *arg)
{
	struct server_state *s = arg;
	struct pollfd polled = {.fd = STDIN_FILENO, .events = POLLIN};
	struct str line;
	bool found = false;

	while (!s->ended && s->input.len < LINE_MAX_BYTES && poll(&polled, 1, 0) == 1 &&
	       read_more(s))
		;
	while (!found && next_line(s, &s->scanned, &line))
		found = cancels(s, line);
	return found || is_alone();
}

/* ---- calls */

static const struct mcp_tool *find_tool(const struct rpc_message *m)
{
	const struct node *name = node_find(m->params, STR("name"));

	for (const struct mcp_tool *tool = mcp_tools; name && tool->name; tool++)
		if (str_eq(name->text, str_of(tool->name)))
			return tool;
	return NULL;
}

static void perform(struct server_state *s, const struct rpc_message *m, struct mcp_call *call)
{
	int status = 0;

	s->calling = m->id;
	if (!call->is_done)
		status = mcp_call_perform(call, is_cancelled, s);
	if (status < 0)
		buf_printf(&call->output, "the program could not be started");
	else if (status)
		buf_printf(&call->output, "\nexit status: %d\n", status);
	reply_call(s, m, buf_str(&call->output),
		   status < 0 || status > 31 || !(call->usual & 1u << status));
	s->calling = STR_NULL;
}

static void call_tool(struct server_state *s, const struct rpc_message *m)
{
	const struct mcp_tool *tool = find_tool(m);
	struct mcp_call call = {.config = s->config, .limit = CALL_TIME, .usual = 1};

	if (!tool) {
		reply_error(s, m->id, RPC_PARAMS, "unknown tool");
		return;
	}
	arena_init(&call.arena, 0);
	buf_init(&call.output, 0);
	call.arguments = node_find(m->params, STR("arguments"));
	mcp_call_word(&call, call.config->program);
	if (tool->prepare(&call) && !call.error.ptr)
		perform(s, m, &call);
	else
		reply_call(s, m, call.error, true);
	buf_release(&call.output);
	arena_release(&call.arena);
}

static void reply_empty(struct server_state *s, const struct rpc_message *m)
{
	struct json_writer j = begin(s, m->id);

	json_writer_open(&j, "result");
	json_writer_close(&j);
	json_writer_close(&j);
	put_line(s);
}

static const struct {
	const char *method;
	void (*handle)(struct server_state *s, const struct rpc_message *m);
} methods[] = {
    {"initialize", initialize},
    {"ping", reply_empty},
    {"tools/list", list_tools},
    {"tools/call", call_tool},
};

static void handle_line(struct server_state *s, struct str line)
{
	struct rpc_message m;
	bool known = false;

	if (!str_trim(line).len)
		return;
	if (!read_message(&m, line))
		reply_error(s, STR_NULL, RPC_PARSE, "the message is not a JSON object");
	else if (!m.method.ptr)
		reply_error(s, m.id, RPC_REQUEST, "the message has no method");
	for (size_t i = 0;
	     m.id.ptr && m.method.ptr && !known && i < sizeof methods / sizeof *methods; i++) {
		known = str_eq(m.method, str_of(methods[i].method));
		if (known)
			methods[i].handle(s, &m);
	}
	if (m.id.ptr && m.method.ptr && !known)
		reply_error(s, m.id, RPC_METHOD, "unknown method");
	arena_release(&m.arena);
}

/* Handles the first line of the input, and removes it. */
static bool handle_next(struct server_state *s)
{
	size_t end = 0;
	struct str line;

	if (!next_line(s, &end, &line))
		return false;
	/* A call reads more input, which may move the buffer. */
	struct buf own;

	buf_init(&own, 0);
	buf_add(&own, line);
	s->scanned = end;
	handle_line(s, buf_str(&own));
	buf_release(&own);
	memmove(s->input.data, s->input.data + end, s->input.len - end);
	s->input.len -= end;
	return true;
}

bool mcp_server_run(const struct mcp_config *config)
{
	struct server_state s = {.config = config};

	buf_init(&s.input, 0);
	buf_init(&s.out, 0);
	while (!s.failed) {
		if (handle_next(&s))
			continue;
		if (s.ended)
			break;
		if (s.input.len >= LINE_MAX_BYTES) {
			reply_error(&s, STR_NULL, RPC_REQUEST, "the message is too long");
			break;
		}
		(void)read_more(&s);
	}
	buf_release(&s.input);
	buf_release(&s.out);
	return !s.failed;
}
