/* A window on the rows of a data file: the columns, and some of the rows. */
#include "base/csv.h"
#include "base/file.h"
#include "edit/api/api_private.h"

#define ROWS_DEFAULT 100
#define ROWS_MAX     1000

struct str api_query(struct api_request *r, const char *name)
{
	struct str copy = STR_NULL;
	struct buf value;

	buf_init(&value, 0);
	if (http_request_form_value(r->view->query, str_of(name), &value))
		copy = arena_str(&r->arena, buf_str(&value));
	buf_release(&value);
	return copy;
}

size_t api_query_number(struct api_request *r, const char *name, size_t fallback)
{
	struct str value = api_query(r, name);
	int64_t number;

	return value.ptr && str_to_int(value, &number) && number >= 0 ? (size_t)number : fallback;
}

static void put_rows(struct api_request *r, const struct csv *csv)
{
	size_t from = api_query_number(r, "from", 0), count = api_query_number(r, "count", ROWS_DEFAULT);
	struct buf scratch;

	count = count > ROWS_MAX ? ROWS_MAX : count;
	buf_init(&scratch, 0);
	json_writer_text(&r->json, "path", r->path);
	json_writer_format(&r->json, "delimiter", "%c", csv->delimiter);
	json_writer_open_array(&r->json, "columns");
	for (unsigned i = 0; i < csv->columns; i++)
		json_writer_text(&r->json, NULL, csv->names[i]);
	json_writer_close_array(&r->json);
	json_writer_uint(&r->json, "row_count", csv->row_count);
	json_writer_uint(&r->json, "from", from);
	json_writer_open_array(&r->json, "rows");
	for (size_t row = from; row < csv->row_count && row - from < count; row++) {
		json_writer_open_array(&r->json, NULL);
		for (unsigned i = 0; i < csv->columns; i++) {
			buf_clear(&scratch);
			json_writer_text(&r->json, NULL, csv_cell(csv, row, i, &scratch));
		}
		json_writer_close_array(&r->json);
	}
	json_writer_close_array(&r->json);
	buf_release(&scratch);
}

void api_rows_get(struct api_request *r)
{
	const char *path = api_folder_path(r, r->path), *error;
	struct csv_error wrong;
	struct str text;
	struct csv csv;

	if (!path)
		return;
	if (!file_read(&r->arena, path, API_FILE_MAX, &text, &error)) {
		api_fail(r, 404, "no-file", "%s", error);
		return;
	}
	if (!csv_read(&csv, &r->arena, text, 0, &wrong)) {
		api_fail_with(r, &(struct api_problem){.status = 422,
						       .code = "table",
						       .message = str_of(wrong.text),
						       .line = (uint32_t)wrong.line});
		return;
	}
	put_rows(r, &csv);
	csv_release(&csv);
	api_reply(r, 200);
}
