#include "record/ca_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define FILE_MAX       16384
#define BEFORE_IT_ENDS (24 * 3600 * NS_PER_S)

static enum ca_result refuse(struct buf *error, const char *what, struct str path)
{
	int reason = errno;

	buf_printf(error, "%s %.*s: %s", what, STR_ARG(path), strerror(reason));
	return CA_REFUSED;
}

/* ---- paths */

bool ca_store_find(struct arena *a, struct ca_store *out, struct buf *error)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	const struct passwd *user;

	/* The specification requires that relative paths are ignored. */
	if (data && data[0] == '/') {
		out->folder = arena_printf(a, "%s/reprise/ca", data);
	} else {
		if (!home || home[0] != '/') {
			user = getpwuid(geteuid());
			home = user ? user->pw_dir : NULL;
		}
		if (!home || home[0] != '/') {
			buf_add(error, STR("there is no home folder for the certificate "
					   "authority; set XDG_DATA_HOME"));
			return false;
		}
		out->folder = arena_printf(a, "%s/.local/share/reprise/ca", home);
	}
	out->key_path = arena_printf(a, "%.*s/key.pem", STR_ARG(out->folder));
	out->certificate_path = arena_printf(a, "%.*s/ca.pem", STR_ARG(out->folder));
	return true;
}

static bool make_folders(struct str folder)
{
	char path[4096];

	if (folder.len >= sizeof path) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(path, folder.ptr, folder.len + 1);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return false;
		*slash = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* The folder and its files must belong to this user, and no other user may read or write them. */
static bool is_ours(int fd, struct str path, const char *mode, struct buf *error)
{
	struct stat facts;

	if (fstat(fd, &facts) != 0)
		return refuse(error, "cannot look at", path) != CA_REFUSED;
	if (facts.st_uid != geteuid()) {
		buf_printf(error, "%.*s belongs to another user, so it is not used", STR_ARG(path));
		return false;
	}
	if (facts.st_mode & 077) {
		buf_printf(
		    error,
		    "%.*s can be read by others (mode %04o), so it is not used: anyone with "
		    "the key can pretend to be any server. Remove the authority with reprise "
		    "record ca remove, or keep it with chmod %s",
		    STR_ARG(path), (unsigned)facts.st_mode & 07777, mode);
		return false;
	}
	return true;
}

/* ---- files */

/* Writes all of it or nothing, and never follows a symbolic link. */
static bool write_file(int folder, const char *name, struct str text, mode_t mode)
{
	char beside[64];
	int fd;
	bool good;

	snprintf(beside, sizeof beside, ".%s.%ld", name, (long)getpid());
	unlinkat(folder, beside, 0);
	fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return false;
	good = file_write_all(fd, text) && fsync(fd) == 0;
	good = close(fd) == 0 && good;
	if (good && renameat(folder, beside, folder, name) == 0)
		return true;
	unlinkat(folder, beside, 0);
	return false;
}

/* TEXT is empty if the file does not exist. */
static bool read_key(const struct ca_store *store, int folder, struct buf *text, struct buf *error)
{
	int fd = openat(folder, "key.pem", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0) {
		refuse(error, "cannot read", store->key_path);
		return false;
	}
	if (is_ours(fd, store->key_path, "600", error) && buf_reserve(text, FILE_MAX)) {
		n = read(fd, text->data, FILE_MAX);
		if (n < 0)
			refuse(error, "cannot read", store->key_path);
		else
			text->len = (size_t)n;
	}
	close(fd);
	return n >= 0;
}

/* ---- opening */

static struct ca *create_authority(const struct ca_store *store, int folder, ns_t wall,
				   struct buf *error)
{
	char host[256] = "here";
	struct ca *made = NULL;
	mode_t mask = umask(077);
	struct buf pem;

	gethostname(host, sizeof host - 1);
	buf_init(&pem, 0);
	if (!ca_create(str_of(host), wall, &pem))
		buf_add(error, STR("OpenSSL could not create a certificate authority"));
	else if (!write_file(folder, "key.pem", buf_str(&pem), 0600))
		refuse(error, "cannot write", store->key_path);
	else
		made = ca_read(buf_str(&pem), error);
	if (pem.data)
		explicit_bzero(pem.data, pem.cap);
	buf_release(&pem);
	umask(mask);
	return made;
}

/* Writes the certificate next to its key if it is missing or belongs to another key. */
static bool put_certificate(const struct ca_store *store, int folder, const struct ca *a,
			    struct buf *error)
{
	struct str wanted = ca_facts(a)->certificate;
	char text[FILE_MAX];
	int fd = openat(folder, "ca.pem", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);

	if (fd >= 0)
		close(fd);
	if (n >= 0 && str_eq(str_n(text, (size_t)n), wanted))
		return true;
	return write_file(folder, "ca.pem", wanted, 0644) ||
	       refuse(error, "cannot write", store->certificate_path) != CA_REFUSED;
}

static enum ca_result open_in(const struct ca_store *store, int folder, ns_t wall, bool make,
			      struct ca **out, struct buf *error)
{
	enum ca_result result = CA_READY;
	struct buf pem;

	*out = NULL;
	buf_init(&pem, 0);
	if (!read_key(store, folder, &pem, error)) {
		buf_release(&pem);
		return CA_REFUSED;
	}
	if (pem.len) {
		*out = ca_read(buf_str(&pem), error);
		explicit_bzero(pem.data, pem.cap);
		if (!*out)
			buf_printf(error, " (%.*s); remove it with reprise record ca remove",
				   STR_ARG(store->key_path));
		result = *out ? CA_READY : CA_REFUSED;
	} else {
		result = make ? CA_CREATED : CA_MISSING;
	}
	buf_release(&pem);
	if (make && *out && ca_facts(*out)->valid_until - BEFORE_IT_ENDS < wall) {
		ca_free(*out);
		result = CA_RENEWED;
	}
	if (result == CA_CREATED || result == CA_RENEWED)
		*out = create_authority(store, folder, wall, error);
	if (result == CA_MISSING || result == CA_REFUSED)
		return result;
	if (*out && put_certificate(store, folder, *out, error))
		return result;
	ca_free(*out);
	*out = NULL;
	return CA_REFUSED;
}

enum ca_result ca_store_open(const struct ca_store *store, ns_t wall, bool make, struct ca **out,
			     struct buf *error)
{
	enum ca_result result = CA_REFUSED;
	int folder;

	*out = NULL;
	if (make && !make_folders(store->folder))
		return refuse(error, "cannot create the folder", store->folder);
	folder = open(store->folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 && errno == ENOENT && !make)
		return CA_MISSING;
	if (folder < 0)
		return refuse(error, "cannot open", store->folder);
	/* Two recorders that start at the same time must create one authority. */
	if (flock(folder, LOCK_EX) != 0)
		refuse(error, "cannot lock", store->folder);
	else if (is_ours(folder, store->folder, "700", error))
		result = open_in(store, folder, wall, make, out, error);
	close(folder);
	return result;
}

bool ca_store_remove(const struct ca_store *store, bool *was_there, struct buf *error)
{
	*was_there = unlink(store->key_path.ptr) == 0;
	if (!*was_there && errno != ENOENT && errno != ENOTDIR)
		return refuse(error, "cannot remove", store->key_path) != CA_REFUSED;
	if (unlink(store->certificate_path.ptr) != 0 && errno != ENOENT && errno != ENOTDIR)
		return refuse(error, "cannot remove", store->certificate_path) != CA_REFUSED;
	rmdir(store->folder.ptr);
	return true;
}
