#include "result/shard_notices.h"

#include "base/log.h"
#include "base/units.h"

#define LISTED_MAX 8u

void shard_notices_init(struct shard_notices *n)
{
	*n = (struct shard_notices){.of = 0};
	arena_init(&n->arena, 0);
}

void shard_notices_release(struct shard_notices *n)
{
	arena_release(&n->arena);
}

static void add(struct shard_notices *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct shard_notices *n, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	VEC_PUSH(&n->arena, &n->items, arena_vprintf(&n->arena, format, args));
	va_end(args);
}

/* ---- each folder */

static const char *stage_hint(enum run_stage stage)
{
	switch (stage) {
	case STAGE_SETUP:
		return "; it was in setup";
	case STAGE_WARM_UP:
		return "; it was in the warm-up";
	case STAGE_TEARDOWN:
		return "; it was in teardown";
	case STAGE_LOAD:
		break;
	}
	return "";
}

static void add_place(struct shard_notices *n, const struct shard_watch *w,
		      const struct watched_folder *folder)
{
	struct str path = folder->path;

	switch (folder->place) {
	case WATCHED_NO_SHARD:
		add(n, "%.*s is not the result of a shard, and is not merged", STR_ARG(path));
		break;
	case WATCHED_EARLIER:
		add(n, "%.*s is the result of an earlier run, and is not merged", STR_ARG(path));
		break;
	case WATCHED_OTHER_RUN:
		add(n, "%.*s is one of %u shards, not of %u, and is not merged", STR_ARG(path),
		    folder->shard.of, w->of);
		break;
	case WATCHED_DUPLICATE:
		add(n, "%.*s is shard %u/%u too, and is not merged", STR_ARG(path),
		    folder->shard.index, folder->shard.of);
		break;
	case WATCHED_MERGED:
		break;
	}
}

static void add_unmerged(struct shard_notices *n, const struct shard_watch *w, ns_t now)
{
	for (size_t i = 0; i < w->folders.count; i++) {
		const struct watched_folder *folder = w->folders.items[i];

		if (folder->shard.opened)
			add_place(n, w, folder);
		else if (folder->why.len && now - folder->changed_at > w->late)
			add(n, "%.*s: %.*s", STR_ARG(folder->path), STR_ARG(buf_str(&folder->why)));
		if (folder->unstoppable)
			add(n, "%.*s: %.*s", STR_ARG(folder->path), STR_ARG(buf_str(&folder->why)));
	}
}

/* ---- each shard */

static void add_start(struct shard_notices *n, const struct shard_watch *w,
		      const struct watched_folder *folder)
{
	const struct merge_shard *shard = &folder->shard;
	ns_t late = shard->saved.reader.facts.started - w->merged.facts.started;

	if (late > w->late)
		add(n, "shard %u/%u started %.1f s after the first one (%.*s)", shard->index,
		    shard->of, (double)late / (double)NS_PER_S, STR_ARG(folder->path));
	if (!str_eq(shard->saved.reader.facts.scenario, w->merged.facts.scenario))
		add(n, "shard %u/%u performs another scenario, load or target (%.*s)", shard->index,
		    shard->of, STR_ARG(folder->path));
}

static void add_silence(struct shard_notices *n, const struct shard_watch *w,
			const struct watched_folder *folder)
{
	struct buf late;

	buf_init(&late, 0);
	units_put_duration(&late, w->late);
	add(n, "shard %u/%u has written nothing for %.*s (%.*s)%s", folder->shard.index,
	    folder->shard.of, STR_ARG(buf_str(&late)), STR_ARG(folder->path),
	    stage_hint(folder->shard.stage));
	buf_release(&late);
}

static void add_shard(struct shard_notices *n, const struct shard_watch *w,
		      const struct watched_folder *folder)
{
	const struct merge_shard *shard = &folder->shard;
	struct str stopped_by = shard->saved.reader.verdict.stopped_by;

	add_start(n, w, folder);
	switch (folder->state) {
	case WATCHED_SILENT:
		n->silent++;
		add_silence(n, w, folder);
		break;
	case WATCHED_BROKEN:
		n->broken++;
		add(n, "shard %u/%u: %.*s: %.*s", shard->index, shard->of, STR_ARG(folder->path),
		    STR_ARG(buf_str(&folder->why)));
		break;
	case WATCHED_ENDED:
		n->ended++;
		if (stopped_by.len)
			add(n, "shard %u/%u was stopped by %.*s (%.*s)", shard->index, shard->of,
			    STR_ARG(stopped_by), STR_ARG(folder->path));
		break;
	case WATCHED_RUNNING:
	case WATCHED_EMPTY:
		n->running++;
		break;
	}
	if (folder->resumed)
		log_info("shard %u/%u writes again (%.*s)", shard->index, shard->of,
			 STR_ARG(folder->path));
}

/* By the wall clocks of two machines, which --start-at needs to be right too. */
static ns_t time_since_start(const struct shard_watch *w)
{
	return w->attached ? clock_wall_ns() - w->merged.facts.started : 0;
}

static void add_missing(struct shard_notices *n, const struct shard_watch *w)
{
	unsigned listed = 0;
	struct buf text;

	buf_init(&text, 0);
	for (unsigned index = 1; index <= w->of && listed < LISTED_MAX; index++) {
		if (shard_watch_find(w, index))
			continue;
		buf_printf(&text, "%s%u/%u", listed++ ? ", " : "", index, w->of);
	}
	if (n->missing > listed)
		buf_printf(&text, " and %u more", n->missing - listed);
	add(n, "%s %.*s %s not started", n->missing == 1 ? "shard" : "shards",
	    STR_ARG(buf_str(&text)), n->missing == 1 ? "has" : "have");
	buf_release(&text);
}

/* ---- all */

static bool contains(const struct shard_notices *n, struct str text)
{
	for (size_t i = 0; i < n->items.count; i++)
		if (str_eq(n->items.items[i], text))
			return true;
	return false;
}

static void log_new(const struct shard_notices *n, const struct shard_notices *before)
{
	for (size_t i = 0; i < n->items.count; i++)
		if (!contains(before, n->items.items[i]))
			log_warning("%.*s", STR_ARG(n->items.items[i]));
}

static bool is_same(const struct shard_notices *a, const struct shard_notices *b)
{
	if (a->items.count != b->items.count || a->of != b->of || a->running != b->running ||
	    a->ended != b->ended || a->silent != b->silent || a->broken != b->broken ||
	    a->missing != b->missing)
		return false;
	for (size_t i = 0; i < a->items.count; i++)
		if (!contains(b, a->items.items[i]))
			return false;
	return true;
}

void shard_notices_update(struct shard_notices *n, const struct shard_watch *w, ns_t now)
{
	struct shard_notices before = *n;

	shard_notices_init(n);
	n->stopping = before.stopping;
	n->of = w->of;
	for (unsigned index = 1; index <= w->of; index++) {
		const struct watched_folder *folder = shard_watch_find(w, index);

		if (folder)
			add_shard(n, w, folder);
		else
			n->missing++;
	}
	if (n->missing && (now - w->first_at > w->late || time_since_start(w) > w->late))
		add_missing(n, w);
	add_unmerged(n, w, now);
	log_new(n, &before);
	n->changes = before.changes + !is_same(n, &before);
	shard_notices_release(&before);
}

void shard_notices_put_counts(struct buf *out, const struct shard_notices *n)
{
	const struct {
		unsigned count;
		const char *word;
	} rest[] = {{n->ended, "ended"},
		    {n->silent, "silent"},
		    {n->broken, "unreadable"},
		    {n->missing, "not started"}};

	buf_printf(out, "%u of %u running", n->running, n->of);
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
		if (rest[i].count)
			buf_printf(out, ", %u %s", rest[i].count, rest[i].word);
}
