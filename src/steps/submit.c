/* submit: sends a form of the user's last page, as a browser does after the user filled it in. */
#include "base/media_type.h"
#include "doc/node.h"
#include "html/html_submission.h"
#include "interface/reader.h"
#include "program/build.h"
#include "scenario/scenario_reader.h"
#include "steps/request_modifiers.h"

#define FIELDS_NAMED 8 /* in the name of the step */

/* The value of `submit`: the text of a button, or values of fields. */
struct submit_target {
	struct keys keys;
	struct text text;	 /* raw.ptr NULL: values */
	struct field_map values; /* of struct submit_value */
};

/* `{file: …}`: one file, or several for one field. */
struct submit_upload {
	struct keys keys;
	struct field_list files; /* of struct str */
	struct str type, filename;
};

/* The value of a control. */
struct submit_value {
	const struct node *node;
	struct text text;	   /* of a scalar */
	struct field_list items;   /* of struct text */
	struct field_list uploads; /* of struct submit_upload */
};

struct submit {
	struct keys keys;
	struct submit_target target;
	struct request_modifiers modifiers;
	struct text button, row;
	int64_t nth;
	struct str form, page;
	struct field_map add; /* of struct submit_value */
};

static const struct field file_element = {
    .type = FIELD_TEXT, .flags = FIELD_PARAMETER | FIELD_FILE, .bytes = sizeof(struct str)};

static const struct field file_fields[] = {
    FIELD(struct submit_upload, files, "file", FIELD_LIST, .flags = FIELD_REQUIRED | FIELD_ONE_OK,
	  .element = &file_element, .example = "hat.png",
	  .prose = "File to upload; a list for several. It is read once for all users."),
    FIELD(struct submit_upload, type, "type", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .example = "image/png",
	  .prose = "Content-Type of the file; by default derived from its name."),
    FIELD(struct submit_upload, filename, "filename", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .example = "hat.png",
	  .prose = "File name that is sent; by default the name of the file."),
    FIELD_END,
};

static const struct field upload_element = {
    .type = FIELD_OBJECT, .fields = file_fields, .bytes = sizeof(struct submit_upload)};

static const struct field upload_list = {.key = "value",
					 .type = FIELD_LIST,
					 .flags = FIELD_ONE_OK,
					 .element = &upload_element,
					 .bytes = sizeof(struct field_list)};

static const struct field item_list = {.key = "value",
				       .type = FIELD_LIST,
				       .element = &request_modifiers_text,
				       .bytes = sizeof(struct field_list)};

static void read_uploads(struct reader *r, const struct node *node, struct submit_value *value)
{
	if (!reader_value(r, node, &upload_list, &value->uploads))
		return;
	for (size_t i = 0; i < value->uploads.count; i++) {
		struct submit_upload *upload = (struct submit_upload *)value->uploads.items + i;

		if (upload->filename.ptr && upload->files.count > 1)
			reader_error(r, keys_span(&upload->keys, "filename"), DIAG_E306,
				     "`filename` is the name of one file; write a list such as "
				     "[{file: a.png, filename: b.png}, {file: c.png}]");
	}
}

static void read_value(struct reader *r, const struct node *node, void *out)
{
	struct submit_value *value = out;

	value->node = node;
	if (node->kind == NODE_MAP ||
	    (node->kind == NODE_LIST && node->count && node->items[0]->kind == NODE_MAP))
		read_uploads(r, node, value);
	else if (node->kind == NODE_LIST)
		reader_value(r, node, &item_list, &value->items);
	else
		reader_template(r, node, &value->text);
}

static const struct field_special value_special = {
    .widget = "json",
    .name = "a text, yes, no, null, a list, or {file: …}",
    .read = read_value,
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\", \"null\", \"array\"]}",
    .fields = file_fields,
    .definition = "upload",
};

static const struct field value_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct submit_value), .special = &value_special};

static const struct field value_map = {.key = "submit",
				       .type = FIELD_MAP,
				       .element = &value_element,
				       .bytes = sizeof(struct field_map)};

static void read_target(struct reader *r, const struct node *node, void *out)
{
	struct submit_target *target = out;

	if (node->kind == NODE_MAP)
		reader_value(r, node, &value_map, &target->values);
	else
		reader_template_of(r, node, "the text of a button, or values of the form's fields",
				   &target->text);
}

static const struct field_special target_special = {
    .name = "the text of a button, or values of the form's fields",
    .read = read_target,
    .schema = "{\"type\": [\"string\", \"object\"]}",
};

static const struct field submit_fields[] = {
    FIELD(struct submit, target, "submit", FIELD_SPECIAL, .flags = FIELD_ACTION,
	  .special = &target_special, .example = "{user: anna, password: demo}",
	  .prose =
	      "Values of fields, by their names or labels: the form is the one that has all of "
	      "them. Or the text of a button: the form is the one that has it. All other fields "
	      "are sent with "
	      "the values of the page. A value is a text; `null` (not sent); `yes` or `no` for a "
	      "box; a "
	      "list for several values; or `{file: hat.png}`, also `{file: [a.png, b.png]}`. In "
	      "texts and lists, `${form.NAME}` or `${form[\"NAME\"]}` is the value of another "
	      "field."),
    FIELD(struct submit, button, "button", FIELD_TEMPLATE, .example = "Save draft",
	  .prose = "Button to press: its text, else its name; `none` for a script that sends the "
		   "form. Default: the first one, as the Enter key does."),
    FIELD(struct submit, form, "form", FIELD_TEXT, .flags = FIELD_PARAMETER, .example = "'#login'",
	  .prose = "Form to use if several fit: its id, class, name or action as a selector."),
    FIELD(struct submit, row, "row", FIELD_TEMPLATE, .example = "Order ${order}",
	  .prose = "A text of the table row, list item or article that has the form, its button or "
		   "its fields; whole words of it."),
    FIELD(struct submit, nth, "nth", FIELD_INT, .flags = FIELD_PARAMETER, .low = 1, .high = 100000,
	  .example = "2",
	  .prose = "Number of the form, or of the button, among those that fit, from 1."),
    FIELD(struct submit, add, "add", FIELD_MAP, .flags = FIELD_REPEATS, .element = &value_element,
	  .example = "{action: save}",
	  .prose = "Fields that the page does not have, because a script adds them."),
    FIELD(struct submit, page, "page", FIELD_TEXT, .example = "Settings", .prose = PAGE_PROSE),
    REQUEST_MODIFIERS_FIRST(struct submit, modifiers),
    REQUEST_MODIFIERS(struct submit, modifiers),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct submit *s = step->data;
	const char *wrong = s->form.ptr ? html_submission_check_selector(s->form) : NULL;

	if (wrong)
		reader_error(r, keys_value(&s->keys, "form")->span, DIAG_E360,
			     "'%.*s' is not a valid form selector: %s", STR_ARG(s->form), wrong);
	if (s->target.text.raw.ptr && !s->target.text.raw.len)
		reader_error(r, step->span, DIAG_E149,
			     "the text of the button is missing; write one such as Save");
	if (s->target.text.raw.ptr && keys_has(&s->keys, submit_fields, "button"))
		reader_error(r, keys_span(&s->keys, "button"), DIAG_E306,
			     "`submit` names the button already; remove `button`");
}

/* The meaning of unquoted words; FORM_VALUE for others. */
static enum form_value_kind kind_of(const struct node *node)
{
	struct str text = node->text;

	if (node_is_quoted(node))
		return FORM_VALUE;
	if (str_eq(text, STR("null")) || str_eq(text, STR("~")))
		return FORM_VALUE_NOTHING;
	if (str_eq(text, STR("yes")) || str_eq(text, STR("true")))
		return FORM_VALUE_YES;
	if (str_eq(text, STR("no")) || str_eq(text, STR("false")))
		return FORM_VALUE_NO;
	return FORM_VALUE;
}

static struct str base_name(struct str path)
{
	size_t from = path.len;

	while (from > 0 && path.ptr[from - 1] != '/')
		from--;
	return str_slice(path, from, path.len);
}

static void compile_files(struct emitter *e, const struct submit_value *v, struct form_value *out)
{
	const struct submit_upload *uploads = v->uploads.items;
	struct form_file *files;
	size_t count = 0;

	for (size_t i = 0; i < v->uploads.count; i++)
		count += uploads[i].files.count;
	files = ARENA_ARRAY(emit_arena(e), count + 1, struct form_file);
	for (size_t i = 0; i < v->uploads.count; i++) {
		const struct submit_upload *u = &uploads[i];
		struct span span = keys_value(&u->keys, "file")->span;

		for (size_t k = 0; k < u->files.count; k++) {
			struct str path = ((const struct str *)u->files.items)[k];

			if (!path.ptr) /* `check`: a parameter without a value */
				continue;
			files[out->file_count++] = (struct form_file){
			    .content = build_file_content(e, path, span),
			    .name = u->filename.ptr ? u->filename : base_name(path),
			    .type = u->type.ptr ? u->type : str_of(media_type_of(path))};
		}
	}
	out->kind = FORM_VALUE_FILE;
	out->files = files;
}

static void compile_value(struct emitter *e, const struct field_pair *pair, struct form_value *out)
{
	const struct submit_value *v = pair->value;

	*out = (struct form_value){.name = pair->key, .span = pair->key_span};
	if (v->uploads.count) {
		compile_files(e, v, out);
	} else if (v->node->kind == NODE_LIST) {
		const struct tmpl **items =
		    ARENA_ARRAY(emit_arena(e), v->items.count + 1, const struct tmpl *);

		for (size_t i = 0; i < v->items.count; i++)
			items[i] = build_form_value(e, (const struct text *)v->items.items + i);
		out->kind = FORM_VALUE_LIST;
		out->items = items;
		out->item_count = v->items.count;
	} else {
		out->kind = kind_of(v->node);
		out->text = build_form_value(e, &v->text);
	}
}

static const struct form_value *compile_values(struct emitter *e, const struct field_map *map)
{
	struct form_value *values = ARENA_ARRAY(emit_arena(e), map->count + 1, struct form_value);

	for (size_t i = 0; i < map->count; i++)
		compile_value(e, &map->pairs[i], &values[i]);
	return values;
}

/* `submit Save (title, body)`. */
static struct str name_of(struct emitter *e, const struct submit *s)
{
	struct arena *a = emit_arena(e);
	struct str button = s->target.text.raw.ptr ? s->target.text.raw : s->button.raw;
	struct str name = STR("submit");

	if (button.ptr)
		name = arena_printf(a, "submit %.*s", STR_ARG(button));
	for (size_t i = 0; i < s->target.values.count && i < FIELDS_NAMED; i++)
		name = arena_printf(a, "%.*s%s%.*s", STR_ARG(name), i ? ", " : " (",
				    STR_ARG(s->target.values.pairs[i].key));
	if (s->target.values.count)
		name = arena_printf(a, "%.*s%s)", STR_ARG(name),
				    s->target.values.count > FIELDS_NAMED ? ", …" : "");
	return name;
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct submit *s = step->data;
	struct page_action *action = ARENA_NEW(emit_arena(e), struct page_action);
	const struct text *button = s->target.text.raw.ptr ? &s->target.text : &s->button;
	struct request_plan plan = {
	    .method = STR("POST"),
	    .span = step->span,
	};

	action->values = compile_values(e, &s->target.values);
	action->value_count = s->target.values.count;
	action->added = compile_values(e, &s->add);
	action->added_count = s->add.count;
	action->form = s->form;
	action->page = s->page;
	action->no_button = !s->target.text.raw.ptr && str_eq(s->button.raw, STR("none"));
	if (button->raw.ptr && !action->no_button)
		action->button = build_template(e, button, ESCAPE_NONE);
	if (s->row.raw.ptr)
		action->row = build_template(e, &s->row, ESCAPE_NONE);
	action->nth = (unsigned)s->nth;
	request_modifiers_plan(e, &s->keys, submit_fields, &s->modifiers, &plan);
	if (!plan.name.len)
		plan.name = name_of(e, s);
	request_modifiers_emit_page_action(e, &s->keys, &s->modifiers, action, &plan);
}

const struct step_kind submit_step = {
    .name = "submit",
    .flags = STEP_REQUEST,
    .sentence = "Sends a form of the last page, with the values of the page and those given here.",
    .fields = submit_fields,
    .bytes = sizeof(struct submit),
    .check = check,
    .compile = compile,
};
