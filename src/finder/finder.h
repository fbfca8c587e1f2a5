/*
 * Finds extractors for a value of a response. Each candidate is tried on the response before it is
 * used. Imports find the extractors of correlated values with it, and the editor those of a value
 * that the user selects (finder/proposal.h). The texts of extractors are in the arena that the
 * caller passes; one thread.
 */
#ifndef FINDER_FINDER_H
#define FINDER_FINDER_H

#include "doc/json.h"
#include "finder/extractor_spec.h"
#include "interface/response.h"
#include "interface/scratch.h"
#include "scenario/kind_tables.h"

#define FINDER_NTH_MAX 20u /* a later match is not a robust source */

struct finder {
	const struct kind_tables *tables;
	struct arena *out;	  /* of the texts of extractors */
	struct response response; /* that is searched */
	struct json_tape tape;	  /* its body, if it is JSON */
	bool is_json;
	/* The memory of one attempt; `last` is valid until the next one. */
	struct scratch scratch;
	struct arena arena, errors;
	struct matches last;
	struct buf text; /* of the current function; cleared before each use */
};

void finder_init(struct finder *f, const struct kind_tables *tables, struct arena *out);
void finder_release(struct finder *f);
/* Sets the response to search; its texts must live as long as it is used. */
void finder_read(struct finder *f, const struct response *response);

enum finder_outcome {
	FINDER_DONE,
	FINDER_LIMIT, /* it needs more work than a load test can do */
	FINDER_WRONG, /* it is not valid; the errors are in the list */
};

/* Applies EXTRACT, whose texts are constant, to RESPONSE and sets F's `last` to at most LIMIT
 * matches (0: 10,000). Without a match, the reason is appended to WHY if it is not
 * NULL. */
enum finder_outcome finder_apply(struct finder *f, const struct response *response,
				 const struct extract *extract, size_t limit,
				 struct diag_list *diags, struct buf *why);
/* The same with PLAN, which the caller has prepared from EXTRACT. */
enum finder_outcome finder_search(struct finder *f, const struct response *response,
				  const struct extract *extract, const void *plan, size_t limit,
				  struct buf *why);
/* Reads ENTRY, the value of an entry of `extract:`, by the rules of the language. False with errors
 * in DIAGS if it is not valid or needs values of a run. */
bool finder_read_entry(struct finder *f, const struct node *entry, struct diag_list *diags,
		       struct extract *out);

/* Applies SPEC to RESPONSE and sets F's `last` to at most LIMIT matches (0: 10,000).
 * False if the extractor is not valid or needs too much work; there are no matches then. */
bool finder_run(struct finder *f, const struct response *response,
		const struct extractor_spec *spec, size_t limit);
/* The number of the first match in RESPONSE that equals WANTED, from 1 to FINDER_NTH_MAX; 0: there
 * is none. */
unsigned finder_match(struct finder *f, const struct response *response,
		      const struct extractor_spec *spec, struct str wanted);
/* Whether SPEC finds WANTED in the response; sets its `nth`. FIRST_ONLY: as the first
 * match. */
bool finder_try(struct finder *f, struct extractor_spec *spec, struct str wanted, bool first_only);
/* Whether SPEC finds WANTED and nothing else. */
bool finder_try_unique(struct finder *f, struct extractor_spec *spec, struct str wanted);

/* ---- finder_text.c: the body as a text */

/* The text before and after the value at [AT, AT + WANTED.len) of the body; the one before has at
 * least SHORTEST bytes. */
bool finder_boundary(struct finder *f, size_t at, struct str wanted, size_t shortest,
		     struct extractor_spec *spec);
/* The same as a pattern. */
bool finder_pattern(struct finder *f, size_t at, struct str wanted, size_t shortest,
		    struct extractor_spec *spec);
/* If the body is the value and nothing else. */
bool finder_whole_text(struct finder *f, struct str wanted, struct extractor_spec *spec);
/* Appends TEXT as a regular expression that matches exactly it. */
void finder_put_quoted(struct buf *out, struct str text);
/* Enough to begin a text before a value. */
#define FINDER_LEFT_SHORTEST 8u

/* ---- finder_headers.c: the headers and the address as texts */

/* In the final address (FROM "url") or in the Location header ("headers"): after its name. */
bool finder_url(struct finder *f, struct str wanted, const char *from, struct extractor_spec *spec);
/* A part of a header's value, at AT of the line that begins at LINE of the headers: after the text
 * before it, or after the name of the header if that is not a word. */
bool finder_header_part(struct finder *f, struct str wanted, size_t line, size_t at,
			struct extractor_spec *spec);

/* ---- finder_json.c: a value of a JSON body */

/* A path of people's names for a normalized one, in the arena of the results. */
struct str finder_short_path(struct finder *f, struct str normalized);
/* Writes $.items[1].id as $.items[?(@.name == 'Cup')].id, with the first text beside the value that
 * ACCEPTS and that identifies it. PATH is normalized. */
bool finder_sibling(struct finder *f, struct str path, struct str wanted,
		    bool (*accepts)(void *arg, struct str name, struct str text), void *arg,
		    struct extractor_spec *spec);

/* ---- finder_meta.c */

/* The content of a meta element with this name or property. */
bool finder_meta(struct finder *f, struct str name, struct str wanted, struct extractor_spec *spec);

#endif
