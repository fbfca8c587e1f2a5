#include "stats/failure_samples.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"

struct failure_samples {
	pthread_mutex_t lock; /* of threads that store samples */
	struct arena arena;
	_Atomic unsigned count;
	struct failure_sample_group groups[FAILURE_SAMPLES_GROUPS];
};

struct failure_samples *failure_samples_new(void)
{
	struct failure_samples *e = alloc_zeroed(1, sizeof *e);

	pthread_mutex_init(&e->lock, NULL);
	arena_init(&e->arena, 0);
	return e;
}

void failure_samples_free(struct failure_samples *e)
{
	if (!e)
		return;
	pthread_mutex_destroy(&e->lock);
	arena_release(&e->arena);
	free(e);
}

static struct failure_sample_group *group_for(struct failure_samples *e,
					      const struct failure_note *note)
{
	unsigned count = failure_samples_count(e), number = 1;
	struct failure_sample_group *group = failure_samples_find(e, note);

	if (group || count == FAILURE_SAMPLES_GROUPS)
		return group;
	for (unsigned i = 0; i < count; i++)
		number += e->groups[i].note.class == note->class;
	group = &e->groups[count];
	group->note = *note;
	group->number = number;
	atomic_store(&e->count, count + 1);
	return group;
}

void failure_samples_add(struct failure_samples *e, const struct failure_sample *x)
{
	struct failure_sample_group *group;
	struct failure_sample *own;
	unsigned count;

	pthread_mutex_lock(&e->lock);
	group = group_for(e, &x->note);
	count = group ? atomic_load(&group->count) : FAILURE_SAMPLES_EACH;
	if (count < FAILURE_SAMPLES_EACH) {
		own = ARENA_ARRAY(&e->arena, 1, struct failure_sample);
		*own = *x;
		own->method = arena_str(&e->arena, x->method);
		own->url = arena_str(&e->arena, x->url);
		own->curl = arena_str(&e->arena, x->curl);
		own->request_headers = arena_str(&e->arena, x->request_headers);
		own->request_body = arena_str(&e->arena, x->request_body);
		own->headers = arena_str(&e->arena, x->headers);
		own->body = arena_str(&e->arena, x->body);
		own->messages = arena_str(&e->arena, x->messages);
		own->why = arena_str(&e->arena, x->why);
		group->items[count] = own;
		atomic_store(&group->count, count + 1);
	}
	pthread_mutex_unlock(&e->lock);
}

unsigned failure_samples_count(struct failure_samples *e)
{
	return e ? atomic_load(&e->count) : 0;
}

struct failure_sample_group *failure_samples_group(struct failure_samples *e, unsigned i)
{
	return &e->groups[i];
}

struct failure_sample_group *failure_samples_find(struct failure_samples *e,
						  const struct failure_note *note)
{
	unsigned count = failure_samples_count(e);

	for (unsigned i = 0; i < count; i++)
		if (recorder_note_same(&e->groups[i].note, note))
			return &e->groups[i];
	return NULL;
}

void failure_samples_put_file(struct buf *out, const struct failure_sample_group *group)
{
	buf_printf(out, "%s-%u.har", failure_name(group->note.class), group->number);
}
