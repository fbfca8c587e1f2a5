/* The state of reading words, for the files of shell_words.h. One thread. */
#ifndef IMPORT_CURL_SHELL_READER_H
#define IMPORT_CURL_SHELL_READER_H

#include "base/buf.h"
#include "import/curl/shell_words.h"

struct shell_reader {
	struct arena *arena;
	struct str text;
	enum shell shell;
	struct shell_commands *out;

	size_t at;
	uint32_t line;
	struct shell_command command; /* the word being read */
	struct buf word;
	bool in_word;	    /* a word has started, even if only by a quote */
	bool takes_input;   /* the next word is a here-string */
	bool drops_word;    /* the next word is a file that > or < names */
	struct str heredoc; /* the word that ends it, ptr NULL: none is expected */
	bool heredoc_tabs;  /* remove leading tabs */
	bool plain_carets;  /* of cmd.exe: a caret within quotes is itself */
};

/* The character that is AHEAD of the next one; 0 at the end. */
static inline char shell_reader_peek(const struct shell_reader *r, size_t ahead)
{
	return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

static inline bool shell_reader_at_end(const struct shell_reader *r)
{
	return r->at >= r->text.len;
}

static inline char shell_reader_next(struct shell_reader *r)
{
	char c = r->text.ptr[r->at++];

	if (c == '\n')
		r->line++;
	return c;
}

static inline void shell_reader_add(struct shell_reader *r, char c)
{
	buf_add_char(&r->word, c);
	r->in_word = true;
}

/* The command cannot be converted for the reason WHY. */
void shell_reader_refuse(struct shell_reader *r, struct str why);
/* Goes to the character after a line end after a backslash, a caret or a backtick; false: there is
 * none. */
bool shell_reader_joins_lines(struct shell_reader *r);

#endif
