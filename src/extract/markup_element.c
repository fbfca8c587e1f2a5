#include "extract/markup_element.h"

#include "extract/markup_private.h"

static struct str copy(struct arena *a, const xmlChar *text)
{
	return text ? arena_str(a, str_of((const char *)text)) : STR("");
}

static void read_attributes(struct arena *a, xmlNodePtr node, struct markup_element *out)
{
	VEC(struct markup_attribute) all = {NULL, 0, 0};

	for (xmlAttrPtr one = node->properties; one && all.count < MARKUP_TAG_MAX;
	     one = one->next) {
		xmlChar *value = xmlNodeListGetString(node->doc, one->children, 1);

		VEC_PUSH(a, &all, ((struct markup_attribute){copy(a, one->name), copy(a, value)}));
		xmlFree(value);
	}
	out->attributes = all.items;
	out->attribute_count = all.count;
}

static void count_siblings(xmlNodePtr node, struct markup_element *out)
{
	xmlNodePtr one = node;

	out->nth = 1;
	while ((one = one->prev))
		out->nth += one->type == XML_ELEMENT_NODE && xmlStrEqual(one->name, node->name);
	out->of_type = out->nth;
	for (one = node->next; one; one = one->next)
		out->of_type += one->type == XML_ELEMENT_NODE && xmlStrEqual(one->name, node->name);
}

/* NODE and the elements around it. */
static const struct markup_element *read_element(struct arena *a, xmlNodePtr node)
{
	const struct markup_element *first = NULL, **next = &first;
	unsigned depth = 0;

	for (; node && node->type == XML_ELEMENT_NODE; node = node->parent) {
		struct markup_element *element = ARENA_NEW(a, struct markup_element);

		if (++depth > MARKUP_ELEMENT_DEPTH_MAX)
			return NULL;
		element->name = copy(a, node->name);
		read_attributes(a, node, element);
		count_siblings(node, element);
		*next = element;
		next = &element->parent;
	}
	return first;
}

const struct markup_element *markup_element_find(struct arena *a, const struct markup_path *path,
						 const struct response *response,
						 struct scratch *scratch, struct str *attribute)
{
	struct markup *page = markup_of(scratch);
	const struct markup_element *element = NULL;
	xmlXPathObjectPtr found = NULL;

	*attribute = STR_NULL;
	markup_read(page, response, response->body);
	if (page->doc &&
	    markup_evaluate(page, page->xml ? path->xml : path->html, &found) == MARKUP_OK &&
	    found && found->type == XPATH_NODESET && found->nodesetval &&
	    found->nodesetval->nodeNr) {
		xmlNodePtr node = found->nodesetval->nodeTab[0];

		if (node->type == XML_ATTRIBUTE_NODE)
			*attribute = copy(a, node->name);
		if (node->type != XML_ELEMENT_NODE && node->type != XML_NAMESPACE_DECL)
			node = node->parent;
		element = read_element(a, node);
	}
	xmlXPathFreeObject(found);
	return element;
}

struct str markup_element_attribute(const struct markup_element *element, const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++)
		if (str_eq(element->attributes[i].name, str_of(name)))
			return element->attributes[i].value;
	return STR_NULL;
}
