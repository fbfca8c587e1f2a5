#include "doc/yaml.h"

#include "doc/yaml_parts.h"

/* Reading anew after a correction: so often, and so many bytes in all. */
#define MAX_PASSES     40
#define MAX_PASS_BYTES ((size_t)24 << 20)

static const struct node *tell_empty(struct yaml_reading *r)
{
	diag_error(r->diags, yaml_span(r, 0, 0), DIAG_E108,
		   "the file is empty, or holds nothing but comments");
	return NULL;
}

/*
 * True when the text is to be read again: a mistake was mended. What was not mended would be found
 * anew by the next pass, so it is told only after the last one.
 */
static bool judge_pass(struct yaml_reading *r, const struct yaml_problem *problem,
		       const struct node *root, bool may_repeat)
{
	bool mended = root && yaml_check_tree(r, root);

	if (problem->trouble != YAML_FINE && problem->trouble != YAML_STOPPED)
		mended = yaml_explain(r, problem) || mended;
	diag_append(r->diags, &r->kept);
	if (mended && may_repeat)
		return true;
	diag_append(r->diags, &r->pass);
	return false;
}

const struct node *yaml_read(struct arena *a, const struct source *source, struct diag_list *diags)
{
	struct yaml_reading r = {.arena = a, .source = source, .diags = diags};
	const struct node *root;
	size_t bytes = 0, passes = 0;
	bool again;

	if (!yaml_scan_bytes(&r))
		return NULL;
	do {
		struct yaml_problem problem;

		diag_init(&r.pass, a);
		diag_init(&r.kept, a);
		yaml_text_rebuild(&r);
		root = yaml_build(&r, &problem);
		if (!root && problem.trouble == YAML_FINE)
			return tell_empty(&r);
		bytes += r.text.len;
		passes++;
		again =
		    judge_pass(&r, &problem, root, passes < MAX_PASSES && bytes < MAX_PASS_BYTES);
	} while (again);
	return root;
}
