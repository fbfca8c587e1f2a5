/*
 * For a log that nothing fits: its first line as it was split into parts, and a --format in which
 * each part has the variable that it looks like. The user corrects what is wrong.
 */
#include "base/ascii.h"
#include "import/accesslog/access_private.h"

#define PARTS_MAX 24u

struct line_part {
	struct str text;  /* without its quotes or brackets */
	char open, close; /* or NUL */
	struct str after; /* up to the next part */
};

/* The variables that were used already: each is used once. */
struct used {
	const char *names[PARTS_MAX];
	size_t count;
};

static size_t split(struct str line, struct line_part *parts)
{
	size_t count = 0, at = 0;

	while (at < line.len && count < PARTS_MAX) {
		struct line_part *p = &parts[count++];
		size_t end;

		p->open = strchr("\"[", line.ptr[at]) ? line.ptr[at] : '\0';
		p->close = p->open == '[' ? ']' : p->open;
		at += p->open != '\0';
		end = at;
		while (end < line.len &&
		       (p->close ? line.ptr[end] != p->close : !strchr(" \t|;,", line.ptr[end])))
			end++;
		p->text = str_slice(line, at, end);
		end += p->close && end < line.len;
		at = end;
		while (at < line.len && strchr(" \t|;,", line.ptr[at]))
			at++;
		p->after = str_slice(line, end, at);
	}
	return count;
}

static bool is_number(struct str text, size_t least, size_t most, bool point)
{
	size_t points = 0;

	for (size_t i = 0; i < text.len; i++) {
		points += text.ptr[i] == '.';
		if (!ascii_is_digit(text.ptr[i]) && text.ptr[i] != '.')
			return false;
	}
	return text.len >= least && text.len <= most && points == point;
}

static bool is_address(struct str text)
{
	size_t points = 0, colons = 0;

	for (size_t i = 0; i < text.len; i++) {
		points += text.ptr[i] == '.';
		colons += text.ptr[i] == ':';
		if (!ascii_is_hex(text.ptr[i]) && !strchr(".:", text.ptr[i]))
			return false;
	}
	return points == 3 || colons > 1;
}

static bool is_method(struct str text)
{
	static const char *const names[] = {"GET",  "POST",  "PUT",	"DELETE",
					    "HEAD", "PATCH", "OPTIONS", NULL};

	for (int i = 0; names[i]; i++)
		if (str_eq(text, str_of(names[i])))
			return true;
	return false;
}

static const char *variable_of(const struct line_part *p)
{
	struct str text = p->text;
	int64_t us;
	bool precise;

	if (is_method(str_slice(text, 0, str_find_char(text, ' ', 0))))
		return str_find_char(text, ' ', 0) == NOT_FOUND ? "request_method" : "request";
	if (text.len > 9 && access_time(text, &us, &precise))
		return "time_local";
	if (is_address(text))
		return "remote_addr";
	if (is_number(text, 3, 3, false) && text.ptr[0] >= '1' && text.ptr[0] <= '5')
		return "status";
	if (str_starts(text, STR("/")))
		return "request_uri";
	if (str_starts(text, STR("http://")) || str_starts(text, STR("https://")))
		return "http_referer";
	if (is_number(text, 3, 12, true))
		return "request_time";
	if (is_number(text, 1, 12, false))
		return "body_bytes_sent";
	return p->open == '"' && text.len > 8 ? "http_user_agent" : "other";
}

static const char *name_of(const struct line_part *p, struct used *used)
{
	const char *name = variable_of(p);

	for (size_t i = 0; i < used->count; i++)
		if (strcmp(used->names[i], name) == 0)
			return "other";
	used->names[used->count++] = name;
	return name;
}

void access_suggest_format(struct buf *out, struct str line)
{
	struct line_part parts[PARTS_MAX];
	size_t count = split(line, parts);
	struct used used = {.count = 0};

	buf_add(out, STR("the parts of the line are "));
	for (size_t i = 0; i < count; i++)
		buf_printf(out, i ? " ⏐ %.*s" : "%.*s", STR_ARG(str_slice(parts[i].text, 0, 40)));
	buf_add(out, STR("; start with this and correct it: --format '"));
	for (size_t i = 0; i < count; i++) {
		const struct line_part *p = &parts[i];

		if (p->open)
			buf_add_char(out, p->open);
		buf_printf(out, "$%s", name_of(p, &used));
		if (p->close)
			buf_add_char(out, p->close);
		buf_add(out, p->after);
	}
	buf_add(out, STR("'"));
}
