/* The steps of a WebSocket: `websocket` with its on_message, `send`, `wait_for` and `close`. */
#include "base/ascii.h"
#include "base/base64.h"
#include "import/message_frame.h"
#include "import/naming.h"
#include "import/template_text.h"
#include "import/writer/scenario_writer.h"

#define INLINE_BINARY 1024u /* bytes; a longer binary message is written to a file */
#define SECRET_TOKEN  40u   /* a longer subprotocol is not the name of a protocol */
#define LONG_WAIT_US  15000000

/* ---- messages */

/* TEXT without its variables. */
static struct str literal(struct conversion *conversion, struct str text)
{
	struct str result;
	struct buf out;

	buf_init(&out, 0);
	template_text_add_literal(&out, text);
	result = arena_str(&conversion->job->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static void put_binary(struct conversion *conversion, const struct transaction *tx,
		       struct yaml_writer_node *message)
{
	struct arena *a = &conversion->job->arena;
	struct str bytes = tx->request_body.raw;
	struct buf text;

	if (bytes.len > INLINE_BINARY) {
		yaml_writer_put_text(
		    a, message, STR("file"),
		    job_add_file(conversion->job,
				 arena_printf(a, "%.*s.message-%u.bin",
					      STR_ARG(conversion->file_stem), tx->number),
				 bytes, true));
		return;
	}
	buf_init(&text, 0);
	base64_encode(&text, bytes);
	yaml_writer_put_text(a, message, STR("base64"), arena_str(a, buf_str(&text)));
	buf_release(&text);
}

/* The message of STEP, as JSON if that has the same bytes. */
static struct yaml_writer_node *message_node(struct conversion *conversion,
					     struct conversion_step *step)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *message = yaml_writer_map(a), *json = NULL;
	struct str raw = step->tx->request_body.raw;

	message->flow = true;
	if (step->tx->binary) {
		put_binary(conversion, step->tx, message);
		return message;
	}
	if (step->json && step->json->text.len == str_trim(raw).len)
		json = scenario_writer_json(conversion, step, 0);
	if (json) {
		yaml_writer_put(a, message, STR("json"), json);
		return message;
	}
	scenario_writer_rebind(conversion, step);
	yaml_writer_put(a, message, STR("text"),
			yaml_writer_typed(a, scenario_writer_text(conversion, step, LOCATION_BODY,
								  0, raw, 0, false)));
	return message;
}

/* ---- what a message is recognized by */

static const struct conversion_step *find_step(const struct conversion *conversion,
					       const struct transaction *tx)
{
	for (size_t i = 0; tx && i < conversion->steps.count; i++)
		if (conversion->steps.items[i].tx == tx)
			return &conversion->steps.items[i];
	return NULL;
}

/* The value of KEY: that of the sent message, which can be a variable. */
static struct yaml_writer_node *key_value(struct conversion *conversion,
					  const struct message_key *key,
					  const struct conversion_step *sent)
{
	struct arena *a = &conversion->job->arena;
	bool bound = sent && sent->json && key->sent != UINT32_MAX &&
		     scenario_writer_is_bound(sent, LOCATION_JSON, key->sent, 0, SIZE_MAX);

	if (bound)
		return yaml_writer_text(a, scenario_writer_text(conversion, sent, LOCATION_JSON,
								key->sent, key->value, 0, false));
	return key->is_number ? yaml_writer_word(a, key->value)
			      : yaml_writer_typed(a, literal(conversion, key->value));
}

/* {exists: yes} for the place of an extracted value. */
static void put_exists(struct arena *a, const struct conversion_step *step,
		       struct yaml_writer_node *match)
{
	struct yaml_writer_node *paths, *exists;

	for (size_t i = 0; i < step->extractor_specs.count; i++) {
		const struct extractor_spec *spec = &step->extractor_specs.items[i];

		if (!str_eq(spec->kind, STR("jsonpath")))
			continue;
		paths = yaml_writer_put(a, match, STR("jsonpath"), yaml_writer_map(a));
		exists = yaml_writer_put(a, paths, spec->value, yaml_writer_map(a));
		paths->flow = exists->flow = true;
		yaml_writer_put(a, exists, STR("exists"), yaml_writer_word(a, STR("yes")));
		return;
	}
}

static void put_body(struct conversion *conversion, const char *predicate, struct str text,
		     struct yaml_writer_node *match)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *body = yaml_writer_put(a, match, STR("body"), yaml_writer_map(a));

	body->flow = true;
	yaml_writer_put(a, body, str_of(predicate),
			yaml_writer_typed(a, literal(conversion, text)));
}

/* The expectations that the received message meets. STEP (or NULL) waits for it. */
static struct yaml_writer_node *match_node(struct conversion *conversion,
					   const struct transaction *tx,
					   const struct conversion_step *step)
{
	struct arena *a = &conversion->job->arena;
	const struct conversion_step *sent = find_step(conversion, tx->reply_to);
	struct yaml_writer_node *match = yaml_writer_map(a), *paths;
	struct message_keys keys;
	struct str text;

	match->flow = true;
	if (tx->event.len)
		yaml_writer_put(a, match, STR("event"),
				yaml_writer_recorded(a, literal(conversion, tx->event)));
	buf_clear(&conversion->scratch);
	text = arena_str(a, transaction_body_bytes(&tx->body, &conversion->scratch));
	message_frame_keys(a, text, &keys);
	if (sent)
		message_frame_add_echoes(a, sent->tx->request_body.raw, text, &keys);
	if (keys.count) {
		paths = yaml_writer_put(a, match, STR("jsonpath"), yaml_writer_map(a));
		paths->flow = true;
		for (size_t i = 0; i < keys.count; i++)
			yaml_writer_put(a, paths, keys.items[i].path,
					key_value(conversion, &keys.items[i], sent));
	}
	if (keys.pattern.len)
		put_body(conversion, "matches", keys.pattern, match);
	else if (keys.whole.len)
		put_body(conversion, "equals", keys.whole, match);
	if (!match->members.count && step)
		put_exists(a, step, match);
	return match;
}

/* "Join", after what is sent, or what is waited for. */
static struct str wait_name(struct conversion *conversion, const struct conversion_step *sent,
			    const struct conversion_step *step)
{
	struct arena *a = &conversion->job->arena;
	struct message_keys keys;
	char *name;

	buf_clear(&conversion->scratch);
	message_frame_keys(a,
			   sent ? sent->tx->request_body.raw
				: transaction_body_bytes(&step->tx->body, &conversion->scratch),
			   &keys);
	if (!sent && step->tx->event.len)
		return arena_printf(a, "Wait for %.*s", STR_ARG(step->tx->event));
	/* Of socket.io: the namespace is opened. */
	if (sent && str_starts(sent->tx->request_body.raw, STR("40")) && keys.word.len <= 2)
		return STR("Connect");
	if (!keys.word.len || ascii_is_digit(keys.word.ptr[0]))
		return sent ? STR("Message") : STR("Wait for a message");
	name = arena_cstr(a, keys.word);
	for (size_t i = 0; name[i]; i++)
		if (name[i] == '_' || name[i] == '-')
			name[i] = ' ';
	if (!sent)
		return arena_printf(a, "Wait for %s", name);
	name[0] = ascii_to_upper(name[0]);
	return str_of(name);
}

/* ---- steps */

static void put_socket(struct arena *a, const struct conversion_step *step,
		       struct yaml_writer_node *node)
{
	if (step->tx->socket->name.len)
		yaml_writer_put_text(a, node, STR("socket"), step->tx->socket->name);
}

/* The keys of a wait, and its extractions. WAIT follows from SENT, or from nothing (NULL). */
static void put_wait(struct conversion *conversion, const struct conversion_step *sent,
		     const struct conversion_step *wait, struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	const struct transaction *from = wait->tx->reply_to;
	int64_t us = from ? wait->tx->start_us - from->start_us : 0;

	yaml_writer_put(a, node, STR("wait_for"), match_node(conversion, wait->tx, wait));
	if (us > LONG_WAIT_US)
		yaml_writer_put_text(
		    a, node, STR("timeout"),
		    arena_printf(a, "%llus", (unsigned long long)(us / 500000 + 1)));
	yaml_writer_put_text(a, node, STR("name"),
			     literal(conversion, wait_name(conversion, sent, wait)));
}

/* A subprotocol that is a token for the server is not written: it is a secret. */
static void put_protocols(struct conversion *conversion, const struct conversion_step *step,
			  struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	struct str line =
	    transaction_header(&step->tx->request_headers, STR("Sec-WebSocket-Protocol"), 0);
	struct yaml_writer_node *list = yaml_writer_list(a);

	list->flow = true;
	for (size_t at = 0; at < line.len;) {
		size_t end = str_find_char(line, ',', at);
		struct str protocol = str_trim(str_slice(line, at, end));

		at = end == NOT_FOUND ? line.len : end + 1;
		if (!str_is_token(protocol))
			continue;
		if (protocol.len > SECRET_TOKEN)
			job_note(conversion->job, "look at",
				 "entry %u: a subprotocol of the WebSocket looks like a secret; it "
				 "is not written",
				 step->tx->number);
		else
			yaml_writer_add(a, list, yaml_writer_recorded(a, protocol));
	}
	if (list->members.count)
		yaml_writer_put(a, node, STR("subprotocols"), list);
}

/* Whether a member of JSON has the name of a secret, which would be in the file. */
static bool has_secret(const struct json_tape *tape)
{
	for (uint32_t i = 0; i < tape->count; i++)
		if (json_type(&tape->items[i]) == JSON_KEY &&
		    naming_is_secret(json_raw(tape, &tape->items[i])))
			return true;
	return false;
}

static void put_reply(struct conversion *conversion, const struct tx_reply *reply,
		      struct yaml_writer_node *list)
{
	struct arena *a = &conversion->job->arena;
	struct transaction sent = *reply->sent;
	struct json_tape tape;
	struct conversion_step step = {.tx = &sent, .json = &tape};
	struct yaml_writer_node *rule;

	json_init(&tape);
	if (sent.binary || !message_frame_read(sent.request_body.raw, &tape).json.len)
		step.json = NULL;
	if (step.json && has_secret(&tape)) {
		job_note(
		    conversion->job, "look at",
		    "entry %u: the reply to pings has a secret; add it to `on_message` by hand",
		    sent.number);
	} else {
		rule = yaml_writer_add(a, list, yaml_writer_map(a));
		rule->flow = true;
		yaml_writer_put(a, rule, STR("when"),
				match_node(conversion, reply->received, NULL));
		yaml_writer_put(a, rule, STR("send"), message_node(conversion, &step));
	}
	json_release(&tape);
}

static void put_replies(struct conversion *conversion, const struct tx_socket *socket,
			struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *list = yaml_writer_list(a);

	for (size_t i = 0; i < socket->replies.count; i++)
		put_reply(conversion, &socket->replies.items[i], list);
	if (list->members.count)
		yaml_writer_put(a, node, STR("on_message"), list)->beside =
		    STR("what the page's script replies to by itself");
}

/* ws://HOST for another host than the target's. */
static struct str socket_url(struct conversion *conversion, struct conversion_step *step,
			     struct yaml_writer_node **query)
{
	struct str url = scenario_writer_url(conversion, step, query);

	if (!str_ieq(str_slice(url, 0, 4), STR("http")))
		return url;
	return arena_printf(&conversion->job->arena, "ws%.*s", STR_ARG(str_slice(url, 4, url.len)));
}

static struct yaml_writer_node *listen_node(struct conversion *conversion,
					    struct conversion_step *step)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *node = yaml_writer_map(a), *query = NULL, *headers;

	yaml_writer_put_text(a, node, STR("listen"), scenario_writer_url(conversion, step, &query));
	put_socket(a, step, node);
	if (step->tx->socket->reconnects)
		yaml_writer_put(a, node, STR("reconnect"), yaml_writer_word(a, STR("yes")));
	scenario_writer_headers(conversion, step, yaml_writer_map(a), node);
	headers = yaml_writer_find(node, STR("headers"));
	if (headers) {
		/* `listen` sends it. */
		yaml_writer_remove(headers, STR("Accept"));
		yaml_writer_remove(headers, STR("Last-Event-ID"));
		if (!headers->members.count)
			yaml_writer_remove(node, STR("headers"));
	}
	if (query)
		yaml_writer_put(a, node, STR("query"), query);
	return node;
}

static struct yaml_writer_node *open_node(struct conversion *conversion,
					  struct conversion_step *step)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *node = yaml_writer_map(a), *query = NULL;

	if (step->tx->socket->listens)
		return listen_node(conversion, step);

	yaml_writer_put_text(a, node, STR("websocket"), socket_url(conversion, step, &query));
	put_socket(a, step, node);
	put_protocols(conversion, step, node);
	scenario_writer_headers(conversion, step, yaml_writer_map(a), node);
	if (query)
		yaml_writer_put(a, node, STR("query"), query);
	put_replies(conversion, step->tx->socket, node);
	return node;
}

struct yaml_writer_node *scenario_writer_socket(struct conversion *conversion,
						struct conversion_step *step,
						const struct conversion_step *wait)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *node;

	if (step->tx->kind == TX_SOCKET)
		return open_node(conversion, step);
	node = yaml_writer_map(a);
	if (step->tx->kind == TX_SENT)
		yaml_writer_put(a, node, STR("send"), message_node(conversion, step));
	else if (step->tx->kind == TX_CLOSED)
		yaml_writer_put(
		    a, node, STR("close"),
		    yaml_writer_word(
			a, arena_printf(a, "%u",
					step->tx->close_code ? step->tx->close_code : 1000U)));
	else
		wait = step;
	if (wait)
		put_wait(conversion, wait == step ? NULL : step, wait, node);
	put_socket(a, step, node);
	return node;
}
