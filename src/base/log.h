/*
 * Messages to the person at the terminal, on standard error, one line each. A message never holds a
 * control byte: log_line escapes what came from outside. BUG is for our own mistakes only: it says
 * where and ends the program with exit status 70.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE, LOG_TRACE };

void log_set_level(enum log_level level);
enum log_level log_get_level(void);
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Not under LOG_QUIET. */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Only at LOG_VERBOSE and above. */
void log_verbose(const char *format, ...) __attribute__((format(printf, 1, 2)));

_Noreturn void bug_at(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void die_out_of_memory(void);

#endif
