/*
 * For tests of renewals in virtual time: a server whose tokens expire, and runs against it. One
 * test at a time.
 */
#ifndef TESTS_RENEWAL_RIG_H
#define TESTS_RENEWAL_RIG_H

#include "compiled.h"

#include <stdio.h>

#include "base/log.h"
#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

#define USERS_MAX  4096u
#define BODIES_MAX 65536u

/* Issues a token with two parts for /token, and one for each user for /login; every other URL with
 * ?t=TOKEN&c=CODE needs a valid pair. */
struct server {
	ns_t life, slow;		/* of tokens; latency of /token and /login */
	unsigned fail_from, fail_count; /* numbers of the requests for a token that get 500 */
	bool revokes;			/* a new token ends the one before */
	/* Results. */
	unsigned asked, issued, refused, mixed, served, running, most_running;
	unsigned logins;
	char cart[64]; /* the values of ?cart=, in order */
	/* Its tokens. */
	ns_t issued_at[BODIES_MAX];
	unsigned of_user[USERS_MAX]; /* the last one of each user; 0: none */
	char bodies[BODIES_MAX][48];
};

static struct fake_response issue(struct server *server, const struct fake_request *request,
				  bool login)
{
	unsigned asked = ++server->asked, number;

	if (asked >= server->fail_from && asked < server->fail_from + server->fail_count)
		return (struct fake_response){.latency = 10 * MS, .status = 500};
	number = ++server->issued;
	assert_true(number < BODIES_MAX && request->user < USERS_MAX);
	server->issued_at[number] = request->at;
	if (login) {
		server->logins++;
		server->of_user[request->user] = number;
	}
	snprintf(server->bodies[number], sizeof server->bodies[number],
		 "{\"t\": \"t%u\", \"c\": \"c%u\", \"life\": %d}", number, number,
		 (int)(server->life / S));
	return (struct fake_response){.latency = server->slow, .body = server->bodies[number]};
}

static inline unsigned number_after(struct str url, struct str name)
{
	size_t at = str_find(url, name, 0);

	return at == NOT_FOUND ? 0 : (unsigned)strtoul(url.ptr + at + name.len, NULL, 10);
}

static inline struct fake_response serve(void *owner, const struct fake_request *request)
{
	struct server *server = owner;
	struct str url = request->url;
	size_t cart = str_find(url, STR("cart="), 0);
	unsigned token, code;

	if (str_ends(url, STR("/token")) || str_ends(url, STR("/login")))
		return issue(server, request, str_ends(url, STR("/login")));
	if (cart != NOT_FOUND)
		snprintf(server->cart + strlen(server->cart),
			 sizeof server->cart - strlen(server->cart), "%.*s,",
			 (int)(url.len - cart - 5), url.ptr + cart + 5);
	token = number_after(url, STR("t=t"));
	code = number_after(url, STR("c=c"));
	server->mixed += token != code;
	if (token && (request->at > server->issued_at[token] + server->life ||
		      (server->revokes && token < server->issued))) {
		server->refused++;
		return (struct fake_response){.latency = 10 * MS, .status = 401};
	}
	server->served++;
	return (struct fake_response){.latency = 10 * MS, .body = "fine"};
}

struct test {
	struct simulation sim;
	struct compiled c;
	struct server server;
};

static inline struct test *prepare(const char *text)
{
	struct test *t = calloc(1, sizeof *t);

	t->server.life = 60 * S;
	t->server.slow = 10 * MS;
	compiled_init(&t->c, text);
	if (!t->c.program)
		fail_msg("%s", t->c.text.data);
	simulation_init(&t->sim);
	t->sim.settings.program = t->c.program;
	t->sim.settings.load = t->c.program->model->load;
	t->sim.serve = serve;
	t->sim.owner = &t->server;
	return t;
}

static inline void release(struct test *t)
{
	simulation_release(&t->sim);
	compiled_release(&t->c);
	free(t);
}

static inline const struct run_counts *counts(const struct test *t)
{
	return &t->sim.summary.run;
}

static inline const struct series_counts *all(const struct test *t)
{
	return &t->sim.summary.all.counts;
}

static inline ns_t longest(const struct test *t, enum time_kind kind)
{
	return t->sim.summary.all.times[kind].m.max_ns;
}

static inline void nothing_failed(const struct test *t)
{
	const struct failure_note *note = &t->sim.summary.failures[0];

	if (t->sim.summary.failure_count)
		fail_msg("%.*s", (int)note->text_len, note->text);
	assert_int_equal(recorder_series_counts_failed(all(t)), 0);
	assert_int_equal(t->server.mixed, 0);
}

#define TARGET	 "target: http://shop\n"
#define EXTRACT	 "{t: {jsonpath: $.t, secret: yes}, c: {jsonpath: $.c}, life: {jsonpath: $.life}}"
#define GET	 "  - get: /v?t=${t}&c=${c}&l=${life}\n"
#define SETUP(x) "setup: {" x ", steps: [{get: /token, extract: " EXTRACT "}]}\n"
#define LOGIN(x) "before_user: {" x ", steps: [{get: /login, extract: " EXTRACT "}]}\n"

#endif
