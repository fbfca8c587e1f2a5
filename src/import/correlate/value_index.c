/* The index of tracked values: open addressing by hash, with the values in insertion order. */
#include "import/correlate/value_index.h"

struct value_index {
	VEC(struct tracked_value *) items;
	struct tracked_value **slots;
	size_t cap;
};

struct value_index *value_index_new(struct arena *a)
{
	struct value_index *index = ARENA_NEW(a, struct value_index);

	index->cap = 1024;
	index->slots = ARENA_ARRAY(a, index->cap, struct tracked_value *);
	return index;
}

static struct tracked_value **slot_of(const struct value_index *index, struct str value)
{
	size_t i = (size_t)str_hash(value) & (index->cap - 1);

	while (index->slots[i] && !str_eq(index->slots[i]->value, value))
		i = (i + 1) & (index->cap - 1);
	return &index->slots[i];
}

static void grow(struct value_index *index, struct arena *a)
{
	index->cap *= 2;
	index->slots = ARENA_ARRAY(a, index->cap, struct tracked_value *);
	for (size_t i = 0; i < index->items.count; i++)
		*slot_of(index, index->items.items[i]->value) = index->items.items[i];
}

struct tracked_value *value_index_add(struct value_index *index, struct arena *a, struct str value)
{
	struct tracked_value **slot = slot_of(index, value);
	struct tracked_value *tracked_value = *slot;

	if (tracked_value)
		return tracked_value;
	tracked_value = ARENA_NEW(a, struct tracked_value);
	tracked_value->value = value;
	tracked_value->first_sent = tracked_value->first_seen = UINT32_MAX;
	*slot = tracked_value;
	VEC_PUSH(a, &index->items, tracked_value);
	if (index->items.count * 2 > index->cap)
		grow(index, a);
	return tracked_value;
}

struct tracked_value *value_index_find(const struct value_index *index, struct str value)
{
	return *slot_of(index, value);
}

size_t value_index_count(const struct value_index *index)
{
	return index->items.count;
}

struct tracked_value *value_index_at(const struct value_index *index, size_t i)
{
	return index->items.items[i];
}
