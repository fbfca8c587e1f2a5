/* Where the credentials of a request are sent, and over which version of HTTP. */
#include "base/url.h"
#include "interface/reader.h"
#include "program/emitter.h"

/* Where a request goes: known before the run if its URL begins with a host. */
enum destination { TO_TARGET, TO_OTHER, TO_UNKNOWN };

static enum destination destination_of(const struct emitter *e, const struct tmpl *url)
{
	struct str start = url->constant ? url->value.text
			   : url->count	 ? url->parts[0].literal
					 : STR("");
	struct url parts, target;

	if ((!url->constant && str_find_char(start, '/', STR("https://").len) == NOT_FOUND) ||
	    !url_split(start, &parts) || !url_split(e->program->target, &target))
		return TO_UNKNOWN;
	return url_same_origin(&parts, &target) ? TO_TARGET : TO_OTHER;
}

/* The headers of `defaults.auth` stay for the target, are dropped for another host, and are checked
 * when the request is sent if its host is not known. */
static void limit_auth(struct emitter *e, struct request_plan *plan)
{
	struct header_plan *headers = (struct header_plan *)plan->headers;
	enum destination to = destination_of(e, plan->url);
	size_t kept = 0;

	for (size_t i = 0; i < plan->header_count; i++) {
		struct header_plan header = headers[i];

		if (header.target_only && to == TO_OTHER)
			continue;
		header.target_only = header.target_only && to == TO_UNKNOWN;
		if (header.target_only)
			header.line = STR_NULL;
		headers[kept++] = header;
	}
	plan->header_count = kept;
	plan->auth.target_only = to == TO_UNKNOWN;
	if (to == TO_OTHER)
		plan->auth = (struct auth_plan){.kind = AUTH_NONE};
}

/* NTLM and Kerberos authenticate a connection, and HTTP/2 and HTTP/3 have one for many requests. */
static void limit_http(struct emitter *e, struct request_plan *plan)
{
	bool ntlm = plan->auth.kind == AUTH_NTLM;

	if (!ntlm && plan->auth.kind != AUTH_NEGOTIATE)
		return;
	if (plan->http == HTTP_2 || plan->http == HTTP_3)
		diag_error(e->diags, plan->span, DIAG_E306,
			   "auth: %s needs HTTP/1.1; remove `http: %d`",
			   ntlm ? "ntlm" : "negotiate", plan->http == HTTP_2 ? 2 : 3);
	plan->http = HTTP_1_1;
}

void emitter_limit_auth(struct emitter *e, struct request_plan *plan)
{
	if (plan->auth.target_only)
		limit_auth(e, plan);
	limit_http(e, plan);
}
