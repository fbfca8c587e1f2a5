/*
 * Assigns requests to sessions: one client's requests, until nothing arrives for half an hour.
 * Many people can share one address (an office, a proxy): where a client that the log does not
 * name sends more than one person can, its visit is split by the Referer of its requests.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "import/accesslog/access_private.h"

#define SECOND	 INT64_C(1000000)
#define RATE_MAX 10u	       /* maximum requests in a second of one person */
#define LANE_GAP (SECOND / 10) /* assumed duration of a request if the log does not have it */

/* A visit of a client, later a session. */
struct client_visit {
	int64_t last_us, second;
	int64_t busy_us; /* until then it takes no request without a Referer */
	uint32_t in_second;
	bool many;	/* it sent more requests than one person does */
	uint32_t parts; /* number of sessions it became */
};

struct sessions {
	struct access_log *log;
	struct client_visit *visits; /* by number, from 1 */
	size_t count, cap;
	/* For split visits: the session that requested a path last. */
	struct {
		uint64_t key; /* visit and URL; 0: free */
		uint32_t session;
	} * asked;
	size_t slots;
	uint32_t *lanes; /* of a visit: the last session that takes requests without a Referer */
};

static uint32_t new_visit(struct sessions *s)
{
	if (s->count + 1 >= s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1024;
		s->visits = realloc(s->visits, s->cap * sizeof *s->visits);
		if (!s->visits)
			die_out_of_memory();
	}
	s->visits[++s->count] = (struct client_visit){.last_us = INT64_MIN};
	return (uint32_t)s->count;
}

/* Assigns each record to its client's visit; marks visits of several people. */
static void find_visits(struct sessions *s)
{
	uint32_t *current = alloc_zeroed(s->log->texts.count, sizeof *current);

	for (size_t i = 0; i < s->log->count; i++) {
		struct access_record *r = &s->log->records[i];
		uint32_t *at = &current[r->client];
		struct client_visit *v;

		if (!*at || r->start_us - s->visits[*at].last_us > ACCESS_SESSION_IDLE)
			*at = new_visit(s);
		v = &s->visits[*at];
		if (r->start_us / SECOND != v->second) {
			v->second = r->start_us / SECOND;
			v->in_second = 0;
		}
		v->many = v->many || (++v->in_second > RATE_MAX && !(r->flags & ACCESS_NAMED));
		v->last_us = r->start_us;
		r->session = *at;
	}
	free(current);
}

/* ---- splitting */

static uint64_t key_of(uint32_t visit, uint32_t url)
{
	return (uint64_t)visit << 32 | url;
}

static size_t slot_of(const struct sessions *s, uint64_t key)
{
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 20) % s->slots;

	while (s->asked[at].key && s->asked[at].key != key)
		at = (at + 1) % s->slots;
	return at;
}

/* Index of the path that the record's Referer names; UINT32_MAX: it was not requested. */
static uint32_t referred(const struct access_log *log, const struct access_record *r)
{
	struct str referer = access_log_text(log, r->referer);
	size_t colon = str_find(referer, STR("://"), 0), slash, hash;

	if (colon == NOT_FOUND)
		return UINT32_MAX;
	slash = str_find_char(referer, '/', colon + 3);
	hash = str_find_char(referer, '#', 0);
	if (slash == NOT_FOUND)
		return intern_find(&log->texts, STR("/"));
	return intern_find(&log->texts, str_slice(referer, slash, hash));
}

/* The session that was on the page the request comes from, or 0. */
static uint32_t chain_of(const struct sessions *s, const struct access_record *r, uint32_t visit)
{
	uint32_t url = referred(s->log, r), session;

	if (url == UINT32_MAX)
		return 0;
	session = s->asked[slot_of(s, key_of(visit, url))].session;
	return session && r->start_us - s->visits[session].last_us <= ACCESS_SESSION_IDLE ? session
											  : 0;
}

static uint32_t split_one(struct sessions *s, const struct access_record *r, uint32_t visit)
{
	uint32_t session = chain_of(s, r, visit), *lane = &s->lanes[visit];
	size_t slot;

	/* One request after the other, as a client with one connection does. */
	if (!session && !r->referer && *lane && r->start_us >= s->visits[*lane].busy_us)
		session = *lane;
	if (!session) {
		s->visits[visit].parts++;
		session = new_visit(s);
	}
	if (!r->referer)
		*lane = session;
	s->visits[session].last_us = r->start_us;
	s->visits[session].busy_us =
	    r->start_us + (r->duration_us >= 0 ? r->duration_us : LANE_GAP);
	slot = slot_of(s, key_of(visit, r->url));
	s->asked[slot].key = key_of(visit, r->url);
	s->asked[slot].session = session;
	return session;
}

static size_t split(struct sessions *s)
{
	size_t visits = s->count, many = 0, requests = 0;

	for (size_t v = 1; v <= visits; v++)
		many += s->visits[v].many;
	for (size_t i = 0; i < s->log->count; i++)
		requests += s->visits[s->log->records[i].session].many;
	if (!many)
		return 0;
	s->slots = requests * 2 + 1;
	s->asked = alloc_zeroed(s->slots, sizeof *s->asked);
	s->lanes = alloc_zeroed(visits + 1, sizeof *s->lanes);
	for (size_t i = 0; i < s->log->count; i++) {
		struct access_record *r = &s->log->records[i];

		if (s->visits[r->session].many)
			r->session = split_one(s, r, r->session);
	}
	free(s->asked);
	free(s->lanes);
	many = 0;
	for (size_t v = 1; v <= visits; v++)
		many += s->visits[v].parts > 1;
	return many;
}

/* ---- numbers */

/* Numbers sessions from 1 in the order in which they start, and marks the last request of each. */
static void number(struct sessions *s)
{
	uint32_t *numbers = alloc_zeroed(s->count + 1, sizeof *numbers);
	struct access_log *log = s->log;

	log->sessions = 0;
	for (size_t i = 0; i < log->count; i++) {
		uint32_t *at = &numbers[log->records[i].session];

		if (!*at) {
			*at = ++log->sessions;
			log->records[i].flags |= ACCESS_FIRST;
		}
		log->records[i].session = *at;
	}
	memset(numbers, 0, (s->count + 1) * sizeof *numbers);
	for (size_t i = log->count; i-- > 0;) {
		struct access_record *r = &log->records[i];

		if (!numbers[r->session])
			r->flags |= ACCESS_LAST;
		numbers[r->session] = 1;
	}
	free(numbers);
}

size_t access_build_sessions(struct access_log *log)
{
	struct sessions s = {.log = log};
	size_t many;

	new_visit(&s); /* keeps the number in range */
	s.count = 0;
	find_visits(&s);
	many = split(&s);
	number(&s);
	free(s.visits);
	return many;
}
