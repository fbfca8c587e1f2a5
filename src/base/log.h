/*
 * Messages to the user on standard error, one line each, from any thread. A message never contains
 * a control byte: external text is escaped here. A screen that is redrawn in place can take over
 * the lines as the log's sink. BUG is for errors in the program only: it prints the place and ends
 * the program with exit status 70.
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
	/* The program is about to end: restores the terminal. Must be safe in a signal handler,
	 * because memory may be exhausted and locks may be in use. */
	void (*restore)(void *owner);
};

/* Sends later lines to SINK, which must outlive that; NULL: to standard error again. Main
 * thread. */
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
