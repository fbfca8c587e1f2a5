#include "base/ascii.h"
#include "import/curl/shell_cmd.h"
#include "import/naming.h"
#include "import/transaction.h"

void shell_reader_refuse(struct shell_reader *r, struct str why)
{
	if (!r->command.refused.len)
		r->command.refused = why;
}

/* ---- variables */

/* Two that differ only in case are one: parameters are upper case. */
static void add_variable(struct shell_reader *r, struct str written)
{
	struct shell_variable v = {naming_parameter(r->arena, written),
				   arena_str(r->arena, written)};
	bool known = false;

	for (size_t i = 0; i < r->out->variables.count; i++)
		known = known || str_eq(r->out->variables.items[i].name, v.name);
	if (!known)
		VEC_PUSH(r->arena, &r->out->variables, v);
	buf_add(&r->word, STR(TX_VARIABLE));
	buf_add(&r->word, v.name);
	buf_add(&r->word, STR(TX_VARIABLE_END));
	r->in_word = true;
}

/* Reads the text after a $; false if it is a plain $. */
static bool read_variable(struct shell_reader *r)
{
	bool braces = shell_reader_peek(r, 0) == '{';
	size_t from = r->at + braces, to = from;

	if (shell_reader_peek(r, 0) == '(') {
		shell_reader_refuse(r, STR("$(…) would run a command"));
		return false;
	}
	while (to < r->text.len && ascii_is_name(r->text.ptr[to]))
		to++;
	if (to == from || !ascii_is_name_start(r->text.ptr[from]))
		return false;
	if (braces && (to >= r->text.len || r->text.ptr[to] != '}')) {
		shell_reader_refuse(r, STR("${…} does more than name a variable"));
		return false;
	}
	add_variable(r, str_slice(r->text, from, to));
	r->at = to + braces;
	return true;
}

/* ---- quotes */

static void read_single_quotes(struct shell_reader *r)
{
	r->in_word = true;
	while (!shell_reader_at_end(r)) {
		char c = shell_reader_next(r);

		if (c == '\'' && r->shell == SHELL_POWERSHELL && shell_reader_peek(r, 0) == '\'')
			r->at++; /* '' is one quote */
		else if (c == '\'')
			return;
		shell_reader_add(r, c);
	}
	shell_reader_refuse(r, STR("a single quote is not closed"));
}

static void add_code_point(struct shell_reader *r, uint32_t code)
{
	if (code < 0x80) {
		shell_reader_add(r, (char)code);
	} else if (code < 0x800) {
		shell_reader_add(r, (char)(0xc0 | code >> 6));
		shell_reader_add(r, (char)(0x80 | (code & 0x3f)));
	} else if (code < 0x10000) {
		shell_reader_add(r, (char)(0xe0 | code >> 12));
		shell_reader_add(r, (char)(0x80 | (code >> 6 & 0x3f)));
		shell_reader_add(r, (char)(0x80 | (code & 0x3f)));
	} else {
		shell_reader_add(r, (char)(0xf0 | code >> 18));
		shell_reader_add(r, (char)(0x80 | (code >> 12 & 0x3f)));
		shell_reader_add(r, (char)(0x80 | (code >> 6 & 0x3f)));
		shell_reader_add(r, (char)(0x80 | (code & 0x3f)));
	}
}

static int digit_of(char c, unsigned base)
{
	int value = ascii_hex_value(c);

	return value < (int)base ? value : -1;
}

static uint32_t read_digits(struct shell_reader *r, unsigned base, unsigned max)
{
	uint32_t value = 0;

	for (; max > 0 && !shell_reader_at_end(r) && digit_of(shell_reader_peek(r, 0), base) >= 0;
	     max--)
		value = value * base + (uint32_t)digit_of(shell_reader_next(r), base);
	return value;
}

/* Reads the text after the backslash in $'…'. */
static void read_ansi_escape(struct shell_reader *r)
{
	static const char names[] = "abefnrtvE", bytes[] = "\a\b\033\f\n\r\t\v\033";
	char c = shell_reader_next(r);
	const char *found = strchr(names, c);
	uint32_t code;

	if (c && found) {
		shell_reader_add(r, bytes[found - names]);
	} else if (c == 'x') {
		shell_reader_add(r, (char)read_digits(r, 16, 2));
	} else if (c == 'u' || c == 'U') {
		code = read_digits(r, 16, c == 'u' ? 4 : 8);
		/* Browsers write characters outside the basic plane as two surrogates. */
		if (code >= 0xd800 && code < 0xdc00 && shell_reader_peek(r, 0) == '\\' &&
		    shell_reader_peek(r, 1) == 'u') {
			r->at += 2;
			code = 0x10000 + ((code & 0x3ff) << 10) + (read_digits(r, 16, 4) & 0x3ff);
		}
		add_code_point(r, code > 0x10ffff ? 0xfffd : code);
	} else if (c >= '0' && c <= '7') {
		r->at--;
		shell_reader_add(r, (char)read_digits(r, 8, 3));
	} else {
		shell_reader_add(r, c); /* \\ \' \" \? and others */
	}
}

static void read_ansi_quotes(struct shell_reader *r)
{
	r->in_word = true;
	while (!shell_reader_at_end(r)) {
		char c = shell_reader_next(r);

		if (c == '\'')
			return;
		if (c == '\\' && !shell_reader_at_end(r))
			read_ansi_escape(r);
		else
			shell_reader_add(r, c);
	}
	shell_reader_refuse(r, STR("a quote is not closed"));
}

bool shell_reader_joins_lines(struct shell_reader *r)
{
	size_t skip = shell_reader_peek(r, 0) == '\r' ? 1 : 0;

	if (shell_reader_peek(r, skip) != '\n')
		return false;
	r->at += skip + 1;
	r->line++;
	return true;
}

static void read_double_quotes(struct shell_reader *r)
{
	r->in_word = true;
	while (!shell_reader_at_end(r)) {
		char c = shell_reader_next(r);

		if (c == '"') {
			if (r->shell == SHELL_POSIX || shell_reader_peek(r, 0) != '"')
				return;
			r->at++; /* "" is one quote to PowerShell */
			shell_reader_add(r, '"');
		} else if (r->shell == SHELL_POWERSHELL && c == '`' && !shell_reader_at_end(r)) {
			if (!shell_reader_joins_lines(r))
				shell_reader_add(r, shell_reader_next(r));
		} else if (c == '\\' && r->shell == SHELL_POWERSHELL) {
			shell_reader_add(r, c);
		} else if (c == '\\' && shell_reader_joins_lines(r)) {
			continue;
		} else if (c == '\\' && shell_reader_peek(r, 0) &&
			   strchr("\"\\$`", shell_reader_peek(r, 0))) {
			shell_reader_add(r, shell_reader_next(r));
		} else if (c == '`') {
			shell_reader_refuse(r, STR("`…` would run a command"));
			shell_reader_add(r, c);
		} else if (c == '$') {
			if (!read_variable(r))
				shell_reader_add(r, c);
		} else {
			shell_reader_add(r, c);
		}
	}
	shell_reader_refuse(r, STR("a double quote is not closed"));
}

/* ---- words and commands */

static void end_word(struct shell_reader *r)
{
	struct str word;

	if (!r->in_word)
		return;
	word = arena_str(r->arena, buf_str(&r->word));
	buf_clear(&r->word);
	r->in_word = false;
	if (r->takes_input) {
		r->command.input = arena_printf(r->arena, "%.*s\n", STR_ARG(word));
		r->takes_input = false;
	} else if (r->drops_word) {
		r->drops_word = false;
	} else {
		VEC_PUSH(r->arena, &r->command.words, word);
	}
}

static void end_command(struct shell_reader *r)
{
	end_word(r);
	if (r->command.words.count || r->command.refused.len)
		VEC_PUSH(r->arena, &r->out->items, r->command);
	r->command = (struct shell_command){.line = 0};
	r->takes_input = r->drops_word = false;
}

static struct str next_line(struct shell_reader *r)
{
	size_t from = r->at, to;

	while (!shell_reader_at_end(r) && shell_reader_next(r) != '\n')
		;
	to = r->at;
	while (to > from && (r->text.ptr[to - 1] == '\n' || r->text.ptr[to - 1] == '\r'))
		to--;
	return str_slice(r->text, from, to);
}

static void read_heredoc(struct shell_reader *r)
{
	struct buf body;

	buf_init(&body, 0);
	while (!shell_reader_at_end(r)) {
		struct str line = next_line(r);

		while (r->heredoc_tabs && line.len && line.ptr[0] == '\t')
			line = str_slice(line, 1, line.len);
		if (str_eq(line, r->heredoc))
			break;
		buf_add(&body, line);
		buf_add_char(&body, '\n');
	}
	r->command.input = arena_str(r->arena, buf_str(&body));
	r->heredoc = STR_NULL;
	buf_release(&body);
}

static void end_line(struct shell_reader *r)
{
	end_word(r);
	if (r->heredoc.ptr)
		read_heredoc(r);
	end_command(r);
}

/* After <<: the word that ends the document, without its quotes. */
static void begin_heredoc(struct shell_reader *r)
{
	size_t from, to;

	r->heredoc_tabs = shell_reader_peek(r, 0) == '-';
	r->at += r->heredoc_tabs;
	while (shell_reader_peek(r, 0) == ' ' || shell_reader_peek(r, 0) == '\t')
		r->at++;
	if (shell_reader_peek(r, 0) == '\'' || shell_reader_peek(r, 0) == '"')
		r->at++;
	from = to = r->at;
	while (to < r->text.len && ascii_is_name(r->text.ptr[to]))
		to++;
	r->heredoc = str_slice(r->text, from, to);
	r->at = to;
	if (shell_reader_peek(r, 0) == '\'' || shell_reader_peek(r, 0) == '"')
		r->at++;
	if (from == to)
		shell_reader_refuse(r, STR("<< has no end word"));
}

/* < and >, and their variants. */
static void read_redirection(struct shell_reader *r, char c)
{
	/* A digit directly before it is a file descriptor, not a word. */
	if (r->word.len == 1 && ascii_is_digit(r->word.data[0])) {
		buf_clear(&r->word);
		r->in_word = false;
	}
	end_word(r);
	if (c == '<' && shell_reader_peek(r, 0) == '<') {
		r->at++;
		if (shell_reader_peek(r, 0) == '<') {
			r->at++;
			r->takes_input = true;
		} else {
			begin_heredoc(r);
		}
		return;
	}
	if (shell_reader_peek(r, 0) == '(') {
		shell_reader_refuse(r, STR("<(…) would run a command"));
		return;
	}
	while (shell_reader_peek(r, 0) == '>' || shell_reader_peek(r, 0) == '&')
		r->at++;
	if (c == '<')
		shell_reader_refuse(r, STR("its input is a file of the shell (<)"));
	r->drops_word = true;
}

/* A character outside quotes that is not a space or quote. */
static void read_plain(struct shell_reader *r, char c)
{
	bool piped;

	switch (c) {
	case '\\':
		if (r->shell == SHELL_POSIX && shell_reader_joins_lines(r))
			return;
		shell_reader_add(r, r->shell == SHELL_POSIX && !shell_reader_at_end(r)
					? shell_reader_next(r)
					: c);
		return;
	case '^':
		if (r->shell == SHELL_CMD)
			shell_cmd_caret(r);
		else
			shell_reader_add(r, c);
		return;
	case '`':
		if (r->shell == SHELL_POWERSHELL) {
			if (!shell_reader_joins_lines(r) && !shell_reader_at_end(r))
				shell_reader_add(r, shell_reader_next(r));
			return;
		}
		shell_reader_refuse(r, STR("`…` would run a command"));
		shell_reader_add(r, c);
		return;
	case '$':
		if (r->shell == SHELL_CMD || !read_variable(r))
			shell_reader_add(r, c);
		return;
	case '<':
	case '>':
		read_redirection(r, c);
		return;
	case '|':
		end_word(r);
		piped = shell_reader_peek(r, 0) != '|';
		r->at += !piped;
		end_command(r);
		r->command.piped = piped;
		return;
	case '&':
	case ';':
		while (shell_reader_peek(r, 0) == '&' || shell_reader_peek(r, 0) == ';')
			r->at++;
		end_command(r);
		return;
	default:
		shell_reader_add(r, c);
	}
}

/* cmd.exe treats ^" as a quote that the program sees: browsers write each word as ^"…^". */
static bool opens_quotes(struct shell_reader *r, char c)
{
	if (c == '"')
		return true;
	if (r->shell != SHELL_CMD || c != '^' || shell_reader_peek(r, 0) != '"')
		return false;
	r->at++;
	return true;
}

static void read_one(struct shell_reader *r)
{
	uint32_t line = r->line;
	char c = shell_reader_next(r);
	bool caret = r->shell == SHELL_CMD && c == '^' && shell_reader_peek(r, 0) == '"';

	if (c == '\n') {
		end_line(r);
		return;
	}
	if (c == ' ' || c == '\t' || c == '\r') {
		end_word(r);
		return;
	}
	if (c == '#' && !r->in_word && r->shell != SHELL_CMD) {
		while (!shell_reader_at_end(r) && shell_reader_peek(r, 0) != '\n')
			r->at++;
		return;
	}
	if (!r->command.line)
		r->command.line = line;
	if (opens_quotes(r, c)) {
		if (r->shell == SHELL_CMD)
			shell_cmd_quotes(r, caret);
		else
			read_double_quotes(r);
	} else if (c == '\'' && r->shell != SHELL_CMD) {
		read_single_quotes(r);
	} else if (c == '$' && shell_reader_peek(r, 0) == '\'' && r->shell == SHELL_POSIX) {
		r->at++;
		read_ansi_quotes(r);
	} else {
		read_plain(r, c);
	}
}

enum shell shell_words_kind(struct str text)
{
	if (shell_cmd_is(text, false))
		return SHELL_CMD;
	if (str_find(text, STR(" `\n"), 0) != NOT_FOUND ||
	    str_find(text, STR(" `\r\n"), 0) != NOT_FOUND)
		return SHELL_POWERSHELL;
	if (shell_cmd_is(text, true))
		return SHELL_CMD;
	return SHELL_POSIX;
}

void shell_words_read(struct arena *a, struct str text, enum shell shell,
		      struct shell_commands *out)
{
	struct shell_reader r = {.arena = a,
				 .text = text,
				 .shell = shell,
				 .out = out,
				 .line = 1,
				 .plain_carets = str_find(text, STR("\"%\""), 0) != NOT_FOUND};

	*out = (struct shell_commands){.items = {NULL, 0, 0}};
	buf_init(&r.word, 0);
	while (!shell_reader_at_end(&r))
		read_one(&r);
	end_line(&r);
	buf_release(&r.word);
}
