/*
 * The XML of a JMeter test plan as a tree of elements with their lines. Nothing is loaded and no
 * entity is expanded: a document type declaration is refused. The texts live in the caller's
 * arena. One thread.
 */
#ifndef IMPORT_JMETER_JMX_H
#define IMPORT_JMETER_JMX_H

#include "base/arena.h"

struct jmx {
	struct str tag;	 /* without its package: "ThreadGroup", "stringProp" */
	struct str name; /* of a test element: its label; of a property: its name; or empty */
	struct str type; /* the class of a test element */
	struct str gui;	 /* the class of its panel, or empty */
	struct str text; /* of an element without children */
	struct str file; /* of an included file; ptr NULL: the plan itself */
	bool disabled;
	unsigned line;
	VEC(struct jmx *) children;
};

struct jmx_error {
	unsigned line;
	struct str text;
};

/* The root element of TEXT; NULL with ERROR if it is not XML, or larger than the limits (64 MB, 1
 * million elements, depth 200). FILE is stored in each element. */
struct jmx *jmx_read(struct arena *a, struct str text, struct str file, struct jmx_error *error);
/* The property NAME of ELEMENT; NULL if it has none. */
const struct jmx *jmx_property(const struct jmx *element, const char *name);
/* Its text; empty if there is none. */
struct str jmx_text(const struct jmx *element, const char *name);
/* Whether the property is `true`. */
bool jmx_is_true(const struct jmx *element, const char *name);
/* The number of items of the collection NAME, or of the arguments in it, and one of them. */
size_t jmx_count(const struct jmx *element, const char *name);
const struct jmx *jmx_item(const struct jmx *element, const char *name, size_t i);

#endif
