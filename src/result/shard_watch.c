#include "result/shard_watch.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "result/result_folder.h"

#define FOLDERS_MAX 10000u

/* Reading everything again may take this part of the time, at most. */
#define ATTACH_SHARE 10

void shard_watch_init(struct shard_watch *w, const char *const *operands, size_t count,
		      const char *out, ns_t late)
{
	*w = (struct shard_watch){
	    .operands = operands, .operand_count = count, .out = out, .late = late};
	arena_init(&w->arena, 0);
	series_table_init(&w->nothing, &w->arena);
	w->unknown = (struct run_facts){.version = STR(PACKAGE_VERSION),
					.name = str_of(operands[0]),
					.load = STR("no result yet"),
					.table = &w->nothing};
	rebuild_init(&w->r, &w->unknown);
	output_set_init(&w->r.outputs, 0);
}

void shard_watch_release(struct shard_watch *w)
{
	if (w->attached)
		merge_input_detach(&w->merged);
	for (size_t i = 0; i < w->folders.count; i++) {
		merge_input_close_shard(&w->folders.items[i]->shard);
		buf_release(&w->folders.items[i]->why);
		free(w->folders.items[i]);
	}
	rebuild_release(&w->r);
	arena_release(&w->arena);
}

/* ---- the folders */

static bool is_known(const struct shard_watch *w, struct str path)
{
	for (size_t i = 0; i < w->folders.count; i++)
		if (str_eq(w->folders.items[i]->path, path))
			return true;
	return false;
}

static bool is_same_folder(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void add_folder(struct shard_watch *w, struct str path)
{
	struct watched_folder *folder;

	if (is_known(w, path) || w->folders.count == FOLDERS_MAX ||
	    (w->out && is_same_folder(path.ptr, w->out)))
		return;
	folder = alloc_zeroed(1, sizeof *folder);
	folder->path = arena_str(&w->arena, path);
	buf_init(&folder->why, 0);
	VEC_PUSH(&w->arena, &w->folders, folder);
}

/* True if FOLDER contains the file of a result, even an empty one. */
static bool has_result(struct arena *a, struct str folder)
{
	struct stat about;

	return lstat(result_folder_file(a, folder, ARCHIVE_FILE_NAME).ptr, &about) == 0;
}

static void find_below(struct shard_watch *w, struct arena *a, struct str parent)
{
	DIR *dir = opendir(parent.ptr);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)) != NULL) {
		struct str path;

		if (entry->d_name[0] == '.')
			continue;
		path = result_folder_file(a, parent, entry->d_name);
		if (!is_known(w, path) && has_result(a, path))
			add_folder(w, path);
	}
	closedir(dir);
}

static void find_folders(struct shard_watch *w)
{
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < w->operand_count; i++) {
		struct str path = str_of(w->operands[i]);

		if (has_result(&a, path))
			add_folder(w, path);
		else
			find_below(w, &a, path);
	}
	arena_release(&a);
}

/* ---- one folder */

static void open_folder(struct shard_watch *w, struct watched_folder *folder, ns_t now)
{
	buf_clear(&folder->why);
	if (merge_input_open_growing(&folder->shard, folder->path.ptr, &folder->why)) {
		folder->state = WATCHED_RUNNING;
		folder->was_complete =
		    archive_is_complete(buf_str(&folder->shard.saved.growing.unread));
		folder->changed_at = now;
		w->stale = true;
		return;
	}
	folder->state = folder->why.len ? WATCHED_BROKEN : WATCHED_EMPTY;
	if (!folder->changed_at)
		folder->changed_at = now;
}

static void read_folder(struct shard_watch *w, struct watched_folder *folder, ns_t now)
{
	buf_clear(&folder->why);
	if (!folder->shard.opened) {
		open_folder(w, folder, now);
		return;
	}
	if (folder->replaced)
		return;
	switch (saved_result_grow(&folder->shard.saved)) {
	case GROWING_FILE_REPLACED:
		folder->replaced = true;
		w->stale = true;
		break;
	case GROWING_FILE_UNREADABLE:
		buf_printf(&folder->why, "cannot read " ARCHIVE_FILE_NAME ": %s", strerror(errno));
		break;
	case GROWING_FILE_SAME:
	case GROWING_FILE_GREW:
		break;
	}
}

static void explain_damage(struct watched_folder *folder)
{
	const struct saved_result *saved = &folder->shard.saved;

	if (!folder->why.len)
		buf_printf(&folder->why, ARCHIVE_FILE_NAME " is damaged after byte %llu",
			   (unsigned long long)(saved->growing.read - saved->reader.file.len));
}

/* Before its first second, and in setup, the warm-up and teardown, a shard writes nothing, but sets
 * the time of its result file. The other shards do not wait for it. */
static bool is_working(const struct shard_watch *w, const struct watched_folder *folder, ns_t now)
{
	const struct merge_shard *shard = &folder->shard;
	bool began = shard->saved.reader.interval.length > 0;

	return now - folder->alive_at <= w->late && (!began || shard->stage != STAGE_LOAD);
}

static void note_changes(struct shard_watch *w, struct watched_folder *folder, ns_t now)
{
	const struct growing_file *file = &folder->shard.saved.growing;

	if (file->read != folder->read)
		folder->changed_at = w->alive_at = now;
	if (file->modified != folder->modified)
		folder->alive_at = w->alive_at = now;
	folder->read = file->read;
	folder->modified = file->modified;
}

/* After the new seconds were read. */
static void update_state(struct shard_watch *w, struct watched_folder *folder, ns_t now)
{
	struct merge_shard *shard = &folder->shard;
	bool was_silent = folder->state == WATCHED_SILENT || folder->state == WATCHED_BROKEN;

	folder->resumed = false;
	if (!shard->opened)
		return;
	note_changes(w, folder, now);
	if (shard->ready || shard->over || !archive_is_damaged(&shard->saved.reader))
		folder->damaged_at = 0;
	else if (!folder->damaged_at)
		folder->damaged_at = now;
	if (shard->over)
		folder->state = WATCHED_ENDED;
	else if (folder->damaged_at && now - folder->damaged_at > w->late)
		folder->state = WATCHED_BROKEN;
	else if (now - folder->changed_at > w->late && !is_working(w, folder, now))
		folder->state = folder->why.len ? WATCHED_BROKEN : WATCHED_SILENT;
	else
		folder->state = WATCHED_RUNNING;
	folder->resumed = was_silent && folder->state == WATCHED_RUNNING;
	if (folder->state == WATCHED_BROKEN)
		explain_damage(folder);
	shard->skipped = folder->state == WATCHED_SILENT || folder->state == WATCHED_BROKEN ||
			 now - folder->changed_at > w->late;
}

/* ---- the run */

static ns_t started(const struct watched_folder *folder)
{
	return folder->shard.saved.reader.facts.started;
}

/* Whether A says more about the run to watch than B: a shard, the latest. */
static bool is_better(const struct watched_folder *a, const struct watched_folder *b)
{
	if (!b || (a->shard.of > 1) != (b->shard.of > 1))
		return !b || a->shard.of > 1;
	return started(a) > started(b);
}

static ns_t end_of(const struct watched_folder *folder)
{
	return started(folder) + folder->shard.saved.reader.duration;
}

/* A result that was complete when the watch began, and ended before the latest shard started,
 * unless RUN_ID says that both belong to one run. */
static bool is_earlier(const struct watched_folder *folder, const struct watched_folder *latest)
{
	return folder->was_complete && folder->shard.over && folder != latest &&
	       end_of(folder) < started(latest) &&
	       !str_eq(saved_result_label(&folder->shard.saved, STR("run_id")),
		       saved_result_label(&latest->shard.saved, STR("run_id")));
}

static enum watched_place place_of(const struct watched_folder *folder,
				   const struct watched_folder *latest)
{
	if (folder->shard.of <= 1 && latest != folder)
		return WATCHED_NO_SHARD;
	if (is_earlier(folder, latest))
		return WATCHED_EARLIER;
	return folder->shard.of == latest->shard.of ? WATCHED_MERGED : WATCHED_OTHER_RUN;
}

/* Decides which results are merged; of two with the same shard, the one that started later is. */
static void place_folders(struct shard_watch *w)
{
	struct watched_folder *latest = NULL;

	for (size_t i = 0; i < w->folders.count; i++)
		if (w->folders.items[i]->shard.opened && is_better(w->folders.items[i], latest))
			latest = w->folders.items[i];
	w->of = latest ? latest->shard.of : 0;
	for (size_t i = 0; i < w->folders.count; i++) {
		struct watched_folder *folder = w->folders.items[i], *other;

		if (!folder->shard.opened)
			continue;
		folder->place = WATCHED_DUPLICATE; /* so that it is not found itself */
		other = shard_watch_find(w, folder->shard.index);
		folder->place = place_of(folder, latest);
		if (!other || folder->place != WATCHED_MERGED)
			continue;
		if (started(folder) > started(other))
			other->place = WATCHED_DUPLICATE;
		else
			folder->place = WATCHED_DUPLICATE;
	}
}

struct watched_folder *shard_watch_find(const struct shard_watch *w, unsigned index)
{
	for (size_t i = 0; i < w->folders.count; i++) {
		struct watched_folder *folder = w->folders.items[i];

		if (folder->shard.opened && folder->place == WATCHED_MERGED &&
		    folder->shard.index == index)
			return folder;
	}
	return NULL;
}

/* ---- merging */

/* Facts that only the watch has. */
static void keep_live_facts(struct run_facts *facts, const struct run_facts *before)
{
	facts->stop = before->stop;
	facts->live = before->live;
	facts->quiet = before->quiet;
	facts->output = before->output;
	facts->error = before->error;
	facts->shards = before->shards;
	facts->output_options = before->output_options;
}

/* Opens the shards to merge at their beginning; returns their number. */
static size_t reopen_merged(struct shard_watch *w, struct merge_shard **items)
{
	size_t count = 0;

	for (size_t i = 0; i < w->folders.count; i++) {
		struct watched_folder *folder = w->folders.items[i];
		bool skipped = folder->shard.skipped && folder->state != WATCHED_BROKEN;

		if (!folder->shard.opened || folder->place != WATCHED_MERGED)
			continue;
		merge_input_close_shard(&folder->shard);
		if (!merge_input_open_growing(&folder->shard, folder->path.ptr, &folder->why))
			continue;
		folder->shard.skipped = skipped;
		items[count++] = &folder->shard;
	}
	return count;
}

/* Begins again with the shards that are known now. Until it returns, nothing may read the merged
 * result, which refers to the shards that are closed here. */
static void attach(struct shard_watch *w, ns_t now)
{
	struct merge_shard **items = alloc_zeroed(w->folders.count + 1, sizeof *items);
	struct output_set outputs = w->r.outputs;
	struct run_facts before = w->r.facts;
	size_t count = reopen_merged(w, items);

	if (w->attached)
		merge_input_detach(&w->merged);
	w->attached = count > 0;
	w->stale = false;
	rebuild_release(&w->r);
	if (count)
		merge_input_attach(&w->merged, items, count);
	rebuild_init(&w->r, count ? &w->merged.facts : &w->unknown);
	w->r.outputs = outputs;
	keep_live_facts(&w->r.facts, &before);
	output_set_restart(&w->r.outputs, &w->r.facts);
	if (count && !w->first_at)
		w->first_at = now;
	free(items);
}

/* Reads the ends of results that are not merged, to know which run they belong to. */
static void read_complete(struct watched_folder *folder)
{
	struct merge_shard *shard = &folder->shard;

	if (!shard->opened || !folder->was_complete || shard->over)
		return;
	while (!shard->over) {
		enum archive_item item = archive_next(&shard->saved.reader, &shard->second);

		if (item == ARCHIVE_TRUNCATED)
			break;
		shard->over = item == ARCHIVE_END;
		summary_clear(&shard->second);
	}
}

static void reopen_replaced(struct shard_watch *w, ns_t now)
{
	for (size_t i = 0; i < w->folders.count; i++) {
		struct watched_folder *folder = w->folders.items[i];

		if (!folder->replaced)
			continue;
		merge_input_close_shard(&folder->shard);
		folder->replaced = false;
		folder->read = 0;
		open_folder(w, folder, now);
	}
}

static void merge_again(struct shard_watch *w, ns_t now)
{
	ns_t began = clock_monotonic_ns();

	reopen_replaced(w, now);
	for (size_t i = 0; i < w->folders.count; i++)
		read_complete(w->folders.items[i]);
	place_folders(w);
	attach(w, now);
	if (w->attached)
		merge_input_follow(&w->merged, &w->r);
	w->attach_at = now + ATTACH_SHARE * (clock_monotonic_ns() - began);
}

void shard_watch_look(struct shard_watch *w, ns_t now)
{
	find_folders(w);
	for (size_t i = 0; i < w->folders.count; i++)
		read_folder(w, w->folders.items[i], now);
	if (w->stale && now >= w->attach_at)
		merge_again(w, now);
	else if (w->attached && !w->stale)
		merge_input_follow(&w->merged, &w->r);
	for (size_t i = 0; i < w->folders.count; i++)
		update_state(w, w->folders.items[i], now);
}

bool shard_watch_has_ended(const struct shard_watch *w)
{
	for (unsigned index = 1; index <= w->of; index++) {
		const struct watched_folder *folder = shard_watch_find(w, index);

		if (!folder || folder->state != WATCHED_ENDED)
			return false;
	}
	return w->of > 0 && !w->stale;
}

ns_t shard_watch_ended_at(const struct shard_watch *w)
{
	ns_t last = 0;

	for (unsigned index = 1; index <= w->of; index++) {
		const struct watched_folder *folder = shard_watch_find(w, index);

		if (folder && end_of(folder) > last)
			last = end_of(folder);
	}
	return last;
}

bool shard_watch_is_quiet(const struct shard_watch *w)
{
	for (unsigned index = 1; index <= w->of; index++) {
		const struct watched_folder *folder = shard_watch_find(w, index);

		if (folder && folder->state == WATCHED_RUNNING)
			return false;
	}
	return w->of > 0;
}

void shard_watch_stop(struct shard_watch *w)
{
	for (size_t i = 0; i < w->folders.count; i++) {
		struct watched_folder *folder = w->folders.items[i];
		struct merge_shard *shard = &folder->shard;

		if (shard->opened && (shard->over || folder->place != WATCHED_MERGED))
			continue;
		folder->unstoppable = !result_folder_stop(folder->path.ptr);
		if (folder->unstoppable) {
			buf_clear(&folder->why);
			buf_printf(&folder->why, "cannot write " RESULT_FOLDER_STOP ": %s",
				   strerror(errno));
		}
	}
}
