#include "scenario/fixture_list.h"

#include "doc/node.h"
#include "interface/reader.h"

static const char *const scope_words[] = {"shard", "fleet", NULL};

static const struct field fixture_list_fields[] = {
    FIELD(
	struct fixture_list, scope, "scope", FIELD_ENUM, .choices = scope_words,
	.fallback = "shard", .example = "fleet",
	.prose =
	    "Who runs the steps if the run is split into several shards: each shard (shard), or "
	    "the first one for all of them (fleet), which passes its values to the others in a "
	    "shared folder (--fleet-dir). A teardown without a scope has the scope of the setup."),
    FIELD(struct fixture_list, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .example = "[post: /test/reset]", .prose = "The steps."),
    FIELD_END,
};

static void read_fixture_list(struct reader *r, const struct node *node, void *out)
{
	struct fixture_list *list = out;

	if (node->kind == NODE_MAP &&
	    (node_find(node, STR("scope")) || node_find(node, STR("steps"))))
		(void)reader_object(r, node, fixture_list_fields, list);
	else
		(void)reader_steps(r, node, &list->steps);
}

const struct field_special fixture_list_special = {
    .name = "a list of steps, each starting with a dash",
    .read = read_fixture_list,
    .schema = "{\"$ref\": \"#/definitions/steps\"}",
    .fields = fixture_list_fields,
    .definition = "around",
};

static bool has_scope(const struct fixture_list *list)
{
	return list->keys.node && keys_has(&list->keys, fixture_list_fields, "scope");
}

bool fixture_list_is_once(const struct fixture_list *list, const struct fixture_list *before)
{
	if (before && !has_scope(list))
		list = before;
	return list->scope == FIXTURE_PER_FLEET;
}
