/*
 * Chains: the operations of a resource in an order in which each gets its values from an earlier
 * one: lists and creations, then reads and changes of what was created, then deletions. An
 * operation that needs another resource brings the one that creates it into the chain.
 */
#include "import/openapi/openapi.h"

#include <stdlib.h>

#include "import/template_text.h"

#define DEPTH_MAX 8

/* ---- what can be reached */

static bool reachable(struct openapi *o, struct openapi_operation *op, unsigned depth);

/* Whether P must identify something that the chain created: the last variable of the path of an
 * operation that changes something. A POST that creates something only adds to its parents. */
static bool must_be_created(const struct openapi_operation *op, const struct openapi_parameter *p)
{
	size_t at = openapi_segment_of(op, p->name);

	if (p->place != OPENAPI_PATH || at == NOT_FOUND || !openapi_is_write(op) ||
	    (op->has_identity && str_eq(op->method, STR("post"))))
		return false;
	for (size_t i = at + 1; i < op->segments.count; i++)
		if (op->segments.items[i].has_variable)
			return false;
	return true;
}

static bool is_usable(struct openapi *o, const struct openapi_operation *op,
		      const struct openapi_parameter *p, const struct openapi_source *s,
		      unsigned depth)
{
	if (must_be_created(op, p) && !s->created)
		return false;
	return s->kind == OPENAPI_FIXED || s->operation == op ||
	       reachable(o, s->operation, depth + 1);
}

static bool has_source(struct openapi *o, struct openapi_operation *op, struct openapi_parameter *p,
		       unsigned depth)
{
	const struct openapi_source_list *sources = openapi_sources(o, op, p);

	for (size_t i = 0; i < sources->items.count; i++)
		if (is_usable(o, op, p, &sources->items.items[i], depth))
			return true;
	op->reason =
	    sources->items.count && must_be_created(op, p)
		? arena_printf(o->arena, "it changes data that the chain did not create ({%.*s})",
			       STR_ARG(p->name))
		: arena_printf(
		      o->arena,
		      "no value for {%.*s} was found: no response contains it, and it has no "
		      "example",
		      STR_ARG(p->name));
	return false;
}

/* Whether the variables of the path are documented, and each has a source. */
static bool has_path(struct openapi *o, struct openapi_operation *op, unsigned depth)
{
	for (size_t at = 0; (at = str_find_char(op->path, '{', at)) != NOT_FOUND; at++) {
		struct str name = str_slice(op->path, at + 1, str_find_char(op->path, '}', at));
		struct openapi_parameter *p =
		    (struct openapi_parameter *)openapi_find_parameter(op, name, OPENAPI_PATH);
		size_t segment = openapi_segment_of(op, name);

		if (!p) {
			op->reason = arena_printf(o->arena, "{%.*s} is not among its parameters",
						  STR_ARG(name));
			return false;
		}
		if (segment != NOT_FOUND && op->segments.items[segment].has_variable &&
		    !has_source(o, op, p, depth))
			return false;
	}
	return true;
}

static bool names_something(const struct openapi_operation *op)
{
	for (size_t i = 0; i < op->segments.count; i++)
		if (op->segments.items[i].has_variable)
			return true;
	return false;
}

static bool find_reachable(struct openapi *o, struct openapi_operation *op, unsigned depth)
{
	struct openapi_source source;

	if (str_find_char(op->path, '#', 0) != NOT_FOUND) {
		op->reason = STR("its path has a fragment, which is not sent");
		return false;
	}
	if (!has_path(o, op, depth) || !openapi_body_is_possible(o, op))
		return false;
	if (!openapi_is_write(op) || str_eq(op->method, STR("post")) || names_something(op))
		return true;
	if (openapi_body_identity(o, op, &source) && reachable(o, source.operation, depth + 1))
		return true;
	op->reason = STR("it changes data that the chain did not create");
	return false;
}

static bool reachable(struct openapi *o, struct openapi_operation *op, unsigned depth)
{
	bool found;

	if (op->known || op->visiting || depth > DEPTH_MAX)
		return op->known && op->possible;
	op->visiting = true;
	found = find_reachable(o, op, depth);
	op->visiting = false;
	/* Only at the top, an operation that is being visited has not changed the result. */
	op->known = found || !depth;
	op->possible = found;
	return found;
}

/* ---- a step and what it needs */

static struct openapi_step *emit(struct openapi *o, struct openapi_chain *chain,
				 struct openapi_operation *op);

static struct openapi_step *find_step(const struct openapi_chain *chain,
				      const struct openapi_operation *op)
{
	for (size_t i = 0; i < chain->steps.count; i++)
		if (chain->steps.items[i]->operation == op)
			return chain->steps.items[i];
	return NULL;
}

static void add_extract(struct openapi *o, struct openapi_step *step,
			const struct openapi_source *s, struct str name)
{
	struct yaml_writer_node *one;

	if (yaml_writer_find(step->extract, name))
		return;
	one = yaml_writer_put(o->arena, step->extract, name, yaml_writer_map(o->arena));
	one->flow = true;
	yaml_writer_put_text(o->arena, one, str_of(s->extractor), s->expression);
	if (strcmp(s->extractor, "regex") == 0)
		yaml_writer_put_text(o->arena, one, STR("from"), STR("headers"));
}

/* A `set` step for the variable NAME that the chain chooses. */
static void put_choice(struct openapi *o, struct openapi_chain *chain, struct str name,
		       struct str text)
{
	struct yaml_writer_node *step = yaml_writer_map(o->arena);
	struct yaml_writer_node *set =
	    yaml_writer_put(o->arena, step, STR("set"), yaml_writer_map(o->arena));

	set->flow = true;
	yaml_writer_put_text(o->arena, set, name, openapi_template(o, text));
	yaml_writer_add(o->arena, chain->list, step);
}

static struct str noun_of(struct openapi *o, const struct openapi_operation *op, struct str name)
{
	size_t at = openapi_segment_of(op, name);

	return at == NOT_FOUND ? STR("") : openapi_singular(o, openapi_noun_before(op, at));
}

static struct str fixed_text(struct openapi *o, const struct openapi_operation *op,
			     const struct openapi_parameter *p, struct str text)
{
	struct openapi_setting *setting;
	struct str noun = noun_of(o, op, p->name), word = p->name;

	if (p->place != OPENAPI_PATH)
		return text;
	if (word.len < 5 && noun.len)
		word = arena_printf(o->arena, "%.*s_%.*s", STR_ARG(noun), STR_ARG(word));
	setting = openapi_setting(
	    o, arena_printf(o->arena, "path %.*s %.*s", STR_ARG(word), STR_ARG(text)), word);
	if (!setting->node->members.count) {
		yaml_writer_put_text(o->arena, setting->node, STR("default"), text);
		yaml_writer_put_text(o->arena, setting->node, STR("type"), STR("text"));
	}
	return openapi_variable_text(o, setting->name);
}

/* The value that FROM has for the parameter of EXPRESSION: "$request.path.id". */
static struct str same_text(struct openapi *o, const struct openapi_step *from,
			    struct str expression)
{
	size_t dot = str_find_char(expression, '.', sizeof "$request." - 1);
	struct str name = str_slice(expression, dot + 1, expression.len);

	for (size_t i = 0; i < from->bindings.items.count; i++) {
		const struct openapi_binding *b = &from->bindings.items.items[i];
		const struct node *value;

		if (!str_eq(b->parameter->name, name))
			continue;
		value = b->text.ptr ? NULL : openapi_parameter_value(o, b->parameter);
		if (!value)
			return b->text;
		return value->kind == NODE_SCALAR ? value->text : STR_NULL;
	}
	return STR_NULL;
}

/* Whether the value of P can have characters that a path must encode: a name, but not an id. */
static bool may_have_slash(struct openapi *o, const struct openapi_parameter *p,
			   const struct openapi_source *s)
{
	static const char *const ends[] = {"id", "key", "number", "code"};
	struct openapi_schema schema;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_icontains(p->name, str_of(ends[i])))
			return false;
	openapi_schema_read(o, p->schema, &schema);
	return p->place == OPENAPI_PATH && strcmp(s->extractor, "regex") != 0 &&
	       (!schema.types || schema.types & OPENAPI_STRING) && !schema.format.len;
}

/* The text that SOURCE gives to P, after its operation was added; ptr NULL: it gives none. */
static struct str text_of(struct openapi *o, struct openapi_chain *chain, struct openapi_step *step,
			  const struct openapi_parameter *p, const struct openapi_source *s)
{
	struct openapi_operation *op = step->operation;
	struct openapi_step *from = NULL;
	struct str name;

	if (s->kind == OPENAPI_FIXED)
		return fixed_text(o, op, p, s->text);
	if (s->operation != op) {
		from = emit(o, chain, s->operation);
		if (!from)
			return STR_NULL;
		from->needed = true;
	}
	if (s->kind == OPENAPI_SAME)
		return same_text(o, from, s->expression);
	name = openapi_variable(o, s, p->name, noun_of(o, op, p->name));
	if (s->kind == OPENAPI_EXTRACT) {
		add_extract(o, from, s, name);
		if (may_have_slash(o, p, s))
			name = arena_printf(o->arena, "%.*s | url_encode", STR_ARG(name));
	} else if (s->operation == op)
		put_choice(o, chain, name,
			   openapi_chosen_text(o, p->schema, noun_of(o, op, p->name)));
	return openapi_variable_text(o, name);
}

static bool bind(struct openapi *o, struct openapi_chain *chain, struct openapi_step *step,
		 struct openapi_parameter *p)
{
	struct openapi_operation *op = step->operation;
	const struct openapi_source_list *sources = openapi_sources(o, op, p);
	size_t segment = p->place == OPENAPI_PATH ? openapi_segment_of(op, p->name) : NOT_FOUND;
	bool needed = segment != NOT_FOUND && op->segments.items[segment].has_variable;
	struct openapi_binding binding = {.parameter = p, .text = STR_NULL};

	for (size_t i = 0; i < sources->items.count && !binding.text.ptr; i++)
		if (is_usable(o, op, p, &sources->items.items[i], 1))
			binding.text = text_of(o, chain, step, p, &sources->items.items[i]);
	if (binding.text.ptr || p->required)
		VEC_PUSH(o->arena, &step->bindings.items, binding);
	return binding.text.ptr || !needed;
}

/* Values of the body that the chain chooses, or that identify what was created. */
static bool bind_body(struct openapi *o, struct openapi_chain *chain, struct openapi_step *step)
{
	struct openapi_operation *op = step->operation;
	struct openapi_source source;
	struct str name;

	o->chosen_property = STR("");
	if (op->has_identity && op->identity.kind == OPENAPI_CHOSEN &&
	    str_eq(op->method, STR("post"))) {
		struct str noun = openapi_singular(o, openapi_noun_before(op, op->segments.count));
		struct openapi_schema s;

		openapi_schema_read(o, openapi_body_schema(o, op), &s);
		name = openapi_variable(o, &op->identity, op->identity.expression, noun);
		put_choice(o, chain, name,
			   openapi_chosen_text(
			       o, openapi_schema_property(&s, op->identity.expression), noun));
		o->chosen_property = op->identity.expression;
		o->chosen_text = openapi_variable_text(o, name);
		return true;
	}
	if (openapi_is_write(op) && !str_eq(op->method, STR("post")) && !names_something(op)) {
		struct openapi_step *from;

		if (!openapi_body_identity(o, op, &source) ||
		    !(from = emit(o, chain, source.operation)))
			return false;
		from->needed = true;
		name = openapi_variable(
		    o, &source, source.text,
		    openapi_singular(o, openapi_noun_before(op, op->segments.count)));
		add_extract(o, from, &source, name);
		o->chosen_property = source.text;
		o->chosen_text = openapi_variable_text(o, name);
	} else if (step->bindings.items.count) {
		openapi_bind_same_property(o, op, &step->bindings);
	}
	return true;
}

static struct openapi_step *emit(struct openapi *o, struct openapi_chain *chain,
				 struct openapi_operation *op)
{
	struct openapi_step *step = find_step(chain, op);
	bool good = true;

	if (step)
		return step->node ? step : NULL;
	if (!reachable(o, op, 0))
		return NULL;
	step = ARENA_NEW(o->arena, struct openapi_step);
	step->operation = op;
	step->extract = yaml_writer_map(o->arena);
	VEC_PUSH(o->arena, &chain->steps, step);
	for (size_t i = 0; i < op->parameters.count && good; i++)
		good = bind(o, chain, step, &op->parameters.items[i]);
	if (!good || !bind_body(o, chain, step))
		return NULL;
	step->node = openapi_build_step(o, op, &step->bindings);
	o->chosen_property = STR("");
	yaml_writer_add(o->arena, chain->list, step->node);
	op->reached = true;
	return step;
}

/* ---- the chains */

static int phase_of(const struct openapi_operation *op)
{
	return str_eq(op->method, STR("delete"));
}

/* Short paths first, deletions last and in the opposite order. */
static int compare(const void *a, const void *b)
{
	const struct openapi_operation *x = *(struct openapi_operation *const *)a;
	const struct openapi_operation *y = *(struct openapi_operation *const *)b;
	int phase = phase_of(x), order;

	if (phase != phase_of(y))
		return phase - phase_of(y);
	order = (x->segments.count > y->segments.count) - (x->segments.count < y->segments.count);
	if (!order)
		order = (x->order > y->order) - (x->order < y->order);
	return phase ? -order : order;
}

/* Resources of other chains that had to be created are deleted too. */
static void emit_cleanup(struct openapi *o, struct openapi_chain *chain)
{
	for (size_t i = chain->steps.count; i-- > 0;) {
		const struct openapi_operation *made = chain->steps.items[i]->operation;
		size_t count = made->segments.count + str_eq(made->method, STR("post"));

		if (!chain->steps.items[i]->node || !made->has_identity)
			continue;
		for (size_t k = 0; k < o->operations.count; k++) {
			struct openapi_operation *op = o->operations.items[k];

			if (op->selected && str_eq(op->method, STR("delete")) &&
			    op->segments.count == count &&
			    op->segments.items[count - 1].has_variable &&
			    openapi_same_path(made, made->segments.count, op, made->segments.count))
				emit(o, chain, op);
		}
	}
}

static void finish(struct openapi *o, struct openapi_chain *chain,
		   struct yaml_writer_node *scenarios)
{
	bool needed = false;

	for (size_t i = 0; i < chain->steps.count; i++) {
		struct openapi_step *step = chain->steps.items[i];

		needed |= step->needed;
		if (!step->node)
			continue;
		if (step->extract->members.count)
			yaml_writer_put(o->arena, step->node, STR("extract"), step->extract);
		openapi_put_expect(o, step->operation, step->node);
	}
	if (!chain->list->members.count)
		return;
	if (!needed && chain->list->members.count > 1)
		yaml_writer_put_text(o->arena, chain->scenario, STR("on_failure"), STR("continue"));
	yaml_writer_put(o->arena, chain->scenario, STR("steps"), chain->list);
	yaml_writer_add(o->arena, scenarios, chain->scenario);
}

/* Operations of the chain that are not reached are comments in it. */
static void report_unreached(struct openapi *o, struct openapi_chain *chain)
{
	struct yaml_writer_node *place = chain->list->members.count ? chain->scenario : o->root;

	for (size_t i = 0; i < o->operations.count; i++) {
		const struct openapi_operation *op = o->operations.items[i];
		struct str line;

		if (!op->wanted || op->reached || !str_eq(op->chain, chain->name))
			continue;
		line = arena_printf(o->arena, "%.*s: %.*s: %.*s", STR_ARG(openapi_line(o, op->key)),
				    STR_ARG(op->label), STR_ARG(op->reason));
		job_note(o->job, "unreached", "%.*s", STR_ARG(line));
		yaml_writer_comment(o->arena, place,
				    arena_printf(o->arena, "not reached: %.*s", STR_ARG(line)));
	}
}

static void put_chain(struct openapi *o, struct str name, struct yaml_writer_node *scenarios)
{
	struct openapi_chain chain = {.name = name,
				      .scenario = yaml_writer_map(o->arena),
				      .list = yaml_writer_list(o->arena)};
	VEC(struct openapi_operation *) own = {.count = 0};

	for (size_t i = 0; i < o->operations.count; i++)
		if (o->operations.items[i]->wanted && str_eq(o->operations.items[i]->chain, name))
			VEC_PUSH(o->arena, &own, o->operations.items[i]);
	qsort(own.items, own.count, sizeof *own.items, compare);
	yaml_writer_put_text(o->arena, chain.scenario, STR("name"), openapi_plain(o, name));
	for (size_t i = 0; i < own.count; i++)
		emit(o, &chain, own.items[i]);
	emit_cleanup(o, &chain);
	finish(o, &chain, scenarios);
	report_unreached(o, &chain);
}

void openapi_put_chains(struct openapi *o, struct yaml_writer_node *scenarios)
{
	openapi_name_chains(o);
	for (size_t i = 0; i < o->operations.count; i++) {
		struct openapi_operation *op = o->operations.items[i];
		bool again = !op->wanted;

		for (size_t k = 0; k < i && !again; k++)
			again = o->operations.items[k]->wanted &&
				str_eq(o->operations.items[k]->chain, op->chain);
		if (!again)
			put_chain(o, op->chain, scenarios);
	}
}
