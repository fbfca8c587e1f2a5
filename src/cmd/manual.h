/*
 * The manual pages and the reference of the guide, generated from the tables: options, fields,
 * kinds, functions, outputs. The text of a page is a template in contrib/, NAME.in: mdoc for a
 * manual page, Markdown for the guide (NAME.md.in). In it, a line `@@WORD` is replaced with a
 * table, and `@@file PATH` with a file as an example. Single-threaded; output is appended to OUT.
 */
#ifndef CMD_MANUAL_H
#define CMD_MANUAL_H

#include "base/arena.h"
#include "base/buf.h"

/* How a term is marked up: the macros of mdoc with their meaning there. */
enum manual_macro {
	MANUAL_NONE,
	MANUAL_KEY,	 /* Sy: a key, a name of the language */
	MANUAL_OPTION,	 /* Fl: an option, without its first dash */
	MANUAL_ARGUMENT, /* Ar: the value of the option before it */
	MANUAL_VARIABLE, /* Ev: an environment variable */
	MANUAL_PATH,	 /* Pa: a file */
};

struct manual_term {
	enum manual_macro macro;
	struct str text;
};

#define MANUAL_TERMS 3

/* One entry of a list. Parts that are empty are omitted. */
struct manual_item {
	struct manual_term terms[MANUAL_TERMS];
	struct str prose;
	struct str value;	/* of a key: "a duration such as 2s" */
	struct str fallback;	/* of a key: its value when it is not given */
	bool required;		/* of a key */
	struct str environment; /* of an option: its variable */
	struct str context;	/* the lines before the example: "extract:\n  value:\n    " */
	struct str example;	/* one line */
};

/* The columns of a list, where it is shown as a table. The terms and the prose are always there. */
enum manual_column { MANUAL_VALUE = 1 << 0, MANUAL_EXAMPLE = 1 << 1 };

struct manual_list {
	const char *terms; /* the heading above the terms: "Key" */
	unsigned columns;  /* of enum manual_column */
};

/* A markup language. Functions append complete lines to OUT. */
struct manual_format {
	void (*heading)(struct buf *out, struct str text);
	void (*paragraph)(struct buf *out, struct str text);
	/* TEXT line by line, as an example. */
	void (*literal)(struct buf *out, struct str text);
	void (*begin)(struct buf *out, const struct manual_list *list);
	void (*item)(struct buf *out, const struct manual_list *list,
		     const struct manual_item *item);
	void (*end)(struct buf *out);
};

extern const struct manual_format manual_mdoc;
extern const struct manual_format manual_markdown;

struct manual {
	struct buf *out;
	struct arena *arena;
	const struct manual_format *format;
};

/* The table WORD; false if there is no such table. */
bool manual_table(struct manual *m, struct str word);
/* The tables of the language, for manual_table. */
bool manual_language(struct manual *m, struct str word);

#endif
