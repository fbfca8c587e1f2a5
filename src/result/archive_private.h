/* Reading format 1, for archive_read.c. */
#ifndef RESULT_ARCHIVE_PRIVATE_H
#define RESULT_ARCHIVE_PRIVATE_H

#include "result/archive.h"

/* Reads the head; returns NULL or why it cannot be read. */
const char *archive_v1_head(struct archive_reader *r, struct varint_reader *u);
/* Reads the items of a block up to a second or an event, which it sets *FOUND to. Returns false if
 * the block is damaged. */
bool archive_v1_items(struct archive_reader *r, struct summary *second, enum archive_item *found);
/* Reads the end from the current block. Returns false if it is damaged. */
bool archive_v1_end(struct archive_reader *r);

#endif
