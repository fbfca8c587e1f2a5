/*
 * The field table: the only description of the language. A table lists the keys one mapping of the
 * scenario file may have; the reader fills a C struct by it, and the did-you-mean, the JSON Schema,
 * `reprise explain`, the reference and the writer are made from the same rows. Tables are const and
 * end with a row whose key is NULL. A struct that a table fills begins with a `struct keys`.
 */
#ifndef INTERFACE_FIELD_H
#define INTERFACE_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/source.h"
#include "interface/keys.h"

struct node;   /* doc/node.h */
struct reader; /* scenario/scenario_reader.h */

/* Text of the file that is worked out later: a template, or the inside of one ${…}. */
struct text {
	struct str raw;		 /* decoded scalar text; for FIELD_EXPRESSION without the ${ } */
	const struct node *node; /* the scalar, for places; NULL: made by the program */
	uint32_t at;		 /* where `raw` begins in the node's text */
};

enum field_type {
	FIELD_TEXT,	  /* struct str: literal; a template here is an error */
	FIELD_TEMPLATE,	  /* struct text, text with ${…} in it */
	FIELD_EXPRESSION, /* struct text, exactly one ${…} */
	FIELD_BOOL,	  /* bool: true, false, yes, no */
	FIELD_INT,	  /* int64_t */
	FIELD_NUMBER,	  /* double */
	FIELD_DURATION,	  /* ns_t */
	FIELD_SIZE,	  /* int64_t, bytes */
	FIELD_RATE,	  /* double, per second */
	FIELD_SHARE,	  /* double, 5% = 0.05 */
	FIELD_ENUM,	  /* int: index into `choices` */
	FIELD_OBJECT,	  /* a struct in place, by `fields` */
	FIELD_LIST, /* struct field_list; `element` describes one; a single one may stand alone with
		       FIELD_ONE_OK */
	FIELD_MAP,  /* struct field_map; keys free, `element` describes the value */
	FIELD_STEPS,	/* struct steps (scenario/model.h) */
	FIELD_EXTRACTS, /* struct extracts */
	FIELD_EXPECTS,	/* struct expects */
	FIELD_SPECIAL,	/* whatever `special` reads */
};

enum field_flag {
	FIELD_REQUIRED = 1 << 0,
	FIELD_ACTION = 1 << 1, /* of a step kind: a key that names the step; a kind may have several
				  (get, post …) */
	FIELD_ONE_OK = 1 << 2, /* FIELD_LIST: one element may stand without a list */
	FIELD_PARAMETER =
	    1 << 3, /* `${PARAMETER}` may stand here; replaced at load, then read as `type` */
	FIELD_SECRET = 1 << 4,	/* masked wherever it is shown */
	FIELD_REPEATS = 1 << 5, /* FIELD_MAP: a list as a value means the key once for each */
	FIELD_FILE = 1 << 6,	/* FIELD_TEXT: a file, relative to the scenario file; read as a path
				   that can be opened */
};

struct field_list {
	void *items; /* array of `element` values, each `element->bytes` long */
	size_t count;
};

struct field_pair {
	struct str key;
	struct span key_span;
	void *value; /* `element->bytes` long */
};

struct field_map {
	struct field_pair *pairs;
	size_t count;
};

/* A value with several shapes: reads NODE into OUT and says what it accepts as JSON Schema. */
struct field_special {
	const char *name; /* for messages: "a think time such as 2s" */
	void (*read)(struct reader *r, const struct node *node, void *out);
	/* What it takes besides `fields`, as a JSON Schema; NULL: one scalar, or a map of the row's
	 * `element`. */
	const char *schema;
	const struct field *fields; /* the mapping it takes as well; or NULL */
	const char *definition;	    /* with `fields`: what the schema calls that mapping */
};

struct field {
	const char *key;
	enum field_type type;
	unsigned flags;
	size_t offset; /* into the struct */
	size_t bytes;  /* of one value: what the reader allocates for an element */
	const char
	    *fallback; /* the default as one would write it; NULL: none. The reader applies it. */
	double low, high; /* range in the type's own unit (durations in seconds); both 0: none */
	const char *const *choices;  /* FIELD_ENUM, ends with NULL */
	const struct field *fields;  /* FIELD_OBJECT */
	const struct field *element; /* FIELD_LIST, FIELD_MAP: one row */
	const struct field_special *special;
	/* More than a table can say, once VALUE was read from NODE without a mistake; or NULL. */
	void (*check)(struct reader *r, const struct node *node, void *value);
	const char *expected; /* FIELD_TEMPLATE: what is wanted where it is no text; NULL: "text" */
	const char *prose;    /* one sentence for the reference */
	const char *example;  /* a value as one would write it */
};

/* In a table: FIELD(struct think, mean, "mean", FIELD_DURATION, .prose = "…"). */
#define FIELD(owner, member, key_, type_, ...)                                                     \
	{                                                                                          \
		.key = (key_), .type = (type_), .offset = offsetof(owner, member),                 \
		.bytes = sizeof(((owner *)0)->member), __VA_ARGS__                                 \
	}
#define FIELD_END                                                                                  \
	{                                                                                          \
		.key = NULL                                                                        \
	}

/* The row of KEY, or NULL. */
const struct field *field_find(const struct field *fields, struct str key);

#endif
