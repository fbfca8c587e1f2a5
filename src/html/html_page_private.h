/* The state of html_page_read, for the files html_page_*.c only. */
#ifndef HTML_PAGE_PRIVATE_H
#define HTML_PAGE_PRIVATE_H

#include "html/html_page.h"
#include "html/html_tree.h"

struct read_form {
	struct html_form form;
	uint32_t order; /* place in the page */
};

/* A control with what is needed until the whole page is known. */
struct read_control {
	struct html_control control;
	struct str id, form_id; /* form_id: of the attribute `form`; ptr NULL if it is missing */
	uint32_t order;
	bool dropped;
};

struct read_label {
	struct str target, text; /* target: of the attribute `for`; ptr NULL if it is missing */
	uint32_t control;	 /* its first control, if there is no `for` */
};

struct read_row {
	struct html_row row;
	bool used;
};

/* Visible text that an open element needs, white space collapsed; a line end is a boundary of a
 * block or a cell. It only grows, so that a part of it can be used until the end of the page. */
struct read_text {
	char *items;
	size_t count, cap;
};

struct page_reader {
	struct html_page *page;
	struct arena *arena;
	unsigned parts;
	struct html_tokenizer tokenizer;
	struct html_tree tree;
	struct read_text text, select_text; /* around selects and inside them */
	unsigned collecting;		    /* open elements that need text */
	uint32_t next_order;
	VEC(struct read_form) forms;
	VEC(struct read_control) controls;
	VEC(struct html_option) options;
	VEC(struct read_label) labels;
	VEC(struct html_link) links;
	VEC(struct read_row) rows;
	VEC(struct str) errors;
	uint32_t select;   /* the open select, or HTML_PAGE_NONE */
	uint32_t textarea; /* the open textarea */
	bool in_title, has_title, has_h1, has_base;
	bool h1_has_link; /* the current one */
};

/* The value of an attribute; ptr NULL if it is missing. */
struct str html_page_attribute(struct page_reader *r, const struct html_token *token,
			       struct str name);
/* Where text at this position belongs. The texts of options are not visible text. */
struct read_text *html_page_current_text(struct page_reader *r);
/* Appends RAW with its character references decoded and its white space collapsed. */
void html_page_add_text(struct page_reader *r, struct read_text *text, struct str raw);
void html_page_add_byte(struct page_reader *r, struct read_text *text, char c);
/* A block or a cell begins or ends: appends a line end, which replaces a space. */
void html_page_add_boundary(struct page_reader *r);
/* The text from FROM to its end in one line, without spaces around it, at most MAX bytes. */
struct str html_page_text_from(const struct page_reader *r, const struct read_text *text,
			       size_t from, size_t max);
/* The same for the text of ELEMENT up to this position. */
struct str html_page_text_of(const struct page_reader *r, const struct html_element *element,
			     size_t max);
/* Keeps ROW, which has a link, a form or a control, and the rows around it. */
void html_page_use_row(struct page_reader *r, uint32_t row);

/* Each reads the start tag of a control. CONTEXT: what it inherits. */
void html_page_add_input(struct page_reader *r, const struct html_token *token,
			 const struct html_element *context);
uint32_t html_page_add_control(struct page_reader *r, const struct html_token *token,
			       const struct html_element *context, enum html_control_type type);
void html_page_add_option(struct page_reader *r, const struct html_token *token,
			  struct html_element *element);
void html_page_add_form(struct page_reader *r, const struct html_token *token,
			struct html_element *element, uint32_t row);
void html_page_end_option(struct page_reader *r, const struct html_element *element,
			  struct str text);
void html_page_end_select(struct page_reader *r);
/* Applies the rules that need the whole page, and sets the arrays of the page. */
void html_page_finish(struct page_reader *r);

/* The value of an input after sanitization. TYPE is its type in lower case. */
struct str html_page_sanitize(struct page_reader *r, const struct html_token *token,
			      struct str type, struct str value);

#endif
