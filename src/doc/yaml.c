#include "doc/yaml.h"

#include "doc/yaml_private.h"

/* Limits of the passes after corrections: their number, and the bytes in total. */
#define MAX_PASSES     40
#define MAX_PASS_BYTES ((size_t)24 << 20)

static const struct node *report_empty(struct yaml_reader *r)
{
	diag_error(r->diags, yaml_span(r, 0, 0), DIAG_E108,
		   "the file is empty or has only comments; run 'reprise init' for an example");
	return NULL;
}

/*
 * Returns true if the text must be read again because an error was fixed. Errors that were not
 * fixed would be found again by the next pass, so they are reported after the last one only.
 */
static bool finish_pass(struct yaml_reader *r, const struct yaml_problem *problem,
			const struct node *root, bool may_repeat)
{
	bool fixed = root && yaml_check_tree(r, root);

	if (problem->status != YAML_OK && problem->status != YAML_STOPPED)
		fixed = yaml_explain(r, problem) || fixed;
	diag_append(r->diags, &r->confirmed);
	if (fixed && may_repeat)
		return true;
	diag_append(r->diags, &r->pending);
	return false;
}

/* The spans of the corrections, without that of a byte order mark. */
static void list_corrections(const struct yaml_reader *r, struct yaml_corrections *out)
{
	struct span *spans = ARENA_ARRAY(r->arena, r->fixits.count, struct span);
	size_t count = 0;

	for (size_t i = 0; i < r->fixits.count; i++) {
		const struct yaml_fixit *fixit = &r->fixits.items[i];

		if (fixit->begin == 0 && fixit->end == 3 && fixit->insert.len == 0)
			continue;
		spans[count++] = yaml_span(r, fixit->begin, fixit->end);
	}
	*out = (struct yaml_corrections){spans, count};
}

const struct node *yaml_read(struct arena *a, const struct source *source, struct diag_list *diags)
{
	return yaml_read_corrected(a, source, diags, NULL);
}

const struct node *yaml_read_corrected(struct arena *a, const struct source *source,
				       struct diag_list *diags, struct yaml_corrections *corrected)
{
	struct yaml_reader r = {.arena = a, .source = source, .diags = diags};
	const struct node *root;
	size_t bytes = 0, passes = 0;
	bool again;

	if (!yaml_scan_bytes(&r))
		return NULL;
	do {
		struct yaml_problem problem;

		diag_init(&r.pending, a);
		diag_init(&r.confirmed, a);
		yaml_text_rebuild(&r);
		root = yaml_build(&r, &problem);
		if (!root && problem.status == YAML_OK)
			return report_empty(&r);
		bytes += r.text.len;
		passes++;
		again =
		    finish_pass(&r, &problem, root, passes < MAX_PASSES && bytes < MAX_PASS_BYTES);
	} while (again);
	if (corrected)
		list_corrections(&r, corrected);
	return root;
}
