#include "net/client_private.h"

#include <stdio.h>
#include <string.h>

size_t libcurl_on_read(char *out, size_t size, size_t count, void *exchange)
{
	struct client_exchange *x = exchange;
	size_t room = size * count, done = 0;
	size_t pieces = 2 * x->pub.plan->spec.file_count + 1;

	while (done < room && x->curl.piece < pieces) {
		struct str rest = client_body_piece(x, x->curl.piece);

		rest = str_slice(rest, x->curl.piece_at, rest.len);
		size_t len = rest.len < room - done ? rest.len : room - done;

		if (len)
			memcpy(out + done, rest.ptr, len);
		done += len;
		x->curl.piece_at += len;
		if (len == rest.len) {
			x->curl.piece++;
			x->curl.piece_at = 0;
		}
	}
	return done;
}

/* libcurl only seeks to the start, when it sends again. */
int libcurl_on_seek(void *exchange, curl_off_t offset, int origin)
{
	struct client_exchange *x = exchange;

	if (offset != 0 || origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	x->curl.piece = x->curl.piece_at = 0;
	return CURL_SEEKFUNC_OK;
}
