/*
 * A file that is no scenario but another tool's: recognised, and told with what makes a scenario of
 * it. What else is wrong with such a file counts no more: it goes out of the diagnostics.
 */
#ifndef CMD_FOREIGN_FILE_H
#define CMD_FOREIGN_FILE_H

#include "cmd/load_file.h"

struct import_kind;
struct node;

/* Tells that PATH is what KIND imports; false, and nothing happens, when KIND is NULL. */
bool foreign_file_tell(struct loaded *l, const char *path, const struct import_kind *kind);
/* Looks whether TEXT, which has mistakes, is another tool's. ROOT is what was read of it, or NULL.
 */
void foreign_file_look(struct loaded *l, const char *path, struct str text,
		       const struct node *root);

#endif
