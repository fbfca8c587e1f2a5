/*
 * The content of an HTML page that a user sees and can send: forms with their controls, links,
 * error messages, title. A page is read from a response, packed into a few hundred bytes that a
 * virtual user keeps between two steps, and unpacked again when a step uses it. Everything is text
 * and plain data, not a tree.
 *
 * html_page_read follows the HTML standard, as a browser that runs scripts but finds none: form
 * owners, disabled fieldsets, selected options, values after sanitization. Text is UTF-8, whatever
 * the page's encoding is; white space of visible texts is collapsed.
 *
 * Ownership: the arrays and the copied texts are in the arena that the caller passes; other texts
 * are views of the body or of the packed bytes, which must stay valid. With an arena that is reset
 * and used again, reading allocates nothing after the first pages, except for the converters of
 * encodings other than UTF-8 and Windows-1252. The functions are pure, and can be used in any
 * thread.
 */
#ifndef HTML_PAGE_H
#define HTML_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define HTML_PAGE_PACKED_MAX ((size_t)256 << 10)
#define HTML_PAGE_BYTES_MAX  ((size_t)16 << 20)
/* Limits for hostile pages: the rest of the page is not read; links and options are omitted. */
#define HTML_PAGE_FORMS_MAX    10000
#define HTML_PAGE_CONTROLS_MAX 50000	  /* labels and options too */
#define HTML_PAGE_LINKS_MAX    100000	  /* rows too */
#define HTML_PAGE_NONE	       UINT32_MAX /* an index of nothing */
#define HTML_PAGE_ADDRESS_MAX  16383	  /* bytes of an address that is resolved */

/* The parts that html_page_read collects; everything else costs nothing. */
enum html_page_parts {
	HTML_PAGE_FORMS = 1 << 0,  /* forms, controls, options */
	HTML_PAGE_LINKS = 1 << 1,  /* links with their texts */
	HTML_PAGE_ROWS = 1 << 2,   /* the texts of the rows that have links, forms or controls */
	HTML_PAGE_ERRORS = 1 << 3, /* error elements, title and h1, for messages */
};

/* Why something of a page is missing. */
enum html_page_cut {
	HTML_PAGE_WHOLE,
	HTML_PAGE_CUT_BYTES,  /* it is longer than HTML_PAGE_BYTES_MAX */
	HTML_PAGE_CUT_COUNT,  /* it has too many forms, controls, links or rows */
	HTML_PAGE_CUT_PACKED, /* its packed form is longer than HTML_PAGE_PACKED_MAX */
};

enum html_method { HTML_GET, HTML_POST, HTML_DIALOG };

enum html_enctype { HTML_URLENCODED, HTML_MULTIPART, HTML_TEXT_PLAIN };

enum html_control_type {
	HTML_CONTROL_TEXT, /* every input that has one line of text: text, email, number, date … */
	HTML_CONTROL_PASSWORD,
	HTML_CONTROL_HIDDEN,
	HTML_CONTROL_CHECKBOX,
	HTML_CONTROL_RADIO,
	HTML_CONTROL_FILE,
	HTML_CONTROL_TEXTAREA,
	HTML_CONTROL_SELECT,
	HTML_CONTROL_SUBMIT, /* <input type=submit> and <button> */
	HTML_CONTROL_IMAGE,  /* an image button */
	HTML_CONTROL_BUTTON, /* resets or runs a script; never sent */
};

struct html_form {
	struct str id, name, classes; /* as written; empty if missing */
	struct str action;	      /* as written; empty: the address of the page */
	struct str accept_charset;    /* as written */
	enum html_method method;
	enum html_enctype enctype;
	uint32_t first_control, control_count; /* its part of `controls` */
	bool cut;     /* its controls have no values and no options: see html_page_pack */
	uint32_t row; /* index of the innermost row around it, or HTML_PAGE_NONE */
};

struct html_option {
	struct str value, text;
	bool selected; /* after the rules for selects without a selected option */
	bool disabled;
};

/* Controls without a name are kept only if they are buttons. */
struct html_control {
	uint32_t form; /* index of its form owner, or HTML_PAGE_NONE */
	enum html_control_type type;
	bool disabled; /* itself or by a fieldset: not sent */
	bool checked;  /* checkbox, radio */
	bool multiple; /* select, file */
	bool rtl;      /* the direction that `dirname` sends */
	struct str name;
	struct str
	    value; /* what a browser sends if the control is not changed; of a select: unused */
	struct str
	    label; /* text of its label, without `:` and `*` at the end; of a button: its text */
	struct str dirname;
	uint32_t row;			     /* as in struct html_form */
	uint32_t first_option, option_count; /* select: its part of `options` */
	/* Buttons: attributes that replace those of the form. */
	bool has_action, has_method, has_enctype;
	struct str action;
	enum html_method method;
	enum html_enctype enctype;
};

static inline bool html_page_is_button(const struct html_control *control)
{
	return control->type == HTML_CONTROL_SUBMIT || control->type == HTML_CONTROL_IMAGE;
}

struct html_link {
	struct str text;    /* visible text; of an image its alternative text */
	struct str address; /* as written */
	uint32_t row;	    /* index of the innermost row around it, or HTML_PAGE_NONE */
};

/* A tr, li, article or dd that has a link, a form or a control. Its text is the range [from, to) of
 * `row_text`, which contains the texts of the rows inside it. A line end is a boundary of a cell or
 * another block. */
struct html_row {
	uint32_t from, to;
	uint32_t parent; /* the next row around it, or HTML_PAGE_NONE */
};

struct html_page {
	struct str url;	    /* address of the document, after redirects */
	struct str base;    /* href of <base>, as written; empty: none */
	struct str charset; /* name of the encoding in the Encoding Standard, such as UTF-8 */
	struct str title, h1; /* the first h1 that has no link, else the first one */
	struct html_form *forms;
	struct html_control *controls; /* of the first form, of the second …, of no form */
	uint32_t *in_order; /* all controls in the order of the page; NULL in an unpacked page */
	struct html_option *options;
	struct html_link *links;
	struct html_row *rows;
	struct str *errors; /* visible texts of error elements, each once */
	uint32_t form_count, control_count, option_count, link_count, row_count, error_count;
	struct str row_text;
	enum html_page_cut cut;
};

/* A response that may be a page. */
struct html_page_source {
	struct str body;
	struct str content_type; /* value of the header; may be empty */
	struct str url;		 /* absolute address of the document */
};

/* Reads the PARTS (enum html_page_parts) of a page. Never fails: a text that is not HTML has no
 * forms and no links. Linear in the length of the body. */
void html_page_read(struct html_page *page, struct arena *a, const struct html_page_source *source,
		    unsigned parts);

/* Appends the packed page to OUT, without the controls that have no form. If it exceeds
 * HTML_PAGE_PACKED_MAX bytes, or the limit of OUT, its first forms, links and rows are kept, and
 * the page is marked. A form is `cut` if its values do not fit but its names do, so that a query
 * does not find another one. Nothing is appended if not even the texts for messages fit. */
void html_page_pack(const struct html_page *page, struct buf *out);
/* Restores a page; its texts are views of PACKED. False if PACKED was not written by
 * html_page_pack.
 */
bool html_page_unpack(struct html_page *page, struct arena *a, struct str packed);

/* Replaces the forms of PAGE that FRAGMENT contains too: the same id, otherwise the same action and
 * the same names of controls. FRAGMENT is what a script received: HTML, a JSON string with HTML or
 * the <update> of a JSF response, read with html_page_read_fragment. True if a form was replaced;
 * the arrays are then new ones in A. */
bool html_page_replace_forms(struct html_page *page, struct arena *a,
			     const struct html_page *fragment);
/* Gives the hidden controls that have the state of a JSF view the state in BODY, a response to a
 * script. True if one changed; its text is then a view of BODY. */
bool html_page_update_state(struct html_page *page, struct str body);
/* Reads the forms of a fragment; see html_page_replace_forms. */
void html_page_read_fragment(struct html_page *page, struct arena *a,
			     const struct html_page_source *source);

/* Appends the absolute address of REFERENCE (an action, an address of a link) on PAGE, by the rules
 * of browsers: <base>, backslashes, spaces, characters beyond ASCII in the page's encoding. An
 * empty reference is the document's address. The fragment is dropped. False if it is not a http or
 * https address, or longer than HTML_PAGE_ADDRESS_MAX or than OUT can be; OUT is then unchanged. */
bool html_page_resolve(const struct html_page *page, struct str reference, struct buf *out);
/* Appends why html_page_resolve fails, for messages that begin with "the link goes to":
 * `'javascript:x()', which is not an http address`. */
void html_page_put_no_address(const struct html_page *page, struct str reference, struct buf *out);

/* Appends the first error element of AFTER that BEFORE (may be NULL) does not have, otherwise the
 * title and the h1 of AFTER; nothing if there is none. For messages. */
void html_page_put_error(const struct html_page *before, const struct html_page *after,
			 struct buf *out);
/* Appends at most ten forms with the names of their controls, their buttons and a selector for
 * `form`, in one line. */
void html_page_put_forms(const struct html_page *page, struct buf *out);
/* Appends `; the page is too large to be kept whole: …` with the limit, if something is missing. */
void html_page_put_cut(const struct html_page *page, struct buf *out);
/* Appends the names of the controls of one form, at most 20, in one line. */
void html_page_put_fields(const struct html_page *page, uint32_t form, struct buf *out);
/* Appends the texts of at most 20 links, each once, in one line, and before them the one that
 * WANTED may mean. Their addresses instead, if WANTED is one (html_link_query.h). */
void html_page_put_links(const struct html_page *page, struct arena *a, struct str wanted,
			 struct buf *out);

#endif
