/* What the two kinds of browsers and their start share. */
#ifndef RECORD_BROWSER_PRIVATE_H
#define RECORD_BROWSER_PRIVATE_H

#include "base/arena.h"
#include "record/browser.h"

struct command_line {
	struct arena *arena;
	VEC(const char *) words; /* ends with NULL when it is run */
};

void command_add(struct command_line *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The words that start it with the profile in FOLDER, which exists and is empty. False with a
 * sentence in ERROR. */
bool chromium_prepare(const struct browser_wish *wish, const char *folder, struct command_line *c,
		      struct buf *hints, struct buf *error);
bool firefox_prepare(const struct browser_wish *wish, const char *folder, struct command_line *c,
		     struct buf *hints, struct buf *error);
/* Runs WORDS (found by PATH) to its end; its exit status, or -1. */
int run_to_end(const char *const *words);

#endif
