/*
 * Files that a page sends in pieces, because a browser does not give their paths. They are in the
 * temporary folder of the server, one folder each, so that a file keeps its name, by which its
 * format can be detected.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "edit/api/api_private.h"
#include "edit/api/api_uploads.h"

#define UPLOADS_MAX 32
#define PIECE_MAX   ((size_t)1 << 20)
#define BYTES_MAX   ((uint64_t)2 << 30) /* of all uploads */
#define NAME_BYTES  200

struct api_upload {
	struct api_upload *next;
	char id[API_ID_DIGITS + 1];
	uint64_t size;
	char path[];
};

/* ---- list */

static struct api_upload **find(struct api *api, struct str id)
{
	struct api_upload **link = &api->uploads;

	while (*link && !str_eq(str_of((*link)->id), id))
		link = &(*link)->next;
	return link;
}

/* The upload that R names; NULL after a refusal. */
static struct api_upload **find_named(struct api_request *r, struct str id)
{
	struct api_upload **link = find(r->api, id);

	if (*link)
		return link;
	api_fail(r, 404, "no-upload", "there is no upload '%.*s'", STR_ARG(id));
	return NULL;
}

const char *api_uploads_path(struct api_request *r, struct str id)
{
	struct api_upload **link = find_named(r, id);

	return link ? (*link)->path : NULL;
}

static uint64_t total(const struct api *api, unsigned *count)
{
	uint64_t bytes = 0;

	*count = 0;
	for (const struct api_upload *u = api->uploads; u; u = u->next) {
		bytes += u->size;
		++*count;
	}
	return bytes;
}

static void reply(struct api_request *r, const struct api_upload *u, int status)
{
	json_writer_text(&r->json, "upload", str_of(u->id));
	json_writer_uint(&r->json, "size", u->size);
	api_reply(r, status);
}

/* ---- routes */

static bool is_file_name(struct str name)
{
	return name.len && name.len <= NAME_BYTES && name.ptr[0] != '.' && name.ptr[0] != '-' &&
	       str_find_char(name, '/', 0) == NOT_FOUND &&
	       str_find_char(name, '\0', 0) == NOT_FOUND;
}

/* An empty file with the name NAME; NULL after a refusal. */
static struct api_upload *create(struct api_request *r, struct str name)
{
	char id[API_ID_DIGITS + 1];
	const char *folder;
	int fd = -1;

	api_guard_new_id(id, API_ID_DIGITS);
	folder = api_temp_path(r, "upload-%s", id);
	if (!folder)
		return NULL;
	struct str path = arena_printf(&r->arena, "%s/%.*s", folder, STR_ARG(name));
	if (mkdir(folder, 0700) == 0)
		fd = open(path.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		api_fail(r, 500, "not-written", "cannot write %s: %s", path.ptr, strerror(errno));
		rmdir(folder);
		return NULL;
	}
	close(fd);
	struct api_upload *u = alloc_zeroed(1, sizeof *u + path.len + 1);
	memcpy(u->id, id, sizeof id);
	memcpy(u->path, path.ptr, path.len);
	return u;
}

/* {"name"}: begins an upload. */
void api_uploads_begin(struct api_request *r)
{
	const struct node *body = api_body(r);
	struct str name = api_member(body, "name");
	struct api_upload *u;
	unsigned count;

	if (!body)
		return;
	total(r->api, &count);
	if (!is_file_name(name)) {
		api_fail(r, 400, "name", "'%.*s' is not the name of a file", STR_ARG(name));
	} else if (count == UPLOADS_MAX) {
		api_fail(r, 429, "uploads", "there are %d uploads; delete one", UPLOADS_MAX);
	} else if ((u = create(r, name))) {
		u->next = r->api->uploads;
		r->api->uploads = u;
		reply(r, u, 201);
	}
}

/* Appends PIECE; after an error the file has its old size. */
static bool append(const struct api_upload *u, struct str piece)
{
	int fd = open(u->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW), error;
	bool written = fd >= 0 && file_write_all(fd, piece);

	error = errno;
	if (fd >= 0 && !written)
		(void)!ftruncate(fd, (off_t)u->size);
	if (fd >= 0)
		close(fd);
	errno = error;
	return written;
}

/* The body is the piece of the file at ?offset=N. */
void api_uploads_add(struct api_request *r)
{
	struct api_upload **link = find_named(r, r->path), *u;
	struct str piece = r->view->body;
	unsigned count;

	if (!link)
		return;
	u = *link;
	if (piece.len > PIECE_MAX)
		api_fail(r, 413, "too-large", "a piece has at most %zu bytes", PIECE_MAX);
	else if (api_query_number(r, "offset", SIZE_MAX) != u->size)
		api_fail(r, 409, "offset", "the next piece must begin at the offset %llu",
			 (unsigned long long)u->size);
	else if (total(r->api, &count) + piece.len > BYTES_MAX)
		api_fail(r, 413, "too-large", "the uploads would be larger than %llu MiB",
			 (unsigned long long)(BYTES_MAX >> 20));
	else if (!append(u, piece))
		api_fail(r, 507, "not-written", "cannot write %s: %s", u->path, strerror(errno));
	else {
		u->size += piece.len;
		reply(r, u, 200);
	}
}

static void remove_upload(struct api_upload **link)
{
	struct api_upload *u = *link;
	char *slash = strrchr(u->path, '/');

	*link = u->next;
	unlink(u->path);
	*slash = '\0';
	rmdir(u->path);
	free(u);
}

void api_uploads_remove(struct api_request *r)
{
	struct api_upload **link = find_named(r, r->path);

	if (!link)
		return;
	remove_upload(link);
	api_reply(r, 200);
}

void api_uploads_free(struct api *api)
{
	while (api->uploads)
		remove_upload(&api->uploads);
}
