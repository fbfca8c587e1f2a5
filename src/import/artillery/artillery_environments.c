/*
 * The environments of an Artillery file as profiles: each value they set differently is a
 * parameter. Its default is the value in the config, and the profile sets the other value.
 */
#include "base/ascii.h"
#include "base/url.h"
#include "import/artillery/artillery.h"
#include "import/naming.h"

/* ---- parameters */

static bool is_used(const struct artillery *a, struct str name)
{
	for (size_t i = 0; i < a->parameters.count; i++)
		if (str_eq(a->parameters.items[i].name, name))
			return true;
	for (size_t i = 0; i < a->sets.count; i++)
		if (str_eq(a->sets.items[i].name, name))
			return true;
	return false;
}

/* An unused name of that kind. */
static struct str parameter_name(struct artillery *a, struct str name)
{
	struct str result = naming_parameter(a->arena, str_slice(name, 0, 100));

	while (is_used(a, result))
		result = arena_printf(a->arena, "%.*s_VALUE", STR_ARG(result));
	return result;
}

struct artillery_parameter *artillery_parameter(struct artillery *a, struct str of, struct str name)
{
	struct artillery_parameter p = {.of = of};

	for (size_t i = 0; i < a->parameters.count; i++)
		if (str_eq(a->parameters.items[i].of, of))
			return &a->parameters.items[i];
	p.name = parameter_name(a, name);
	p.node = yaml_writer_map(a->arena);
	p.node->flow = true;
	VEC_PUSH(a->arena, &a->parameters, p);
	return &a->parameters.items[a->parameters.count - 1];
}

/* `check` would warn about unused ones, and a profile can only set existing ones. */
void artillery_put_parameters(struct artillery *a)
{
	struct yaml_writer_node *all = yaml_writer_map(a->arena);

	for (size_t i = 0; i < a->parameters.count; i++) {
		const struct artillery_parameter *p = &a->parameters.items[i];

		if (p->used)
			yaml_writer_put(a->arena, all, p->name, p->node);
		for (size_t k = 0; !p->used && a->profiles && k < a->profiles->members.count; k++) {
			struct yaml_writer_node *profile = a->profiles->members.items[k].value;
			struct yaml_writer_node *set = yaml_writer_find(profile, STR("parameters"));

			if (set)
				yaml_writer_remove(set, p->name);
			if (set && !set->members.count)
				yaml_writer_remove(profile, STR("parameters"));
		}
	}
	if (all->members.count)
		yaml_writer_put(a->arena, a->root, STR("parameters"), all);
	if (a->profiles && a->profiles->members.count)
		yaml_writer_put(a->arena, a->root, STR("profiles"), a->profiles);
}

/* ---- the target */

static bool is_address(const struct node *target)
{
	struct url url;

	return target && target->kind == NODE_SCALAR && !artillery_is_template(target) &&
	       url_split(target->text, &url) &&
	       (str_ieq(url.scheme, STR("http")) || str_ieq(url.scheme, STR("https")));
}

static void put_guess(struct artillery *a)
{
	job_no_target(a->job, a->root, STR("the file has no target"));
}

/* The target as a parameter, with the config's target as the default. */
static struct artillery_parameter *target_parameter(struct artillery *a, const struct node *config)
{
	const struct node *target = node_find(config, STR("target"));
	struct artillery_parameter *p = artillery_parameter(a, STR("target"), STR("target"));

	p->used = ++a->uses;
	if (p->node->members.count)
		return p;
	if (is_address(target))
		yaml_writer_put_text(a->arena, p->node, STR("default"), target->text);
	else
		yaml_writer_put(a->arena, p->node, STR("required"),
				yaml_writer_word(a->arena, STR("yes")));
	return p;
}

/* Whether an environment has its own target. */
static bool target_varies(const struct node *environments)
{
	for (size_t i = 0;
	     environments && environments->kind == NODE_MAP && i < environments->count; i++)
		if (is_address(node_find(environments->pairs[i].value, STR("target"))))
			return true;
	return false;
}

static void put_target(struct artillery *a, const struct node *config)
{
	const struct node *target = node_find(config, STR("target"));

	if (target && !is_address(target))
		artillery_unsupported(a, node_find_pair(config, STR("target"))->key, NULL,
				      "it is not a URL: give one with -t");
	if (target_varies(node_find(config, STR("environments"))))
		yaml_writer_put_text(
		    a->arena, a->root, STR("target"),
		    arena_printf(a->arena, "${%.*s}", STR_ARG(target_parameter(a, config)->name)));
	else if (is_address(target))
		yaml_writer_put_text(a->arena, a->root, STR("target"), target->text);
	else
		put_guess(a);
}

/* ---- an environment */

static void set_parameter(struct artillery *a, struct yaml_writer_node *profile, struct str name,
			  struct str value)
{
	struct yaml_writer_node *set = yaml_writer_find(profile, STR("parameters"));

	if (!set)
		set = yaml_writer_put(a->arena, profile, STR("parameters"),
				      yaml_writer_map(a->arena));
	if (!yaml_writer_find(set, name))
		yaml_writer_put_text(a->arena, set, name, value);
}

static void put_variable(struct artillery *a, const struct node *config,
			 struct yaml_writer_node *profile, const struct node *k,
			 const struct node *v)
{
	const struct node *base = node_find(node_find(config, STR("variables")), k->text);
	struct artillery_name *known = artillery_find_name(a, k->text);
	struct artillery_parameter *p;

	if (v->kind != NODE_SCALAR || artillery_is_template(v) || !k->text.len ||
	    (base && (base->kind != NODE_SCALAR || artillery_is_template(base))) ||
	    (known && known->name_kind != NAME_PARAMETER)) {
		artillery_unsupported(a, k, v, "only a text in place of a text is supported");
		return;
	}
	p = artillery_parameter(a, arena_printf(a->arena, "{{%.*s}}", STR_ARG(k->text)), k->text);
	if (!p->node->members.count) {
		yaml_writer_put_text(a->arena, p->node, STR("default"),
				     base ? base->text : STR(""));
		yaml_writer_put_text(a->arena, p->node, STR("type"), STR("text"));
	}
	if (!known)
		artillery_define(a, NAME_PARAMETER, k->text, p->name)->key = k;
	set_parameter(a, profile, p->name, v->text);
}

static void put_key(struct artillery *a, const struct node *config,
		    struct yaml_writer_node *profile, const struct node_pair *pair)
{
	const struct node *k = pair->key, *v = pair->value;
	struct yaml_writer_node *lines = yaml_writer_list(a->arena), *load;

	if (str_eq(k->text, STR("phases"))) {
		load = artillery_load(a, v);
		if (load)
			yaml_writer_put(a->arena, profile, STR("load"), load);
	} else if (str_eq(k->text, STR("target")) && is_address(v)) {
		set_parameter(a, profile, target_parameter(a, config)->name, v->text);
	} else if (str_eq(k->text, STR("variables")) && v->kind == NODE_MAP) {
		for (size_t i = 0; i < v->count; i++)
			put_variable(a, config, profile, v->pairs[i].key, v->pairs[i].value);
	} else if (str_eq(k->text, STR("payload")) && !a->sets.count) {
		artillery_payload(a, k, v);
		job_note(a->job, "look at",
			 "the payload of one environment is used in all of them");
	} else if (str_eq(k->text, STR("plugins"))) {
		artillery_plugins(a, v);
	} else if (str_eq(k->text, STR("ensure"))) {
		artillery_ensure(a, v, lines);
		if (lines->members.count)
			yaml_writer_put(a->arena, profile, STR("thresholds"), lines);
	} else {
		artillery_unsupported(a, k, v,
				      str_eq(k->text, STR("processor"))
					  ? "JavaScript is not run"
					  : "a profile can set load, thresholds and parameters");
	}
}

/* A name for --profile. */
static struct str profile_name(struct artillery *a, struct str name)
{
	char *bytes = arena_cstr(a->arena, name);

	for (size_t i = 0; i < name.len; i++)
		if (!(ascii_is_alnum(bytes[i]) || bytes[i] == '-' || bytes[i] == '_'))
			bytes[i] = '_';
	return name.len ? str_n(bytes, name.len) : STR("environment");
}

void artillery_environments(struct artillery *a, const struct node *config)
{
	const struct node *all = node_find(config, STR("environments"));
	bool phases = node_find(config, STR("phases"));

	a->profiles = yaml_writer_map(a->arena);
	put_target(a, config);
	for (size_t i = 0; all && all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *one = all->pairs[i].value;
		struct str name = profile_name(a, all->pairs[i].key->text);
		struct yaml_writer_node *profile = yaml_writer_map(a->arena), *once;

		if (one->kind != NODE_MAP || yaml_writer_find(a->profiles, name)) {
			artillery_unsupported(a, all->pairs[i].key, one,
					      "it is not an environment");
			continue;
		}
		a->in_profile = true;
		for (size_t k = 0; k < one->count; k++)
			put_key(a, config, profile, &one->pairs[k]);
		a->in_profile = false;
		if (!phases && !yaml_writer_find(profile, STR("load"))) {
			once = yaml_writer_put(a->arena, profile, STR("load"),
					       yaml_writer_map(a->arena));
			once->flow = true;
			yaml_writer_put_text(a->arena, once, STR("users"), STR("1"));
			yaml_writer_put_text(a->arena, once, STR("iterations"), STR("1"));
		}
		yaml_writer_put(a->arena, a->profiles, name, profile);
	}
}
