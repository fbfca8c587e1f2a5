#include "output/github_actions.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/out_file.h"

#define UNKNOWN_REASON "the run did not start; the log has the reason"

bool github_actions_enabled(struct str when)
{
	const char *word = getenv("GITHUB_ACTIONS");

	if (when.len && !str_eq(when, STR("auto")))
		return str_eq(when, STR("always"));
	return word && strcmp(word, "true") == 0;
}

static void put_row(struct buf *out, const struct diag_list *diags, const struct diag *diag)
{
	buf_add(out, STR("| "));
	if (diag->span.source)
		escape_markdown(out, source_span_label(diags->arena, diag->span));
	buf_add(out, STR(" | "));
	escape_markdown(out, diag->text);
	buf_printf(out, " | %s |\n", diag_code_name(diag->code));
}

static void put_summary(struct buf *out, struct str name, const struct diag_list *diags)
{
	size_t errors = diags ? diags->errors : 0;

	buf_add(out, STR("### "));
	if (name.len) {
		escape_markdown(out, name);
		buf_add(out, STR(": "));
	}
	buf_add(out, STR("**not started**\n\n"));
	if (!errors) {
		buf_add(out, STR("Nothing was sent: " UNKNOWN_REASON ".\n\n"));
		return;
	}
	buf_printf(out,
		   "%zu error%s; nothing was sent.\n\n| where | error | code |\n|---|---|---|\n",
		   errors, errors == 1 ? "" : "s");
	for (size_t i = 0; i < diags->diags.count; i++)
		if (diags->diags.items[i].level == DIAG_ERROR)
			put_row(out, diags, &diags->diags.items[i]);
	buf_add_char(out, '\n');
}

static void write_summary(struct str text)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	struct out_file file;
	struct buf error;
	bool good;

	if (!path || !*path)
		return;
	buf_init(&error, 0);
	good = out_file_open(&file, str_of(path), OUT_FILE_APPEND, &error);
	if (good) {
		out_file_write(&file, text);
		good = out_file_close(&file, &error);
	}
	if (!good)
		log_warning("%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
}

void github_actions_report_unstarted(struct str name, const struct diag_list *diags, FILE *stream)
{
	struct buf text;

	buf_init(&text, 0);
	if (diags && diags->errors)
		diag_print(diags, DIAG_GITHUB, false, &text);
	else
		buf_add(&text, STR("::error title=The run failed::" UNKNOWN_REASON "\n"));
	fwrite(text.data, 1, text.len, stream);
	buf_clear(&text);
	put_summary(&text, name, diags);
	write_summary(buf_str(&text));
	buf_release(&text);
}
