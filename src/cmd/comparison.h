/*
 * The result of `compare`, and its output as text, Markdown, JSON and JUnit. Names may contain any
 * text from a server or a scenario; each output escapes them.
 */
#ifndef CMD_COMPARISON_H
#define CMD_COMPARISON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/terminal.h"
#include "stats/compare.h"

struct comparison_line {
	struct str scenario, name; /* both empty: all requests; the scenario: see `rate` */
	const char *rate; /* "messages/s" of all messages, and so on; NULL: requests/s of a step */
	struct compare_row row;
};

struct comparison_side {
	struct str folder, name, load, target;
	struct str scenario; /* digest of the scenario, its load and target; empty: unknown */
	struct series_counts counts;
	unsigned seconds;
	bool ended;    /* false: the run was killed */
	bool has_data; /* a request was measured */
	bool valid;
	struct str doubt; /* why the result is not valid; empty if it is */
};

struct comparison {
	struct arena arena;
	struct comparison_side sides[2];
	VEC(struct comparison_line) lines; /* the first is all requests */
	VEC(struct str) alone[2];	   /* steps that only one side has */
	double allow;
	unsigned regressions, real;
	bool too_short;
	bool too_few; /* no row has enough requests for p95, and no change was found */
	/* Differences of the tests themselves. If the load or the target differs, the digest
	 * cannot show whether the scenario does. */
	bool other_load, other_target, other_scenario, other_http_version;
};

struct saved_result; /* result/saved_result.h */

/* Compares the second of two results, both just opened, with the first. The results must outlive C,
 * whose arena and `allow` the caller has set. */
void comparison_build(struct comparison *c, struct saved_result *saved);

/* Each appends C to OUT in one format. */
void comparison_put_text(struct buf *out, const struct comparison *c, const struct terminal *term);
void comparison_put_markdown(struct buf *out, const struct comparison *c);
void comparison_put_json(struct buf *out, const struct comparison *c);
void comparison_put_junit(struct buf *out, const struct comparison *c);

#endif
