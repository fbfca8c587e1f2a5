#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/temp_folder.h"
#include "record/browser_private.h"

#define PATIENCE (5 * NS_PER_S)
#define PAUSE_US 20000

struct browser {
	struct arena arena;
	const char *program;
	struct temp_folder folder; /* of its profile */
	struct child child;
};

void browser_command_add(struct browser_command *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	VEC_PUSH(c->arena, &c->words, arena_vprintf(c->arena, format, args).ptr);
	va_end(args);
}

/* ---- the browser's program */

/* NAME in PATH, or NAME itself if it is a path; NULL if it does not exist. */
static const char *find_program(struct arena *a, const char *name)
{
	struct str path = str_of(getenv("PATH"));

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? name : NULL;
	for (size_t at = 0; at < path.len;) {
		size_t end = str_find_char(path, ':', at);
		const char *file;

		end = end == NOT_FOUND ? path.len : end;
		file = arena_printf(a, "%.*s/%s", STR_ARG(str_slice(path, at, end)), name).ptr;
		if (access(file, X_OK) == 0)
			return file;
		at = end + 1;
	}
	return NULL;
}

static const char *find_any(struct arena *a)
{
	static const char *const names[] = {
	    "chromium",	      "chromium-browser", "google-chrome", "google-chrome-stable",
	    "microsoft-edge", "brave-browser",	  "firefox",	   "firefox-esr"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *found = find_program(a, names[i]);

		if (found)
			return found;
	}
	return NULL;
}

/* ---- start */

int browser_run_command(const char *const *words)
{
	/* Its output is discarded. */
	const struct child_config config = {.words = words, .same_group = true};
	struct child child;

	if (!child_start(&child, &config))
		return -1;
	child_has_ended(&child, true);
	return child.signal ? -1 : child.status;
}

static bool launch(struct browser *b, const struct browser_options *options, struct buf *hints,
		   struct buf *error)
{
	struct browser_command c = {.arena = &b->arena};
	bool firefox = strstr(b->program, "firefox") != NULL;
	struct child_config config = {.same_group = false};

	browser_command_add(&c, "%s", b->program);
	if (!temp_folder_make(&b->folder, "reprise-browser", error) ||
	    !(firefox ? browser_prepare_firefox : browser_prepare_chromium)(options, b->folder.path,
									    &c, hints, error))
		return false;
	VEC_PUSH(c.arena, &c.words, NULL);
	/* A Ctrl-C is for the recorder, which ends the browser. */
	config.words = c.words.items;
	if (child_start(&b->child, &config))
		return true;
	buf_printf(error, "cannot start %s: %s", b->program, strerror(errno));
	return false;
}

struct browser *browser_start(const struct browser_options *options, struct buf *hints,
			      struct buf *error)
{
	struct browser *b = alloc_zeroed(1, sizeof *b);

	arena_init(&b->arena, 4096);
	b->program =
	    options->program ? find_program(&b->arena, options->program) : find_any(&b->arena);
	if (options->program && !b->program)
		buf_printf(error, "there is no browser '%s'", options->program);
	if (b->program && launch(b, options, hints, error))
		return b;
	browser_free(b);
	return NULL;
}

const char *browser_name(const struct browser *b)
{
	return b->program;
}

/* ---- end */

bool browser_has_ended(struct browser *b)
{
	return child_has_ended(&b->child, false);
}

static void wait_for_end(struct browser *b)
{
	ns_t until = clock_monotonic_ns() + PATIENCE;

	while (!browser_has_ended(b) && clock_monotonic_ns() < until)
		usleep(PAUSE_US);
}

void browser_free(struct browser *b)
{
	if (!b)
		return;
	if (!browser_has_ended(b)) {
		child_signal_all(&b->child, SIGTERM);
		wait_for_end(b);
	}
	if (!browser_has_ended(b)) {
		child_signal_all(&b->child, SIGKILL);
		wait_for_end(b);
	}
	/* Helper processes of the browser may write for a short time after it has ended. */
	for (int i = 0; i < 50 && !temp_folder_remove(&b->folder); i++)
		usleep(PAUSE_US);
	arena_release(&b->arena);
	free(b);
}
