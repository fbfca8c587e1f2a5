#include "doc/journal_lines.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/json_writer.h"
#include "doc/json.h"

#define HEADER STR("{\"journal\":\"reprise\"")
#define ENTRY  STR("{\"startedDateTime\":\"")
#define BEGUN  STR("{\"begun\":")

/* A transaction that has not ended. */
struct lasting {
	int64_t id;
	uint32_t number;
	struct str entry; /* ptr NULL: it has ended */
	struct buf messages, body;
	size_t count;
};

struct reading {
	struct arena *arena;
	struct json_tape tape;
	struct journal_lines *out;
	VEC(struct lasting *) lasting;
};

/* ---- lines */

static const struct json_item *member(struct reading *r, const char *key)
{
	return json_member(&r->tape, r->tape.items, str_of(key));
}

/* The value of a member of the line that was read last; empty if that is not an object. */
static struct str object_member(struct reading *r, const char *key)
{
	const struct json_item *found = member(r, key);

	return found && json_type(found) == JSON_OBJECT ? json_raw(&r->tape, found) : STR("");
}

static struct lasting *find(struct reading *r, const char *key)
{
	const struct json_item *item = member(r, key);
	int64_t id;

	if (!item || json_type(item) != JSON_NUMBER || !str_to_int(json_raw(&r->tape, item), &id))
		return NULL;
	for (size_t i = 0; i < r->lasting.count; i++)
		if (r->lasting.items[i]->id == id && r->lasting.items[i]->entry.ptr)
			return r->lasting.items[i];
	return NULL;
}

static void end_lasting(struct lasting *l)
{
	l->entry = STR_NULL;
	buf_release(&l->messages);
	buf_release(&l->body);
}

static bool begin_lasting(struct reading *r, struct str line, uint32_t number)
{
	size_t comma = str_find_char(line, ',', 0);
	struct lasting *l;
	int64_t id;

	if (comma == NOT_FOUND || !str_to_int(str_slice(line, BEGUN.len, comma), &id))
		return false;
	l = ARENA_NEW(r->arena, struct lasting);
	*l = (struct lasting){.id = id, .number = number};
	l->entry = str_slice(line, comma + 1, line.len);
	buf_init(&l->messages, 0);
	buf_init(&l->body, 0);
	VEC_PUSH(r->arena, &r->lasting, l);
	return true;
}

/* A line that belongs to a lasting transaction; false if there is none like it. */
static bool add_part(struct reading *r)
{
	struct lasting *l = find(r, "of");
	struct str message = object_member(r, "message");
	const struct json_item *piece = member(r, "piece"), *coded = member(r, "base64");

	if (!l)
		return member(r, "of") != NULL;
	if (message.len) {
		if (l->count++)
			buf_add_char(&l->messages, ',');
		buf_add(&l->messages, message);
	} else if (piece && json_type(piece) == JSON_STRING) {
		struct buf text;

		buf_init(&text, 0);
		buf_add(&l->body, json_text(&r->tape, piece, &text));
		buf_release(&text);
	} else if (coded && json_type(coded) == JSON_STRING) {
		base64_decode(&l->body, json_raw(&r->tape, coded));
	}
	return true;
}

static void add_entry(struct reading *r, struct str text, uint32_t number, const char *error)
{
	r->out->unreadable += error != NULL;
	VEC_PUSH(r->arena, &r->out->entries,
		 ((struct journal_line){.text = text, .number = number, .error = error}));
}

static void read_line(struct reading *r, struct str line, uint32_t number)
{
	struct lasting *ended;
	struct str page;

	if (!json_read(&r->tape, line) || json_type(r->tape.items) != JSON_OBJECT) {
		add_entry(r, line, number, r->tape.error ? r->tape.error : "it is not an object");
		return;
	}
	if (str_starts(line, ENTRY)) {
		add_entry(r, line, number, NULL);
		return;
	}
	page = object_member(r, "page");
	if (page.len) {
		VEC_PUSH(r->arena, &r->out->pages, page);
		return;
	}
	if (str_starts(line, BEGUN) && begin_lasting(r, line, number))
		return;
	ended = find(r, "ended");
	if (ended)
		end_lasting(ended);
	else if (!add_part(r))
		add_entry(r, line, number, "it is not a line of a journal");
}

/* ---- assembly */

/* Text up to its last complete character. */
static struct str complete(struct str text)
{
	size_t cut;

	for (cut = 0; cut < 4 && cut <= text.len; cut++)
		if (str_is_utf8(str_slice(text, 0, text.len - cut), NULL))
			return str_slice(text, 0, text.len - cut);
	return text;
}

static void put_body(struct str body, struct buf *out)
{
	struct json_writer j = json_writer_compact(out);
	struct str text = complete(body);

	json_writer_open(&j, NULL);
	json_writer_uint(&j, "size", body.len);
	if (str_is_utf8(text, NULL)) {
		json_writer_text(&j, "text", text);
	} else {
		json_writer_base64(&j, "text", body);
		json_writer_text(&j, "encoding", STR("base64"));
	}
	json_writer_close(&j);
	out->len--; /* the other members of the content follow */
}

/* The entry as it would have been written at the end: its first line has an empty content, and no
 * messages. Quotes within texts are escaped, so that what is searched for is only there. */
static struct str assemble(struct arena *a, const struct lasting *l)
{
	struct str content = STR("\"content\":{\"size\":0"), result;
	size_t at = str_find(l->entry, content, 0);
	struct buf out;

	buf_init(&out, 0);
	buf_add_char(&out, '{');
	if (l->body.len && at != NOT_FOUND) {
		buf_add(&out, str_slice(l->entry, 0, at + STR("\"content\":").len));
		put_body(buf_str(&l->body), &out);
		buf_add(&out, str_slice(l->entry, at + content.len, l->entry.len));
	} else {
		buf_add(&out, l->entry);
	}
	if (!l->body.len) {
		out.len--;
		buf_printf(&out, ",\"_webSocketMessages\":[%.*s]}", STR_ARG(buf_str(&l->messages)));
	}
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

static void end_all(struct reading *r)
{
	for (size_t i = 0; i < r->lasting.count; i++) {
		struct lasting *l = r->lasting.items[i];

		if (!l->entry.ptr)
			continue;
		add_entry(r, assemble(r->arena, l), l->number, NULL);
		end_lasting(l);
	}
}

bool journal_lines_read(struct arena *a, struct str text, struct journal_lines *out)
{
	struct reading r = {.arena = a, .out = out};
	size_t end = str_find_char(text, '\n', 0);
	uint32_t number = 1;

	*out = (struct journal_lines){.tls = STR("")};
	if (!str_starts(text, HEADER))
		return false;
	json_init(&r.tape);
	if (json_read(&r.tape, str_slice(text, 0, end)))
		out->tls = object_member(&r, "_tls");
	while (end < text.len) {
		size_t begin = end + 1;

		end = str_find_char(text, '\n', begin);
		end = end == NOT_FOUND ? text.len : end;
		number++;
		if (end > begin)
			read_line(&r, str_slice(text, begin, end), number);
	}
	end_all(&r);
	json_release(&r.tape);
	return true;
}
