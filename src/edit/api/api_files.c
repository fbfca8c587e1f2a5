/* Reads, writes and checks the files of the folder. */
#include "edit/api/api_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/replace_file.h"
#include "edit/edit_diff.h"

const char *api_files_read(struct api_request *r, struct str *text)
{
	const char *path = api_folder_path(r, r->path), *error;

	if (!path)
		return NULL;
	if (access(path, F_OK) != 0) {
		api_fail(r, 404, "no-file", "%.*s: %s", STR_ARG(r->path), strerror(errno));
		return NULL;
	}
	/* Another program may have written only a part of the file yet. */
	replace_file_wait(path);
	if (file_read(&r->arena, path, API_FILE_MAX, text, &error))
		return path;
	api_fail(r, 500, "not-read", "%s", error);
	return NULL;
}

void api_files_get(struct api_request *r)
{
	struct str text;
	const char *path = api_files_read(r, &text);

	if (!path)
		return;
	api_history_see(r->api, path, text);
	api_document_put(r, path, text);
	api_reply(r, 200);
}

/* Replies after a file was written, or was not. */
static void reply_written(struct api_request *r, enum replace_file_result result,
			  const char *other_code, const char *other, const struct buf *error)
{
	if (result == REPLACE_FILE_DONE)
		api_reply(r, 200);
	else if (result == REPLACE_FILE_OTHER)
		api_fail(r, 409, other_code, "%.*s %s", STR_ARG(r->path), other);
	else
		api_fail(r, 500, "not-written", "%.*s", STR_ARG(buf_str(error)));
}

static void create(struct api_request *r, const char *path, struct str text)
{
	enum replace_file_result result = REPLACE_FILE_DONE;
	struct buf error;

	buf_init(&error, 0);
	/* Before the file, which is not written if the response is too large. */
	api_document_put(r, path, text);
	if (!r->out.overflow)
		result = replace_file_create(path, text, &error);
	if (!r->out.overflow && result == REPLACE_FILE_DONE)
		api_history_see(r->api, path, text);
	reply_written(r, result, "exists", "exists already", &error);
	buf_release(&error);
}

/* The whole text as an operation, so that it can be applied again as others are. */
static struct edit_op whole_text_op(struct api_request *r, struct str old, struct str text)
{
	return (struct edit_op){.kind = EDIT_UNDO,
				.patches = edit_diff(&r->arena, old, text),
				.digest = edit_digest(&r->arena, old)};
}

static void save(struct api_request *r, const char *path, struct str old, struct str text)
{
	struct api_history *history = api_history_see(r->api, path, old);
	enum replace_file_result result = REPLACE_FILE_DONE;
	struct buf error;

	buf_init(&error, 0);
	api_document_put(r, path, text);
	if (!r->out.overflow && !str_eq(old, text)) {
		result = replace_file_if(path, old, text, &error);
		if (result == REPLACE_FILE_DONE) {
			struct edit_op op = whole_text_op(r, old, text);

			api_history_add(history, &op, 1, op.patches, text);
		}
	}
	reply_written(r, result, "changed", "was changed by another program; read it again",
		      &error);
	buf_release(&error);
}

/* {"text", "version"}: the whole text. Without a version the file must not exist yet. */
void api_files_put(struct api_request *r)
{
	const struct node *body = api_body(r);
	struct str text = api_member(body, "text"), version = api_member(body, "version"), old;
	const char *path = body ? api_folder_path(r, r->path) : NULL;
	size_t bad;

	if (!path)
		return;
	if (!text.ptr) {
		api_fail(r, 400, "text", "the member \"text\" is missing");
	} else if (!version.ptr) {
		create(r, path, text);
	} else if (api_files_read(r, &old)) {
		/* The page has other characters in place of the bytes. */
		if (!str_is_utf8(old, &bad))
			api_fail(r, 422, "encoding", "%.*s is not saved as UTF-8; convert it first",
				 STR_ARG(r->path));
		else if (str_eq(edit_digest(&r->arena, old), version))
			save(r, path, old, text);
		else
			api_fail(r, 409, "changed",
				 "%.*s was changed by another program; read it again",
				 STR_ARG(r->path));
	}
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
