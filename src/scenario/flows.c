#include "scenario/flows.h"

#include "base/file.h"
#include "doc/yaml.h"

/* The keys of an included file. */
struct flow_file {
	struct keys keys;
	struct field_list include; /* of struct str */
	struct field_map flows;	   /* of struct steps */
};

static const struct field path_element = {
    .type = FIELD_TEXT, .bytes = sizeof(struct str), .flags = FIELD_FILE};
static const struct field flow_element = {.type = FIELD_STEPS, .bytes = sizeof(struct steps)};

static const struct field flow_file_fields[] = {
    FIELD(struct flow_file, include, "include", FIELD_LIST, .flags = FIELD_ONE_OK,
	  .element = &path_element, .prose = "More files with flows."),
    FIELD(struct flow_file, flows, "flows", FIELD_MAP, .element = &flow_element,
	  .prose = "Named lists of steps."),
    FIELD_END,
};

/* The chain of includes from the scenario to the current file. */
struct open_file {
	struct str path;
	const struct open_file *by;
};

struct flow_collector {
	struct reader *r;
	VEC(struct named_flow) flows;
	VEC(struct str) files; /* read already */
};

static void add_flow(struct flow_collector *c, const struct field_pair *pair)
{
	for (size_t i = 0; i < c->flows.count; i++) {
		struct named_flow *known = &c->flows.items[i];
		if (!str_eq(known->name, pair->key))
			continue;
		diag_note(c->r->diags,
			  reader_error(c->r, pair->key_span, DIAG_E226,
				       "a flow named '%.*s' already exists", STR_ARG(pair->key)),
			  known->name_span, "the other one is here");
		return;
	}
	VEC_PUSH(
	    c->r->arena, &c->flows,
	    ((struct named_flow){pair->key, pair->key_span, *(const struct steps *)pair->value}));
}

static void read_includes(struct flow_collector *c, const struct field_list *paths,
			  const struct node *node, const struct open_file *by);

static bool is_cycle(struct flow_collector *c, const struct node *node, struct str path,
		     const struct open_file *by)
{
	const struct open_file *at = by;
	struct str way = path;

	for (; at && !str_eq(at->path, path); at = at->by)
		way = arena_printf(c->r->arena, "%.*s includes %.*s", STR_ARG(at->path),
				   STR_ARG(way));
	if (!at)
		return false;
	reader_error(c->r, node->span, DIAG_E227, "files include each other: %.*s includes %.*s",
		     STR_ARG(path), STR_ARG(way));
	return true;
}

static bool was_read(struct flow_collector *c, struct str path)
{
	for (size_t i = 0; i < c->files.count; i++)
		if (str_eq(c->files.items[i], path))
			return true;
	VEC_PUSH(c->r->arena, &c->files, path);
	return false;
}

static void read_file(struct flow_collector *c, const struct node *node,
		      const struct open_file *file)
{
	struct flow_file *read = ARENA_NEW(c->r->arena, struct flow_file);
	const struct node *root;
	const char *error;
	struct str text;
	int fd;

	if (!scenario_reader_open(c->r, node->span, file->path, &fd))
		return;
	if (!file_read_all(c->r->arena, fd, YAML_MAX_BYTES, &text, &error)) {
		reader_error(c->r, node->span, DIAG_E310, "cannot read %.*s: %s",
			     STR_ARG(file->path), error);
		return;
	}
	root = yaml_read(c->r->arena, source_new(c->r->arena, file->path, text), c->r->diags);
	if (!root || !reader_object(c->r, root, flow_file_fields, read))
		return;
	read_includes(c, &read->include, keys_value(&read->keys, "include"), file);
	for (size_t i = 0; i < read->flows.count; i++)
		add_flow(c, &read->flows.pairs[i]);
}

static void read_includes(struct flow_collector *c, const struct field_list *paths,
			  const struct node *node, const struct open_file *by)
{
	const struct str *items = paths->items;

	for (size_t i = 0; i < paths->count; i++) {
		const struct node *at = node->kind == NODE_LIST ? node->items[i] : node;
		struct open_file file = {items[i], by};
		if (file.path.len && !is_cycle(c, at, file.path, by) && !was_read(c, file.path))
			read_file(c, at, &file);
	}
}

void flows_collect(struct reader *r, const struct scenario_file *file, struct model *model)
{
	struct flow_collector c = {.r = r};
	struct open_file scenario = {model->source->name, NULL};

	for (size_t i = 0; i < file->flows.count; i++)
		add_flow(&c, &file->flows.pairs[i]);
	read_includes(&c, &file->include, keys_value(&file->keys, "include"), &scenario);
	model->flows = c.flows.items;
	model->flow_count = c.flows.count;
}
