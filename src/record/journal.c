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
#include "doc/json.h"
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

void journal_add(struct journal *j, const struct capture *capture)
{
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

#define HEADER STR("{\"journal\":\"reprise\"")
#define ENTRY  STR("{\"startedDateTime\":\"")

struct lines {
	struct arena arena;
	struct json_tape tape;
	struct str tls; /* an object, from the first line; or empty */
	VEC(struct str) pages, entries;
	uint64_t unreadable;
};

/* The value of a member of the line that was read last; empty if that is not an object. */
static struct str member(struct lines *lines, struct str key)
{
	const struct json_item *found = json_member(&lines->tape, lines->tape.items, key);

	return found && json_type(found) == JSON_OBJECT ? json_raw(&lines->tape, found) : STR("");
}

static void classify_line(struct lines *lines, struct str line)
{
	struct str page;

	if (!json_read(&lines->tape, line) || json_type(lines->tape.items) != JSON_OBJECT) {
		lines->unreadable++;
		return;
	}
	page = member(lines, STR("page"));
	if (page.len)
		VEC_PUSH(&lines->arena, &lines->pages, page);
	else if (str_starts(line, ENTRY))
		VEC_PUSH(&lines->arena, &lines->entries, line);
	else
		lines->unreadable++;
}

/* False if TEXT is not a journal. */
static bool classify_lines(struct str text, struct lines *lines)
{
	size_t end = str_find_char(text, '\n', 0);

	if (!str_starts(text, HEADER))
		return false;
	if (json_read(&lines->tape, str_slice(text, 0, end)))
		lines->tls = member(lines, STR("_tls"));
	while (end < text.len) {
		size_t begin = end + 1;

		end = str_find_char(text, '\n', begin);
		end = end == NOT_FOUND ? text.len : end;
		if (end > begin)
			classify_line(lines, str_slice(text, begin, end));
	}
	return true;
}

/* Sorts by the date at the start; lines with equal dates keep their order. */
static int by_start(const void *a, const void *b)
{
	const struct str *left = a, *right = b;
	int order = str_cmp(str_slice(*left, 0, 48), str_slice(*right, 0, 48));

	if (order)
		return order;
	return (left->ptr > right->ptr) - (left->ptr < right->ptr);
}

/* Appends TEXT to FILE and clears it, so that a recording of any size needs little memory. */
static void flush_to(FILE *file, struct buf *text)
{
	fwrite(text->data, 1, text->len, file);
	buf_clear(text);
}

static void put_list(FILE *file, struct json_writer *j, const char *key, const struct str *lines,
		     size_t count)
{
	json_writer_line(j, "\n");
	json_writer_open_array(j, key);
	for (size_t i = 0; i < count; i++) {
		json_writer_line(j, "\n");
		json_writer_fragment(j, lines[i]);
		flush_to(file, j->out);
	}
	json_writer_line(j, "\n");
	json_writer_close_array(j);
}

static bool put_har(FILE *file, const struct lines *lines)
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
	put_list(file, &j, "pages", lines->pages.items, lines->pages.count);
	put_list(file, &j, "entries", lines->entries.items, lines->entries.count);
	json_writer_close(&j);
	json_writer_close(&j);
	buf_add_char(&text, '\n');
	flush_to(file, &text);
	buf_release(&text);
	return !ferror(file);
}

static bool write_har(const struct lines *lines, const char *har, bool force, struct buf *error)
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
	struct lines lines = {.pages = {0}};
	bool good;

	arena_init(&lines.arena, 0);
	json_init(&lines.tape);
	good = classify_lines(text, &lines);
	if (!good)
		buf_printf(error, "%s is not a journal of reprise record", path);
	*facts = (struct journal_facts){lines.entries.count, lines.unreadable};
	if (good && lines.entries.count) {
		qsort(lines.entries.items, lines.entries.count, sizeof *lines.entries.items,
		      by_start);
		good = write_har(&lines, har, force, error);
	}
	json_release(&lines.tape);
	arena_release(&lines.arena);
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
