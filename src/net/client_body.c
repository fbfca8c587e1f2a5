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

size_t client_on_read(char *out, size_t size, size_t count, void *exchange)
{
	struct client_exchange *x = exchange;
	size_t room = size * count, done = 0;
	size_t pieces = 2 * x->pub.plan->spec.file_count + 1;

	while (done < room && x->piece < pieces) {
		struct str rest = client_body_piece(x, x->piece);

		rest = str_slice(rest, x->piece_at, rest.len);
		size_t len = rest.len < room - done ? rest.len : room - done;

		if (len)
			memcpy(out + done, rest.ptr, len);
		done += len;
		x->piece_at += len;
		if (len == rest.len) {
			x->piece++;
			x->piece_at = 0;
		}
	}
	return done;
}

/* libcurl only seeks to the start, when it sends again. */
int client_on_seek(void *exchange, curl_off_t offset, int origin)
{
	struct client_exchange *x = exchange;

	if (offset != 0 || origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	x->piece = x->piece_at = 0;
	return CURL_SEEKFUNC_OK;
}
