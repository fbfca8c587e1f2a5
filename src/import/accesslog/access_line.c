/* Interprets the fields of a line, one by one and together. */
#include <math.h>

#include "import/accesslog/access_private.h"

#include "base/ascii.h"
#include "base/log.h"

#define LONGEST_S (30.0 * 86400) /* longer durations were measured wrongly */

/* ---- names */

static const struct {
	struct str name;
	enum access_field field;
} known[] = {
#define FIELD_NAME(name, field) {{name, sizeof(name) - 1}, FIELD_##field},
#include "import/accesslog/access_fields.def"
#undef FIELD_NAME
};

static uint32_t name_hash(struct str name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)ascii_to_lower(name.ptr[i])) * 16777619u;
	return hash ^ hash >> 15;
}

#define NAME_SLOTS (sizeof((struct access_names *)NULL)->slots / sizeof(uint16_t))

static size_t slot_of(const struct access_names *names, struct str name)
{
	size_t at = name_hash(name) % NAME_SLOTS;

	while (names->slots[at] && !str_ieq(known[names->slots[at] - 1].name, name))
		at = (at + 1) % NAME_SLOTS;
	return at;
}

void access_names_init(struct access_names *names)
{
	*names = (struct access_names){.slots = {0}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t at = slot_of(names, known[i].name);

		if (!names->slots[at])
			names->slots[at] = (uint16_t)(i + 1);
	}
}

enum access_field access_names_find(const struct access_names *names, struct str name)
{
	size_t at = slot_of(names, name);

	return names->slots[at] ? known[names->slots[at] - 1].field : FIELD_SKIP;
}

/* ---- the reader */

void access_reader_init(struct access_reader *reader)
{
	*reader = (struct access_reader){.column_count = 0};
	json_init(&reader->tape);
	arena_init(&reader->lines, 0);
	buf_init(&reader->text, 0);
	access_names_init(&reader->names);
}

void access_reader_release(struct access_reader *reader)
{
	json_release(&reader->tape);
	arena_release(&reader->lines);
	buf_release(&reader->text);
}

void access_reader_begin(struct access_reader *reader, struct str line)
{
	buf_clear(&reader->text);
	/* Unescaped texts are never longer than the line, and a URL is built once. */
	if (!buf_reserve(&reader->text, 3 * line.len + 256))
		die_out_of_memory();
}

struct str access_unescape(struct access_reader *reader, struct str text)
{
	static const char from[] = "nrtbfv", to[] = "\n\r\t\b\f\v";
	struct buf *out = &reader->text;
	size_t start = out->len;

	if (!text.len || !memchr(text.ptr, '\\', text.len))
		return text;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : 0;
		const char *word;

		if (c != '\\' || !next) {
			buf_add_char(out, c);
		} else if (next == 'x' && i + 3 < text.len &&
			   ascii_hex_value(text.ptr[i + 2]) >= 0 &&
			   ascii_hex_value(text.ptr[i + 3]) >= 0) {
			buf_add_char(out, (char)(ascii_hex_value(text.ptr[i + 2]) * 16 +
						 ascii_hex_value(text.ptr[i + 3])));
			i += 3;
		} else {
			word = strchr(from, next);
			buf_add_char(out, word ? to[word - from] : next);
			i++;
		}
	}
	return str_slice(buf_str(out), start, out->len);
}

/* ---- fields */

void access_line_clear(struct access_line *line)
{
	*line = (struct access_line){.duration_us = ACCESS_UNKNOWN, .bytes = ACCESS_UNKNOWN};
}

static void set_text(struct str *member, struct str text)
{
	if (!member->len)
		*member = text;
}

static bool set_time(struct access_line *line, struct str text, bool begun)
{
	int64_t us;
	bool precise;

	if (!access_time(text, &us, &precise))
		return false;
	if (!line->timed || (begun && !line->begun) ||
	    (begun == line->begun && precise && !line->precise)) {
		line->timed = true;
		line->begun = begun;
		line->precise = precise;
		line->time_us = us;
	}
	return true;
}

static bool set_status(struct access_line *line, struct str text)
{
	int64_t status;
	double number;

	/* IIS writes 404.0 with its substatus; some JSON writers print a float. */
	if (!str_to_int(text, &status)) {
		if (!str_to_double(text, &number))
			return false;
		status = number >= 0 && number < 1000 ? (int64_t)number : -1;
	}
	if (status < -1 || status > 999)
		return false;
	line->status = status < 100 ? 0 : (int)status;
	return true;
}

static void add_duration(struct access_line *line, struct str text, double unit_s)
{
	double number;

	/* Google writes "0.004s". */
	if (text.len && text.ptr[text.len - 1] == 's')
		text = str_slice(text, 0, text.len - 1);
	/* "0.004, 0.002" for several upstreams */
	text = str_trim(str_slice(text, 0, str_find_char(text, ',', 0)));
	/* A load balancer's -1 and absurd durations carry no information. */
	if (!str_to_double(text, &number) || number < 0 || number * unit_s > LONGEST_S)
		return;
	if (line->duration_us < 0)
		line->duration_us = 0;
	line->duration_us += llround(number * unit_s * 1e6);
}

/* "2.7ms", or a number: in seconds if it has a decimal point, else in milliseconds. */
static void set_duration(struct access_line *line, struct str text)
{
	static const struct {
		const char *name;
		double unit_s;
	} units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"µs", 1e-6}, {"ms", 1e-3}, {"s", 1}};
	bool point = false;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (str_ends(text, str_of(units[i].name))) {
			add_duration(line, str_slice(text, 0, text.len - strlen(units[i].name)),
				     units[i].unit_s);
			return;
		}
	for (size_t i = 0; i < text.len; i++)
		point = point || text.ptr[i] == '.' || text.ptr[i] == 'e';
	add_duration(line, text, point ? 1 : 1e-3);
}

static void set_timers(struct access_line *line, struct str text)
{
	size_t slash = text.len;

	while (slash > 0 && text.ptr[slash - 1] != '/')
		slash--;
	text = str_slice(text, slash, text.len);
	/* option logasap: "+109" means at least this long */
	if (text.len && text.ptr[0] == '+')
		text = str_slice(text, 1, text.len);
	add_duration(line, text, 1e-3);
}

/* Without the port: "10.0.0.1:443", "[::1]:443". */
static struct str without_port(struct str text)
{
	size_t colon = str_find_char(text, ':', 0);

	if (text.len && text.ptr[0] == '[')
		return str_slice(text, 1, str_find_char(text, ']', 0));
	/* An IPv6 address has more than one colon. */
	if (colon != NOT_FOUND && str_find_char(text, ':', colon + 1) == NOT_FOUND)
		return str_slice(text, 0, colon);
	return text;
}

/* The port of a host; 0: none, -1: not valid. */
static int32_t port_of(struct str text)
{
	size_t colon = text.len;
	int64_t port;

	while (colon > 0 && ascii_is_digit(text.ptr[colon - 1]))
		colon--;
	if (!colon || text.ptr[colon - 1] != ':' || without_port(text).len == text.len)
		return 0;
	if (!str_to_int(str_slice(text, colon, text.len), &port) || port < 1 || port > 65535)
		return -1;
	return (int32_t)port;
}

static void set_client(struct access_line *line, enum access_field field, struct str text)
{
	size_t colon = text.len;

	while (field == FIELD_CLIENT_PORT && colon > 0 && text.ptr[colon - 1] != ':')
		colon--;
	if (field == FIELD_CLIENT_PORT && colon > 1)
		text = str_slice(text, 0, colon - 1);
	set_text(&line->client, without_port(text));
}

static bool set_number(struct access_line *line, enum access_field field, struct str text,
		       const char **why)
{
	int64_t bytes;

	switch ((int)field) {
	case FIELD_TIME:
	case FIELD_BEGIN:
		*why = "the value in the place of the time is not a time";
		return set_time(line, text, field == FIELD_BEGIN);
	case FIELD_STATUS:
		*why = "the value in the place of the status is not a number";
		return set_status(line, text);
	case FIELD_BYTES:
		*why = "the value in the place of the response size is not a number";
		if (!str_to_int(text, &bytes))
			return false;
		line->bytes = bytes < 0 ? ACCESS_UNKNOWN : bytes;
		return true;
	case FIELD_SECONDS:
		line->coarse = str_find_char(text, '.', 0) == NOT_FOUND;
		add_duration(line, text, 1);
		return true;
	case FIELD_MILLISECONDS:
		add_duration(line, text, 1e-3);
		return true;
	case FIELD_MICROSECONDS:
		add_duration(line, text, 1e-6);
		return true;
	case FIELD_NANOSECONDS:
		add_duration(line, text, 1e-9);
		return true;
	case FIELD_DURATION:
		set_duration(line, text);
		return true;
	case FIELD_SERVER_PORT:
	case FIELD_NUMBER:
		*why = "a value that must be a number is not a number";
		if (!str_to_int(text, &bytes))
			return false;
		if (field == FIELD_SERVER_PORT && bytes > 0 && bytes <= 65535)
			line->server_port = (uint16_t)bytes;
		return true;
	default:
		set_timers(line, text);
		return true;
	}
}

static struct str *text_field(struct access_line *line, enum access_field field)
{
	switch ((int)field) {
	case FIELD_FORWARDED:
		return &line->forwarded;
	case FIELD_USER:
		return &line->user;
	case FIELD_HOST:
		return &line->host;
	case FIELD_SERVER:
		return &line->server;
	case FIELD_SCHEME:
		return &line->scheme;
	case FIELD_DATE:
		return &line->date;
	case FIELD_CLOCK:
		return &line->clock;
	case FIELD_REQUEST:
		return &line->request;
	case FIELD_METHOD:
		return &line->method;
	case FIELD_URL:
		return &line->url;
	case FIELD_PATH:
		return &line->path;
	case FIELD_QUERY:
		return &line->query;
	case FIELD_REFERER:
		return &line->referer;
	case FIELD_AGENT:
		return &line->agent;
	default:
		return NULL;
	}
}

bool access_line_set(struct access_line *line, enum access_field field, struct str text,
		     const char **why)
{
	struct str *member;

	if (field == FIELD_REQUEST && !text.len)
		text = STR("-");
	if (field == FIELD_SKIP || !text.len ||
	    (text.len == 1 && text.ptr[0] == '-' && field != FIELD_REQUEST))
		return true;
	if (field == FIELD_CLIENT || field == FIELD_CLIENT_PORT) {
		set_client(line, field, text);
		return true;
	}
	if (field == FIELD_IDENT)
		field = str_find_char(text, '.', 0) == NOT_FOUND ? FIELD_SKIP : FIELD_HOST;
	if (field == FIELD_SKIP)
		return true;
	member = text_field(line, field);
	if (!member)
		return set_number(line, field, text, why);
	set_text(member, text);
	return true;
}

/* ---- the fields together */

static bool is_method(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_upper(text.ptr[i]) && text.ptr[i] != '-' && text.ptr[i] != '_')
			return false;
	return text.len > 1 && text.len <= 20;
}

/* Splits "GET /a HTTP/1.1" into its parts; false if no HTTP client sends it. */
static bool split_request(struct access_line *line)
{
	struct str r = line->request;
	size_t first = str_find_char(r, ' ', 0), last = r.len;

	if (first == NOT_FOUND)
		return false;
	while (last > first && r.ptr[last - 1] != ' ')
		last--;
	line->method = str_slice(r, 0, first);
	/* HTTP/0.9 has no protocol after the path. */
	if (last - 1 > first && str_starts(str_slice(r, last, r.len), STR("HTTP/")))
		line->url = str_slice(r, first + 1, last - 1);
	else
		line->url = str_slice(r, first + 1, r.len);
	for (size_t i = 0; i < line->url.len; i++)
		if ((unsigned char)line->url.ptr[i] <= ' ')
			return false;
	return true;
}

/* Takes scheme and host out of the URL, if it has them. */
static void split_origin(struct access_line *line)
{
	size_t colon = str_find(line->url, STR("://"), 0), slash;

	if (line->url.ptr[0] == '/' || colon == NOT_FOUND || colon > 5)
		return;
	slash = str_find_char(line->url, '/', colon + 3);
	line->absolute = true;
	line->scheme = str_slice(line->url, 0, colon);
	line->host = str_slice(line->url, colon + 3, slash);
	line->url = slash == NOT_FOUND ? STR("/") : str_slice(line->url, slash, line->url.len);
	/* http://host?query */
	if (slash == NOT_FOUND)
		line->host = str_slice(line->host, 0, str_find_char(line->host, '?', 0));
}

/* Joins path and query where they are separate columns. */
static void join_url(struct access_reader *reader, struct access_line *line)
{
	size_t from = reader->text.len;

	line->url = line->path;
	if (!line->query.len || !line->path.len || str_find_char(line->path, '?', 0) != NOT_FOUND)
		return;
	buf_add(&reader->text, line->path);
	if (line->query.ptr[0] != '?')
		buf_add_char(&reader->text, '?');
	buf_add(&reader->text, line->query);
	line->url = str_slice(buf_str(&reader->text), from, reader->text.len);
}

static bool join_time(struct access_reader *reader, struct access_line *line)
{
	size_t from = reader->text.len;

	if (!line->date.len || !line->clock.len)
		return false;
	buf_printf(&reader->text, "%.*sT%.*sZ", STR_ARG(line->date), STR_ARG(line->clock));
	return set_time(line, str_slice(buf_str(&reader->text), from, reader->text.len), false);
}

bool access_line_finish(struct access_reader *reader, struct access_line *line, const char **why)
{
	uint16_t server_port = 0;
	int32_t port;

	*why = "it has no time";
	if (!line->timed && !join_time(reader, line) &&
	    !(reader->prefix_time.len && set_time(line, reader->prefix_time, false)))
		return false;
	if (line->request.len) {
		line->http = split_request(line);
	} else {
		if (!line->url.len)
			join_url(reader, line);
		*why = "it has no request";
		if (!line->method.len && !line->url.len)
			return false;
		line->http = line->method.len && line->url.len;
	}
	if (line->http && line->url.len)
		split_origin(line);
	if (!line->host.len) {
		line->host = line->server;
		server_port = line->server_port;
	}
	port = port_of(line->host);
	line->host = port < 0 ? STR("") : without_port(line->host);
	line->port = port > 0 ? (uint16_t)port : port == 0 ? server_port : 0;
	/* "https" in a protocol column whose other value is HTTP/1.1 */
	if (!str_ieq(line->scheme, STR("https")) && !str_ieq(line->scheme, STR("http")))
		line->scheme = STR("");
	line->http = line->http && is_method(line->method) && line->url.len &&
		     (line->url.ptr[0] == '/' || str_eq(line->method, STR("CONNECT")) ||
		      str_eq(line->url, STR("*")));
	return true;
}
