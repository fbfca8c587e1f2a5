#include "scenario/step_lists.h"

#include "interface/field.h"

/* The arguments for EACH. */
struct step_lists_visitor {
	void (*each)(void *owner, const struct steps *list);
	void *owner;
};

static void walk_fields(const struct step_lists_visitor *w, const struct field *fields,
			const void *data);

static void walk_list(const struct step_lists_visitor *w, const struct field *row,
		      const struct field_list *list)
{
	if (row->element->type != FIELD_OBJECT)
		return;
	for (size_t i = 0; i < list->count; i++)
		walk_fields(w, row->element->fields,
			    (const char *)list->items + i * row->element->bytes);
}

static void walk_fields(const struct step_lists_visitor *w, const struct field *fields,
			const void *data)
{
	for (const struct field *row = fields; row->key; row++) {
		const void *value = (const char *)data + row->offset;

		if (row->type == FIELD_STEPS)
			w->each(w->owner, value);
		else if (row->type == FIELD_OBJECT)
			walk_fields(w, row->fields, value);
		else if (row->type == FIELD_LIST)
			walk_list(w, row, value);
	}
}

void step_lists_visit(const struct step *step, void (*each)(void *owner, const struct steps *list),
		      void *owner)
{
	const struct step_lists_visitor w = {each, owner};

	walk_fields(&w, step->kind->fields, step->data);
}
