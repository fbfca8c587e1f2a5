/* Parses a page and evaluates paths; contracts in markup.h. */
#include "extract/markup.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/alloc.h"
#include "base/log.h"
#include "extract/markup_private.h"
#include "html/html_charset.h"
#include "html/html_token.h"

#define ENTITY_BYTES	64
#define HTML_BYTES_KEPT ((size_t)1 << 20) /* after a large page */

/* ---- expressions, compiled once for each page */

struct compiled_xpath {
	char *text;
	xmlXPathCompExprPtr expression; /* NULL if libxml2 cannot compile it */
	UT_hash_handle hh;
};

static void ignore_error(void *data, xmlErrorPtr error)
{
	(void)data;
	(void)error;
}

static void ignore_message(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

static struct compiled_xpath *compiled_of(struct markup *page, const char *text)
{
	struct compiled_xpath *one;
	size_t len = strlen(text);

	HASH_FIND(hh, page->compiled, text, len, one);
	if (one)
		return one;
	one = alloc_zeroed(1, sizeof *one);
	char *copy = strdup(text);
	if (!copy)
		die_out_of_memory();
	one->text = copy;
	xmlXPathContextPtr context = xmlXPathNewContext(NULL);
	if (!context)
		die_out_of_memory();
	context->error = ignore_error;
	one->expression = xmlXPathCtxtCompile(context, BAD_CAST text);
	xmlXPathFreeContext(context);
	HASH_ADD_KEYPTR(hh, page->compiled, one->text, len, one);
	return one;
}

struct markup *markup_new(void)
{
	struct markup *page = alloc_zeroed(1, sizeof *page);

	buf_init(&page->html, 0);
	buf_init(&page->plain, 0);
	xmlInitParser();
	/* Errors in pages must not be printed; these settings are per thread. */
	xmlSetStructuredErrorFunc(NULL, ignore_error);
	xmlSetGenericErrorFunc(NULL, ignore_message);
	return page;
}

static void drop_tree(struct markup *page)
{
	xmlXPathFreeContext(page->context);
	xmlFreeDoc(page->doc);
	page->context = NULL;
	page->doc = NULL;
}

static void markup_clear(void *data)
{
	struct markup *page = data;

	drop_tree(page);
	buf_shrink(&page->html, HTML_BYTES_KEPT);
	buf_shrink(&page->plain, HTML_BYTES_KEPT);
	page->text = STR_NULL;
}

void markup_free(struct markup *page)
{
	struct compiled_xpath *one, *next;

	if (!page)
		return;
	drop_tree(page);
	buf_release(&page->html);
	buf_release(&page->plain);
	HASH_ITER (hh, page->compiled, one, next) {
		HASH_DEL(page->compiled, one);
		xmlXPathFreeCompExpr(one->expression);
		free(one->text);
		free(one);
	}
	free(page);
}

static void free_cached(void *data)
{
	markup_free(data);
}

struct markup *markup_of(struct scratch *scratch)
{
	struct scratch_cache *cache = &scratch->page;

	if (!cache->data)
		*cache = (struct scratch_cache){
		    .data = markup_new(), .clear = markup_clear, .free = free_cached};
	return cache->data;
}

/* ---- parsing */

static struct str media_type(const struct response *response)
{
	struct str type = response_header(response, STR("Content-Type"), 0);
	size_t end = str_find_char(type, ';', 0);

	return str_trim(str_slice(type, 0, end == NOT_FOUND ? type.len : end));
}

static struct str sub_fold(struct str text, size_t max)
{
	return str_slice(text, 0, max < text.len ? max : text.len);
}

/* The name of the first element, after declarations, doctype and comments. */
static struct str first_name(struct str text)
{
	struct html_tokenizer t;
	struct html_token token;

	html_token_init(&t, text);
	t.detached = true;
	while (html_token_next(&t, &token))
		if (token.type == HTML_TOKEN_START)
			return token.name;
	return STR("");
}

/* Detects the language from the beginning: a doctype, an XML declaration, the first element. */
static enum markup_language guess(struct str text)
{
	char name[16];
	struct str first;

	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_slice(text, 3, text.len);
	text = str_trim(sub_fold(text, 4096));
	first = first_name(text);
	if (str_ieq(sub_fold(text, 14), STR("<!doctype html")) || str_ieq(first, STR("html")))
		return MARKUP_HTML;
	if (str_starts(text, STR("<?xml")))
		return MARKUP_XML;
	if (!first.len || first.len >= sizeof name)
		return first.len ? MARKUP_XML_FIRST : MARKUP_HTML;
	for (size_t i = 0; i <= first.len; i++)
		name[i] = i < first.len ? first.ptr[i] : '\0';
	return htmlTagLookup(BAD_CAST name) ? MARKUP_HTML : MARKUP_XML_FIRST;
}

static enum markup_language language_of(const struct response *response, struct str subject)
{
	struct str type = media_type(response);

	if (subject.ptr != response->body.ptr || !type.len)
		return guess(subject);
	if (str_ieq(type, STR("text/html")) || str_ieq(type, STR("application/xhtml+xml")))
		return MARKUP_HTML;
	if (str_ieq(type, STR("text/xml")) || str_ieq(type, STR("application/xml")) ||
	    (type.len > 4 && str_ieq(str_slice(type, type.len - 4, type.len), STR("+xml"))))
		return MARKUP_XML;
	return guess(subject);
}

/* Keeps only entities with a short plain text. All others, such as files and nested entities, which
 * could grow without limit, become empty. */
static void declare_entity(void *data, const xmlChar *name, int type, const xmlChar *public_id,
			   const xmlChar *system_id, xmlChar *content)
{
	char plain[ENTITY_BYTES + 1] = "";
	const char *text = content ? (const char *)content : "";

	(void)public_id;
	(void)system_id;
	if (type == XML_INTERNAL_PARAMETER_ENTITY || type == XML_EXTERNAL_PARAMETER_ENTITY)
		return;
	if (strlen(text) <= ENTITY_BYTES && !strpbrk(text, "&<%"))
		snprintf(plain, sizeof plain, "%s", text);
	xmlSAX2EntityDecl(data, name, XML_INTERNAL_GENERAL_ENTITY, NULL, NULL, BAD_CAST plain);
}

static void save_error(struct markup *page, const xmlError *error)
{
	const char *message = error && error->message ? error->message : "it is not well-formed";

	page->error_line = error ? error->line : 0;
	snprintf(page->error, sizeof page->error, "%.*s", (int)strcspn(message, "\n"), message);
}

static void note_depth(struct markup *page, const xmlError *error)
{
	/* libxml2 has no error code for documents that are too deep. */
	if (error && error->message && strstr(error->message, "xcessive depth"))
		page->limit = true;
}

static void read_xml(struct markup *page, struct str text)
{
	xmlParserCtxtPtr parser = xmlNewParserCtxt();

	if (!parser)
		die_out_of_memory();
	parser->sax->entityDecl = declare_entity;
	parser->sax->error = ignore_message;
	parser->sax->warning = ignore_message;
	parser->sax->serror = NULL;
	page->doc =
	    xmlCtxtReadMemory(parser, text.ptr, (int)text.len, NULL, NULL,
			      XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
				  XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_COMPACT);
	if (!page->doc) {
		save_error(page, xmlCtxtGetLastError(parser));
		note_depth(page, xmlCtxtGetLastError(parser));
	}
	xmlFreeParserCtxt(parser);
	page->xml = true;
}

/* PAGE as UTF-8: it is, or it is in the encoding that its header or the page itself names. */
static struct str utf8_of(struct arena *a, const struct response *response, struct str page)
{
	struct str type = response_header(response, STR("Content-Type"), 0);

	if (str_is_utf8(page, NULL))
		return page;
	return html_charset_decode(a, page, html_charset_of_page(page, type));
}

static void read_html(struct markup *page, const struct response *response, struct str text)
{
	htmlParserCtxtPtr parser = htmlNewParserCtxt();
	struct arena arena; /* used only for other encodings */

	if (!parser)
		die_out_of_memory();
	arena_init(&arena, 0);
	buf_clear(&page->html);
	page->xml = false;
	page->limit = !markup_put_html(utf8_of(&arena, response, text), &page->html, &page->plain);
	if (!page->limit && page->html.len)
		page->doc = htmlCtxtReadMemory(
		    parser, page->html.data, (int)page->html.len, NULL, "UTF-8",
		    HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
			HTML_PARSE_RECOVER | HTML_PARSE_COMPACT);
	note_depth(page, xmlCtxtGetLastError(parser));
	if (!page->doc)
		save_error(page, xmlCtxtGetLastError(parser));
	htmlFreeParserCtxt(parser);
	arena_release(&arena);
}

/* Makes the namespace prefixes of the root available in expressions; `_` is its default namespace.
 */
static void register_namespaces(struct markup *page)
{
	const xmlNode *root = xmlDocGetRootElement(page->doc);

	for (const xmlNs *ns = root ? root->nsDef : NULL; ns; ns = ns->next)
		xmlXPathRegisterNs(page->context, ns->prefix ? ns->prefix : BAD_CAST "_", ns->href);
}

static void read_text(struct markup *page, const struct response *response, struct str subject)
{
	enum markup_language language = language_of(response, subject);

	if (!str_trim(sub_fold(subject, 4096)).len)
		return;
	if (language != MARKUP_HTML && markup_tags_fit(subject))
		read_xml(page, subject);
	else if (language != MARKUP_HTML)
		page->limit = true;
	if (language == MARKUP_HTML || (language == MARKUP_XML_FIRST && !page->doc && !page->limit))
		read_html(page, response, subject);
	if (!page->doc)
		return;
	page->context = xmlXPathNewContext(page->doc);
	if (!page->context)
		die_out_of_memory();
	page->context->error = ignore_error;
	register_namespaces(page);
}

void markup_read(struct markup *page, const struct response *response, struct str subject)
{
	if (page->text.ptr == subject.ptr && page->text.len == subject.len && subject.ptr)
		return;
	drop_tree(page);
	page->text = subject;
	page->error[0] = '\0';
	page->error_line = 0;
	page->xml = false;
	page->limit = subject.len > MARKUP_BYTES_MAX;
	if (!page->limit && subject.ptr)
		read_text(page, response, subject);
}

/* ---- evaluating */

enum markup_outcome markup_evaluate(struct markup *page, const char *xpath, xmlXPathObjectPtr *out)
{
	struct compiled_xpath *one = compiled_of(page, xpath);
	xmlXPathContextPtr context = page->context;

	*out = NULL;
	if (!one->expression)
		return MARKUP_OK;
	context->node = (xmlNodePtr)page->doc;
	context->opCount = 0;
	context->opLimit = MARKUP_XPATH_OPERATION;
	xmlResetError(&context->lastError);
	*out = xmlXPathCompiledEval(one->expression, context);
	if (*out)
		return MARKUP_OK;
	int code = context->lastError.code - XML_XPATH_EXPRESSION_OK;
	return code == XPATH_OP_LIMIT_EXCEEDED || code == XPATH_RECURSION_LIMIT_EXCEEDED ||
		       code == XPATH_MEMORY_ERROR
		   ? MARKUP_LIMIT
		   : MARKUP_OK;
}

/* Copies TEXT into the scratch; collapses white space with COLLAPSE. */
static struct str copy_text(struct scratch *scratch, const char *text, bool collapse)
{
	size_t mark = scratch->text.len;
	bool fine = true;

	if (!collapse)
		return scratch_copy(scratch, str_of(text));
	for (const char *p = text; *p && fine;) {
		size_t space = strspn(p, " \t\r\n\f\v"), word = strcspn(p + space, " \t\r\n\f\v");

		if (word && scratch->text.len > mark)
			fine = buf_add_char(&scratch->text, ' ');
		fine = fine && buf_add(&scratch->text, str_n(p + space, word));
		p += space + word;
	}
	return fine ? str_n(scratch->text.data + mark, scratch->text.len - mark) : STR_NULL;
}

static bool add_node(struct scratch *scratch, const struct markup_path *path, xmlNodePtr node,
		     struct markup_values *values)
{
	struct value *item = scratch_items(scratch, 1);
	xmlChar *content = item ? xmlXPathCastNodeToString(node) : NULL;

	if (!item || !content)
		return false;
	*item = value_text(copy_text(scratch, (const char *)content, path->collapse));
	xmlFree(content);
	values->count++;
	return item->text.ptr != NULL;
}

static bool add_value(struct scratch *scratch, const xmlXPathObject *found,
		      struct markup_values *values)
{
	struct value value;

	if (found->type == XPATH_NUMBER)
		value = value_number(found->floatval);
	else if (found->type == XPATH_BOOLEAN)
		value = value_bool(found->boolval != 0);
	else
		value = value_text(scratch_copy(scratch, str_of((const char *)found->stringval)));
	/* number() of a missing node is NaN: there is no match. */
	if (found->type == XPATH_NUMBER && !isfinite(value.number))
		return true;
	struct value *item = scratch_items(scratch, 1);
	if (!item || (value.type == VALUE_TEXT && !value.text.ptr))
		return false;
	*item = value;
	values->count = 1;
	return true;
}

static bool add_values(struct scratch *scratch, const struct markup_path *path,
		       const xmlXPathObject *found, struct markup_values *values)
{
	const xmlNodeSet *nodes = found->nodesetval;
	size_t max = values->wanted ? values->wanted : MARKUP_VALUES_MAX;

	values->items = scratch->items + scratch->items_used;
	if (found->type != XPATH_NODESET)
		return add_value(scratch, found, values);
	for (int i = 0; nodes && i < nodes->nodeNr && values->count < max; i++)
		if (!add_node(scratch, path, nodes->nodeTab[i], values))
			return false;
	return true;
}

enum markup_outcome markup_find(const struct markup_path *path, const struct response *response,
				struct str subject, struct scratch *scratch,
				struct markup_values *values)
{
	struct markup *page = markup_of(scratch);
	xmlXPathObjectPtr found;
	enum markup_outcome outcome = MARKUP_OK;

	values->count = 0;
	markup_read(page, response, subject);
	if (page->limit)
		return MARKUP_LIMIT;
	if (!page->doc)
		return MARKUP_OK;
	outcome = markup_evaluate(page, page->xml ? path->xml : path->html, &found);
	if (found && !add_values(scratch, path, found, values))
		outcome = MARKUP_LIMIT;
	xmlXPathFreeObject(found);
	return outcome;
}

enum find_outcome markup_extract(const void *path, const struct response *response,
				 struct str subject, struct scratch *scratch,
				 struct matches *matches)
{
	struct markup_values values = {.wanted = matches->wanted};
	enum markup_outcome outcome = markup_find(path, response, subject, scratch, &values);

	matches->items = values.items;
	matches->count = values.count;
	return outcome == MARKUP_LIMIT ? FIND_LIMIT : FIND_OK;
}

void markup_put_library_version(struct buf *out)
{
	long number = strtol(xmlParserVersion, NULL, 10); /* "20914" */

	buf_printf(out, ", libxml2 %ld.%ld.%ld", number / 10000, number / 100 % 100, number % 100);
}
