#include "run/trace_text.h"

#include "base/log.h"
#include "base/units.h"
#include "run/live_secrets.h"

struct str trace_text_content_type(const struct exchange *x)
{
	struct response response = {.headers = buf_str(&x->headers)};

	return response_header(&response, STR("Content-Type"), 0);
}

struct str trace_text_media_type(const struct exchange *x)
{
	struct str type = trace_text_content_type(x);
	size_t end = str_find_char(type, ';', 0);

	return end == NOT_FOUND ? type : str_trim(str_slice(type, 0, end));
}

/* The result of a wait for messages. */
static void put_wait(const struct fiber *f, const struct exchange *x, struct buf *out)
{
	uint32_t count = f->request->wait->count;

	if (x->result != HTTP_OK)
		buf_add(out, STR("no message"));
	else if (count > 1)
		buf_printf(out, "%u messages, the last of ", count);
	else
		buf_add(out, STR("a message of "));
	if (x->result == HTTP_OK)
		units_put_bytes(out, x->response.len);
	buf_add(out, x->result == HTTP_OK ? STR(" in ") : STR(" after "));
	units_put_time(out, x->times.done - x->times.sent, false);
}

void trace_text_put_exchange(const struct fiber *f, const struct exchange *x, struct buf *out)
{
	const char *method = x->override_method ? x->method : f->request->method.ptr;
	struct str type;

	buf_printf(out, "%s %s  →  ", method, x->last_url ? x->last_url : "");
	if (f->request->wait) {
		put_wait(f, x, out);
		return;
	}
	if (x->result != HTTP_OK) {
		buf_printf(out, "no response after ");
		units_put_time(out, x->times.done - x->times.sent, false);
		buf_printf(out, ": %s", x->error);
		return;
	}
	buf_printf(out, "%d in ", x->status);
	units_put_time(out, x->times.done - x->times.sent, false);
	buf_add(out, STR(", "));
	units_put_bytes(out, x->bytes_received);
	type = trace_text_media_type(x);
	if (type.len)
		buf_printf(out, " of %.*s", STR_ARG(type));
	if (x->version >= 20)
		buf_printf(out, ", HTTP/%d", x->version / 10);
	if (x->transport)
		buf_printf(out, ", transport: %s", x->transport);
}

void trace_text_put_user(const struct fiber *f, struct buf *out)
{
	const struct user *u = f->user;

	if (u->fixture == FIXTURE_SETUP || u->fixture == FIXTURE_TEARDOWN) {
		buf_add(out, str_of(program_fixture_name((enum fixture_kind)u->fixture)));
		return;
	}
	buf_printf(out, "user %llu, ", (unsigned long long)u->number + 1);
	if (user_iterates(u))
		buf_printf(out, "iteration %llu", (unsigned long long)u->iteration);
	else
		buf_add(out, str_of(program_fixture_name((enum fixture_kind)u->fixture)));
}

void trace_text_print(struct worker *w, const struct fiber *f, struct buf *text)
{
	live_secrets_mask(w, f, text);
	if (log_get_level() >= LOG_VERBOSE)
		log_verbose("%.*s", STR_ARG(buf_str(text)));
	else
		log_info("%.*s", STR_ARG(buf_str(text)));
	buf_clear(text);
}
