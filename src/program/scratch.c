/* A worker's memory for intermediate values; contract in interface/scratch.h. */
#include <stdlib.h>

#include "base/log.h"
#include "base/regex.h"
#include "doc/json_cache.h"
#include "interface/scratch.h"

void scratch_init(struct scratch *s)
{
	*s = (struct scratch){.items_cap = SCRATCH_ITEMS};
	buf_init(&s->text, SCRATCH_TEXT_BYTES);
	buf_reserve(&s->text, SCRATCH_TEXT_BYTES);
	s->items = malloc(SCRATCH_ITEMS * sizeof *s->items);
	s->regex = regex_scratch_new();
	if (!s->items || !s->regex)
		die_out_of_memory();
	s->json = json_cache_new(s->regex);
	buf_clear(&s->text);
}

void scratch_release(struct scratch *s)
{
	buf_release(&s->text);
	free(s->items);
	json_cache_free(s->json);
	if (s->page.data)
		s->page.free(s->page.data);
	if (s->forms.data)
		s->forms.free(s->forms.data);
	if (s->links.data)
		s->links.free(s->links.data);
	regex_scratch_free(s->regex);
}

void scratch_clear(struct scratch *s)
{
	buf_clear(&s->text);
	json_cache_clear(s->json);
	if (s->page.data)
		s->page.clear(s->page.data);
	if (s->forms.data)
		s->forms.clear(s->forms.data);
	if (s->links.data)
		s->links.clear(s->links.data);
	s->items_used = 0;
}

struct value *scratch_items(struct scratch *s, size_t n)
{
	struct value *items = s->items + s->items_used;

	if (n > s->items_cap - s->items_used)
		return NULL;
	s->items_used += n;
	for (size_t i = 0; i < n; i++)
		items[i] = VALUE_NOTHING;
	return items;
}

struct str scratch_copy(struct scratch *s, struct str text)
{
	size_t mark = s->text.len;

	return buf_add(&s->text, text) ? str_n(s->text.data + mark, text.len) : STR_NULL;
}
