/* The variables of a test plan, and what they are called in the scenario. */
#include "base/ascii.h"
#include "import/jmeter/jmeter.h"
#include "import/naming.h"
#include "import/template_text.h"

/* ---- definitions */

struct jmeter_name *jmeter_find_name(const struct jmeter *j, struct str name)
{
	struct jmeter_name *found = NULL;

	for (size_t i = 0; i < j->names.count; i++) {
		struct jmeter_name *n = j->names.items[i];

		if (!str_eq(n->name, name) || (n->group && n->group != j->group))
			continue;
		/* A value set by a step hides one of the plan. */
		if (!found || n->group || n->kind > JMETER_COMPOSED)
			found = n;
	}
	return found;
}

static struct jmeter_name *find_defined(const struct jmeter *j, struct str name,
					const struct jmeter_node *group, enum jmeter_name_kind kind)
{
	for (size_t i = 0; i < j->names.count; i++)
		if (str_eq(j->names.items[i]->name, name) && j->names.items[i]->group == group &&
		    j->names.items[i]->kind == kind)
			return j->names.items[i];
	return NULL;
}

/* Whether WORD has another meaning than NAME. */
static bool is_other(const struct jmeter *j, struct str word, struct str name)
{
	for (size_t i = 0; i < j->names.count; i++)
		if (str_eq(j->names.items[i]->expression, word) &&
		    !(str_eq(j->names.items[i]->name, name) &&
		      j->names.items[i]->kind != JMETER_PARAMETER))
			return true;
	for (size_t i = 0; i < j->sets.count; i++)
		if (str_eq(j->sets.items[i].name, word))
			return true;
	return yaml_writer_find(j->variables, word) != NULL;
}

struct str jmeter_identifier(struct jmeter *j, struct str name)
{
	bool letter = name.len && !ascii_is_digit(name.ptr[0]);
	struct str word = arena_printf(j->arena, "%s%.*s", letter ? "" : "v_", STR_ARG(name));
	char *bytes = arena_cstr(j->arena, word);

	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_name(bytes[i]))
			bytes[i] = '_';
	word = str_n(bytes, word.len);
	while (naming_is_reserved(word) || str_eq(word, STR("form")) || is_other(j, word, name))
		word = arena_printf(j->arena, "%.*s_", STR_ARG(word));
	return word;
}

struct jmeter_name *jmeter_define(struct jmeter *j, enum jmeter_name_kind kind, struct str name,
				  const struct jmeter_node *group)
{
	struct jmeter_name *n = find_defined(j, name, group, kind);

	if (n)
		return n;
	n = ARENA_NEW(j->arena, struct jmeter_name);
	*n = (struct jmeter_name){.name = name, .kind = kind, .group = group};
	if (kind != JMETER_PARAMETER && kind != JMETER_MISSING && kind != JMETER_COLUMN)
		n->expression = jmeter_identifier(j, name);
	VEC_PUSH(j->arena, &j->names, n);
	return n;
}

static struct str parameter_name(struct jmeter *j, struct str name)
{
	struct str word = naming_parameter(j->arena, name), first = word;

	for (unsigned number = 2; is_other(j, word, name) || yaml_writer_find(j->variables, word);
	     number++)
		word = arena_printf(j->arena, "%.*s_%u", STR_ARG(first), number);
	return word;
}

struct str jmeter_parameter(struct jmeter *j, struct str name, struct str value, bool secret)
{
	struct jmeter_name *n = NULL;

	for (size_t i = 0; !n && i < j->names.count; i++)
		if (j->names.items[i]->kind == JMETER_PARAMETER &&
		    str_eq(j->names.items[i]->name, name))
			n = j->names.items[i];
	if (!n) {
		n = ARENA_NEW(j->arena, struct jmeter_name);
		*n = (struct jmeter_name){.name = name,
					  .kind = JMETER_PARAMETER,
					  .value = value,
					  .secret = secret || naming_is_secret(name)};
		n->expression = parameter_name(j, name);
		VEC_PUSH(j->arena, &j->names, n);
	}
	n->used = true;
	return n->expression;
}

/* ---- user defined variables */

static bool is_literal(struct jmeter *j, struct str text)
{
	struct jmeter_parts parts = jmeter_parse(j, text);

	for (size_t i = 0; i < parts.items.count; i++)
		if (parts.items.items[i].kind != JMETER_LITERAL)
			return false;
	return true;
}

static void scan_arguments(struct jmeter *j, const struct jmx *element, const char *collection)
{
	for (size_t i = 0; i < jmx_count(element, collection); i++) {
		const struct jmx *row = jmx_item(element, collection, i);
		struct str name = jmx_text(row, "Argument.name"),
			   value = jmx_text(row, "Argument.value");
		struct jmeter_name *n = NULL;

		if (!name.len)
			name = row->name;
		if (!name.len || row->disabled)
			continue;
		for (size_t k = 0; !n && k < j->names.count; k++)
			if (str_eq(j->names.items[k]->name, name) && !j->names.items[k]->group &&
			    j->names.items[k]->kind <= JMETER_COMPOSED)
				n = j->names.items[k];
		if (n) { /* a later definition replaces the value */
			n->value = value;
			continue;
		}
		n = jmeter_define(j, JMETER_COMPOSED, name, NULL);
		n->value = value;
		if (!is_literal(j, value))
			continue;
		n->kind = JMETER_PARAMETER;
		n->expression = STR("");
		n->secret = naming_is_secret(name) && value.len;
		n->expression = parameter_name(j, name);
	}
}

static void scan_texts(struct jmeter *j, const struct jmx *e, const struct jmeter_node *group)
{
	if (str_find(e->text, STR("${__"), 0) != NOT_FOUND)
		jmeter_scan_functions(j, e->text, group);
	for (size_t i = 0; i < e->children.count; i++)
		scan_texts(j, e->children.items[i], group);
}

static void scan_element(struct jmeter *j, const struct jmeter_node *node,
			 const struct jmeter_node *group)
{
	const struct jmx *e = node->element;

	if (jmeter_is(e, "TestPlan"))
		scan_arguments(j, e, "TestPlan.user_defined_variables");
	else if (jmeter_is(e, "Arguments"))
		scan_arguments(j, e, "Arguments.arguments");
	else if (jmeter_is(e, "CounterConfig"))
		jmeter_define(j, JMETER_LOCAL, jmx_text(e, "CounterConfig.name"), group);
	else if (jmeter_is(e, "RandomVariableConfig"))
		jmeter_define(j, JMETER_LOCAL, jmx_text(e, "variableName"), group);
	else if (jmeter_is(e, "ForeachController"))
		jmeter_define(j, JMETER_LOCAL, jmx_text(e, "ForeachController.returnVal"), group);
	else if (jmeter_is(e, "UserParameters"))
		for (size_t i = 0; i < jmx_count(e, "UserParameters.names"); i++)
			jmeter_define(j, JMETER_LOCAL, jmx_item(e, "UserParameters.names", i)->text,
				      group);
	else if (jmeter_is_extractor(e))
		jmeter_scan_extractor(j, e, group);
	if (!jmeter_is(e, "jmeterTestPlan"))
		scan_texts(j, e, group);
}

void jmeter_scan(struct jmeter *j, const struct jmeter_node *node, const struct jmeter_node *group,
		 bool data)
{
	if (node->disabled || jmeter_is_fragment(node))
		return;
	if (!group && node->parent && jmeter_is(node->parent->element, "TestPlan") &&
	    jmeter_is_performed(node))
		group = node;
	if (!data)
		scan_element(j, node, group);
	else if (jmeter_is(node->element, "CSVDataSet"))
		jmeter_scan_data(j, node, group);
	for (size_t i = 0; i < node->children.count; i++)
		jmeter_scan(j, node->children.items[i], group, data);
}

/* ---- uses */

bool jmeter_is_used(const struct jmeter *j, struct str name)
{
	for (size_t i = 0; i < j->sources.count; i++) {
		struct str text = j->sources.items[i];

		for (size_t at = 0; (at = str_find(text, name, at)) != NOT_FOUND; at += name.len)
			if (at && strchr("{\"'(>", text.ptr[at - 1]))
				return true;
	}
	return false;
}

/* The index of a loop, `__jm__NAME__idx`; it counts from 0. */
static struct str loop_index(struct jmeter *j, struct str name)
{
	const struct jmx *loop = j->loop_depth ? j->loops[j->loop_depth - 1]->element : NULL;

	if (!str_starts(name, STR("__jm__")) || !str_ends(name, STR("__idx")))
		return STR_NULL;
	if (loop && str_eq(str_slice(name, 6, name.len - 5), loop->name))
		return STR("loop.index - 1");
	if (j->group && !j->around &&
	    str_eq(str_slice(name, 6, name.len - 5), j->group->element->name))
		return STR("iteration - 1");
	return STR_NULL;
}

/* NAME_3 and NAME_matchNr of a list. */
static struct str list_item(struct jmeter *j, struct str name)
{
	for (size_t at = name.len; at-- > 1;) {
		struct str rest = str_slice(name, at + 1, name.len);
		struct jmeter_name *n;
		int64_t number;

		if (name.ptr[at] != '_')
			continue;
		n = jmeter_find_name(j, str_slice(name, 0, at));
		if (!n || n->kind != JMETER_LIST)
			continue;
		n->used = true;
		n->lasting = n->lasting || (!n->defined && !j->around);
		if (str_eq(rest, STR("matchNr")))
			return arena_printf(j->arena, "(%.*s | length)", STR_ARG(n->expression));
		if (str_to_int(rest, &number) && number > 0)
			return arena_printf(j->arena, "%.*s[%lld]", STR_ARG(n->expression),
					    (long long)number - 1);
	}
	return STR_NULL;
}

/* A user defined variable that refers to others: itself a parameter, or one of `variables`. */
static struct str use_composed(struct jmeter *j, const struct jmx *at, struct jmeter_name *n)
{
	struct jmeter_parts parts = jmeter_parse(j, n->value);
	bool fixed = true;
	struct str value;

	for (size_t i = 0; i < parts.items.count; i++)
		fixed = fixed && (parts.items.items[i].kind != JMETER_FUNCTION ||
				  str_eq(parts.items.items[i].text, STR("__P")) ||
				  str_eq(parts.items.items[i].text, STR("__property")) ||
				  str_eq(parts.items.items[i].text, STR("__env")));
	if (n->busy || (n->used && !(fixed && j->around)))
		return n->busy ? STR("\"\"") : n->expression;
	n->busy = true; /* its value may refer to itself */
	if (fixed && (j->around || parts.items.count == 1)) {
		value = jmeter_expression(j, at, n->value);
		n->busy = false;
		if (!j->around && value.ptr) {
			n->used = true;
			n->expression = value;
		}
		return value;
	}
	value = jmeter_text(j, at, n->value);
	n->busy = false;
	n->used = true;
	/* JMeter evaluates functions once, before the thread groups. */
	yaml_writer_put_text(j->arena, fixed ? j->variables : j->once, n->expression, value);
	return n->expression;
}

static struct str use_missing(struct jmeter *j, const struct jmx *at, struct str name)
{
	struct jmeter_name *n = jmeter_define(j, JMETER_MISSING, name, NULL);

	if (!n->expression.len) {
		n->expression = parameter_name(j, name);
		n->secret = naming_is_secret(name);
		jmeter_note(j, at,
			    arena_printf(j->arena, "nothing sets ${%.*s}: it is a parameter",
					 STR_ARG(str_cut(name, 60)))
				.ptr);
	}
	n->used = true;
	return n->expression;
}

struct str jmeter_use(struct jmeter *j, const struct jmx *at, struct str name)
{
	struct jmeter_name *n = jmeter_find_name(j, name);
	struct str special = loop_index(j, name);

	if (special.ptr)
		return special;
	if (str_eq(name, STR("JMeterThread.last_sample_ok")))
		return STR("(response.status > 0 and response.status < 400)");
	special = n ? STR_NULL : list_item(j, name);
	if (special.ptr)
		return special;
	if (!n || n->kind == JMETER_MISSING)
		return use_missing(j, at, name);
	if (n->kind == JMETER_COMPOSED)
		return use_composed(j, at, n);
	if (n->kind == JMETER_PARAMETER) {
		n->used = true;
		return n->expression;
	}
	if (j->around && (n->kind == JMETER_COLUMN || !n->defined)) {
		jmeter_note(j, at,
			    arena_printf(j->arena, "${%.*s} is empty in setup and teardown",
					 STR_ARG(str_cut(name, 60)))
				.ptr);
		return STR("\"\"");
	}
	n->used = true;
	n->lasting = n->lasting || (n->kind != JMETER_COLUMN && !n->defined);
	if (n->kind == JMETER_COLUMN)
		j->sets.items[n->set].used = true;
	return n->expression;
}

struct str jmeter_set_name(struct jmeter *j, struct str name)
{
	struct jmeter_name *n = jmeter_find_name(j, name);

	if (!n || (n->kind != JMETER_LOCAL && n->kind != JMETER_LIST))
		n = jmeter_define(j, JMETER_LOCAL, name, j->group);
	if (j->conditional && !j->around)
		n->lasting = true;
	else
		n->defined = true;
	return n->expression;
}

struct str jmeter_own_variable(struct jmeter *j, const char *name, const char *start)
{
	struct str word =
	    jmeter_identifier(j, arena_printf(j->arena, "%s_%u", name, ++j->numbered));
	struct yaml_writer_node *keys =
	    yaml_writer_put(j->arena, j->variables, word, yaml_writer_map(j->arena));

	keys->flow = true;
	yaml_writer_put(j->arena, keys, STR("per"), yaml_writer_word(j->arena, STR("user")));
	yaml_writer_put(j->arena, keys, STR("start"), yaml_writer_word(j->arena, str_of(start)));
	return word;
}

/* ---- the document */

static bool is_whole_number(struct str text)
{
	int64_t number;

	return text.len < 16 && str_to_int(text, &number) && number >= 0 &&
	       (text.len == 1 || text.ptr[0] != '0');
}

static void put_parameter(struct jmeter *j, struct yaml_writer_node *parameters,
			  const struct jmeter_name *n)
{
	struct yaml_writer_node *keys;
	bool required = n->kind == JMETER_MISSING || n->secret || !n->value.ptr;

	if (!required) {
		struct buf out;

		if (is_whole_number(n->value)) {
			yaml_writer_put(j->arena, parameters, n->expression,
					yaml_writer_word(j->arena, n->value));
			return;
		}
		buf_init(&out, 0);
		template_text_add_literal(&out, n->value);
		yaml_writer_put(j->arena, parameters, n->expression,
				yaml_writer_typed(j->arena, arena_str(j->arena, buf_str(&out))));
		buf_release(&out);
		return;
	}
	keys = yaml_writer_put(j->arena, parameters, n->expression, yaml_writer_map(j->arena));
	keys->flow = true;
	yaml_writer_put(j->arena, keys, STR("required"), yaml_writer_word(j->arena, STR("yes")));
	if (n->secret)
		yaml_writer_put(j->arena, keys, STR("secret"),
				yaml_writer_word(j->arena, STR("yes")));
}

/* The first value of a variable that steps change. */
static struct yaml_writer_node *start_of(struct jmeter *j, const struct jmeter_name *n)
{
	const struct jmeter_name *udv = NULL;

	for (size_t i = 0; i < j->names.count; i++)
		if (str_eq(j->names.items[i]->name, n->name) &&
		    j->names.items[i]->kind <= JMETER_COMPOSED && j->names.items[i]->value.ptr)
			udv = j->names.items[i];
	if (n->kind == JMETER_LIST)
		return yaml_writer_text(j->arena, STR("${[]}"));
	if (!udv || udv->secret)
		return yaml_writer_typed(j->arena, STR(""));
	return yaml_writer_typed(j->arena, jmeter_text(j, j->plan->element, udv->value));
}

void jmeter_put_names(struct jmeter *j)
{
	struct yaml_writer_node *parameters = yaml_writer_map(j->arena);

	for (size_t i = 0; i < j->names.count; i++) { /* grows while start values are converted */
		const struct jmeter_name *n = j->names.items[i];
		struct yaml_writer_node *keys;

		if ((n->kind != JMETER_LOCAL && n->kind != JMETER_LIST) || !n->lasting ||
		    yaml_writer_find(j->variables, n->expression))
			continue;
		keys = yaml_writer_map(j->arena);
		keys->flow = true;
		yaml_writer_put(j->arena, keys, STR("per"),
				yaml_writer_word(j->arena, STR("user")));
		yaml_writer_put(j->arena, keys, STR("start"), start_of(j, n));
		yaml_writer_put(j->arena, j->variables, n->expression, keys);
	}
	for (size_t i = 0; i < j->names.count; i++) {
		const struct jmeter_name *n = j->names.items[i];

		if ((n->kind == JMETER_PARAMETER || n->kind == JMETER_MISSING) && n->used &&
		    !yaml_writer_find(parameters, n->expression))
			put_parameter(j, parameters, n);
	}
	if (parameters->members.count)
		yaml_writer_put(j->arena, j->root, STR("parameters"), parameters);
	if (j->variables->members.count)
		yaml_writer_put(j->arena, j->root, STR("variables"), j->variables);
}
