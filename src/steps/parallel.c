/* parallel: concurrent requests, as a browser loads the parts of a page. */
#include "interface/reader.h"
#include "program/emit.h"

struct parallel {
	struct keys keys;
	struct steps requests;
	int64_t limit;
};

static const struct field parallel_fields[] = {
    FIELD(struct parallel, requests, "parallel", FIELD_STEPS, .flags = FIELD_ACTION,
	  .example = "[{get: /a.css}, {get: /b.js}]",
	  .prose = "The requests; values that they extract can be used after the block."),
    FIELD(struct parallel, limit, "limit", FIELD_INT, .flags = FIELD_PARAMETER, .fallback = "6",
	  .low = 1, .high = 1000, .prose = "Maximum number of concurrent requests.",
	  .example = "6"),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct parallel *parallel = step->data;

	for (size_t i = 0; i < parallel->requests.count; i++)
		if (!(parallel->requests.items[i].kind->flags & STEP_REQUEST))
			reader_error(r, parallel->requests.items[i].span, DIAG_E348,
				     "`parallel` can contain requests only");
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct parallel *parallel = step->data;
	size_t count = parallel->requests.count;
	size_t limit = (size_t)parallel->limit < count ? (size_t)parallel->limit : count;
	uint32_t *targets = ARENA_ARRAY(emit_arena(e), count, uint32_t);
	uint32_t end = emit_label(e);

	for (size_t i = 0; i < count; i++)
		targets[i] = emit_label(e);
	emit_op(e, OP_FORK, emit_pool_fork(e, targets, count, (uint32_t)limit), end, 0, step->span);
	emit_parallel_begin(e, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		emit_bind_label(e, targets[i]);
		emit_step(e, &parallel->requests.items[i]);
		emit_op(e, OP_JOIN, 0, 0, 0, parallel->requests.items[i].span);
	}
	emit_parallel_end(e);
	emit_bind_label(e, end);
}

const struct step_kind parallel_step = {
    .name = "parallel",
    .sentence = "Sends its requests concurrently and continues when all of them are complete.",
    .fields = parallel_fields,
    .bytes = sizeof(struct parallel),
    .check = check,
    .compile = compile,
};
