/* Builds postfix lists: pushing, folding of constants, jumps of `and` and `or`. */
#include "program/expr.h"

static bool has_constants(const struct expr_builder *b, unsigned takes)
{
	if (b->ops.count < b->floor + takes)
		return false;
	for (unsigned i = 0; i < takes; i++)
		if (b->ops.items[b->ops.count - 1 - i].code != EXPR_CONST)
			return false;
	return true;
}

static bool may_fold(const struct expr_builder *b, const struct expr_op *op, unsigned takes)
{
	if (!takes && op->code != EXPR_LIST && op->code != EXPR_OBJECT && op->code != EXPR_CALL)
		return false;
	if (op->code == EXPR_AND || op->code == EXPR_OR)
		return false;
	if (op->code == EXPR_CALL && !(op->function->flags & FUNCTION_PURE))
		return false;
	return has_constants(b, takes);
}

static bool holds_secret(const struct expr *expr)
{
	for (uint32_t i = 0; i < expr->count; i++)
		if (expr->ops[i].code == EXPR_CONST && expr->ops[i].constant->secret)
			return true;
	return false;
}

/* Evaluates the last ops, which are constants and a call or an operator. */
static struct value evaluate(struct expr_builder *b, unsigned takes)
{
	struct expr all = {.ops = b->ops.items + b->ops.count - 1 - takes, .count = takes + 1};
	struct span span = source_span_join(all.ops[0].span, all.ops[takes].span);
	struct value v;

	scratch_clear(b->eval->scratch);
	if (eval_expr(&all, b->eval, &v))
		return v;
	if (!b->failed)
		diag_error(b->diags, span, DIAG_E206, "%s",
			   holds_secret(&all)
			       ? "this expression fails with its secret value, which is not shown"
			       : b->eval->error);
	b->failed = true;
	return VALUE_NOTHING;
}

/* A function that draws has another result each time, but the same errors. */
static void try_draw(struct expr_builder *b, unsigned takes)
{
	struct random_stream draws = random_stream(0, 0, 0, 0), *usual = b->eval->draws;

	b->eval->draws = &draws;
	(void)evaluate(b, takes);
	b->eval->draws = usual;
}

/* Evaluates the last ops now and replaces them by their value. */
static void fold(struct expr_builder *b, unsigned takes)
{
	size_t from = b->ops.count - 1 - takes;
	struct span span =
	    source_span_join(b->ops.items[from].span, b->ops.items[from + takes].span);
	struct value v = evaluate(b, takes);
	struct value *kept = ARENA_NEW(b->arena, struct value);
	*kept = value_copy(v, arena_alloc(b->arena, value_bytes(v) + 1));
	b->ops.count = from;
	VEC_PUSH(b->arena, &b->ops,
		 ((struct expr_op){.code = EXPR_CONST, .constant = kept, .span = span}));
}

void expr_push(struct expr_builder *b, struct expr_op op)
{
	unsigned takes = expr_pop_count(&op),
		 leaves = op.code == EXPR_AND || op.code == EXPR_OR ? 0 : 1;
	bool folds = !b->failed && may_fold(b, &op, takes);
	bool draws = !b->failed && op.code == EXPR_CALL && op.function->flags & FUNCTION_DRAWS &&
		     has_constants(b, takes);
	VEC_PUSH(b->arena, &b->ops, op);
	b->depth = b->depth - takes + leaves;
	if (b->depth > b->deepest)
		b->deepest = b->depth;
	if (folds)
		fold(b, takes);
	else if (draws)
		try_draw(b, takes);
	if (b->deepest > EXPR_STACK_MAX && !b->failed) {
		diag_error(b->diags, op.span, DIAG_E200,
			   "this expression is too long; split it with a `set` step");
		b->failed = true;
	}
}

void expr_push_value(struct expr_builder *b, struct value v, struct span span)
{
	struct value *kept = ARENA_NEW(b->arena, struct value);

	*kept = v;
	expr_push(b, (struct expr_op){.code = EXPR_CONST, .constant = kept, .span = span});
}

size_t expr_push_jump(struct expr_builder *b, enum expr_code code, struct span span)
{
	expr_push(b, (struct expr_op){.code = (uint8_t)code, .span = span});
	return b->ops.count - 1;
}

void expr_patch_jump(struct expr_builder *b, size_t jump)
{
	b->ops.items[jump].index = (uint32_t)b->ops.count;
	b->floor = b->ops.count;
}

const struct expr *expr_finish(struct expr_builder *b, struct span span)
{
	struct expr *expr = ARENA_NEW(b->arena, struct expr);

	if (b->failed) {
		struct value *nothing = ARENA_NEW(b->arena, struct value);
		struct expr_op *op = ARENA_NEW(b->arena, struct expr_op);

		*op = (struct expr_op){.code = EXPR_CONST, .constant = nothing, .span = span};
		*expr = (struct expr){.ops = op, .count = 1, .span = span};
		return expr;
	}
	*expr = (struct expr){.ops = b->ops.items, .count = (uint32_t)b->ops.count, .span = span};
	return expr;
}
