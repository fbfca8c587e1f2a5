#include "net/client_private.h"

/* The URL of a request as options of its handle. */

/* A dynamic target; libcurl has copied it. */
static const char dynamic[] = "";

static void set_origin(struct client_exchange *x, const char *origin, CURLU *parsed)
{
	/* libcurl uses the text when it sends again. */
	curl_easy_setopt(x->curl.easy, CURLOPT_URL, origin);
	curl_easy_setopt(x->curl.easy, CURLOPT_CURLU, parsed);
	x->curl.set.url = origin;
}

static void set_target(struct client_exchange *x, const char *target)
{
	if (x->curl.set.target != target)
		curl_easy_setopt(x->curl.easy, CURLOPT_REQUEST_TARGET, target);
	x->curl.set.target = target;
}

static void set_dynamic_target(struct client_exchange *x)
{
	curl_easy_setopt(x->curl.easy, CURLOPT_REQUEST_TARGET, x->target.data);
	x->curl.set.target = dynamic;
}

void libcurl_url_apply(struct client_exchange *x)
{
	const struct http_plan *plan = x->pub.plan;

	libcurl_proxy_set(x, x->proxy);
	if (!client_url_is_dynamic(x)) {
		if (x->curl.set.url != plan->origin)
			set_origin(x, plan->origin, plan->parsed);
		set_target(x, plan->target);
		return;
	}
	if (x->curl.set.url != x->origin.data)
		set_origin(x, x->origin.data, x->parsed);
	if (client_url_is_whole(&plan->spec))
		set_target(x, NULL);
	else
		set_dynamic_target(x);
}
