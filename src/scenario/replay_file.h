/*
 * A replay's file: recorded requests, one JSON object a line, in the order of their times.
 *
 *   {"at": 12.345, "session": "s1", "method": "GET", "url": "/hats?page=2"}
 *   {"at": 12.901, "session": "s1", "method": "POST", "url": "/cart", "name": "POST /cart/N",
 *    "headers": {"Content-Type": "application/json"}, "body": "{\"id\": 7}", "status": 201,
 *    "last": true}                                     (a line of its own, of course)
 *
 *   at       seconds, from any beginning; never less than in the line before
 *   session  whose request: requests of one session are sent in order, by one user with its own
 *            cookies and connections; without it each request is a user of its own
 *   method   GET when it is not said
 *   url      a path behind the target, or a whole URL of an allowed host
 *   name     what results call it; without it, method and path. Of more than REPLAY_NAMES names
 *            the rest are called _other
 *   headers  besides those of `defaults`; Host, Content-Length, Connection and Transfer-Encoding
 *            are ours and passed over
 *   body     text
 *   status   what was answered: the same 4xx or 5xx again is no failure
 *   last     the session's last request: its user leaves. Without it a user leaves at the end of
 *            the file, or when nothing came of its session for five minutes
 *
 * The file stays mapped; of it nothing is kept but the names. Const once read, for any thread; what
 * reading a line needs belongs to one.
 */
#ifndef SCENARIO_REPLAY_FILE_H
#define SCENARIO_REPLAY_FILE_H

#include "base/mapped_file.h"
#include "doc/json.h"
#include "scenario/model.h"

#define REPLAY_NAMES 900u

struct reader;

struct replay_step {
	struct str method, name;
	bool body;
};

struct replay_file {
	struct mapped_file file;
	struct replay_step *steps; /* as many requests has the only scenario, in this order */
	uint32_t count;
	uint32_t *table; /* of hashes, to find one: 0, or the number of the step + 1 */
	double first_at, last_at;
	uint64_t lines;
};

struct replay_line {
	double at;
	struct str session; /* as it stands in the file; empty: none */
	struct str method, url, name, body;
	const struct json_item *headers; /* an object, or NULL */
	int status;			 /* 0: not said */
	bool has_body, last;
};

/* Opens MODEL's replay and makes the only scenario of its requests. Mistakes are told. */
void replay_file_read(struct reader *r, struct model *model);
void replay_file_close(const struct replay_file *replay);
/* The line at *AT, which moves behind it; false at the end. Blank lines are passed over. */
bool replay_file_next_line(const struct replay_file *replay, size_t *at, struct str *line);
/* LINE taken apart; views good until TAPE and TEXTS are used again. False with a reason in ERROR.
 */
bool replay_file_parse_line(struct json_tape *tape, struct buf *texts, struct str line,
			    struct replay_line *out, const char **error);
/* When what came at AT comes, counted from the first line at SPEED; at most NS_LONGEST. */
ns_t replay_file_start_time(const struct replay_file *replay, double at, double speed);
/* The step that LINE is of. */
uint32_t replay_file_step_of(const struct replay_file *replay, const struct replay_line *line);

#endif
