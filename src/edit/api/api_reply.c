#include <stdarg.h>

#include "doc/json_node.h"
#include "edit/api/api_private.h"

/* A response must not be kept by a cache, or shown in a frame. */
static void add_headers(struct api_request *r)
{
	http_request_add_header(r->http, "Cache-Control", STR("no-store"));
	http_request_add_header(r->http, "X-Content-Type-Options", STR("nosniff"));
	http_request_add_header(r->http, "Content-Security-Policy",
				STR("default-src 'none'; frame-ancestors 'none'"));
}

void api_reply(struct api_request *r, int status)
{
	json_writer_close(&r->json);
	api_reply_json(r, status);
}

void api_reply_json(struct api_request *r, int status)
{
	if (r->out.overflow) {
		api_fail(r, 422, "too-large",
			 "the response would be larger than %zu MiB; aliases repeat a large value",
			 API_REPLY_MAX >> 20);
		return;
	}
	add_headers(r);
	http_request_reply(r->http, status, "application/json", buf_str(&r->out));
}

void api_reply_begin(struct api_request *r, const char *content_type)
{
	add_headers(r);
	http_request_begin_reply(r->http, 200, content_type);
}

void api_reply_restart(struct api_request *r)
{
	buf_clear(&r->out);
	r->json = json_writer_spaced(&r->out);
	json_writer_open(&r->json, NULL);
}

void api_reply_put_error(struct api_request *r, const struct api_problem *problem)
{
	json_writer_open(&r->json, "error");
	json_writer_text(&r->json, "code", str_of(problem->code));
	json_writer_text(&r->json, "message", problem->message);
	if (r->path.len)
		json_writer_text(&r->json, "file", r->path);
	if (problem->line)
		json_writer_uint(&r->json, "line", problem->line);
	if (problem->place.ptr)
		json_writer_text(&r->json, "path", problem->place);
	if (problem->more.len)
		json_writer_fragment(&r->json, problem->more);
	json_writer_close(&r->json);
}

void api_fail_with(struct api_request *r, const struct api_problem *problem)
{
	api_reply_restart(r);
	api_reply_put_error(r, problem);
	api_reply(r, problem->status);
}

void api_fail(struct api_request *r, int status, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	struct str message = arena_vprintf(&r->arena, format, args);
	va_end(args);
	api_fail_with(r, &(struct api_problem){.status = status, .code = code, .message = message});
}

const struct node *api_body(struct api_request *r)
{
	const char *why = "it is not an object";
	size_t at = 0;
	const struct node *body = json_node_read(
	    &r->arena, source_new(&r->arena, STR("the request"), r->view->body), &at, &why);

	if (body && body->kind == NODE_MAP)
		return body;
	api_fail(r, 400, "json", "the body of the request is not a JSON object: byte %zu: %s", at,
		 why);
	return NULL;
}

struct str api_member(const struct node *body, const char *key)
{
	const struct node *value = node_find(body, str_of(key));

	return value && value->kind == NODE_SCALAR && value->style == NODE_DOUBLE ? value->text
										  : STR_NULL;
}
