/* Diagnostics as JSON, for programs. */
#include "base/diag_private.h"

static void put_position(struct json_writer *j, struct span span)
{
	static const char *const keys[] = {"file", "line", "column", "end_line", "end_column"};

	if (!span.source) {
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			json_writer_null(j, keys[i]);
		return;
	}
	struct source_position begin = source_position(span.source, span.begin);
	struct source_position end = source_position(span.source, span.end);

	json_writer_text(j, "file", span.source->name);
	json_writer_uint(j, "line", begin.line);
	json_writer_uint(j, "column", begin.column);
	json_writer_uint(j, "end_line", end.line);
	json_writer_uint(j, "end_column", end.column);
}

/* OFFSET NULL: in bytes. */
static void put_diag(struct json_writer *j, const struct diag *diag, diag_offset offset,
		     const void *arg)
{
	json_writer_line(j, "\n  ");
	json_writer_open(j, NULL);
	json_writer_text(j, "level", diag->level == DIAG_ERROR ? STR("error") : STR("warning"));
	json_writer_text(j, "code", str_of(diag_code_name(diag->code)));
	put_position(j, diag->span);
	json_writer_text(j, "message", diag->text);
	if (diag->fix.len)
		json_writer_text(j, "fix", diag->fix);
	else
		json_writer_null(j, "fix");
	if (diag->add.len)
		json_writer_text(j, "add", diag->add);
	else
		json_writer_null(j, "add");
	if (diag->path.ptr)
		json_writer_text(j, "path", diag->path);
	else
		json_writer_null(j, "path");
	json_writer_open_array(j, "edits");
	for (size_t i = 0; i < diag->edits.count; i++) {
		json_writer_open(j, NULL);
		struct span span = diag->edits.items[i].span;

		json_writer_uint(j, "begin", offset ? offset(arg, span.begin) : span.begin);
		json_writer_uint(j, "end", offset ? offset(arg, span.end) : span.end);
		json_writer_text(j, "text", diag->edits.items[i].text);
		json_writer_close(j);
	}
	json_writer_close_array(j);
	json_writer_bool(j, "certain", diag_is_certain(diag));
	json_writer_open_array(j, "notes");
	for (const struct diag_note *note = diag->notes; note; note = note->next) {
		json_writer_open(j, NULL);
		put_position(j, note->span);
		json_writer_text(j, "message", note->text);
		json_writer_close(j);
	}
	json_writer_close_array(j);
	json_writer_close(j);
}

/* An array with one diagnostic per line. */
static void put_list(struct json_writer *j, const char *key, const struct diag_list *list,
		     bool is_fixed, diag_offset offset, const void *arg)
{
	struct diag_printer printer;
	const struct diag **all;

	diag_printer_init(&printer, list, is_fixed);
	all = diag_printer_sorted(&printer, true);
	json_writer_open_array(j, key);
	for (size_t i = 0; i < list->diags.count; i++)
		put_diag(j, all[i], offset, arg);
	if (list->diags.count)
		json_writer_line(j, "\n");
	json_writer_close_array(j);
	diag_printer_release(&printer);
}

void diag_print_json(const struct diag_list *list, struct buf *out)
{
	struct json_writer j = json_writer_spaced(out);

	json_writer_open(&j, NULL);
	json_writer_uint(&j, "errors", list->errors);
	json_writer_uint(&j, "warnings", list->warnings);
	if (list->fixed)
		put_list(&j, "fixed", list->fixed, true, NULL, NULL);
	put_list(&j, "diagnostics", list, false, NULL, NULL);
	json_writer_close(&j);
	buf_add_char(out, '\n');
}

void diag_put_json(struct json_writer *j, const char *key, const struct diag_list *list,
		   diag_offset offset, const void *arg)
{
	put_list(j, key, list, false, offset, arg);
}
