/*
 * A file that another program, on this or another machine, appends to. It is opened for each read,
 * because NFS shows what other machines have written only to a file that is opened after that. It
 * is never mapped: a file that shrinks would end the program. Main thread.
 */
#ifndef RESULT_GROWING_FILE_H
#define RESULT_GROWING_FILE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

struct growing_file {
	uint64_t inode, device;
	ns_t modified;	   /* when it was last written or touched, by the clock of its machine */
	uint64_t read;	   /* bytes of the file that were read */
	struct buf unread; /* bytes that the caller has not removed with growing_file_drop */
};

enum growing_file_change {
	GROWING_FILE_SAME,
	GROWING_FILE_GREW,
	GROWING_FILE_REPLACED,	 /* it is another file, or shorter than before */
	GROWING_FILE_UNREADABLE, /* errno says why */
};

void growing_file_init(struct growing_file *file);
void growing_file_release(struct growing_file *file);
/* Reads what was appended to the file PATH since the last call, up to 64 MiB. A symbolic link is
 * not followed (errno is ELOOP); a file that is not a regular one is unreadable (errno is EINVAL).
 */
enum growing_file_change growing_file_read(struct growing_file *file, const char *path);
/* Removes the first BYTES of `unread`. */
void growing_file_drop(struct growing_file *file, size_t bytes);

#endif
