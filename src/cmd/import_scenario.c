#include "cmd/import_scenario.h"

#include "base/ascii.h"
#include "import/conversion.h"

static struct str child_path(struct arena *a, struct str path, struct str key)
{
	struct buf out;
	struct str copy;

	buf_init(&out, 0);
	buf_add(&out, path);
	buf_add_char(&out, '/');
	for (size_t i = 0; i < key.len; i++)
		if (key.ptr[i] == '~' || key.ptr[i] == '/')
			buf_add(&out, key.ptr[i] == '~' ? STR("~0") : STR("~1"));
		else
			buf_add_char(&out, key.ptr[i]);
	copy = arena_str(a, buf_str(&out));
	buf_release(&out);
	return copy;
}

static void add_scalars(struct import_scenario *s, const struct node *node, struct str path,
			struct str key)
{
	if (node->kind == NODE_SCALAR)
		VEC_PUSH(&s->arena, &s->scalars, ((struct import_scalar){path, key, node}));
	for (size_t i = 0; i < node->count; i++) {
		struct str name = node->kind == NODE_MAP ? node->pairs[i].key->text
							 : arena_printf(&s->arena, "%zu", i);

		add_scalars(s, node->kind == NODE_MAP ? node->pairs[i].value : node->items[i],
			    child_path(&s->arena, path, name), name);
	}
}

static void label_requests(struct import_scenario *s, const struct step_label *labels)
{
	const struct program *p = s->l.program;

	s->labels = ARENA_ARRAY(&s->arena, p->request_count + 1, const struct step_label *);
	for (uint32_t pc = 0; pc < p->code_count; pc++) {
		uint32_t step = program_step_at(p, pc);

		if ((p->code[pc].op == OP_REQUEST || p->code[pc].op == OP_WAIT) && step != PC_NONE)
			s->labels[p->code[pc].a] = &labels[step];
	}
}

/* Requests are in the order of the conversion. */
static void label_steps(struct import_scenario *s, const struct conversion *conversion)
{
	uint32_t request = 0;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];

		if (!step->disabled && conversion_is_performed(step) &&
		    request < s->l.program->request_count)
			s->steps[i] = s->labels[request++];
	}
}

void import_scenario_read(struct import_scenario *s, const struct import_job *job, const char *path)
{
	size_t count = job->conversion ? job->conversion->steps.count : 0;
	struct overrides overrides = {.only_count = 0};

	*s = (struct import_scenario){.is_read = false};
	arena_init(&s->arena, 0);
	s->steps = ARENA_ARRAY(&s->arena, count + 1, const struct step_label *);
	if (!path || strcmp(path, "-") == 0)
		return;
	s->is_read = true;
	(void)load_file(&s->l, path, &overrides, LOAD_FILE_CHECK);
	if (s->l.root)
		add_scalars(s, s->l.root, STR(""), STR(""));
	if (!s->l.program)
		return;
	label_requests(s, step_labels_new(&s->arena, &s->l));
	if (job->conversion)
		label_steps(s, job->conversion);
}

void import_scenario_release(struct import_scenario *s)
{
	if (s->is_read)
		load_file_release(&s->l);
	arena_release(&s->arena);
}

bool import_scenario_uses(struct str text, struct str name)
{
	for (size_t at = str_find(text, STR("${"), 0); at != NOT_FOUND;
	     at = str_find(text, STR("${"), at + 2)) {
		size_t end = str_find_char(text, '}', at);

		for (size_t i = str_find(text, name, at); i < end; i = str_find(text, name, i + 1))
			if (!ascii_is_name(text.ptr[i - 1]) && text.ptr[i - 1] != '.' &&
			    (i + name.len == text.len || !ascii_is_name(text.ptr[i + name.len])))
				return true;
	}
	return false;
}
