/* certificate: for how many days the certificate of the server is still good. */
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
	  .low = -1e6, .high = 1e6, .prose = "It is good for at least so many days.",
	  .example = "14"),
    FIELD(struct days, max, "max", FIELD_INT, .flags = FIELD_PARAMETER, .fallback = "1000000",
	  .low = -1e6, .high = 1e6, .prose = "It is good for at most so many days.",
	  .example = "90"),
    FIELD_END,
};

/* A number alone would have to be changed every day; it is meant as the least. */
static void read_days(struct reader *r, const struct node *node, void *out)
{
	char meant[48];

	if (node->kind != NODE_SCALAR || node_is_empty(node)) {
		reader_object(r, node, days_fields, out);
		return;
	}
	struct diag *diag = reader_error(
	    r, node->span, DIAG_E346, "tomorrow there is one day less; 'min' or 'max' is expected");
	snprintf(meant, sizeof meant, "{min: %.*s}",
		 (int)(node->text.len < 30 ? node->text.len : 30), node->text.ptr);
	reader_fix_value(r, diag, node, str_of(meant));
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
	  .prose = "Whole days until it ends, between min and max."),
    FIELD_END,
};

static const struct field certificate_field = {
    .key = "certificate",
    .type = FIELD_OBJECT,
    .bytes = sizeof(struct certificate),
    .fields = certificate_fields,
    .prose = "For how many days the certificate of the server is still good.",
    .example = "{days_left: {min: 14}}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct certificate *own = expect->data;

	if (p->plain_http)
		diag_error(p->diags, expect->span, DIAG_E346,
			   "there is no certificate where the URL begins with http://");
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
		buf_add(out, STR("no certificate: the answer came over plain http"));
		return;
	}
	buf_printf(out,
		   days < 0 ? "the certificate ended %lld day%s ago where "
			    : "the certificate is good for %lld day%s where ",
		   days < 0 ? -days : days, days == 1 || days == -1 ? "" : "s");
	if (days < own->min)
		buf_printf(out, "at least %lld were expected", (long long)own->min);
	else
		buf_printf(out, "at most %lld were expected", (long long)own->max);
}

const struct expect_kind certificate_expect = {
    .name = "certificate",
    .sentence = "For how many days the certificate of the server is still good.",
    .field = &certificate_field,
    .bytes = sizeof(struct certificate),
    .needs = NEEDS_CERTIFICATE,
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
