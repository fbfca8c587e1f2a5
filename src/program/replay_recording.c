#include "program/replay_recording.h"

const uint32_t *replay_recording_entries(const struct program *program, struct arena *a)
{
	uint32_t *entries = ARENA_ARRAY(a, program->model->replay->count + 1, uint32_t), found = 0;

	for (uint32_t pc = program->scenarios[0].entry;
	     pc < program->code_count && found < program->model->replay->count; pc++)
		if (program->code[pc].op == OP_REQUEST)
			entries[found++] = pc;
	return entries;
}

static bool is_ours(struct str name)
{
	static const char *const ours[] = {"host", "content-length", "connection",
					   "transfer-encoding", "expect"};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (str_ieq(name, str_of(ours[i])))
			return true;
	return false;
}

/* A header is one line: one with a line break in it is dropped. */
static bool is_one_line(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] == '\0')
			return false;
	return true;
}

void replay_recording_put_headers(const struct json_tape *tape, const struct replay_line *line,
				  struct buf *texts, struct buf *out)
{
	const struct json_item *item = line->headers;
	uint32_t count = item ? json_count(item) : 0;

	for (item = item ? item + 1 : NULL; count--; item = &tape->items[item[1].next]) {
		struct str name = json_text(tape, item, texts), value;

		if (json_type(&item[1]) != JSON_STRING)
			continue;
		value = json_text(tape, &item[1], texts);
		if (!name.len || is_ours(name) || !is_one_line(name) || !is_one_line(value))
			continue;
		buf_printf(out, "%.*s: %.*s", STR_ARG(name), STR_ARG(value));
		buf_add_char(out, '\0');
	}
}

void replay_recording_put_url(const struct program *program, const struct replay_line *line,
			      struct buf *out)
{
	if (line->url.ptr[0] == '/')
		buf_add(out, program->target);
	buf_add(out, line->url);
}
