#include "steps/message.h"

#include "base/base64.h"
#include "doc/node.h"
#include "interface/reader.h"
#include "program/build.h"
#include "steps/request_modifiers.h"

static void read_json(struct reader *r, const struct node *node, void *out)
{
	(void)r;
	*(const struct node **)out = node;
}

static const struct field_special json_special = {
    .name = "any value",
    .read = read_json,
    .widget = "json",
    .schema = "{}",
};

static const struct field_choice message_choice = {
    .name = "content", .label = "Message", .code = DIAG_E377, .why = "; remove one of them"};

const struct field message_fields[] = {
    FIELD(struct message, json, "json", FIELD_SPECIAL, .label = "JSON", .choice = &message_choice,
	  .special = &json_special,
	  .prose = "The message as JSON. Unquoted true, false, null and numbers keep their type.",
	  .example = "{type: join, room: 7}"),
    FIELD(struct message, text, "text", FIELD_TEMPLATE, .choice = &message_choice,
	  .prose = "The message as text.", .example = "hello"),
    FIELD(struct message, base64, "base64", FIELD_TEMPLATE, .label = "Binary (base64)",
	  .choice = &message_choice, .prose = "A binary message, written in base64.",
	  .example = "AAEC"),
    FIELD(struct message, file, "file", FIELD_TEXT, .choice = &message_choice,
	  .flags = FIELD_PARAMETER | FIELD_FILE,
	  .prose = "A file as a binary message. It is read once for all users.",
	  .example = "frame.bin"),
    FIELD_END,
};

static bool has(const struct message *m, const char *key)
{
	return keys_has(&m->keys, message_fields, key);
}

/* Text with expressions is decoded later. */
static bool is_base64(struct str text)
{
	struct buf bytes;
	bool good;

	if (str_find(text, STR("${"), 0) != NOT_FOUND)
		return true;
	buf_init(&bytes, 0);
	good = base64_decode(&bytes, text);
	buf_release(&bytes);
	return good;
}

void message_check(struct reader *r, const struct message *m, struct span span)
{
	int given = has(m, "json") + has(m, "text") + has(m, "base64") + has(m, "file");

	if (has(m, "base64") && !is_base64(m->base64.raw))
		reader_error(r, keys_span(&m->keys, "base64"), DIAG_E377,
			     "the message is not base64");
	if (given != 1)
		reader_error(r, span, DIAG_E377,
			     "a message needs one of json, text, base64 and file; found %d", given);
}

/* Text in base64 that has no expression is decoded now. */
static void decode(struct emitter *e, struct message_plan *plan)
{
	struct buf bytes;

	plan->base64 = plan->binary = true;
	if (!plan->text->constant)
		return;
	buf_init(&bytes, 0);
	if (base64_decode(&bytes, plan->text->value.text))
		plan->text = build_literal(e, arena_str(emit_arena(e), buf_str(&bytes)));
	plan->base64 = false;
	buf_release(&bytes);
}

struct message_plan message_plan(struct emitter *e, const struct message *m)
{
	struct message_plan plan = {.binary = false};
	struct request_plan file;

	if (has(m, "json")) {
		plan.text = build_json(e, m->json);
	} else if (has(m, "file")) {
		build_file_body(e, m->file, keys_value(&m->keys, "file")->span, &file);
		plan.text = file.body;
		plan.binary = true;
	} else if (has(m, "base64")) {
		plan.text = build_template(e, &m->base64, ESCAPE_NONE);
		decode(e, &plan);
	} else {
		plan.text = build_template(e, &m->text, ESCAPE_NONE);
	}
	return plan;
}

void message_rules_plan(struct emitter *e, const struct field_list *list,
			const struct field *fields, struct channel_step *channel)
{
	const struct message_rule *rules = list->items;
	struct channel_rule *out = ARENA_ARRAY(emit_arena(e), list->count + 1, struct channel_rule);

	for (size_t i = 0; i < list->count; i++) {
		out[i].first_expect = emit_matches(e, &rules[i].when);
		out[i].expect_count = (uint32_t)rules[i].when.count;
		out[i].pass = rules[i].pass;
		if (!field_find(fields, STR("send")) || !keys_has(&rules[i].keys, fields, "send"))
			continue;
		struct message_plan *reply = ARENA_NEW(emit_arena(e), struct message_plan);

		*reply = message_plan(e, &rules[i].send);
		out[i].reply = reply;
	}
	channel->rules = out;
	channel->rule_count = list->count;
}

void message_wait_emit(struct emitter *e, const struct keys *keys, const struct field *fields,
		       const struct message_wait *m, const struct expects *match,
		       const struct message_plan *message, struct span span)
{
	struct wait_step *wait = ARENA_NEW(emit_arena(e), struct wait_step);
	struct request_plan plan = {
	    .method = message ? STR("SEND") : STR("WAIT"),
	    .name = m->name.len ? m->name
		    : message	? STR("send")
				: STR("wait_for"),
	    .span = span,
	    .wait = wait,
	    .timeout =
		keys_has(keys, fields, "timeout") ? m->timeout : emit_model(e)->defaults.timeout,
	    .on_failure = keys_has(keys, fields, "on_failure") ? (enum on_failure)m->on_failure
							       : FAILURE_INHERIT,
	};

	wait->socket = emit_socket(e, m->socket, span, message ? SOCKET_SENT_ON : SOCKET_USED);
	wait->count = (uint32_t)m->count;
	wait->first_expect = emit_matches(e, match);
	wait->expect_count = (uint32_t)match->count;
	if (message) {
		struct message_plan *copy = ARENA_NEW(emit_arena(e), struct message_plan);

		*copy = *message;
		wait->message = copy;
	}
	emit_wait(e, &plan, &m->extract);
}
