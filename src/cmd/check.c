/* `reprise check`: reports all errors and warnings of scenario files; sends nothing. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/terminal.h"
#include "cmd/check_fix.h"

static const char *const formats[] = {"text", "json", "github", NULL};

static const struct option options_table[] = {
    {.name = "format",
     .value = "FORMAT",
     .choices = formats,
     .prose = "output format: text, json, or github for annotations (default: text)"},
    {.name = "fix",
     .prose = "correct errors that have only one possible correction, and write the file"},
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

/* The corrected file is written before the errors that remain are reported. */
static bool fix(struct check_fix *f, const char *path, const struct overrides *overrides)
{
	check_fix(f, path, overrides);
	f->file->diags.fixed = &f->fixed;
	return check_fix_write(f, path);
}

static void put_fixed(const struct check_fix *f)
{
	size_t fixed = f->fixed.diags.count, left = f->file->diags.errors;
	FILE *out = f->file->is_input ? stderr : stdout;

	fprintf(out, "%.*s: %zu error%s fixed", STR_ARG(f->file->name), fixed,
		fixed == 1 ? "" : "s");
	if (left)
		fprintf(out, ", %zu error%s %s not", left, left == 1 ? "" : "s",
			left == 1 ? "was" : "were");
	fputc('\n', out);
}

/* For people: errors on standard error, a line for each valid file on standard output. */
static enum exit_status check_for_people(const struct options *options,
					 const struct overrides *overrides)
{
	const struct terminal error = terminal_detect(STDERR_FILENO, TERMINAL_COLOR_AUTO);
	enum exit_status status = EXIT_PASSED;

	for (size_t i = 0; i < options->operand_count; i++) {
		const char *path = options->operands[i];
		struct check_fix f = {.file = NULL};
		struct loaded_file own, *l = &own;

		if (options_has(options, "fix")) {
			if (!fix(&f, path, overrides) && status == EXIT_PASSED)
				status = EXIT_NOT_WRITTEN;
			l = f.file;
		} else {
			load_file(l, path, overrides, LOAD_FILE_CHECK);
		}
		load_file_report(l, error.color, stderr);
		if (f.file)
			put_fixed(&f);
		if (l->diags.errors)
			status = EXIT_USAGE;
		else if (!f.file)
			put_counts(l);
		if (f.file)
			check_fix_release(&f);
		else
			load_file_release(l);
	}
	return status;
}

/* For programs: one document for all files, on standard output. */
static enum exit_status check_for_programs(const struct options *options,
					   const struct overrides *overrides,
					   enum diag_format format, struct arena *arena)
{
	struct check_fix *all = ARENA_ARRAY(arena, options->operand_count, struct check_fix);
	bool fixes = options_has(options, "fix"), written = true;
	struct diag_list diags, fixed;
	struct buf text;

	diag_init(&diags, arena);
	diag_init(&fixed, arena);
	diags.fixed = fixes ? &fixed : NULL;
	for (size_t i = 0; i < options->operand_count; i++) {
		if (fixes)
			written &= fix(&all[i], options->operands[i], overrides);
		else
			check_fix_none(&all[i], options->operands[i], overrides);
		diag_append(&diags, &all[i].file->diags);
		diag_append(&fixed, &all[i].fixed);
	}
	buf_init(&text, 0);
	diag_print(&diags, format, false, &text);
	if (text.len)
		fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	for (size_t i = 0; i < options->operand_count; i++)
		check_fix_release(&all[i]);
	if (diags.errors)
		return EXIT_USAGE;
	return written ? EXIT_PASSED : EXIT_NOT_WRITTEN;
}

static enum exit_status check_main(const struct options *options);

const struct command check_command = {
    .name = "check",
    .synopsis = "check FILE…",
    .sentence = "Checks scenario files for errors and warnings; sends nothing.",
    .options = options_table,
    .more =
	"If FILE is -, standard input is read, and --fix writes the corrected text to standard\n"
	"output. Exit status: 0 without errors, 2 with errors, 5 if a corrected file could not\n"
	"be written.\n"
	"\n"
	"--fix corrects one error after the other and checks the whole file each time. It keeps\n"
	"a correction only if it removes the error and adds no new one to the line. Errors that\n"
	"need a decision, such as which host may be tested, are only reported.\n"
	"\n"
	"  reprise check shop.yaml\n"
	"  reprise check --fix shop.yaml\n"
	"  reprise check --format github scenarios/*.yaml",
    .main = check_main,
};

/* Whether the corrected text and a document would both go to standard output. */
static bool mixes_outputs(const struct options *options)
{
	bool input = false;

	for (size_t i = 0; i < options->operand_count; i++)
		input |= strcmp(options->operands[i], "-") == 0;
	return input && options_has(options, "fix") && format_of(options) != DIAG_TEXT;
}

static enum exit_status check_main(const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct overrides overrides;
	struct arena arena;

	arena_init(&arena, 0);
	if (options->operand_count == 0) {
		fputs("error: no file was given\nusage: reprise check FILE…\n", stderr);
	} else if (mixes_outputs(options)) {
		fputs(
		    "error: with --fix and standard input, the corrected text is the output: omit "
		    "--format\n",
		    stderr);
	} else if (load_file_overrides(&arena, options, false, &overrides)) {
		enum diag_format format = format_of(options);

		status = format == DIAG_TEXT
			     ? check_for_people(options, &overrides)
			     : check_for_programs(options, &overrides, format, &arena);
	}
	arena_release(&arena);
	return status;
}
