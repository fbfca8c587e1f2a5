#include "scenario/around.h"

#include "doc/node.h"
#include "kind/reader.h"

static const char *const scope_words[] = {"shard", "fleet", NULL};

static const struct field around_fields[] = {
    FIELD(
	struct around_list, scope, "scope", FIELD_WORD, .words = scope_words, .fallback = "shard",
	.example = "fleet",
	.prose =
	    "Who performs it where the run is one shard of several: each (shard), or the first for "
	    "all of them (fleet), which hands over what it finds in a folder that all see "
	    "(--fleet-dir). A teardown without a scope has that of the setup."),
    FIELD(struct around_list, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .example = "[post: /test/reset]", .prose = "The steps themselves."),
    FIELD_END,
};

static void read_around(struct reader *r, const struct node *node, void *out)
{
	struct around_list *list = out;

	if (node->kind == NODE_MAP &&
	    (node_find(node, STR("scope")) || node_find(node, STR("steps"))))
		(void)reader_object(r, node, around_fields, list);
	else
		(void)reader_steps(r, node, &list->steps);
}

const struct field_special around_special = {
    .name = "a list of steps, each with a dash",
    .read = read_around,
    .schema = "{\"$ref\": \"#/definitions/steps\"}",
    .fields = around_fields,
    .definition = "around",
};

static bool says_scope(const struct around_list *list)
{
	return list->given.node && given_has(&list->given, around_fields, "scope");
}

bool around_is_once(const struct around_list *list, const struct around_list *before)
{
	if (before && !says_scope(list))
		list = before;
	return list->scope == AROUND_OF_FLEET;
}
