/* Evaluates segments and selectors on a tape (RFC 9535, sections 2.3 to 2.5). */
#include <stdlib.h>

#include "base/log.h"
#include "doc/jsonpath_private.h"

#define STEPS_MAX UINT64_C(20000000)
#define NODES_MAX 1000000

void jsonpath_work_init(struct jsonpath_work *work, struct regex_scratch *regex)
{
	*work = (struct jsonpath_work){.regex = regex};
	buf_init(&work->text[0], 0);
	buf_init(&work->text[1], 0);
}

void jsonpath_work_release(struct jsonpath_work *work)
{
	free(work->nodes);
	buf_release(&work->text[0]);
	buf_release(&work->text[1]);
	jsonpath_work_init(work, NULL);
}

bool jsonpath_count_step(struct jsonpath_evaluation *f)
{
	if (f->work->steps_left == 0)
		f->limit = true;
	else
		f->work->steps_left--;
	return !f->limit;
}

static void push(struct jsonpath_evaluation *f, uint32_t item)
{
	struct jsonpath_work *work = f->work;

	if (!jsonpath_count_step(f))
		return;
	if (work->count == work->cap) {
		size_t cap = work->cap ? work->cap * 2 : 256;
		if (work->count >= NODES_MAX) {
			f->limit = true;
			return;
		}
		work->nodes = realloc(work->nodes, cap * sizeof *work->nodes);
		if (!work->nodes)
			die_out_of_memory();
		work->cap = cap;
	}
	work->nodes[work->count++] = item;
}

static const struct json_item *item_at(const struct jsonpath_evaluation *f, uint32_t index)
{
	return &f->tape->items[index];
}

/* The element of array ITEM at INDEX, which must exist. */
static uint32_t array_element(const struct json_tape *tape, uint32_t item, uint32_t index)
{
	const struct json_item *array = &tape->items[item];
	uint32_t at = item + 1;

	if (array->next - item - 1 == json_count(array))
		return at + index; /* only scalars */
	while (index--)
		at = tape->items[at].next;
	return at;
}

/* ---- selectors */

static void select_name(struct jsonpath_evaluation *f, uint32_t node, struct str name)
{
	const struct json_item *item = item_at(f, node);
	const struct json_item *found;

	if (json_type(item) != JSON_OBJECT)
		return;
	found = json_member(f->tape, item, name);
	if (found)
		push(f, (uint32_t)(found - f->tape->items));
}

static void select_index(struct jsonpath_evaluation *f, uint32_t node, int64_t index)
{
	const struct json_item *item = item_at(f, node);
	int64_t count;

	if (json_type(item) != JSON_ARRAY)
		return;
	count = json_count(item);
	if (index < 0)
		index += count;
	if (index >= 0 && index < count)
		push(f, array_element(f->tape, node, (uint32_t)index));
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
	return value < low ? low : value > high ? high : value;
}

static void select_slice(struct jsonpath_evaluation *f, uint32_t node, const struct selector *s)
{
	const struct json_item *item = item_at(f, node);
	int64_t count, start, end, step = s->slice.step;
	bool scalars;

	if (json_type(item) != JSON_ARRAY || step == 0)
		return;
	count = json_count(item);
	start = s->slice.has_start ? s->slice.start : step > 0 ? 0 : count - 1;
	end = s->slice.has_end ? s->slice.end : step > 0 ? count : -count - 1;
	start = start < 0 ? start + count : start;
	end = end < 0 ? end + count : end;
	if (step < 0) {
		start = clamp(start, -1, count - 1);
		end = clamp(end, -1, count - 1);
		for (int64_t i = start; i > end && !f->limit; i += step)
			push(f, array_element(f->tape, node, (uint32_t)i));
		return;
	}
	start = clamp(start, 0, count);
	end = clamp(end, 0, count);
	scalars = item->next - node - 1 == (uint32_t)count;
	for (uint32_t i = 0, at = node + 1; i < end && !f->limit; i++) {
		if (i >= start && (i - start) % step == 0)
			push(f, at);
		at = scalars ? at + 1 : f->tape->items[at].next;
	}
}

/* Visits the children of NODE: all of them, or those that match FILTER. */
static void select_children(struct jsonpath_evaluation *f, uint32_t node,
			    const struct filter *filter)
{
	const struct json_item *item = item_at(f, node);
	bool object = json_type(item) == JSON_OBJECT;
	uint32_t at = node + 1, end = item->next;

	if (!object && json_type(item) != JSON_ARRAY)
		return;
	while (at < end && !f->limit) {
		at += object;
		if (!filter || jsonpath_filter_matches(f, filter, at))
			push(f, at);
		at = item_at(f, at)->next;
	}
}

static void apply(struct jsonpath_evaluation *f, const struct segment *segment, uint32_t node)
{
	for (size_t i = 0; i < segment->count && jsonpath_count_step(f); i++) {
		const struct selector *s = &segment->selectors[i];
		switch (s->kind) {
		case SELECT_NAME:
			select_name(f, node, s->name);
			break;
		case SELECT_WILD:
			select_children(f, node, NULL);
			break;
		case SELECT_INDEX:
			select_index(f, node, s->index);
			break;
		case SELECT_SLICE:
			select_slice(f, node, s);
			break;
		case SELECT_FILTER:
			select_children(f, node, s->filter);
			break;
		}
	}
}

/* Visits the node and all its descendants in document order; keys are not nodes. */
static void apply_below(struct jsonpath_evaluation *f, const struct segment *segment, uint32_t node)
{
	uint32_t end = item_at(f, node)->next;

	for (uint32_t at = node; at < end && !f->limit; at++)
		if (json_type(item_at(f, at)) != JSON_KEY)
			apply(f, segment, at);
}

void jsonpath_query_find(struct jsonpath_evaluation *f, const struct query *query, uint32_t current,
			 size_t base)
{
	struct jsonpath_work *work = f->work;

	push(f, query->from_root ? 0 : current);
	for (size_t i = 0; i < query->count && !f->limit; i++) {
		size_t end = work->count;
		for (size_t n = base; n < end && !f->limit; n++) {
			if (query->segments[i].descendant)
				apply_below(f, &query->segments[i], work->nodes[n]);
			else
				apply(f, &query->segments[i], work->nodes[n]);
		}
		memmove(work->nodes + base, work->nodes + end,
			(work->count - end) * sizeof *work->nodes);
		work->count -= end - base;
	}
}

enum jsonpath_outcome jsonpath_find(const struct jsonpath *path, const struct json_tape *tape,
				    struct jsonpath_work *work)
{
	struct jsonpath_evaluation f = {.tape = tape, .work = work};

	work->count = 0;
	work->steps_left = STEPS_MAX;
	jsonpath_query_find(&f, &path->query, 0, 0);
	return f.limit ? JSONPATH_LIMIT : JSONPATH_OK;
}
