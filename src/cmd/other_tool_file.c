#include "cmd/other_tool_file.h"

#include <string.h>

#include "doc/node.h"
#include "import/import.h"

/* What is wrong with the file counts no more: it is none of ours. */
bool other_tool_file_report(struct loaded_file *l, const char *path, const struct import_kind *kind)
{
	bool gone = !kind || strcmp(path, "-") == 0;
	struct span first = l->source ? (struct span){l->source, 0, 0} : SPAN_NONE;
	struct diag *d;

	if (!kind)
		return false;
	diag_init(&l->diags, &l->arena);
	d = diag_error(&l->diags, first, DIAG_E143, "%s%sanother tool's file: %s",
		       l->source ? "" : path, l->source ? "" : ": ", kind->sentence);
	diag_note(&l->diags, d, SPAN_NONE, "a scenario of it: reprise import %s %s", kind->name,
		  gone ? "FILE" : path);
	return true;
}

#define SCRIPT_HEAD 4000u /* so much of a script is looked at */

/* What no importer reads, by a word near its beginning; a line that begins with it, where ALONE. */
static const struct {
	const char *word;
	bool alone;
	const char *what;
} scripts[] = {
    {"<jmeterTestPlan", false, "a test plan of JMeter"},
    {"<?xml", true, "XML"},
    {"<!DOCTYPE", true, "a page"},
    {"<html", true, "a page"},
    {"from 'k6", false, "a script of k6"},
    {"from \"k6", false, "a script of k6"},
    {"require('k6", false, "a script of k6"},
    {"import io.gatling", true, "a simulation of Gatling"},
    {"from locust import", true, "a script of Locust"},
    {"import locust", true, "a script of Locust"},
    {"from molotov import", true, "a script of Molotov"},
    {"import molotov", true, "a script of Molotov"},
    {"GET http", true, "a file of Hurl or of an HTTP client"},
    {"POST http", true, "a file of Hurl or of an HTTP client"},
};

static bool report_script_failure(struct loaded_file *l, struct str text)
{
	struct str head = str_slice(text, 0, SCRIPT_HEAD);

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		size_t at = str_find(head, str_of(scripts[i].word), 0);

		if (at == NOT_FOUND || (scripts[i].alone && at && head.ptr[at - 1] != '\n'))
			continue;
		diag_init(&l->diags, &l->arena);
		diag_note(&l->diags,
			  diag_error(&l->diags, (struct span){l->source, 0, 0}, DIAG_E143,
				     "another tool's file: %s; a scenario is YAML",
				     scripts[i].what),
			  SPAN_NONE,
			  "reprise init writes one to begin with, reprise record makes one of a "
			  "visit");
		return true;
	}
	return false;
}

/* No key of a scenario that the files of other tools have not. */
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
		(void)report_script_failure(l, text);
}
