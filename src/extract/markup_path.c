/* Paths from XPath expressions, and functions for all paths. */
#include "extract/markup_path.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "extract/xpath_scan.h"

bool markup_path_fail(struct markup_path_error *error, size_t at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof error->text, format, args);
	va_end(args);
	error->at = at;
	return false;
}

/* Keeps the first error. */
static void note_error(void *data, xmlErrorPtr found)
{
	struct markup_path_error *error = data;
	const char *message = found->message ? found->message : "this is not a valid expression";

	if (error->text[0])
		return;
	markup_path_fail(error, found->int1 > 0 ? (size_t)found->int1 : 0, "%.*s",
			 (int)strcspn(message, "\n"), message);
}

/* Evaluates the expression on an empty document to find type errors. Namespace prefixes are only
 * known with a page, so other errors are ignored. */
static void try_expression(xmlXPathContextPtr context, xmlXPathCompExprPtr compiled,
			   struct markup_path_error *error)
{
	xmlDocPtr empty = xmlNewDoc(BAD_CAST "1.0");
	xmlNodePtr root = empty ? xmlNewDocNode(empty, NULL, BAD_CAST "r", NULL) : NULL;
	xmlXPathObjectPtr found;

	if (root) {
		xmlDocSetRootElement(empty, root);
		context->doc = empty;
		context->node = root;
		context->opLimit = 100000;
		found = xmlXPathCompiledEval(compiled, context);
		xmlXPathFreeObject(found);
		int code = context->lastError.code - XML_XPATH_EXPRESSION_OK;
		if (found || (code != XPATH_INVALID_TYPE && code != XPATH_INVALID_OPERAND))
			error->text[0] = '\0';
		else
			markup_path_fail(error, 0, "an argument or operand has the wrong type");
	}
	xmlFreeDoc(empty);
}

bool markup_path_compiles(const char *xpath, struct markup_path_error *error)
{
	xmlXPathContextPtr context;
	xmlXPathCompExprPtr compiled;

	xmlInitParser();
	*error = (struct markup_path_error){0};
	context = xmlXPathNewContext(NULL);
	if (!context)
		return markup_path_fail(error, 0, "out of memory");
	context->error = note_error;
	context->userData = error;
	compiled = xmlXPathCtxtCompile(context, BAD_CAST xpath);
	if (compiled)
		try_expression(context, compiled, error);
	else if (!error->text[0])
		markup_path_fail(error, 0, "this is not a valid expression");
	xmlXPathFreeCompExpr(compiled);
	xmlXPathFreeContext(context);
	return error->text[0] == '\0';
}

struct markup_path *markup_path_from_xpath(struct arena *a, struct str text,
					   struct markup_path_error *error)
{
	struct xpath_cuts cuts;
	struct markup_path *path;

	if (!xpath_scan(text, &cuts, error))
		return NULL;
	path = ARENA_NEW(a, struct markup_path);
	path->written = arena_str(a, text);
	path->html = path->xml = arena_printf(a, "%.*s", STR_ARG(text)).ptr;
	path->what = "XPath";
	if (!markup_path_compiles(path->html, error))
		return NULL;
	path->cuts = ARENA_ARRAY(a, cuts.count + 1, struct markup_path_cut);
	for (size_t i = 0; i < cuts.count; i++) {
		struct markup_path_cut *cut = &path->cuts[path->cut_count++];

		cut->written = str_trim(str_slice(path->written, 0, cuts.at[i]));
		cut->html = cut->xml = arena_printf(a, "%.*s", STR_ARG(cut->written)).ptr;
	}
	return path;
}
