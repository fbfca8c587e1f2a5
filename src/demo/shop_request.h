/*
 * The input of the handler of a page or API call of the shop. A route is a method, a path in which
 * {id} matches a number, and a handler that responds exactly once.
 */
#ifndef DEMO_SHOP_REQUEST_H
#define DEMO_SHOP_REQUEST_H

#include "demo/catalogue.h"
#include "demo/route_counts.h"
#include "demo/request_log.h"
#include "demo/shop.h"
#include "demo/shop_state.h"
#include "doc/json.h"

struct shop {
	struct shop_config config;
	struct shop_state *state;
	struct route_counts counts;
	struct request_log *log; /* NULL: there is none */
	struct server *server;
	ns_t free_at; /* with `capacity`: when the queue is empty again */
	struct buf page, field;
	struct json_tape tape;
};

struct shop_request {
	struct shop *shop;
	struct http_request *http;
	struct shop_session *session; /* of the cookie; NULL: none */
	unsigned visitor;	      /* for the log, also when the session has ended; 0: unknown */
	unsigned id;		      /* of the path's {id} */
};

struct route {
	enum http_request_method method;
	struct str path;
	struct str label; /* "GET /products/{id}" */
	void (*handle)(struct shop_request *request);
};

/* A row of a table of routes, which ends with a row whose handler is NULL. */
#define ROUTE(method_, verb, path_, handler)                                                       \
	{                                                                                          \
		.method = (method_), .path = {path_, sizeof(path_) - 1},                           \
		.label = {verb " " path_, sizeof(verb " " path_) - 1}, .handle = (handler)         \
	}

extern const struct route page_routes[];
extern const struct route form_routes[];
extern const struct route api_routes[];
extern const struct route stream_routes[];
extern const struct route oauth_routes[];
extern const struct route support_routes[];

/* A field of the submitted form, decoded; valid until the next call. Empty if it was not sent. */
struct str shop_request_field(struct shop_request *request, struct str name);
/* True if the submitted form has the token of the session. */
bool shop_request_csrf_is_valid(struct shop_request *request);
/* The token of the submitted form, valid until the next field is read; may be empty. */
struct str shop_request_token(struct shop_request *request);
/* The session of the cookie, or a new one whose cookie is sent with the response. */
struct shop_session *shop_request_session(struct shop_request *request);
void shop_request_set_cookie(struct shop_request *request);
/* Counts the response that is about to be sent, and logs the request. */
void shop_request_count(struct shop_request *request, int status);
/* Sends a response and counts it. */
void shop_request_reply(struct shop_request *request, int status, const char *content_type,
			struct str body);
void shop_request_redirect(struct shop_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
