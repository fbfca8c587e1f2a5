/*
 * A small scanner of HTML tags: it returns start and end tags with their attributes, one after the
 * other, in linear time. It builds no tree and corrects nothing: comments, doctypes and the content
 * of script and style are skipped, and broken markup is text. The results are views into the page.
 * The only state is the position. Can be used in any thread.
 */
#ifndef DOC_HTML_H
#define DOC_HTML_H

#include "base/str.h"

struct html {
	struct str text;
	size_t at;
};

/* The tags of forms, and the tags whose content is not HTML. */
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
/* The raw value of an attribute, with entities not decoded; "" if it has no value. */
bool html_attribute(const struct html_tag *tag, struct str name, struct str *value);
/* Raw text from the current position to the next `<`. */
struct str html_text(const struct html *page);
/* Raw text from the current position to </NAME> or to the end; moves to the end tag. */
struct str html_raw_text(struct html *page, struct str name);
#endif
