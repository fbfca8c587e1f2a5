#include "cmd/http_version_check.h"

#include "doc/node.h"
#include "net/http.h"

/* Where the file asks for it: `http` of `defaults`, else the step. */
static struct span place_of(const struct loaded_file *l, const struct request_plan *request)
{
	const struct node *defaults = node_find(l->root, STR("defaults"));
	const struct node *http = defaults ? node_find(defaults, STR("http")) : NULL;

	return http && l->model->defaults.http == HTTP_3 ? http->span : request->span;
}

/* Returns false after adding an error. */
static bool check(struct loaded_file *l, const struct request_plan *request)
{
	const struct defaults *d = &l->model->defaults;
	const char *obstacle = http_version_obstacle(HTTP_WANT_3);
	struct span span = place_of(l, request);

	if (obstacle)
		diag_error(&l->diags, span, DIAG_E314, "`http: 3` cannot be used: %s", obstacle);
	else if (str_starts(l->program->target, STR("http://")))
		diag_error(&l->diags, span, DIAG_E314,
			   "`http: 3` needs a target with https://, not '%.*s'",
			   STR_ARG(l->program->target));
	else if (request->proxy.len)
		diag_error(&l->diags, span, DIAG_E314,
			   "`http: 3` cannot be used with a proxy; remove `proxy`, or `http`");
	else if (d->unix_socket.len)
		diag_error(&l->diags, span, DIAG_E314,
			   "`http: 3` cannot be used with `unix_socket`; remove one of them");
	else if (d->transport == TRANSPORT_DIRECT)
		diag_error(&l->diags, span, DIAG_E314,
			   "`http: 3` needs libcurl; remove `transport: direct`");
	else
		return true;
	return false;
}

void http_version_check(struct loaded_file *l)
{
	for (uint32_t i = 0; i < l->program->request_count; i++)
		if (l->program->requests[i].http == HTTP_3 && !check(l, &l->program->requests[i]))
			return;
}
