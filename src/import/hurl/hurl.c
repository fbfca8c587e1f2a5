/*
 * hurl: a file of Hurl (hurl.dev). Entries become steps; captures become `extract` and asserts
 * `expect`. What is not supported is reported with its line.
 */
#include "import/hurl/hurl_private.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "import/import.h"
#include "import/naming.h"

static bool read_all(struct import_job *job);
static bool is_hurl(struct str text);

const struct import_kind hurl_import = {
    .name = "hurl",
    .sentence = "a Hurl file, with requests, captures and asserts",
    .example = "shop.hurl",
    .read = read_all,
    .recognizes = is_hurl,
};

enum section {
	SECTION_HEADERS, /* of the request, before any section */
	SECTION_QUERY,
	SECTION_FORM,
	SECTION_MULTIPART,
	SECTION_COOKIES,
	SECTION_BASIC_AUTH,
	SECTION_OPTIONS,
	SECTION_RESPONSE, /* headers of the response */
	SECTION_CAPTURES,
	SECTION_ASSERTS,
	SECTION_BODY, /* of the response, which is not compared */
	SECTION_COUNT
};

static const struct {
	const char *name;
	enum section section;
} sections[] = {
    {"[QueryStringParams]", SECTION_QUERY},
    {"[Query]", SECTION_QUERY},
    {"[FormParams]", SECTION_FORM},
    {"[Form]", SECTION_FORM},
    {"[MultipartFormData]", SECTION_MULTIPART},
    {"[Multipart]", SECTION_MULTIPART},
    {"[Cookies]", SECTION_COOKIES},
    {"[BasicAuth]", SECTION_BASIC_AUTH},
    {"[Options]", SECTION_OPTIONS},
    {"[Captures]", SECTION_CAPTURES},
    {"[Asserts]", SECTION_ASSERTS},
};

struct hurl_entry {
	struct yaml_writer_node *step;
	enum section section;
	bool has_response;
};

/* A response line, and a request: Hurl files have both, files of editors only the second. */
static bool is_response_line(struct str line)
{
	return str_starts(line, STR("HTTP ")) || str_starts(line, STR("HTTP/")) ||
	       str_eq(line, STR("HTTP"));
}

static bool is_hurl(struct str text)
{
	struct request_text r = {.text = text};
	struct str method, url;
	bool request = false;

	while (request_text_next(&r)) {
		struct str line = str_trim(r.line);

		if (request_text_is_request(line, &method, &url) &&
		    str_find_char(url, ' ', 0) == NOT_FOUND)
			request = true;
		else if (request && is_response_line(line))
			return true;
		else if (!request && line.len && line.ptr[0] != '#')
			return false;
		if (str_starts(line, STR("###")))
			return false;
	}
	return false;
}

/* ---- request sections */

/* TEXT without its comment and its escapes: \#, \n, \u{1f600}. */
static struct str unescaped(struct request_text *r, struct str text)
{
	static const char names[] = "nrt", bytes[] = "\n\r\t";
	struct buf out;
	struct str result;

	if (str_find_char(text, '\\', 0) == NOT_FOUND && str_find_char(text, '#', 0) == NOT_FOUND)
		return text;
	buf_init(&out, 0);
	for (size_t i = 0; i < text.len && text.ptr[i] != '#'; i++) {
		char c = text.ptr[i];
		const char *found;
		size_t end;

		if (c != '\\' || i + 1 >= text.len) {
			buf_add_char(&out, c);
			continue;
		}
		c = text.ptr[++i];
		found = strchr(names, c);
		end = str_find_char(text, '}', i);
		if (c == 'u' && end != NOT_FOUND && i + 1 < text.len && text.ptr[i + 1] == '{') {
			buf_add_utf8(&out, (uint32_t)strtoul(text.ptr + i + 2, NULL, 16));
			i = end;
		} else {
			buf_add_char(&out, found ? bytes[found - names] : c);
		}
	}
	result = str_trim(arena_str(r->arena, buf_str(&out)));
	buf_release(&out);
	return result;
}

static void put_multipart(struct request_text *r, struct yaml_writer_node *step, struct str name,
			  struct str value)
{
	struct yaml_writer_node *part = yaml_writer_map(r->arena);
	size_t end;

	part->flow = true;
	if (!str_starts(value, STR("file,"))) {
		yaml_writer_put_text(r->arena, part, STR("value"), request_text_convert(r, value));
	} else {
		end = str_find_char(value, ';', 0);
		yaml_writer_put_text(r->arena, part, STR("file"),
				     str_trim(str_slice(value, 5, end)));
		if (end != NOT_FOUND && str_trim(str_slice(value, end + 1, value.len)).len)
			yaml_writer_put_text(r->arena, part, STR("type"),
					     str_trim(str_slice(value, end + 1, value.len)));
	}
	yaml_writer_append(r->arena, request_text_map(r, step, "multipart"), name, part);
}

static void put_login(struct request_text *r, struct yaml_writer_node *step, struct str user,
		      struct str password)
{
	struct yaml_writer_node *auth = request_text_map(r, step, "auth");
	struct yaml_writer_node *basic = request_text_map(r, auth, "basic");

	auth->flow = basic->flow = true;
	yaml_writer_put_text(r->arena, basic, STR("user"), request_text_convert(r, user));
	yaml_writer_put_text(r->arena, basic, STR("password"),
			     request_text_secret(r, STR("password"), password));
}

static void put_option(struct request_text *r, struct yaml_writer_node *step, struct str name,
		       struct str value)
{
	size_t equals = str_find_char(value, '=', 0);

	if (str_eq(name, STR("location"))) {
		if (str_eq(value, STR("true")))
			yaml_writer_append(r->arena, step, STR("follow_redirects"),
					   yaml_writer_word(r->arena, STR("yes")));
		return;
	}
	if (str_eq(name, STR("variable")) && equals != NOT_FOUND)
		return; /* was read before */
	if (str_eq(name, STR("user"))) {
		equals = str_find_char(value, ':', 0);
		put_login(r, step, str_slice(value, 0, equals),
			  equals == NOT_FOUND ? STR("") : str_slice(value, equals + 1, value.len));
		return;
	}
	if (str_eq(value, STR("false")) || str_eq(name, STR("compressed")) ||
	    str_eq(name, STR("very-verbose")) || str_eq(name, STR("verbose")) ||
	    str_eq(name, STR("output")))
		return;
	if (str_eq(name, STR("insecure")) && str_eq(value, STR("true"))) {
		struct yaml_writer_node *tls = request_text_map(r, step, "tls");

		tls->flow = true;
		yaml_writer_append(r->arena, tls, STR("verify"),
				   yaml_writer_word(r->arena, STR("no")));
		return;
	}
	if (str_eq(name, STR("retry"))) {
		struct yaml_writer_node *retry = request_text_map(r, step, "retry");
		int64_t times;

		retry->flow = true;
		if (str_to_int(value, &times) && times > 0 && times <= 100) {
			yaml_writer_append(r->arena, retry, STR("times"),
					   yaml_writer_word(r->arena, value));
			yaml_writer_append(r->arena, retry, STR("delay"),
					   yaml_writer_word(r->arena, STR("1s")));
			return;
		}
	}
	request_text_unsupported(r, "this option is not supported");
}

/* A line NAME: VALUE of a section of the request. */
static void put_pair(struct request_text *r, struct hurl_entry *e, struct str name,
		     struct str value)
{
	struct yaml_writer_node *text;

	name = unescaped(r, name);
	value = unescaped(r, value);
	text =
	    yaml_writer_text(r->arena, naming_is_secret(name) ? request_text_secret(r, name, value)
							      : request_text_convert(r, value));
	switch (e->section) {
	case SECTION_HEADERS:
		request_text_header(r, e->step, name, value);
		break;
	case SECTION_QUERY:
		yaml_writer_append(r->arena, request_text_map(r, e->step, "query"), name, text);
		break;
	case SECTION_FORM:
		yaml_writer_append(r->arena, request_text_map(r, e->step, "form"), name, text);
		break;
	case SECTION_MULTIPART:
		put_multipart(r, e->step, name, value);
		break;
	case SECTION_COOKIES:
		yaml_writer_append(r->arena, request_text_map(r, e->step, "cookies"), name, text);
		break;
	case SECTION_BASIC_AUTH:
		put_login(r, e->step, name, value);
		break;
	case SECTION_OPTIONS:
		put_option(r, e->step, name, value);
		break;
	case SECTION_RESPONSE:
		hurl_expect_header(r, e->step, name, value);
		break;
	case SECTION_CAPTURES:
	case SECTION_ASSERTS:
	case SECTION_BODY:
	case SECTION_COUNT:
		break;
	}
}

/* ---- bodies */

/* Lines until one that is END; the current line is the one before them. */
static struct str block(struct request_text *r, const char *end)
{
	size_t from = r->next;

	while (request_text_next(r))
		if (str_eq(str_trim(r->line), str_of(end)))
			return str_slice(r->text, from, (size_t)(r->line.ptr - r->text.ptr));
	return str_slice(r->text, from, r->text.len);
}

/* The JSON or XML document that starts with the current line: until its brackets are closed, or
 * until an empty line. */
static struct str document(struct request_text *r, bool json)
{
	size_t from = (size_t)(r->line.ptr - r->text.ptr), end = from;
	int depth = 0;
	bool quoted = false;

	do {
		for (size_t i = 0; i < r->line.len; i++) {
			char c = r->line.ptr[i];

			if (quoted && c == '\\')
				i++;
			else if (c == '"')
				quoted = !quoted;
			else if (!quoted)
				depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		}
		end = (size_t)(r->line.ptr - r->text.ptr) + r->line.len;
		if (json ? depth <= 0
			 : !str_trim(request_text_peek(r)).len ||
			       is_response_line(request_text_peek(r)))
			break;
	} while (request_text_next(r));
	return str_slice(r->text, from, end);
}

/* The current line starts a body; false if it does not. */
/* A query, and after it its variables as JSON: the body is {"query": …, "variables": …}. */
static void put_graphql(struct request_text *r, struct yaml_writer_node *step, struct str text)
{
	size_t from = str_find(text, STR("\nvariables {"), 0);
	struct yaml_writer_node *json = request_text_map(r, step, "json"), *variables;

	yaml_writer_put_text(r->arena, json, STR("query"),
			     request_text_convert(r, str_trim(str_slice(text, 0, from))));
	if (from == NOT_FOUND)
		return;
	variables = request_text_json(r, str_slice(text, str_find_char(text, '{', from), text.len));
	if (variables)
		yaml_writer_put(r->arena, json, STR("variables"), variables);
	else
		request_text_unsupported(r, "the variables are not JSON");
}

static bool is_json_scalar(struct str line)
{
	double number;

	return (line.len > 1 && line.ptr[0] == '"' && line.ptr[line.len - 1] == '"') ||
	       str_eq(line, STR("true")) || str_eq(line, STR("false")) ||
	       str_eq(line, STR("null")) || str_to_double(line, &number);
}

static bool put_body(struct request_text *r, struct hurl_entry *e)
{
	struct str line = str_trim(r->line), body;

	if (str_eq(line, STR("```graphql")) && !e->has_response) {
		put_graphql(r, e->step, block(r, "```"));
		return true;
	}
	if (str_starts(line, STR("```")) && str_ends(line, STR("```")) && line.len > 6) {
		body = str_slice(line, 3, line.len - 3);
	} else if (str_starts(line, STR("```"))) {
		body = block(r, "```");
	} else if (e->section == SECTION_HEADERS && !e->has_response && is_json_scalar(line)) {
		request_text_json_scalar(r, e->step, line);
		return true;
	} else if (str_starts(line, STR("`")) && str_ends(line, STR("`")) && line.len > 1) {
		body = str_slice(line, 1, line.len - 1);
	} else if (str_starts(line, STR("{")) || str_starts(line, STR("["))) {
		body = document(r, true);
	} else if (str_starts(line, STR("<"))) {
		body = document(r, false);
	} else if (str_starts(line, STR("file,"))) {
		if (e->section != SECTION_BODY)
			yaml_writer_put_text(
			    r->arena, e->step, STR("body_file"),
			    str_trim(str_slice(line, 5, str_find_char(line, ';', 0))));
		return true;
	} else {
		return false;
	}
	if (!e->has_response)
		request_text_body(r, e->step, body);
	else if (!hurl_expect_json(r, e->step, body))
		request_text_unsupported(r, "only JSON bodies of responses are compared");
	return true;
}

/* ---- entries */

static void begin_response(struct request_text *r, struct hurl_entry *e, struct str line)
{
	size_t space = str_find_char(line, ' ', 0);
	struct str status = str_trim(str_slice(line, space, line.len));
	int64_t number;

	e->has_response = true;
	e->section = SECTION_RESPONSE;
	if (space == NOT_FOUND || !str_to_int(status, &number))
		return;
	yaml_writer_append(r->arena, request_text_map(r, e->step, "expect"), STR("status"),
			   yaml_writer_word(r->arena, status));
}

static bool begin_section(struct hurl_entry *e, struct str line)
{
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (str_eq(line, str_of(sections[i].name))) {
			e->section = sections[i].section;
			return true;
		}
	return false;
}

static void read_line(struct request_text *r, struct hurl_entry *e)
{
	struct str line = str_trim(r->line), method, url;
	size_t colon;

	if (!line.len || line.ptr[0] == '#')
		return;
	if (request_text_is_request(line, &method, &url)) {
		*e = (struct hurl_entry){.step = request_text_step(r, method, url)};
		return;
	}
	if (!e->step) {
		request_text_unsupported(r, "it is not a request");
		return;
	}
	if (is_response_line(line)) {
		begin_response(r, e, line);
		return;
	}
	if (begin_section(e, line) || put_body(r, e))
		return;
	if (e->section == SECTION_CAPTURES) {
		hurl_capture(r, e->step, line);
		return;
	}
	if (e->section == SECTION_ASSERTS) {
		hurl_assert(r, e->step, line);
		return;
	}
	colon = str_find_char(line, ':', 0);
	if (colon == NOT_FOUND)
		request_text_unsupported(r, "not supported");
	else
		put_pair(r, e, str_trim(str_slice(line, 0, colon)),
			 str_trim(str_slice(line, colon + 1, line.len)));
}

/* Notes the servers, the captures and the variables before anything is converted. */
static void scan(struct request_text *r)
{
	struct hurl_entry e = {.step = NULL};
	struct str method, url;

	while (request_text_next(r)) {
		struct str line = str_trim(r->line);
		size_t colon = str_find_char(line, ':', 0), equals;

		if (request_text_is_request(line, &method, &url)) {
			request_text_see_url(r, url);
			e.section = SECTION_HEADERS;
		} else if (begin_section(&e, line) || colon == NOT_FOUND) {
			continue;
		} else if (e.section == SECTION_CAPTURES) {
			request_text_define(r, str_trim(str_slice(line, 0, colon)), STR_NULL, true);
		} else if (e.section == SECTION_OPTIONS && str_starts(line, STR("variable:"))) {
			line = str_trim(str_slice(line, colon + 1, line.len));
			equals = str_find_char(line, '=', 0);
			if (equals != NOT_FOUND)
				request_text_define(
				    r, str_trim(str_slice(line, 0, equals)),
				    unescaped(r, str_trim(str_slice(line, equals + 1, line.len))),
				    false);
		}
	}
}

static bool read_all(struct import_job *job)
{
	struct request_text r;
	struct hurl_entry e = {.step = NULL};
	struct yaml_writer_node *defaults;

	request_text_init(&r, job, "hurl");
	for (size_t i = 0; i < job->file_count; i++) {
		struct str text;

		if (!job_read(job, job->files[i], &text))
			return false;
		request_text_open(&r, text);
		scan(&r);
		request_text_open(&r, text);
		e.step = NULL;
		while (request_text_next(&r))
			read_line(&r, &e);
	}
	defaults = yaml_writer_map(r.arena);
	defaults->flow = true;
	yaml_writer_put(r.arena, defaults, STR("follow_redirects"),
			yaml_writer_word(r.arena, STR("no")));
	return request_text_finish(&r, "hurl", defaults);
}
