/*
 * Finds out which files of a folder were created, changed or removed. inotify reports that
 * something has changed, so this does nothing until then; where inotify does not work, the caller
 * checks every second. A check compares the files with those of the last check. The owner's thread.
 */
#ifndef BASE_FOLDER_WATCH_H
#define BASE_FOLDER_WATCH_H

#include "base/folder_scan.h"

struct folder_watch;

enum folder_watch_kind { FOLDER_WATCH_CREATED, FOLDER_WATCH_CHANGED, FOLDER_WATCH_REMOVED };

struct folder_watch_change {
	struct str path; /* from the folder; valid during the call */
	bool is_folder;	 /* see struct folder_scan_entry */
	enum folder_watch_kind kind;
};

/* FOLDER and LIMITS must outlive the watch. Changes are those after this call. */
struct folder_watch *folder_watch_new(const char *folder, const struct folder_scan_limits *limits);
void folder_watch_free(struct folder_watch *w);
/* Readable after a change, until folder_watch_drain; -1: there is none. */
int folder_watch_fd(const struct folder_watch *w);
void folder_watch_drain(struct folder_watch *w);
/* Whether changes can be missed, so that the caller must check every second; it can become true. */
bool folder_watch_must_poll(const struct folder_watch *w);
/* Calls REPORT for each file that differs from the last check, in the order of their paths. */
void folder_watch_check(struct folder_watch *w,
			void (*report)(void *arg, const struct folder_watch_change *change),
			void *arg);

#endif
