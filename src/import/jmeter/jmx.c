#include "import/jmeter/jmx.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <string.h>

#include "base/buf.h"

#define BYTES_MAX    ((size_t)64 << 20)
#define ELEMENTS_MAX 1000000u
#define DEPTH_MAX    200u

struct jmx_reader {
	struct arena *arena;
	struct str file;
	xmlParserCtxtPtr parser;
	struct jmx *root;
	struct jmx *open[DEPTH_MAX];
	unsigned depth;
	size_t elements;
	struct buf text;
	const char *refused; /* the limit that was reached, or NULL */
};

static void refuse(struct jmx_reader *r, const char *why)
{
	if (!r->refused)
		r->refused = why;
	xmlStopParser(r->parser);
}

static struct str without_package(struct str name)
{
	size_t at = name.len;

	while (at > 0 && name.ptr[at - 1] != '.')
		at--;
	return str_slice(name, at, name.len);
}

/* ATTRIBUTES: five pointers each, see startElementNsSAX2Func of libxml2. */
static void read_attributes(struct jmx_reader *r, struct jmx *e, int count,
			    const xmlChar **attributes)
{
	struct str property = STR_NULL;

	for (int i = 0; i < count; i++) {
		struct str key = str_of((const char *)attributes[5 * i]);
		const char *begin = (const char *)attributes[5 * i + 3];
		struct str value =
		    str_n(begin, (size_t)(attributes[5 * i + 4] - attributes[5 * i + 3]));

		value = arena_str(r->arena, value);
		if (str_eq(key, STR("name")))
			property = value;
		else if (str_eq(key, STR("testname")))
			e->name = value;
		else if (str_eq(key, STR("testclass")))
			e->type = without_package(value);
		else if (str_eq(key, STR("elementType")) && !e->type.len)
			e->type = without_package(value);
		else if (str_eq(key, STR("guiclass")))
			e->gui = without_package(value);
		else if (str_eq(key, STR("enabled")))
			e->disabled = str_eq(value, STR("false"));
	}
	if (property.ptr)
		e->name = property;
}

static void on_begin(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int namespaces, const xmlChar **all_namespaces, int count, int defaulted,
		     const xmlChar **attributes)
{
	struct jmx_reader *r = ((xmlParserCtxtPtr)context)->_private;
	struct jmx *e;

	(void)prefix;
	(void)uri;
	(void)namespaces;
	(void)all_namespaces;
	(void)defaulted;
	if (r->refused)
		return;
	if (r->depth == DEPTH_MAX || ++r->elements > ELEMENTS_MAX) {
		refuse(r, r->depth == DEPTH_MAX ? "its elements are nested too deeply"
						: "it has more than a million elements");
		return;
	}
	e = ARENA_NEW(r->arena, struct jmx);
	*e = (struct jmx){.file = r->file, .name = STR(""), .text = STR("")};
	e->tag = without_package(arena_str(r->arena, str_of((const char *)name)));
	e->line = (unsigned)xmlSAX2GetLineNumber(r->parser);
	read_attributes(r, e, count, attributes);
	if (r->depth)
		VEC_PUSH(r->arena, &r->open[r->depth - 1]->children, e);
	else
		r->root = e;
	r->open[r->depth++] = e;
	buf_clear(&r->text);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct jmx_reader *r = ((xmlParserCtxtPtr)context)->_private;

	(void)name;
	(void)prefix;
	(void)uri;
	if (r->refused || !r->depth)
		return;
	r->depth--;
	if (!r->open[r->depth]->children.count)
		r->open[r->depth]->text = arena_str(r->arena, buf_str(&r->text));
	buf_clear(&r->text);
}

static void on_text(void *context, const xmlChar *text, int len)
{
	struct jmx_reader *r = ((xmlParserCtxtPtr)context)->_private;

	buf_add(&r->text, str_n((const char *)text, (size_t)len));
}

static void on_type(void *context, const xmlChar *name, const xmlChar *external,
		    const xmlChar *system)
{
	struct jmx_reader *r = ((xmlParserCtxtPtr)context)->_private;

	(void)name;
	(void)external;
	(void)system;
	refuse(r, "it has a document type declaration, which a test plan does not need; remove it");
}

static void parse(struct jmx_reader *r, struct str text, struct jmx_error *error)
{
	xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
				 .startElementNs = on_begin,
				 .endElementNs = on_end,
				 .characters = on_text,
				 .cdataBlock = on_text,
				 .ignorableWhitespace = on_text,
				 .internalSubset = on_type};
	const xmlError *last;

	xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	r->parser->_private = r;
	*r->parser->sax = handler;
	xmlParseDocument(r->parser);
	last = xmlCtxtGetLastError(r->parser);
	if (r->refused) {
		r->root = NULL;
		error->text = str_of(r->refused);
		error->line = r->parser->input ? (unsigned)r->parser->input->line : 1;
	} else if (!r->parser->wellFormed) {
		r->root = NULL;
		error->text = last && last->message
				  ? str_trim(arena_str(r->arena, str_of(last->message)))
				  : STR("it is not well-formed XML");
		error->line = last && last->line > 0 ? (unsigned)last->line : 1;
	}
	(void)text;
}

struct jmx *jmx_read(struct arena *a, struct str text, struct str file, struct jmx_error *error)
{
	struct jmx_reader r = {.arena = a, .file = file};

	*error = (struct jmx_error){.line = 1, .text = STR("it is larger than 64 MB")};
	if (text.len > BYTES_MAX)
		return NULL;
	r.parser = xmlCreateMemoryParserCtxt(text.ptr, (int)text.len);
	error->text = STR("it is empty");
	if (!r.parser)
		return NULL;
	buf_init(&r.text, 0);
	parse(&r, text, error);
	buf_release(&r.text);
	xmlFreeParserCtxt(r.parser);
	return r.root;
}

/* ---- properties */

static bool is_named(const struct jmx *e, struct str name)
{
	if (e->name.len || !e->children.count)
		return str_eq(e->name, name);
	/* <FloatProperty><name>…</name><value>…</value></FloatProperty> */
	return str_eq(e->children.items[0]->tag, STR("name")) &&
	       str_eq(e->children.items[0]->text, name);
}

const struct jmx *jmx_property(const struct jmx *element, const char *name)
{
	for (size_t i = 0; element && i < element->children.count; i++)
		if (is_named(element->children.items[i], str_of(name)))
			return element->children.items[i];
	return NULL;
}

struct str jmx_text(const struct jmx *element, const char *name)
{
	const struct jmx *p = jmx_property(element, name);

	if (p && p->children.count > 1 && str_eq(p->children.items[1]->tag, STR("value")))
		return p->children.items[1]->text;
	return p ? p->text : STR("");
}

bool jmx_is_true(const struct jmx *element, const char *name)
{
	return str_eq(jmx_text(element, name), STR("true"));
}

/* Arguments have their collection inside an element of the same kind. */
static const struct jmx *collection(const struct jmx *element, const char *name)
{
	const struct jmx *p = jmx_property(element, name);

	if (p && str_eq(p->tag, STR("elementProp")) && p->children.count)
		p = p->children.items[0];
	return p;
}

size_t jmx_count(const struct jmx *element, const char *name)
{
	const struct jmx *p = collection(element, name);

	return p ? p->children.count : 0;
}

const struct jmx *jmx_item(const struct jmx *element, const char *name, size_t i)
{
	return collection(element, name)->children.items[i];
}
