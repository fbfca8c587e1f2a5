/* follow: follows a link of the user's last page. */
#include "interface/reader.h"
#include "doc/node.h"
#include "program/build.h"
#include "scenario/scenario_reader.h"
#include "steps/request_modifiers.h"

struct follow_target {
	struct keys keys;
	struct text link, row;
	int64_t nth;
};

struct follow {
	struct keys keys;
	struct follow_target target;
	struct str page;
	struct request_modifiers modifiers;
};

#define LINK_PROSE                                                                                 \
	"Visible text of the link; or its address, if the value starts with / or has a *, which "  \
	"is any text without /."

static const struct field target_fields[] = {
    FIELD(struct follow_target, link, "link", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .prose = LINK_PROSE, .example = "Edit"),
    FIELD(struct follow_target, row, "row", FIELD_TEMPLATE, .example = "Order ${order}",
	  .prose = "A text of the table row, list item or article that has the link; whole words "
		   "of it."),
    FIELD(struct follow_target, nth, "nth", FIELD_INT, .flags = FIELD_PARAMETER, .low = 1,
	  .high = 100000, .example = "2",
	  .prose = "Number of the link among those that fit, from 1. Default: the first."),
    FIELD_END,
};

static void read_target(struct reader *r, const struct node *node, void *out)
{
	struct follow_target *target = out;

	if (node->kind == NODE_MAP)
		reader_object(r, node, target_fields, target);
	else
		reader_template_of(r, node, "the text of a link", &target->link);
}

static const struct field_special target_special = {
    .name = "the text of a link, or a mapping with link, row or nth",
    .read = read_target,
    .schema = "{\"type\": \"string\"}",
    .fields = target_fields,
    .definition = "follow",
};

static const struct field follow_fields[] = {
    FIELD(struct follow, target, "follow", FIELD_SPECIAL, .flags = FIELD_ACTION,
	  .special = &target_special, .example = "Edit",
	  .prose =
	      "The first link with this visible text; or with this address, if the value "
	      "starts with / or has a *, which is any text without /. A mapping selects one of "
	      "several such links: {link: Edit, row: \"Order ${order}\"}, or {link: Edit, nth: "
	      "2}."),
    FIELD(struct follow, page, "page", FIELD_TEXT, .example = "Search", .prose = PAGE_PROSE),
    REQUEST_MODIFIERS_FIRST(struct follow, modifiers),
    REQUEST_MODIFIERS(struct follow, modifiers),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct follow *s = step->data;

	if (!s->target.link.raw.len)
		reader_error(r, step->span, DIAG_E149,
			     "the text of the link is missing; write a text such as Edit, or an "
			     "address such as /notes/*");
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct follow *s = step->data;
	struct page_action *action = ARENA_NEW(emit_arena(e), struct page_action);
	struct request_plan plan = {
	    .method = STR("GET"),
	    .span = step->span,
	};

	action->follows = true;
	action->link = build_template(e, &s->target.link, ESCAPE_NONE);
	if (s->target.row.raw.ptr)
		action->row = build_template(e, &s->target.row, ESCAPE_NONE);
	action->nth = (unsigned)s->target.nth;
	action->page = s->page;
	request_modifiers_plan(e, &s->keys, follow_fields, &s->modifiers, &plan);
	if (!plan.name.len)
		plan.name = arena_printf(emit_arena(e), "follow %.*s", STR_ARG(s->target.link.raw));
	request_modifiers_emit_page_action(e, &s->keys, &s->modifiers, action, &plan);
}

const struct step_kind follow_step = {
    .name = "follow",
    .flags = STEP_REQUEST,
    .sentence = "Follows a link of the last page.",
    .fields = follow_fields,
    .bytes = sizeof(struct follow),
    .check = check,
    .compile = compile,
};
