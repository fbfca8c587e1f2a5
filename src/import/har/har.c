/* har: recordings of browsers and proxies in the HTTP Archive format, 1.1 and 1.2. */
#include "import/har/har.h"

#include "base/ascii.h"
#include "base/unzip.h"
#include "import/har/har_scan.h"

static bool read_all(struct import_job *job);
static bool is_har(struct str text);

const struct import_kind har_import = {
    .name = "har",
    .sentence = "a recording of a browser or a proxy (HTTP Archive)",
    .example = "visit.har",
    .read = read_all,
    .recognizes = is_har,
};

/* {"log": {, with any spaces in between. */
static bool is_har(struct str text)
{
	static const char *const pieces[] = {"{", "\"log\"", ":", "{"};

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		text = str_trim(text);
		if (!str_starts(text, str_of(pieces[i])))
			return false;
		text = str_slice(text, strlen(pieces[i]), text.len);
	}
	return true;
}

/* ---- helpers for the other files */

const struct json_item *har_get(const struct har_reader *r, const struct json_item *object,
				const char *key)
{
	if (!object || json_type(object) != JSON_OBJECT)
		return NULL;
	return json_member(&r->tape, object, str_of(key));
}

struct str har_text(struct har_reader *r, const struct json_item *item)
{
	if (!item || json_type(item) != JSON_STRING)
		return STR_NULL;
	if (!json_escaped(item))
		return json_raw(&r->tape, item);
	buf_clear(&r->scratch);
	return arena_str(&r->job->arena, json_text(&r->tape, item, &r->scratch));
}

struct str har_get_text(struct har_reader *r, const struct json_item *object, const char *key)
{
	return har_text(r, har_get(r, object, key));
}

double har_get_number(struct har_reader *r, const struct json_item *object, const char *key,
		      double fallback)
{
	const struct json_item *item = har_get(r, object, key);
	double number;

	if (item && json_type(item) == JSON_NUMBER)
		return json_number(&r->tape, item);
	return item && str_to_double(har_text(r, item), &number) ? number : fallback;
}

/* ---- the envelope */

static void read_tool(struct har_reader *r, struct str value)
{
	struct str name, version;
	size_t dot;

	if (!json_read(&r->tape, value))
		return;
	name = har_get_text(r, r->tape.items, "name");
	version = har_get_text(r, r->tape.items, "version");
	dot = str_find_char(version, '.', 0);
	if (name.len)
		r->job->tool =
		    arena_printf(&r->job->arena, "%.*s%s%.*s", STR_ARG(name),
				 version.len ? " " : "", STR_ARG(str_slice(version, 0, dot)));
}

void har_page(struct har_reader *r, const struct json_item *page)
{
	const struct json_item *mark = har_get(r, page, "_mark");
	struct tx_page result = {.id = har_get_text(r, page, "id"),
				 .title = har_get_text(r, page, "title"),
				 .source = r->source,
				 .mark = mark && json_type(mark) == JSON_TRUE};

	if (result.id.len)
		VEC_PUSH(&r->job->arena, &r->job->list.pages, result);
}

void har_tls(struct har_reader *r, const struct json_item *tls)
{
	const struct json_item *insecure = har_get(r, tls, "insecure");

	r->job->tls_ca = har_get_text(r, tls, "ca");
	r->job->tls_insecure = insecure && json_type(insecure) == JSON_TRUE;
}

static void read_pages(struct har_reader *r, struct str value)
{
	const struct json_item *pages;

	if (!json_read(&r->tape, value) || json_type(r->tape.items) != JSON_ARRAY)
		return;
	pages = r->tape.items;
	for (uint32_t i = 1; i < pages->next; i = r->tape.items[i].next)
		har_page(r, &r->tape.items[i]);
}

static uint32_t count_lines(struct str text, size_t from, size_t to)
{
	const char *p = text.ptr + from, *end = text.ptr + to;
	uint32_t lines = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		lines++;
		p++;
	}
	return lines;
}

static void read_entries(struct har_reader *r, struct str file, struct str value)
{
	struct har_scan scan = har_scan_inside(value);
	struct str entry;
	uint32_t line = 1, number = 0;
	size_t counted = 0, at;
	bool whole;

	if (!har_scan_enter(&scan, '['))
		return;
	while (har_scan_element(&scan, &entry, &whole)) {
		struct transaction *tx = transaction_new(&r->job->list);

		at = (size_t)(entry.ptr - file.ptr);
		line += count_lines(file, counted, at);
		counted = at;
		tx->number = ++number;
		tx->source = r->source;
		tx->line = line;
		if (!whole)
			transaction_skip(tx, SKIP_REASON_UNREADABLE,
					 STR("the file ends inside it"));
		else if (!json_read(&r->tape, entry))
			transaction_skip(tx, SKIP_REASON_UNREADABLE, str_of(r->tape.error));
		else
			har_entry(r, tx);
	}
}

static void read_log(struct har_reader *r, struct str file, struct str value, bool *entries)
{
	struct har_scan scan = har_scan_inside(value);
	struct str key, member, tool = STR_NULL;
	bool whole;

	if (!har_scan_enter(&scan, '{'))
		return;
	while (har_scan_member(&scan, &key, &member, &whole)) {
		if (str_eq(key, STR("browser")) || (str_eq(key, STR("creator")) && !tool.ptr)) {
			tool = member;
		} else if (str_eq(key, STR("pages"))) {
			read_pages(r, member);
		} else if (str_eq(key, STR("_tls"))) {
			if (json_read(&r->tape, member))
				har_tls(r, r->tape.items);
		} else if (str_eq(key, STR("entries"))) {
			*entries = true;
			read_entries(r, file, member);
		}
	}
	if (tool.ptr)
		read_tool(r, tool);
}

/* "onInputData", "a.b": the function that is called with the recording. */
static bool is_function(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.ptr[i]) && !strchr("_$. ", name.ptr[i]))
			return false;
	return name.len;
}

/* Why a file without log.entries is not a recording. */
static bool no_recording(struct har_reader *r, struct str text)
{
	struct har_scan scan = har_scan_inside(text);
	struct str key, value;
	bool whole, request = false, any = false;

	if (!har_scan_enter(&scan, '{')) {
		size_t paren = str_find_char(str_slice(text, 0, 200), '(', 0);

		if (paren != NOT_FOUND && is_function(str_slice(text, 0, paren)))
			return job_error(r->job,
					 "%s is JavaScript around a recording (JSONP); remove "
					 "\"%.*s\" and the closing parenthesis",
					 r->path, STR_ARG(str_slice(text, 0, paren + 1)));
		return job_error(r->job, "%s is not a HAR recording: it does not start with {",
				 r->path);
	}
	while (har_scan_member(&scan, &key, &value, &whole)) {
		any = true;
		request = request || str_eq(key, STR("request"));
	}
	if (request)
		return job_error(r->job,
				 "%s is a single entry; a recording has it in "
				 "{\"log\": {\"entries\": [...]}}",
				 r->path);
	if (!any)
		return job_error(
		    r->job, "%s is not a HAR recording: it is JavaScript or invalid JSON", r->path);
	return job_error(r->job, "%s is not a HAR recording: it has no log.entries", r->path);
}

/* The recording in a zip file as Playwright writes it; bodies are in the same archive. */
static bool from_archive(struct har_reader *r, struct str *text)
{
	const char *why;

	r->archive = *text;
	*text = unzip_member(&r->job->arena, r->archive, STR(".har"), true, &why);
	if (why)
		return job_error(r->job, "%s cannot be unpacked: %s", r->path, why);
	return text->ptr || job_error(r->job, "%s is a zip archive without a .har file", r->path);
}

static bool read_file(struct har_reader *r, const char *path)
{
	struct str text, key, value;
	struct har_scan scan;
	bool whole, entries = false;

	r->path = path;
	r->archive = STR_NULL;
	if (!job_read(r->job, path, &text) || (unzip_is_archive(text) && !from_archive(r, &text)))
		return false;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	if (text.len > JSON_BYTES_MAX)
		return job_error(r->job, "%s is larger than 1 GiB", path);
	if (!str_trim(text).len)
		return job_error(r->job, "%s is empty", path);
	scan = har_scan_inside(text);
	if (har_scan_enter(&scan, '{')) {
		while (har_scan_member(&scan, &key, &value, &whole)) {
			if (str_eq(key, STR("log")))
				read_log(r, text, value, &entries);
			else if (str_eq(key, STR("entries")))
				read_log(r, text, text, &entries);
		}
	}
	return entries || no_recording(r, text);
}

bool har_read_files(struct import_job *job, bool (*read)(struct har_reader *r, const char *path))
{
	struct har_reader r = {.job = job};
	bool ok = true;

	json_init(&r.tape);
	buf_init(&r.scratch, 0);
	for (size_t i = 0; i < job->file_count; i++) {
		r.source = (uint32_t)i;
		ok = read(&r, job->files[i]) && ok;
	}
	buf_release(&r.scratch);
	json_release(&r.tape);
	return ok;
}

static bool read_all(struct import_job *job)
{
	return har_read_files(job, read_file);
}
