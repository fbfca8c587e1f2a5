/* Reads, writes, checks and edits the files of the folder. */
#include "edit/api/api_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/replace_file.h"
#include "doc/json_node.h"

/* The content of the file that R names; NULL path after a refusal. */
static const char *read_text(struct api_request *r, struct str *text)
{
	const char *path = api_folder_path(r, r->path), *error;

	if (!path)
		return NULL;
	if (access(path, F_OK) != 0) {
		api_fail(r, 404, "no-file", "%.*s: %s", STR_ARG(r->path), strerror(errno));
		return NULL;
	}
	if (file_read(&r->arena, path, API_FILE_MAX, text, &error))
		return path;
	api_fail(r, 500, "not-read", "%s", error);
	return NULL;
}

void api_files_get(struct api_request *r)
{
	struct str text;
	const char *path = read_text(r, &text);

	if (!path)
		return;
	api_document_put(r, path, text);
	api_reply(r, 200);
}

/* Writes TEXT and replies with the document and, after an edit, what the edit added. */
static void write_text(struct api_request *r, const char *path, struct str text)
{
	struct buf error;

	buf_init(&error, 0);
	/* Before the file, which is not written if the response is too large. */
	api_document_put(r, path, text);
	if (r->out.overflow || replace_file(path, text, &error))
		api_reply(r, 200);
	else
		api_fail(r, 500, "not-written", "%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
}

/* Whether the file still has the VERSION that the program has seen; otherwise replies. */
static bool is_current(struct api_request *r, struct str text, struct str version)
{
	if (str_eq(edit_digest(&r->arena, text), version))
		return true;
	api_fail(r, 409, "changed", "%.*s was changed by another program; read it again",
		 STR_ARG(r->path));
	return false;
}

/* {"text", "version"}: the whole text. Without a version the file must not exist yet. */
void api_files_put(struct api_request *r)
{
	const struct node *body = api_body(r);
	struct str text = api_member(body, "text"), version = api_member(body, "version"), old;
	const char *path = body ? api_folder_path(r, r->path) : NULL;

	if (!path)
		return;
	if (!text.ptr) {
		api_fail(r, 400, "text", "the member \"text\" is missing");
		return;
	}
	if (!version.ptr) {
		if (access(path, F_OK) == 0)
			api_fail(r, 409, "exists", "%.*s exists already", STR_ARG(r->path));
		else
			write_text(r, path, text);
		return;
	}
	if (read_text(r, &old) && is_current(r, old, version))
		write_text(r, path, text);
}

/* {"text"}: checks a text that is not saved. */
void api_files_check(struct api_request *r)
{
	const struct node *body = api_body(r);
	const char *path = body ? api_folder_path(r, r->path) : NULL;
	struct str text = api_member(body, "text");

	if (!path)
		return;
	if (!text.ptr) {
		api_fail(r, 400, "text", "the member \"text\" is missing");
		return;
	}
	api_document_put(r, path, text);
	api_reply(r, 200);
}

/* ---- edits */

static bool read_ops(struct api_request *r, const struct node *body, const struct edit_op **ops,
		     size_t *count)
{
	const struct node *list = node_find(body, STR("ops"));
	struct edit_json_error wrong = {0, STR("the member \"ops\" is missing")};

	if (list && list->span.source &&
	    edit_json_read(&r->arena,
			   str_slice(list->span.source->text, list->span.begin, list->span.end),
			   ops, count, &wrong))
		return true;
	api_fail(r, 400, "ops", "%.*s (byte %zu of the operations)", STR_ARG(wrong.reason),
		 wrong.at);
	return false;
}

static void refuse(struct api_request *r, const struct edit_op *ops, size_t count,
		   const struct edit_result *result)
{
	struct api_problem problem = {.status = 422,
				      .code = edit_json_refusal(result->refusal),
				      .message = result->reason,
				      .line = result->line};

	/* A file that is broken is refused with no operation too. */
	if (count)
		problem.place =
		    ops[result->op].kind == EDIT_MOVE ? ops[result->op].from : ops[result->op].path;
	api_fail_with(r, &problem);
}

/* The operation that undoes the edit, as JSON. */
static void put_undo(struct api_request *r, struct str text, const struct edit_result *result)
{
	struct buf undo;

	buf_init(&undo, 0);
	edit_json_put_undo(&undo, &r->arena, text, result->patches);
	buf_add(json_writer_value(&r->json, "undo"), str_trim(buf_str(&undo)));
	buf_release(&undo);
}

/* {"version", "ops"}: applies operations to the file, all of them or none. */
void api_files_edit(struct api_request *r)
{
	const struct node *body = api_body(r);
	struct str text, version = api_member(body, "version");
	const char *path = body ? read_text(r, &text) : NULL;
	const struct edit_op *ops;
	struct edit_result result;
	size_t count = 0;

	if (!path || !read_ops(r, body, &ops, &count) || !is_current(r, text, version))
		return;
	if (!edit_apply(&r->arena, r->path, text, ops, count, &result)) {
		refuse(r, ops, count, &result);
		return;
	}
	edit_json_put_patches(&r->json, "patches", text, result.patches, EDIT_JSON_UTF16);
	put_undo(r, text, &result);
	write_text(r, path, result.text);
}
