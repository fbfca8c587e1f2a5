/* `reprise check`: reports all errors and warnings of scenario files; sends nothing. */
#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/terminal.h"
#include "cmd/load_file.h"

static const char *const formats[] = {"text", "json", "github", NULL};

static const struct option options_table[] = {
    {.name = "format",
     .value = "FORMAT",
     .choices = formats,
     .prose = "output format: text, json, or github for annotations (default: text)"},
    LOAD_FILE_OPTIONS,
    {.name = NULL},
};

static enum diag_format format_of(const struct options *options)
{
	const char *word = options_value(options, "format");

	if (!word || strcmp(word, "text") == 0)
		return DIAG_TEXT;
	return strcmp(word, "json") == 0 ? DIAG_JSON : DIAG_GITHUB;
}

static void put_counts(const struct loaded_file *l)
{
	size_t scenarios = l->model->scenario_count, steps = load_file_count_steps(l);

	struct buf name;

	buf_init(&name, 0);
	escape_terminal(&name, l->name);
	printf("%.*s: ", STR_ARG(buf_str(&name)));
	if (l->diags.warnings)
		printf("%zu warning%s, ", l->diags.warnings, l->diags.warnings == 1 ? "" : "s");
	printf("no errors (%zu scenario%s, %zu step%s)\n", scenarios, scenarios == 1 ? "" : "s",
	       steps, steps == 1 ? "" : "s");
	buf_release(&name);
}

/* For people: errors on standard error, a line for each valid file on standard output. */
static bool check_for_people(const struct options *options, const struct overrides *overrides)
{
	const struct terminal error = terminal_detect(STDERR_FILENO, TERMINAL_COLOR_AUTO);
	bool fine = true;

	for (size_t i = 0; i < options->operand_count; i++) {
		struct loaded_file l;

		if (!load_file(&l, options->operands[i], overrides, LOAD_FILE_CHECK))
			fine = false;
		load_file_report(&l, error.color, stderr);
		if (l.diags.errors == 0)
			put_counts(&l);
		load_file_release(&l);
	}
	return fine;
}

/* For programs: one document for all files, on standard output. */
static bool check_for_programs(const struct options *options, const struct overrides *overrides,
			       enum diag_format format, struct arena *arena)
{
	struct loaded_file *all = ARENA_ARRAY(arena, options->operand_count, struct loaded_file);
	struct diag_list diags;
	struct buf text;

	diag_init(&diags, arena);
	for (size_t i = 0; i < options->operand_count; i++) {
		load_file(&all[i], options->operands[i], overrides, LOAD_FILE_CHECK);
		diag_append(&diags, &all[i].diags);
	}
	buf_init(&text, 0);
	diag_print(&diags, format, false, &text);
	if (text.len)
		fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	for (size_t i = 0; i < options->operand_count; i++)
		load_file_release(&all[i]);
	return diags.errors == 0;
}

static enum exit_status check_main(const struct options *options);

const struct command check_command = {
    .name = "check",
    .synopsis = "check FILE…",
    .sentence = "Checks scenario files for errors and warnings; sends nothing.",
    .options = options_table,
    .more = "If FILE is -, standard input is read. Exit status: 0 without errors, otherwise 2.\n"
	    "\n"
	    "  reprise check shop.yaml\n"
	    "  reprise check --format github scenarios/*.yaml",
    .main = check_main,
};

static enum exit_status check_main(const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct overrides overrides;
	struct arena arena;

	arena_init(&arena, 0);
	if (options->operand_count == 0) {
		fputs("error: no file was given\nusage: reprise check FILE…\n", stderr);
	} else if (load_file_overrides(&arena, options, false, &overrides)) {
		enum diag_format format = format_of(options);
		bool fine = format == DIAG_TEXT
				? check_for_people(options, &overrides)
				: check_for_programs(options, &overrides, format, &arena);

		status = fine ? EXIT_PASSED : EXIT_USAGE;
	}
	arena_release(&arena);
	return status;
}
