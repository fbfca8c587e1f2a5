/* Bodies that are files, or have files in them. Each file is mapped once for the whole program. */
#include <errno.h>

#include "base/media_type.h"
#include "program/emitter.h"
#include "program/template_builder.h"

/* A fixed random text, so that no body has it by chance. */
#define BOUNDARY "reprise-5b1f6c0e9a7d4e2f8c3ab6d1f0927e44"

bool emitter_open(struct emitter *e, struct str path, struct span span, int *fd)
{
	const char *refusal;

	*fd = allowed_files_open(&e->model->allowed_files, e->arena, path, &refusal);
	if (refusal)
		diag_error(e->diags, span, DIAG_E312, "cannot read %.*s: %s", STR_ARG(path),
			   refusal);
	return !refusal;
}

struct str build_file_content(struct emitter *e, struct str path, struct span span)
{
	struct program_file file = {.path = path};
	int fd;

	for (size_t i = 0; i < e->files.count; i++)
		if (str_eq(e->files.items[i].path, path))
			return e->files.items[i].mapped.text;
	if (!emitter_open(e, path, span, &fd))
		return STR("");
	if (!mapped_file_take(&file.mapped, fd)) {
		diag_error(e->diags, span, DIAG_E310, "%.*s: %s", STR_ARG(path), strerror(errno));
		return STR("");
	}
	VEC_PUSH(e->arena, &e->files, file);
	return file.mapped.text;
}

const char *build_file_body(struct emitter *e, struct str path, struct span span,
			    struct request_plan *plan)
{
	struct tmpl *body = ARENA_NEW(e->arena, struct tmpl);

	/* Not copied: the program keeps the file mapped. */
	*body = (struct tmpl){
	    .constant = true, .value = value_text(build_file_content(e, path, span)), .span = span};
	plan->body = body;
	plan->body_file = path;
	return media_type_of(path);
}

/* ---- multipart */

static struct str base_name(struct str path)
{
	size_t from = path.len;

	while (from > 0 && path.ptr[from - 1] != '/')
		from--;
	return str_slice(path, from, path.len);
}

/* Escapes a quoted text in the header of a part, as browsers do. */
static void put_quoted(struct buf *out, struct str text)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '"')
			buf_add(out, STR("%22"));
		else if (text.ptr[i] == '\r')
			buf_add(out, STR("%0D"));
		else if (text.ptr[i] == '\n')
			buf_add(out, STR("%0A"));
		else
			buf_add_char(out, text.ptr[i]);
	buf_add_char(out, '"');
}

static void add_part_head(struct template_builder *m, struct str name,
			  const struct multipart_part *part)
{
	struct str type = part->type;
	struct buf head;

	buf_init(&head, 0);
	buf_add(&head, STR("--" BOUNDARY "\r\nContent-Disposition: form-data; name="));
	put_quoted(&head, name);
	if (part->file.ptr || part->filename.ptr) {
		buf_add(&head, STR("; filename="));
		put_quoted(&head, part->filename.ptr ? part->filename : base_name(part->file));
	}
	if (!type.ptr && part->file.ptr)
		type = str_of(media_type_of(part->file));
	if (type.ptr)
		buf_printf(&head, "\r\nContent-Type: %.*s", STR_ARG(type));
	buf_add(&head, STR("\r\n\r\n"));
	template_builder_add_literal(m, arena_str(m->e->arena, buf_str(&head)));
	buf_release(&head);
}

static void check_part(struct emitter *e, const struct multipart_part *part)
{
	if (part->type.ptr && (str_find_char(part->type, '\n', 0) != NOT_FOUND ||
			       str_find_char(part->type, '\r', 0) != NOT_FOUND))
		diag_error(e->diags, part->span, DIAG_E345, "a line break in a header");
}

const char *build_multipart(struct emitter *e, const struct field_map *parts,
			    struct request_plan *plan)
{
	struct body_file *files = ARENA_ARRAY(e->arena, parts->count + 1, struct body_file);
	struct template_builder m = {.e = e};
	size_t count = 0;

	for (size_t i = 0; i < parts->count; i++) {
		const struct multipart_part *part = parts->pairs[i].value;

		check_part(e, part);
		add_part_head(&m, parts->pairs[i].key, part);
		if (part->file.ptr) {
			files[count++] = (struct body_file){
			    .before = template_builder_finish(&m),
			    .path = part->file,
			    .content = build_file_content(e, part->file, part->span),
			};
			m = (struct template_builder){.e = e};
		} else {
			template_builder_add_text(&m, &part->value, ESCAPE_NONE);
		}
		template_builder_add_literal(&m, STR("\r\n"));
	}
	if (count > BODY_FILES_MAX)
		diag_error(e->diags, plan->span, DIAG_E347, "more than %d files in one request",
			   BODY_FILES_MAX);
	template_builder_add_literal(&m, STR("--" BOUNDARY "--\r\n"));
	plan->body = template_builder_finish(&m);
	plan->files = files;
	plan->file_count = count;
	return "multipart/form-data; boundary=" BOUNDARY;
}
