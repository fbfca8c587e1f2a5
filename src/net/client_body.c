#include "net/client_private.h"

#include <stdio.h>
#include <string.h>

/* The body of X is text with files inserted: piece AT is text if even, a file if odd. */
struct str client_body_piece(const struct client_exchange *x, size_t at)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;
	size_t file = at / 2;

	if (at % 2)
		return spec->files[file];
	return str_slice(buf_str(&x->pub.body), file ? x->pub.file_offsets[file - 1] : 0,
			 file < spec->file_count ? x->pub.file_offsets[file] : x->pub.body.len);
}

int64_t client_body_len(const struct client_exchange *x)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;
	int64_t len = (int64_t)x->pub.body.len;

	for (size_t i = 0; i < spec->file_count; i++)
		len += (int64_t)spec->files[i].len;
	return len;
}
