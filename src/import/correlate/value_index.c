/* The table of wanted values: open addressing by hash, with the values in insertion order. */
#include "import/correlate/value_index.h"

struct wants {
	VEC(struct want *) all;
	struct want **slots;
	size_t cap;
};

struct wants *value_index_new(struct arena *a)
{
	struct wants *w = ARENA_NEW(a, struct wants);

	w->cap = 1024;
	w->slots = ARENA_ARRAY(a, w->cap, struct want *);
	return w;
}

static struct want **slot_of(const struct wants *w, struct str value)
{
	size_t i = (size_t)str_hash(value) & (w->cap - 1);

	while (w->slots[i] && !str_eq(w->slots[i]->value, value))
		i = (i + 1) & (w->cap - 1);
	return &w->slots[i];
}

static void grow(struct wants *w, struct arena *a)
{
	w->cap *= 2;
	w->slots = ARENA_ARRAY(a, w->cap, struct want *);
	for (size_t i = 0; i < w->all.count; i++)
		*slot_of(w, w->all.items[i]->value) = w->all.items[i];
}

struct want *value_index_add(struct wants *w, struct arena *a, struct str value)
{
	struct want **slot = slot_of(w, value);
	struct want *tracked_value = *slot;

	if (tracked_value)
		return tracked_value;
	tracked_value = ARENA_NEW(a, struct want);
	tracked_value->value = value;
	tracked_value->first_sent = tracked_value->first_seen = UINT32_MAX;
	*slot = tracked_value;
	VEC_PUSH(a, &w->all, tracked_value);
	if (w->all.count * 2 > w->cap)
		grow(w, a);
	return tracked_value;
}

struct want *value_index_find(const struct wants *w, struct str value)
{
	return *slot_of(w, value);
}

size_t value_index_count(const struct wants *w)
{
	return w->all.count;
}

struct want *value_index_at(const struct wants *w, size_t i)
{
	return w->all.items[i];
}
