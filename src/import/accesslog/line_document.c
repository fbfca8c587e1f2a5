#include "import/accesslog/line_document.h"

#include <stdlib.h>

#include "base/die.h"
#include "base/gunzip.h"
#include "doc/json.h"

#define HEAD ((size_t)4096)

struct line_document {
	struct buf unpacked; /* the text of a compressed file */
	struct json_tape tape;
	struct buf entry;
	uint32_t *lists; /* the lists that contain the entries, as indexes of the tape */
	size_t list_count, list;
	uint32_t *entries; /* of the current list */
	size_t entry_count, next;
	bool pairs; /* an entry is [TIME, LINE] */
};

bool line_document_is(struct str text)
{
	struct str head = str_trim(str_slice(text, 0, HEAD));

	if (str_starts(head, STR("{")))
		return (str_find(head, STR("\"resultType\""), 0) != NOT_FOUND &&
			str_find(head, STR("\"streams\""), 0) != NOT_FOUND) ||
		       (str_find(head, STR("\"events\""), 0) != NOT_FOUND &&
			str_find(head, STR("\"message\""), 0) != NOT_FOUND &&
			str_find(head, STR("\"timestamp\""), 0) != NOT_FOUND);
	if (!str_starts(head, STR("[")))
		return false;
	return str_starts(str_trim(str_slice(head, 1, head.len)), STR("{")) &&
	       str_find(head, STR("\"timestamp\""), 0) != NOT_FOUND;
}

/* The first list of ITEM that is in MEMBERS, an object; or NULL. */
static const struct json_item *list_at(const struct json_tape *tape, const struct json_item *object,
				       const char *key)
{
	const struct json_item *item =
	    json_type(object) == JSON_OBJECT ? json_member(tape, object, str_of(key)) : NULL;

	return item && json_type(item) == JSON_ARRAY ? item : NULL;
}

/* The elements of LIST in D->entries. Loki returns the newest first. */
static void begin_list(struct line_document *d, const struct json_item *list)
{
	const struct json_item *items = d->tape.items, *end = items + list->next;
	size_t count = 0;

	for (const struct json_item *one = list + 1; one < end; one = items + one->next)
		d->entries[count++] = (uint32_t)(one - items);
	d->entry_count = count;
	d->next = 0;
}

static struct str time_of(const struct line_document *d, uint32_t entry)
{
	const struct json_item *pair = d->tape.items + entry;

	return json_type(pair) == JSON_ARRAY && json_count(pair) > 1 ? json_raw(&d->tape, pair + 1)
								     : STR("");
}

static void reverse(struct line_document *d)
{
	struct str first, last;

	if (!d->pairs || d->entry_count < 2)
		return;
	first = time_of(d, d->entries[0]);
	last = time_of(d, d->entries[d->entry_count - 1]);
	if (first.len != last.len || memcmp(first.ptr, last.ptr, first.len) <= 0)
		return;
	for (size_t i = 0, k = d->entry_count - 1; i < k; i++, k--) {
		uint32_t kept = d->entries[i];

		d->entries[i] = d->entries[k];
		d->entries[k] = kept;
	}
}

/* Finds the lists of D; false if its document has none. */
static bool find_lists(struct line_document *d)
{
	const struct json_item *items = d->tape.items, *top = items, *list, *one;
	const struct json_item *data, *results;

	d->lists = calloc(d->tape.count, sizeof *d->lists);
	d->entries = calloc(d->tape.count, sizeof *d->entries);
	if (!d->lists || !d->entries)
		die_out_of_memory();
	list = json_type(top) == JSON_ARRAY ? top : list_at(&d->tape, top, "events");
	if (list) {
		d->lists[d->list_count++] = (uint32_t)(list - items);
		return true;
	}
	data = json_type(top) == JSON_OBJECT ? json_member(&d->tape, top, STR("data")) : NULL;
	results = data ? list_at(&d->tape, data, "result") : NULL;
	d->pairs = true;
	for (one = results ? results + 1 : NULL; one && one < items + results->next;
	     one = items + one->next) {
		list = list_at(&d->tape, one, "values");
		if (list)
			d->lists[d->list_count++] = (uint32_t)(list - items);
	}
	return d->list_count > 0;
}

/* Decompresses TEXT into D->unpacked. */
static struct str unpack(struct line_document *d, struct str text)
{
	struct gunzip *packed = gunzip_open(text, JSON_BYTES_MAX);
	struct str piece;

	while (gunzip_next(packed, &piece)) {
		buf_add(&d->unpacked, piece);
		if (d->unpacked.len >= HEAD && !line_document_is(buf_str(&d->unpacked)))
			break;
	}
	gunzip_close(packed);
	return buf_str(&d->unpacked);
}

struct line_document *line_document_open(struct str text)
{
	struct line_document *d = calloc(1, sizeof *d);

	if (!d)
		die_out_of_memory();
	buf_init(&d->unpacked, 0);
	buf_init(&d->entry, 0);
	json_init(&d->tape);
	if (gunzip_is_gzip(text))
		text = unpack(d, text);
	else if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	if (line_document_is(text) && json_read(&d->tape, text) && find_lists(d)) {
		begin_list(d, d->tape.items + d->lists[0]);
		reverse(d);
		return d;
	}
	line_document_close(d);
	return NULL;
}

/* The entry as {"ts": TIME, "line": LINE}; false if it is not a pair. */
static bool put_pair(struct line_document *d, const struct json_item *pair)
{
	const struct json_item *time, *line;

	if (json_type(pair) != JSON_ARRAY || json_count(pair) < 2)
		return false;
	time = pair + 1;
	line = d->tape.items + time->next;
	if (json_type(line) != JSON_STRING)
		return false;
	buf_clear(&d->entry);
	buf_printf(&d->entry, "{\"ts\": \"%.*s\", \"line\": \"%.*s\"}",
		   STR_ARG(json_raw(&d->tape, time)), STR_ARG(json_raw(&d->tape, line)));
	return true;
}

bool line_document_next(struct line_document *d, struct str *line)
{
	for (;;) {
		const struct json_item *entry;

		while (d->next >= d->entry_count) {
			if (++d->list >= d->list_count)
				return false;
			begin_list(d, d->tape.items + d->lists[d->list]);
			reverse(d);
		}
		entry = d->tape.items + d->entries[d->next++];
		if (!d->pairs) {
			*line = json_raw(&d->tape, entry);
			return true;
		}
		if (put_pair(d, entry)) {
			*line = buf_str(&d->entry);
			return true;
		}
	}
}

void line_document_close(struct line_document *d)
{
	if (!d)
		return;
	json_release(&d->tape);
	buf_release(&d->unpacked);
	buf_release(&d->entry);
	free(d->lists);
	free(d->entries);
	free(d);
}
