/*
 * The versions of a file in this session. Only the last text is kept; each step has the patches
 * back to the text before it, and its operations if the API has performed it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "edit/api/api_private.h"
#include "edit/edit_diff.h"
#include "edit/edit_log.h"

/* The oldest steps are forgotten. */
#define STEPS_MAX 2000
#define BYTES_MAX ((size_t)8 << 20)
#define FORGET	  100
#define FILES_MAX 64
#define TEXTS_MAX ((size_t)64 << 20) /* of all files */
/* Number of steps in which the text that another program has edited is searched. */
#define BASES_MAX  100
#define STEP_BYTES 512

struct history_step {
	struct arena arena;
	struct str version; /* the text before the step */
	struct edit_patches back;
	const struct edit_op *ops;
	size_t count; /* 0: by another program */
	bool is_lost, is_restored;
	uint64_t lost_at; /* the number of the step that another program made */
};

struct api_history {
	struct api_history *next;
	char *path;
	struct buf text; /* the last one */
	char version[65];
	struct history_step *steps;
	size_t count, room;
	uint64_t first; /* the number of the first step */
	size_t bytes;	/* of the steps */
};

/* ---- steps */

static void set_text(struct api_history *h, struct str text)
{
	struct arena scratch;

	arena_init(&scratch, STEP_BYTES);
	buf_clear(&h->text);
	buf_add(&h->text, text);
	memcpy(h->version, edit_digest(&scratch, text).ptr, sizeof h->version);
	arena_release(&scratch);
}

static void forget(struct api_history *h, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		h->bytes -= h->steps[i].arena.total;
		arena_release(&h->steps[i].arena);
	}
	h->count -= count;
	h->first += count;
	if (h->count)
		memmove(h->steps, h->steps + count, h->count * sizeof *h->steps);
}

/* A new last step, from the last text. It is complete after finish_step. */
static struct history_step *begin_step(struct api_history *h)
{
	struct history_step *step;

	if (h->count == STEPS_MAX)
		forget(h, FORGET);
	while (h->count && h->bytes > BYTES_MAX)
		forget(h, h->count < FORGET ? h->count : FORGET);
	if (h->count == h->room) {
		h->room = h->room ? 2 * h->room : 16;
		h->steps = realloc(h->steps, h->room * sizeof *h->steps);
		if (!h->steps)
			die_out_of_memory();
	}
	step = &h->steps[h->count++];
	*step = (struct history_step){.ops = NULL};
	arena_init(&step->arena, STEP_BYTES);
	step->version = arena_str(&step->arena, str_of(h->version));
	return step;
}

static void finish_step(struct api_history *h, struct history_step *step, struct str text)
{
	h->bytes += step->arena.total;
	set_text(h, text);
}

/* ---- earlier texts */

/* Walks from the last text back to earlier ones. */
struct history_walk {
	const struct api_history *h;
	struct arena arenas[2];
	struct str text;
	size_t index; /* of the text: that before the step, or the last one */
};

static void walk_begin(struct history_walk *walk, const struct api_history *h)
{
	*walk = (struct history_walk){.h = h, .text = buf_str(&h->text), .index = h->count};
	arena_init(&walk->arenas[0], 0);
	arena_init(&walk->arenas[1], 0);
}

static void walk_back(struct history_walk *walk)
{
	struct arena *arena = &walk->arenas[--walk->index % 2];

	arena_reset(arena);
	walk->text = edit_patches_apply(arena, walk->text, walk->h->steps[walk->index].back);
}

static void walk_end(struct history_walk *walk)
{
	arena_release(&walk->arenas[0]);
	arena_release(&walk->arenas[1]);
}

/* The index of the text with VERSION, the latest one; NOT_FOUND if it is not known. */
static size_t find_version(const struct api_history *h, struct str version)
{
	if (str_eq(version, str_of(h->version)))
		return h->count;
	for (size_t i = h->count; i > 0; i--)
		if (str_eq(version, h->steps[i - 1].version))
			return i - 1;
	return NOT_FOUND;
}

struct str api_history_text(const struct api_history *h, struct arena *a, struct str version)
{
	size_t index = find_version(h, version);
	struct history_walk walk;
	struct str text;

	if (index == NOT_FOUND)
		return STR_NULL;
	walk_begin(&walk, h);
	while (walk.index > index)
		walk_back(&walk);
	text = arena_str(a, walk.text);
	walk_end(&walk);
	return text;
}

/* ---- what other programs write */

/* Finds the text that the other program has edited: the one with the fewest differences from TEXT.
 * The operations after it are lost. */
static void mark_lost(struct api_history *h, struct str text)
{
	struct history_walk walk;
	size_t best = h->count, least;

	walk_begin(&walk, h);
	least = edit_diff_distance(walk.text, text);
	while (walk.index && h->count - walk.index < BASES_MAX && least) {
		walk_back(&walk);
		size_t distance = edit_diff_distance(walk.text, text);

		if (distance < least) {
			least = distance;
			best = walk.index;
		}
	}
	walk_end(&walk);
	for (size_t i = 0; i < h->count; i++) {
		struct history_step *step = &h->steps[i];

		/* An operation that was lost only in later texts is in TEXT. */
		if (i < best && step->is_lost && step->lost_at >= h->first + best)
			step->is_lost = false;
		if (i < best || !step->count || step->is_lost)
			continue;
		step->is_lost = true;
		step->is_restored = least == 0;
		step->lost_at = h->first + h->count;
	}
}

static void add_other_text(struct api_history *h, struct str text)
{
	struct history_step *step;

	mark_lost(h, text);
	step = begin_step(h);
	step->back = edit_diff(&step->arena, text, buf_str(&h->text));
	finish_step(h, step, text);
}

void api_history_add(struct api_history *h, const struct edit_op *ops, size_t count,
		     struct edit_patches patches, struct str text)
{
	struct history_step *step = begin_step(h);
	struct edit_op *copies = ARENA_ARRAY(&step->arena, count, struct edit_op);

	for (size_t i = 0; i < count; i++)
		copies[i] = edit_log_copy_op(&step->arena, &ops[i]);
	step->ops = copies;
	step->count = count;
	step->back = edit_patches_invert(&step->arena, buf_str(&h->text), patches);
	finish_step(h, step, text);
}

static bool is_lost_after(const struct api_history *h, size_t step, size_t index)
{
	return h->steps[step].is_lost && h->steps[step].lost_at >= h->first + index;
}

size_t api_history_find_lost(const struct api_history *h, struct arena *a, struct str version,
			     const struct api_history_lost **out)
{
	size_t index = find_version(h, version);
	VEC(struct api_history_lost) found = {NULL, 0, 0};

	*out = NULL;
	if (index == NOT_FOUND)
		return 0;
	for (size_t i = 0; i < h->count; i++) {
		const struct history_step *step = &h->steps[i];

		if (!is_lost_after(h, i, index))
			continue;
		struct api_history_lost lost = {api_history_text(h, a, step->version), step->ops,
						step->count, step->is_restored};
		VEC_PUSH(a, &found, lost);
	}
	*out = found.items;
	return found.count;
}

void api_history_settle(struct api_history *h, struct str version)
{
	size_t index = find_version(h, version);

	for (size_t i = 0; index != NOT_FOUND && i < h->count; i++)
		if (is_lost_after(h, i, index))
			h->steps[i].is_lost = false;
}

/* ---- the histories of all files */

static void free_history(struct api_history *h)
{
	forget(h, h->count);
	free(h->steps);
	buf_release(&h->text);
	free(h->path);
	free(h);
}

/* The link to the history of PATH, or to the end of the list. */
static struct api_history **find_link(struct api *api, const char *path)
{
	struct api_history **link = &api->histories;

	while (*link && strcmp((*link)->path, path) != 0)
		link = &(*link)->next;
	return link;
}

/* Frees the histories that have not been used for the longest time. */
static void limit_histories(struct api *api)
{
	size_t files = 0, bytes = 0;
	struct api_history **link = &api->histories, *h;

	while ((h = *link)) {
		files++;
		bytes += h->text.len + h->bytes;
		if (files == 1 || (files <= FILES_MAX && bytes <= TEXTS_MAX)) {
			link = &h->next;
		} else {
			*link = h->next;
			free_history(h);
		}
	}
}

struct api_history *api_history_see(struct api *api, const char *path, struct str text)
{
	struct api_history **link = find_link(api, path), *h = *link;

	if (h) {
		*link = h->next;
		if (!str_eq(buf_str(&h->text), text))
			add_other_text(h, text);
	} else {
		h = alloc_zeroed(1, sizeof *h);
		h->path = strdup(path);
		if (!h->path)
			die_out_of_memory();
		buf_init(&h->text, 0);
		set_text(h, text);
	}
	h->next = api->histories;
	api->histories = h;
	limit_histories(api);
	return h;
}

struct str api_history_last(const struct api *api, const char *path)
{
	for (const struct api_history *h = api->histories; h; h = h->next)
		if (strcmp(h->path, path) == 0)
			return str_of(h->version);
	return STR_NULL;
}

void api_history_free_all(struct api *api)
{
	struct api_history *h;

	while ((h = api->histories)) {
		api->histories = h->next;
		free_history(h);
	}
}
