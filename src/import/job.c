#include "import/job.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/gunzip.h"

#define STANDARD_INPUT_MAX ((size_t)1 << 30)
#define COMMENTS_MAX	   200u

void job_init(struct import_job *job, const struct import_kind *kind,
	      const struct kind_tables *tables)
{
	*job = (struct import_job){.kind = kind, .tables = tables};
	arena_init(&job->arena, 0);
	transaction_list_init(&job->list, &job->arena);
}

void job_release(struct import_job *job)
{
	for (size_t i = 0; i < job->owned.count; i++)
		job->owned.items[i].release(job->owned.items[i].owner);
	for (size_t i = 0; i < job->mapped.count; i++)
		mapped_file_close(&job->mapped.items[i]);
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
	       job_error(job, "%s is UTF-16; convert it to UTF-8: iconv -f UTF-16 -t UTF-8 %s",
			 path, path);
}

bool job_map(struct import_job *job, const char *path, struct str *text)
{
	struct mapped_file mapped;
	const char *error;

	if (strcmp(path, "-") == 0)
		return (file_read(&job->arena, path, STANDARD_INPUT_MAX, text, &error) ||
			job_error(job, "standard input: %s", error)) &&
		       refuse_utf16(job, "standard input", *text);
	if (!mapped_file_open(&mapped, path))
		return job_error(job, "%s cannot be read: %s", path, mapped_file_error_text(errno));
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
	struct gunzip *packed = gunzip_open(*text, STANDARD_INPUT_MAX);
	const char *error;
	struct str piece;
	bool ok;

	buf_init(whole, 0);
	job_own_resource(job, release_bytes, whole);
	while (gunzip_next(packed, &piece))
		buf_add(whole, piece);
	error = gunzip_error(packed);
	*text = buf_str(whole);
	ok = !error || job_error(job, "%s cannot be unpacked: %s", path, error);
	if (ok && gunzip_is_gzip(*text))
		ok = job_error(job, "%s is compressed twice: gunzip it once", path);
	gunzip_close(packed);
	return ok && refuse_utf16(job, path, *text);
}

bool job_read(struct import_job *job, const char *path, struct str *text)
{
	if (!job_map(job, path, text) || (gunzip_is_gzip(*text) && !unpack(job, path, text)))
		return false;
	return text->len || job_error(job, "%s is empty", path);
}

void job_discard(const struct import_job *job, struct str text, size_t until)
{
	for (size_t i = 0; i < job->mapped.count; i++)
		if (job->mapped.items[i].text.ptr == text.ptr && text.len)
			mapped_file_discard(&job->mapped.items[i], until);
}

struct str job_option(const struct import_job *job, const char *name)
{
	for (size_t i = job->import_option_count; i-- > 0;)
		if (str_eq(job->import_options[i].name, str_of(name)))
			return job->import_options[i].value;
	return STR_NULL;
}

struct str job_option_list(struct import_job *job, const char *name)
{
	struct str list = STR_NULL;

	for (size_t i = 0; i < job->import_option_count; i++) {
		const struct import_option *option = &job->import_options[i];

		if (str_eq(option->name, str_of(name)))
			list = list.ptr ? arena_printf(&job->arena, "%.*s,%.*s", STR_ARG(list),
						       STR_ARG(option->value))
					: option->value;
	}
	return list;
}

bool job_option_is(const struct import_job *job, const char *name, const char *value)
{
	struct str option = job_option(job, name);

	return option.ptr && str_eq(option, str_of(value));
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

void job_warn(struct import_job *job, struct yaml_writer_node *root, struct str line)
{
	job_note(job, "look at", "%.*s", STR_ARG(line));
	if (job->comments < COMMENTS_MAX)
		yaml_writer_comment(&job->arena, root, line);
	else if (job->comments == COMMENTS_MAX)
		yaml_writer_comment(&job->arena, root, STR("and more; reprise import lists them"));
	job->comments++;
}

void job_no_target(struct import_job *job, struct yaml_writer_node *root, struct str why)
{
	job->no_target = true;
	job_note(job, "look at", "%.*s: give the target with -t URL", STR_ARG(why));
	yaml_writer_comment(
	    &job->arena, root,
	    arena_printf(&job->arena, "No target: %.*s. Give it with -t URL, or add: target: URL",
			 STR_ARG(why)));
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

static bool is_used(const struct import_job *job, struct str name)
{
	for (size_t i = 0; i < job->extra_files.count; i++)
		if (str_eq(job->extra_files.items[i].name, name))
			return true;
	return false;
}

struct str job_add_file(struct import_job *job, struct str name, struct str bytes, bool secret)
{
	struct str free_name = arena_str(&job->arena, name);
	size_t dot = name.len;

	while (dot > 0 && name.ptr[dot - 1] != '.')
		dot--;
	if (!dot)
		dot = name.len + 1;
	for (unsigned n = 2; is_used(job, free_name); n++)
		free_name =
		    arena_printf(&job->arena, "%.*s-%u%.*s", STR_ARG(str_slice(name, 0, dot - 1)),
				 n, STR_ARG(str_slice(name, dot - 1, name.len)));
	VEC_PUSH(&job->arena, &job->extra_files,
		 ((struct import_file){.name = free_name, .bytes = bytes, .secret = secret}));
	return free_name;
}

struct str job_add_streamed_file(struct import_job *job, struct str name,
				 bool (*more)(void *owner, struct buf *out), void *owner)
{
	struct str taken = job_add_file(job, name, STR(""), false);
	struct import_file *file = &job->extra_files.items[job->extra_files.count - 1];

	file->more = more;
	file->owner = owner;
	return taken;
}

void job_own_resource(struct import_job *job, void (*release)(void *owner), void *owner)
{
	VEC_PUSH(&job->arena, &job->owned, ((struct import_owned){release, owner}));
}
