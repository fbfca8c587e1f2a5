/* Controllers, and which elements of a plan are performed. */
#include "import/jmeter/jmeter.h"

/* Rounds of a While Controller, and of others that end by time. */
#define ROUNDS_MAX "10000"

bool jmeter_is_performed(const struct jmeter_node *node)
{
	static const char *const ends[] = {
	    "Sampler",		 "SamplerProxy", "Sampler2",   "Controller",
	    "ThreadGroup",	 "RunTime",	 "TestAction", "Subscriber",
	    "InterleaveControl", "SmtpSampler",	 NULL};

	for (size_t i = 0; ends[i]; i++)
		if (str_ends(node->element->tag, str_of(ends[i])))
			return true;
	return false;
}

/* ---- elements that are not performed by themselves */

static bool is_listener(const struct jmx *e)
{
	static const char *const names[] = {"ResultCollector",
					    "Summariser",
					    "Listener",
					    "Visualizer",
					    "ResultSaver",
					    "DebugSampler",
					    "DebugPostProcessor",
					    "MailerResultCollector",
					    NULL};

	for (size_t i = 0; names[i]; i++)
		if (str_ends(e->tag, str_of(names[i])))
			return true;
	return false;
}

static bool is_code(const struct jmx *e)
{
	return str_starts(e->tag, STR("JSR223")) || str_starts(e->tag, STR("BeanShell")) ||
	       str_starts(e->tag, STR("BSF"));
}

/* Elements that the scope of a request, or another file, converts. */
static bool is_known(const struct jmx *e)
{
	static const char *const names[] = {"HeaderManager",
					    "CookieManager",
					    "AuthManager",
					    "Arguments",
					    "CSVDataSet",
					    "CounterConfig",
					    "RandomVariableConfig",
					    "UserParameters",
					    "ConstantTimer",
					    "UniformRandomTimer",
					    "GaussianRandomTimer",
					    "PoissonRandomTimer",
					    "SyncTimer",
					    "ConstantThroughputTimer",
					    "PreciseThroughputTimer",
					    "WorkBench",
					    "TestPlan",
					    "TestFragmentController",
					    NULL};

	if (jmeter_is(e, "ConfigTestElement"))
		return str_eq(e->gui, STR("HttpDefaultsGui")) || !e->gui.len;
	for (size_t i = 0; names[i]; i++)
		if (jmeter_is(e, names[i]))
			return true;
	return jmeter_is_extractor(e) || jmeter_is_assertion(e);
}

void jmeter_put_setting(struct jmeter *j, const struct jmeter_node *node)
{
	const struct jmx *e = node->element;

	if (node->disabled)
		j->skipped++;
	else if (is_listener(e) && !is_code(e))
		j->listeners++;
	else if (is_code(e))
		jmeter_unsupported(j, e, "code is not run");
	else if (jmeter_is(e, "CacheManager"))
		jmeter_note(j, e, "a cache is not supported: each request is sent");
	else if (!is_known(e))
		jmeter_unsupported(j, e, "not supported");
}

/* ---- lists of steps */

void jmeter_put_children(struct jmeter *j, const struct jmeter_node *node)
{
	if (!j->in_parallel)
		jmeter_put_counters(j, node);
	for (size_t i = 0; i < node->children.count; i++)
		if (!jmeter_is_performed(node->children.items[i]))
			jmeter_put_setting(j, node->children.items[i]);
	for (size_t i = 0; i < node->children.count; i++)
		if (jmeter_is_performed(node->children.items[i]))
			jmeter_put_node(j, node->children.items[i]);
}

struct yaml_writer_node *jmeter_child_steps(struct jmeter *j, const struct jmeter_node *node)
{
	struct yaml_writer_node *outer = j->steps, *list = yaml_writer_list(j->arena);

	j->steps = list;
	jmeter_put_children(j, node);
	j->steps = outer;
	return list;
}

/* The steps of NODE below KEY of a step; the step is not added if there are none. */
static void put_block(struct jmeter *j, const struct jmeter_node *node,
		      struct yaml_writer_node *step, const char *key)
{
	struct yaml_writer_node *inner = jmeter_child_steps(j, node);

	if (!inner->members.count)
		return;
	yaml_writer_put(j->arena, step, str_of(key), inner);
	jmeter_add_step(j, step);
}

static void put_loop(struct jmeter *j, const struct jmeter_node *node,
		     struct yaml_writer_node *step)
{
	if (j->loop_depth == sizeof j->loops / sizeof *j->loops) {
		jmeter_unsupported(j, node->element, "loops are nested too deeply");
		return;
	}
	j->loops[j->loop_depth++] = node;
	put_block(j, node, step, "steps");
	j->loop_depth--;
}

static struct yaml_writer_node *while_step(struct jmeter *j, struct str condition)
{
	struct yaml_writer_node *step = yaml_writer_map(j->arena);

	yaml_writer_put_text(j->arena, step, STR("while"),
			     arena_printf(j->arena, "${%.*s}", STR_ARG(condition)));
	yaml_writer_put(j->arena, step, STR("max"), yaml_writer_word(j->arena, STR(ROUNDS_MAX)));
	return step;
}

/* ---- one controller each */

static void put_repeat(struct jmeter *j, const struct jmeter_node *node)
{
	struct str loops = jmx_text(node->element, "LoopController.loops");
	struct yaml_writer_node *step = yaml_writer_map(j->arena);
	double value;

	if (jmx_is_true(node->element, "LoopController.continue_forever") &&
	    (!loops.len || (jmeter_is_number(j, loops, &value) && value < 0)))
		loops = STR("-1");
	if (!str_trim(loops).len)
		loops = STR("1");
	if (jmeter_is_number(j, loops, &value) && value < 0) {
		put_loop(j, node, while_step(j, STR("true")));
		return;
	}
	yaml_writer_put_text(j->arena, step, STR("repeat"),
			     jmeter_text(j, node->element, str_trim(loops)));
	put_loop(j, node, step);
}

static void put_while(struct jmeter *j, const struct jmeter_node *node)
{
	struct str text = str_trim(jmx_text(node->element, "WhileController.condition"));
	struct jmeter_parts parts;
	struct str condition;

	parts = jmeter_parse(j, text);
	if (!text.len || str_eq(text, STR("LAST"))) {
		condition = STR("response.status < 400");
	} else if (parts.items.count == 1 && parts.items.items[0].kind == JMETER_VARIABLE) {
		/* Other texts than "false" are true here, but not for an If Controller. */
		condition = jmeter_use(j, node->element, parts.items.items[0].text);
		condition = arena_printf(j->arena, "%.*s != \"false\"",
					 STR_ARG(jmeter_operand(j, condition)));
	} else {
		condition = jmeter_condition(j, node->element, text);
	}
	j->conditional++;
	if (condition.ptr) {
		put_loop(j, node, while_step(j, condition));
	} else {
		jmeter_unsupported(j, node->element,
				   "its condition is not supported: performed once");
		jmeter_put_children(j, node);
	}
	j->conditional--;
}

static void put_if(struct jmeter *j, const struct jmeter_node *node)
{
	struct str text = str_trim(jmx_text(node->element, "IfController.condition"));
	struct str condition = text.len ? jmeter_condition(j, node->element, text) : STR("false");
	struct yaml_writer_node *step = yaml_writer_map(j->arena);

	if (!condition.ptr) {
		jmeter_unsupported(j, node->element,
				   "its condition is not supported: always performed");
		jmeter_put_children(j, node);
		return;
	}
	j->conditional++;
	yaml_writer_put_text(j->arena, step, STR("if"),
			     arena_printf(j->arena, "${%.*s}", STR_ARG(condition)));
	put_block(j, node, step, "then");
	j->conditional--;
}

/* NAME_1, NAME_2 … of user defined variables and similar names, as a list; ptr NULL: there are
 * none. */
static struct str numbered_names(struct jmeter *j, const struct jmx *at, struct str name,
				 const char *separator)
{
	struct str result = STR_NULL;
	struct buf out;

	buf_init(&out, 0);
	for (unsigned i = 1; i < 1000; i++) {
		struct str one = arena_printf(j->arena, "%.*s%s%u", STR_ARG(name), separator, i);

		if (!jmeter_find_name(j, one))
			break;
		buf_printf(&out, "%s%.*s", i > 1 ? ", " : "[", STR_ARG(jmeter_use(j, at, one)));
	}
	if (out.len) {
		buf_add_char(&out, ']');
		result = arena_str(j->arena, buf_str(&out));
	}
	buf_release(&out);
	return result;
}

static void put_for_each(struct jmeter *j, const struct jmeter_node *node)
{
	const struct jmx *e = node->element;
	struct str input = jmx_text(e, "ForeachController.inputVal"), list;
	struct jmeter_name *n = jmeter_find_name(j, input);
	struct yaml_writer_node *step = yaml_writer_map(j->arena);
	const struct jmx *separator = jmx_property(e, "ForeachController.useSeparator");
	double begin = 0, end = 0;

	if (n && n->kind == JMETER_LIST)
		list = jmeter_use(j, e, input);
	else
		list = numbered_names(
		    j, e, input, separator && str_eq(separator->text, STR("false")) ? "" : "_");
	if (!list.ptr) {
		jmeter_unsupported(j, e, "nothing sets the variables that it goes through");
		return;
	}
	jmeter_is_number(j, jmx_text(e, "ForeachController.startIndex"), &begin);
	if (!jmeter_is_number(j, jmx_text(e, "ForeachController.endIndex"), &end) || end < 1)
		end = 0;
	if (begin > 0 || end > 0)
		list = arena_printf(j->arena, "%.*s | slice(%.0f, %.0f)", STR_ARG(list), begin,
				    end > 0 ? end : 100000);
	yaml_writer_put_text(j->arena, step, STR("for_each"),
			     jmeter_set_name(j, jmx_text(e, "ForeachController.returnVal")));
	yaml_writer_put_text(j->arena, step, STR("in"),
			     arena_printf(j->arena, "${%.*s}", STR_ARG(list)));
	put_loop(j, node, step);
}

static void put_runtime(struct jmeter *j, const struct jmeter_node *node)
{
	struct str begin =
	    jmeter_identifier(j, arena_printf(j->arena, "started_%u", ++j->numbered));
	double seconds;

	if (!jmeter_is_number(j, jmx_text(node->element, "RunTime.seconds"), &seconds)) {
		jmeter_unsupported(j, node->element, "its time is not known: performed once");
		jmeter_put_children(j, node);
		return;
	}
	jmeter_add_set(j, begin, STR("${now(\"unix_ms\")}"));
	put_loop(j, node,
		 while_step(j, arena_printf(j->arena, "now(\"unix_ms\") - %.*s < %.0f",
					    STR_ARG(begin), seconds * 1000)));
}

static void put_group(struct jmeter *j, const struct jmeter_node *node)
{
	struct yaml_writer_node *step = yaml_writer_map(j->arena);

	yaml_writer_put_text(j->arena, step, STR("group"), jmeter_label(j, node->element));
	put_block(j, node, step, "steps");
}

static void put_parallel(struct jmeter *j, const struct jmeter_node *node)
{
	struct yaml_writer_node *step = yaml_writer_map(j->arena), *inner;
	double limit;

	j->in_parallel = true;
	inner = jmeter_child_steps(j, node);
	j->in_parallel = false;
	if (!inner->members.count)
		return;
	yaml_writer_put(j->arena, step, STR("parallel"), inner);
	if (jmx_is_true(node->element, "LIMIT_MAX_THREAD_NUMBER") &&
	    jmeter_is_number(j, jmx_text(node->element, "MAX_THREAD_NUMBER"), &limit) && limit >= 1)
		yaml_writer_put(j->arena, step, STR("limit"),
				yaml_writer_word(j->arena, arena_printf(j->arena, "%.0f", limit)));
	jmeter_add_step(j, step);
}

/* ---- all of them */

static const struct {
	const char *tag;
	void (*put)(struct jmeter *j, const struct jmeter_node *node);
	bool parallel; /* can be inside a parallel controller */
} controllers[] = {
    {"GenericController", jmeter_put_children, true},
    {"RecordingController", jmeter_put_children, true},
    {"IncludeController", jmeter_put_children, true},
    {"ModuleController", jmeter_put_children, true},
    {"TestFragmentController", jmeter_put_children, true},
    {"LogicController", jmeter_put_children, true},
    {"TransactionController", put_group, false},
    {"LoopController", put_repeat, false},
    {"WhileController", put_while, false},
    {"IfController", put_if, false},
    {"ForeachController", put_for_each, false},
    {"RunTime", put_runtime, false},
    {"ParallelSampler", put_parallel, false},
    {"TestAction", jmeter_put_action, false},
};

void jmeter_put_node(struct jmeter *j, const struct jmeter_node *node)
{
	const struct jmx *e = node->element;

	if (node->disabled) {
		j->skipped++;
		return;
	}
	if (jmeter_is_fragment(node))
		return;
	if (jmeter_is_http(e)) {
		jmeter_put_request(j, node);
		return;
	}
	for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++)
		if (jmeter_is(e, controllers[i].tag)) {
			if (controllers[i].parallel || !j->in_parallel) {
				controllers[i].put(j, node);
				return;
			}
			jmeter_note(j, e, "only its requests are used: it is in parallel");
			jmeter_put_children(j, node);
			return;
		}
	if (jmeter_put_branches(j, node))
		return;
	jmeter_put_setting(j, node); /* another sampler */
	if (str_ends(e->tag, STR("Controller")))
		jmeter_put_children(j, node);
}
