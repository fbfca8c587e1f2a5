/*
 * Recognises files of other tools, and reports how to create a scenario from them. All other
 * diagnostics about such a file are removed, as they are not useful.
 */
#ifndef CMD_OTHER_TOOL_FILE_H
#define CMD_OTHER_TOOL_FILE_H

#include "cmd/load_file.h"

struct import_kind;
struct node;

/* Reports that KIND can import PATH. Returns false, without a report, if KIND is NULL. */
bool other_tool_file_report(struct loaded_file *l, const char *path,
			    const struct import_kind *kind);
/* Reports if TEXT, which has errors, is a file of another tool. ROOT is its parsed tree, or NULL.
 */
void other_tool_file_check(struct loaded_file *l, const char *path, struct str text,
			   const struct node *root);

#endif
