/* Differences between the requests of a page: columns for the segments of its path and for the
 * parameters of its query, with the recorded values. */
#include <string.h>

#include "base/ascii.h"
#include "import/accesslog/fit_mix.h"
#include "import/naming.h"

#define WORD_LONG  16u /* a name is cut after the word that exceeds this length */
#define PIECES_MAX 64u /* maximum number of path segments and query parameters that get columns */

struct pieces {
	struct str items[PIECES_MAX];
	size_t count;
};

enum part_kind { PART_SEGMENT, PART_PARAMETER, PART_QUERY, PART_REST };

/* The variable part after `literal` in a URL. */
struct url_part {
	enum part_kind kind;
	size_t index;
	struct str column;
};

struct values {
	struct arena *a;
	const struct access_log *log;
	const uint32_t *which;
	size_t count;
	struct fit_mix *mix;
	struct fit_page *page;
	struct buf text, url;
	struct pieces path, query; /* of the first record */
	bool varies[PIECES_MAX];
	bool query_varies[PIECES_MAX];
	bool raw_query;	   /* its parameters are not always the same */
	struct str folder; /* for FIT_FOLDER and FIT_OTHERS */
	VEC(struct url_part) parts;
};

/* ---- parsed URLs */

static struct str url_of(const struct values *v, size_t i)
{
	return access_log_text(v->log, v->log->records[v->which[i]].url);
}

static struct str path_of(struct str url)
{
	size_t mark = str_find_char(url, '?', 0), hash = str_find_char(url, '#', 0);

	return str_slice(url, 0, mark < hash ? mark : hash);
}

/* With its question mark; empty if there is none. */
static struct str query_of(struct str url)
{
	return str_slice(url, path_of(url).len, url.len);
}

static void split(struct str s, char at_each, struct pieces *out)
{
	out->count = 0;
	for (size_t at = 1; at <= s.len && s.len && out->count < PIECES_MAX; out->count++) {
		size_t end = out->count + 1 == PIECES_MAX ? s.len : str_find_char(s, at_each, at);

		end = end == NOT_FOUND ? s.len : end;
		out->items[out->count] = str_slice(s, at, end);
		at = end + 1;
	}
}

static struct str name_in(struct str parameter)
{
	return str_slice(parameter, 0, str_find_char(parameter, '=', 0));
}

/* Bytes that are not allowed in a URL are percent-encoded, also braces: nothing looks like a
 * template. */
static void put_url(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= ' ' || c >= 0x7f || strchr("\"#<>\\^`{|}", c))
			buf_printf(out, "%%%02X", c);
		else
			buf_add_char(out, (char)c);
	}
}

/* ---- finding the differences */

static void compare_paths(struct values *v)
{
	struct pieces other;

	split(path_of(url_of(v, 0)), '/', &v->path);
	for (size_t i = 1; i < v->count; i++) {
		split(path_of(url_of(v, i)), '/', &other);
		for (size_t k = 0; k < v->path.count && k < other.count; k++)
			v->varies[k] = v->varies[k] || !str_eq(v->path.items[k], other.items[k]);
	}
}

static void compare_queries(struct values *v)
{
	struct pieces other;

	split(query_of(url_of(v, 0)), '&', &v->query);
	for (size_t i = 1; i < v->count && !v->raw_query; i++) {
		split(query_of(url_of(v, i)), '&', &other);
		v->raw_query = other.count != v->query.count;
		for (size_t k = 0; k < other.count && !v->raw_query; k++) {
			v->raw_query = !str_eq(name_in(v->query.items[k]), name_in(other.items[k]));
			v->query_varies[k] =
			    v->query_varies[k] || !str_eq(v->query.items[k], other.items[k]);
		}
	}
}

/* ---- names */

static bool has_column(const struct values *v, struct str name)
{
	for (size_t i = 0; i < v->parts.count; i++)
		if (str_eq(v->parts.items[i].column, name))
			return true;
	return false;
}

static bool has_set(const struct values *v, struct str name)
{
	for (size_t i = 0; i < v->mix->pages.count; i++)
		if (str_eq(v->mix->pages.items[i].set, name))
			return true;
	return false;
}

/* NAME, with a number appended if it is already used. */
static struct str unused(const struct values *v, struct str name,
			 bool (*is_there)(const struct values *, struct str))
{
	struct str result = name;

	for (unsigned n = 2; is_there(v, result); n++)
		result = arena_printf(v->a, "%.*s_%u", STR_ARG(name), n);
	return result;
}

static struct str word(struct values *v, struct str name, const char *otherwise)
{
	struct str result = naming_snake_case(v->a, &v->text, name);
	size_t end = str_find_char(result, '_', WORD_LONG);

	result = str_slice(result, 0, end);
	if (!result.len)
		return str_of(otherwise);
	return naming_is_reserved(result) ? arena_printf(v->a, "%.*s_page", STR_ARG(result))
					  : result;
}

/* "orders" of "orders.html". */
static struct str without_extension(struct str segment)
{
	size_t dot = str_find_char(segment, '.', 1);

	return str_slice(segment, 0, dot);
}

/* "orders" for /orders/17: the segment before the first one that differs, or the last one of the
 * path. */
static struct str name_set(struct values *v)
{
	size_t last = v->path.count;
	struct str name = STR("");

	if (v->page->kind == FIT_OTHERS)
		return unused(v, STR("others"), has_set);
	for (size_t k = v->path.count; k-- > 0;)
		if (v->varies[k])
			last = k;
	for (size_t k = last; k-- > 0 && !name.len;)
		name = naming_snake_case(v->a, &v->text, without_extension(v->path.items[k]));
	return unused(v, word(v, name, "page"), has_set);
}

static struct str name_segment(struct values *v, size_t k)
{
	size_t several = 0;
	struct str name;

	for (size_t i = 0; i < v->path.count; i++)
		several += v->varies[i];
	if (several < 2 || !k || v->varies[k - 1])
		return unused(v, STR("id"), has_column);
	name = naming_snake_case(v->a, &v->text, v->path.items[k - 1]);
	return unused(v, name.len ? arena_printf(v->a, "%.*s_id", STR_ARG(name)) : STR("id"),
		      has_column);
}

/* ---- the URL as it is written */

static void add_part(struct values *v, enum part_kind kind, size_t index, struct str column)
{
	VEC_PUSH(v->a, &v->parts, ((struct url_part){kind, index, column}));
	buf_printf(&v->url, "${%.*s.%.*s}", STR_ARG(v->page->set), STR_ARG(column));
}

/* The parameter of the scenario that stands for a secret parameter of a URL. */
static struct str secret_of(struct values *v, struct str name)
{
	struct fit_secret secret = {.name = arena_str(v->a, name)};
	struct str result;
	char *upper;

	for (size_t i = 0; i < v->mix->secrets.count; i++)
		if (str_eq(v->mix->secrets.items[i].name, name))
			return v->mix->secrets.items[i].parameter;
	result = naming_snake_case(v->a, &v->text, name);
	upper = arena_cstr(v->a, result.len ? result : STR("secret"));
	for (char *c = upper; *c; c++)
		*c = ascii_to_upper(*c);
	secret.parameter = strcmp(upper, "PWD") == 0 ? STR("PASSWORD") : str_of(upper);
	VEC_PUSH(v->a, &v->mix->secrets, secret);
	return secret.parameter;
}

static void put_parameter(struct values *v, size_t k)
{
	struct str parameter = v->query.items[k], name = name_in(parameter);
	bool valued = name.len < parameter.len;

	buf_add_char(&v->url, k ? '&' : '?');
	if (valued && naming_is_secret(name)) {
		put_url(&v->url, str_slice(parameter, 0, name.len + 1));
		buf_printf(&v->url, "${%.*s}", STR_ARG(secret_of(v, name)));
	} else if (v->query_varies[k]) {
		put_url(&v->url, name);
		buf_add_char(&v->url, '=');
		add_part(v, PART_PARAMETER, k, unused(v, word(v, name, "value"), has_column));
	} else {
		put_url(&v->url, parameter);
	}
}

/* The path as it appears in results: ids where they differ, else the path itself. */
static void put_name(struct values *v, struct buf *out)
{
	struct pieces template;

	split(v->page->name, '/', &template);
	for (size_t k = 0; k < v->path.count; k++) {
		buf_add_char(out, '/');
		if (!v->varies[k])
			put_url(out, v->path.items[k]);
		else
			buf_add(out, k < template.count ? template.items[k] : STR("{id}"));
	}
	if (!v->path.count)
		buf_add_char(out, '/');
}

static void write_path_url(struct values *v)
{
	compare_paths(v);
	compare_queries(v);
	v->page->set = name_set(v);
	for (size_t k = 0; k < v->path.count; k++) {
		buf_add_char(&v->url, '/');
		if (v->varies[k])
			add_part(v, PART_SEGMENT, k, name_segment(v, k));
		else
			put_url(&v->url, v->path.items[k]);
	}
	if (!v->path.count)
		buf_add_char(&v->url, '/');
	if (v->raw_query)
		add_part(v, PART_QUERY, 0, unused(v, STR("query"), has_column));
	for (size_t k = 0; k < v->query.count && !v->raw_query; k++)
		put_parameter(v, k);
	buf_clear(&v->text);
	put_name(v, &v->text);
	v->page->name = arena_str(v->a, buf_str(&v->text));
}

static void write_folder_url(struct values *v)
{
	split(v->page->name, '/', &v->path);
	v->path.count--;
	v->page->set = name_set(v);
	put_url(&v->url, v->page->name);
	add_part(v, PART_REST, 0, STR("path"));
}

/* ---- rows */

/* A recorded query without its secret parameters. */
static void put_query(struct values *v, struct buf *out, struct str query)
{
	struct pieces pieces;
	bool first = true;

	split(query, '&', &pieces);
	for (size_t k = 0; k < pieces.count; k++) {
		struct str name = name_in(pieces.items[k]);

		if (name.len < pieces.items[k].len && naming_is_secret(name)) {
			v->mix->secrets_dropped++;
			continue;
		}
		buf_add_char(out, first ? '?' : '&');
		put_url(out, pieces.items[k]);
		first = false;
	}
}

static void put_value(struct values *v, struct buf *out, const struct url_part *part,
		      struct str url)
{
	struct pieces pieces;
	struct str path = path_of(url);

	switch (part->kind) {
	case PART_SEGMENT:
		split(path, '/', &pieces);
		if (part->index < pieces.count)
			put_url(out, pieces.items[part->index]);
		break;
	case PART_PARAMETER:
		split(query_of(url), '&', &pieces);
		put_url(out, str_slice(pieces.items[part->index],
				       name_in(pieces.items[part->index]).len + 1, NOT_FOUND));
		break;
	case PART_QUERY:
		put_query(v, out, query_of(url));
		break;
	case PART_REST:
		put_url(out, str_slice(path, v->page->name.len, path.len));
		put_query(v, out, query_of(url));
		break;
	}
}

/* Quoted if it has a comma or is empty: an empty line is not a row. */
static void put_cell(struct buf *out, struct str cell)
{
	bool quoted = !cell.len || str_find_char(cell, ',', 0) != NOT_FOUND;

	buf_printf(out, quoted ? "\"%.*s\"" : "%.*s", STR_ARG(cell));
}

/* If there are more requests than rows, every n-th request. */
static void write_rows(struct values *v)
{
	size_t rows = v->count < FIT_ROWS_MAX ? v->count : FIT_ROWS_MAX;
	struct fit_page *page = v->page;
	struct buf csv;

	buf_init(&csv, 0);
	for (size_t k = 0; k < v->parts.count; k++) {
		VEC_PUSH(v->a, &page->columns, v->parts.items[k].column);
		buf_printf(&csv, "%s%.*s", k ? "," : "", STR_ARG(v->parts.items[k].column));
	}
	buf_add_char(&csv, '\n');
	for (size_t i = 0; i < rows; i++) {
		struct str url = url_of(v, i * v->count / rows);

		for (size_t k = 0; k < v->parts.count; k++) {
			buf_clear(&v->text);
			put_value(v, &v->text, &v->parts.items[k], url);
			if (k)
				buf_add_char(&csv, ',');
			put_cell(&csv, buf_str(&v->text));
		}
		buf_add_char(&csv, '\n');
	}
	page->rows = arena_str(v->a, buf_str(&csv));
	page->row_count = rows;
	buf_release(&csv);
}

void fit_mix_values(struct arena *a, const struct access_log *log, const uint32_t *which,
		    size_t count, struct fit_mix *mix, struct fit_page *page)
{
	struct values v = {
	    .a = a, .log = log, .which = which, .count = count, .mix = mix, .page = page};

	buf_init(&v.text, 0);
	buf_init(&v.url, 0);
	if (page->host.len)
		buf_printf(&v.url, "%.*s://%.*s",
			   STR_ARG(log->scheme.len ? log->scheme : STR("http")),
			   STR_ARG(page->host));
	if (page->kind == FIT_PATH)
		write_path_url(&v);
	else
		write_folder_url(&v);
	page->url = arena_str(a, buf_str(&v.url));
	if (v.parts.count)
		write_rows(&v);
	else
		page->set = STR("");
	buf_release(&v.url);
	buf_release(&v.text);
}
