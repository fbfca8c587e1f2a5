/*
 * curl: command lines as people keep them in scripts and as browsers copy them ("Copy as cURL").
 * Options mean what curl(1) says; nothing is executed and no file they name is read.
 */
#include "import/curl/curl_request.h"
#include "import/curl/shell_words.h"

#include "import/import.h"

static bool read_all(struct import_job *job);
static bool has_curl(struct str text);

const struct import_kind curl_import = {
    .name = "curl",
    .sentence = "curl command lines, copied from browsers or kept in scripts",
    .example = "copied.sh",
    .read = read_all,
    .recognizes = has_curl,
};

/* Whether a line starts with the word. */
static bool has_curl(struct str text)
{
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, '\n', at);

		end = end == NOT_FOUND ? text.len : end;
		struct str line = str_trim(str_slice(text, at, end));
		if (str_starts(line, STR("curl ")) || str_starts(line, STR("curl.exe ")) ||
		    str_starts(line, STR("$ curl ")))
			return true;
		at = end + 1;
	}
	return false;
}

/* ---- which words are curl's */

static bool is_curl(struct str word)
{
	size_t from = word.len;

	while (from > 0 && word.ptr[from - 1] != '/' && word.ptr[from - 1] != '\\')
		from--;
	word = str_slice(word, from, word.len);
	return str_ieq(word, STR("curl")) || str_ieq(word, STR("curl.exe"));
}

static bool is_powershell_request(struct str word)
{
	return str_ieq(word, STR("Invoke-WebRequest")) || str_ieq(word, STR("Invoke-RestMethod"));
}

/* The index of the word curl; words before it (env, time, NAME=value) are ignored. */
static size_t find_curl(const struct shell_command *c)
{
	for (size_t i = 0; i < c->words.count; i++)
		if (is_curl(c->words.items[i]))
			return i;
	return NOT_FOUND;
}

/* ---- one command */

static void skip_command(struct import_job *job, const struct shell_command *c, uint32_t source,
			 struct str why)
{
	struct transaction *tx = transaction_new(&job->list);

	tx->source = source;
	tx->line = c->line;
	transaction_skip(tx, SKIP_REASON_UNREADABLE, why);
	job_note(job, "look at", "line %u: skipped, %.*s", c->line, STR_ARG(why));
}

static void read_command(struct import_job *job, const struct shell_command *c, uint32_t source)
{
	size_t at = find_curl(c), from;

	if (c->words.count && is_powershell_request(c->words.items[0])) {
		skip_command(
		    job, c, source,
		    STR("it is a command of PowerShell: copy the request as cURL instead"));
		return;
	}
	if (at == NOT_FOUND)
		return;
	if (c->refused.len) {
		skip_command(job, c, source, c->refused);
		return;
	}
	for (from = ++at; at <= c->words.count; at++) {
		if (at < c->words.count && !str_eq(c->words.items[at], STR("--next")) &&
		    !str_eq(c->words.items[at], STR("-:")))
			continue;
		curl_request(job, source, c, c->words.items + from, at - from);
		from = at + 1;
	}
}

/* ---- a file */

static bool read_file(struct import_job *job, uint32_t source)
{
	const char *path = job->files[source];
	struct shell_commands commands;
	struct str text;
	size_t before = job->list.items.count;

	if (!job_read(job, path, &text))
		return false;
	if (memchr(text.ptr ? text.ptr : "", '\0', text.len))
		return job_error(job, "%s is not text", path);
	shell_words_read(&job->arena, text, shell_words_kind(text), &commands);
	for (size_t i = 0; i < commands.variables.count; i++)
		transaction_list_add_variable(
		    &job->list, commands.variables.items[i].name,
		    arena_printf(&job->arena, "The shell's variable %.*s",
				 STR_ARG(commands.variables.items[i].written)),
		    false);
	for (size_t i = 0; i < commands.items.count; i++)
		read_command(job, &commands.items.items[i], source);
	if (job->list.items.count == before)
		return job_error(job, "%s has no curl command", path);
	return true;
}

static bool read_all(struct import_job *job)
{
	bool ok = true;

	job->as_written = true;
	job->no_times = true;
	for (size_t i = 0; i < job->file_count; i++)
		ok = read_file(job, (uint32_t)i) && ok;
	return ok;
}
