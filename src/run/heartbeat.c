#include "run/heartbeat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"

#define MARK_BYTES	14u /* "lives 00000017": always the same length, rewritten in place */
#define REQUEST_BYTES	20u /* a generation, always the same length */
#define SETUP_BYTES_MAX ((size_t)64 << 20)

struct heartbeat {
	struct arena arena;
	struct str folder; /* the folder of this run, below the shared one */
	const char *file, *draft;
	unsigned shard, shards;
	unsigned sequence;
	ns_t sent_at;
	char (*seen)[MARK_BYTES]; /* content of each shard's mark when it was last read */
	struct stat received;	  /* of `file` when it was last received */
	uint64_t asked;		  /* the generation whose renewal this shard asked for; 0: none */
};

/* ---- names */

static struct str folder_of(struct arena *a, const struct heartbeat_spec *spec)
{
	unsigned char digest[DIGEST_MAX];
	struct str folder;
	struct buf hex;

	buf_init(&hex, 0);
	buf_add_hex(&hex,
		    str_n((const char *)digest, digest_hash(DIGEST_SHA256, spec->key, digest)));
	folder = arena_printf(a, "%.*s/fleet-%.16s", STR_ARG(spec->folder), hex.data);
	buf_release(&hex);
	return folder;
}

static const char *in_folder(struct heartbeat *f, const char *name)
{
	return arena_printf(&f->arena, "%s/%s", f->folder.ptr, name).ptr;
}

/* Into a buffer of the caller: marks are read all the time. */
static const char *mark_of(const struct heartbeat *f, unsigned shard, struct buf *path)
{
	buf_clear(path);
	buf_printf(path, "%s/shard-%u", f->folder.ptr, shard);
	return path->data;
}

static const char *request_of(const struct heartbeat *f, unsigned shard, struct buf *path)
{
	buf_clear(path);
	buf_printf(path, "%s/renew-%u", f->folder.ptr, shard);
	return path->data;
}

const char *heartbeat_setup_file(const struct heartbeat *f)
{
	return f->file;
}

/* ---- marks */

static bool write_mark(struct heartbeat *f, const char *word, int flags)
{
	char text[MARK_BYTES + 1];
	struct buf path;
	int fd;
	bool good;

	buf_init(&path, 0);
	snprintf(text, sizeof text, "%5.5s %08u", word, f->sequence++ % 100000000u);
	fd = open(mark_of(f, f->shard, &path), O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
	good = fd >= 0 && write(fd, text, MARK_BYTES) == (ssize_t)MARK_BYTES;
	if (fd >= 0)
		good &= close(fd) == 0;
	buf_release(&path);
	return good;
}

static bool read_mark(const struct heartbeat *f, unsigned shard, char *text)
{
	struct buf path;
	int fd;
	bool good;

	buf_init(&path, 0);
	fd = open(mark_of(f, shard, &path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	good = fd >= 0 && read(fd, text, MARK_BYTES) == (ssize_t)MARK_BYTES;
	if (fd >= 0)
		close(fd);
	buf_release(&path);
	return good;
}

static bool has_ended(const char *mark)
{
	return memcmp(mark, " over", 5) == 0;
}

enum heartbeat_state heartbeat_check(struct heartbeat *f, unsigned shard)
{
	char mark[MARK_BYTES];
	bool known;

	if (!read_mark(f, shard, mark))
		return HEARTBEAT_ABSENT;
	if (has_ended(mark))
		return HEARTBEAT_ENDED;
	known = memcmp(f->seen[shard], mark, MARK_BYTES) == 0;
	memcpy(f->seen[shard], mark, MARK_BYTES);
	return known ? HEARTBEAT_SILENT : HEARTBEAT_ALIVE;
}

void heartbeat_send(struct heartbeat *f, ns_t now)
{
	if (!f || now - f->sent_at < HEARTBEAT_EVERY)
		return;
	f->sent_at = now;
	/* A renewal that fails is made up for by the next one. */
	(void)write_mark(f, "lives", 0);
}

/* ---- joining and leaving */

static bool create_folder(const struct heartbeat_spec *spec, const char *path, struct buf *error)
{
	struct stat status;

	if ((mkdir(path, 0700) == 0 || errno == EEXIST) && lstat(path, &status) == 0) {
		if (S_ISDIR(status.st_mode))
			return true;
		errno = ENOTDIR;
	}
	buf_printf(error, "--fleet-dir %.*s: cannot create %s: %s", STR_ARG(spec->folder), path,
		   strerror(errno));
	return false;
}

static bool create_mark(struct heartbeat *f, struct buf *error)
{
	if (write_mark(f, "lives", O_CREAT | O_EXCL))
		return true;
	if (errno == EEXIST)
		buf_printf(error,
			   "shard %u/%u has already taken part in this run: %s/shard-%u exists. "
			   "Use another RUN_ID or --start-at for another run, or remove the file "
			   "if the shard was killed",
			   f->shard, f->shards, f->folder.ptr, f->shard);
	else
		buf_printf(error, "cannot write %s/shard-%u: %s", f->folder.ptr, f->shard,
			   strerror(errno));
	return false;
}

struct heartbeat *heartbeat_join(const struct heartbeat_spec *spec, struct buf *error)
{
	struct heartbeat *f = alloc_zeroed(1, sizeof(*f));

	arena_init(&f->arena, 0);
	f->shard = spec->shard;
	f->shards = spec->shards;
	f->folder = folder_of(&f->arena, spec);
	f->file = in_folder(f, "setup.json");
	f->draft = in_folder(f, "setup.json.new");
	f->seen = arena_alloc(&f->arena, (spec->shards + 1) * sizeof(*f->seen));
	if (create_folder(spec, f->folder.ptr, error) && create_mark(f, error))
		return f;
	arena_release(&f->arena);
	free(f);
	return NULL;
}

static bool all_have_ended(struct heartbeat *f)
{
	char mark[MARK_BYTES];

	for (unsigned i = 1; i <= f->shards; i++)
		if (!read_mark(f, i, mark) || !has_ended(mark))
			return false;
	return true;
}

/* If two shards both find that they are the last one, both clear the folder; that does no harm. */
static void clear_folder(struct heartbeat *f)
{
	struct buf path;

	buf_init(&path, 0);
	for (unsigned i = 1; i <= f->shards; i++) {
		unlink(mark_of(f, i, &path));
		unlink(request_of(f, i, &path));
	}
	buf_release(&path);
	rmdir(f->folder.ptr);
}

void heartbeat_leave(struct heartbeat *f, bool clear)
{
	bool last;

	if (!f)
		return;
	if (!write_mark(f, "over", 0))
		log_warning("cannot write %s/shard-%u: %s", f->folder.ptr, f->shard,
			    strerror(errno));
	last = all_have_ended(f);
	if (clear || last)
		unlink(f->file);
	if (last)
		clear_folder(f);
	arena_release(&f->arena);
	free(f);
}

/* ---- the state after setup */

static bool write_whole(int fd, struct str text)
{
	return file_write_all(fd, text) && (fsync(fd) == 0 || errno == EINVAL || errno == EROFS);
}

bool heartbeat_publish_setup(struct heartbeat *f, struct str text)
{
	int fd = open(f->draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write_whole(fd, text);
	int why = errno;

	if (fd >= 0 && close(fd) != 0 && good) {
		good = false;
		why = errno;
	}
	/* Renamed when complete, so a reader never sees a part of it. */
	if (good && rename(f->draft, f->file) == 0)
		return true;
	if (good)
		why = errno;
	if (fd >= 0)
		unlink(f->draft);
	errno = why;
	return false;
}

static bool read_whole(int fd, struct buf *out)
{
	for (;;) {
		ssize_t n;

		if (!buf_reserve(out, 65536))
			return false;
		n = read(fd, out->data + out->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		out->len += (size_t)n;
	}
}

bool heartbeat_receive_setup(struct heartbeat *f, struct buf *out, struct buf *error)
{
	int fd = open(f->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool good;

	if (fd < 0) {
		if (errno != ENOENT && errno != ESTALE)
			buf_printf(error, "cannot read %s: %s%s", f->file, strerror(errno),
				   errno == EACCES
				       ? " (only the user of the first shard may read it)"
				       : "");
		return false;
	}
	buf_init(out, SETUP_BYTES_MAX);
	good = fstat(fd, &f->received) == 0 && read_whole(fd, out);
	if (!good) {
		buf_printf(error, "cannot read %s: %s", f->file,
			   out->overflow ? "it is too long" : strerror(errno));
		buf_release(out);
	}
	close(fd);
	return good;
}

bool heartbeat_has_news(struct heartbeat *f)
{
	const struct stat *old = &f->received;
	struct stat now;

	return stat(f->file, &now) == 0 &&
	       (now.st_ino != old->st_ino || now.st_size != old->st_size ||
		now.st_mtim.tv_sec != old->st_mtim.tv_sec ||
		now.st_mtim.tv_nsec != old->st_mtim.tv_nsec);
}

/* ---- requests for a renewal */

void heartbeat_ask_renewal(struct heartbeat *f, uint64_t generation)
{
	char text[REQUEST_BYTES + 1];
	struct buf path;
	int fd;

	if (f->asked == generation)
		return;
	buf_init(&path, 0);
	snprintf(text, sizeof text, "%020llu", (unsigned long long)generation);
	fd =
	    open(request_of(f, f->shard, &path), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	/* After an error it is tried again. */
	if (fd >= 0 && write(fd, text, REQUEST_BYTES) == (ssize_t)REQUEST_BYTES)
		f->asked = generation;
	if (fd >= 0)
		close(fd);
	buf_release(&path);
}

bool heartbeat_is_asked(const struct heartbeat *f, uint64_t generation)
{
	char text[REQUEST_BYTES + 1] = "";
	struct buf path;
	bool asked = false;

	buf_init(&path, 0);
	for (unsigned i = 2; i <= f->shards && !asked; i++) {
		int fd = open(request_of(f, i, &path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

		asked = fd >= 0 && read(fd, text, REQUEST_BYTES) == (ssize_t)REQUEST_BYTES &&
			strtoull(text, NULL, 10) == generation;
		if (fd >= 0)
			close(fd);
	}
	buf_release(&path);
	return asked;
}
