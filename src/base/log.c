#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"

#define EXIT_INTERNAL_ERROR 70

/* The log's own state: its level and its destination. */
static _Atomic int current_level = LOG_NORMAL;
static const struct log_sink *_Atomic current_sink;
static pthread_mutex_t sink_lock = PTHREAD_MUTEX_INITIALIZER; /* while a sink writes a line */

void log_set_level(enum log_level level)
{
	atomic_store(&current_level, (int)level);
}

enum log_level log_get_level(void)
{
	return (enum log_level)atomic_load(&current_level);
}

void log_set_sink(const struct log_sink *sink)
{
	pthread_mutex_lock(&sink_lock);
	atomic_store(&current_sink, sink);
	pthread_mutex_unlock(&sink_lock);
}

static void write_all(struct str s)
{
	while (s.len) {
		ssize_t done = write(STDERR_FILENO, s.ptr, s.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		s = str_slice(s, (size_t)done, s.len);
	}
}

static void write_line(struct str line)
{
	const struct log_sink *sink;

	pthread_mutex_lock(&sink_lock);
	sink = atomic_load(&current_sink);
	if (sink)
		sink->line(sink->owner, line);
	else
		write_all(line);
	pthread_mutex_unlock(&sink_lock);
}

/* Without waiting for a lock: the program ends now. */
static void restore(void)
{
	const struct log_sink *sink = atomic_load(&current_sink);

	if (sink)
		sink->restore(sink->owner);
}

static void put_line(struct str prefix, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* One write per line, so that lines of several threads do not mix. */
static void put_line(struct str prefix, const char *format, va_list args)
{
	struct buf text, line;

	buf_init(&text, 0);
	buf_init(&line, 0);
	buf_vprintf(&text, format, args);
	buf_add(&line, prefix);
	escape_terminal(&line, buf_str(&text));
	buf_add_char(&line, '\n');
	write_line(buf_str(&line));
	buf_release(&text);
	buf_release(&line);
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(STR("reprise: "), format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(STR("reprise: warning: "), format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	if (log_get_level() == LOG_QUIET)
		return;
	va_start(args, format);
	put_line(STR(""), format, args);
	va_end(args);
}

void log_verbose(const char *format, ...)
{
	va_list args;

	if (log_get_level() < LOG_VERBOSE)
		return;
	va_start(args, format);
	put_line(STR(""), format, args);
	va_end(args);
}

void die_bug_at(const char *file, int line, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	log_error("internal error at %s:%d: %s", file, line, text);
	exit(EXIT_INTERNAL_ERROR);
}

void die_out_of_memory(void)
{
	static const char text[] = "reprise: out of memory\n";

	restore();
	write_all(str_n(text, sizeof text - 1));
	_exit(EXIT_INTERNAL_ERROR);
}
