/*
 * A kind of extractor: finds values in a response. The kind only finds them. The interpreter does
 * the rest for all kinds: it chooses a match (`match`), applies `default` and `from`, and stores
 * the value. Each kind is one file and one row of extract/extract.def.
 */
#ifndef INTERFACE_EXTRACT_H
#define INTERFACE_EXTRACT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "interface/response.h"
#include "interface/field.h"
#include "interface/scratch.h"

struct extract_kind;

enum match_which { MATCH_FIRST, MATCH_LAST, MATCH_RANDOM, MATCH_ALL, MATCH_NTH };

/* One entry of `extract:` as read. */
struct extract {
	struct str variable;
	struct span variable_span;
	const struct extract_kind *kind;
	struct span span;  /* of the kind's key */
	struct text value; /* the value of the kind's key: the pattern, the name */
	void *data;	   /* the kind's further keys (its `fields`), or NULL */
	void *parts;	   /* the mapping under the kind's key (its `parts`), or NULL */
	enum match_which match;
	int64_t nth; /* MATCH_NTH, from 1 */
	bool has_fallback;
	struct text fallback; /* `default` */
	struct text from;     /* `from`: body (raw NULL), headers, url, or a variable's name */
	bool secret;
	struct str join; /* with MATCH_ALL: the values as one text; ptr NULL: as a list */
};

struct extracts {
	struct extract *items;
	size_t count;
};

enum find_outcome { FIND_OK, FIND_LIMIT /* match limit, depth, size: never "not found" */ };

struct matches {
	struct value *items; /* in the scratch */
	size_t count;
	size_t wanted; /* stop after this many; 0: find all, up to 10,000 */
};

struct extract_kind {
	const char *name;
	const char *sentence;
	const char *example;	    /* of the value of the key */
	const struct field *fields; /* further keys of this kind (`group`), or NULL */
	size_t bytes;
	/* The value of the kind's key is a mapping with these keys (`boundary`), read into
	 * extract->parts. NULL: the value is text. */
	const struct field *parts;
	size_t parts_bytes;
	unsigned needs; /* of enum response_need, unless `from` specifies the source */
	/*
	 * Checks and prepares the constant part in A, once per program; returns NULL after an error
	 * in DIAGS. JIT is set for runs only. The parameters in EXTRACT->value.raw have been
	 * replaced already, so it is constant.
	 */
	const void *(*prepare)(struct arena *a, struct diag_list *diags,
			       const struct extract *extract, bool jit);
	void (*release)(const void *plan); /* frees what is not in the arena; may be NULL */
	/* Finds the values in SUBJECT (the body, or the source named by `from`). */
	enum find_outcome (*find)(const void *plan, const struct response *response,
				  struct str subject, struct scratch *scratch,
				  struct matches *matches);
	/* Explains "nothing found" in one line: how far the search got and what it found there. May
	 * be NULL. */
	void (*explain)(const void *plan, const struct response *response, struct str subject,
			struct buf *out);
};

/* Adds VALUE to MATCHES; false if the scratch has no room. */
static inline bool extract_add_match(struct matches *matches, struct scratch *scratch,
				     struct value value)
{
	struct value *item = scratch_items(scratch, 1);

	if (!item)
		return false;
	if (!matches->count)
		matches->items = item;
	*item = value;
	matches->count++;
	return true;
}

/* True if MATCHES has the requested number. */
static inline bool extract_has_all(const struct matches *matches)
{
	return matches->wanted && matches->count >= matches->wanted;
}

/* The default source of a kind: the header lines if it needs only those, else the body. */
static inline struct str extract_subject(const struct extract_kind *kind,
					 const struct response *response)
{
	bool fields = (kind->needs & NEEDS_HEADERS) && !(kind->needs & NEEDS_BODY);

	return fields ? response->headers : response->body;
}

#endif
