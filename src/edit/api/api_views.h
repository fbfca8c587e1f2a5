/*
 * Shows bodies of responses and reports in the browser. They can contain scripts of other sites, so
 * they must not reach the page, whose scripts know the token: the Content-Security-Policy puts each
 * of them into a sandbox with its own origin. They are served on the port of the page, because a
 * container publishes only this one. Their address has a random part and can be read once, so it
 * needs no token, which an iframe could not send. The server's thread.
 */
#ifndef EDIT_API_API_VIEWS_H
#define EDIT_API_API_VIEWS_H

#include <stdbool.h>

#include "base/str.h"

struct api;
struct api_request;

struct api_view_content {
	struct str type; /* the media type */
	bool is_text;	 /* it is UTF-8, whatever the media type says */
	bool scripts;	 /* it may run its scripts, without access to anything else */
	struct str body; /* copied */
};

/* Replies with the address at which CONTENT can be read once, within a minute. */
void api_views_reply(struct api_request *r, const struct api_view_content *content);
/* POST results/NAME/view: the report of a result. */
void api_views_report(struct api_request *r);
/* Serves the content if R is for such an address; false if it is for another one. */
bool api_views_get(struct api_request *r);
/* Before the server of the API. */
void api_views_free(struct api *api);

#endif
