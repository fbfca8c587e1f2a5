/* The table of wanted values: open addressing over hashes, values in the order they came. */
#include "import/correlate.h"

struct wants {
	VEC(struct want *) all;
	struct want **slots;
	size_t cap;
};

struct wants *wants_new(struct arena *a)
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

struct want *wants_add(struct wants *w, struct arena *a, struct str value)
{
	struct want **slot = slot_of(w, value);
	struct want *want = *slot;

	if (want)
		return want;
	want = ARENA_NEW(a, struct want);
	want->value = value;
	want->first_sent = want->first_seen = UINT32_MAX;
	*slot = want;
	VEC_PUSH(a, &w->all, want);
	if (w->all.count * 2 > w->cap)
		grow(w, a);
	return want;
}

struct want *wants_find(const struct wants *w, struct str value)
{
	return *slot_of(w, value);
}

size_t wants_count(const struct wants *w)
{
	return w->all.count;
}

struct want *wants_at(const struct wants *w, size_t i)
{
	return w->all.items[i];
}
