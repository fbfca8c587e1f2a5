/*
 * Messages to the person at the terminal, on standard error, one line each, from any thread. A
 * message never holds a control byte: what came from outside is escaped here. Something that stands
 * on the terminal (a frame redrawn in place) takes the lines instead, as the log's sink. BUG is for
 * our own mistakes only: it says where and ends the program with exit status 70.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/die.h"
#include "base/str.h"

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE, LOG_TRACE };

struct log_sink {
	void *owner;
	/* Takes a line with its newline; from any thread, one call at a time. Must not log. */
	void (*line)(void *owner, struct str line);
	/* The program is about to end at once: puts the terminal right. Must be safe in a signal
	 * handler, as memory may be out and locks be held. */
	void (*restore)(void *owner);
};

/* SINK takes the lines from now on and outlives that; NULL: standard error again. Main thread. */
void log_set_sink(const struct log_sink *sink);
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Not under LOG_QUIET. */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Only at LOG_VERBOSE and above. */
void log_verbose(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
