/* `reprise reference`: generates the manual and the completions for `make reference`. */
#include <stdio.h>

#include "base/file.h"
#include "base/log.h"
#include "cmd/completion.h"
#include "cmd/manual.h"
#include "cmd/options.h"

#define BYTES_MAX ((size_t)1 << 20)

static enum exit_status reference_main(const struct options *options);

const struct command reference_command = {
    .name = "reference",
    .synopsis = "reference bash|zsh|fish|TEMPLATE",
    .sentence = "Prints the completion of a shell, or a manual page generated from a template.",
    .hidden = true,
    .main = reference_main,
};

/* The file NAME next to TEMPLATE, as an example. */
static bool put_file(struct manual *m, struct str template, struct str name)
{
	size_t slash = template.len;
	struct str text;
	const char *why;

	while (slash && template.ptr[slash - 1] != '/')
		slash--;
	struct str path = arena_printf(m->arena, "%.*s%.*s", STR_ARG(str_slice(template, 0, slash)),
				       STR_ARG(name));
	if (!file_read(m->arena, path.ptr, BYTES_MAX, &text, &why)) {
		log_error("%s: %s", path.ptr, why);
		return false;
	}
	m->format->literal(m->out, text);
	return true;
}

static bool put_line(struct manual *m, struct str template, struct str line)
{
	if (str_starts(line, STR("@@file ")))
		return put_file(m, template, str_slice(line, 7, line.len));
	if (str_starts(line, STR("@@"))) {
		if (manual_table(m, str_slice(line, 2, line.len)))
			return true;
		log_error("%.*s: there is no table named %.*s", STR_ARG(template), STR_ARG(line));
		return false;
	}
	buf_add(m->out, line);
	return buf_add_char(m->out, '\n');
}

static bool put_page(struct buf *out, struct arena *a, const char *path)
{
	bool markdown = str_ends(str_of(path), STR(".md.in"));
	struct manual m = {out, a, markdown ? &manual_markdown : &manual_mdoc};
	struct str text;
	const char *why;

	if (!file_read(a, path, BYTES_MAX, &text, &why)) {
		log_error("%s: %s", path, why);
		return false;
	}
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, '\n', at);

		end = end == NOT_FOUND ? text.len : end;
		if (!put_line(&m, str_of(path), str_slice(text, at, end)))
			return false;
		at = end + 1;
	}
	return true;
}

static enum exit_status reference_main(const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct arena arena;
	struct buf out;

	if (options->operand_count != 1) {
		log_error("expected a shell or a template, as in: reprise reference bash");
		return EXIT_USAGE;
	}
	arena_init(&arena, 0);
	buf_init(&out, 0);
	if (completion_put(&out, str_of(options->operands[0])) ||
	    put_page(&out, &arena, options->operands[0]))
		status = EXIT_PASSED;
	if (out.len)
		fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	arena_release(&arena);
	return status;
}
