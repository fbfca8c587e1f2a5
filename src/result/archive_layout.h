/*
 * What the two sides of result/archive.h agree on: the marks of a file, and a checksum over the
 * names and order of everything that is counted, so that a file of other counters is not misread.
 */
#ifndef RESULT_ARCHIVE_LAYOUT_H
#define RESULT_ARCHIVE_LAYOUT_H

#include "stats/deflate.h"
#include "stats/recorder.h"

#define ARCHIVE_MAGIC "reprise result 1\n"
#define ARCHIVE_HEAD  'H'
#define ARCHIVE_BLOCK 'B'
#define ARCHIVE_LAST  'E'

#define ARCHIVE_ITEM_SECOND   's'
#define ARCHIVE_ITEM_EVENT    'e'
#define ARCHIVE_ITEM_EXCHANGE 'x'

#define ARCHIVE_RECORD_HEAD 9u			/* bytes before the payload */
#define ARCHIVE_PLAIN_MAX   ((size_t)256 << 20) /* of a payload, inflated */

static inline uint32_t archive_layout(void)
{
#define NAME(name, ...) #name " "
	return deflate_checksum(0, STR(SERIES_COUNTERS(NAME) RUN_COUNTERS(NAME) FAILURE_CLASSES(
				       NAME) TIME_KINDS(NAME) UNMEASURED_KINDS(NAME)));
#undef NAME
}

#endif
