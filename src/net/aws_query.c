#include "net/aws_query.h"

#include <stdlib.h>

#include "base/url.h"

struct query_field {
	struct str name;
	struct str value;
};

static int compare_fields(const void *a, const void *b)
{
	const struct query_field *first = a, *second = b;
	int order = str_cmp(first->name, second->name);

	return order ? order : str_cmp(first->value, second->value);
}

static struct query_field field_of(struct str text)
{
	size_t equals = str_find_char(text, '=', 0);

	if (equals == NOT_FOUND)
		return (struct query_field){text, STR_NULL};
	return (struct query_field){str_n(text.ptr, equals), str_slice(text, equals + 1, text.len)};
}

static void add_sorted(struct buf *out, struct str query, struct buf *scratch)
{
	struct query_field *fields;
	size_t count = 0;

	buf_clear(scratch);
	for (size_t at = 0; at < query.len;) {
		size_t end = str_find_char(query, '&', at);

		if (end == NOT_FOUND)
			end = query.len;
		if (end > at) {
			struct query_field field = field_of(str_slice(query, at, end));

			buf_add(scratch, str_n((const char *)&field, sizeof field));
			count++;
		}
		at = end + 1;
	}
	if (!count)
		return;
	fields = (struct query_field *)(void *)scratch->data;
	qsort(fields, count, sizeof *fields, compare_fields);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%.*s=%.*s", i ? "&" : "", STR_ARG(fields[i].name),
			   STR_ARG(fields[i].value));
}

void aws_query_add_url(struct buf *out, struct str url, struct buf *scratch)
{
	struct url parts;

	if (!url_split(url, &parts) || !parts.query.ptr) {
		buf_add(out, url);
		return;
	}
	buf_add(out, str_n(url.ptr, (size_t)(parts.query.ptr - url.ptr)));
	add_sorted(out, parts.query, scratch);
}
