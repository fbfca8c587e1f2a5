#include "result/output_set.h"

#include <string.h>

#include "base/log.h"

void output_set_init(struct output_set *set, ns_t send_wait)
{
	set->count = 0;
	set->send_wait = send_wait;
	arena_init(&set->arena, 0);
}

bool output_set_add(struct output_set *set, const struct output_kind *kind, struct str where,
		    const struct run_facts *facts, bool listed)
{
	void *output;
	struct buf error;

	if (set->count == OUTPUT_SET_MAX)
		BUG("more than %u outputs", OUTPUT_SET_MAX);
	buf_init(&error, 0);
	output = kind->open(where, facts, &error);
	if (output) {
		set->items[set->count].kind = kind;
		set->items[set->count].output = output;
		set->items[set->count].where = where;
		set->items[set->count++].listed = listed;
	} else {
		log_error("%.*s", STR_ARG(buf_str(&error)));
	}
	buf_release(&error);
	return output != NULL;
}

void output_set_restart(struct output_set *set, const struct run_facts *facts)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].kind->restart)
			set->items[i].kind->restart(set->items[i].output, facts);
}

void output_set_prepend(struct output_set *set, struct output_set *from)
{
	if (set->count + from->count > OUTPUT_SET_MAX)
		BUG("more than %u outputs", OUTPUT_SET_MAX);
	memmove(set->items + from->count, set->items, set->count * sizeof *set->items);
	for (size_t i = 0; i < from->count; i++) {
		set->items[i] = from->items[i];
		set->items[i].where = arena_str(&set->arena, from->items[i].where);
	}
	set->count += from->count;
	from->count = 0;
	arena_release(&from->arena);
}

void output_set_cancel(struct output_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		set->items[i].kind->close(set->items[i].output, NULL, NULL, NULL);
	arena_release(&set->arena);
}

bool output_set_close(struct output_set *set, const struct summary *total, struct verdict *verdict)
{
	bool good = true;
	struct buf error;

	buf_init(&error, 0);
	verdict->written = set->written;
	verdict->written_count = 0;
	set->deliveries = (struct output_deliveries){.arena = &set->arena};
	verdict->deliveries = &set->deliveries;
	verdict->patience = clock_monotonic_ns() + set->send_wait;
	for (size_t i = 0; i < set->count; i++) {
		buf_clear(&error);
		if (!set->items[i].kind->close(set->items[i].output, total, verdict, &error)) {
			log_error("%.*s", STR_ARG(buf_str(&error)));
			good = false;
		} else if (set->items[i].listed) {
			set->written[verdict->written_count++] = set->items[i].where;
		}
	}
	buf_release(&error);
	arena_release(&set->arena);
	return good;
}

void output_set_tick(void *owner, const struct summary *sofar, ns_t now)
{
	struct output_set *set = owner;

	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].kind->tick)
			set->items[i].kind->tick(set->items[i].output, sofar, now);
}

void output_set_second(void *owner, const struct summary *second, const struct summary *sofar,
		       const struct run_interval *m)
{
	struct output_set *set = owner;

	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].kind->second)
			set->items[i].kind->second(set->items[i].output, second, sofar, m);
}

void output_set_event(void *owner, const struct run_event *event)
{
	struct output_set *set = owner;

	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].kind->event)
			set->items[i].kind->event(set->items[i].output, event);
}

void output_set_line(void *owner, struct str line)
{
	struct output_set *set = owner;

	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].kind->line)
			set->items[i].kind->line(set->items[i].output, line);
}
