/* size: checks the size of the decompressed body: 431, 10KB, or {min, max}. */
#include "doc/node.h"
#include "interface/expect.h"
#include "interface/reader.h"

struct size {
	struct keys keys;
	int64_t min, max;
};

static const struct field size_fields[] = {
    FIELD(struct size, min, "min", FIELD_SIZE, .flags = FIELD_PARAMETER, .fallback = "0",
	  .prose = "Minimum number of bytes.", .example = "1KB"),
    FIELD(struct size, max, "max", FIELD_SIZE, .flags = FIELD_PARAMETER,
	  .fallback = "1000000000000", .prose = "Maximum number of bytes.", .example = "100KB"),
    FIELD_END,
};

static const struct field exact = {
    .key = "size", .type = FIELD_SIZE, .flags = FIELD_PARAMETER, .bytes = sizeof(int64_t)};

static void read_size(struct reader *r, const struct node *node, void *out)
{
	struct size *size = out;

	if (node->kind == NODE_MAP) {
		reader_object(r, node, size_fields, size);
		return;
	}
	reader_value(r, node, &exact, &size->min);
	size->max = size->min;
}

static const struct field_special size_special = {
    .widget = "size",
    .name = "size",
    .definition = "size",
    .read = read_size,
    .schema = "{\"type\": [\"integer\", \"string\"]}",
    .fields = size_fields,
};

static const struct field size_field = {
    .key = "size",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct size),
    .special = &size_special,
    .prose = "Size of the body in bytes, after decompression: exact, or between min and max.",
    .example = "{max: 100KB}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct size *own = expect->data;

	if (own->min <= own->max)
		return own;
	diag_error(p->diags, expect->span, DIAG_E346, "`min` is larger than `max`");
	return NULL;
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct size *own = plan;
	int64_t bytes = (int64_t)response->body.len;

	(void)rendered;
	(void)scratch;
	return bytes >= own->min && bytes <= own->max ? EXPECT_PASSED : EXPECT_FAILED;
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	const struct size *own = plan;

	(void)rendered;
	if (own->min == own->max)
		buf_printf(out, "expected %lld", (long long)own->min);
	else if ((int64_t)response->body.len < own->min)
		buf_printf(out, "expected at least %lld", (long long)own->min);
	else
		buf_printf(out, "expected at most %lld", (long long)own->max);
	buf_printf(out, " bytes, got %zu", response->body.len);
}

const struct expect_kind size_expect = {
    .name = "size",
    .sentence = "Size of the body in bytes.",
    .field = &size_field,
    .bytes = sizeof(struct size),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
