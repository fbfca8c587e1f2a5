/* Explains why a path has no match: the longest part that exists, and the elements there. */
#include <string.h>

#include "extract/markup_private.h"

#define NAMES_SHOWN 8

static void put_clipped(struct buf *out, struct str text, size_t max)
{
	size_t end = 0;

	while (end < text.len && end < max) {
		size_t step = str_utf8_step(text, end);

		end += step ? step : 1;
	}
	for (size_t i = 0; i < end; i++)
		buf_add_char(out, (unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i]);
	if (end < text.len)
		buf_add(out, STR("…"));
}

/* Appends an element such as <input name="user" type="text">. */
static void put_element(struct buf *out, const xmlNode *node)
{
	unsigned shown = 0;

	buf_printf(out, "<%s", (const char *)node->name);
	for (const xmlAttr *attr = node->properties; attr && shown < 4;
	     attr = attr->next, shown++) {
		const xmlNode *text = attr->children;
		const char *value = text && text->content ? (const char *)text->content : "";

		buf_printf(out, " %s=\"", (const char *)attr->name);
		put_clipped(out, str_of(value), 30);
		buf_add_char(out, '"');
	}
	buf_add_char(out, '>');
}

/* Appends the names of the child elements, each once. */
static void put_children(struct buf *out, const xmlNode *node)
{
	const xmlChar *names[NAMES_SHOWN];
	unsigned shown = 0;

	for (const xmlNode *child = node->children; child && shown < NAMES_SHOWN;
	     child = child->next) {
		bool known = child->type != XML_ELEMENT_NODE;

		for (unsigned i = 0; i < shown && !known; i++)
			known = xmlStrEqual(names[i], child->name) != 0;
		if (known)
			continue;
		buf_printf(out, "%s%s", shown ? ", " : ", which contains ",
			   (const char *)child->name);
		names[shown++] = child->name;
	}
	if (!shown)
		buf_add(out, STR(", which contains no elements"));
}

static void put_nodes(struct buf *out, const struct markup_path_cut *cut, const xmlNodeSet *nodes)
{
	const xmlNode *first = nodes->nodeTab[0];

	buf_printf(out, "%.*s matches %d: ", STR_ARG(cut->written), nodes->nodeNr);
	if (first->type == XML_ELEMENT_NODE) {
		put_element(out, first);
		for (int i = 1; i < nodes->nodeNr && i < 3; i++) {
			buf_add(out, STR(", "));
			put_element(out, nodes->nodeTab[i]);
		}
		if (nodes->nodeNr > 3)
			buf_add(out, STR(", …"));
		else if (nodes->nodeNr == 1)
			put_children(out, first);
	} else {
		put_clipped(
		    out, first->content ? str_of((const char *)first->content) : STR("a node"), 60);
	}
}

/* Appends the matches of the longest cut that has any. */
static bool put_furthest(struct markup *page, const struct markup_path *path, struct buf *out)
{
	for (size_t i = path->cut_count; i-- > 0;) {
		const struct markup_path_cut *cut = &path->cuts[i];
		xmlXPathObjectPtr found;
		bool shown = false;

		markup_evaluate(page, page->xml ? cut->xml : cut->html, &found);
		if (found && found->type == XPATH_NODESET && found->nodesetval &&
		    found->nodesetval->nodeNr > 0) {
			put_nodes(out, cut, found->nodesetval);
			shown = true;
		}
		xmlXPathFreeObject(found);
		if (shown)
			return true;
	}
	return false;
}

static void put_root(const struct markup *page, struct buf *out)
{
	const xmlNode *root = xmlDocGetRootElement(page->doc);

	if (!root) {
		buf_add(out, STR("the page has no elements"));
		return;
	}
	buf_printf(out, "the %s starts with ", page->xml ? "XML" : "page");
	put_element(out, root);
	put_children(out, root);
	if (page->xml && root->ns && !root->ns->prefix)
		buf_printf(out, "; its names are in the namespace %s, write _:%s in an XPath",
			   (const char *)root->ns->href, (const char *)root->name);
}

static void put_no_page(const struct markup *page, struct str subject, struct buf *out)
{
	struct str text = str_trim(str_slice(subject, 0, subject.len < 256 ? subject.len : 256));

	if (page->limit) {
		buf_add(out, STR("the body is too large or too deep to parse"));
	} else if (!text.len) {
		buf_add(out, STR("the body is empty"));
	} else {
		buf_printf(out, "the body is not %s", page->xml ? "XML" : "HTML");
		if (page->error[0])
			buf_printf(out, ": %s", page->error);
		if (page->error_line > 0)
			buf_printf(out, ", at line %d", page->error_line);
	}
}

static bool looks_like_json(struct str subject)
{
	struct str text = str_trim(str_slice(subject, 0, subject.len < 256 ? subject.len : 256));

	return text.len && (text.ptr[0] == '{' || text.ptr[0] == '[');
}

void markup_explain(const void *plan, const struct response *response, struct str subject,
		    struct buf *out)
{
	const struct markup_path *path = plan;
	struct markup *page = markup_new();

	markup_read(page, response, subject);
	if (!page->doc || page->limit) {
		put_no_page(page, subject, out);
	} else if (looks_like_json(subject)) {
		buf_add(out, STR("the body looks like JSON; use jsonpath for it"));
	} else {
		buf_printf(out, "no element matches %.*s; ", STR_ARG(path->written));
		if (!put_furthest(page, path, out))
			put_root(page, out);
	}
	markup_free(page);
}
