/*
 * Shows bodies of responses and reports in the browser. They are from elsewhere, so they are not
 * served from the address of the page, whose scripts know the token: a second server on another
 * port serves each of them once, in a sandbox. The server's thread.
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
/* Before the server of the API. */
void api_views_free(struct api *api);

#endif
