#include "scenario/replay_file.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/escape.h"
#include "base/log.h"
#include "doc/yaml.h"
#include "scenario/scenario_reader.h"

#define TABLE	   4096u /* a power of two, much larger than the number of names */
#define ERRORS_MAX 10u
#define OTHER	   "_other"
#define AT_MAX_S   1e11 /* seconds; a larger number is milliseconds since 1970 */

/* ---- lines */

bool replay_file_next_line(const struct replay_file *replay, size_t *at, struct str *line)
{
	struct str text = replay->file.text;

	while (*at < text.len) {
		const char *from = text.ptr + *at;
		const char *end = memchr(from, '\n', text.len - *at);
		size_t len = end ? (size_t)(end - from) : text.len - *at;

		*at += len + (end != NULL);
		*line = str_trim(str_n(from, len));
		if (line->len)
			return true;
	}
	return false;
}

static bool read_text(const struct json_tape *tape, const char *key, struct buf *texts,
		      struct str *out)
{
	const struct json_item *item = json_member(tape, tape->items, str_of(key));

	*out = STR("");
	if (!item || json_type(item) == JSON_NULL)
		return false;
	if (json_type(item) != JSON_STRING)
		return false;
	*out = json_text(tape, item, texts);
	return true;
}

static bool is_method(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < 'A' || text.ptr[i] > 'Z')
			return false;
	return text.len > 0 && text.len < 32;
}

/* Method and path, without the variable parts. */
static struct str default_name(struct buf *texts, const struct replay_line *line)
{
	size_t end = 0, from;

	while (end < line->url.len && line->url.ptr[end] != '?' && line->url.ptr[end] != '#')
		end++;
	from = texts->len;
	buf_printf(texts, "%.*s %.*s", STR_ARG(line->method), (int)end, line->url.ptr);
	return str_slice(buf_str(texts), from, texts->len);
}

/* A number that is not a status is ignored. */
static int status_of(double number)
{
	return number >= 100 && number < 600 ? (int)number : 0;
}

ns_t replay_file_start_time(const struct replay_file *replay, double at, double speed)
{
	double moment = (at - replay->first_at) / (speed > 0 ? speed : 1) * (double)NS_PER_S;

	return moment < (double)NS_LONGEST ? (ns_t)llround(moment) : NS_LONGEST;
}

bool replay_file_parse_line(struct json_tape *tape, struct buf *texts, struct str text,
			    struct replay_line *out, const char **error)
{
	const struct json_item *item;

	*out = (struct replay_line){.at = 0};
	buf_clear(texts);
	/* Its views are kept, so it must not move. */
	if (!buf_reserve(texts, 4 * text.len + 256))
		die_out_of_memory();
	if (!json_read(tape, text)) {
		*error = tape->error;
		return false;
	}
	*error = "expected an object such as {\"at\": 1.5, \"session\": \"a\", \"url\": \"/\"}";
	if (json_type(tape->items) != JSON_OBJECT)
		return false;
	item = json_member(tape, tape->items, STR("at"));
	*error = "the number 'at' is missing (seconds)";
	if (!item || json_type(item) != JSON_NUMBER)
		return false;
	out->at = json_number(tape, item);
	*error = "'at' is too large for a time in seconds";
	if (!(fabs(out->at) <= AT_MAX_S))
		return false;
	*error = "the text 'url' is missing";
	if (!read_text(tape, "url", texts, &out->url) || !out->url.len)
		return false;
	if (!read_text(tape, "method", texts, &out->method))
		out->method = STR("GET");
	*error = "write 'method' in upper case, such as GET";
	if (!is_method(out->method))
		return false;
	item = json_member(tape, tape->items, STR("session"));
	if (item && json_type(item) != JSON_NULL)
		out->session = json_raw(tape, item);
	out->has_body = read_text(tape, "body", texts, &out->body);
	item = json_member(tape, tape->items, STR("headers"));
	out->headers = item && json_type(item) == JSON_OBJECT ? item : NULL;
	item = json_member(tape, tape->items, STR("status"));
	if (item && json_type(item) == JSON_NUMBER)
		out->status = status_of(json_number(tape, item));
	item = json_member(tape, tape->items, STR("last"));
	out->last = item && json_type(item) == JSON_TRUE;
	if (!read_text(tape, "name", texts, &out->name) || !out->name.len)
		out->name = default_name(texts, out);
	return true;
}

/* ---- steps */

static uint32_t hash_of(struct str method, struct str name, bool body)
{
	uint32_t hash = 2166136261u + body;

	for (size_t i = 0; i < method.len; i++)
		hash = (hash ^ (unsigned char)method.ptr[i]) * 16777619u;
	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
	return hash;
}

/* The slot of a step in the table: its own, or the free one for it. */
static uint32_t *find_slot(const struct replay_file *replay, struct str method, struct str name,
			   bool body)
{
	uint32_t at = hash_of(method, name, body) % TABLE;

	while (replay->table[at]) {
		const struct replay_step *step = &replay->steps[replay->table[at] - 1];

		if (step->body == body && str_eq(step->method, method) && str_eq(step->name, name))
			break;
		at = (at + 1) % TABLE;
	}
	return &replay->table[at];
}

uint32_t replay_file_step_of(const struct replay_file *replay, const struct replay_line *line)
{
	uint32_t *place = find_slot(replay, line->method, line->name, line->has_body);

	if (!*place)
		place = find_slot(replay, line->method, STR(OTHER), line->has_body);
	return *place ? *place - 1 : 0;
}

static void add_step(struct replay_file *replay, struct arena *a, const struct replay_line *line)
{
	struct str name = line->name;
	uint32_t *place = find_slot(replay, line->method, name, line->has_body);

	if (!*place &&
	    (replay->count >= REPLAY_NAMES || str_find(name, STR("${"), 0) != NOT_FOUND)) {
		name = STR(OTHER);
		place = find_slot(replay, line->method, name, line->has_body);
	}
	/* More than a thousand different methods cannot come from a recording. */
	if (*place || replay->count >= TABLE / 4)
		return;
	replay->steps[replay->count++] =
	    (struct replay_step){arena_str(a, line->method), arena_str(a, name), line->has_body};
	*place = replay->count;
}

/* ---- the only scenario */

/* The steps as written in a scenario, on one line. A request starts the matching step, and the
 * iteration ends after it. */
static void put_steps(struct buf *out, const struct replay_file *replay)
{
	buf_add(out, STR("[{choose: ["));
	for (uint32_t i = 0; i < replay->count; i++) {
		const struct replay_step *step = &replay->steps[i];

		buf_printf(out, "%s{weight: 1, steps: [{request: {method: %.*s, url: /}, name: ",
			   i ? ", " : "", STR_ARG(step->method));
		escape_json(out, step->name);
		if (step->body)
			buf_add(out, STR(", body: \"${user.id}\""));
		buf_add(out, STR("}]}"));
	}
	buf_add(out, STR("]}]"));
}

static void make_scenario(struct reader *r, struct model *m, const struct replay_file *replay)
{
	struct scenario *one = ARENA_NEW(r->arena, struct scenario);
	const struct node *node;
	struct buf text;

	buf_init(&text, 0);
	put_steps(&text, replay);
	node = yaml_read(
	    r->arena,
	    source_new(r->arena, m->load.replay.file, arena_str(r->arena, buf_str(&text))),
	    r->diags);
	buf_release(&text);
	one->name = m->name.len ? m->name : STR("replay");
	one->weight = 1;
	one->on_failure = FAILURE_INHERIT;
	if (!node || !reader_steps(r, node, &one->steps))
		return;
	one->keys.node = m->keys.node;
	one->keys.span = node->span;
	m->scenarios = one;
	m->scenario_count = 1;
}

static void scan(struct reader *r, struct replay_file *replay, struct str file)
{
	struct json_tape tape;
	struct buf texts;
	struct str text;
	struct replay_line line;
	const char *error;
	unsigned errors = 0;
	size_t at = 0;

	json_init(&tape);
	buf_init(&texts, 0);
	while (errors < ERRORS_MAX && replay_file_next_line(replay, &at, &text)) {
		bool fine = replay_file_parse_line(&tape, &texts, text, &line, &error);

		replay->lines++;
		if (fine && replay->lines > 1 && line.at < replay->last_at) {
			error = "'at' is less than in the line before; sort the lines by it";
			fine = false;
		}
		if (!fine) {
			reader_error(r, SPAN_NONE, DIAG_E311, "%.*s: request %llu: %s",
				     STR_ARG(file), (unsigned long long)replay->lines, error);
			errors++;
			continue;
		}
		if (replay->lines == 1)
			replay->first_at = line.at;
		replay->last_at = line.at;
		add_step(replay, r->arena, &line);
	}
	buf_release(&texts);
	json_release(&tape);
}

void replay_file_read(struct reader *r, struct model *m)
{
	struct replay_file *replay = ARENA_NEW(r->arena, struct replay_file);
	struct str file = m->load.replay.file;
	struct span span = keys_span(&m->load.replay.keys, "file");
	int fd;

	if (m->scenario_count)
		reader_error(r, span, DIAG_E306,
			     "'steps' and 'scenarios' cannot be used with a replay, which sends "
			     "recorded requests");
	if (!scenario_reader_open(r, span, file, &fd))
		return;
	if (!mapped_file_take(&replay->file, fd)) {
		reader_error(r, span, DIAG_E310, "cannot read %.*s: %s", STR_ARG(file),
			     strerror(errno));
		return;
	}
	m->replay = replay;
	replay->steps = ARENA_ARRAY(r->arena, TABLE / 4 + 1, struct replay_step);
	replay->table = ARENA_ARRAY(r->arena, TABLE, uint32_t);
	scan(r, replay, file);
	if (!replay->lines)
		reader_error(r, span, DIAG_E311, "%.*s has no requests", STR_ARG(file));
	if (!r->diags->errors)
		make_scenario(r, m, replay);
}

void replay_file_close(const struct replay_file *replay)
{
	struct mapped_file file = replay->file;

	mapped_file_close(&file);
}
