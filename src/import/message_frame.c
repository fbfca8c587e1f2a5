#include "import/message_frame.h"

#include <string.h>

#include "base/ascii.h"
#include "doc/jsonpath.h"
#include "import/conversion.h"

#define PREFIX_MAX   64u /* bytes before the JSON */
#define CONSTANT_MAX 60u /* a longer text is not a key */
#define WHOLE_MAX    40u /* a longer text is not compared as a whole */
#define ECHO_MAX     200u
#define ECHO_ITEMS   200u /* of a message that are compared: ids are at its start */
#define ECHO_MIN     8u	  /* of a text under another name */
#define CONSTANTS    2u	  /* keys that are constant */

static bool is_one_of(struct str word, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (str_ieq(word, str_of(words[i])))
			return true;
	return false;
}

/* ---- frames */

/* Digits, and what socket.io writes after them: attachments, a namespace, the number of an
 * acknowledgement. */
static size_t prefix_of(struct str text)
{
	size_t at = 0;

	if (!text.len || !ascii_is_digit(text.ptr[0]))
		return 0;
	while (at < text.len && at < PREFIX_MAX && text.ptr[at] != '[' && text.ptr[at] != '{') {
		if (!ascii_is_alnum(text.ptr[at]) && !strchr("-/,_.", text.ptr[at]))
			return 0;
		at++;
	}
	return at < text.len && at < PREFIX_MAX ? at : 0;
}

struct message_frame message_frame_read(struct str text, struct json_tape *tape)
{
	size_t prefix = prefix_of(text);
	struct str json = str_trim(str_slice(text, prefix, text.len));

	if (json.len && (json.ptr[0] == '{' || json.ptr[0] == '[') && json_read(tape, json))
		return (struct message_frame){str_slice(text, 0, prefix), json};
	return (struct message_frame){STR(""), STR("")};
}

/* ---- keys */

/* A word that the application's code has, not a person or a server. */
static bool is_constant(struct str s)
{
	if (!s.len || s.len > CONSTANT_MAX || conversion_is_id(s))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	return true;
}

static void add_key(struct arena *a, struct message_keys *out, struct str path,
		    const struct json_tape *tape, const struct json_item *item, uint32_t sent)
{
	struct message_key *key = &out->items[out->count++];
	struct buf text;

	buf_init(&text, 0);
	key->path = path;
	key->is_number = json_type(item) == JSON_NUMBER;
	key->value =
	    arena_str(a, key->is_number ? json_raw(tape, item) : json_text(tape, item, &text));
	key->sent = sent;
	if (sent == UINT32_MAX && !out->word.len && !key->is_number)
		out->word = key->value;
	buf_release(&text);
}

static bool is_constant_item(const struct json_tape *tape, const struct json_item *item)
{
	return json_type(item) == JSON_STRING && !json_escaped(item) &&
	       is_constant(json_raw(tape, item));
}

static void find_in_object(struct arena *a, const struct json_tape *tape, struct message_keys *out)
{
	static const char *const names[] = {"type", "event",   "op",  "action",	      "method",
					    "cmd",  "command", "msg", "message_type", "msgType",
					    "kind", "t",       "e",   "status",	      NULL};
	static const char *const numbers[] = {"type", "op", "t", "kind", "cmd", NULL};

	for (int i = 0; names[i] && out->count < CONSTANTS; i++) {
		const struct json_item *item = json_member(tape, tape->items, str_of(names[i]));
		bool number = false;

		for (int k = 0; item && numbers[k]; k++)
			number = number || (json_type(item) == JSON_NUMBER &&
					    strcmp(numbers[k], names[i]) == 0 && item->bytes <= 3);
		if (item && (number || is_constant_item(tape, item)))
			add_key(a, out, arena_printf(a, "$.%s", names[i]), tape, item, UINT32_MAX);
	}
}

/* ["1","2","room:lobby","phx_reply",{…}]: the first words. */
static void find_in_array(struct arena *a, const struct json_tape *tape, struct message_keys *out)
{
	unsigned number = 0;

	for (uint32_t i = 1; i < tape->items->next && number < 5 && out->count < CONSTANTS;
	     i = tape->items[i].next, number++)
		if (is_constant_item(tape, &tape->items[i])) {
			add_key(a, out, arena_printf(a, "$[%u]", number), tape, &tape->items[i],
				UINT32_MAX);
			/* The last one is the event; the first can be its topic. */
			out->word = out->items[out->count - 1].value;
		}
}

static void put_escaped(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("\\^$.|?*+()[]{}", text.ptr[i]))
			buf_add_char(out, '\\');
		buf_add_char(out, text.ptr[i]);
	}
}

/* The prefix, and the first word of an array: 42["joined" */
static void find_in_framed(struct arena *a, const struct message_frame *frame,
			   const struct json_tape *tape, struct message_keys *out)
{
	bool named = json_type(tape->items) == JSON_ARRAY && json_count(tape->items) &&
		     is_constant_item(tape, &tape->items[1]);
	struct buf pattern;

	buf_init(&pattern, 0);
	buf_add_char(&pattern, '^');
	put_escaped(frame->prefix, &pattern);
	put_escaped(str_slice(frame->json, 0, 1), &pattern);
	if (named) {
		out->word = arena_str(a, json_raw(tape, &tape->items[1]));
		buf_add_char(&pattern, '"');
		put_escaped(out->word, &pattern);
		buf_add_char(&pattern, '"');
	}
	out->pattern = arena_str(a, buf_str(&pattern));
	buf_release(&pattern);
}

/* The command of STOMP and similar protocols: an upper-case word on a separate line. */
static struct str command_of(struct str text)
{
	size_t end = 0;

	while (end < text.len && ascii_is_upper(text.ptr[end]))
		end++;
	return end > 2 && end < text.len && text.ptr[end] == '\n' ? str_slice(text, 0, end)
								  : STR("");
}

/* One word, such as "pong", or the digits of engine.io. */
static bool is_whole(struct str text)
{
	if (!text.len || text.len > WHOLE_MAX || strchr("{[<\"", text.ptr[0]))
		return false;
	if (ascii_is_digit(text.ptr[0]))
		return text.len <= 2 || (text.len <= 8 && str_ends(text, STR("probe")));
	return is_constant(text);
}

void message_frame_keys(struct arena *a, struct str text, struct message_keys *out)
{
	struct message_frame frame;
	struct json_tape tape;
	struct str command;

	*out = (struct message_keys){.count = 0};
	json_init(&tape);
	frame = message_frame_read(text, &tape);
	command = command_of(text);
	if (frame.prefix.len) {
		find_in_framed(a, &frame, &tape, out);
	} else if (frame.json.len && json_type(tape.items) == JSON_OBJECT) {
		find_in_object(a, &tape, out);
	} else if (frame.json.len) {
		find_in_array(a, &tape, out);
	} else if (command.len) {
		out->word = arena_str(a, command);
		out->pattern = arena_printf(a, "^%.*s\\n", STR_ARG(command));
	} else if (is_whole(text)) {
		out->word = out->whole = arena_str(a, text);
	}
	json_release(&tape);
}

bool message_frame_has_keys(const struct message_keys *keys)
{
	return keys->count || keys->pattern.len || keys->whole.len;
}

bool message_frame_same_keys(const struct message_keys *x, const struct message_keys *y)
{
	if (x->count != y->count || !str_eq(x->pattern, y->pattern) || !str_eq(x->whole, y->whole))
		return false;
	for (size_t i = 0; i < x->count; i++)
		if (!str_eq(x->items[i].path, y->items[i].path) ||
		    !str_eq(x->items[i].value, y->items[i].value))
			return false;
	return true;
}

/* ---- echoes */

struct echo_search {
	struct arena *arena;
	struct json_tape sent, received;
	struct buf path, other;
};

static bool is_leaf(const struct json_item *item)
{
	return (json_type(item) == JSON_STRING || json_type(item) == JSON_NUMBER) && item->bytes &&
	       item->bytes <= ECHO_MAX;
}

static struct str path_of(const struct json_tape *tape, uint32_t index, struct buf *out)
{
	buf_clear(out);
	jsonpath_normalized(tape, index, out);
	return buf_str(out);
}

/* The item of the sent message with the value of item INDEX of the received one: at the same place,
 * or a long text anywhere; UINT32_MAX if there is none. */
static uint32_t find_sent(struct echo_search *s, uint32_t index)
{
	const struct json_item *item = &s->received.items[index];
	struct str value = json_raw(&s->received, item);
	uint32_t found = UINT32_MAX;

	for (uint32_t i = 0; i < s->sent.count && i < ECHO_ITEMS; i++) {
		const struct json_item *other = &s->sent.items[i];

		if (!is_leaf(other) || json_type(other) != json_type(item) ||
		    !str_eq(json_raw(&s->sent, other), value))
			continue;
		if (str_eq(path_of(&s->sent, i, &s->other), path_of(&s->received, index, &s->path)))
			return i;
		if (json_type(item) == JSON_STRING && value.len >= ECHO_MIN &&
		    !is_constant_item(&s->sent, other))
			found = i;
	}
	return found;
}

/* The name of a leaf, which the path ends with: "id" of $.items[0].id; empty for an element. */
static struct str name_of_path(struct str path)
{
	size_t from = path.len;

	while (from > 0 && (ascii_is_name(path.ptr[from - 1])))
		from--;
	return str_slice(path, from, path.len);
}

/* Members that each message of the client has, so that they say nothing about one. */
static bool is_of_all(struct str name)
{
	static const char *const words[] = {"jsonrpc", "version", "v",	  "protocol",  "lang",
					    "locale",  "ts",	  "time", "timestamp", NULL};

	return is_one_of(name, words);
}

/* Whether the value identifies the message that it was sent with. */
static bool is_identifying(struct str path, const struct json_item *item)
{
	static const char *const parts[] = {"id",  "ref",  "seq",  "req",  "nonce",
					    "ack", "uuid", "corr", "echo", NULL};
	struct str name = name_of_path(path);

	if (!name.len || (json_type(item) == JSON_STRING && item->bytes >= ECHO_MIN))
		return true;
	for (int i = 0; parts[i]; i++)
		if (str_icontains(name, str_of(parts[i])))
			return true;
	return false;
}

static bool has_path(const struct message_keys *keys, struct str path)
{
	for (size_t i = 0; i < keys->count; i++)
		if (str_eq(keys->items[i].path, path))
			return true;
	return false;
}

static bool add_echoes(struct echo_search *s, struct message_keys *out)
{
	bool any = false;

	for (uint32_t i = 0;
	     i < s->received.count && i < ECHO_ITEMS && out->count < MESSAGE_KEYS_MAX; i++) {
		uint32_t sent;
		struct str path;

		if (!is_leaf(&s->received.items[i]))
			continue;
		sent = find_sent(s, i);
		if (sent == UINT32_MAX)
			continue;
		buf_clear(&s->other);
		jsonpath_put_short(path_of(&s->received, i, &s->path), &s->other);
		path = arena_str(s->arena, buf_str(&s->other));
		if (has_path(out, path) || is_of_all(name_of_path(path)))
			continue;
		add_key(s->arena, out, path, &s->received, &s->received.items[i], sent);
		any = any || is_identifying(path, &s->received.items[i]);
	}
	return any;
}

bool message_frame_add_echoes(struct arena *a, struct str sent, struct str received,
			      struct message_keys *out)
{
	struct echo_search s = {.arena = a};
	bool any = false;

	json_init(&s.sent);
	json_init(&s.received);
	buf_init(&s.path, 0);
	buf_init(&s.other, 0);
	if (message_frame_read(received, &s.received).json.len &&
	    s.received.text.len == str_trim(received).len &&
	    message_frame_read(sent, &s.sent).json.len)
		any = add_echoes(&s, out);
	buf_release(&s.path);
	buf_release(&s.other);
	json_release(&s.sent);
	json_release(&s.received);
	return any;
}

/* ---- words */

bool message_frame_is_acknowledgement(struct str sent, struct str received)
{
	size_t count = prefix_of(sent);

	return count > 2 && count == prefix_of(received) && str_starts(sent, STR("42")) &&
	       str_starts(received, STR("43")) && ascii_is_digit(sent.ptr[count - 1]) &&
	       str_eq(str_slice(sent, 2, count), str_slice(received, 2, count));
}

bool message_frame_is_ping(const struct message_keys *keys)
{
	static const char *const words[] = {"ping", "heartbeat",  "hb", "keepalive", "keep-alive",
					    "ka",   "keep_alive", "2",	NULL};

	return is_one_of(keys->word, words);
}

bool message_frame_is_pong(const struct message_keys *keys)
{
	static const char *const words[] = {"pong",	     "heartbeat", "hb",
					    "heartbeat_ack", "ping",	  "keepalive",
					    "keep-alive",    "3",	  NULL};

	return is_one_of(keys->word, words);
}

bool message_frame_is_announcement(const struct message_keys *keys)
{
	static const char *const words[] = {"typing",	 "progress", "processing", "pending",
					    "queued",	 "thinking", "started",	   "presence",
					    "is_typing", "loading",  NULL};

	return is_one_of(keys->word, words);
}
