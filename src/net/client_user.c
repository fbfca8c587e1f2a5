#include "net/client_private.h"

static struct http_user *pop(struct http_user **list)
{
	struct http_user *user = *list;

	if (user)
		*list = user->next;
	return user;
}

static void push(struct http_user **list, struct http_user *user)
{
	user->next = *list;
	*list = user;
}

struct http_user *client_user_open(struct http *http)
{
	struct client *c = (struct client *)http;
	struct http_user *user = pop(&c->reusable_users);

	if (!user) {
		user = pop(&c->free_users);
		if (!user) {
			user = ARENA_NEW(&c->arena, struct http_user);
			user->next_created = c->users;
			c->users = user;
		}
	}
	user->in_flight = 0;
	user->leaving = user->curl.has_h2c = false;
	return user;
}

static void free_or_keep_user(struct client *c, struct http_user *user)
{
	cookie_jar_clear(&user->cookies);
	libcurl_auth_close(user);
	if (c->config.reuse == HTTP_REUSE_POOL) {
		push(&c->reusable_users, user);
		return;
	}
	for (unsigned i = 0; i < CLIENT_TRANSPORTS; i++)
		client_transports[i]->user_close(user);
	push(&c->free_users, user);
}

void client_user_close(struct http *http, struct http_user *user)
{
	user->leaving = true;
	if (user->in_flight == 0)
		free_or_keep_user((struct client *)http, user);
}

void client_user_request_done(struct client *c, struct http_user *user)
{
	user->in_flight--;
	if (user->leaving && user->in_flight == 0)
		free_or_keep_user(c, user);
}

void client_cookies_clear(struct http *http, struct http_user *user)
{
	(void)http;
	cookie_jar_clear(&user->cookies);
}

void client_users_free(struct client *c)
{
	for (struct http_user *user = c->users; user; user = user->next_created) {
		for (unsigned i = 0; i < CLIENT_TRANSPORTS; i++)
			client_transports[i]->user_close(user);
		cookie_jar_release(&user->cookies);
	}
}
