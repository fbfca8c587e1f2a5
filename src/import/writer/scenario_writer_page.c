/* Steps that use a page: submit and follow. */
#include "import/template_text.h"
#include "import/writer/scenario_writer.h"

static struct str literal(struct conversion *conversion, struct str text)
{
	buf_clear(&conversion->scratch);
	template_text_add_literal(&conversion->scratch, text);
	return arena_str(&conversion->job->arena, buf_str(&conversion->scratch));
}

static struct yaml_writer_node *item_node(struct conversion *conversion,
					  const struct conversion_step *step,
					  const struct page_item *item)
{
	struct arena *a = &conversion->job->arena;
	const struct page_pair *pair = item->pair;
	struct str text = pair->value;

	if (item->control.ptr)
		return yaml_writer_text(a, arena_printf(a, "${form.%.*s}", STR_ARG(item->control)));
	if (pair->location == LOCATION_URL)
		text = str_slice(step->tx->url, pair->from, pair->to);
	return yaml_writer_recorded(a, scenario_writer_text(conversion, step, pair->location,
							    pair->index, text, pair->from,
							    pair->location == LOCATION_URL));
}

static struct yaml_writer_node *value_node(struct conversion *conversion,
					   const struct conversion_step *step,
					   const struct page_value *value)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *list;

	switch (value->kind) {
	case PAGE_VALUE_NOTHING:
		return yaml_writer_word(a, STR("null"));
	case PAGE_VALUE_YES:
		return yaml_writer_word(a, STR("yes"));
	case PAGE_VALUE_NO:
		return yaml_writer_word(a, STR("no"));
	case PAGE_VALUE_FILE:
		if (value->parameter.len)
			return scenario_writer_asked_file(a, value->parameter);
		return scenario_writer_file(conversion, step, value->items[0].pair->part);
	case PAGE_VALUE_TEXT:
		return item_node(conversion, step, &value->items[0]);
	case PAGE_VALUE_LIST:
		break;
	}
	list = yaml_writer_list(a);
	list->flow = true;
	for (size_t i = 0; i < value->item_count; i++)
		yaml_writer_add(a, list, item_node(conversion, step, &value->items[i]));
	return list;
}

static struct yaml_writer_node *values_node(struct conversion *conversion,
					    const struct conversion_step *step,
					    const struct page_value *values, size_t count)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *map = yaml_writer_map(a);

	map->flow = true;
	for (size_t i = 0; i < count; i++)
		yaml_writer_put(a, map, values[i].name, value_node(conversion, step, &values[i]));
	return map;
}

/* Whether `add` has the name: the value is sent, but not by the control. */
static bool is_added(const struct page_use *use, struct str name)
{
	for (size_t i = 0; i < use->added.count; i++)
		if (str_eq(use->added.items[i].name, name))
			return true;
	return false;
}

/* A value of a hidden control as recorded; not one that the page or an earlier response supplies,
 * such as the id that says which of several forms is used. */
static bool is_set_by_script(const struct conversion_step *step, const struct page_value *value)
{
	const struct page_pair *pair = value->item_count ? value->items[0].pair : NULL;

	return value->hidden && value->kind == PAGE_VALUE_TEXT && !value->items[0].control.ptr &&
	       !scenario_writer_is_bound(step, pair->location, pair->index, pair->from,
					 pair->from + pair->value.len + 1);
}

/* Explains the values that were not typed; they are the last ones. */
static struct yaml_writer_node *submit_node(struct conversion *conversion,
					    const struct conversion_step *step)
{
	const struct page_use *use = step->page_use;
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *map =
	    values_node(conversion, step, use->values.items, use->values.count);
	bool said = false;

	for (size_t i = 0; i < use->values.count; i++) {
		const struct page_value *value = &use->values.items[i];
		struct yaml_writer_node *node = map->members.items[i].value;

		if (value->kind == PAGE_VALUE_NOTHING && !value->deselected &&
		    !is_added(use, value->name)) {
			node->beside = STR("not sent: a script switched it off");
		} else if (!said && is_set_by_script(step, value)) {
			yaml_writer_comment(a, node, STR("set by a script of the page"));
			said = true;
		}
	}
	return map;
}

static void put_submit(struct conversion *conversion, const struct conversion_step *step,
		       struct yaml_writer_node *node)
{
	const struct page_use *use = step->page_use;
	struct arena *a = &conversion->job->arena;
	bool only_button = !use->values.count && use->button.len;

	if (only_button)
		yaml_writer_put(a, node, STR("submit"),
				yaml_writer_recorded(a, literal(conversion, use->button)));
	else
		yaml_writer_put(a, node, STR("submit"), submit_node(conversion, step));
	if (use->no_button)
		yaml_writer_put(a, node, STR("button"), yaml_writer_text(a, STR("none")));
	else if (use->button_parameter.len)
		yaml_writer_put_text(a, node, STR("button"),
				     arena_printf(a, "${%.*s}", STR_ARG(use->button_parameter)));
	else if (use->button.len && !only_button)
		yaml_writer_put(a, node, STR("button"),
				yaml_writer_recorded(a, literal(conversion, use->button)));
	if (use->form.len)
		yaml_writer_put_text(a, node, STR("form"), use->form);
	if (use->added.count)
		yaml_writer_put(a, node, STR("add"),
				values_node(conversion, step, use->added.items, use->added.count));
}

static void put_follow(struct conversion *conversion, const struct page_use *use,
		       struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *map;

	if (!use->row.len) {
		yaml_writer_put_text(a, node, STR("follow"), use->link);
		return;
	}
	map = yaml_writer_put(a, node, STR("follow"), yaml_writer_map(a));
	map->flow = true;
	yaml_writer_put_text(a, map, STR("link"), use->link);
	yaml_writer_put_text(a, map, STR("row"), use->row);
}

void scenario_writer_page_use(struct conversion *conversion, const struct conversion_step *step,
			      struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;

	if (step->page_use->follows)
		put_follow(conversion, step->page_use, node);
	else
		put_submit(conversion, step, node);
	if (step->page_use->page.len)
		yaml_writer_put_text(a, node, STR("page"), step->page_use->page);
}
