/*
 * The open elements of a page: applies the rules of the standard (13.2.6) about elements that end
 * without an end tag, tables and scopes to the tags of the tokenizer. It keeps only the elements
 * around the position, each with what its content inherits, and no tree. Formatting elements that
 * the standard reopens after a block are not reopened.
 *
 * The depth is limited; deeper elements are read as if they had no content. The caller's function
 * is called for each element that ends. One thread.
 */
#ifndef HTML_TREE_H
#define HTML_TREE_H

#include "html/html_token.h"

#define HTML_TREE_DEPTH_MAX  512
#define HTML_TREE_ACTIVE_MAX 32
#define HTML_TREE_NONE	     UINT32_MAX

struct html_element {
	enum html_tag tag;
	uint16_t table; /* position of the innermost part of a table, also itself; 0: none */
	bool collects;	/* its text is needed */
	/* Its index in a list of the caller, and the start of its text. */
	uint32_t item, text_from;
	/* Inherited by its content. */
	uint32_t form; /* innermost form around it */
	uint32_t row, label;
	uint32_t order; /* `item` of the table before which it is moved; 0: its own place */
	bool disabled;	/* by a fieldset */
	bool outside, legend_seen; /* of a fieldset: `disabled` around it; it had a legend */
	bool barred;		   /* in a datalist: nothing is sent */
	bool rtl, in_error, group_disabled;
	bool in_select; /* also the select itself */
	bool is_error;	/* itself; not inherited */
};

struct html_tree {
	struct html_element stack[HTML_TREE_DEPTH_MAX]; /* [0] is the page */
	unsigned count;
	uint16_t open[HTML_TAG_COUNT]; /* number of open elements by tag */
	/* The formatting elements that continue after a block, with their positions in the stack, 0
	 * if they are not open; HTML_TAG_OTHER where a cell starts. */
	struct {
		enum html_tag tag;
		unsigned at;
	} active[HTML_TREE_ACTIVE_MAX];
	unsigned active_count;
	uint32_t form; /* the form whose end tag is missing; set by the caller */
	void (*closed)(void *data, struct html_element *element);
	void *data;
};

enum html_start {
	HTML_START_IGNORED, /* the tag has no effect */
	HTML_START_VOID,    /* the element has no content: it was not pushed */
	HTML_START_PUSHED,  /* it is the last element of the stack */
};

void html_tree_init(struct html_tree *tree);
/* Ends and starts what a start tag ends and starts. An element that is pushed has what it inherits;
 * HTML_START_VOID sets *CONTEXT to what the element inherits, except for a form. */
enum html_start html_tree_start(struct html_tree *tree, enum html_tag tag,
				struct html_element *context);
void html_tree_end(struct html_tree *tree, enum html_tag tag);
/* Text at this position: opens formatting elements again. */
void html_tree_text(struct html_tree *tree);
/* The start and the end of an element of SVG or MathML whose content is HTML: end tags in it do not
 * end elements around it. */
void html_tree_start_island(struct html_tree *tree, enum html_tag tag);
void html_tree_end_island(struct html_tree *tree, enum html_tag tag);
/* Ends all elements. */
void html_tree_finish(struct html_tree *tree);

static inline struct html_element *html_tree_top(struct html_tree *tree)
{
	return &tree->stack[tree->count - 1];
}

#endif
