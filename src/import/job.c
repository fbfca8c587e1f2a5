#include "import/job.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/gunzip.h"

#define STANDARD_INPUT_MOST ((size_t)1 << 30)
#define COMMENTS_MOST	    200u

void job_init(struct import_job *job, const struct import_kind *kind, const struct tables *tables)
{
	*job = (struct import_job){.kind = kind, .tables = tables};
	arena_init(&job->arena, 0);
	tx_list_init(&job->list, &job->arena);
}

void job_release(struct import_job *job)
{
	for (size_t i = 0; i < job->owned.count; i++)
		job->owned.items[i].release(job->owned.items[i].owner);
	for (size_t i = 0; i < job->mapped.count; i++)
		mapped_close(&job->mapped.items[i]);
	arena_release(&job->arena);
}

static struct str stem_of(struct str path)
{
	size_t slash = path.len, dot;

	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	path = str_slice(path, slash, path.len);
	if (str_ends(path, STR(".gz")))
		path.len -= 3;
	else if (str_ends(path, STR(".zip")))
		path.len -= 4;
	dot = path.len;
	while (dot > 0 && path.ptr[dot - 1] != '.')
		dot--;
	return dot > 1 ? str_slice(path, 0, dot - 1) : path;
}

struct str job_name(const struct import_job *job)
{
	struct str stem = job->file_count ? stem_of(str_of(job->files[0])) : STR("visit");

	return stem.len && !str_eq(stem, STR("-")) ? stem : STR("visit");
}

static bool is_utf16(struct str text)
{
	return str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff"));
}

static bool refuse_utf16(struct import_job *job, const char *path, struct str text)
{
	return !is_utf16(text) ||
	       job_error(job, "%s is UTF-16; as UTF-8: iconv -f UTF-16 -t UTF-8 %s", path, path);
}

bool job_map(struct import_job *job, const char *path, struct str *text)
{
	struct mapped mapped;
	const char *error;

	if (strcmp(path, "-") == 0)
		return (file_read(&job->arena, path, STANDARD_INPUT_MOST, text, &error) ||
			job_error(job, "standard input: %s", error)) &&
		       refuse_utf16(job, "standard input", *text);
	if (!mapped_open(&mapped, path))
		return job_error(job, "%s cannot be read: %s", path, mapped_problem(errno));
	VEC_PUSH(&job->arena, &job->mapped, mapped);
	*text = mapped.text;
	return refuse_utf16(job, path, *text);
}

static void release_bytes(void *owner)
{
	buf_release(owner);
}

static bool unpack(struct import_job *job, const char *path, struct str *text)
{
	struct buf *whole = ARENA_NEW(&job->arena, struct buf);
	struct gunzip *packed = gunzip_open(*text, STANDARD_INPUT_MOST);
	const char *error;
	struct str piece;
	bool fine;

	buf_init(whole, 0);
	job_own(job, release_bytes, whole);
	while (gunzip_next(packed, &piece))
		buf_add(whole, piece);
	error = gunzip_error(packed);
	*text = buf_str(whole);
	fine = !error || job_error(job, "%s cannot be unpacked: %s", path, error);
	if (fine && gunzip_is(*text))
		fine = job_error(job, "%s is packed twice: gunzip it once", path);
	gunzip_close(packed);
	return fine && refuse_utf16(job, path, *text);
}

bool job_text(struct import_job *job, const char *path, struct str *text)
{
	if (!job_map(job, path, text) || (gunzip_is(*text) && !unpack(job, path, text)))
		return false;
	return text->len || job_error(job, "%s is empty", path);
}

void job_forget(const struct import_job *job, struct str text, size_t until)
{
	for (size_t i = 0; i < job->mapped.count; i++)
		if (job->mapped.items[i].text.ptr == text.ptr && text.len)
			mapped_forget(&job->mapped.items[i], until);
}

struct str job_wish(const struct import_job *job, const char *name)
{
	for (size_t i = job->wish_count; i-- > 0;)
		if (str_eq(job->wishes[i].name, str_of(name)))
			return job->wishes[i].value;
	return STR_NULL;
}

bool job_wishes(const struct import_job *job, const char *name, const char *value)
{
	struct str wish = job_wish(job, name);

	return wish.ptr && str_eq(wish, str_of(value));
}

void job_note(struct import_job *job, const char *heading, const char *format, ...)
{
	struct import_note note = {.heading = str_of(heading)};
	va_list args;

	va_start(args, format);
	note.text = arena_vprintf(&job->arena, format, args);
	va_end(args);
	VEC_PUSH(&job->arena, &job->notes, note);
}

void job_look_at(struct import_job *job, struct yaml_out *root, struct str line)
{
	job_note(job, "look at", "%.*s", STR_ARG(line));
	if (job->comments < COMMENTS_MOST)
		yaml_out_comment(&job->arena, root, line);
	else if (job->comments == COMMENTS_MOST)
		yaml_out_comment(&job->arena, root, STR("and more, which reprise import tells"));
	job->comments++;
}

bool job_error(struct import_job *job, const char *format, ...)
{
	va_list args;
	struct str text;

	va_start(args, format);
	text = arena_vprintf(&job->arena, format, args);
	va_end(args);
	VEC_PUSH(&job->arena, &job->errors, text);
	return false;
}

static bool is_taken(const struct import_job *job, struct str name)
{
	for (size_t i = 0; i < job->beside.count; i++)
		if (str_eq(job->beside.items[i].name, name))
			return true;
	return false;
}

struct str job_beside(struct import_job *job, struct str name, struct str bytes, bool secret)
{
	struct str free_name = arena_str(&job->arena, name);
	size_t dot = name.len;

	while (dot > 0 && name.ptr[dot - 1] != '.')
		dot--;
	if (!dot)
		dot = name.len + 1;
	for (unsigned n = 2; is_taken(job, free_name); n++)
		free_name =
		    arena_printf(&job->arena, "%.*s-%u%.*s", STR_ARG(str_slice(name, 0, dot - 1)),
				 n, STR_ARG(str_slice(name, dot - 1, name.len)));
	VEC_PUSH(&job->arena, &job->beside,
		 ((struct import_file){.name = free_name, .bytes = bytes, .secret = secret}));
	return free_name;
}

struct str job_beside_pieces(struct import_job *job, struct str name,
			     bool (*more)(void *owner, struct buf *out), void *owner)
{
	struct str taken = job_beside(job, name, STR(""), false);
	struct import_file *file = &job->beside.items[job->beside.count - 1];

	file->more = more;
	file->owner = owner;
	return taken;
}

void job_own(struct import_job *job, void (*release)(void *owner), void *owner)
{
	VEC_PUSH(&job->arena, &job->owned, ((struct import_owned){release, owner}));
}
