/*
 * The quotes of cmd.exe, as the developer tools of browsers have written them. Versions of Chrome
 * and Firefox write them in different ways, and cmd.exe itself would misread some: the text that
 * the browser meant is restored.
 *
 *   "a ""b"" "%"20"        Chrome until 2019, Firefox until 2021
 *   "a ^\^"b^\^" ^%^20"     Chrome until 2024
 *   "a ""b"" ^%^20 \$"      Firefox until 2024
 *   ^"a ^\^"b^\^" ^%^20^"   Chrome
 *   ^"a ""b"" ^%^20 \$^"    Firefox
 */
#include "base/ascii.h"
#include "import/curl/shell_cmd.h"

static bool has(struct str text, const char *part)
{
	return str_find(text, str_of(part), 0) != NOT_FOUND;
}

/* Whether TEXT has "" within a word, a quote in quotes. A text that also has single quotes around
 * words is one of a POSIX shell. */
static bool has_doubled_quote(struct str text)
{
	static const char around[] = " \t\r\n\\";

	if (has(text, " '") || has(text, "='") || has(text, "$'"))
		return false;
	for (size_t at = 0; (at = str_find(text, STR("\"\""), at)) != NOT_FOUND; at++)
		if (at && at + 2 < text.len && !strchr(around, text.ptr[at - 1]) &&
		    !strchr(around, text.ptr[at + 2]))
			return true;
	return false;
}

bool shell_cmd_is(struct str text, bool weak)
{
	if (weak)
		return has_doubled_quote(text) || has(text, "\"%\"") || has(text, "^%^") ||
		       has(text, "\"^\n\"") || has(text, "\"^\r\n\"");
	return has(text, "^\"") || has(text, " ^\r\n") || has(text, " ^\n");
}

/* Whether the caret that was read escapes the next character. Browsers write it before characters
 * with a meaning, and after % before a letter, so that it is not the name of a variable. */
static bool is_escape(const struct shell_reader *r)
{
	bool percent = r->at > 1 && r->text.ptr[r->at - 2] == '%';

	return !r->plain_carets && !shell_reader_at_end(r) &&
	       (percent || !ascii_is_alnum((unsigned char)shell_reader_peek(r, 0)));
}

/* A caret and a line end; a second one is a line end within the word. */
static bool reads_line_end(struct shell_reader *r)
{
	if (!shell_reader_joins_lines(r))
		return false;
	if (shell_reader_joins_lines(r))
		shell_reader_add(r, '\n');
	return true;
}

/* A backslash was read: adds it, or the character that it escapes for the program. */
static void add_backslash(struct shell_reader *r)
{
	size_t caret = !r->plain_carets && shell_reader_peek(r, 0) == '^' ? 1 : 0;
	char next = shell_reader_peek(r, caret);

	if (!next || !strchr("\"\\$`", next)) {
		shell_reader_add(r, '\\');
		return;
	}
	r->at += caret + 1;
	shell_reader_add(r, next);
}

void shell_cmd_quotes(struct shell_reader *r, bool caret)
{
	r->in_word = true;
	while (!shell_reader_at_end(r)) {
		char c = shell_reader_next(r);
		bool escaped = c == '^' && is_escape(r);

		if (escaped && reads_line_end(r))
			continue;
		if (escaped)
			c = shell_reader_next(r);
		if (c == '\\') {
			add_backslash(r);
		} else if (c != '"' || (escaped && !caret)) {
			shell_reader_add(r, c);
		} else if (!escaped && shell_reader_peek(r, 0) == '"') {
			r->at++;
			shell_reader_add(r, '"');
		} else {
			return;
		}
	}
	shell_reader_refuse(r, STR("a double quote is not closed"));
}

void shell_cmd_caret(struct shell_reader *r)
{
	bool in_word = r->in_word;

	if (shell_reader_joins_lines(r)) {
		/* "a"^ and "b" on the next line are a text with a line end. */
		if (in_word && shell_reader_peek(r, 0) == '"')
			shell_reader_add(r, '\n');
		return;
	}
	shell_reader_add(r, shell_reader_at_end(r) ? '^' : shell_reader_next(r));
}
