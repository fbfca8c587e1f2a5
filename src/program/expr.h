/*
 * The internals of an expression: a postfix list on a small stack. Private to program/. Created by
 * the parser with expr_builder, which folds constants; const after creation and shared by all
 * threads.
 */
#ifndef PROGRAM_EXPR_H
#define PROGRAM_EXPR_H

#include "base/diag.h"
#include "interface/function.h"
#include "program/eval.h"

#define EXPR_STACK_MAX 32

/* X(name, number of values it takes from the stack: EXPR_N for `count`, EXPR_PAIRS for twice
 * that, meaning) */
#define EXPR_N	   (-1)
#define EXPR_PAIRS (-2)
#define EXPR_CODES(X)                                                                              \
	X(CONST, 0, "push `constant`")                                                             \
	X(SLOT, 0, "push slot `index`")                                                            \
	X(BUILTIN, 0, "push built-in `index`, enum builtin")                                       \
	X(DATA, 0, "push cell `count` of the user's current row of data set `index`")              \
	X(COUNTER, 0, "push the rounds of loop counter `index`")                                   \
	X(NEXT, 0, "increment run-wide number `index` and push it")                                \
	X(FORM, 0, "push the value of the control of the form that `constant` names")              \
	X(TEMPLATE, 0, "push the text of `tmpl`")                                                  \
	X(LIST, EXPR_N, "replace the last `count` values by a list of them")                       \
	X(OBJECT, EXPR_PAIRS, "replace key, value, key, value … by an object of `count` members")  \
	X(CALL, EXPR_N, "call `function` with `count` arguments")                                  \
	X(INDEX, 2, "a[b]: an item of a list, a member of an object")                              \
	X(NEGATE, 1, "-a")                                                                         \
	X(NOT, 1, "not a")                                                                         \
	X(ADD, 2, "a + b")                                                                         \
	X(SUBTRACT, 2, "a - b")                                                                    \
	X(MULTIPLY, 2, "a * b")                                                                    \
	X(DIVIDE, 2, "a / b")                                                                      \
	X(MODULO, 2, "a % b")                                                                      \
	X(EQUAL, 2, "a == b")                                                                      \
	X(UNEQUAL, 2, "a != b")                                                                    \
	X(LESS, 2, "a < b")                                                                        \
	X(LESS_EQUAL, 2, "a <= b")                                                                 \
	X(MORE, 2, "a > b")                                                                        \
	X(MORE_EQUAL, 2, "a >= b")                                                                 \
	X(CONTAINS, 2, "a contains b")                                                             \
	X(MATCHES, 1, "a matches `regex`")                                                         \
	X(AND, 1, "keep the value and jump to `index` if it is not true, otherwise drop it")       \
	X(OR, 1, "keep the value and jump to `index` if it is true, otherwise drop it")            \
	X(JOIN_URL, 1, "append a path to the target `constant`; a full URL is unchanged")

#define EXPR_ENUM(name, takes, meaning) EXPR_##name,
enum expr_code { EXPR_CODES(EXPR_ENUM) EXPR_CODE_COUNT };
#undef EXPR_ENUM

#define BUILTIN(name, text, sentence, example) BUILTIN_##name,
enum builtin {
#include "program/builtins.def"
	BUILTIN_COUNT
};

/* A built-in name, for the manual and `reprise explain`. */
struct builtin_word {
	const char *word, *sentence, *example;
};

struct regex;

struct expr_op {
	uint8_t code;	/* enum expr_code */
	uint16_t count; /* as large as data has columns: DATA_COLUMNS */
	uint32_t index;
	union {
		const struct value *constant;
		const struct function_kind *function;
		const struct regex *regex;
		const struct tmpl *tmpl;
	};
	struct span span;
};

struct expr {
	const struct expr_op *ops;
	uint32_t count;
	struct span span; /* the whole ${…} */
};

/* Its name in a file: "user.id". */
const char *expr_builtin_name(enum builtin builtin);
/* All built-in names, also those that are not in enum builtin (loop.index, env.NAME); static. */
const struct builtin_word *expr_builtin_words(size_t *count);

/* ---- evaluation (eval.c) */

/* Number of values that OP takes from the stack. */
unsigned expr_pop_count(const struct expr_op *op);

/* A constant expression is one EXPR_CONST. */
static inline bool expr_is_constant(const struct expr *expr)
{
	return expr->count == 1 && expr->ops[0].code == EXPR_CONST;
}

/* ---- building (expr_builder.c) */

struct expr_builder {
	struct arena *arena;
	struct diag_list *diags;
	struct eval *eval; /* for folding */
	VEC(struct expr_op) ops;
	unsigned depth, deepest;
	size_t floor; /* nothing before this is folded: a jump leads here */
	bool failed;  /* an error was reported */
};

/* Appends an operation, folded with constant operands before it. If the expression is too deep,
 * that is reported and `failed` is set. */
void expr_push(struct expr_builder *b, struct expr_op op);
void expr_push_value(struct expr_builder *b, struct value v, struct span span);
/* An EXPR_AND or EXPR_OR whose target is set later; returns its place in the list. */
size_t expr_push_jump(struct expr_builder *b, enum expr_code code, struct span span);
void expr_patch_jump(struct expr_builder *b, size_t jump);
const struct expr *expr_finish(struct expr_builder *b, struct span span);

#endif
