/* `reprise explain`: explains an error code or a keyword of the scenario language. */
#include <stdio.h>

#include "base/diag.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"
#include "scenario/reference.h"

static enum exit_status explain_main(const struct options *options);

const struct command explain_command = {
    .name = "explain",
    .synopsis = "explain CODE|KEY…",
    .sentence =
	"Explains an error code, a key, a step, an extractor, an expectation or a function in "
	"detail.",
    .more = "  reprise explain E148\n"
	    "  reprise explain timeout",
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

static bool explain(struct buf *out, const char *word)
{
	enum diag_code code;
	struct arena arena;

	if (out->len)
		buf_add_char(out, '\n');
	if (diag_code_find(str_of(word), &code)) {
		put_code(out, code);
		return true;
	}
	if (reference_put(out, &all_tables, str_of(word)))
		return true;
	arena_init(&arena, 0);
	struct str nearest = reference_nearest(&arena, &all_tables, str_of(word));
	if (nearest.ptr)
		fprintf(stderr,
			"error: '%s' is not an error code or a keyword; did you mean '%.*s'?\n",
			word, STR_ARG(nearest));
	else
		fprintf(stderr, "error: '%s' is not an error code or a keyword\n", word);
	arena_release(&arena);
	return false;
}

static enum exit_status explain_main(const struct options *options)
{
	enum exit_status status = EXIT_PASSED;
	struct buf text;

	buf_init(&text, 0);
	if (options->operand_count == 0) {
		fputs("error: no code or key was given\nusage: reprise explain CODE|KEY…\n",
		      stderr);
		status = EXIT_USAGE;
	}
	for (size_t i = 0; i < options->operand_count; i++) {
		if (!explain(&text, options->operands[i]))
			status = EXIT_USAGE;
	}
	if (text.len)
		fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	return status;
}
