#include "stats/evidence.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/escape_formats.h"
#include "base/log.h"

struct evidence {
	pthread_mutex_t lock; /* of those who keep */
	struct arena arena;
	_Atomic unsigned count;
	struct evidence_group groups[EVIDENCE_GROUPS];
};

struct evidence *evidence_new(void)
{
	struct evidence *e = calloc(1, sizeof *e);

	if (!e)
		die_out_of_memory();
	pthread_mutex_init(&e->lock, NULL);
	arena_init(&e->arena, 0);
	return e;
}

void evidence_free(struct evidence *e)
{
	if (!e)
		return;
	pthread_mutex_destroy(&e->lock);
	arena_release(&e->arena);
	free(e);
}

static struct evidence_group *group_for(struct evidence *e, const struct failure_note *note)
{
	unsigned count = evidence_count(e), number = 1;
	struct evidence_group *group = evidence_find(e, note);

	if (group || count == EVIDENCE_GROUPS)
		return group;
	for (unsigned i = 0; i < count; i++)
		number += e->groups[i].note.class == note->class;
	group = &e->groups[count];
	group->note = *note;
	group->number = number;
	atomic_store(&e->count, count + 1);
	return group;
}

void evidence_keep(struct evidence *e, const struct evidence_exchange *x)
{
	struct evidence_group *group;
	struct evidence_exchange *own;
	unsigned count;

	pthread_mutex_lock(&e->lock);
	group = group_for(e, &x->note);
	count = group ? atomic_load(&group->count) : EVIDENCE_EACH;
	if (count < EVIDENCE_EACH) {
		own = ARENA_ARRAY(&e->arena, 1, struct evidence_exchange);
		*own = *x;
		own->method = arena_str(&e->arena, x->method);
		own->url = arena_str(&e->arena, x->url);
		own->asked_headers = arena_str(&e->arena, x->asked_headers);
		own->asked_body = arena_str(&e->arena, x->asked_body);
		own->headers = arena_str(&e->arena, x->headers);
		own->body = arena_str(&e->arena, x->body);
		own->why = arena_str(&e->arena, x->why);
		group->items[count] = own;
		atomic_store(&group->count, count + 1);
	}
	pthread_mutex_unlock(&e->lock);
}

unsigned evidence_count(struct evidence *e)
{
	return e ? atomic_load(&e->count) : 0;
}

struct evidence_group *evidence_group(struct evidence *e, unsigned i)
{
	return &e->groups[i];
}

struct evidence_group *evidence_find(struct evidence *e, const struct failure_note *note)
{
	unsigned count = evidence_count(e);

	for (unsigned i = 0; i < count; i++)
		if (failure_note_same(&e->groups[i].note, note))
			return &e->groups[i];
	return NULL;
}

void evidence_put_file(struct buf *out, const struct evidence_group *group)
{
	buf_printf(out, "%s-%u.har", failure_name(group->note.class), group->number);
}

void evidence_put_curl(struct buf *out, const struct evidence_exchange *x)
{
	struct str method = x->method;

	buf_add(out, STR("curl -i"));
	if (!str_eq(method, STR("GET"))) {
		buf_add(out, STR(" -X "));
		escape_shell(out, method);
	}
	for (size_t at = 0; at < x->asked_headers.len;) {
		size_t end = str_find_char(x->asked_headers, '\n', at);

		buf_add(out, STR(" -H "));
		escape_shell(out, str_slice(x->asked_headers, at, end));
		at = end == (size_t)-1 ? x->asked_headers.len : end + 1;
	}
	if (x->asked_body.len) {
		buf_add(out, STR(" --data-raw "));
		escape_shell(out, x->asked_body);
	}
	buf_add_char(out, ' ');
	escape_shell(out, x->url);
}
