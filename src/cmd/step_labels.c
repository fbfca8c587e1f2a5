#include "cmd/step_labels.h"

#include "base/log.h"
#include "doc/node_path.h"

#define PATHS_LISTED 4u /* of steps with the same name */

/* ---- texts */

static bool is_index(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	return text.len > 0;
}

/* The path of the item of a list that has the action key of the step. */
static struct str path_of(struct arena *a, const struct loaded_file *l, const struct step *step)
{
	struct str path =
	    step->span.source == l->source ? node_path_at(a, l->root, step->span.begin) : STR_NULL;

	while (path.ptr && path.len) {
		size_t slash = path.len;

		while (slash > 0 && path.ptr[slash - 1] != '/')
			slash--;
		if (is_index(str_slice(path, slash, path.len)))
			break;
		path = str_slice(path, 0, slash ? slash - 1 : 0);
	}
	return path;
}

/* The request, group or flow of the step in row INDEX of the program. */
static struct str name_of(const struct program *p, uint32_t index)
{
	const struct step_code *row = &p->steps[index];
	const struct step *step = row->step;

	if (step->kind->flags & STEP_CALL)
		return *(const struct str *)(const void *)((const char *)step->data +
							   step->action->offset);
	for (uint32_t pc = row->begin; pc < row->end; pc++) {
		const struct instr *in = &p->code[pc];

		if (program_step_at(p, pc) != index)
			continue;
		if (in->op == OP_REQUEST || in->op == OP_WAIT)
			return p->requests[in->a].name;
		if (in->op == OP_GROUP_BEGIN)
			return p->series[in->a].name;
	}
	return str_of(step->kind->name);
}

const struct step_label *step_labels_new(struct arena *a, const struct loaded_file *l)
{
	const struct program *p = l->program;
	struct step_label *labels = ARENA_ARRAY(a, p->step_count + 1, struct step_label);

	for (uint32_t i = 0; i < p->step_count; i++)
		labels[i] = (struct step_label){
		    .path = path_of(a, l, p->steps[i].step),
		    .name = name_of(p, i),
		    .at = source_span_label(a, p->steps[i].step->span),
		};
	return labels;
}

/* ---- search */

static bool same_step(const struct program *p, uint32_t a, uint32_t b)
{
	return p->steps[a].step == p->steps[b].step;
}

/* Marks the rows whose path, or name if BY_NAME, is TEXT. Returns the number of steps: a step of a
 * flow can have several rows. */
static size_t mark(const struct step_label *labels, const struct program *p, struct str text,
		   bool by_name, bool *found)
{
	size_t count = 0;

	for (uint32_t i = 0; i < p->step_count; i++) {
		bool is_new = true;

		found[i] = by_name ? str_eq(labels[i].name, text)
				   : labels[i].path.ptr && str_eq(labels[i].path, text);
		for (uint32_t k = 0; found[i] && k < i; k++)
			is_new &= !found[k] || !same_step(p, i, k);
		count += found[i] && is_new;
	}
	return count;
}

static void report_several(const struct step_label *labels, const struct program *p,
			   struct str text, size_t count, const bool *found)
{
	struct buf list;
	size_t listed = 0;

	buf_init(&list, 0);
	for (uint32_t i = 0; i < p->step_count && listed < PATHS_LISTED; i++) {
		bool again = !found[i];

		for (uint32_t k = 0; k < i && !again; k++)
			again = found[k] && same_step(p, i, k);
		if (!again)
			buf_printf(&list, "%s%.*s", listed++ ? ", " : "",
				   STR_ARG(labels[i].path.ptr ? labels[i].path : labels[i].at));
	}
	log_error("--until: %zu steps are named '%.*s'; write the path of one: %.*s%s", count,
		  STR_ARG(text), STR_ARG(buf_str(&list)), listed < count ? ", …" : "");
	buf_release(&list);
}

static void report_none(const struct step_label *labels, const struct program *p, struct str text,
			struct arena *a)
{
	struct str *words = ARENA_ARRAY(a, p->step_count + 1, struct str), near;
	bool is_path = str_starts(text, STR("/"));

	for (uint32_t i = 0; i < p->step_count; i++)
		words[i] = is_path && labels[i].path.ptr ? labels[i].path : labels[i].name;
	near = diag_nearest(text, words, p->step_count);
	if (near.ptr)
		log_error("--until: there is no step '%.*s'; did you mean '%.*s'?", STR_ARG(text),
			  STR_ARG(near));
	else if (p->step_count)
		log_error("--until: there is no step '%.*s'; write its name, or its path such as "
			  "%.*s",
			  STR_ARG(text),
			  STR_ARG(labels[0].path.ptr ? labels[0].path : STR("/steps/0")));
	else
		log_error("--until: the file has no steps");
}

bool step_labels_find(const struct step_label *labels, const struct loaded_file *l, struct str text,
		      bool *found)
{
	const struct program *p = l->program;
	size_t count = mark(labels, p, text, false, found);
	struct arena a;

	if (!count)
		count = mark(labels, p, text, true, found);
	if (count == 1)
		return true;
	if (count > 1) {
		report_several(labels, p, text, count, found);
		return false;
	}
	arena_init(&a, 0);
	report_none(labels, p, text, &a);
	arena_release(&a);
	return false;
}
