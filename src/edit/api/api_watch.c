/* Reports files of the folder that were created, changed or removed to the pages. */
#include "edit/api/api_events.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/folder_watch.h"
#include "edit/api/api_private.h"
#include "net/stream_loop.h"

/* Programs write a file in several steps. */
#define DELAY	      (50 * NS_PER_MS)
#define POLL_INTERVAL NS_PER_S

struct api_watch {
	struct api *api;
	struct folder_watch *folder;
	struct stream_watch *ready;
	struct stream_timer *timer;
	bool is_waiting; /* the timer is set after a change */
	bool list_changed;
	struct buf text;
};

/* The version of the file, if a page has read it; a page finds out whether it is its own. */
static void put_version(struct api_watch *w, struct json_writer *j, struct str path)
{
	struct arena arena;
	const char *error, *whole;
	struct str text;

	arena_init(&arena, 0);
	whole = arena_printf(&arena, "%s/%.*s", w->api->folder, STR_ARG(path)).ptr;
	if (api_history_last(w->api, whole).ptr &&
	    file_read(&arena, whole, API_FILE_MAX, &text, &error))
		json_writer_text(j, "version", edit_digest(&arena, text));
	else
		json_writer_null(j, "version");
	arena_release(&arena);
}

static void on_change(void *arg, const struct folder_watch_change *change)
{
	static const char *const kinds[] = {"created", "changed", "removed"};
	struct api_watch *w = arg;
	struct json_writer j;

	w->list_changed =
	    w->list_changed || change->is_folder || change->kind != FOLDER_WATCH_CHANGED;
	if (change->is_folder)
		return;
	buf_clear(&w->text);
	j = json_writer_compact(&w->text);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "path", change->path);
	if (change->kind == FOLDER_WATCH_REMOVED)
		json_writer_null(&j, "version");
	else
		put_version(w, &j, change->path);
	json_writer_text(&j, "change", str_of(kinds[change->kind]));
	json_writer_close(&j);
	api_events_send(w->api, "file", buf_str(&w->text));
}

static void on_timer(void *arg)
{
	struct api_watch *w = arg;

	w->is_waiting = false;
	w->list_changed = false;
	folder_watch_check(w->folder, on_change, w);
	if (w->list_changed)
		api_events_send(w->api, "folder", STR("{}"));
	if (folder_watch_must_poll(w->folder))
		stream_loop_timer_set(w->timer, POLL_INTERVAL);
}

static void on_ready(void *arg)
{
	struct api_watch *w = arg;

	folder_watch_drain(w->folder);
	if (!w->is_waiting)
		stream_loop_timer_set(w->timer, DELAY);
	w->is_waiting = true;
}

struct api_watch *api_watch_new(struct api *api)
{
	struct stream_loop *loop = server_loop(api->server);
	struct api_watch *w = alloc_zeroed(1, sizeof *w);

	w->api = api;
	buf_init(&w->text, 0);
	w->folder = folder_watch_new(api->folder, &api_folder_limits);
	w->timer = stream_loop_timer_new(loop, on_timer, w);
	if (folder_watch_fd(w->folder) >= 0)
		w->ready = stream_loop_watch_new(loop, folder_watch_fd(w->folder), on_ready, w);
	if (folder_watch_must_poll(w->folder))
		stream_loop_timer_set(w->timer, POLL_INTERVAL);
	return w;
}

void api_watch_free(struct api_watch *w)
{
	if (!w)
		return;
	stream_loop_watch_free(w->ready);
	stream_loop_timer_free(w->timer);
	folder_watch_free(w->folder);
	buf_release(&w->text);
	free(w);
}
