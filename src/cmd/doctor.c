/* `reprise doctor`: reports limits of this machine for a load test, and how to raise them. */
#include "cmd/doctor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/units.h"
#include "cmd/options.h"
#include "result/text_format.h"

#define TEXT_COLUMNS 80
#define COLUMNS_MAX  100
#define FOUND_INDENT 23 /* columns of "  warn  files, system   " */

static const char *const formats[] = {"text", "json", NULL};

static const struct option doctor_options[] = {
    {.name = "format",
     .value = "FORMAT",
     .choices = formats,
     .prose = "output format: text or json (default: text)"},
    {.name = "root",
     .value = "DIR",
     .prose = "read /proc, /sys and /etc below DIR instead, such as a copy from another machine"},
    {.name = NULL},
};

static const char *level_word(enum doctor_level level)
{
	static const char *const words[] = {
	    [DOCTOR_OK] = "ok", [DOCTOR_NOTE] = "note", [DOCTOR_PROBLEM] = "warn"};

	return words[level];
}

/* In JSON a problem is "mind". */
static const char *level_key(enum doctor_level level)
{
	return level == DOCTOR_PROBLEM ? "mind" : level_word(level);
}

static enum text_style level_paint(enum doctor_level level)
{
	static const enum text_style paints[] = {[DOCTOR_OK] = TEXT_STYLE_GOOD,
						 [DOCTOR_NOTE] = TEXT_STYLE_NONE,
						 [DOCTOR_PROBLEM] = TEXT_STYLE_WARN};

	return paints[level];
}

static size_t count_level(const struct doctor_finding *findings, size_t count,
			  enum doctor_level level)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += findings[i].level == level;
	return found;
}

/* The first line: the number of warnings, cores and memory. */
static void put_headline(struct buf *out, const struct machine *m, const struct terminal *term,
			 const struct doctor_finding *findings, size_t count)
{
	size_t warnings = count_level(findings, count, DOCTOR_PROBLEM);
	unsigned cores = machine_cores(m);

	if (warnings)
		buf_printf(out, "%zu warning%s for this machine", warnings,
			   warnings == 1 ? "" : "s");
	else
		buf_add(out, STR("No warnings for this machine"));
	buf_printf(out, ": %u usable core%s, ", cores, cores == 1 ? "" : "s");
	units_put_bytes(out, machine_memory(m));
	buf_add(out, STR(" of memory"));
	if (*m->kernel) {
		buf_add(out, STR(", Linux "));
		text_format_text(out, term, str_of(m->kernel));
	}
	buf_add_char(out, '\n');
}

static void put_finding(struct buf *out, const struct terminal *term, size_t columns,
			const struct doctor_finding *f)
{
	struct text_flow flow = text_format_flow(out, columns, FOUND_INDENT, FOUND_INDENT);
	struct buf text;

	buf_init(&text, 0);
	buf_add(out, STR("  "));
	text_format_style(out, term, level_paint(f->level), level_word(f->level));
	buf_printf(out, "%*s", 6 - (int)strlen(level_word(f->level)), "");
	buf_printf(out, "%-*s", FOUND_INDENT - 8, f->name);
	text_format_text(&text, term, buf_str(&f->found));
	text_format_flow_text(&flow, buf_str(&text), 0);
	buf_add_char(out, '\n');
	if (f->remedy.len) {
		buf_clear(&text);
		text_format_text(&text, term, buf_str(&f->remedy));
		buf_printf(out, "%*s", FOUND_INDENT, "");
		text_format_style(out, term, TEXT_STYLE_FAINT, "try:");
		buf_printf(out, " %s\n", text.data); /* not wrapped, so that it can be copied */
	}
	buf_release(&text);
}

void doctor_put_text(struct buf *out, const struct machine *m, const struct terminal *term,
		     size_t columns)
{
	struct doctor_finding findings[DOCTOR_CHECKS_MAX];
	size_t count = doctor_run(m, findings);

	put_headline(out, m, term, findings, count);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < count; i++)
		put_finding(out, term, columns, &findings[i]);
	buf_add(out, STR("\nTo see what a scenario needs: reprise show FILE\n"));
	doctor_release(findings, count);
}

/* Appends [{"check", "level", "found", "lift"}…] and a newline. */
static void put_json(struct buf *out, const struct machine *m)
{
	struct doctor_finding findings[DOCTOR_CHECKS_MAX];
	size_t count = doctor_run(m, findings);
	struct json_writer j = json_writer_spaced(out);

	json_writer_open_array(&j, NULL);
	for (size_t i = 0; i < count; i++) {
		if (i)
			json_writer_line(&j, "\n ");
		json_writer_open(&j, NULL);
		json_writer_text(&j, "check", str_of(findings[i].name));
		json_writer_text(&j, "level", str_of(level_key(findings[i].level)));
		json_writer_text(&j, "found", buf_str(&findings[i].found));
		if (findings[i].remedy.len)
			json_writer_text(&j, "lift", buf_str(&findings[i].remedy));
		else
			json_writer_null(&j, "lift");
		json_writer_close(&j);
	}
	json_writer_close_array(&j);
	buf_add_char(out, '\n');
	doctor_release(findings, count);
}

/* ---- the command */

static size_t columns_of(const struct terminal *term)
{
	size_t columns = term->is_terminal ? terminal_size(STDOUT_FILENO).columns : TEXT_COLUMNS;

	return columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
}

static enum exit_status run_checks(const char *root, bool json)
{
	struct terminal term = terminal_detect(STDOUT_FILENO, TERMINAL_COLOR_AUTO);
	struct machine m;
	struct buf text;

	machine_read(&m, root ? root : "");
	if (!root) {
		machine_measure(&m);
		m.environment = (const char *const *)environ;
	}
	buf_init(&text, 0);
	if (json)
		put_json(&text, &m);
	else
		doctor_put_text(&text, &m, &term, columns_of(&term));
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	return EXIT_PASSED;
}

static enum exit_status doctor_main(const struct options *options);

const struct command doctor_command = {
    .name = "doctor",
    .synopsis = "doctor [--format text|json]",
    .sentence = "Reports the limits of this machine that affect a load test (open files, ports, "
		"clock, cores), with the command that raises each.",
    .options = doctor_options,
    .more = "Each line shows a limit and the number of users, connections or requests it allows.\n"
	    "'warn' marks a problem that limits a large run or distorts the results of a small\n"
	    "one; 'note' marks useful information. The exit status is 0 in all these cases.",
    .main = doctor_main,
};

static enum exit_status doctor_main(const struct options *options)
{
	const char *format;
	enum exit_status status = EXIT_USAGE;

	format = options_value(options, "format");
	if (options->operand_count)
		log_error("doctor does not accept a file: '%s'; for all options: reprise doctor "
			  "--help",
			  options->operands[0]);
	else
		status = run_checks(options_value(options, "root"),
				    format && strcmp(format, "json") == 0);
	return status;
}
