#include "base/folder_watch.h"

#include <unistd.h>
#ifdef __linux__
#include <sys/inotify.h>
#endif

#include "base/alloc.h"

/* A folder can be created while the others are read: it is read again then. */
#define SCANS_MAX 4

struct folder_watch {
	const char *folder;
	const struct folder_scan_limits *limits;
	int fd;
	bool must_poll;
	struct arena arenas[2];
	unsigned now; /* the arena of the last check */
	struct folder_scan last;
};

#ifdef __linux__

static int open_events(void)
{
	return inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

static void drain(int fd)
{
	char events[4096];

	while (read(fd, events, sizeof events) > 0)
		continue;
}

/* Does nothing if it is watched already. */
static bool watch_folder(struct folder_watch *w, const char *path)
{
	return inotify_add_watch(w->fd, path,
				 IN_CREATE | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE | IN_MODIFY |
				     IN_ATTRIB | IN_ONLYDIR) >= 0;
}

#else

static int open_events(void)
{
	return -1;
}

static void drain(int fd)
{
	(void)fd;
}

static bool watch_folder(struct folder_watch *w, const char *path)
{
	(void)w;
	(void)path;
	return false;
}

#endif

/* Watches all folders of SCAN, and says whether there were others than in the last one. */
static bool watch_all(struct folder_watch *w, const struct folder_scan *scan,
		      const struct folder_scan *before)
{
	bool fresh = scan->folder_count != before->folder_count;

	for (size_t i = 0; i < scan->folder_count; i++) {
		fresh = fresh || !str_eq(str_of(scan->folders[i]), str_of(before->folders[i]));
		if (w->fd >= 0 && !watch_folder(w, scan->folders[i]) &&
		    access(scan->folders[i], F_OK) == 0)
			w->must_poll = true;
	}
	return fresh;
}

/* Reads the folder into the arena that is not in use, until all of it is watched. */
static void read_folder(struct folder_watch *w, struct folder_scan *scan)
{
	struct arena *arena = &w->arenas[!w->now];
	struct folder_scan before = w->last;

	for (unsigned i = 0; i < SCANS_MAX; i++) {
		if (i == 0)
			arena_reset(arena);
		folder_scan(arena, w->folder, w->limits, scan);
		if (!watch_all(w, scan, &before))
			return;
		before = *scan;
	}
}

struct folder_watch *folder_watch_new(const char *folder, const struct folder_scan_limits *limits)
{
	struct folder_watch *w = alloc_zeroed(1, sizeof *w);

	w->folder = folder;
	w->limits = limits;
	w->fd = open_events();
	w->must_poll = w->fd < 0;
	arena_init(&w->arenas[0], 0);
	arena_init(&w->arenas[1], 0);
	read_folder(w, &w->last);
	w->now = !w->now;
	return w;
}

void folder_watch_free(struct folder_watch *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	arena_release(&w->arenas[0]);
	arena_release(&w->arenas[1]);
	free(w);
}

int folder_watch_fd(const struct folder_watch *w)
{
	return w->fd;
}

void folder_watch_drain(struct folder_watch *w)
{
	if (w->fd >= 0)
		drain(w->fd);
}

bool folder_watch_must_poll(const struct folder_watch *w)
{
	return w->must_poll;
}

static bool is_same(const struct folder_scan_entry *a, const struct folder_scan_entry *b)
{
	return a->is_folder == b->is_folder && a->inode == b->inode && a->bytes == b->bytes &&
	       a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

void folder_watch_check(struct folder_watch *w,
			void (*report)(void *arg, const struct folder_watch_change *change),
			void *arg)
{
	struct folder_scan scan, *last = &w->last;
	size_t o = 0, n = 0;

	folder_watch_drain(w);
	read_folder(w, &scan);
	while (o < last->count || n < scan.count) {
		const struct folder_scan_entry *old = &last->entries[o], *new = &scan.entries[n];
		int order = o == last->count  ? 1
			    : n == scan.count ? -1
					      : str_cmp(old->path, new->path);
		struct folder_watch_change change = {.kind = FOLDER_WATCH_CHANGED};

		if (order < 0)
			change.kind = FOLDER_WATCH_REMOVED;
		else if (order > 0)
			change.kind = FOLDER_WATCH_CREATED;
		change.path = order < 0 ? old->path : new->path;
		change.is_folder = order < 0 ? old->is_folder : new->is_folder;
		if (order != 0 || !is_same(old, new))
			report(arg, &change);
		o += order <= 0;
		n += order >= 0;
	}
	w->now = !w->now;
	w->last = scan;
}
