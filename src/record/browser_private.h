/* Shared by the start of a browser and the two kinds of browsers. */
#ifndef RECORD_BROWSER_PRIVATE_H
#define RECORD_BROWSER_PRIVATE_H

#include "base/arena.h"
#include "record/browser.h"

struct browser_command {
	struct arena *arena;
	VEC(const char *) words; /* NULL-terminated when it is run */
};

void browser_command_add(struct browser_command *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The arguments that start it with the profile in FOLDER, which exists and is empty. False with a
 * sentence in ERROR. */
bool browser_prepare_chromium(const struct browser_options *options, const char *folder,
			      struct browser_command *c, struct buf *hints, struct buf *error);
bool browser_prepare_firefox(const struct browser_options *options, const char *folder,
			     struct browser_command *c, struct buf *hints, struct buf *error);
/* Runs WORDS (found by PATH) and waits for its end; returns its exit status, or -1. */
int browser_run_command(const char *const *words);

#endif
