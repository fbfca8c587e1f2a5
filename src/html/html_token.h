/*
 * The tokenizer of the HTML standard (13.2.5): returns text, start tags, end tags, comments and the
 * doctype, one after the other, in linear time. The tokens are views of the page: character
 * references are decoded and attributes separated only when a caller asks for them. Nothing is
 * allocated, and the only state is the position, so that reading may end anywhere. Any bytes are
 * accepted.
 *
 * The standard lets the tree builder switch the tokenizer, for the content of script, textarea and
 * others and for SVG and MathML; html_token_next does so itself. One thread.
 */
#ifndef HTML_TOKEN_H
#define HTML_TOKEN_H

#include "base/buf.h"
#include "base/str.h"
#include "html/html_tag.h"

enum html_token_type {
	HTML_TOKEN_TEXT, /* adjacent texts may be several tokens */
	HTML_TOKEN_START,
	HTML_TOKEN_END,
	HTML_TOKEN_COMMENT,
	HTML_TOKEN_DOCTYPE,
};

/* How text is read. */
enum html_content {
	HTML_CONTENT_DATA,
	HTML_CONTENT_RCDATA,	/* character references but no tags: title, textarea */
	HTML_CONTENT_RAWTEXT,	/* neither: style, iframe, noscript … */
	HTML_CONTENT_SCRIPT,	/* neither, with the rules for <!-- in scripts */
	HTML_CONTENT_PLAINTEXT, /* neither, to the end of the page */
	HTML_CONTENT_CDATA,	/* neither, up to ]]>; in SVG and MathML */
};

struct html_token {
	enum html_token_type type;
	enum html_content content; /* TEXT: how it was read */
	enum html_tag tag;	   /* START, END; HTML_TAG_OTHER in SVG and MathML too */
	struct str name;	   /* START, END: as written */
	struct str attributes;	   /* START, END: as written, see html_token_attribute */
	struct str text;	   /* TEXT, COMMENT, DOCTYPE: as written, see html_token_put_text */
	bool self_closing;	   /* START, END: ends with /> */
	bool closed;		   /* DOCTYPE: has its > */
	bool foreign;		   /* START, END: an element of SVG or MathML */
};

#define HTML_TOKEN_NESTED_MAX 32

struct html_tokenizer {
	struct str text;
	size_t at;
	enum html_content content;
	struct str last_name; /* the start tag that the content belongs to, for its end tag */
	bool detached;	      /* start tags switch nothing: the caller sets `content` */
	bool no_scripts;      /* as a browser without scripts: noscript has markup */
	bool xml;	      /* XHTML: a tag that ends with /> has no content, CDATA anywhere */
	/* The svg and math elements around the position and elements in them that matter, the
	 * innermost last. */
	enum html_tag nested[HTML_TOKEN_NESTED_MAX];
	unsigned nested_count;
	const uint16_t *open; /* open HTML elements by tag; NULL: not known */
};

void html_token_init(struct html_tokenizer *t, struct str text);
/* Reads the next token; false at the end of the page. */
bool html_token_next(struct html_tokenizer *t, struct html_token *token);
/* Whether the position is in SVG or MathML, and not in an element of it whose content is HTML. */
bool html_token_in_foreign(const struct html_tokenizer *t);

struct html_attribute {
	struct str name, value; /* as written; the value is empty if there is none */
};

/* Reads the attribute at *AT of a tag, 0 for the first one, and moves *AT after it; false after the
 * last one. Attributes that repeat a name are not removed: the first one is valid. */
bool html_token_attribute(const struct html_token *token, size_t *at,
			  struct html_attribute *attribute);
/* The value of the first attribute NAME (in lower case) as written; ptr NULL if there is none. */
struct str html_token_value(const struct html_token *token, struct str name);

/* Append the text of a token, a value or a name as the standard defines it: character references
 * decoded, line ends as LF, zero bytes replaced, names in lower case. */
void html_token_put_text(const struct html_token *token, struct buf *out);
void html_token_put_value(struct str raw, struct buf *out);
void html_token_put_name(struct str raw, struct buf *out);

#endif
