#include "cmd/other_tool_file.h"

#include <string.h>

#include "doc/node.h"
#include "import/import.h"

/* Removes all other errors: the file is not a scenario. */
bool other_tool_file_report(struct loaded_file *l, const char *path, const struct import_kind *kind)
{
	bool is_input = strcmp(path, "-") == 0;
	struct span first = l->source ? (struct span){l->source, 0, 0} : SPAN_NONE;
	struct diag *d;

	if (!kind)
		return false;
	diag_init(&l->diags, &l->arena);
	d = diag_error(&l->diags, first, DIAG_E143, "%s%sthis is another tool's file: %s",
		       l->source ? "" : path, l->source ? "" : ": ", kind->sentence);
	diag_note(&l->diags, d, SPAN_NONE, "to create a scenario from it: reprise import %s %s",
		  kind->name, is_input ? "FILE" : path);
	return true;
}

#define SCRIPT_HEAD 4000u /* bytes of a script to search */

/* Files that no importer reads, recognised by a word near their beginning. LINE_START: the word
 * must be at the beginning of a line. */
static const struct {
	const char *word;
	bool line_start;
	const char *what;
} scripts[] = {
    {"<?xml", true, "an XML file"},
    {"<!DOCTYPE", true, "an HTML page"},
    {"<html", true, "an HTML page"},
    {"from 'k6", false, "a k6 script"},
    {"from \"k6", false, "a k6 script"},
    {"require('k6", false, "a k6 script"},
    {"import io.gatling", true, "a Gatling simulation"},
    {"from locust import", true, "a Locust script"},
    {"import locust", true, "a Locust script"},
    {"from molotov import", true, "a Molotov script"},
    {"import molotov", true, "a Molotov script"},
};

static bool report_script(struct loaded_file *l, struct str text)
{
	struct str head = str_slice(text, 0, SCRIPT_HEAD);

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		size_t at = str_find(head, str_of(scripts[i].word), 0);

		if (at == NOT_FOUND || (scripts[i].line_start && at && head.ptr[at - 1] != '\n'))
			continue;
		diag_init(&l->diags, &l->arena);
		diag_note(&l->diags,
			  diag_error(&l->diags, (struct span){l->source, 0, 0}, DIAG_E143,
				     "this is another tool's file: %s; a scenario must be YAML",
				     scripts[i].what),
			  SPAN_NONE,
			  "reprise init writes an example scenario; reprise record creates one "
			  "from a visit");
		return true;
	}
	return false;
}

/* Whether ROOT has no key that only scenarios have. */
static bool is_other_tool(const struct node *root)
{
	static const char *const ours[] = {"target", "steps", "flows", "load", "parameters", NULL};

	for (size_t i = 0; ours[i]; i++)
		if (root && node_find(root, str_of(ours[i])))
			return false;
	return true;
}

void other_tool_file_check(struct loaded_file *l, const char *path, struct str text,
			   const struct node *root)
{
	if (is_other_tool(root) && !other_tool_file_report(l, path, import_recognize(text)))
		(void)report_script(l, text);
}
