/*
 * The prefixes of programs that pass lines on: syslog, journald, container runtimes, Docker
 * Compose and kubectl, and the JSON objects of Docker and of log shippers around a line.
 */
#include "base/ascii.h"
#include "import/accesslog/access_private.h"

/* The text after the first COUNT words of TEXT, which are separated by single spaces; ptr NULL if
 * there are fewer. */
static struct str after_words(struct str text, unsigned count)
{
	size_t at = 0;

	while (count--) {
		at = str_find_char(text, ' ', at);
		if (at == NOT_FOUND)
			return STR_NULL;
		at++;
	}
	return str_slice(text, at, text.len);
}

static struct str first_word(struct str text)
{
	return str_slice(text, 0, str_find_char(text, ' ', 0));
}

/* After "nginx[17]: " or "nginx: ", the program that wrote the line. */
static struct str after_tag(struct str text)
{
	struct str tag = first_word(text);

	if (tag.len < 2 || tag.ptr[tag.len - 1] != ':' || tag.ptr[0] == '"' || tag.ptr[0] == '[')
		return STR_NULL;
	return after_words(text, 1);
}

/* "Oct 10 13:55:36 web1 nginx[17]: ", as syslog and journald write it. */
static struct str after_syslog(struct str text)
{
	struct str day = str_slice(text, 4, 6), clock = str_slice(text, 7, 15);

	if (text.len < 16 || !ascii_is_upper(text.ptr[0]) || text.ptr[3] != ' ' ||
	    !ascii_is_digit(day.ptr[1]) || text.ptr[6] != ' ' || clock.ptr[2] != ':' ||
	    clock.ptr[5] != ':' || text.ptr[15] != ' ')
		return STR_NULL;
	text = after_words(str_slice(text, 16, text.len), 1);
	return text.ptr ? after_tag(text) : STR_NULL;
}

/* "1 TIME HOST APP PROCESS ID [data] ", after the priority: RFC 5424. */
static struct str after_syslog_5424(struct str text, struct str *time)
{
	struct str rest = after_words(text, 6);
	size_t end = 1;

	*time = first_word(after_words(text, 1));
	if (!rest.len)
		return STR_NULL;
	while (rest.ptr[0] == '[' && end < rest.len &&
	       !str_starts(str_slice(rest, end - 1, rest.len), STR("] ")))
		end++;
	rest = str_trim(str_slice(rest, end, rest.len));
	return str_starts(rest, STR("\xef\xbb\xbf")) ? str_slice(rest, 3, rest.len) : rest;
}

static struct str after_priority(struct str text, struct str *time)
{
	size_t close = str_find_char(text, '>', 0);
	struct str rest;

	if (text.ptr[0] != '<' || close == NOT_FOUND || close > 4)
		return STR_NULL;
	for (size_t i = 1; i < close; i++)
		if (!ascii_is_digit(text.ptr[i]))
			return STR_NULL;
	rest = str_slice(text, close + 1, text.len);
	return str_starts(rest, STR("1 ")) ? after_syslog_5424(rest, time) : rest;
}

/* After a time in its first word: of a container runtime, of journald, of kubectl or of Loki. */
static struct str after_time(struct str text, struct str *time)
{
	struct str word = first_word(text), rest = after_words(text, 1), more;
	int64_t us;
	bool precise;

	if (word.len < 19 || !ascii_is_digit(word.ptr[0]) || !rest.ptr ||
	    str_find_char(word, '-', 0) != 4 || !access_time(word, &us, &precise))
		return STR_NULL;
	*time = word;
	if (str_starts(rest, STR("stdout F ")) || str_starts(rest, STR("stderr F ")))
		return str_slice(rest, 9, rest.len);
	if (rest.len && rest.ptr[0] == '{' && str_find(rest, STR("=\""), 0) != NOT_FOUND &&
	    str_find(rest, STR("} "), 0) != NOT_FOUND && str_find(rest, STR("\":"), 0) == NOT_FOUND)
		return str_slice(rest, str_find(rest, STR("} "), 0) + 2, rest.len);
	more = after_words(rest, 1);
	more = more.ptr ? after_tag(more) : STR_NULL;
	return more.ptr ? more : rest;
}

/* "[pod/web-7d4/nginx] " */
static struct str after_pod(struct str text)
{
	size_t close = str_find(text, STR("] "), 0);

	return str_starts(text, STR("[pod/")) && close != NOT_FOUND
		   ? str_slice(text, close + 2, text.len)
		   : STR_NULL;
}

/* "web-1  | " of Docker Compose. */
static struct str after_bar(struct str text)
{
	size_t at = 0;

	while (at < text.len && (ascii_is_name(text.ptr[at]) || strchr(".-", text.ptr[at])))
		at++;
	if (!at)
		return STR_NULL;
	while (at < text.len && text.ptr[at] == ' ')
		at++;
	return str_starts(str_slice(text, at, text.len), STR("| "))
		   ? str_slice(text, at + 2, text.len)
		   : STR_NULL;
}

/* Caddy on a console: time, level, logger and message before a JSON object, separated by tabs. */
static struct str after_tabs(struct str text, struct str *time)
{
	size_t tab = str_find_char(text, '\t', 0), open = str_find(text, STR("\t{"), 0);
	int64_t us;
	bool precise;

	if (tab == NOT_FOUND || open == NOT_FOUND ||
	    !access_time(str_slice(text, 0, tab), &us, &precise))
		return STR_NULL;
	*time = str_slice(text, 0, tab);
	return str_slice(text, open + 1, text.len);
}

struct str access_prefix_strip(struct str line, struct str *time)
{
	struct str rest, found = STR("");

	if (!line.len)
		return STR_NULL;
	rest = after_priority(line, &found);
	rest = rest.ptr ? rest : after_syslog(line);
	rest = rest.ptr ? rest : after_pod(line);
	rest = rest.ptr ? rest : after_bar(line);
	rest = rest.ptr ? rest : after_tabs(line, &found);
	rest = rest.ptr ? rest : after_time(line, &found);
	if (rest.ptr && !time->len)
		*time = found;
	return rest;
}

/* The first text among the members NAMES, which end with NULL; NULL: there is none. */
static const struct json_item *text_member(const struct json_tape *tape, const char *const *names)
{
	for (; *names; names++) {
		const struct json_item *item = json_member(tape, tape->items, str_of(*names));

		if (item && json_type(item) == JSON_STRING)
			return item;
	}
	return NULL;
}

struct str access_prefix_unwrap(struct access_reader *reader, struct str line, struct str *time)
{
	static const char *const texts[] = {"log", "message",	  "MESSAGE", "line",
					    "msg", "textPayload", "body",    NULL};
	static const char *const times[] = {"time", "@timestamp", "timestamp", "ts", NULL};
	const struct json_item *item, *when;

	if (line.ptr[0] != '{' || !json_read(&reader->tape, line))
		return STR_NULL;
	item = text_member(&reader->tape, texts);
	when = text_member(&reader->tape, times);
	if (!item)
		return STR_NULL;
	if (when)
		*time = arena_str(&reader->lines, json_text(&reader->tape, when, &reader->text));
	return str_trim(arena_str(&reader->lines, json_text(&reader->tape, item, &reader->text)));
}
