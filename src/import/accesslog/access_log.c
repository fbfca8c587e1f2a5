/* From files to records: detects the format of a log, reads it line by line, and counts the
 * result. */
#include <stdlib.h>

#include "base/ascii.h"
#include "base/log.h"
#include "base/url.h"
#include "import/accesslog/access_private.h"

#define TRIED_LINES  100u
#define TRIED_SHARE  80u /* minimum percentage of lines that must be readable */
#define BAD_SHOWN    3u
#define FORGET_LINES 65536u

/* ---- records */

static uint32_t add_text(struct log_reader *r, struct str text)
{
	return intern_add(&r->log->texts, text);
}

/* Prepares a URL for sending: bytes not allowed in a URL are percent-encoded, the fragment is
 * cut. */
static uint32_t add_url(struct log_reader *r, struct str url)
{
	bool ok = true;

	for (size_t i = 0; i < url.len && ok; i++) {
		unsigned char c = (unsigned char)url.ptr[i];

		ok = c > ' ' && c < 0x7f && c != '#' && c != '"' && c != '<' && c != '>';
	}
	if (ok)
		return add_text(r, url);
	buf_clear(&r->scratch);
	for (size_t i = 0; i < url.len && url.ptr[i] != '#'; i++) {
		unsigned char c = (unsigned char)url.ptr[i];

		if (c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>')
			buf_add_char(&r->scratch, (char)c);
		else
			buf_printf(&r->scratch, "%%%02X", c);
	}
	return add_text(r, buf_str(&r->scratch));
}

/* An IPv6 address in brackets; any other text with a colon is not a host. */
static uint32_t add_address(struct log_reader *r, struct str host)
{
	struct url url;

	buf_clear(&r->scratch);
	buf_printf(&r->scratch, "http://[%.*s]", STR_ARG(host));
	return url_split(buf_str(&r->scratch), &url)
		   ? add_text(r, str_slice(buf_str(&r->scratch), 7, r->scratch.len))
		   : 0;
}

static uint32_t add_host(struct log_reader *r, struct str host)
{
	if (str_find_char(host, ':', 0) != NOT_FOUND)
		return add_address(r, host);
	buf_clear(&r->scratch);
	for (size_t i = 0; i < host.len; i++) {
		unsigned char c = (unsigned char)host.ptr[i];

		if (!ascii_is_alnum(c) && !strchr(".-_", c))
			return 0;
		buf_add_char(&r->scratch, ascii_to_lower(c));
	}
	/* nginx's name for requests that match no server */
	return str_eq(buf_str(&r->scratch), STR("_")) ? 0 : add_text(r, buf_str(&r->scratch));
}

/* Address (the first one a proxy names), user and user agent as one key. */
static uint32_t add_client(struct log_reader *r, const struct access_line *line, uint32_t agent)
{
	struct str forwarded =
	    str_trim(str_slice(line->forwarded, 0, str_find_char(line->forwarded, ',', 0)));
	uint32_t parts[4] = {UINT32_MAX, add_text(r, forwarded.len ? forwarded : line->client),
			     add_text(r, line->user), agent};

	return add_text(r, str_n((const char *)parts, sizeof parts));
}

static uint8_t add_method(struct log_reader *r, struct str name)
{
	struct access_log *log = r->log;
	size_t max = sizeof log->methods / sizeof *log->methods;

	for (size_t i = 0; i < log->method_count; i++)
		if (str_eq(log->methods[i].name, name))
			return (uint8_t)i;
	if (log->method_count == max)
		return (uint8_t)(max - 1);
	log->methods[log->method_count].name = arena_str(&r->job->arena, name);
	return (uint8_t)log->method_count++;
}

static void push(struct access_log *log, struct access_record record)
{
	if (log->count == log->cap) {
		log->cap = log->cap ? log->cap + log->cap / 2 : 1024;
		log->records = realloc(log->records, log->cap * sizeof *log->records);
		if (!log->records)
			die_out_of_memory();
	}
	log->records[log->count++] = record;
}

static bool is_address(struct str host)
{
	bool digits = host.len > 0;

	for (size_t i = 0; i < host.len; i++)
		digits = digits && (ascii_is_digit(host.ptr[i]) || host.ptr[i] == '.');
	return digits || str_find_char(host, ':', 0) != NOT_FOUND;
}

/* The host of a line, unless it is that of the client: a column that seems to be the host may be a
 * second address of the client. */
static struct str host_of(const struct log_reader *r, const struct access_line *line)
{
	bool guessed = r->format->template && !r->format->from_option && !line->absolute;

	if (str_eq(line->host, line->client) || (guessed && is_address(line->host)))
		return STR("");
	return line->host;
}

static void add_line(struct log_reader *r, const struct access_line *line)
{
	struct access_record record = {
	    .start_us = line->time_us,
	    .duration_us = line->duration_us,
	    .bytes = line->bytes,
	    .line = r->line,
	    .status = (uint16_t)line->status,
	    .flags =
		(uint8_t)((line->precise ? ACCESS_PRECISE : 0) | (line->begun ? ACCESS_BEGUN : 0) |
			  (line->user.len ? ACCESS_NAMED : 0) |
			  (line->absolute ? ACCESS_ABSOLUTE : 0)),
	};
	enum skip_reason reason = SKIP_REASON_NOT_HTTP;

	/* Subtracting whole seconds from whole seconds would reverse the order of requests. */
	if (line->coarse && line->duration_us <= 1000000)
		record.flags |= ACCESS_BEGUN;
	if (line->http) {
		record.url = add_url(r, line->url);
		record.host = add_host(r, host_of(r, line));
		record.port = record.host ? line->port : 0;
		record.referer = add_text(r, line->referer);
		record.agent = add_text(r, line->agent);
		record.client = add_client(r, line, record.agent);
		record.method = add_method(r, line->method);
		reason = access_filter_line(&r->filter, r->log, line, &record);
	}
	if (reason != SKIP_REASON_COUNT) {
		r->log->skipped[reason]++;
		return;
	}
	r->https += str_ieq(line->scheme, STR("https"));
	r->http += str_ieq(line->scheme, STR("http"));
	push(r->log, record);
}

/* ---- files */

static void report_unreadable(struct log_reader *r, struct str line, const char *why)
{
	const char *other = access_other_log_name(line);
	struct str begin = str_slice(line, 0, 60);

	r->log->skipped[SKIP_REASON_UNREADABLE]++;
	if (r->bad++ >= BAD_SHOWN)
		return;
	job_note(r->job, "unreadable", "%s%sline %u: %s%s: %.*s%s",
		 r->job->file_count > 1 ? r->file : "", r->job->file_count > 1 ? ", " : "", r->line,
		 other ? "of " : "", other ? other : why, STR_ARG(begin),
		 line.len > begin.len ? "…" : "");
}

/* Counts of the first lines. */
struct trial {
	size_t lines, readable, requests, as[64], others;
	const char *other;
	struct str odd; /* the first line that could not be read */
	const char *why;
};

static void try_line(struct log_reader *r, struct trial *t, struct str line)
{
	struct access_line out;
	const char *why = "";

	t->lines++;
	for (size_t i = 0; i < r->format_count; i++)
		t->as[i] +=
		    access_match_line(r, &r->formats[i], line, &out, &why) == &r->formats[i];
	if (access_match_line(r, NULL, line, &out, &why)) {
		t->readable++;
		t->requests += access_match_has_request(&out);
		return;
	}
	if (!t->odd.ptr) {
		t->odd = arena_str(r->arena, str_slice(line, 0, 1000));
		t->why = why;
	}
	if (access_other_log_name(line)) {
		t->others++;
		t->other = access_other_log_name(line);
	}
}

static bool is_blank(struct str line)
{
	return str_trim(line).len == 0;
}

/* Handles #Fields: and other comment lines. */
static bool is_head(struct log_reader *r, struct str line)
{
	if (line.len && line.ptr[0] == '#')
		access_columns_head(&r->reader, line);
	return is_blank(line) || line.ptr[0] == '#';
}

static void try_file(struct log_reader *r, struct str text, struct trial *t)
{
	struct line_source source;
	struct str line;

	r->reader.column_count = 0;
	line_source_open(&source, text);
	while (t->lines < TRIED_LINES && line_source_next(&source, &line))
		if (!is_head(r, line))
			try_line(r, t, line);
	line_source_close(&source);
	r->reader.column_count = 0;
}

/* Reports and refuses a file that is not an access log. Else finds the format of most lines. */
static const struct access_format *choose(struct log_reader *r, const struct trial *t)
{
	size_t best = 0;

	if (t->readable * 100 >= t->lines * TRIED_SHARE && t->readable) {
		for (size_t i = 1; i < r->format_count; i++)
			if (t->as[i] > t->as[best])
				best = i;
		return &r->formats[best];
	}
	if (t->other && t->others * 2 > t->lines - t->readable) {
		job_error(r->job, "%s is %s, not an access log: it does not contain the requests",
			  r->file, t->other);
		return NULL;
	}
	buf_clear(&r->scratch);
	access_suggest_format(&r->scratch, t->odd);
	job_error(
	    r->job,
	    "%s is not recognized: of its first %zu lines, %zu are in a known access log "
	    "format; the first other line (%s): %.*s – if this is an access log, describe its "
	    "format: %.*s",
	    r->file, t->lines, t->readable, t->why, STR_ARG(str_slice(t->odd, 0, 80)),
	    STR_ARG(buf_str(&r->scratch)));
	return NULL;
}

/* A file larger than memory is only streamed. */
static void discard_read(struct log_reader *r, const struct line_source *source)
{
	if (!source->packed && source->line % FORGET_LINES == 0)
		job_discard(r->job, source->text, source->at);
}

static void read_lines(struct log_reader *r, struct line_source *source,
		       const struct access_format *format)
{
	struct access_line line;
	const char *why = "";
	struct str text;

	while (line_source_next(source, &text)) {
		if (is_head(r, text))
			continue;
		r->line = source->line;
		r->log->lines++;
		r->format = access_match_line(r, format, text, &line, &why);
		if (r->format)
			add_line(r, &line);
		else
			report_unreadable(r, text, why);
		arena_reset(&r->reader.lines);
		discard_read(r, source);
	}
}

static bool read_file(struct log_reader *r, const char *path)
{
	const struct access_format *format;
	struct trial trial = {.lines = 0};
	struct line_source source;
	const char *error;
	struct str text;

	r->file = path;
	if (!job_map(r->job, path, &text))
		return false;
	try_file(r, text, &trial);
	if (!trial.lines) {
		job_note(r->job, "look at", "%s is empty", path);
		return true;
	}
	format = choose(r, &trial);
	if (!format)
		return false;
	if (!r->log->format.len)
		r->log->format = str_of(format->name);
	line_source_open(&source, text);
	read_lines(r, &source, format);
	error = line_source_error(&source);
	if (error)
		job_note(r->job, "look at", "%s: after line %u %s", path, source.line, error);
	line_source_close(&source);
	return true;
}

static bool format_option(struct log_reader *r)
{
	struct str from_option = job_option(r->job, "format");
	const char *why;

	r->formats = access_formats(&r->job->arena, &r->format_count);
	if (!from_option.ptr)
		return true;
	if (str_starts(str_trim(from_option), STR("{"))) {
		r->formats[0] = (struct access_format){
		    .name = "own JSON",
		    .read = access_json_read,
		    .from_option = true,
		    .keys = access_keys_new(&r->job->arena, from_option, &why)};
		r->format_count = 1;
		return r->formats[0].keys || job_error(r->job, "--format: %s", why);
	}
	r->formats[0] = (struct access_format){
	    .name = "own format",
	    .read = access_template_read,
	    .from_option = true,
	    .template = access_template_new(&r->job->arena, from_option, false, &why)};
	r->format_count = 1;
	return r->formats[0].template || job_error(r->job, "--format: %s", why);
}

bool access_log_is(struct str text)
{
	struct log_reader r = {.bad = 0};
	struct trial trial = {.lines = 0};
	struct arena arena;

	if (line_document_is(text))
		return true;
	arena_init(&arena, 0);
	access_reader_init(&r.reader);
	buf_init(&r.scratch, 0);
	r.formats = access_formats(&arena, &r.format_count);
	/* The last line of a sample is cut. */
	while (text.len && text.ptr[text.len - 1] != '\n' &&
	       str_find_char(text, '\n', 0) < text.len)
		text.len--;
	r.arena = &arena;
	try_file(&r, text, &trial);
	buf_release(&r.scratch);
	access_reader_release(&r.reader);
	arena_release(&arena);
	/* JSON lines can be any kind of log, until one of them has a request. */
	return (trial.readable + trial.others) * 100 >= trial.lines * TRIED_SHARE &&
	       (trial.requests || trial.others);
}

/* ---- the whole log */

static bool nothing_left(struct import_job *job, const struct access_log *log)
{
	struct str reasons = STR("");

	if (!log->lines)
		return job_error(job, "%s is empty",
				 job->file_count == 1 ? job->files[0] : "each of these logs");
	for (int i = 0; i < SKIP_REASON_COUNT; i++)
		if (log->skipped[i])
			reasons = arena_printf(
			    &job->arena, "%.*s%s%zu %s", STR_ARG(reasons), reasons.len ? ", " : "",
			    log->skipped[i],
			    transaction_skip_text((enum skip_reason)i, log->skipped[i]));
	return job_error(job, "there is no request to replay in %zu line%s: %.*s", log->lines,
			 log->lines == 1 ? "" : "s", STR_ARG(reasons));
}

static void report_methods(struct import_job *job, const struct access_log *log)
{
	struct str listed = STR("");

	for (size_t i = 0; i < log->method_count; i++)
		if (log->methods[i].skipped)
			listed = arena_printf(&job->arena, "%.*s%s%zu %.*s", STR_ARG(listed),
					      listed.len ? ", " : "", log->methods[i].skipped,
					      STR_ARG(log->methods[i].name));
	if (listed.len)
		job_note(job, "look at",
			 "not replayed, because a log has no bodies: %.*s; --methods GET,HEAD,… "
			 "selects the methods",
			 STR_ARG(listed));
}

/* Sets the scheme if nearly all lines agree on it; without any, the host's port may have set it.
 * Without its scheme, the site is not known. */
static void set_scheme(struct log_reader *r)
{
	struct access_log *log = r->log;
	size_t all = r->https + r->http;

	if (all)
		log->scheme = r->https > r->http ? STR("https") : STR("http");
	if (!log->host.len)
		return;
	if (!log->scheme.len)
		log->no_host = arena_printf(&r->job->arena,
					    "the log does not say whether %.*s uses http or https",
					    STR_ARG(log->host));
	else if (all && !access_filter_agrees(r->https > r->http ? r->https : r->http, all))
		log->no_host = arena_printf(
		    &r->job->arena, "%zu lines are for http, and %zu for https", r->http, r->https);
	else
		return;
	log->host = STR("");
}

static bool finish(struct log_reader *r)
{
	struct access_log *log = r->log;
	size_t many;

	log->no_host = STR("the log does not contain the target");
	access_filter_hosts(r->job, log);
	set_scheme(r);
	if (!log->count)
		return nothing_left(r->job, log);
	report_methods(r->job, log);
	access_order(log);
	many = access_build_sessions(log);
	if (many)
		job_note(
		    r->job, "look at",
		    "%zu visit%s of one client had more than 10 requests in a second: split by "
		    "the Referer of their requests",
		    many, many == 1 ? "" : "s");
	return true;
}

bool access_log_read(struct import_job *job, struct access_log *log)
{
	struct log_reader r = {.job = job, .arena = &job->arena, .log = log};
	bool ok;

	*log = (struct access_log){.count = 0};
	intern_init(&log->texts);
	access_reader_init(&r.reader);
	buf_init(&r.scratch, 0);
	ok = access_filter_init(job, &r.filter) && format_option(&r);
	for (size_t i = 0; ok && i < job->file_count; i++)
		ok = read_file(&r, job->files[i]);
	ok = ok && finish(&r);
	buf_release(&r.scratch);
	access_reader_release(&r.reader);
	access_filter_release(&r.filter);
	return ok;
}

void access_log_release(struct access_log *log)
{
	free(log->records);
	intern_release(&log->texts);
	*log = (struct access_log){.count = 0};
}
