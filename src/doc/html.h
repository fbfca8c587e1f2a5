/*
 * A small scanner of HTML tags: start and end tags with their attributes, one after the other, in
 * time linear in the page. It builds no tree and mends nothing: comments, doctypes and the insides
 * of script and style are stepped over, anything broken is text. Views into the page; no state but
 * the place; any thread.
 */
#ifndef DOC_HTML_H
#define DOC_HTML_H

#include "base/str.h"

struct html {
	struct str text;
	size_t at;
};

/* The tags that forms are made of, and those whose inside is no HTML. */
enum html_kind {
	HTML_OTHER,
	HTML_INPUT,
	HTML_BUTTON,
	HTML_TEXTAREA,
	HTML_SELECT,
	HTML_OPTION,
	HTML_SCRIPT,
	HTML_STYLE,
};

struct html_tag {
	enum html_kind kind;
	bool closes; /* </name> */
	struct str attributes;
};

/* The next tag of a kind other than HTML_OTHER; false at the end. */
bool html_next(struct html *page, struct html_tag *tag);
/* The raw value of an attribute, entities not decoded; "" when it has none. */
bool html_attribute(const struct html_tag *tag, struct str name, struct str *value);
/* Raw text from here to the next `<`. */
struct str html_text(const struct html *page);
/* Raw text from here to </NAME>, or to the end; steps over it, not over the end tag. */
struct str html_raw_text(struct html *page, struct str name);
#endif
