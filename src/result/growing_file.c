#include "result/growing_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES ((size_t)1 << 20)
#define UNREAD_MAX ((size_t)64 << 20)

void growing_file_init(struct growing_file *file)
{
	*file = (struct growing_file){.read = 0};
	buf_init(&file->unread, 0);
}

void growing_file_release(struct growing_file *file)
{
	buf_release(&file->unread);
}

void growing_file_drop(struct growing_file *file, size_t bytes)
{
	struct buf *unread = &file->unread;

	if (!bytes)
		return;
	memmove(unread->data, unread->data + bytes, unread->len - bytes);
	unread->len -= bytes;
}

/* Reads to the end of the file; false with errno set. */
static bool read_rest(struct growing_file *file, int fd)
{
	struct buf *unread = &file->unread;

	while (unread->len < UNREAD_MAX) {
		ssize_t n;

		buf_reserve(unread, READ_BYTES);
		n = pread(fd, unread->data + unread->len, READ_BYTES, (off_t)file->read);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		unread->len += (size_t)n;
		file->read += (uint64_t)n;
	}
	return true;
}

static enum growing_file_change read_open(struct growing_file *file, int fd)
{
	uint64_t before = file->read;
	struct stat about;

	if (fstat(fd, &about) != 0)
		return GROWING_FILE_UNREADABLE;
	if (!S_ISREG(about.st_mode)) {
		errno = EINVAL;
		return GROWING_FILE_UNREADABLE;
	}
	if (before && (about.st_ino != file->inode || about.st_dev != file->device ||
		       (uint64_t)about.st_size < before))
		return GROWING_FILE_REPLACED;
	file->inode = about.st_ino;
	file->device = about.st_dev;
	file->modified = (ns_t)about.st_mtim.tv_sec * NS_PER_S + about.st_mtim.tv_nsec;
	/* Bytes that were read before an error are used: the next call continues after it. */
	if (!read_rest(file, fd) && file->read == before)
		return GROWING_FILE_UNREADABLE;
	return file->read > before ? GROWING_FILE_GREW : GROWING_FILE_SAME;
}

enum growing_file_change growing_file_read(struct growing_file *file, const char *path)
{
	/* Without O_NONBLOCK, opening a pipe without a writer would wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	enum growing_file_change change;
	int problem;

	if (fd < 0)
		return GROWING_FILE_UNREADABLE;
	change = read_open(file, fd);
	problem = errno;
	close(fd);
	errno = problem;
	return change;
}
