/*
 * Applies operations to a file. A page makes them for the last version that it has read. If the
 * file has changed since then, the operations are applied to its current text. If another program
 * has overwritten operations of this session, these are applied again first. An operation that does
 * not fit the current text is refused; the others are applied.
 */
#include "base/replace_file.h"
#include "doc/json_node.h"
#include "edit/api/api_private.h"
#include "edit/edit_diff.h"
#include "edit/edit_log.h"

/* Another program can write the file again at the same time. */
#define ATTEMPTS 20
#define NO_INDEX NOT_FOUND

/* An operation that is applied again. */
struct again_op {
	const struct edit_logged *logged;
	size_t index; /* in the request; NO_INDEX: an earlier one */
};

struct refused_op {
	const struct edit_op *op;
	size_t index;
	struct str code, reason;
	uint32_t line;
};

struct applied_op {
	struct edit_op op;
	struct edit_patches patches;
	struct str text; /* after it */
};

struct edit_request {
	struct api_request *r;
	const char *path;
	const struct edit_op *ops;
	size_t count;
	struct str version, disk; /* of the request; the text of the file */
	struct api_history *history;
	struct str seen, text;	     /* the text of the version; the result */
	struct edit_patches patches; /* of the file */
	bool broken;		     /* the file cannot be read; nothing is applied to it */
	VEC(struct again_op) again;
	VEC(struct refused_op) refused;
	VEC(struct applied_op) applied;
	VEC(const struct edit_op *) earlier; /* those of `applied` that were lost */
};

static struct str find_text(void *arg, struct str digest)
{
	const struct edit_request *e = arg;

	return api_history_text(e->history, &e->r->arena, digest);
}

/* ---- the request */

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

static struct str place_of(const struct edit_op *op)
{
	return op->kind == EDIT_MOVE ? op->from : op->path;
}

static bool refuse_all(struct edit_request *e, size_t index, const struct edit_result *result)
{
	struct api_problem problem = {.status = 422,
				      .code = edit_json_refusal(result->refusal),
				      .message = result->reason,
				      .line = result->line};

	/* If the file has errors, there may be no operation. */
	if (e->count)
		problem.place = place_of(&e->ops[index]);
	api_fail_with(e->r, &problem);
	return false;
}

/* ---- one after another */

static void add_refused(struct edit_request *e, const struct edit_op *op, size_t index,
			const struct edit_log_conflict *conflict)
{
	struct refused_op refused = {op, index, str_of(edit_json_refusal(conflict->refusal)),
				     conflict->reason, conflict->line};

	VEC_PUSH(&e->r->arena, &e->refused, refused);
}

/* Applies LOGGED to *TEXT; false after a conflict. */
static bool apply_logged(struct edit_request *e, const struct again_op *again, struct str *text,
			 struct edit_log_result *result)
{
	const struct edit_log_texts texts = {find_text, e};

	edit_log_apply(&e->r->arena, e->r->path, *text, &again->logged, 1, &texts, result);
	if (result->conflict_count)
		add_refused(e, edit_log_op(again->logged), again->index, &result->conflicts[0]);
	*text = result->text;
	return !result->conflict_count;
}

/* An undo of another text than TEXT that is known. */
static bool is_earlier_undo(struct edit_request *e, struct str text, const struct edit_op *op)
{
	return op->kind == EDIT_UNDO && !str_eq(op->digest, edit_digest(&e->r->arena, text)) &&
	       find_text(e, op->digest).ptr;
}

/* Makes the operations for TEXT, and logs them. FIRST is the index of the first one in the request;
 * NO_INDEX: earlier ones. False with the operation and the reason in RESULT. */
static bool log_ops(struct edit_request *e, struct str text, const struct edit_op *ops,
		    size_t count, size_t first, struct edit_result *result)
{
	struct arena *a = &e->r->arena;

	for (size_t i = 0; i < count; i++) {
		struct again_op again = {edit_log_record(a, text, &ops[i]),
					 first == NO_INDEX ? NO_INDEX : first + i};
		struct edit_log_result log_result;

		if (is_earlier_undo(e, text, &ops[i])) {
			if (!apply_logged(e, &again, &text, &log_result))
				continue;
		} else {
			if (!edit_apply(a, e->r->path, text, &ops[i], 1, result)) {
				result->op = i;
				return false;
			}
			text = result->text;
		}
		VEC_PUSH(a, &e->again, again);
	}
	return true;
}

static void refuse_lost(struct edit_request *e, const struct api_history_lost *lost, size_t from,
			struct str reason)
{
	const struct edit_log_conflict conflict = {.refusal = EDIT_CONFLICT, .reason = reason};

	for (size_t i = from; i < lost->count; i++)
		add_refused(e, &lost->ops[i], NO_INDEX, &conflict);
}

/* The operations that another program has overwritten. */
static void log_lost(struct edit_request *e)
{
	const struct api_history_lost *lost;
	struct edit_result result;
	size_t count = api_history_find_lost(e->history, &e->r->arena, e->version, &lost);

	for (size_t i = 0; i < count; i++) {
		if (lost[i].restored)
			refuse_lost(
			    e, &lost[i], 0,
			    STR("another program has restored an earlier text of the file"));
		else if (!log_ops(e, lost[i].before, lost[i].ops, lost[i].count, NO_INDEX, &result))
			refuse_lost(e, &lost[i], result.op, result.reason);
	}
}

static void apply_again(struct edit_request *e)
{
	struct arena *a = &e->r->arena;

	for (size_t i = 0; i < e->again.count; i++) {
		struct edit_log_result result;

		if (!apply_logged(e, &e->again.items[i], &e->text, &result) || !result.count)
			continue; /* refused, or the file has it already */
		struct applied_op applied = {*edit_log_op(result.log[0]), result.patches,
					     result.text};
		VEC_PUSH(a, &e->applied, applied);
		e->patches = edit_patches_join(a, e->patches, result.patches);
		if (e->again.items[i].index == NO_INDEX)
			VEC_PUSH(a, &e->earlier, edit_log_op(e->again.items[i].logged));
	}
}

/* Whether all operations are for the text of the file. */
static bool is_plain(struct edit_request *e)
{
	for (size_t i = 0; i < e->count; i++)
		if (is_earlier_undo(e, e->disk, &e->ops[i]))
			return false;
	return str_eq(e->seen, e->disk);
}

/* Finds the new text. False after a reply. */
static bool compute(struct edit_request *e)
{
	struct edit_result result;

	e->text = e->disk;
	if (!e->count || is_plain(e)) {
		if (!edit_apply(&e->r->arena, e->r->path, e->seen, e->ops, e->count, &result))
			return refuse_all(e, result.op, &result);
		if (is_plain(e)) {
			e->text = result.text;
			e->patches = result.patches;
			return true;
		}
	}
	/* Another program may save a file that is only half changed; what was lost is applied when
	 * the file can be read again. */
	e->broken = !edit_apply(&e->r->arena, e->r->path, e->disk, NULL, 0, &result);
	if (!e->broken)
		log_lost(e);
	if (!log_ops(e, e->seen, e->ops, e->count, 0, &result))
		return refuse_all(e, result.op, &result);
	apply_again(e);
	return true;
}

/* ---- the response */

static void put_op(struct json_writer *j, const struct edit_op *op)
{
	json_writer_text(j, "op", str_of(edit_json_kind(op->kind)));
	if (op->kind != EDIT_UNDO && op->kind != EDIT_SCENARIOS)
		json_writer_text(j, "path", place_of(op));
}

static void put_refused(struct edit_request *e)
{
	struct json_writer *j = &e->r->json;
	const struct refused_op *first = &e->refused.items[0];
	struct api_problem problem = {.code = "conflict",
				      .message = first->reason,
				      .line = first->line,
				      .place = place_of(first->op)};

	api_reply_put_error(e->r, &problem);
	json_writer_open_array(j, "conflicts");
	for (size_t i = 0; i < e->refused.count; i++) {
		const struct refused_op *refused = &e->refused.items[i];

		json_writer_open(j, NULL);
		if (refused->index != NO_INDEX)
			json_writer_uint(j, "operation", refused->index);
		put_op(j, refused->op);
		json_writer_text(j, "code", refused->code);
		json_writer_text(j, "message", refused->reason);
		if (refused->line)
			json_writer_uint(j, "line", refused->line);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

/* The operation that undoes the edit, as JSON. */
static void put_undo(struct edit_request *e)
{
	struct buf undo;

	buf_init(&undo, 0);
	edit_json_put_undo(&undo, &e->r->arena, e->disk, e->patches);
	buf_add(json_writer_value(&e->r->json, "undo"), str_trim(buf_str(&undo)));
	buf_release(&undo);
}

static void put_response(struct edit_request *e)
{
	struct json_writer *j = &e->r->json;

	api_reply_restart(e->r);
	if (e->refused.count)
		put_refused(e);
	edit_json_put_patches(j, "patches", e->seen,
			      str_eq(e->seen, e->disk) ? e->patches
						       : edit_diff(&e->r->arena, e->seen, e->text),
			      EDIT_JSON_UTF16);
	put_undo(e);
	if (e->earlier.count) {
		json_writer_open_array(j, "again");
		for (size_t i = 0; i < e->earlier.count; i++) {
			json_writer_open(j, NULL);
			put_op(j, e->earlier.items[i]);
			json_writer_close(j);
		}
		json_writer_close_array(j);
	}
	api_document_put(e->r, e->path, e->text);
}

/* Adds what was written to the history. */
static void remember(struct edit_request *e)
{
	if (!e->broken)
		api_history_settle(e->history, e->version);
	if (str_eq(e->text, e->disk))
		return;
	if (!e->applied.count)
		api_history_add(e->history, e->ops, e->count, e->patches, e->text);
	for (size_t i = 0; i < e->applied.count; i++) {
		const struct applied_op *applied = &e->applied.items[i];

		api_history_add(e->history, &applied->op, 1, applied->patches, applied->text);
	}
}

/* ---- */

/* Writes the new text. */
static enum replace_file_result write_text(struct edit_request *e, struct buf *error)
{
	return str_eq(e->text, e->disk) ? REPLACE_FILE_DONE
					: replace_file_if(e->path, e->disk, e->text, error);
}

/* False if another program has written the file in the meantime. The response is made before the
 * file, which is not written if it is too large; but after the file when this is tried AGAIN, so
 * that a program that writes often does not win each time. */
static bool attempt(struct edit_request *e, bool again)
{
	enum replace_file_result result = REPLACE_FILE_DONE;
	struct buf error;

	e->path = api_files_read(e->r, &e->disk);
	if (!e->path)
		return true;
	e->history = api_history_see(e->r->api, e->path, e->disk);
	e->seen = find_text(e, e->version);
	if (!e->seen.ptr) {
		api_fail(e->r, 409, "changed", "%.*s was changed by another program; read it again",
			 STR_ARG(e->r->path));
		return true;
	}
	if (!compute(e))
		return true;
	buf_init(&error, 0);
	if (again)
		result = write_text(e, &error);
	if (result == REPLACE_FILE_DONE)
		put_response(e);
	if (!again && !e->r->out.overflow)
		result = write_text(e, &error);
	if (result == REPLACE_FILE_DONE && (again || !e->r->out.overflow))
		remember(e);
	if (result == REPLACE_FILE_DONE)
		api_reply(e->r, e->refused.count ? 409 : 200);
	else if (result == REPLACE_FILE_FAILED)
		api_fail(e->r, 500, "not-written", "%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	return result != REPLACE_FILE_OTHER;
}

/* {"version", "ops"} */
void api_edits_post(struct api_request *r)
{
	const struct node *body = api_body(r);
	struct str version = api_member(body, "version");
	const struct edit_op *ops;
	size_t count = 0;

	if (!body || !read_ops(r, body, &ops, &count))
		return;
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		struct edit_request e = {.r = r, .ops = ops, .count = count, .version = version};

		if (attempt(&e, i > 0))
			return;
	}
	api_fail(r, 409, "changed", "other programs keep changing %.*s; read it again",
		 STR_ARG(r->path));
}
