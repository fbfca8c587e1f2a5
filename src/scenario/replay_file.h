/*
 * A replay file: recorded requests, one JSON object per line, in the order of their times.
 *
 *   {"at": 12.345, "session": "s1", "method": "GET", "url": "/hats?page=2"}
 *   {"at": 12.901, "session": "s1", "method": "POST", "url": "/cart", "name": "POST /cart/N",
 *    "headers": {"Content-Type": "application/json"}, "body": "{\"id\": 7}", "status": 201,
 *    "last": true}                                     (in the file, this is one line)
 *
 *   at       seconds since any start; never less than in the line before
 *   session  the requests of one session are sent in order, by one user with separate cookies and
 *            connections; a request without a session is a separate user
 *   method   default: GET
 *   url      a path that is appended to the target, or a whole URL of an allowed host
 *   name     name in results; by default the method and the path. After REPLAY_NAMES names, all
 *            further ones are counted as _other
 *   headers  in addition to those of `defaults`; Host, Content-Length, Connection and
 *            Transfer-Encoding are set by the program and ignored here
 *   body     text
 *   status   status of the recorded response: the same 4xx or 5xx is not a failure
 *   last     the last request of the session: its user ends. Without it, a user ends at the end of
 *            the file, or if its session has no request for five minutes
 *
 * The file stays mapped; only the names are stored. Const after reading and usable in any thread;
 * the state for reading a line belongs to one thread.
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
	struct replay_step *steps; /* one for each request of the only scenario, in this order */
	uint32_t count;
	uint32_t *table; /* hash table: 0, or the number of the step + 1 */
	double first_at, last_at;
	uint64_t lines;
};

struct replay_line {
	double at;
	struct str session; /* as in the file; empty: none */
	struct str method, url, name, body;
	const struct json_item *headers; /* an object, or NULL */
	int status;			 /* 0: not set */
	bool has_body, last;
};

/* Opens the replay of MODEL and creates the only scenario from its requests. Reports errors. */
void replay_file_read(struct reader *r, struct model *model);
void replay_file_close(const struct replay_file *replay);
/* Reads the line at *AT and moves *AT after it; false at the end. Skips empty lines. */
bool replay_file_next_line(const struct replay_file *replay, size_t *at, struct str *line);
/* Parses LINE; the views are valid until TAPE and TEXTS are used again. Returns false with the
 * reason in ERROR. */
bool replay_file_parse_line(struct json_tape *tape, struct buf *texts, struct str line,
			    struct replay_line *out, const char **error);
/* The time of a request recorded at AT, from the first line, at SPEED; at most NS_LONGEST. */
ns_t replay_file_start_time(const struct replay_file *replay, double at, double speed);
/* The step of LINE. */
uint32_t replay_file_step_of(const struct replay_file *replay, const struct replay_line *line);

#endif
