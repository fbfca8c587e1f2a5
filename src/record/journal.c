#include "record/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/mapped_file.h"
#include "doc/journal_lines.h"
#include "record/capture.h"

static int open_own(const char *path, bool force, struct buf *error)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
	int fd;

	/* Not truncated: a program that has the old file open must not see the new one grow. */
	if (force)
		unlink(path);
	fd = open(path, flags | O_EXCL, 0600);
	if (fd < 0)
		buf_printf(error, "cannot write %s: %s", path, strerror(errno));
	return fd;
}

static bool write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t n = write(fd, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text = str_slice(text, (size_t)n, text.len);
	}
	return true;
}

/* ---- while recording */

static void write_line(struct journal *j)
{
	buf_add_char(&j->line, '\n');
	if (!write_all(j->fd, buf_str(&j->line)) && !j->failed)
		j->failed = errno ? errno : EIO;
	buf_clear(&j->line);
	buf_shrink(&j->line, (size_t)1 << 20);
}

bool journal_open(struct journal *j, const char *path, bool force, const char *ca, bool insecure,
		  struct buf *error)
{
	struct json_writer json;

	*j = (struct journal){.path = path, .fd = open_own(path, force, error)};
	if (j->fd < 0)
		return false;
	flock(j->fd, LOCK_EX | LOCK_NB);
	buf_init(&j->line, 0);
	json = json_writer_compact(&j->line);
	json_writer_open(&json, NULL);
	json_writer_text(&json, "journal", STR("reprise"));
	json_writer_uint(&json, "version", 1);
	json_writer_open(&json, "_tls");
	json_writer_text(&json, "ca", str_of(ca ? ca : ""));
	json_writer_bool(&json, "insecure", insecure);
	json_writer_close(&json);
	json_writer_close(&json);
	write_line(j);
	return true;
}

void journal_begin(struct journal *j, struct capture *capture)
{
	capture->lasting = ++j->lasting;
	capture_put_begun(capture, &j->line);
	write_line(j);
}

/* The start of a line about a part of CAPTURE. */
static struct json_writer begin_part(struct journal *j, const struct capture *capture)
{
	struct json_writer json = json_writer_compact(&j->line);

	json_writer_open(&json, NULL);
	json_writer_uint(&json, "of", capture->lasting);
	return json;
}

void journal_message(struct journal *j, const struct capture *capture,
		     const struct capture_message *message)
{
	struct json_writer json = begin_part(j, capture);

	capture_put_message(&json, "message", message);
	json_writer_close(&json);
	write_line(j);
}

void journal_piece(struct journal *j, const struct capture *capture, struct str piece)
{
	struct json_writer json = begin_part(j, capture);

	if (str_is_utf8(piece, NULL))
		json_writer_text(&json, "piece", piece);
	else
		json_writer_base64(&json, "base64", piece);
	json_writer_close(&json);
	write_line(j);
}

void journal_add(struct journal *j, const struct capture *capture)
{
	/* In one write with the entry, so that a crash does not lose both. */
	if (capture->lasting)
		buf_printf(&j->line, "{\"ended\":%llu}\n", (unsigned long long)capture->lasting);
	capture_put_entry(capture, &j->line);
	write_line(j);
	j->entries++;
}

void journal_mark(struct journal *j, struct str name, ns_t wall)
{
	struct json_writer json = json_writer_compact(&j->line);

	snprintf(j->page, sizeof j->page, "page_%u", ++j->pages);
	json_writer_open(&json, NULL);
	json_writer_open(&json, "page");
	json_writer_text(&json, "id", str_of(j->page));
	capture_put_date(&json, "startedDateTime", wall);
	json_writer_text(&json, "title", name);
	json_writer_open(&json, "pageTimings");
	json_writer_close(&json);
	json_writer_bool(&json, "_mark", true);
	json_writer_close(&json);
	json_writer_close(&json);
	write_line(j);
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
	buf_release(&j->line);
}

/* ---- conversion to a HAR file */

/* Sorts by the date at the start; lines with equal dates keep their order. */
static int by_start(const void *a, const void *b)
{
	const struct journal_line *left = a, *right = b;
	int order = str_cmp(str_slice(left->text, 0, 48), str_slice(right->text, 0, 48));

	if (order)
		return order;
	return (left->number > right->number) - (left->number < right->number);
}

/* Appends TEXT to FILE and clears it, so that a recording of any size needs little memory. */
static void flush_to(FILE *file, struct buf *text)
{
	fwrite(text->data, 1, text->len, file);
	buf_clear(text);
}

static void put_element(FILE *file, struct json_writer *j, struct str text)
{
	json_writer_line(j, "\n");
	json_writer_fragment(j, text);
	flush_to(file, j->out);
}

static void put_lists(FILE *file, struct json_writer *j, const struct journal_lines *lines)
{
	json_writer_line(j, "\n");
	json_writer_open_array(j, "pages");
	for (size_t i = 0; i < lines->pages.count; i++)
		put_element(file, j, lines->pages.items[i]);
	json_writer_line(j, "\n");
	json_writer_close_array(j);
	json_writer_line(j, "\n");
	json_writer_open_array(j, "entries");
	for (size_t i = 0; i < lines->entries.count; i++)
		if (!lines->entries.items[i].error)
			put_element(file, j, lines->entries.items[i].text);
	json_writer_line(j, "\n");
	json_writer_close_array(j);
}

static bool put_har(FILE *file, const struct journal_lines *lines)
{
	struct json_writer j;
	struct buf text;

	buf_init(&text, 0);
	j = json_writer_compact(&text);
	json_writer_open(&j, NULL);
	json_writer_open(&j, "log");
	json_writer_text(&j, "version", STR("1.2"));
	json_writer_open(&j, "creator");
	json_writer_text(&j, "name", STR("reprise record"));
	/* Importers print the version with the name, so our version is in the comment. */
	json_writer_text(&j, "version", STR(""));
	json_writer_text(&j, "comment", STR("reprise " PACKAGE_VERSION));
	json_writer_close(&j);
	if (lines->tls.len) {
		json_writer_line(&j, "\n");
		buf_add(json_writer_value(&j, "_tls"), lines->tls);
	}
	put_lists(file, &j, lines);
	json_writer_close(&j);
	json_writer_close(&j);
	buf_add_char(&text, '\n');
	flush_to(file, &text);
	buf_release(&text);
	return !ferror(file);
}

static bool write_har(const struct journal_lines *lines, const char *har, bool force,
		      struct buf *error)
{
	int fd = open_own(har, force, error);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	bool good;

	if (!file)
		return false;
	good = put_har(file, lines);
	good = fflush(file) == 0 && fsync(fd) == 0 && good;
	good = fclose(file) == 0 && good;
	if (good)
		return true;
	buf_printf(error, "cannot write %s: %s", har, strerror(errno));
	unlink(har);
	return false;
}

static bool convert(struct str text, const char *path, const char *har, bool force,
		    struct journal_facts *facts, struct buf *error)
{
	struct journal_lines lines;
	struct arena arena;
	bool good;

	arena_init(&arena, 0);
	good = journal_lines_read(&arena, text, &lines);
	if (!good)
		buf_printf(error, "%s is not a journal of reprise record", path);
	*facts = (struct journal_facts){lines.entries.count - lines.unreadable, lines.unreadable};
	if (good && facts->entries) {
		qsort(lines.entries.items, lines.entries.count, sizeof *lines.entries.items,
		      by_start);
		good = write_har(&lines, har, force, error);
	}
	arena_release(&arena);
	return good;
}

/* The lock is free: the recording has ended. */
static bool is_over(const char *path, struct buf *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool over = fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	if (!over)
		buf_printf(error, "the recording of %s is still running", path);
	return over;
}

bool journal_to_har(const char *path, const char *har, bool force, struct journal_facts *facts,
		    struct buf *error)
{
	struct mapped_file file;
	bool good;

	*facts = (struct journal_facts){0};
	if (!is_over(path, error))
		return false;
	if (!mapped_file_open(&file, path)) {
		buf_printf(error, "cannot read %s: %s", path, strerror(errno));
		return false;
	}
	good = convert(file.text, path, har, force, facts, error);
	mapped_file_close(&file);
	return good;
}
