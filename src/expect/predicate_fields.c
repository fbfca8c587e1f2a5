/* The keys of a predicate. */
#include "doc/node.h"
#include "expect/predicate.h"
#include "interface/reader.h"

const char *const predicate_types[] = {"text", "number", "boolean", "null", "list", "object", NULL};
static const char *const type_meanings[] = {
    "text", "a number", "true or false", "null", "a list", "an object", NULL};

static void read_written(struct reader *r, const struct node *node, void *out)
{
	struct written *written = out;

	if (node->kind == NODE_SCALAR)
		reader_template(r, node, &written->text);
	else
		written->tree = node;
}

static const struct field_special written_special = {
    .widget = "json",
    .name = "a value",
    .read = read_written,
    .schema = "{}",
};

static const struct field written_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct written), .special = &written_special};
static const struct field text_element = {.type = FIELD_TEMPLATE, .bytes = sizeof(struct text)};
static const struct field predicate_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct predicate), .special = &predicate_special};

const struct field predicate_fields[] = {
    FIELD(struct predicate, equals, "equals", FIELD_SPECIAL, .special = &written_special,
	  .example = "{id: 7, tags: [new]}",
	  .prose =
	      "Expected value; compared as numbers if both look like numbers. In JSON it can be a "
	      "list or an object, compared as a whole: numbers by value, keys in any order."),
    FIELD(struct predicate, exists, "exists", FIELD_BOOL, .example = "yes",
	  .prose = "Whether there must be a value."),
    FIELD(struct predicate, not, "not", FIELD_LIST, .flags = FIELD_ONE_OK,
	  .element = &predicate_element, .example = "{contains: error}",
	  .prose = "Values or predicates that must all be false."),
    FIELD(struct predicate, contains, "contains", FIELD_LIST, .flags = FIELD_ONE_OK,
	  .element = &written_element, .example = "Welcome",
	  .prose = "Text that the value must contain, an element that a list must have, or keys "
		   "with values that a JSON object must have; one of them, or a list of them."),
    FIELD(struct predicate, matches, "matches", FIELD_LIST, .flags = FIELD_ONE_OK,
	  .element = &text_element, .example = "'^ok'",
	  .prose = "Regular expression (PCRE2) that must match the text; one, or a list."),
    FIELD(struct predicate, min, "min", FIELD_TEMPLATE, .example = "1",
	  .prose = "Minimum of the value, which must be a number."),
    FIELD(struct predicate, max, "max", FIELD_TEMPLATE, .example = "10",
	  .prose = "Maximum of the value, which must be a number."),
    FIELD(struct predicate, count, "count", FIELD_TEMPLATE, .example = "3",
	  .prose = "Exact number of values found."),
    FIELD(struct predicate, type, "type", FIELD_ENUM, .meanings = type_meanings,
	  .choices = predicate_types, .example = "number", .prose = "Type of the value."),
    FIELD_END,
};

/* Whether a key of NODE is one of a predicate, or similar to one. */
static bool is_predicate(const struct node *node)
{
	struct str words[sizeof predicate_fields / sizeof *predicate_fields];
	size_t count = 0;

	for (const struct field *row = predicate_fields; row->key; row++)
		words[count++] = str_of(row->key);
	for (size_t i = 0; i < node->count; i++)
		if (field_find(predicate_fields, node->pairs[i].key->text) ||
		    diag_nearest(node->pairs[i].key->text, words, count).ptr)
			return true;
	return false;
}

static void read_predicate(struct reader *r, const struct node *node, void *out)
{
	struct predicate *predicate = out;

	if (node->kind == NODE_MAP && node->count && !is_predicate(node)) {
		reader_error(r, node->span, DIAG_E140,
			     "expected a predicate such as contains; to compare a whole object, "
			     "write {equals: {…}}");
		return;
	}
	if (node->kind == NODE_MAP) {
		reader_object(r, node, predicate_fields, predicate);
		return;
	}
	predicate->plain = true;
	read_written(r, node, &predicate->equals);
}

const struct field_special predicate_special = {
    .widget = "predicate",
    .name = "a value, or keys such as contains and matches",
    .read = read_predicate,
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\", \"null\", \"array\"]}",
    .fields = predicate_fields,
    .definition = "predicate",
};
