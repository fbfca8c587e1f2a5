#include "record/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mapped.h"
#include "record/take.h"

#define TLS_KEY "\"_tls\":"

static int open_own(const char *path, bool force, struct buf *error)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
	int fd;

	/* Not truncated: whoever has the old file open must not see the new one grow. */
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
	*j = (struct journal){.path = path, .fd = open_own(path, force, error)};
	if (j->fd < 0)
		return false;
	buf_init(&j->line, 0);
	buf_add(&j->line, STR("{\"journal\":\"reprise\",\"version\":1," TLS_KEY "{\"ca\":"));
	escape_json(&j->line, str_of(ca ? ca : ""));
	buf_printf(&j->line, ",\"insecure\":%s}}", insecure ? "true" : "false");
	write_line(j);
	return true;
}

void journal_add(struct journal *j, const struct take *take)
{
	take_put_entry(take, &j->line);
	write_line(j);
	j->entries++;
}

void journal_mark(struct journal *j, struct str name, ns_t wall)
{
	snprintf(j->page, sizeof j->page, "page_%u", ++j->pages);
	buf_printf(&j->line, "{\"page\":{\"id\":\"%s\",\"startedDateTime\":\"", j->page);
	take_put_date(wall, &j->line);
	buf_add(&j->line, STR("\",\"title\":"));
	escape_json(&j->line, name);
	buf_add(&j->line, STR(",\"pageTimings\":{},\"_mark\":true}}"));
	write_line(j);
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
	buf_release(&j->line);
}

/* ---- afterwards */

#define ENTRY STR("{\"startedDateTime\":\"")
#define PAGE  STR("{\"page\":")

struct lines {
	struct arena arena;
	struct str tls; /* key and value, of the first line */
	VEC(struct str) pages, entries;
};

/* A line without its end is torn, and left out. */
static void sort_out(struct str text, struct lines *lines)
{
	size_t first = str_find_char(text, '\n', 0), tls = str_find(text, STR(TLS_KEY), 0), end;

	if (tls < first && first != (size_t)-1)
		lines->tls = str_slice(text, tls, first - 1);

	for (size_t at = 0; (end = str_find_char(text, '\n', at)) != (size_t)-1; at = end + 1) {
		struct str line = str_slice(text, at, end);

		if (!str_ends(line, STR("}")))
			continue;
		if (str_starts(line, ENTRY))
			VEC_PUSH(&lines->arena, &lines->entries, line);
		else if (str_starts(line, PAGE))
			VEC_PUSH(&lines->arena, &lines->pages,
				 str_slice(line, PAGE.len, line.len - 1));
	}
}

/* By the date they begin with; those of one moment stay as they are. */
static int by_start(const void *a, const void *b)
{
	const struct str *left = a, *right = b;
	int order = str_cmp(str_slice(*left, 0, 48), str_slice(*right, 0, 48));

	if (order)
		return order;
	return (left->ptr > right->ptr) - (left->ptr < right->ptr);
}

static bool put_list(FILE *file, const char *name, const struct str *lines, size_t count)
{
	fprintf(file, "\"%s\":[\n", name);
	for (size_t i = 0; i < count; i++) {
		fwrite(lines[i].ptr, 1, lines[i].len, file);
		fputs(i + 1 < count ? ",\n" : "\n", file);
	}
	fputc(']', file);
	return !ferror(file);
}

static bool put_har(FILE *file, const struct lines *lines)
{
	/* Whose version, importers tell with the name: ours is no part of it. */
	fputs("{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"reprise record\",\"version\":"
	      "\"\",\"comment\":\"reprise " PACKAGE_VERSION "\"},\n",
	      file);
	if (lines->tls.len)
		fprintf(file, "%.*s,\n", STR_ARG(lines->tls));
	put_list(file, "pages", lines->pages.items, lines->pages.count);
	fputs(",\n", file);
	put_list(file, "entries", lines->entries.items, lines->entries.count);
	fputs("}}\n", file);
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

bool journal_to_har(const char *path, const char *har, bool force, struct buf *error)
{
	struct lines lines = {.pages = {0}};
	struct mapped file;
	bool good;

	if (!mapped_open(&file, path)) {
		buf_printf(error, "cannot read %s: %s", path, strerror(errno));
		return false;
	}
	arena_init(&lines.arena, 0);
	sort_out(file.text, &lines);
	if (lines.entries.count)
		qsort(lines.entries.items, lines.entries.count, sizeof *lines.entries.items,
		      by_start);
	good = write_har(&lines, har, force, error);
	arena_release(&lines.arena);
	mapped_close(&file);
	return good;
}
