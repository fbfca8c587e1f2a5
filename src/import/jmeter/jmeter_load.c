/* Thread groups as loads. */
#include "import/jmeter/jmeter.h"

#define SECONDS_MAX 1e7 /* longer times are errors of the plan */

/* How long a thread group without an end runs; JMeter runs it until it is stopped. */
#define ENDLESS "1h"

bool jmeter_is_group(const struct jmx *element)
{
	return str_ends(element->tag, STR("ThreadGroup")) &&
	       !jmeter_is(element, "SetupThreadGroup") && !jmeter_is(element, "PostThreadGroup");
}

const char *jmeter_on_failure(const struct jmx *group)
{
	struct str action = jmx_text(group, "ThreadGroup.on_sample_error");

	if (str_eq(action, STR("startnextloop")))
		return "stop_iteration";
	if (str_eq(action, STR("stopthread")))
		return "stop_user";
	if (str_eq(action, STR("stoptest")) || str_eq(action, STR("stoptestnow")))
		return "stop_run";
	return "continue";
}

static void put(struct jmeter *j, struct yaml_writer_node *load, const char *key, struct str value)
{
	double number;

	yaml_writer_put(j->arena, load, str_of(key),
			str_to_double(value, &number) ? yaml_writer_word(j->arena, value)
						      : yaml_writer_text(j->arena, value));
}

/* Whether TEXT has a value that is not zero. */
static bool is_given(struct jmeter *j, struct str text)
{
	double number;

	return str_trim(text).len &&
	       !(jmeter_is_number(j, text, &number) && (number <= 0 || number > SECONDS_MAX));
}

static struct str count_of(struct jmeter *j, const struct jmx *group, struct str text)
{
	struct str number = jmeter_number(j, text);
	double value;

	if (number.ptr &&
	    (!str_to_double(number, &value) || (value >= 1 && value == (double)(int64_t)value)))
		return number;
	jmeter_note(j, group,
		    arena_printf(j->arena, "'%.*s' is not a number of threads; 1 is used",
				 STR_ARG(str_cut(text, 40)))
			.ptr);
	return STR("1");
}

/* The number of loops; ptr NULL: forever. */
static struct str loops_of(struct jmeter *j, const struct jmx *group)
{
	const struct jmx *controller = jmx_property(group, "ThreadGroup.main_controller");
	struct str loops = jmx_text(controller, "LoopController.loops"), number;
	double value;

	if (jmx_is_true(controller, "LoopController.continue_forever"))
		return STR_NULL;
	if (!controller || !loops.len)
		return STR("1");
	number = jmeter_number(j, loops);
	if (jmeter_is_number(j, loops, &value) && value < 0)
		return STR_NULL;
	return number.ptr ? number : STR("1");
}

static void put_end(struct jmeter *j, const struct jmx *group, struct yaml_writer_node *load)
{
	struct str loops = loops_of(j, group), length = jmx_text(group, "ThreadGroup.duration");
	bool limited = jmx_is_true(group, "ThreadGroup.scheduler") && is_given(j, length) &&
		       jmeter_number(j, length).ptr;
	double value;

	/* Zero threads or loops: JMeter performs nothing. */
	if (loops.ptr && !(str_to_double(loops, &value) && value < 1))
		put(j, load, "iterations", loops);
	if (limited)
		put(j, load, "duration", jmeter_load_time(j, group, length, "s"));
	if (!loops.ptr && !limited) {
		put(j, load, "duration", STR(ENDLESS));
		jmeter_note(j, group, "it has no end; " ENDLESS " is used as duration");
	}
}

/* Whether the ramp-up is longer than the duration, which JMeter cuts off. */
static bool is_longer(struct jmeter *j, const struct jmx *group, struct str ramp)
{
	double over, length;

	return jmx_is_true(group, "ThreadGroup.scheduler") && jmeter_is_number(j, ramp, &over) &&
	       jmeter_is_number(j, jmx_text(group, "ThreadGroup.duration"), &length) &&
	       length > 0 && over > length;
}

static struct yaml_writer_node *plain_load(struct jmeter *j, const struct jmx *group,
					   struct str *start_after)
{
	struct yaml_writer_node *load = yaml_writer_map(j->arena);
	struct str users = count_of(j, group, jmx_text(group, "ThreadGroup.num_threads"));
	struct str ramp = jmx_text(group, "ThreadGroup.ramp_time");
	struct str delay = jmx_text(group, "ThreadGroup.delay");

	load->flow = true;
	put(j, load, "users", users);
	put_end(j, group, load);
	if (is_longer(j, group, ramp))
		jmeter_note(j, group, "its ramp-up is longer than its duration; it is omitted");
	else if (is_given(j, ramp) && jmeter_number(j, ramp).ptr && !str_eq(users, STR("1")))
		put(j, load, "ramp_up", jmeter_load_time(j, group, ramp, "s"));
	if (jmx_is_true(group, "ThreadGroup.scheduler") && is_given(j, delay))
		*start_after = jmeter_load_time(j, group, delay, "s");
	return load;
}

struct yaml_writer_node *jmeter_load(struct jmeter *j, const struct jmx *group,
				     struct str *start_after)
{
	struct yaml_writer_node *load;

	*start_after = STR_NULL;
	if (jmeter_is(group, "OpenModelThreadGroup"))
		load = jmeter_open_model(j, group);
	else
		load = jmeter_stages(j, group);
	return load ? load : plain_load(j, group, start_after);
}
