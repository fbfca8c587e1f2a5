/* The listing of `reprise show --program`: place, line of the file, op, operands as text. */
#include "base/escape.h"
#include "base/units.h"
#include "doc/node.h"
#include "program/expr.h"
#include "scenario/enum_names.h"
#include "program/program.h"

/* ---- texts */

static void put_text(struct buf *out, struct str text)
{
	size_t max = 200;

	escape_terminal(out, str_slice(text, 0, max));
	if (text.len > max)
		buf_add(out, STR("…"));
}

static void put_slot(const struct program *p, struct buf *out, uint32_t slot)
{
	if (p->slot_names[slot].len)
		put_text(out, p->slot_names[slot]);
	else
		buf_printf(out, "#%u", slot);
}

static void put_constant(struct buf *out, const struct value *v)
{
	struct buf text;

	buf_init(&text, 0);
	if (v->secret)
		buf_add(&text, STR("\"***\""));
	else
		value_put_json(&text, *v);
	put_text(out, buf_str(&text));
	buf_release(&text);
}

/* An expression that the compiler created: its postfix list. */
static void put_postfix(const struct program *p, struct buf *out, const struct expr *expr)
{
#define EXPR_NAME(name, takes, meaning) #name,
	static const char *const names[] = {EXPR_CODES(EXPR_NAME)};
#undef EXPR_NAME
	for (uint32_t i = 0; i < expr->count; i++) {
		const struct expr_op *op = &expr->ops[i];

		if (i)
			buf_add_char(out, ' ');
		if (op->code == EXPR_SLOT)
			put_slot(p, out, op->index);
		else if (op->code == EXPR_CONST)
			put_constant(out, op->constant);
		else if (op->code == EXPR_COUNTER)
			buf_printf(out, "counter%u", op->index);
		else if (op->code == EXPR_CALL)
			buf_add(out, str_of(op->function->name));
		else
			buf_add(out, str_of(names[op->code]));
	}
}

static void put_expr(const struct program *p, struct buf *out, const struct expr *expr)
{
	struct span span = expr->span;

	if (expr_is_constant(expr)) {
		put_constant(out, expr->ops[0].constant);
		return;
	}
	if (!span.source) {
		buf_add(out, STR("${"));
		put_postfix(p, out, expr);
		buf_add_char(out, '}');
		return;
	}
	struct str written = str_slice(span.source->text, span.begin, span.end);
	if (expr->ops[expr->count - 1].code == EXPR_JOIN_URL)
		buf_add(out, STR("(target)"));
	bool whole = str_starts(written, STR("${"));
	if (!whole)
		buf_add(out, STR("${"));
	put_text(out, written);
	if (!whole)
		buf_add_char(out, '}');
}

static const char *escape_word(enum tmpl_escape escape)
{
	static const char *const words[] = {
	    [ESCAPE_NONE] = "",
	    [ESCAPE_URL] = "url:",
	    [ESCAPE_COMPONENT] = "component:",
	    [ESCAPE_FORM] = "form:",
	    [ESCAPE_JSON_TEXT] = "json text:",
	    [ESCAPE_JSON_VALUE] = "json:",
	    [ESCAPE_HEADER] = "",
	};

	return words[escape];
}

static void put_tmpl(const struct program *p, struct buf *out, const struct tmpl *tmpl)
{
	if (tmpl->constant && (tmpl->value.type != VALUE_TEXT || tmpl->value.secret)) {
		put_constant(out, &tmpl->value);
		return;
	}
	if (tmpl->constant) {
		put_text(out, tmpl->value.text);
		return;
	}
	for (size_t i = 0; i < tmpl->count; i++) {
		const struct tmpl_part *part = &tmpl->parts[i];

		if (!part->expr) {
			put_text(out, part->secret ? STR("***") : part->literal);
			continue;
		}
		buf_add(out, str_of(escape_word(part->escape)));
		put_expr(p, out, part->expr);
	}
}

/* ---- operands */

static void put_think(struct buf *out, const struct think_time *think)
{
	static const char *const words[] = {
	    [THINK_NORMAL] = "normal",
	    [THINK_EXPONENTIAL] = "exponential",
	    [THINK_LOGNORMAL] = "lognormal",
	};
	bool call = think->kind == THINK_NORMAL || think->kind == THINK_EXPONENTIAL ||
		    think->kind == THINK_LOGNORMAL;

	if (call)
		buf_printf(out, "%s(", words[think->kind]);
	units_put_duration(out, think->a);
	if (think->kind == THINK_RANGE || (call && think->kind != THINK_EXPONENTIAL)) {
		buf_add(out, think->kind == THINK_RANGE ? STR("..") : STR(", "));
		units_put_duration(out, think->b);
	}
	if (call)
		buf_add_char(out, ')');
}

/* The rest of a line after a key, up to the brace or comma that ends the value in `{…}`. */
static struct str value_after(struct str rest)
{
	size_t at = 0, depth = 0;
	char quote = '\0';

	for (; at < rest.len && rest.ptr[at] != '\n'; at++) {
		char c = rest.ptr[at];

		if (quote || c == '"' || c == '\'')
			quote = !quote ? c : quote == c ? '\0' : quote;
		else if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']' || c == ',') {
			if (!depth)
				break;
			depth -= c != ',';
		}
	}
	return str_trim(str_slice(rest, 0, at));
}

/* The value after a key, as written, if it is on the key's line. */
static void put_value_after(struct buf *out, struct span key)
{
	if (!key.source)
		return;
	struct str rest = str_slice(key.source->text, key.end, key.source->text.len);
	put_text(out, value_after(str_slice(rest, str_starts(rest, STR(":")), rest.len)));
}

static void put_extract(const struct program *p, struct buf *out, const struct extract_plan *plan)
{
	static const char *const words[] = {
	    [MATCH_FIRST] = "first", [MATCH_LAST] = "last", [MATCH_RANDOM] = "random",
	    [MATCH_ALL] = "all",     [MATCH_NTH] = "nth",
	};
	const struct extract *x = plan->source;

	put_slot(p, out, plan->slot);
	buf_printf(out, " = %s ", plan->kind->name);
	if (x->parts)
		put_value_after(out, x->span);
	else
		put_text(out, x->value.raw);
	if (x->match == MATCH_NTH)
		buf_printf(out, ", match %lld", (long long)x->nth);
	else if (x->match != MATCH_FIRST)
		buf_printf(out, ", match %s", words[x->match]);
	if (x->from.raw.ptr)
		buf_printf(out, ", from %.*s", STR_ARG(x->from.raw));
	if (plan->fallback) {
		buf_add(out, STR(", default \""));
		put_tmpl(p, out, plan->fallback);
		buf_add_char(out, '"');
	}
	if (x->secret)
		buf_add(out, STR(", secret"));
}

static void put_expect(struct buf *out, const struct expect_plan *plan)
{
	buf_printf(out, "%s ", plan->kind->name);
	put_value_after(out, plan->span);
}

static void put_choice(struct buf *out, const struct choice_plan *choice)
{
	double before = 0;

	for (size_t i = 0; i < choice->count; i++) {
		buf_printf(out, "%s%.4g%% -> %u", i ? ", " : "", (choice->upto[i] - before) * 100,
			   choice->targets[i]);
		before = choice->upto[i];
	}
}

static void put_fork(struct buf *out, const struct fork_plan *fork)
{
	buf_add(out, STR("fibers at"));
	for (size_t i = 0; i < fork->count; i++)
		buf_printf(out, "%s%u", i ? ", " : " ", fork->targets[i]);
	buf_printf(out, ", %u concurrent", fork->limit);
}

static void put_operand(const struct program *p, struct buf *out, enum operand operand, uint32_t at)
{
	switch (operand) {
	case OPERAND_NONE:
		return;
	case OPERAND_PC:
		buf_printf(out, "-> %u", at);
		return;
	case OPERAND_SLOT:
		put_slot(p, out, at);
		return;
	case OPERAND_EXPR:
		put_expr(p, out, p->exprs[at]);
		return;
	case OPERAND_TEMPLATE:
		put_tmpl(p, out, p->templates[at]);
		return;
	case OPERAND_REQUEST:
		put_text(out, p->requests[at].name);
		return;
	case OPERAND_EXTRACT:
		put_extract(p, out, &p->extracts[at]);
		return;
	case OPERAND_EXPECT:
		put_expect(out, &p->expects[at]);
		return;
	case OPERAND_THINK:
		put_think(out, &p->thinks[at]);
		return;
	case OPERAND_COUNTER:
		buf_printf(out, "counter%u", at);
		return;
	case OPERAND_CHOICE:
		put_choice(out, &p->choices[at]);
		return;
	case OPERAND_FORK:
		put_fork(out, &p->forks[at]);
		return;
	case OPERAND_GROUP:
		put_text(out, p->series[at].name);
		return;
	case OPERAND_RENDEZVOUS:
		put_text(out, p->rendezvous[at].name);
		return;
	case OPERAND_MESSAGE:
		put_tmpl(p, out, p->sends[at].message.text);
		return;
	case OPERAND_NUMBER:
		buf_printf(out, "%u", at);
		return;
	}
}

/* ---- lines */

static void put_needs(struct buf *out, const struct request_plan *q)
{
	buf_add(out, STR("reads"));
	if (q->needs & NEEDS_BODY)
		buf_add(out, STR(" body"));
	if (q->needs & NEEDS_HEADERS)
		buf_add(out, STR(" headers"));
	if (q->needs & NEEDS_COOKIES)
		buf_add(out, STR(" cookies"));
	if (!q->needs)
		buf_add(out, STR(" the status only"));
	if (q->page_parts)
		buf_add(out, STR(", keeps the page"));
	if (q->named_parts)
		buf_add(out, STR(", keeps the page under its name"));
}

/* A request that uses renewed values: when it waits, and when it is sent again. */
static void put_renewal(struct buf *out, const struct renewal_plan *plan)
{
	buf_printf(out, "; waits while %s is renewed",
		   plan->lazy ? "its token" : fixture_names[plan->fixture]);
	for (size_t i = 0; i < plan->status_count; i++) {
		const struct status_range *range = &plan->statuses[i];

		buf_add(out, i ? STR(", ") : STR(", is sent again after "));
		if (range->high > range->low)
			buf_printf(out, "%dxx", range->low / 100);
		else
			buf_printf(out, "%d", range->low);
	}
}

/* The request, printed below REQUEST. */
static void put_request(const struct program *p, struct buf *out, const struct request_plan *q)
{
	static const char indent[] = "                                   ";
	static const char *const fails[] = {"stop_iteration", "continue", "stop_user", "stop_run",
					    "as the scenario"};

	buf_printf(out, "%s%.*s ", indent, STR_ARG(q->method));
	if (q->page_action)
		buf_printf(out, "%s of the page%s%.*s",
			   q->page_action->follows ? "a link" : "a form",
			   q->page_action->page.len ? " of " : "", STR_ARG(q->page_action->page));
	else
		put_tmpl(p, out, q->url);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < q->header_count; i++) {
		buf_printf(out, "%s%.*s: ", indent, STR_ARG(q->headers[i].name));
		put_tmpl(p, out, q->headers[i].value);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < q->file_count; i++) {
		buf_printf(out, "%sbody ", indent);
		put_tmpl(p, out, q->files[i].before);
		buf_printf(out, "\n%sfile %.*s, %zu bytes\n", indent, STR_ARG(q->files[i].path),
			   q->files[i].content.len);
	}
	if (q->body_file.len) {
		buf_printf(out, "%sfile %.*s, %zu bytes\n", indent, STR_ARG(q->body_file),
			   q->body->value.text.len);
	} else if (q->body) {
		buf_printf(out, "%sbody ", indent);
		put_tmpl(p, out, q->body);
		buf_add_char(out, '\n');
	}
	buf_add(out, str_of(indent));
	put_needs(out, q);
	buf_printf(out, "; redirects %s; on failure %s%s", q->follow ? "followed" : "not followed",
		   fails[q->on_failure], q->default_expect ? "; 4xx and 5xx fail" : "");
	for (uint32_t i = 0; q->renewals >> i; i++)
		if (q->renewals >> i & 1)
			put_renewal(out, &p->renewals[i]);
	buf_add_char(out, '\n');
}

static size_t widest_label(const struct program *p, struct arena *scratch)
{
	size_t widest = 0;

	for (uint32_t pc = 0; pc < p->code_count; pc++) {
		struct str label = source_span_label(scratch, p->code[pc].span);

		if (label.len > widest)
			widest = label.len;
	}
	return widest;
}

static void put_wait(const struct program *p, struct buf *out, const struct wait_step *wait)
{
	if (wait->message) {
		buf_add(out, STR("         sends "));
		put_tmpl(p, out, wait->message->text);
		buf_add_char(out, '\n');
	}
	for (uint32_t i = 0; i < wait->expect_count; i++) {
		buf_add(out, STR("         matches "));
		put_expect(out, &p->expects[wait->first_expect + i]);
		buf_add_char(out, '\n');
	}
}

static void put_channel(const struct program *p, struct buf *out,
			const struct channel_step *channel)
{
	buf_add(out, STR("         opens "));
	if (channel->listens)
		buf_printf(out, "a stream of %s%s",
			   channel->ndjson ? "lines of JSON" : "server-sent events",
			   channel->reconnects ? ", and opens it again" : "");
	else
		buf_printf(out, "a WebSocket%s%.*s", channel->protocols.len ? ": " : "",
			   STR_ARG(channel->protocols));
	buf_printf(out, "; until the end of the %s\n", channel->keep_user ? "user" : "iteration");
	for (size_t i = 0; i < channel->rule_count; i++) {
		const struct channel_rule *rule = &channel->rules[i];

		for (uint32_t k = 0; k < rule->expect_count; k++) {
			buf_add(out, STR("         on message "));
			put_expect(out, &p->expects[rule->first_expect + k]);
			buf_add_char(out, '\n');
		}
		if (!rule->reply)
			continue;
		buf_add(out, STR("         replies "));
		put_tmpl(p, out, rule->reply->text);
		buf_add_char(out, '\n');
	}
}

static void put_line(const struct program *p, struct buf *out, struct arena *scratch, size_t width,
		     uint32_t pc)
{
	const struct instr *instr = &p->code[pc];
	uint32_t operands[3] = {instr->a, instr->b, instr->c};
	struct str label = source_span_label(scratch, instr->span);
	bool first = true;

	buf_printf(out, "%5u  %-*.*s  %-12s", pc, (int)width, STR_ARG(label),
		   program_op_name((enum op)instr->op));
	for (unsigned i = 0; i < 3; i++) {
		enum operand operand = program_op_operand((enum op)instr->op, i);

		if (operand == OPERAND_NONE)
			continue;
		buf_add(out, instr->op == OP_SET && !first ? STR(" = ") : STR(" "));
		put_operand(p, out, operand, operands[i]);
		first = false;
	}
	while (out->len && out->data[out->len - 1] == ' ')
		out->len--;
	buf_add_char(out, '\n');
	if (instr->op == OP_REQUEST)
		put_request(p, out, &p->requests[instr->a]);
	if (instr->op == OP_REQUEST && p->requests[instr->a].channel)
		put_channel(p, out, p->requests[instr->a].channel);
	if (instr->op == OP_WAIT)
		put_wait(p, out, p->requests[instr->a].wait);
}

static void put_heading(const struct program *p, struct buf *out, uint32_t pc)
{
	for (int i = 0; i < FIXTURE_NONE; i++)
		if (p->fixture[i] == pc)
			buf_printf(out, "%s%s\n", pc ? "\n" : "", fixture_names[i]);
	for (uint32_t i = 0; i < p->renewal_count; i++)
		if (p->renewals[i].lazy && p->renewals[i].pc == pc)
			buf_printf(out, "%stoken of %s\n", pc ? "\n" : "",
				   p->renewals[i].fixture == FIXTURE_SETUP ? "all users"
									   : "a user");
	if (p->user_variables == pc)
		buf_printf(out, "%svariables of a user\n", pc ? "\n" : "");
	for (uint32_t i = 0; i < p->scenario_count; i++) {
		const struct scenario_plan *s = &p->scenarios[i];

		if (i == 0 && s->variables == pc)
			buf_add(out, pc ? STR("\nvariables\n") : STR("variables\n"));
		if (s->entry != pc)
			continue;
		buf_printf(out, "%sscenario \"", pc ? "\n" : "");
		put_text(out, s->name);
		buf_printf(out, "\", weight %g\n", s->weight);
	}
}

void program_disassemble(const struct program *p, struct buf *out)
{
	struct arena scratch;

	arena_init(&scratch, 0);
	size_t width = widest_label(p, &scratch);
	for (uint32_t pc = 0; pc < p->code_count; pc++) {
		put_heading(p, out, pc);
		put_line(p, out, &scratch, width, pc);
	}
	buf_printf(out, "\n%u instructions, %u variables, %u loop counters, up to %u fibers\n",
		   p->code_count, p->slot_count, p->counter_count, p->fiber_count);
	arena_release(&scratch);
}
