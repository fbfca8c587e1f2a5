/*
 * A file that is no scenario but another tool's: recognised, and told with what makes a scenario of
 * it. What else is wrong with such a file counts no more: it goes out of the diagnostics.
 */
#ifndef CMD_OTHER_TOOL_FILE_H
#define CMD_OTHER_TOOL_FILE_H

#include "cmd/load_file.h"

struct import_kind;
struct node;

/* Tells that PATH is what KIND imports; false, and nothing happens, when KIND is NULL. */
bool other_tool_file_report(struct loaded_file *l, const char *path,
			    const struct import_kind *kind);
/* Looks whether TEXT, which has mistakes, is another tool's. ROOT is what was read of it, or NULL.
 */
void other_tool_file_check(struct loaded_file *l, const char *path, struct str text,
			   const struct node *root);

#endif
