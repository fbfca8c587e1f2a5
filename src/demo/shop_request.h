/*
 * What a page or API call of the shop gets to work with. A route is a method, a path in which {id}
 * stands for a number, and a handler that answers the visit exactly once.
 */
#ifndef DEMO_SHOP_REQUEST_H
#define DEMO_SHOP_REQUEST_H

#include "demo/catalogue.h"
#include "demo/counts.h"
#include "demo/request_log.h"
#include "demo/shop.h"
#include "demo/state.h"
#include "doc/json.h"

struct shop {
	struct shop_config config;
	struct state *state;
	struct counts counts;
	struct request_log *log; /* NULL: none is kept */
	struct server *server;
	ns_t free_at; /* with `capacity`: when the one counter is free again */
	struct buf page, field;
	struct json_tape tape;
};

struct shop_request {
	struct shop *shop;
	struct http_request *http;
	struct shop_session *session; /* of the cookie; NULL: none */
	unsigned visitor;	      /* of the log, also when the session has ended; 0: nobody */
	unsigned id;		      /* of the path's {id} */
};

struct route {
	enum http_request_method method;
	struct str path;
	struct str label; /* "GET /products/{id}" */
	void (*handle)(struct shop_request *request);
};

extern const struct route page_routes[];
extern const struct route api_routes[];

/* The token of the form that was posted, good until the next field is looked up; may be empty. */
struct str shop_request_token(struct shop_request *request);
/* The session of the cookie, or a new one whose cookie goes with the answer. */
struct shop_session *shop_request_session(struct shop_request *request);
void shop_request_set_cookie(struct shop_request *request);
/* Counts the answer that is about to be given, and puts the request into the log. */
void shop_request_count(struct shop_request *request, int status);
/* Answers, counted. */
void shop_request_reply(struct shop_request *request, int status, const char *content_type,
			struct str body);
void shop_request_redirect(struct shop_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
