#include "run/replay_sessions.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"

#define BUCKETS	 8192u
#define WAIT_MAX 1000000u /* requests in all queues of a worker */

struct replay_sessions {
	const struct program *program;
	const struct replay_file *replay;
	struct arena arena;
	const uint32_t *entries;
	double speed;
	ns_t until;
	uint64_t part, parts;
	struct json_tape tape;
	struct buf texts;
	size_t at;	     /* position of the cursor */
	uint64_t lines_read; /* lines read so far */
	struct replay_request next;
	uint64_t next_key;
	bool next_is_alone; /* it has no session */
	uint64_t sessions, waiting;
	struct replay_session *table[BUCKETS];
	struct replay_session *free_sessions, *idle_first, *idle_last;
	struct replay_request *free_requests;
};

static uint64_t key_of(struct str session)
{
	uint64_t key = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < session.len; i++)
		key = (key ^ (unsigned char)session.ptr[i]) * UINT64_C(1099511628211);
	return key ^ key >> 29;
}

/* Moves to the next line that belongs to this worker. */
static void find_next_request(struct replay_sessions *r)
{
	struct replay_line line;
	struct str text;
	const char *error;

	r->next.due = NS_NEVER;
	while (replay_file_next_line(r->replay, &r->at, &text)) {
		r->lines_read++;
		if (!replay_file_parse_line(&r->tape, &r->texts, text, &line, &error))
			continue; /* the file has changed since it was checked */
		r->next_is_alone = line.session.len == 0;
		r->next_key = r->next_is_alone ? r->lines_read * UINT64_C(0x9e3779b97f4a7c15)
					       : key_of(line.session);
		if (r->next_key % r->parts != r->part)
			continue;
		r->next = (struct replay_request){
		    .line = text,
		    .due = replay_file_start_time(r->replay, line.at, r->speed),
		    .step = replay_file_step_of(r->replay, &line),
		    .status = line.status,
		    .last = line.last || r->next_is_alone};
		if (r->next.due >= r->until)
			r->next.due = NS_NEVER;
		return;
	}
}

struct replay_sessions *replay_sessions_new(const struct program *program, double speed, ns_t until,
					    uint64_t part, uint64_t parts)
{
	struct replay_sessions *r = alloc_zeroed(1, sizeof(*r));

	r->program = program;
	r->replay = program->model->replay;
	r->speed = speed > 0 ? speed : 1;
	r->until = until;
	r->part = part;
	r->parts = parts;
	arena_init(&r->arena, 0);
	json_init(&r->tape);
	buf_init(&r->texts, 0);
	r->entries = replay_recording_entries(program, &r->arena);
	find_next_request(r);
	return r;
}

void replay_sessions_free(struct replay_sessions *r)
{
	if (!r)
		return;
	json_release(&r->tape);
	buf_release(&r->texts);
	arena_release(&r->arena);
	free(r);
}

ns_t replay_sessions_due(const struct replay_sessions *r)
{
	return r->next.due;
}

void replay_sessions_stop(struct replay_sessions *r)
{
	r->next.due = NS_NEVER;
}

void replay_sessions_skip(struct replay_sessions *r)
{
	find_next_request(r);
}

/* ---- sessions */

struct replay_session *replay_sessions_next(const struct replay_sessions *r)
{
	struct replay_session *s = r->table[r->next_key % BUCKETS];

	while (s && (s->key != r->next_key || s->over))
		s = s->next;
	return s;
}

struct replay_session *replay_sessions_add(struct replay_sessions *r, struct user *user)
{
	struct replay_session *s = r->free_sessions;
	struct replay_session **bucket = &r->table[r->next_key % BUCKETS];

	if (s)
		r->free_sessions = s->next;
	else
		s = ARENA_NEW(&r->arena, struct replay_session);
	*s = (struct replay_session){.next = *bucket, .user = user, .key = r->next_key};
	s->end = &s->first;
	*bucket = s;
	r->sessions++;
	return s;
}

bool replay_sessions_enqueue(struct replay_sessions *r, struct replay_session *s)
{
	struct replay_request *item = r->free_requests;

	if (r->waiting >= WAIT_MAX) {
		s->over |= r->next.last;
		find_next_request(r);
		return false;
	}
	if (item)
		r->free_requests = item->next;
	else
		item = ARENA_NEW(&r->arena, struct replay_request);
	*item = r->next;
	item->next = NULL;
	*s->end = item;
	s->end = &item->next;
	s->over |= item->last;
	r->waiting++;
	find_next_request(r);
	return true;
}

static void drop_first(struct replay_sessions *r, struct replay_session *s)
{
	struct replay_request *item = s->first;

	s->first = item->next;
	if (!s->first)
		s->end = &s->first;
	item->next = r->free_requests;
	r->free_requests = item;
	r->waiting--;
}

bool replay_sessions_dequeue(struct replay_sessions *r, struct replay_session *s)
{
	if (!s->first)
		return false;
	s->now = *s->first;
	drop_first(r, s);
	return true;
}

uint32_t replay_sessions_entry(const struct replay_sessions *r, const struct replay_session *s)
{
	return r->entries[s->now.step];
}

bool replay_sessions_set_idle(struct replay_sessions *r, struct replay_session *s, ns_t now)
{
	if (s->over || r->next.due == NS_NEVER)
		return false;
	s->idle_since = now;
	s->before = r->idle_last;
	s->after = NULL;
	if (s->before)
		s->before->after = s;
	else
		r->idle_first = s;
	r->idle_last = s;
	return true;
}

void replay_sessions_wake(struct replay_sessions *r, struct replay_session *s)
{
	if (s->before)
		s->before->after = s->after;
	else
		r->idle_first = s->after;
	if (s->after)
		s->after->before = s->before;
	else
		r->idle_last = s->before;
}

struct replay_session *replay_sessions_idle_since(const struct replay_sessions *r, ns_t moment)
{
	return r->idle_first && r->idle_first->idle_since < moment ? r->idle_first : NULL;
}

uint64_t replay_sessions_remove(struct replay_sessions *r, struct replay_session *s)
{
	struct replay_session **link = &r->table[s->key % BUCKETS];
	uint64_t waited = 0;

	for (; s->first; waited++)
		drop_first(r, s);
	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	s->next = r->free_sessions;
	r->free_sessions = s;
	return waited;
}

uint64_t replay_sessions_count(const struct replay_sessions *r)
{
	return r->sessions;
}

void replay_sessions_render(struct replay_sessions *r, const struct replay_session *s,
			    struct buf *url, struct buf *headers, struct buf *body)
{
	struct replay_line line;
	const char *error;

	/* The line was valid when it was read: the file has changed since then. */
	if (!replay_file_parse_line(&r->tape, &r->texts, s->now.line, &line, &error)) {
		buf_add(url, r->program->target);
		return;
	}
	replay_recording_put_url(r->program, &line, url);
	replay_recording_put_headers(&r->tape, &line, &r->texts, headers);
	buf_add(body, line.body);
}
