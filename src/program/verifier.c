/* Checks a program against ops.def: an error found here is a bug of the compiler, never the
 * user's. */
#include "base/log.h"
#include "program/program.h"
#include "scenario/enum_names.h"

static uint32_t pool_count(const struct program *p, enum operand operand)
{
	switch (operand) {
	case OPERAND_PC:
		return p->code_count;
	case OPERAND_SLOT:
		return p->slot_count;
	case OPERAND_EXPR:
		return p->expr_count;
	case OPERAND_TEMPLATE:
		return p->template_count;
	case OPERAND_REQUEST:
		return p->request_count;
	case OPERAND_EXTRACT:
		return p->extract_count;
	case OPERAND_EXPECT:
		return p->expect_count;
	case OPERAND_THINK:
		return p->think_count;
	case OPERAND_COUNTER:
		return p->counter_count;
	case OPERAND_CHOICE:
		return p->choice_count;
	case OPERAND_FORK:
		return p->fork_count;
	case OPERAND_GROUP:
		return p->series_count;
	case OPERAND_RENDEZVOUS:
		return p->rendezvous_count;
	case OPERAND_MESSAGE:
		return p->send_count;
	case OPERAND_NUMBER:
		return UINT32_MAX;
	case OPERAND_NONE:
		return 1; /* unused operands are 0 */
	}
	return 0;
}

static void verify_instr(const struct program *p, uint32_t pc)
{
	const struct instr *instr = &p->code[pc];
	uint32_t operands[3] = {instr->a, instr->b, instr->c};

	if (instr->op >= OP_COUNT)
		BUG("pc %u: no such op %u", pc, instr->op);
	for (unsigned i = 0; i < 3; i++)
		if (operands[i] >= pool_count(p, program_op_operand((enum op)instr->op, i)))
			BUG("pc %u: operand %u of %s is %u", pc, i,
			    program_op_name((enum op)instr->op), operands[i]);
	if (pc + 1 == p->code_count && !(program_op_properties((enum op)instr->op) & OP_ENDS))
		BUG("pc %u: %s falls off the end", pc, program_op_name((enum op)instr->op));
}

/* Between a REQUEST and its REQUEST_END only ops that read the response are allowed. */
static void verify_responses(const struct program *p)
{
	uint32_t settle = PC_NONE, request = 0;

	for (uint32_t pc = 0; pc < p->code_count; pc++) {
		const struct instr *instr = &p->code[pc];
		bool looks = program_op_properties((enum op)instr->op) & OP_READS_RESPONSE;

		if (instr->op == OP_REQUEST || instr->op == OP_WAIT) {
			if (settle != PC_NONE || instr->b <= pc ||
			    p->code[instr->b].op != OP_REQUEST_END)
				BUG("pc %u: a request without its REQUEST_END", pc);
			settle = instr->b;
			request = instr->a;
		} else if (pc == settle) {
			if (instr->a != request)
				BUG("pc %u: REQUEST_END of another request", pc);
			settle = PC_NONE;
		} else if (looks != (settle != PC_NONE)) {
			BUG("pc %u: %s without a response, or between REQUEST and REQUEST_END", pc,
			    program_op_name((enum op)instr->op));
		}
	}
}

void program_verify(const struct program *p)
{
	for (uint32_t pc = 0; pc < p->code_count; pc++)
		verify_instr(p, pc);
	verify_responses(p);
	for (uint32_t i = 0; i < p->scenario_count; i++)
		if (p->scenarios[i].entry >= p->code_count ||
		    p->scenarios[i].end >= p->code_count ||
		    p->code[p->scenarios[i].end].op != OP_END)
			BUG("scenario %u has no valid entry or end", i);
	for (int i = 0; i < FIXTURE_NONE; i++)
		if (p->fixture[i] != PC_NONE && p->fixture[i] >= p->code_count)
			BUG("%s has no valid entry", fixture_names[i]);
	for (uint32_t i = 0; i < p->fork_count; i++)
		for (size_t t = 0; t < p->forks[i].count; t++)
			if (p->forks[i].targets[t] >= p->code_count)
				BUG("fork %u has no valid target", i);
	for (uint32_t i = 0; i < p->choice_count; i++)
		for (size_t t = 0; t < p->choices[i].count; t++)
			if (p->choices[i].targets[t] >= p->code_count)
				BUG("choice %u has no valid target", i);
}
