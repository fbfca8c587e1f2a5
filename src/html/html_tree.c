/* The rules about open elements; contracts in html_tree.h. */
#include "html/html_tree.h"

#include "html/html_class.h"

/* ---- the stack */

void html_tree_init(struct html_tree *tree)
{
	void (*closed)(void *, struct html_element *) = tree->closed;
	void *data = tree->data;

	memset(tree->open, 0, sizeof tree->open);
	tree->closed = closed;
	tree->data = data;
	tree->form = HTML_TREE_NONE;
	tree->count = 1;
	tree->active_count = 0;
	tree->stack[0] = (struct html_element){.tag = HTML_TAG_HTML,
					       .item = HTML_TREE_NONE,
					       .form = HTML_TREE_NONE,
					       .row = HTML_TREE_NONE,
					       .label = HTML_TREE_NONE};
}

static void add_active(struct html_tree *tree, enum html_tag tag, unsigned at)
{
	if (tree->active_count == HTML_TREE_ACTIVE_MAX)
		memmove(&tree->active[0], &tree->active[1],
			--tree->active_count * sizeof *tree->active);
	tree->active[tree->active_count].tag = tag;
	tree->active[tree->active_count++].at = at;
}

/* Marks the active element at a position of the stack as not open any more. */
static void set_not_open(struct html_tree *tree, unsigned at)
{
	for (unsigned i = tree->active_count; i-- > 0;)
		if (tree->active[i].tag && tree->active[i].at == at)
			tree->active[i].at = 0;
}

/* Removes the active elements of a cell. */
static void clear_formatting(struct html_tree *tree)
{
	while (tree->active_count && tree->active[--tree->active_count].tag)
		continue;
}

static void pop(struct html_tree *tree)
{
	struct html_element *top = html_tree_top(tree);

	tree->closed(tree->data, top);
	tree->open[top->tag]--;
	tree->count--;
	if (html_class_is_formatting(top->tag))
		set_not_open(tree, tree->count);
	else if (html_class_has_own_formatting(top->tag))
		clear_formatting(tree);
}

static void pop_to(struct html_tree *tree, unsigned count)
{
	while (tree->count > count)
		pop(tree);
}

void html_tree_finish(struct html_tree *tree)
{
	pop_to(tree, 1);
}

/* Removes an element from the middle; the elements in it stay open. */
static void take_out(struct html_tree *tree, unsigned at)
{
	tree->closed(tree->data, &tree->stack[at]);
	tree->open[tree->stack[at].tag]--;
	tree->count--;
	memmove(&tree->stack[at], &tree->stack[at + 1], (tree->count - at) * sizeof *tree->stack);
	for (unsigned i = at; i < tree->count; i++)
		if (tree->stack[i].table > at)
			tree->stack[i].table--;
	for (unsigned i = 0; i < tree->active_count; i++)
		if (tree->active[i].at > at)
			tree->active[i].at--;
}

/* The position of the innermost TAG in the scope, 0 if there is none. */
static unsigned find(const struct html_tree *tree, enum html_tag tag, enum html_scope scope)
{
	if (!tree->open[tag])
		return 0;
	for (unsigned i = tree->count; i-- > 1;) {
		if (tree->stack[i].tag == tag)
			return i;
		if (html_class_bounds_scope(tree->stack[i].tag, scope))
			return 0;
	}
	return 0;
}

/* The innermost part of a table around the position; HTML_TAG_HTML if there is none. */
static enum html_tag table_mode(struct html_tree *tree)
{
	return tree->stack[html_tree_top(tree)->table].tag;
}

/* The position of the element whose content TAG is. Content that cannot be in a table moves before
 * it.
 */
static unsigned parent_of(struct html_tree *tree, enum html_tag tag)
{
	unsigned at = tree->count - 1;

	if (!html_class_is_table_frame(tree->stack[at].tag) || html_class_is_table_part(tag) ||
	    tag == HTML_TAG_COL)
		return at;
	while (at > 1 && tree->stack[at].tag != HTML_TAG_TABLE)
		at--;
	return at - 1;
}

static enum html_start push_element(struct html_tree *tree, enum html_tag tag, bool reopened)
{
	unsigned parent = parent_of(tree, tag);
	uint16_t table = html_tree_top(tree)->table;
	struct html_element *element;

	if (tree->count == HTML_TREE_DEPTH_MAX)
		return HTML_START_VOID;
	element = &tree->stack[tree->count];
	*element = tree->stack[parent];
	if (parent != tree->count - 1 && !element->order)
		element->order = tree->stack[parent + 1].item;
	element->tag = tag;
	element->collects = element->legend_seen = element->outside = false;
	element->is_error = false;
	element->item = HTML_TREE_NONE;
	element->table = html_class_is_table_part(tag) ? (uint16_t)tree->count : table;
	if (html_class_is_formatting(tag) && !reopened)
		add_active(tree, tag, tree->count);
	else if (html_class_has_own_formatting(tag))
		add_active(tree, HTML_TAG_OTHER, 0);
	tree->count++;
	tree->open[tag]++;
	return HTML_START_PUSHED;
}

static enum html_start push(struct html_tree *tree, enum html_tag tag)
{
	return push_element(tree, tag, false);
}

/* Opens the active elements again that ended with a block. */
static void reopen(struct html_tree *tree)
{
	unsigned first = tree->active_count;

	while (first && tree->active[first - 1].tag && !tree->active[first - 1].at)
		first--;
	for (unsigned i = first; i < tree->active_count; i++)
		if (push_element(tree, tree->active[i].tag, true) == HTML_START_PUSHED)
			tree->active[i].at = tree->count - 1;
}

void html_tree_text(struct html_tree *tree)
{
	reopen(tree);
}

/* Ends the innermost TAG in the scope, and what is open in it. */
static void end_in_scope(struct html_tree *tree, enum html_tag tag, enum html_scope scope)
{
	unsigned at = find(tree, tag, scope);

	if (at)
		pop_to(tree, at);
}

/* ---- start tags */

static void close_paragraph(struct html_tree *tree)
{
	end_in_scope(tree, HTML_TAG_P, HTML_SCOPE_BUTTON);
}

/* Ends the list item that a further one ends: A or B. */
static void close_item(struct html_tree *tree, enum html_tag a, enum html_tag b)
{
	if (!tree->open[a] && !tree->open[b])
		return;
	for (unsigned i = tree->count; i-- > 1;) {
		enum html_tag tag = tree->stack[i].tag;

		if (tag == a || tag == b) {
			pop_to(tree, i);
			return;
		}
		if (html_class_is_special(tag) && tag != HTML_TAG_ADDRESS && tag != HTML_TAG_DIV &&
		    tag != HTML_TAG_P)
			return;
	}
}

/* Removes the innermost active element with this tag; returns its position in the stack, 0 if it is
 * not open, NOT_FOUND if there is none. */
static size_t take_active(struct html_tree *tree, enum html_tag tag)
{
	for (unsigned i = tree->active_count; i-- > 0 && tree->active[i].tag;) {
		unsigned at = tree->active[i].at;

		if (tree->active[i].tag != tag)
			continue;
		tree->active_count--;
		memmove(&tree->active[i], &tree->active[i + 1],
			(tree->active_count - i) * sizeof *tree->active);
		return at;
	}
	return NOT_FOUND;
}

/* The end of a formatting element; blocks in it stay open. */
static void close_formatting(struct html_tree *tree, enum html_tag tag)
{
	size_t at = take_active(tree, tag);

	if (at == NOT_FOUND || !at)
		return;
	for (unsigned i = (unsigned)at + 1; i < tree->count; i++)
		if (html_class_is_special(tree->stack[i].tag)) {
			take_out(tree, (unsigned)at);
			return;
		}
	pop_to(tree, (unsigned)at);
}

/* Makes the innermost part of the table one of those that TAG can be in. */
static bool enter_table(struct html_tree *tree, enum html_tag tag)
{
	bool cell = tag == HTML_TAG_TD || tag == HTML_TAG_TH, row = tag == HTML_TAG_TR;
	enum html_tag mode = table_mode(tree);

	if (mode == HTML_TAG_HTML)
		return false;
	if (mode == HTML_TAG_TEMPLATE)
		return true;
	for (;; pop_to(tree, html_tree_top(tree)->table)) {
		mode = table_mode(tree);
		if (mode == HTML_TAG_TABLE || (html_class_is_table_body(mode) && (cell || row)) ||
		    (mode == HTML_TAG_TR && cell))
			break;
		if (mode == HTML_TAG_HTML || mode == HTML_TAG_TEMPLATE)
			return false;
	}
	pop_to(tree, html_tree_top(tree)->table + 1U);
	if (mode == HTML_TAG_TABLE && (cell || row))
		push(tree, HTML_TAG_TBODY);
	if (mode != HTML_TAG_TR && cell)
		push(tree, HTML_TAG_TR);
	return true;
}

static enum html_start start_form(struct html_tree *tree)
{
	if (tree->form != HTML_TREE_NONE)
		return HTML_START_IGNORED;
	if (html_class_is_table_frame(table_mode(tree)))
		return HTML_START_VOID;
	close_paragraph(tree);
	return push(tree, HTML_TAG_FORM);
}

/* Ends the select in which the tag cannot be. */
static bool leave_select(struct html_tree *tree)
{
	unsigned at =
	    tree->open[HTML_TAG_SELECT] ? find(tree, HTML_TAG_SELECT, HTML_SCOPE_GENERAL) : 0;

	if (at)
		pop_to(tree, at);
	return at > 0;
}

/* Ends the option, and before TAG the group, that a further one ends; in a select only those in it.
 */
static void close_options(struct html_tree *tree, enum html_tag tag)
{
	unsigned select =
	    tree->open[HTML_TAG_SELECT] ? find(tree, HTML_TAG_SELECT, HTML_SCOPE_TABLE) : 0;
	unsigned at = find(tree, HTML_TAG_OPTION, HTML_SCOPE_TABLE);

	if (at > select && (select || at == tree->count - 1))
		pop_to(tree, at);
	at = find(tree, HTML_TAG_OPTGROUP, HTML_SCOPE_TABLE);
	if (tag == HTML_TAG_OPTGROUP && select && at > select)
		pop_to(tree, at);
}

/* Ends the elements that other start tags end. */
static void close_before(struct html_tree *tree, enum html_tag tag)
{
	if (html_class_is_block(tag) || html_class_is_heading(tag) || tag == HTML_TAG_HR ||
	    tag == HTML_TAG_PLAINTEXT || tag == HTML_TAG_XMP)
		close_paragraph(tree);
	if (html_class_is_heading(tag) && html_class_is_heading(html_tree_top(tree)->tag))
		pop(tree);
	if (tag == HTML_TAG_LI)
		close_item(tree, HTML_TAG_LI, HTML_TAG_LI);
	if (tag == HTML_TAG_DD || tag == HTML_TAG_DT)
		close_item(tree, HTML_TAG_DD, HTML_TAG_DT);
	if (tag == HTML_TAG_LI || tag == HTML_TAG_DD || tag == HTML_TAG_DT)
		close_paragraph(tree);
	if (tag == HTML_TAG_BUTTON)
		end_in_scope(tree, tag, HTML_SCOPE_GENERAL);
	if (tag == HTML_TAG_A || tag == HTML_TAG_NOBR)
		close_formatting(tree, tag);
	if (tag == HTML_TAG_OPTION || tag == HTML_TAG_OPTGROUP ||
	    (tag == HTML_TAG_HR && tree->open[HTML_TAG_SELECT]))
		close_options(tree, tag);
	if (tag == HTML_TAG_INPUT)
		leave_select(tree);
	if (html_class_continues_formatting(tag))
		reopen(tree);
}

/* The context of an element that was not pushed. */
static enum html_start not_pushed(struct html_tree *tree, enum html_tag tag,
				  struct html_element *context)
{
	unsigned parent = parent_of(tree, tag);

	*context = tree->stack[parent];
	if (parent != tree->count - 1 && !context->order)
		context->order = tree->stack[parent + 1].item;
	return HTML_START_VOID;
}

enum html_start html_tree_start(struct html_tree *tree, enum html_tag tag,
				struct html_element *context)
{
	switch ((int)tag) {
	case HTML_TAG_HTML:
	case HTML_TAG_HEAD:
	case HTML_TAG_BODY:
	case HTML_TAG_FRAME:
	case HTML_TAG_FRAMESET:
		return HTML_START_IGNORED;
	case HTML_TAG_CAPTION:
	case HTML_TAG_COL:
	case HTML_TAG_COLGROUP:
	case HTML_TAG_TBODY:
	case HTML_TAG_TD:
	case HTML_TAG_TFOOT:
	case HTML_TAG_TH:
	case HTML_TAG_THEAD:
	case HTML_TAG_TR:
		if (!enter_table(tree, tag))
			return HTML_START_IGNORED;
		break;
	case HTML_TAG_TABLE:
		if (html_class_is_table_frame(table_mode(tree)))
			end_in_scope(tree, HTML_TAG_TABLE, HTML_SCOPE_TABLE);
		else
			close_paragraph(tree);
		break;
	case HTML_TAG_FORM:
		return start_form(tree);
	case HTML_TAG_SELECT:
		if (leave_select(tree))
			return HTML_START_IGNORED;
		reopen(tree);
		break;
	default:
		close_before(tree, tag);
	}
	if (!html_tag_is_void(tag) && push(tree, tag) == HTML_START_PUSHED)
		return HTML_START_PUSHED;
	return not_pushed(tree, tag, context);
}

/* ---- end tags */

/* The position of the form with this number if it is in scope, otherwise 0. */
static unsigned find_form(const struct html_tree *tree, uint32_t form)
{
	for (unsigned i = tree->count; tree->open[HTML_TAG_FORM] && i-- > 1;) {
		if (tree->stack[i].tag == HTML_TAG_FORM && tree->stack[i].form == form)
			return i;
		if (html_class_bounds_scope(tree->stack[i].tag, HTML_SCOPE_GENERAL))
			return 0;
	}
	return 0;
}

static void end_form(struct html_tree *tree)
{
	unsigned at = tree->form == HTML_TREE_NONE ? 0 : find_form(tree, tree->form);

	tree->form = HTML_TREE_NONE;
	if (!at)
		return;
	while (html_class_ends_itself(html_tree_top(tree)->tag))
		pop(tree);
	if (at == tree->count - 1)
		pop(tree);
	else
		take_out(tree, at);
}

static void end_heading(struct html_tree *tree)
{
	for (unsigned i = tree->count; i-- > 1;) {
		if (html_class_is_heading(tree->stack[i].tag)) {
			pop_to(tree, i);
			return;
		}
		if (html_class_bounds_scope(tree->stack[i].tag, HTML_SCOPE_GENERAL))
			return;
	}
}

static void end_other(struct html_tree *tree, enum html_tag tag)
{
	if (!tree->open[tag])
		return;
	for (unsigned i = tree->count; i-- > 1;) {
		if (tree->stack[i].tag == tag) {
			pop_to(tree, i);
			return;
		}
		if (html_class_is_special(tree->stack[i].tag))
			return;
	}
}

void html_tree_end(struct html_tree *tree, enum html_tag tag)
{
	if (html_class_is_formatting(tag)) {
		close_formatting(tree, tag);
	} else if (html_class_is_heading(tag)) {
		end_heading(tree);
	} else if (html_class_is_table_part(tag)) {
		end_in_scope(tree, tag, HTML_SCOPE_TABLE);
	} else if (tag == HTML_TAG_FORM) {
		end_form(tree);
	} else if (tag == HTML_TAG_LI) {
		end_in_scope(tree, tag, HTML_SCOPE_LIST);
	} else if (tag == HTML_TAG_SELECT) {
		leave_select(tree);
	} else if (tag == HTML_TAG_P) {
		close_paragraph(tree);
	} else if (html_class_is_block(tag) || tag == HTML_TAG_DD || tag == HTML_TAG_DT ||
		   tag == HTML_TAG_BUTTON || tag == HTML_TAG_OBJECT || tag == HTML_TAG_APPLET ||
		   tag == HTML_TAG_MARQUEE) {
		end_in_scope(tree, tag, HTML_SCOPE_GENERAL);
	} else {
		end_other(tree, tag);
	}
}

/* ---- HTML in SVG and MathML */

void html_tree_start_island(struct html_tree *tree, enum html_tag tag)
{
	push(tree, tag);
}

void html_tree_end_island(struct html_tree *tree, enum html_tag tag)
{
	end_in_scope(tree, tag, HTML_SCOPE_TABLE);
}
