#include "result/jtl_join.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/mapped_file.h"
#include "base/out_file.h"
#include "result/result_folder.h"

#define PIECE ((size_t)256 * 1024)

/* The rows of one shard. A row is one line: line breaks in its texts were replaced. */
struct shard_rows {
	struct mapped_file file;
	size_t next;	/* the byte after `row` */
	struct str row; /* the current one with its line break; empty at the end */
	int64_t ended;	/* ms since 1970: its timeStamp plus its elapsed time */
};

/* The line at `next`, with its line break; an incomplete last line, of a shard that was killed, is
 * not a row. */
static struct str line_at(struct shard_rows *rows)
{
	struct str text = rows->file.text;
	size_t end = str_find_char(text, '\n', rows->next);
	struct str line = str_slice(text, rows->next, end == NOT_FOUND ? rows->next : end + 1);

	rows->next += line.len;
	return line;
}

static bool read_row(struct shard_rows *rows)
{
	size_t first, second;
	int64_t began, elapsed;

	rows->row = line_at(rows);
	first = str_find_char(rows->row, ',', 0);
	second = first == NOT_FOUND ? NOT_FOUND : str_find_char(rows->row, ',', first + 1);
	if (!rows->row.len)
		return true;
	if (second == NOT_FOUND || !str_to_int(str_slice(rows->row, 0, first), &began) ||
	    !str_to_int(str_slice(rows->row, first + 1, second), &elapsed))
		return false;
	rows->ended = began + elapsed;
	return true;
}

static bool open_rows(struct shard_rows *rows, struct arena *a, struct str folder,
		      struct str *header)
{
	struct str path = result_folder_file(a, folder, JTL_FILE_NAME);

	if (!mapped_file_open(&rows->file, path.ptr)) {
		log_error("%s cannot be read: %s; run each shard with: -o DIR --jtl "
			  "DIR/" JTL_FILE_NAME,
			  path.ptr, mapped_file_error_text(errno));
		return false;
	}
	*header = line_at(rows);
	if (str_starts(*header, STR("timeStamp,elapsed,")) && read_row(rows))
		return true;
	log_error("%s is not a JTL file of reprise", path.ptr);
	return false;
}

/* The rows whose current one ended first; NULL: all are at their end. */
static struct shard_rows *earliest(struct shard_rows *all, size_t count)
{
	struct shard_rows *found = NULL;

	for (size_t i = 0; i < count; i++)
		if (all[i].row.len && (!found || all[i].ended < found->ended))
			found = &all[i];
	return found;
}

static bool write_rows(struct shard_rows *all, size_t count, struct str header,
		       struct out_file *out)
{
	struct buf text;
	struct shard_rows *rows;
	bool good = true;

	buf_init(&text, 0);
	buf_add(&text, header);
	while (good && (rows = earliest(all, count)) != NULL) {
		buf_add(&text, rows->row);
		good = read_row(rows);
		if (text.len < PIECE)
			continue;
		good &= out_file_write(out, buf_str(&text));
		buf_clear(&text);
		mapped_file_discard(&rows->file, rows->next);
	}
	if (text.len)
		good &= out_file_write(out, buf_str(&text));
	buf_release(&text);
	return good;
}

static bool join(struct shard_rows *all, size_t count, struct str header, const char *where)
{
	struct out_file out;
	struct buf error;
	bool good;

	buf_init(&error, 0);
	good = out_file_open(&out, str_of(where), OUT_FILE_WHOLE, &error);
	if (good) {
		bool complete = write_rows(all, count, header, &out);

		good = out_file_close(&out, &error);
		if (good && !complete) {
			buf_add(&error, STR("--jtl: a row of a shard has no time"));
			good = false;
		}
	}
	if (!good)
		log_error("%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	return good;
}

bool jtl_join(const struct merge_input *shards, const char *where)
{
	struct shard_rows *all = alloc_zeroed(shards->count, sizeof(*all));
	struct str header = STR("");
	struct arena a;
	bool good = true;
	size_t opened = 0;

	arena_init(&a, 0);
	while (good && opened < shards->count) {
		good = open_rows(&all[opened], &a, shards->items[opened]->saved.folder, &header);
		opened++;
	}
	good = good && join(all, shards->count, header, where);
	while (opened--)
		if (all[opened].file.text.ptr)
			mapped_file_close(&all[opened].file);
	arena_release(&a);
	free(all);
	return good;
}
