/* The rows of ops.def as tables. */
#include "program/program.h"
#include "scenario/enum_names.h"

static const struct {
	const char *name;
	enum operand operands[3];
	unsigned properties;
} ops[OP_COUNT] = {
#define OP(name, a, b, c, properties, prose)                                                       \
	{#name, {OPERAND_##a, OPERAND_##b, OPERAND_##c}, properties},
#include "program/ops.def"
#undef OP
};

const char *program_op_name(enum op op)
{
	return ops[op].name;
}

enum operand program_op_operand(enum op op, unsigned which)
{
	return ops[op].operands[which];
}

unsigned program_op_properties(enum op op)
{
	return ops[op].properties;
}

const char *program_fixture_name(enum fixture_kind fixture)
{
	return fixture_names[fixture];
}
