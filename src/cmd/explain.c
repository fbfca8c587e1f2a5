/* `reprise explain`: explains an error code, a keyword or a term of load testing. */
#include <stdio.h>

#include "base/diag.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"
#include "cmd/explain_topics.h"
#include "scenario/reference.h"

static enum exit_status explain_main(const struct options *options);

const struct command explain_command = {
    .name = "explain",
    .synopsis = "explain [WORD…]",
    .sentence = "Explains an error code, a keyword or a term of load testing; without a word, "
		"lists all of them.",
    .more = "  reprise explain E148\n"
	    "  reprise explain timeout\n"
	    "  reprise explain think time",
    .main = explain_main,
};

/* Wraps sentences; leaves examples unchanged. */
static void put_code(struct buf *out, enum diag_code code)
{
	struct str prose = str_of(diag_code_prose(code));

	buf_printf(out, "%s: %s\n\n", diag_code_name(code), diag_code_title(code));
	for (size_t at = 0; at < prose.len;) {
		size_t end = str_find_char(prose, '\n', at);
		struct str line = str_slice(prose, at, end == NOT_FOUND ? prose.len : end);

		at += line.len + 1;
		if (!str_starts(line, STR(" "))) {
			reference_wrap(out, line, 0);
		} else {
			buf_add(out, line);
			buf_add_char(out, '\n');
		}
	}
}

/* Appends all entries of WORD; false if there is none. */
static bool explain(struct buf *out, struct str word)
{
	size_t before = out->len;
	enum diag_code code;

	if (out->len)
		buf_add_char(out, '\n');
	if (diag_code_find(word, &code)) {
		put_code(out, code);
		return true;
	}
	struct arena arena;

	arena_init(&arena, 0);
	char *lower = arena_cstr(&arena, word);
	for (char *c = lower; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
	bool found = reference_put(out, &all_tables, str_of(lower));
	found = explain_topics_put(out, word, found);
	arena_release(&arena);
	if (!found)
		out->len = before;
	return found;
}

static void report_unknown(const char *word)
{
	struct arena arena;

	arena_init(&arena, 0);
	struct str nearest = reference_nearest(&arena, &all_tables, str_of(word));
	if (!nearest.ptr)
		nearest = explain_topics_nearest(&arena, str_of(word));
	if (nearest.ptr)
		fprintf(stderr, "error: unknown word '%s'; did you mean '%.*s'?\n", word,
			STR_ARG(nearest));
	else
		fprintf(stderr,
			"error: unknown word '%s'; run 'reprise explain' for a list of words\n",
			word);
	arena_release(&arena);
}

/* All operands as one term, such as "think time". */
static bool explain_as_one(struct buf *out, const struct options *options)
{
	struct buf words;
	bool found;

	buf_init(&words, 0);
	for (size_t i = 0; i < options->operand_count; i++)
		buf_printf(&words, "%s%s", i ? " " : "", options->operands[i]);
	found = options->operand_count > 1 && explain_topics_put(out, buf_str(&words), false);
	buf_release(&words);
	return found;
}

static enum exit_status explain_main(const struct options *options)
{
	enum exit_status status = EXIT_PASSED;
	struct buf text;

	buf_init(&text, 0);
	if (options->operand_count == 0)
		explain_topics_list(&text);
	bool one = explain_as_one(&text, options);
	for (size_t i = 0; !one && i < options->operand_count; i++) {
		if (explain(&text, str_of(options->operands[i])))
			continue;
		report_unknown(options->operands[i]);
		status = EXIT_USAGE;
	}
	if (text.len)
		fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	return status;
}
