/*
 * The field table is the only description of the language. A table lists the keys that one mapping
 * of the scenario file may have. The reader fills a C struct from it, and the suggestions for
 * misspelled keys, the JSON Schema, `reprise explain`, the reference and the writer use the same
 * rows. Tables are const and end with a row whose key is NULL. The first member of a struct that a
 * table fills is a `struct keys`.
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

/* Text of the file that is evaluated later: a template, or the content of one ${…}. */
struct text {
	struct str raw;		 /* decoded scalar text; for FIELD_EXPRESSION without the ${ } */
	const struct node *node; /* the scalar, for positions; NULL: created by the program */
	uint32_t at;		 /* offset of `raw` in the node's text */
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
	FIELD_LIST,	  /* struct field_list; `element` describes one element; with FIELD_ONE_OK a
			     single element needs no list */
	FIELD_MAP,	  /* struct field_map; keys free, `element` describes the value */
	FIELD_STEPS,	  /* struct steps (scenario/model.h) */
	FIELD_EXTRACTS,	  /* struct extracts */
	FIELD_EXPECTS,	  /* struct expects */
	FIELD_SPECIAL,	  /* read by `special` */
};

enum field_flag {
	FIELD_REQUIRED = 1 << 0,
	FIELD_ACTION = 1 << 1, /* in a step kind: a key that names the step; a kind may have several
				  (get, post …) */
	FIELD_ONE_OK = 1 << 2, /* FIELD_LIST: a single element needs no list */
	FIELD_PARAMETER = 1 << 3, /* `${PARAMETER}` is allowed; replaced when the file is loaded,
				     then read as `type` */
	FIELD_SECRET = 1 << 4,	  /* masked in all output */
	FIELD_REPEATS =
	    1 << 5, /* FIELD_MAP: if the value is a list, the key is repeated for each element */
	FIELD_FILE = 1 << 6, /* FIELD_TEXT: a file name, relative to the scenario file; read as a
				path that can be opened */
	FIELD_OF_MESSAGES = 1 << 7, /* FIELD_EXPECTS: they are about messages, not responses */
};

struct field_list {
	void *items; /* array of `element` values, each `element->bytes` long */
	size_t count;
};

struct field_pair {
	struct str key;
	struct span key_span;
	const struct node *key_node;
	void *value; /* `element->bytes` long */
};

struct field_map {
	struct field_pair *pairs;
	size_t count;
};

/* A value with several forms: reads NODE into OUT and describes the accepted values as JSON Schema.
 */
struct field_special {
	const char *name; /* for messages: "a think time such as 2s" */
	void (*read)(struct reader *r, const struct node *node, void *out);
	/* The accepted values other than `fields`, as a JSON Schema; NULL: one scalar, or a mapping
	 * of the row's `element`. */
	const char *schema;
	const struct field *fields; /* the mapping that is accepted too; or NULL */
	const char *widget;	    /* how a form shows it: "url", "json" …; NULL: as text */
	const char *definition;	    /* with `fields`: name of that mapping in the schema */
};

/* The groups of rows in a form. */
#define FIELD_GROUP(group, name, label, sentence) FIELD_##group,
enum field_group {
#include "interface/field_groups.def"
	FIELD_GROUP_COUNT
};
#undef FIELD_GROUP

/* Why KEY cannot be used with OTHER: the text after "'key' cannot be used with 'other'". */
struct field_clash {
	const char *key, *other, *why;
};

/*
 * Rows that exclude each other, such as the bodies of a request. Other rows of the table can depend
 * on the one that is used (`with`). Forms offer one control for the alternatives, and
 * reader_check_choices reports contradictions.
 */
struct field_choice {
	const char *name, *label;
	int code;			   /* enum diag_code of a contradiction */
	const char *why;		   /* for pairs that are not in `clashes`; or NULL */
	const struct field_clash *clashes; /* ends with key NULL; or NULL */
};

struct field {
	const char *key;
	enum field_type type;
	unsigned flags;
	size_t offset; /* into the struct */
	size_t bytes;  /* size of one value; the reader allocates this for an element */
	const char
	    *fallback;	  /* the default as written in a file; NULL: none. The reader applies it. */
	double low, high; /* range in the type's unit (seconds for durations); both 0: no range */
	const char *const *choices;  /* FIELD_ENUM, ends with NULL */
	const struct field *fields;  /* FIELD_OBJECT */
	const struct field *element; /* FIELD_LIST, FIELD_MAP: one row */
	const struct field_special *special;
	/* Checks what a table cannot express, after VALUE was read from NODE without an error; or
	 * NULL. */
	void (*check)(struct reader *r, const struct node *node, void *value);
	const char *expected; /* FIELD_TEMPLATE: description of the expected value if it is not
				 text; NULL: "text" */
	const char *prose;    /* one sentence for the reference */
	const char *example;  /* a value as written in a file */

	/* ---- forms */
	const char *label; /* NULL: the key with spaces */
	enum field_group group;
	const char *const *meanings;	   /* a phrase for each of `choices` */
	const struct field_choice *choice; /* the alternatives that this row belongs to */
	const char *with; /* not an alternative: can be used with these of them ("users stages") */
	const char *suggests; /* what a form offers: "flows", "steps", "columns" …; or NULL */
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
