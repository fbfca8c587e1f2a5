/*
 * http-file: the .http and .rest files of editors (REST Client of Visual Studio Code, HTTP client
 * of IntelliJ), and lists of URLs. Requests are separated by ###; scripts are not run.
 */
#include "import/hurl/request_text.h"

#include "base/ascii.h"
#include "import/import.h"

static bool read_all(struct import_job *job);
static bool is_http_file(struct str text);

const struct import_kind http_file_import = {
    .name = "http-file",
    .sentence = "a .http or .rest file, or a list of URLs",
    .example = "shop.http",
    .read = read_all,
    .recognizes = is_http_file,
    .broad = true,
};

static bool is_comment(struct str line)
{
	return str_starts(line, STR("#")) || str_starts(line, STR("//"));
}

static bool is_url(struct str line)
{
	return (str_starts(line, STR("http://")) || str_starts(line, STR("https://"))) &&
	       str_find_char(line, ' ', 0) == NOT_FOUND;
}

/* The first line that is not a comment or a variable is a request or a URL. */
static bool is_http_file(struct str text)
{
	struct request_text r = {.text = text};
	struct str method, url;

	while (request_text_next(&r)) {
		struct str line = str_trim(r.line);

		if (!line.len || is_comment(line) || str_starts(line, STR("@")))
			continue;
		return request_text_is_request(line, &method, &url) || is_url(line);
	}
	return false;
}

/* `@name = value` */
static bool read_variable(struct request_text *r, struct str line)
{
	size_t equals = str_find_char(line, '=', 0);

	if (!str_starts(line, STR("@")) || equals == NOT_FOUND)
		return false;
	request_text_define(r, str_trim(str_slice(line, 1, equals)),
			    str_trim(str_slice(line, equals + 1, line.len)), false);
	return true;
}

/* The URL without the version of HTTP after it. */
static struct str without_version(struct str url)
{
	size_t space = str_find_char(url, ' ', 0);

	return str_slice(url, 0, space);
}

static void scan(struct request_text *r)
{
	struct str method, url;

	while (request_text_next(r)) {
		struct str line = str_trim(r->line);

		if (read_variable(r, line))
			continue;
		if (request_text_is_request(line, &method, &url))
			request_text_see_url(r, without_version(url));
		else if (is_url(line))
			request_text_see_url(r, line);
	}
}

/* ---- one request */

static void put_headers(struct request_text *r, struct yaml_writer_node *step)
{
	while (request_text_peek(r).len && !str_starts(request_text_peek(r), STR("###"))) {
		struct str line;
		size_t colon;

		request_text_next(r);
		line = str_trim(r->line);
		colon = str_find_char(line, ':', 0);
		if (is_comment(line))
			continue;
		if (colon == NOT_FOUND)
			request_text_unsupported(r, "not a header; write NAME: VALUE");
		else
			request_text_header(r, step, str_trim(str_slice(line, 0, colon)),
					    str_trim(str_slice(line, colon + 1, line.len)));
	}
}

static bool ends_body(struct str line)
{
	return str_starts(line, STR("###")) || str_starts(line, STR("> {%")) ||
	       str_starts(line, STR("> ")) || str_starts(line, STR("<> "));
}

static void put_body(struct request_text *r, struct yaml_writer_node *step)
{
	size_t from = r->next, end = r->next;

	while (r->next < r->text.len && !ends_body(request_text_peek(r))) {
		request_text_next(r);
		if (str_trim(r->line).len)
			end = (size_t)(r->line.ptr - r->text.ptr) + r->line.len;
	}
	if (end == from)
		return;
	struct str body = str_slice(r->text, from, end);

	while (str_starts(body, STR("\n")) || str_starts(body, STR("\r")))
		body = str_slice(body, 1, body.len);
	if (str_starts(body, STR("< ")))
		yaml_writer_put_text(r->arena, step, STR("body_file"),
				     str_trim(str_slice(body, 2, str_find_char(body, '\n', 0))));
	else
		request_text_body(r, step, body);
}

/* Scripts after a request: one line, or lines until %}. */
static void skip_scripts(struct request_text *r)
{
	while (ends_body(request_text_peek(r)) && !str_starts(request_text_peek(r), STR("###"))) {
		request_text_next(r);
		request_text_unsupported(r, "scripts are not run");
		if (!str_starts(r->line, STR("> {%")) ||
		    str_find(r->line, STR("%}"), 0) != NOT_FOUND)
			continue;
		while (request_text_next(r) && str_find(r->line, STR("%}"), 0) == NOT_FOUND)
			continue;
	}
}

static void read_line(struct request_text *r, struct str *name)
{
	struct str line = str_trim(r->line), method, url;
	struct yaml_writer_node *step;

	if (str_starts(line, STR("###"))) {
		*name = str_trim(str_slice(line, 3, line.len));
	} else if (str_starts(line, STR("# @name ")) || str_starts(line, STR("// @name "))) {
		*name = str_trim(str_slice(line, str_find(line, STR("@name"), 0) + 5, line.len));
	} else if (!line.len || is_comment(line) || str_starts(line, STR("@"))) {
		return;
	} else if (request_text_is_request(line, &method, &url) || is_url(line)) {
		bool list = is_url(line);

		step = request_text_step(r, list ? STR("GET") : method,
					 list ? line : without_version(url));
		if (name->len && str_find(*name, STR("{{"), 0) == NOT_FOUND)
			yaml_writer_put_text(r->arena, step, STR("name"), str_cut(*name, 100));
		*name = STR("");
		if (list)
			return;
		put_headers(r, step);
		put_body(r, step);
		skip_scripts(r);
	} else {
		request_text_unsupported(r, "not supported");
	}
}

static bool read_all(struct import_job *job)
{
	struct request_text r;

	request_text_init(&r, job, "http-file");
	for (size_t i = 0; i < job->file_count; i++) {
		struct str text, name = STR("");

		if (!job_read(job, job->files[i], &text))
			return false;
		request_text_open(&r, text);
		scan(&r);
		request_text_open(&r, text);
		while (request_text_next(&r))
			read_line(&r, &name);
	}
	return request_text_finish(&r, "http-file", NULL);
}
