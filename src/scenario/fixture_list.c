#include "scenario/fixture_list.h"

#include "doc/node.h"
#include "interface/reader.h"
#include "scenario/status_range.h"

static const char *const scope_words[] = {"shard", "fleet", NULL};
static const char *const scope_meanings[] = {"once on each machine",
					     "once for all machines together", NULL};

/* ---- renew_on */

#define RENEW_EXPECTED "a status such as 401, or 4xx"

static void read_status(struct reader *r, const struct node *node, void *out)
{
	struct status_range *range = out;

	if (node->kind != NODE_SCALAR) {
		reader_wrong_shape(r, node, RENEW_EXPECTED);
		return;
	}
	if (!status_range_parse(node->text, range))
		reader_error(r, node->span, DIAG_E303, "'%.*s' is not a status; write 401 or 4xx",
			     STR_ARG(node->text));
	else if (range->low < 300)
		reader_error(r, node->span, DIAG_E302,
			     "a response with status %.*s does not ask for a renewal; write the "
			     "status of a request that is refused, such as 401",
			     STR_ARG(node->text));
}

static const struct field_special status_special = {
    .name = RENEW_EXPECTED,
    .read = read_status,
    .schema = "{\"anyOf\": [{\"type\": \"integer\", \"minimum\": 300, \"maximum\": 599}, "
	      "{\"type\": \"string\", \"pattern\": \"^[345](xx|[0-9][0-9])$\"}]}",
};

static const struct field status_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct status_range), .special = &status_special};

/* ---- the mappings */

#define SCOPE_ROW                                                                                  \
	FIELD(struct fixture_list, scope, "scope", FIELD_ENUM, .meanings = scope_meanings,         \
	      .choices = scope_words, .fallback = "shard", .example = "fleet",                     \
	      .prose = "Who runs the steps if the run is split into several shards: each shard "   \
		       "(shard), or the first one for all of them (fleet), which passes its "      \
		       "values to the others in a shared folder (--fleet-dir). A teardown "        \
		       "without a scope has the scope of the setup.")
#define RENEWAL_ROWS                                                                               \
	FIELD(struct fixture_list, every, "every", FIELD_TEMPLATE,                                 \
	      .expected = "a duration such as 50m, or one with ${…} such as \"${seconds}s\"",      \
	      .example = "50m",                                                                    \
	      .prose = "Runs the steps again this long after they ended, so that their values "    \
		       "are renewed. It can contain a value that the steps extract: "              \
		       "\"${expires_in * 0.9}s\"."),                                               \
	    FIELD(struct fixture_list, renew_on, "renew_on", FIELD_LIST, .flags = FIELD_ONE_OK,    \
		  .element = &status_element, .example = "[401]",                                  \
		  .prose = "Statuses of responses that show that the values are no longer valid: " \
			   "the steps are run again, and the request is sent again with the "      \
			   "new values. That response is counted under retries and not as a "      \
			   "failure.")
#define STEPS_ROW                                                                                  \
	FIELD(struct fixture_list, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,           \
	      .example = "[post: /test/reset]", .prose = "The steps.")

static const struct field setup_fields[] = {SCOPE_ROW, RENEWAL_ROWS, STEPS_ROW, FIELD_END};
static const struct field before_user_fields[] = {RENEWAL_ROWS, STEPS_ROW, FIELD_END};
static const struct field teardown_fields[] = {SCOPE_ROW, STEPS_ROW, FIELD_END};

static void read_list(struct reader *r, const struct node *node, const struct field *fields,
		      struct fixture_list *list)
{
	bool mapping = false;

	for (const struct field *row = fields; row->key && node->kind == NODE_MAP; row++)
		mapping |= node_find(node, str_of(row->key)) != NULL;
	if (mapping)
		(void)reader_object(r, node, fields, list);
	else
		(void)reader_steps(r, node, &list->steps);
}

static void read_setup(struct reader *r, const struct node *node, void *out)
{
	read_list(r, node, setup_fields, out);
}

static void read_before_user(struct reader *r, const struct node *node, void *out)
{
	read_list(r, node, before_user_fields, out);
}

static void read_teardown(struct reader *r, const struct node *node, void *out)
{
	read_list(r, node, teardown_fields, out);
}

#define NAME   "a list of steps, each starting with a dash"
#define SCHEMA "{\"$ref\": \"#/definitions/steps\"}"

const struct field_special setup_special = {.widget = "steps",
					    .name = NAME,
					    .read = read_setup,
					    .schema = SCHEMA,
					    .fields = setup_fields,
					    .definition = "setup"};
const struct field_special before_user_special = {.widget = "steps",
						  .name = NAME,
						  .read = read_before_user,
						  .schema = SCHEMA,
						  .fields = before_user_fields,
						  .definition = "before_user"};
const struct field_special teardown_special = {.widget = "steps",
					       .name = NAME,
					       .read = read_teardown,
					       .schema = SCHEMA,
					       .fields = teardown_fields,
					       .definition = "around"};

static bool has_scope(const struct fixture_list *list)
{
	return list->keys.node && keys_has(&list->keys, setup_fields, "scope");
}

bool fixture_list_is_once(const struct fixture_list *list, const struct fixture_list *before)
{
	if (before && !has_scope(list))
		list = before;
	return list->scope == FIXTURE_PER_FLEET;
}
