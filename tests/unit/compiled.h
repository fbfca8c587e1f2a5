/*
 * For tests of the compiler: reads the text of a scenario file with all kinds of the program and
 * compiles it; evaluates expressions like the interpreter.
 */
#ifndef TESTS_COMPILED_H
#define TESTS_COMPILED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/escape.h"
#include "cmd/all_tables.h"
#include "doc/yaml.h"
#include "program/program.h"
#include "scenario/model_read.h"

#define SLOTS 64

struct compiled {
	struct arena arena;
	struct diag_list diags;
	struct overrides overrides;
	const struct model *model; /* NULL after errors */
	struct program *program;
	struct buf text; /* the diagnostics, or the result of an evaluation */
	struct value slots[SLOTS];
	uint32_t counters[8];
	struct random_stream draws;
	_Atomic uint64_t numbers[8];
	struct scratch scratch;
	struct eval eval;
};

static inline void compiled_release(struct compiled *c)
{
	program_free(c->program);
	if (c->model)
		model_close(c->model);
	buf_release(&c->text);
	scratch_release(&c->scratch);
	arena_release(&c->arena);
}

/* Fills the slots like the code of `variables:`. */
static inline void compiled_variables(struct compiled *c)
{
	const struct program *p = c->program;

	for (uint32_t pc = p->scenarios[0].variables; pc != PC_NONE && p->code[pc].op == OP_SET;
	     pc++) {
		struct value v;

		assert_true(eval_template(p->templates[p->code[pc].b], &c->eval, &v));
		c->slots[p->code[pc].a] = value_copy(v, arena_alloc(&c->arena, value_bytes(v) + 1));
	}
}

/* Compiles TEXT; after errors c->program is NULL, and c->text has the messages. */
static inline void compiled_init(struct compiled *c, const char *text)
{
	*c = (struct compiled){.draws = random_stream(7, 1, 1, 0)};
	arena_init(&c->arena, 0);
	diag_init(&c->diags, &c->arena);
	buf_init(&c->text, 0);
	scratch_init(&c->scratch);
	c->eval = (struct eval){.slots = c->slots,
				.counters = c->counters,
				.draws = &c->draws,
				.scratch = &c->scratch,
				.numbers = c->numbers,
				.wall = 1767225600 * NS_PER_S};
	c->eval.builtins = (struct builtins){.user_id = 17,
					     .user_index = 3,
					     .iteration = 2,
					     .scenario_name = STR("Buy"),
					     .run_id = STR("r1"),
					     .shard_index = 1,
					     .shard_count = 1,
					     .response_status = 202,
					     .response_time = 1500 * NS_PER_US};
	const struct source *source =
	    source_new(&c->arena, STR("t.yaml"), arena_str(&c->arena, str_of(text)));
	const struct node *root = yaml_read(&c->arena, source, &c->diags);
	if (root)
		c->model =
		    model_read(&c->arena, source, root, &all_tables, &c->overrides, &c->diags);
	if (c->model)
		c->program = program_new(c->model, &all_tables, 0, &c->diags);
	diag_print(&c->diags, DIAG_TEXT, false, &c->text);
	if (c->program)
		compiled_variables(c);
}

#endif
