/*
 * What `compare` found, and how it is shown: for a terminal, as Markdown, as JSON, as JUnit. Texts
 * may hold anything a server or a scenario said; each way of showing escapes at its own border.
 */
#ifndef CMD_COMPARISON_H
#define CMD_COMPARISON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/terminal.h"
#include "stats/compare.h"

struct comparison_line {
	struct str scenario, name; /* both empty: all requests */
	struct compare_row row;
};

struct comparison_side {
	struct str folder, name, load;
	unsigned seconds;
	bool ended; /* not killed */
	bool valid;
	struct str doubt; /* why it is not valid; empty: it is */
};

struct comparison {
	struct arena arena;
	struct comparison_side sides[2];
	VEC(struct comparison_line) lines; /* the first is all requests */
	VEC(struct str) alone[2];	   /* steps that one side alone has */
	double allow;
	unsigned regressions, real;
	bool too_short;
};

struct saved_result; /* result/saved_result.h */

/* Compares the second of two results, both just opened, with the first; they outlive C, whose arena
 * and `allow` the caller has set. */
void comparison_build(struct comparison *c, struct saved_result *saved);
/* "p50"; and "requests/s". */
const char *comparison_stat_name(enum compare_stat stat);
const char *comparison_stat_text(enum compare_stat stat);

void comparison_put_text(struct buf *out, const struct comparison *c, const struct terminal *term);
void comparison_put_markdown(struct buf *out, const struct comparison *c);
void comparison_put_json(struct buf *out, const struct comparison *c);
void comparison_put_junit(struct buf *out, const struct comparison *c);

#endif
