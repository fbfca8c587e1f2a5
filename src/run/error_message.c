#include "run/error_message.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/inflate.h"
#include "doc/json_error.h"
#include "run/response_secrets.h"

#define READ_MAX  100u	 /* failures of each request, on one worker */
#define BYTES_MAX 32768u /* of a body */

struct error_message {
	struct json_tape tape;
	struct buf body, text;
	unsigned *read; /* of each request */
};

struct error_message *error_message_new(const struct program *program)
{
	struct error_message *m = alloc_zeroed(1, sizeof *m);

	m->read = alloc_zeroed(program->request_count + 1, sizeof *m->read);
	json_init(&m->tape);
	buf_init(&m->body, 0);
	buf_init(&m->text, 0);
	return m;
}

void error_message_free(struct error_message *m)
{
	if (!m)
		return;
	json_release(&m->tape);
	buf_release(&m->body);
	buf_release(&m->text);
	free(m->read);
	free(m);
}

/* The body as text: nothing may have asked for it, and then it is still encoded. */
static struct str body_of(struct error_message *m, const struct exchange *x)
{
	const struct response response = {.headers = buf_str(&x->headers)};
	struct str encoding = response_header(&response, STR("Content-Encoding"), 0);

	if (!x->response_is_raw || !encoding.len)
		return buf_str(&x->response);
	buf_clear(&m->body);
	return inflate_content(buf_str(&x->response), encoding, BYTES_MAX, &m->body)
		   ? buf_str(&m->body)
		   : STR("");
}

void error_message_put(struct worker *w, struct fiber *f, struct buf *out)
{
	struct error_message *m = w->error_message;
	struct str body, text;

	if (m->read[f->request->index] == READ_MAX)
		return;
	m->read[f->request->index]++;
	body = str_trim(body_of(m, f->exchange));
	if (!body.len || body.len > BYTES_MAX || (body.ptr[0] != '{' && body.ptr[0] != '['))
		return;
	response_secrets_find(w, f);
	buf_clear(&m->text);
	/* The error of a token endpoint has no token (RFC 6749, 5.2). */
	if ((response_secrets_withheld(w).len && !f->request->requests_token) ||
	    !json_read(&m->tape, body) || !json_error_put_message(&m->tape, &m->text))
		return;
	text = str_trim(buf_str(&m->text));
	if (text.len)
		buf_printf(out, ": «%.*s»", STR_ARG(text));
}
