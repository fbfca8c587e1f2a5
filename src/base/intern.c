#include "base/intern.h"
#include "base/alloc.h"

#include <stdlib.h>

#include "base/log.h"

#define SLOTS_FIRST 1024u /* a power of two */

static void *grown(void *old, size_t count, size_t bytes)
{
	void *made = count <= SIZE_MAX / bytes ? realloc(old, count * bytes) : NULL;

	if (!made)
		die_out_of_memory();
	return made;
}

static void make_table(struct intern *in, uint32_t slots)
{
	free(in->table);
	in->table = alloc_zeroed(slots, sizeof *in->table);
	in->slots = slots;
	for (uint32_t i = 0; i < in->count; i++) {
		uint32_t at = in->hashes[i] & (slots - 1);

		while (in->table[at])
			at = (at + 1) & (slots - 1);
		in->table[at] = i + 1;
	}
}

void intern_init(struct intern *in)
{
	*in = (struct intern){.count = 0};
	arena_init(&in->bytes, (size_t)1 << 18);
	make_table(in, SLOTS_FIRST);
	intern_add(in, STR(""));
}

void intern_release(struct intern *in)
{
	arena_release(&in->bytes);
	free(in->texts);
	free(in->hashes);
	free(in->table);
	*in = (struct intern){.count = 0};
}

/* The slot of TEXT, or the free slot for it. */
static uint32_t slot_of(const struct intern *in, struct str text, uint32_t hash)
{
	uint32_t at = hash & (in->slots - 1);

	while (in->table[at]) {
		uint32_t i = in->table[at] - 1;

		if (in->hashes[i] == hash && str_eq(in->texts[i], text))
			break;
		at = (at + 1) & (in->slots - 1);
	}
	return at;
}

uint32_t intern_add(struct intern *in, struct str text)
{
	uint32_t hash = (uint32_t)str_hash(text), at = slot_of(in, text, hash);

	if (in->table[at])
		return in->table[at] - 1;
	if (in->count == in->cap) {
		in->cap = in->cap ? in->cap + in->cap / 2 : 256;
		in->texts = grown(in->texts, in->cap, sizeof *in->texts);
		in->hashes = grown(in->hashes, in->cap, sizeof *in->hashes);
	}
	in->texts[in->count] = arena_str(&in->bytes, text);
	in->hashes[in->count] = hash;
	in->table[at] = ++in->count;
	if (in->count > in->slots / 4 * 3)
		make_table(in, in->slots * 2);
	return in->count - 1;
}

uint32_t intern_find(const struct intern *in, struct str text)
{
	return in->table[slot_of(in, text, (uint32_t)str_hash(text))] - 1;
}
