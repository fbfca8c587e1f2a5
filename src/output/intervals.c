/*
 * The file from which everything else can be rebuilt (result/archive.h). Each second is appended as
 * soon as it is collected, so a run that is killed loses at most the second under way and the one
 * that is being collected. A capacity search loses the level under way. A full disk does not stop
 * the run: what could not be written is kept and written with the next second.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/alloc.h"
#include "base/log.h"
#include "result/archive.h"
#include "output/output.h"

#define KEEP_MAX ((size_t)16 << 20) /* of what could not be written */

static void *intervals_open(struct str where, const struct run_facts *facts, struct buf *error);
static void intervals_second(void *output, const struct summary *second,
			     const struct summary *sofar, const struct run_interval *m);
static void intervals_event(void *output, const struct run_event *event);
static bool intervals_close(void *output, const struct summary *total,
			    const struct verdict *verdict, struct buf *error);

const struct output_kind output_intervals = {
    .name = "intervals",
    .file = ARCHIVE_FILE_NAME,
    .sentence = "The counts of each second; needed by report, merge and compare.",
    .open = intervals_open,
    .second = intervals_second,
    .event = intervals_event,
    .close = intervals_close,
};

struct intervals_output {
	struct archive_writer writer;
	char *path;
	int fd;
	off_t good;	   /* bytes of the file that are complete records */
	bool head_written; /* or in `out` */
	bool lost;	   /* too much could not be written */
	int write_error;   /* errno of the last write; 0: it succeeded */
	struct buf out;	   /* not written yet */
};

static void *intervals_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct intervals_output *o = alloc_zeroed(1, sizeof *o);

	o->path = strndup(where.ptr, where.len);
	if (!o->path)
		die_out_of_memory();
	o->fd = open(o->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (o->fd < 0) {
		buf_add(error, STR("cannot open "));
		escape_terminal(error, where);
		buf_printf(error, ": %s", strerror(errno));
		free(o->path);
		free(o);
		return NULL;
	}
	archive_writer_init(&o->writer, facts);
	buf_init(&o->out, 0);
	return o;
}

static void drop_overflow(struct intervals_output *o)
{
	if (o->out.len <= KEEP_MAX)
		return;
	o->lost = true;
	o->head_written = o->good > 0;
	buf_clear(&o->out);
}

/* Writes all of `out` or nothing, so that the file ends with a complete record. */
static void write_out(struct intervals_output *o)
{
	size_t done = 0;

	o->write_error = 0;
	while (done < o->out.len) {
		ssize_t n = write(o->fd, o->out.data + done, o->out.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			o->write_error = errno;
			break;
		}
		done += (size_t)n;
	}
	if (!o->write_error) {
		o->good += (off_t)done;
		buf_clear(&o->out);
		return;
	}
	if (ftruncate(o->fd, o->good) == 0)
		(void)lseek(o->fd, o->good, SEEK_SET);
	drop_overflow(o);
}

static void begin(struct intervals_output *o)
{
	if (!o->head_written) {
		archive_put_head(&o->writer, &o->out);
		write_out(o);
	}
	o->head_written = true;
}

static void intervals_second(void *output, const struct summary *second,
			     const struct summary *sofar, const struct run_interval *m)
{
	struct intervals_output *o = output;

	(void)sofar;
	begin(o);
	archive_put_second(&o->writer, second, m, true, &o->out);
	write_out(o);
}

static void intervals_event(void *output, const struct run_event *event)
{
	struct intervals_output *o = output;

	begin(o);
	/* `watch` must know that a phase has begun which writes no seconds. */
	archive_put_event(&o->writer, event,
			  event->kind == RUN_EVENT_level || event->kind == RUN_EVENT_phase,
			  &o->out);
	if (o->out.len)
		write_out(o);
}

static bool intervals_close(void *output, const struct summary *total,
			    const struct verdict *verdict, struct buf *error)
{
	struct intervals_output *o = output;
	bool good;

	if (verdict) {
		begin(o);
		archive_put_end(&o->writer, total, verdict, &o->out);
		write_out(o);
	}
	if (close(o->fd) != 0 && !o->write_error)
		o->write_error = errno;
	good = !o->write_error && !o->lost;
	if (!good && error) {
		buf_add(error, STR("cannot write "));
		escape_terminal(error, str_of(o->path));
		buf_printf(error, ": %s", strerror(o->write_error ? o->write_error : ENOSPC));
	}
	archive_writer_release(&o->writer);
	buf_release(&o->out);
	free(o->path);
	free(o);
	return good;
}
