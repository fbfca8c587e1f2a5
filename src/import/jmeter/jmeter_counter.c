/* Counters, random variables and user parameters: steps that set variables. */
#include "import/jmeter/jmeter.h"

/* The counter for a format such as 0000: its digits are filled with zeros. */
static struct str with_format(struct jmeter *j, const struct jmx *e, struct str value,
			      struct str format)
{
	struct str digits = format, zeros, prefix;
	size_t at = 0;

	while (at < format.len && !strchr("0#", format.ptr[at]))
		at++;
	prefix = jmeter_text(j, e, str_slice(format, 0, at));
	digits = str_slice(format, at, format.len);
	for (size_t i = 0; i < digits.len; i++)
		if (digits.ptr[i] != '0') {
			jmeter_note(j, e, "its format is not supported");
			return arena_printf(j->arena, "${%.*s}", STR_ARG(value));
		}
	if (!digits.len)
		return arena_printf(j->arena, "%.*s${%.*s}", STR_ARG(prefix), STR_ARG(value));
	zeros = digits;
	return arena_printf(j->arena, "%.*s${([\"%.*s\", %.*s] | join(\"\")) | slice(-%zu, 1000)}",
			    STR_ARG(prefix), STR_ARG(zeros), STR_ARG(value), digits.len);
}

static void put_counter(struct jmeter *j, const struct jmx *e)
{
	struct str name = jmx_text(e, "CounterConfig.name"), word, value;
	struct str format = jmx_text(e, "CounterConfig.format");
	double start = 0, step = 1, end = 0;

	jmeter_is_number(j, jmx_text(e, "CounterConfig.start"), &start);
	if (!jmeter_is_number(j, jmx_text(e, "CounterConfig.incr"), &step))
		step = 1;
	jmeter_is_number(j, jmx_text(e, "CounterConfig.end"), &end);
	if (!name.len)
		return;
	if (!jmx_is_true(e, "CounterConfig.per_user") || j->around) {
		value =
		    arena_printf(j->arena, "(counter(%.*s) - 1)", STR_ARG(jmeter_quoted(j, name)));
	} else {
		struct str rounds = jmeter_own_variable(j, "count", "-1");

		jmeter_add_set(j, rounds, arena_printf(j->arena, "${%.*s + 1}", STR_ARG(rounds)));
		value = rounds;
	}
	if (end > start && step > 0)
		value = arena_printf(j->arena, "(%.*s %% %.0f)", STR_ARG(value),
				     (double)(int64_t)((end - start) / step) + 1);
	if (step != 1)
		value = arena_printf(j->arena, "%.*s * %.0f", STR_ARG(value), step);
	if (start != 0)
		value = arena_printf(j->arena, "%.*s + %.0f", STR_ARG(value), start);
	word = jmeter_set_name(j, name);
	jmeter_add_set(j, word,
		       format.len ? with_format(j, e, jmeter_operand(j, value), format)
				  : arena_printf(j->arena, "${%.*s}", STR_ARG(value)));
}

static void put_random(struct jmeter *j, const struct jmx *e)
{
	struct str name = jmx_text(e, "variableName"), format = jmx_text(e, "outputFormat"), value;
	double low = 0, high = 0;

	if (!name.len || !jmeter_is_number(j, jmx_text(e, "minimumValue"), &low) ||
	    !jmeter_is_number(j, jmx_text(e, "maximumValue"), &high) || high < low) {
		jmeter_unsupported(j, e, "its minimum or maximum is not a number");
		return;
	}
	value = arena_printf(j->arena, "random_int(%s%.0f%s, %.0f)", low < 0 ? "(" : "", low,
			     low < 0 ? ")" : "", high);
	jmeter_add_set(j, jmeter_set_name(j, name),
		       format.len ? with_format(j, e, value, format)
				  : arena_printf(j->arena, "${%.*s}", STR_ARG(value)));
}

void jmeter_put_counters(struct jmeter *j, const struct jmeter_node *node)
{
	for (size_t i = 0; i < node->children.count; i++) {
		const struct jmeter_node *child = node->children.items[i];

		if (child->disabled)
			continue;
		if (jmeter_is(child->element, "CounterConfig"))
			put_counter(j, child->element);
		else if (jmeter_is(child->element, "RandomVariableConfig"))
			put_random(j, child->element);
		else if (jmeter_is(child->element, "UserParameters"))
			jmeter_put_user_parameters(j, child->element);
	}
}

/* Value I of one of the threads; ROW has its values. */
static struct str user_value(struct jmeter *j, const struct jmx *e, const struct jmx *row, size_t i,
			     bool only)
{
	struct str text = i < row->children.count ? row->children.items[i]->text : STR(""), value;

	if (only)
		return jmeter_text(j, e, text);
	value = jmeter_expression(j, e, text);
	if (!value.ptr)
		jmeter_note(j, e, "a value has a function that is not supported");
	return value.ptr ? value : STR("\"\"");
}

/* A column of values, one for each thread. */
void jmeter_put_user_parameters(struct jmeter *j, const struct jmx *e)
{
	size_t threads = jmx_count(e, "UserParameters.thread_values");

	for (size_t i = 0; i < jmx_count(e, "UserParameters.names"); i++) {
		struct str name = jmx_item(e, "UserParameters.names", i)->text, value, result;
		struct buf out;

		buf_init(&out, 0);
		for (size_t k = 0; k < threads; k++) {
			value = user_value(j, e, jmx_item(e, "UserParameters.thread_values", k), i,
					   threads == 1);
			buf_printf(&out, "%s%.*s", k ? ", " : "", STR_ARG(value));
		}
		result = threads == 1 ? arena_str(j->arena, buf_str(&out))
				      : arena_printf(j->arena, "${[%.*s][user.index %% %zu]}",
						     STR_ARG(buf_str(&out)), threads);
		buf_release(&out);
		if (threads && name.len)
			jmeter_add_set(j, jmeter_set_name(j, name), result);
	}
}
