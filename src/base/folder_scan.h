/*
 * The files of a folder and of the folders in it, in the order of their paths. Names that begin
 * with a dot and links to folders are skipped. Everything is in the caller's arena. Any thread.
 */
#ifndef BASE_FOLDER_SCAN_H
#define BASE_FOLDER_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct folder_scan_limits {
	unsigned depth; /* of folders in the folder; 0: only its own files */
	size_t files;	/* maximum number */
	const char
	    *marker;	  /* a folder with a file of this name is one entry, the file's; or NULL */
	bool only_marked; /* files outside such folders are skipped */
};

struct folder_scan_entry {
	struct str path; /* from the folder, without a slash at the start */
	bool is_folder;	 /* it has the marker, whose state follows */
	uint64_t inode;
	int64_t modified_ns, changed_ns; /* since 1970: the content; also the mode and the name */
	int64_t bytes;
};

struct folder_scan {
	struct folder_scan_entry *entries;
	size_t count;
	const char *const *folders; /* that were read, with the path of the folder in front */
	size_t folder_count;
	bool complete; /* the maximum was not reached */
};

/* A folder that cannot be read has no entries. */
void folder_scan(struct arena *a, const char *folder, const struct folder_scan_limits *limits,
		 struct folder_scan *out);

#endif
