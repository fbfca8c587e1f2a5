/* `reprise check`: all mistakes of scenario files, without a network. */
#include <stdlib.h>
#include <unistd.h>

#include "cmd/load_file.h"

static const char *const formats[] = {"text", "json", "github", NULL};

static const struct option options_table[] = {
    {.name = "format",
     .value = "FORMAT",
     .words = formats,
     .prose = "text for people, json for programs, github for annotations"},
    OUTSIDE_OPTIONS,
    {.name = NULL},
};

static enum diag_format format_of(const struct options *options)
{
	const char *word = options_value(options, "format");

	if (!word || strcmp(word, "text") == 0)
		return DIAG_TEXT;
	return strcmp(word, "json") == 0 ? DIAG_JSON : DIAG_GITHUB;
}

static bool is_colored(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(fileno(out)) && !(no_color && *no_color);
}

static void put_counts(const struct loaded *l)
{
	size_t scenarios = l->model->scenario_count, steps = loaded_steps(l);

	printf("%.*s: no errors (%zu scenario%s, %zu step%s)\n", STR_ARG(l->name), scenarios,
	       scenarios == 1 ? "" : "s", steps, steps == 1 ? "" : "s");
}

static bool check_one(const char *path, const struct outside *outside, enum diag_format format)
{
	struct loaded l;
	bool fine = load_file(&l, path, outside, false);

	if (format == DIAG_TEXT) {
		loaded_report(&l, is_colored(stderr), stderr);
		if (fine)
			put_counts(&l);
	} else {
		struct buf text;

		buf_init(&text, 0);
		diag_print(&l.diags, format, false, &text);
		fwrite(text.data, 1, text.len, stdout);
		buf_release(&text);
	}
	loaded_release(&l);
	return fine;
}

static enum exit_status check_main(int argc, char **argv);

const struct command check_command = {
    .name = "check",
    .synopsis = "check FILE…",
    .sentence = "Finds all mistakes and doubtful places in scenario files; nothing is sent.",
    .options = options_table,
    .more = "A FILE of - is standard input. Exit status: 0 without errors, else 2.\n"
	    "\n"
	    "  reprise check shop.yaml\n"
	    "  reprise check --format github scenarios/*.yaml",
    .main = check_main,
};

static enum exit_status check_main(int argc, char **argv)
{
	enum exit_status status = EXIT_PASSED;
	struct outside outside;
	struct options options;
	struct arena arena;

	switch (options_read(&options, &check_command, argc, argv)) {
	case OPTIONS_READY:
		break;
	case OPTIONS_HELP:
		return EXIT_PASSED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	}
	arena_init(&arena, 0);
	if (options.operand_count == 0) {
		fputs("error: which file?\nusage: reprise check FILE…\n", stderr);
		status = EXIT_USAGE;
	} else if (!outside_from_options(&arena, &options, false, &outside)) {
		status = EXIT_USAGE;
	}
	for (size_t i = 0; status != EXIT_USAGE && i < options.operand_count; i++) {
		if (!check_one(options.operands[i], &outside, format_of(&options)))
			status = EXIT_FAILED;
	}
	arena_release(&arena);
	options_release(&options);
	return status == EXIT_PASSED ? EXIT_PASSED : EXIT_USAGE;
}
