/*
 * A kind of extractor: finds values in an answer. The kind only finds; which match is taken
 * (`match`), the `default`, `from` and where it is stored are common to all and done once, by the
 * interpreter. One file and one row of extract/extract.def each.
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
	struct text value; /* what stands behind the kind's key: the pattern, the name */
	void *data;	   /* the kind's own further keys (its `fields`), or NULL */
	void *parts;	   /* the map behind the kind's key (its `parts`), or NULL */
	enum match_which match;
	int64_t nth; /* MATCH_NTH, from 1 */
	bool has_fallback;
	struct text fallback; /* `default` */
	struct text from;     /* `from`: body (raw NULL), headers, url, or a variable's name */
	bool secret;
};

struct extracts {
	struct extract *items;
	size_t count;
};

enum find_outcome { FIND_OK, FIND_LIMIT /* match limit, depth, size: never "not found" */ };

struct matches {
	struct value *items; /* in the scratch */
	size_t count;
	size_t wanted; /* stop after so many; 0: all, up to 10,000 */
};

struct extract_kind {
	const char *name;
	const char *sentence;
	const char *example;	    /* of the value behind the key */
	const struct field *fields; /* further keys of this kind (`group`), or NULL */
	size_t bytes;
	/* What stands behind the kind's key is a map with these keys (`boundary`): read into
	 * extract->parts. NULL: text. */
	const struct field *parts;
	size_t parts_bytes;
	unsigned needs; /* of enum response_need, when `from` does not say otherwise */
	/*
	 * The constant part, checked and prepared once, in A; NULL after an error in DIAGS. JIT
	 * only for runs. EXTRACT->value.raw has its parameters put in already; nothing in it
	 * varies.
	 */
	const void *(*prepare)(struct arena *a, struct diag_list *diags,
			       const struct extract *extract, bool jit);
	void (*release)(const void *plan); /* what the arena does not hold; may be NULL */
	/* Finds in SUBJECT (the body, or what `from` names). */
	enum find_outcome (*find)(const void *plan, const struct response *response,
				  struct str subject, struct scratch *scratch,
				  struct matches *matches);
	/* For "nothing found": how far it got and what was there, one line; may be NULL. */
	void (*explain)(const void *plan, const struct response *response, struct str subject,
			struct buf *out);
};

/* What a kind looks at when `from` does not say: the field lines if it needs nothing else, the
 * body. */
static inline struct str extract_subject(const struct extract_kind *kind,
					 const struct response *response)
{
	bool fields = (kind->needs & NEEDS_HEADERS) && !(kind->needs & NEEDS_BODY);

	return fields ? response->headers : response->body;
}

#endif
