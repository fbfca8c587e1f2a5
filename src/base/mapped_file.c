#include "base/mapped_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool map_file(struct mapped_file *mapped, int fd)
{
	struct stat about;
	void *bytes;

	if (fstat(fd, &about))
		return false;
	if (!S_ISREG(about.st_mode)) {
		errno = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
		return false;
	}
	mapped->text = STR("");
	if (about.st_size == 0)
		return true;
	bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	mapped->text = str_n(bytes, (size_t)about.st_size);
	return true;
}

bool mapped_file_take(struct mapped_file *mapped, int fd)
{
	mapped->text = STR_NULL;
	if (fd < 0) {
		errno = -fd;
		return false;
	}
	bool good = map_file(mapped, fd);
	int problem = errno;

	close(fd);
	errno = problem;
	return good;
}

bool mapped_file_open(struct mapped_file *mapped, const char *path)
{
	/* Without O_NONBLOCK, opening a pipe without a writer would wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return mapped_file_take(mapped, fd < 0 ? -errno : fd);
}

const char *mapped_file_error_text(int problem)
{
	if (problem == EISDIR)
		return "it is a directory";
	return problem == EINVAL ? "it is not a regular file" : strerror(problem);
}

void mapped_file_discard(const struct mapped_file *mapped, size_t until)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (until / page)
		madvise((void *)(uintptr_t)mapped->text.ptr, until / page * page, MADV_DONTNEED);
}

void mapped_file_close(struct mapped_file *mapped)
{
	if (mapped->text.len)
		munmap((void *)(uintptr_t)mapped->text.ptr, mapped->text.len);
	mapped->text = STR_NULL;
}
