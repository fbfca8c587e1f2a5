/* `reprise edit`: the editor in the browser; changes of a scenario file by operations on its paths.
 */
#include <unistd.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/log.h"
#include "base/replace_file.h"
#include "cmd/edit_server.h"
#include "cmd/options.h"
#include "doc/yaml.h"
#include "edit/edit.h"
#include "edit/edit_json.h"

#include <stdio.h>

#define MAX_OPERATIONS_BYTES ((size_t)16 << 20)

static enum exit_status edit_main(const struct options *options);

static const char *const formats[] = {"text", "json", NULL};

static const struct option options_table[] = {
    {.name = "apply",
     .value = "OPS",
     .prose = "file with the operations as JSON, or - for standard input"},
    {.name = "stdout", .prose = "print the new text; do not change the file"},
    {.name = "undo-log",
     .value = "PATH",
     .prose = "file to write with the operation that undoes the changes, for --apply"},
    {.name = "format",
     .value = "FORMAT",
     .choices = formats,
     .prose = "format of the result: text, or json with the edits and the undo (default: text)"},
    {.name = "api", .prose = "serve only the API, for other programs, and no page"},
    {.name = "no-browser", .prose = "do not open the browser; only print the address"},
    {.name = "listen",
     .value = "HOST:PORT",
     .prose = "address to listen on (default: 127.0.0.1 and any free port)"},
    {.name = "allow-host",
     .value = "NAME",
     .repeats = true,
     .prose =
	 "accept NAME in the Host header of requests, in addition to localhost and IP addresses"},
    {.name = NULL},
};

const struct command edit_command = {
    .name = "edit",
    .synopsis = "edit [FOLDER] | --apply OPS FILE",
    .sentence = "Opens the editor in the browser; or changes a scenario file with operations.",
    .options = options_table,
    .more =
	"Without --apply, prints the address of the editor for the scenarios in FOLDER (default:\n"
	"the current folder), opens it in the browser, and serves it until Ctrl-C. The editor is\n"
	"for people who do not program: record or import a visit, change it in forms, try it and\n"
	"run it. The address contains a secret token; do not share it.\n"
	"\n"
	"  reprise edit\n"
	"  reprise edit shop-tests\n"
	"  reprise edit --listen 127.0.0.1:8091\n"
	"\n"
	"With --apply, a file is changed; comments, quotes and indentation are kept.\n"
	"OPS is a list of operations. Either all of them are applied, in their order, or none:\n"
	"\n"
	"  [{\"op\": \"set\", \"path\": \"/load/users\", \"value\": 20},\n"
	"   {\"op\": \"insert\", \"path\": \"/steps/0\", \"value\": {\"get\": \"/\"}},\n"
	"   {\"op\": \"disable\", \"path\": \"/steps/2\"}]\n"
	"\n"
	"The section EDITING of 'man reprise' describes all operations. Exit status: 0 if they\n"
	"were applied, 2 if not, 5 if the file could not be written.\n"
	"\n"
	"  reprise edit --apply ops.json shop.yaml\n"
	"  reprise edit --apply ops.json --stdout shop.yaml | diff shop.yaml -\n"
	"  reprise edit --apply ops.json --undo-log undo.json shop.yaml\n"
	"  reprise edit --apply undo.json shop.yaml\n"
	"\n"
	"--api prints the address of the API and the token, which each request needs in the\n"
	"header X-Reprise-Token. The section EDITING lists the addresses of the API.",
    .main = edit_main,
};

struct edit_job {
	struct arena arena;
	const char *path, *ops_path;
	struct str text;
	const struct edit_op *ops;
	size_t count;
	struct edit_result result;
};

static bool read_input(struct edit_job *job)
{
	struct edit_json_error wrong;
	const char *error;
	struct str json;

	if (!file_read(&job->arena, job->ops_path, MAX_OPERATIONS_BYTES, &json, &error)) {
		log_error("cannot read %s: %s", job->ops_path, error);
		return false;
	}
	if (!file_read(&job->arena, job->path, YAML_MAX_BYTES, &job->text, &error)) {
		log_error("cannot read %s: %s", job->path, error);
		return false;
	}
	if (edit_json_read(&job->arena, json, &job->ops, &job->count, &wrong))
		return true;
	const struct source *source = source_new(&job->arena, str_of(job->ops_path), json);
	struct source_position place = source_position(source, (uint32_t)wrong.at);
	log_error("%s:%u:%u: %.*s", job->ops_path, place.line, place.column, STR_ARG(wrong.reason));
	return false;
}

static void report_refusal(const struct edit_job *job)
{
	const struct edit_result *result = &job->result;
	struct buf place;

	buf_init(&place, 0);
	buf_printf(&place, result->line ? "%s:%u" : "%s", job->path, result->line);
	if (job->count) {
		const struct edit_op *op = &job->ops[result->op];

		log_error("%s: operation %zu, %s %.*s: %.*s", place.data, result->op + 1,
			  edit_json_kind(op->kind),
			  STR_ARG(op->kind == EDIT_MOVE ? op->from : op->path),
			  STR_ARG(result->reason));
	} else {
		log_error("%s: %.*s", place.data, STR_ARG(result->reason));
	}
	buf_release(&place);
}

static bool write_undo(struct edit_job *job, const char *path)
{
	struct buf undo, error;

	buf_init(&undo, 0);
	buf_init(&error, 0);
	edit_json_put_undo(&undo, &job->arena, job->text, job->result.patches);
	bool written = replace_file(path, buf_str(&undo), &error);
	if (!written)
		log_error("%s", error.data);
	buf_release(&error);
	buf_release(&undo);
	return written;
}

static bool is_json(const struct options *options)
{
	const char *format = options_value(options, "format");

	return format && strcmp(format, "json") == 0;
}

static void print_json(struct edit_job *job)
{
	struct buf out;

	buf_init(&out, 0);
	edit_json_put_result(&out, &job->arena, job->text, job->ops, job->count, &job->result);
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
}

static void print_summary(const struct edit_job *job)
{
	size_t changes = job->result.patches.count;
	struct buf name;

	buf_init(&name, 0);
	escape_terminal(&name, str_of(job->path));
	printf("%s: %zu operation%s, %zu change%s\n", name.data, job->count,
	       job->count == 1 ? "" : "s", changes, changes == 1 ? "" : "s");
	buf_release(&name);
}

/* The undo log is written first, so that every change can be undone. */
static enum exit_status write_result(struct edit_job *job, const struct options *options)
{
	const char *undo = options_value(options, "undo-log");
	struct str text = job->result.text;
	struct buf error;

	if (options_has(options, "stdout") || strcmp(job->path, "-") == 0) {
		fwrite(text.ptr, 1, text.len, stdout);
		return undo && !write_undo(job, undo) ? EXIT_NOT_WRITTEN : EXIT_PASSED;
	}
	if (undo && !write_undo(job, undo))
		return EXIT_NOT_WRITTEN;
	buf_init(&error, 0);
	bool written = str_eq(text, job->text) || replace_file(job->path, text, &error);
	if (!written)
		log_error("%s", error.data);
	else if (is_json(options))
		print_json(job);
	else
		print_summary(job);
	buf_release(&error);
	return written ? EXIT_PASSED : EXIT_NOT_WRITTEN;
}

static enum exit_status apply(struct edit_job *job, const struct options *options)
{
	if (!read_input(job))
		return EXIT_USAGE;
	if (!edit_apply(&job->arena, str_of(job->path), job->text, job->ops, job->count,
			&job->result)) {
		if (is_json(options))
			print_json(job);
		else
			report_refusal(job);
		return EXIT_USAGE;
	}
	return write_result(job, options);
}

static enum exit_status edit_main(const struct options *options)
{
	struct edit_job job = {.ops_path = options_value(options, "apply")};
	enum exit_status status;

	if (!job.ops_path && options->operand_count <= 1)
		return edit_server_main(options);
	if (!job.ops_path || options_has(options, "api")) {
		log_error(job.ops_path ? "use either --apply or --api"
				       : "the editor shows one folder; found several");
		return EXIT_USAGE;
	}
	if (options->operand_count != 1) {
		log_error("--apply needs one scenario file; for help: reprise edit --help");
		return EXIT_USAGE;
	}
	job.path = options->operands[0];
	if (is_json(options) && (options_has(options, "stdout") || strcmp(job.path, "-") == 0)) {
		log_error(
		    "'--format json' prints the result, so that the new text cannot be printed "
		    "too");
		return EXIT_USAGE;
	}
	if (strcmp(job.path, "-") == 0 && strcmp(job.ops_path, "-") == 0) {
		log_error("only one of the operations and the scenario can be '-', standard input");
		return EXIT_USAGE;
	}
	arena_init(&job.arena, 0);
	status = apply(&job, options);
	arena_release(&job.arena);
	return status;
}
