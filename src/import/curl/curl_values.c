/* Values of single options of curl: headers, cookies, bodies, forms. */
#include "base/url.h"
#include "import/curl/curl_private.h"
#include "import/template_text.h"

void curl_note(struct curl_request *r, const char *what, struct str value)
{
	job_note(r->job, "look at", "line %u: %s%s%.*s", r->command->line, what,
		 value.len ? " " : "", STR_ARG(value));
}

/* A text for the step's additional keys: with its variables and its own ${ in the syntax of the
 * language. */
static struct str literal(struct curl_request *r, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	template_text_add_literal(&out, text);
	result = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

void curl_put(struct curl_request *r, struct yaml_writer_node *map, const char *key,
	      struct str text)
{
	if (!yaml_writer_find(map, str_of(key)))
		yaml_writer_put_text(r->arena, map, str_of(key), literal(r, text));
}

struct yaml_writer_node *curl_inline_map(struct curl_request *r, struct yaml_writer_node *map,
					 const char *key)
{
	struct yaml_writer_node *result = yaml_writer_find(map, str_of(key));

	if (!result)
		result = yaml_writer_put(r->arena, map, str_of(key), yaml_writer_map(r->arena));
	result->flow = true;
	return result;
}

/* ---- headers and cookies */

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' && text.ptr[i] != '\t')
			return true;
	return false;
}

void curl_add_cookies(struct curl_request *r, struct str text)
{
	struct yaml_writer_node *cookies;

	if (str_find_char(text, '=', 0) == NOT_FOUND) {
		curl_note(r, "its cookies are in a file that is not read:", text);
		return;
	}
	cookies = curl_inline_map(r, r->more, "cookies");
	cookies->flow = false;
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, ';', at), sign;
		struct str pair;

		end = end == NOT_FOUND ? text.len : end;
		pair = str_trim(str_slice(text, at, end));
		at = end + 1;
		sign = str_find_char(pair, '=', 0);
		if (!pair.len || sign == 0)
			continue;
		if (sign == NOT_FOUND) {
			curl_note(r, "a cookie without a value is skipped:", pair);
			continue;
		}
		struct str name = arena_str(r->arena, str_slice(pair, 0, sign));
		if (!str_is_token(name) || has_control(pair)) {
			curl_note(r, "no server accepts this cookie; skipped:", name);
			continue;
		}
		if (!yaml_writer_find(cookies, name))
			yaml_writer_put_text(r->arena, cookies, name,
					     literal(r, str_slice(pair, sign + 1, pair.len)));
	}
}

void curl_add_header(struct curl_request *r, struct str line)
{
	size_t colon = str_find_char(line, ':', 0);
	struct str name, value;

	if (line.len && line.ptr[0] == '@') {
		curl_note(r, "its headers are in a file that is not read:", line);
		return;
	}
	if (colon == NOT_FOUND) {
		/* "Name;" is a header without a value. */
		if (str_ends(line, STR(";")) && str_is_token(str_slice(line, 0, line.len - 1)))
			transaction_add_header(r->arena, &r->headers,
					       str_slice(line, 0, line.len - 1), STR(""));
		return;
	}
	name = str_trim(str_slice(line, 0, colon));
	value = str_trim(str_slice(line, colon + 1, line.len));
	if (!name.len || !value.len) /* "Name:" removes one of curl's own headers */
		return;
	if (str_ieq(name, STR("Cookie"))) {
		curl_add_cookies(r, value);
		return;
	}
	if (!str_is_token(name) || has_control(value)) {
		curl_note(r, "no server accepts this header; skipped:", name);
		return;
	}
	transaction_add_header(r->arena, &r->headers, name, value);
}

/* ---- bodies */

static void add_data(struct curl_request *r, struct str text)
{
	if (r->has_data && !r->json)
		buf_add_char(&r->data, '&');
	buf_add(&r->data, text);
	r->has_data = true;
}

/* A body from a file or standard input. */
void curl_add_data_file(struct curl_request *r, struct str name)
{
	if (str_eq(name, STR("-")) && r->command->input.ptr) {
		add_data(r, r->command->input);
	} else if (str_eq(name, STR("-"))) {
		r->refused = STR("its body comes from standard input");
	} else if (r->has_data || r->data_file.ptr) {
		r->refused = STR("its body is joined from several files");
	} else {
		r->data_file = name;
		curl_note(r, "its body is the file", name);
	}
}

void curl_add_data(struct curl_request *r, struct str text, bool may_be_file)
{
	if (may_be_file && text.len && text.ptr[0] == '@')
		curl_add_data_file(r, str_slice(text, 1, text.len));
	else
		add_data(r, text);
}

/* "content", "=content", "name=content"; "@file" and "name@file" are not read. */
static void add_encoded(struct curl_request *r, struct buf *out, struct str text)
{
	size_t sign = 0;

	while (sign < text.len && text.ptr[sign] != '=' && text.ptr[sign] != '@')
		sign++;
	if (sign < text.len && text.ptr[sign] == '@') {
		r->refused = STR("a value comes from a file");
		return;
	}
	if (sign < text.len && sign > 0) {
		buf_add(out, str_slice(text, 0, sign));
		buf_add_char(out, '=');
	}
	url_encode(out, str_slice(text, sign < text.len ? sign + 1 : 0, text.len), true);
}

void curl_add_data_encoded(struct curl_request *r, struct str text)
{
	struct buf encoded;

	buf_init(&encoded, 0);
	add_encoded(r, &encoded, text);
	add_data(r, buf_str(&encoded));
	buf_release(&encoded);
}

void curl_add_query(struct curl_request *r, struct str text)
{
	if (r->query.len)
		buf_add_char(&r->query, '&');
	if (text.len && text.ptr[0] == '+')
		buf_add(&r->query, str_slice(text, 1, text.len));
	else
		add_encoded(r, &r->query, text);
}

/* The part of a form that sends the file NAME, with the type and the name in ATTRIBUTES
 * (";type=image/png;filename=hat.png"). */
static struct yaml_writer_node *file_part(struct curl_request *r, struct str name,
					  struct str attributes)
{
	static const char *const keys[] = {"type", "filename"};
	struct yaml_writer_node *part = yaml_writer_map(r->arena);

	part->flow = true;
	curl_put(r, part, "file", name);
	for (size_t i = 0; i < 2; i++) {
		struct str key = arena_printf(r->arena, ";%s=", keys[i]), text;
		size_t from = str_find(attributes, key, 0);

		if (from == NOT_FOUND)
			continue;
		from += key.len;
		text = str_slice(attributes, from, str_find_char(attributes, ';', from));
		if (i > 0 || transaction_is_header_text(text))
			curl_put(r, part, keys[i], text);
	}
	curl_note(r, "its form sends the file", name);
	return part;
}

/* name=value, name=@file;type=…;filename=…, name=<file */
void curl_add_form(struct curl_request *r, struct str text, bool plain)
{
	size_t sign = str_find_char(text, '=', 0), cut;
	struct yaml_writer_node *all, *part;
	struct str name, value, attributes = STR("");

	if (sign == NOT_FOUND) {
		curl_note(r, "a part without a name is skipped:", text);
		return;
	}
	name = arena_str(r->arena, str_slice(text, 0, sign));
	value = str_slice(text, sign + 1, text.len);
	cut = plain ? NOT_FOUND : str_find(value, STR(";"), 0);
	if (cut != NOT_FOUND) {
		attributes = str_slice(value, cut, value.len);
		value = str_slice(value, 0, cut);
	}
	all = curl_inline_map(r, r->more, "multipart");
	all->flow = false;
	if (!plain && value.len && value.ptr[0] == '<') {
		r->refused = STR("a part of its form comes from a file");
		return;
	}
	if (!plain && value.len && value.ptr[0] == '@')
		part = file_part(r, str_slice(value, 1, value.len), attributes);
	else
		part = yaml_writer_text(r->arena, literal(r, value));
	yaml_writer_append_flow(r->arena, all, name, part);
}
