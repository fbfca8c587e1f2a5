/* Myers' algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986) on hashes of lines.
 */
#include "edit/edit_diff.h"

/* With more different lines, everything between the first and the last one counts as different. */
#define DIFFERENT_MAX 300

struct diff_line {
	uint32_t begin;
	uint64_t hash;
};

struct diff_lines {
	struct diff_line *items; /* and one more, at the end of the text */
	size_t count;
};

/* The lines [old_begin, old_end) were replaced with [new_begin, new_end). */
struct diff_hunk {
	size_t old_begin, old_end, new_begin, new_end;
};

struct diff {
	struct arena arena;
	struct str old_text, new_text;
	struct diff_lines old, new;
	struct diff_hunk *hunks; /* sorted, with at least one equal line between them */
	size_t count;
};

static struct diff_lines split(struct arena *a, struct str text)
{
	struct diff_lines lines = {NULL, 0};
	size_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == '\n';
	lines.items = ARENA_ARRAY(a, count + 1, struct diff_line);
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, '\n', at);

		end = end == NOT_FOUND ? text.len : end + 1;
		lines.items[lines.count++] =
		    (struct diff_line){(uint32_t)at, str_hash(str_slice(text, at, end))};
		at = end;
	}
	lines.items[lines.count].begin = (uint32_t)text.len;
	return lines;
}

static struct str line_at(struct str text, const struct diff_lines *lines, size_t i)
{
	return str_slice(text, lines->items[i].begin, lines->items[i + 1].begin);
}

static bool same_line(const struct diff *d, size_t o, size_t n)
{
	return d->old.items[o].hash ==
	       d->new.items[n].hash &&str_eq(line_at(d->old_text, &d->old, o),
					     line_at(d->new_text, &d->new, n));
}

/* The part of the lines between the common ones at the start and at the end. */
struct diff_middle {
	size_t begin, old_count, new_count;
	int most;      /* differences */
	int32_t *ends; /* for each number of differences, the reached old lines of all diagonals */
};

/* Row D of `ends` has the diagonals -D to D. */
static int32_t *row(const struct diff_middle *m, int d)
{
	return m->ends + (size_t)d * (size_t)d + d;
}

/* Follows the diagonal K with D differences. Returns the reached old line. */
static int follow(const struct diff *diff, const struct diff_middle *m, int d, int k)
{
	const int32_t *last = d ? row(m, d - 1) : NULL;
	int x = 0;

	if (d)
		x = k == -d || (k != d && last[k - 1] < last[k + 1]) ? last[k + 1]
								     : last[k - 1] + 1;
	while (x < (int)m->old_count && x - k < (int)m->new_count && x - k >= 0 &&
	       same_line(diff, m->begin + (size_t)x, m->begin + (size_t)(x - k)))
		x++;
	row(m, d)[k] = x;
	return x;
}

/* The smallest number of differences; -1 if there are too many. */
static int search(const struct diff *diff, const struct diff_middle *m)
{
	int target = (int)m->old_count - (int)m->new_count;

	for (int d = 0; d <= m->most; d++)
		for (int k = -d; k <= d; k += 2)
			if (follow(diff, m, d, k) >= (int)m->old_count && k == target)
				return d;
	return -1;
}

/* A difference at the old line X and the new line Y of the middle, found from the end. */
static void add_change(struct diff *diff, const struct diff_middle *m, int x, int y, bool removed)
{
	size_t o = m->begin + (size_t)x, n = m->begin + (size_t)y;
	struct diff_hunk *next = diff->count ? &diff->hunks[diff->count - 1] : NULL;
	size_t old_end = o + removed, new_end = n + !removed;

	if (next && next->old_begin == old_end && next->new_begin == new_end) {
		next->old_begin = o;
		next->new_begin = n;
		return;
	}
	diff->hunks[diff->count++] = (struct diff_hunk){o, old_end, n, new_end};
}

static void trace_back(struct diff *diff, const struct diff_middle *m, int d)
{
	int k = (int)m->old_count - (int)m->new_count;

	diff->hunks = ARENA_ARRAY(&diff->arena, (size_t)d + 1, struct diff_hunk);
	for (; d > 0; d--) {
		const int32_t *last = row(m, d - 1);
		bool added = k == -d || (k != d && last[k - 1] < last[k + 1]);

		k += added ? 1 : -1;
		add_change(diff, m, last[k], last[k] - k, !added);
	}
	for (size_t i = 0; i < diff->count / 2; i++) {
		struct diff_hunk swapped = diff->hunks[i];

		diff->hunks[i] = diff->hunks[diff->count - 1 - i];
		diff->hunks[diff->count - 1 - i] = swapped;
	}
}

static void diff_open(struct diff *diff, struct str old, struct str text)
{
	size_t common = 0, tail = 0, shorter;
	struct diff_middle m;
	int d;

	*diff = (struct diff){.old_text = old, .new_text = text};
	arena_init(&diff->arena, 0);
	diff->old = split(&diff->arena, old);
	diff->new = split(&diff->arena, text);
	shorter = diff->old.count < diff->new.count ? diff->old.count : diff->new.count;
	while (common < shorter && same_line(diff, common, common))
		common++;
	while (tail < shorter - common &&
	       same_line(diff, diff->old.count - 1 - tail, diff->new.count - 1 - tail))
		tail++;
	m = (struct diff_middle){.begin = common,
				 .old_count = diff->old.count - common - tail,
				 .new_count = diff->new.count - common - tail};
	if (!m.old_count && !m.new_count)
		return;
	m.most = m.old_count + m.new_count < DIFFERENT_MAX ? (int)(m.old_count + m.new_count)
							   : DIFFERENT_MAX;
	m.ends = ARENA_ARRAY(&diff->arena, (size_t)(m.most + 1) * (size_t)(m.most + 1), int32_t);
	d = search(diff, &m);
	if (d >= 0) {
		trace_back(diff, &m, d);
		return;
	}
	diff->hunks = ARENA_NEW(&diff->arena, struct diff_hunk);
	diff->hunks[diff->count++] =
	    (struct diff_hunk){common, common + m.old_count, common, common + m.new_count};
}

struct edit_patches edit_diff(struct arena *a, struct str old, struct str text)
{
	struct edit_patch *patches;
	struct diff d;
	size_t count;

	diff_open(&d, old, text);
	count = d.count;
	patches = ARENA_ARRAY(a, count, struct edit_patch);
	for (size_t i = 0; i < count; i++) {
		const struct diff_hunk *hunk = &d.hunks[i];

		patches[i] = (struct edit_patch){
		    d.old.items[hunk->old_begin].begin, d.old.items[hunk->old_end].begin,
		    arena_str(a, str_slice(text, d.new.items[hunk->new_begin].begin,
					   d.new.items[hunk->new_end].begin))};
	}
	arena_release(&d.arena);
	return (struct edit_patches){patches, count};
}

size_t edit_diff_distance(struct str old, struct str text)
{
	size_t sum = 0;
	struct diff d;

	diff_open(&d, old, text);
	for (size_t i = 0; i < d.count; i++)
		sum += d.hunks[i].old_end - d.hunks[i].old_begin + d.hunks[i].new_end -
		       d.hunks[i].new_begin;
	arena_release(&d.arena);
	return sum;
}

/* ---- moving patches */

/* Whether the lines [begin, end) have only comments and spaces. */
static bool is_comment(struct str text, const struct diff_lines *lines, size_t begin, size_t end)
{
	for (; begin < end; begin++) {
		struct str line = str_trim(line_at(text, lines, begin));

		if (line.len && line.ptr[0] != '#')
			return false;
	}
	return true;
}

/* Whether PATCH can be moved past HUNK. */
static bool is_apart(const struct diff *d, const struct diff_hunk *hunk,
		     const struct edit_patch *patch)
{
	uint32_t begin = d->old.items[hunk->old_begin].begin;
	uint32_t end = d->old.items[hunk->old_end].begin;

	if (patch->end < begin || patch->begin > end)
		return true;
	if (patch->end != begin && patch->begin != end)
		return false;
	return is_comment(d->old_text, &d->old, hunk->old_begin, hunk->old_end) &&
	       is_comment(d->new_text, &d->new, hunk->new_begin, hunk->new_end);
}

static uint32_t line_of(const struct diff *d, uint32_t at)
{
	uint32_t line = 0;

	while (line < d->old.count && d->old.items[line + 1].begin <= at)
		line++;
	return line + 1;
}

bool edit_diff_move(struct arena *a, struct str old, struct str text, struct edit_patches patches,
		    struct edit_patches *moved, uint32_t *line)
{
	struct edit_patch *out = ARENA_ARRAY(a, patches.count, struct edit_patch);
	bool good = true;
	struct diff d;

	diff_open(&d, old, text);
	for (size_t i = 0; i < patches.count && good; i++) {
		uint32_t shift = 0; /* modulo 2^32 */

		for (size_t h = 0; h < d.count && good; h++) {
			const struct diff_hunk *hunk = &d.hunks[h];

			good = is_apart(&d, hunk, &patches.items[i]);
			if (d.old.items[hunk->old_end].begin <= patches.items[i].begin)
				shift = d.new.items[hunk->new_end].begin -
					d.old.items[hunk->old_end].begin;
		}
		*line = line_of(&d, patches.items[i].begin);
		out[i] = (struct edit_patch){patches.items[i].begin + shift,
					     patches.items[i].end + shift, patches.items[i].text};
	}
	arena_release(&d.arena);
	*moved = (struct edit_patches){out, patches.count};
	return good;
}
