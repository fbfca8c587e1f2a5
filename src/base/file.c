#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static bool read_bytes(int fd, size_t max, struct buf *content)
{
	for (;;) {
		if (!buf_reserve(content, 65536))
			return true; /* overflow: more than MAX bytes */
		ssize_t got = read(fd, content->data + content->len, 65536);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			return true;
		content->len += (size_t)got;
		if (content->len > max) {
			content->overflow = true;
			return true;
		}
	}
}

bool file_read_all(struct arena *a, int fd, size_t max, struct str *out, const char **error)
{
	struct buf content;
	struct stat about;

	*out = STR("");
	if (fd < 0) {
		*error = arena_cstr(a, str_of(strerror(-fd)));
		return false;
	}
	buf_init(&content, max + 65537);
	bool directory = fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
	bool fine = !directory && read_bytes(fd, max, &content);

	if (directory)
		*error = "it is a directory";
	else if (!fine)
		*error = arena_cstr(a, str_of(strerror(errno)));
	else if (content.overflow)
		*error = arena_printf(a, "it is larger than %zu bytes", max).ptr;
	fine = fine && !content.overflow;
	if (fine)
		*out = arena_str(a, buf_str(&content));
	if (fd != STDIN_FILENO)
		close(fd);
	buf_release(&content);
	return fine;
}

bool file_read(struct arena *a, const char *path, size_t max, struct str *out, const char **error)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	return file_read_all(a, fd < 0 ? -errno : fd, max, out, error);
}

bool file_read_regular(struct arena *a, const char *path, size_t max, struct str *out,
		       const char **error)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat about;

	if (fd >= 0 && fstat(fd, &about) == 0 && !S_ISREG(about.st_mode) &&
	    !S_ISDIR(about.st_mode)) {
		close(fd);
		*out = STR("");
		*error = "it is not a regular file";
		return false;
	}
	return file_read_all(a, fd < 0 ? -errno : fd, max, out, error);
}

bool file_write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t n = write(fd, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text = str_slice(text, (size_t)n, text.len);
	}
	return true;
}
