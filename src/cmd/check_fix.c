#include "cmd/check_fix.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/replace_file.h"

/* Each correction needs a check of the whole file. */
#define CORRECTIONS_MAX 500

/* Number of errors of L with the code and text of DIAG. */
static size_t count_same(const struct loaded_file *l, const struct diag *diag)
{
	size_t count = 0;

	for (size_t i = 0; i < l->diags.diags.count; i++) {
		const struct diag *other = &l->diags.diags.items[i];

		count += other->code == diag->code && str_eq(other->text, diag->text);
	}
	return count;
}

/* Whether the edits of DIAG can be applied to the text of L: not to that of an included file. */
static bool is_applicable(const struct loaded_file *l, const struct diag *diag)
{
	return diag_is_certain(diag) && diag->edits.items[0].span.source == l->source;
}

static struct str edited(struct arena *a, const struct loaded_file *l, const struct diag *diag)
{
	struct str text = l->source->text, copy;
	uint32_t from = 0;
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < diag->edits.count; i++) {
		const struct diag_edit *edit = &diag->edits.items[i];

		buf_add(&out, str_slice(text, from, edit->span.begin));
		buf_add(&out, edit->text);
		from = edit->span.end;
	}
	buf_add(&out, str_slice(text, from, text.len));
	copy = arena_str(a, buf_str(&out));
	buf_release(&out);
	return copy;
}

/* Whether an error of AFTER that BEFORE does not have is in the line of the first edit of DIAG. One
 * that can be corrected too was only hidden by DIAG. */
static bool has_new_error(const struct loaded_file *before, const struct diag *diag,
			  const struct loaded_file *after)
{
	uint32_t line = source_position(before->source, diag->edits.items[0].span.begin).line;

	for (size_t i = 0; i < after->diags.diags.count; i++) {
		const struct diag *other = &after->diags.diags.items[i];

		if (other->level == DIAG_ERROR && !diag_is_certain(other) &&
		    other->span.source == after->source &&
		    source_position(after->source, other->span.begin).line == line &&
		    count_same(after, other) > count_same(before, other))
			return true;
	}
	return false;
}

/* Applies the edits of DIAG, an error of the file, and keeps the result if it is better. */
static bool try_edits(struct check_fix *f, const char *path, const struct diag *diag,
		      const struct overrides *overrides)
{
	struct loaded_file *before = f->file, *after = ARENA_NEW(&f->arena, struct loaded_file);

	load_file_text(after, path, edited(&f->arena, before, diag), overrides, LOAD_FILE_CHECK);
	if (count_same(after, diag) >= count_same(before, diag) ||
	    has_new_error(before, diag, after)) {
		load_file_release(after);
		return false;
	}
	VEC_PUSH(&f->arena, &f->fixed.diags, *diag);
	f->fixed.errors++;
	VEC_PUSH(&f->arena, &f->earlier, before);
	f->file = after;
	return true;
}

void check_fix_none(struct check_fix *f, const char *path, const struct overrides *overrides)
{
	*f = (struct check_fix){.file = NULL};
	arena_init(&f->arena, 0);
	diag_init(&f->fixed, &f->arena);
	f->file = ARENA_NEW(&f->arena, struct loaded_file);
	load_file(f->file, path, overrides, LOAD_FILE_CHECK);
}

void check_fix(struct check_fix *f, const char *path, const struct overrides *overrides)
{
	size_t at = 0;

	check_fix_none(f, path, overrides);
	/* After a correction from the beginning: it may have made another one possible. */
	for (unsigned tries = 0; tries < CORRECTIONS_MAX && at < f->file->diags.diags.count;
	     tries++) {
		const struct diag *diag = &f->file->diags.diags.items[at];

		at = is_applicable(f->file, diag) && try_edits(f, path, diag, overrides) ? 0
											 : at + 1;
	}
	for (size_t i = 0; i < f->file->diags.secrets.count; i++)
		diag_secret(&f->fixed, f->file->diags.secrets.items[i]);
}

bool check_fix_write(const struct check_fix *f, const char *path)
{
	struct str text = f->file->source ? f->file->source->text : STR("");
	struct buf error;
	bool written;

	if (strcmp(path, "-") == 0)
		return fwrite(text.ptr, 1, text.len, stdout) == text.len;
	if (!f->fixed.diags.count)
		return true;
	buf_init(&error, 0);
	written = replace_file(path, text, &error);
	if (!written)
		log_error("%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	return written;
}

void check_fix_release(struct check_fix *f)
{
	for (size_t i = 0; i < f->earlier.count; i++)
		load_file_release(f->earlier.items[i]);
	load_file_release(f->file);
	arena_release(&f->arena);
}
