#include "run/event_reader.h"

#include <string.h>

#include "doc/json_cache.h"
#include "doc/json_value.h"
#include "run/request.h"

/*
 * The values that extractors find in events, as records in one buffer: a text as its bytes, any
 * other value as JSON. Only the values that `match` can choose are kept, and all values of a
 * secret, because they are masked in messages.
 */

struct kept_value {
	uint32_t extract; /* of the program; UINT32_MAX: replaced */
	uint32_t len, cap;
	bool is_text;
};

static bool is_event_extract(const struct worker *w, const struct instr *in)
{
	return in->op == OP_EXTRACT && (w->program->extracts[in->a].kind->needs & NEEDS_EVENTS);
}

/* The record of extractor INDEX, which keeps only its last value; NULL: none that is large enough.
 */
static struct kept_value *find_last(struct buf *found, uint32_t index, size_t len)
{
	for (size_t at = 0; at < found->len;) {
		struct kept_value *record = (struct kept_value *)(void *)(found->data + at);

		if (record->extract == index && record->cap >= len)
			return record;
		if (record->extract == index)
			record->extract = UINT32_MAX;
		at += sizeof *record + record->cap;
	}
	return NULL;
}

static bool add_record(struct event_reader *r, uint32_t index, bool replaces, bool is_text,
		       struct str text)
{
	static const char zeros[sizeof(struct kept_value)];
	size_t cap = (text.len + sizeof zeros - 1) / sizeof zeros * sizeof zeros;
	struct kept_value head = {
	    .extract = index, .len = (uint32_t)text.len, .cap = (uint32_t)cap, .is_text = is_text};
	struct kept_value *old = replaces ? find_last(&r->found, index, text.len) : NULL;

	if (old) {
		old->len = head.len;
		old->is_text = is_text;
		memcpy(old + 1, text.ptr, text.len);
		return true;
	}
	return buf_add(&r->found, str_n((const char *)&head, sizeof head)) &&
	       buf_add(&r->found, text) && buf_add(&r->found, str_n(zeros, cap - text.len));
}

static bool keep_value(struct worker *w, struct event_reader *r, uint32_t index, struct value value)
{
	const struct extract *source = w->program->extracts[index].source;
	bool replaces = source->match == MATCH_LAST && !source->secret;

	if (value.type == VALUE_TEXT)
		return add_record(r, index, replaces, true, value.text);
	buf_clear(&w->text);
	value_put_json(&w->text, value);
	return add_record(r, index, replaces, false, buf_str(&w->text));
}

static bool keep_of(struct worker *w, struct event_reader *r, uint32_t index, uint64_t *count,
		    const struct stream_event *event)
{
	const struct extract_plan *e = &w->program->extracts[index];
	const struct extract *source = e->source;
	struct response response = {.event = event};
	struct matches matches = {.wanted = 0};
	uint64_t enough = source->secret		 ? UINT64_MAX
			  : source->match == MATCH_FIRST ? 1
			  : source->match == MATCH_NTH	 ? (uint64_t)source->nth
							 : UINT64_MAX;

	if (*count >= enough)
		return true;
	if (e->kind->find(e->plan, &response, event->data, &w->scratch, &matches) == FIND_LIMIT)
		return false;
	for (size_t i = 0; i < matches.count && *count < enough; i++, ++*count)
		if (!keep_value(w, r, index, matches.items[i]))
			return false;
	return true;
}

bool event_reader_keep_values(struct worker *w, struct fiber *f, const struct stream_event *event)
{
	const struct instr *in = &w->program->code[f->request_end_pc];
	unsigned ordinal = 0;

	for (; in[-1].op == OP_EXTRACT || in[-1].op == OP_EXPECT; in--) {
		if (!is_event_extract(w, in - 1) || ordinal == EVENT_READER_EXTRACTS_MAX)
			continue;
		if (!keep_of(w, f->events, in[-1].a, &f->events->found_count[ordinal++], event))
			return false;
	}
	return true;
}

static bool read_value(struct worker *w, const struct kept_value *record, struct value *out)
{
	struct str text = str_n((const char *)(record + 1), record->len);
	const struct json_tape *tape;

	if (record->is_text) {
		*out = value_text(text);
		return true;
	}
	tape = json_cache_read(w->scratch.json, text);
	return tape && json_value_from_tape(tape, 0, &w->scratch, out);
}

static bool is_kept(const struct kept_value *record, uint32_t index)
{
	return record->extract == index;
}

bool event_reader_values(struct worker *w, const struct fiber *f, uint32_t index,
			 struct matches *matches)
{
	const struct buf *found = &f->events->found;
	const struct kept_value *record;
	size_t count = 0;

	for (size_t at = 0; at < found->len; at += sizeof *record + record->cap) {
		record = (const struct kept_value *)(const void *)(found->data + at);
		count += is_kept(record, index);
	}
	if (!count)
		return true;
	/* One block: a value that is a list has items itself. */
	matches->items = scratch_items(&w->scratch, count);
	if (!matches->items)
		return false;
	for (size_t at = 0; at < found->len; at += sizeof *record + record->cap) {
		record = (const struct kept_value *)(const void *)(found->data + at);
		if (is_kept(record, index) &&
		    !read_value(w, record, &matches->items[matches->count++]))
			return false;
	}
	return true;
}
