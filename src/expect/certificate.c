/* certificate: checks for how many days the server's certificate is still valid. */
#include <stdio.h>

#include "doc/node.h"
#include "interface/expect.h"
#include "interface/reader.h"

struct days {
	struct keys keys;
	int64_t min, max;
};

struct certificate {
	struct keys keys;
	struct days days_left;
};

static const struct field days_fields[] = {
    FIELD(struct days, min, "min", FIELD_INT, .flags = FIELD_PARAMETER, .fallback = "-1000000",
	  .low = -1e6, .high = 1e6, .prose = "Minimum number of days.", .example = "14"),
    FIELD(struct days, max, "max", FIELD_INT, .flags = FIELD_PARAMETER, .fallback = "1000000",
	  .low = -1e6, .high = 1e6, .prose = "Maximum number of days.", .example = "90"),
    FIELD_END,
};

/* An exact number would be wrong on the next day, so it is an error; suggests it as the minimum. */
static void read_days(struct reader *r, const struct node *node, void *out)
{
	char fix[48];

	if (node->kind != NODE_SCALAR || node_is_empty(node)) {
		reader_object(r, node, days_fields, out);
		return;
	}
	struct diag *diag =
	    reader_error(r, node->span, DIAG_E346,
			 "an exact number of days is only correct today; use 'min' or 'max'");
	snprintf(fix, sizeof fix, "{min: %.*s}", (int)(node->text.len < 30 ? node->text.len : 30),
		 node->text.ptr);
	reader_fix_value(r, diag, node, str_of(fix));
}

static const struct field_special days_special = {
    .name = "a bound such as {min: 14}",
    .definition = "days_left",
    .read = read_days,
    .fields = days_fields,
};

static const struct field certificate_fields[] = {
    FIELD(struct certificate, days_left, "days_left", FIELD_SPECIAL, .flags = FIELD_REQUIRED,
	  .special = &days_special, .example = "{min: 14}",
	  .prose = "Whole days until the certificate expires, between min and max."),
    FIELD_END,
};

static const struct field certificate_field = {
    .key = "certificate",
    .type = FIELD_OBJECT,
    .bytes = sizeof(struct certificate),
    .fields = certificate_fields,
    .prose = "Number of days until the server's certificate expires.",
    .example = "{days_left: {min: 14}}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct certificate *own = expect->data;

	if (p->plain_http)
		diag_error(p->diags, expect->span, DIAG_E346,
			   "a URL that starts with http:// has no certificate");
	else if (own->days_left.min > own->days_left.max)
		diag_error(p->diags, expect->span, DIAG_E346, "`min` is larger than `max`");
	else
		return &own->days_left;
	return NULL;
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct days *own = plan;

	(void)rendered;
	(void)scratch;
	return response->has_certificate && response->certificate_days >= own->min &&
		       response->certificate_days <= own->max
		   ? EXPECT_PASSED
		   : EXPECT_FAILED;
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	const struct days *own = plan;
	long long days = response->certificate_days;

	(void)rendered;
	if (!response->has_certificate) {
		buf_add(out, STR("no certificate: the response came over plain HTTP"));
		return;
	}
	buf_printf(out,
		   days < 0 ? "the certificate expired %lld day%s ago, "
			    : "the certificate expires in %lld day%s, ",
		   days < 0 ? -days : days, days == 1 || days == -1 ? "" : "s");
	if (days < own->min)
		buf_printf(out, "expected at least %lld", (long long)own->min);
	else
		buf_printf(out, "expected at most %lld", (long long)own->max);
}

const struct expect_kind certificate_expect = {
    .name = "certificate",
    .sentence = "Number of days until the server's certificate expires.",
    .field = &certificate_field,
    .bytes = sizeof(struct certificate),
    .needs = NEEDS_CERTIFICATE,
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
