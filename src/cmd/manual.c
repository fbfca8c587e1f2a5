#include "cmd/manual.h"

#include <string.h>

#include "cmd/commands.h"
#include "cmd/options.h"
#include "output/output.h"
#include "stats/failure.h"

static const struct manual_list option_list = {"Option", 0};

static void put_option(struct manual *m, const struct option *option)
{
	struct manual_item item = {.prose = str_of(option->prose)};
	struct manual_term *term = item.terms;

	if (option->letter)
		*term++ = (struct manual_term){MANUAL_OPTION,
					       arena_printf(m->arena, "%c", option->letter)};
	*term++ = (struct manual_term){MANUAL_OPTION, arena_printf(m->arena, "-%s", option->name)};
	if (option->value)
		*term++ = (struct manual_term){MANUAL_ARGUMENT, str_of(option->value)};
	if (option->word)
		*term++ = (struct manual_term){MANUAL_ARGUMENT,
					       arena_printf(m->arena, "[%s]", option->word)};
	if (option->environment) {
		struct buf variable;

		buf_init(&variable, 64);
		options_variable(option, &variable);
		item.environment = arena_str(m->arena, buf_str(&variable));
		buf_release(&variable);
	}
	m->format->item(m->out, &option_list, &item);
}

static void put_options(struct manual *m, const struct option *options)
{
	const char *group = NULL;
	bool open = false;

	for (const struct option *option = options; option && option->name; option++) {
		bool new_group = option->group && (!group || strcmp(group, option->group) != 0);

		if (open && new_group)
			m->format->end(m->out);
		if (new_group)
			m->format->paragraph(m->out, arena_printf(m->arena, "%s:", option->group));
		if (!open || new_group)
			m->format->begin(m->out, &option_list);
		open = true;
		group = option->group;
		put_option(m, option);
	}
	if (open)
		m->format->end(m->out);
}

static void put_commands(struct manual *m)
{
	struct buf more;

	buf_init(&more, 0);
	for (const struct command *const *c = commands_all(); *c; c++) {
		if ((*c)->hidden)
			continue;
		m->format->heading(m->out, arena_printf(m->arena, "reprise %s", (*c)->name));
		m->format->literal(m->out, str_of((*c)->synopsis));
		m->format->paragraph(m->out, str_of((*c)->sentence));
		put_options(m, (*c)->options);
		buf_clear(&more);
		commands_put_details(*c, &more);
		if (more.len) /* without the end of the last line */
			m->format->literal(m->out, str_slice(buf_str(&more), 0, more.len - 1));
	}
	buf_release(&more);
}

static void put_environment(struct manual *m)
{
	static const struct manual_list list = {"Variable", 0};
	const struct command *run = commands_find("run");
	struct buf variable;

	buf_init(&variable, 64);
	m->format->begin(m->out, &list);
	for (const struct option *o = run->options; o && o->name; o++) {
		if (!o->environment)
			continue;
		buf_clear(&variable);
		options_variable(o, &variable);
		m->format->item(m->out, &list,
				&(struct manual_item){
				    .terms = {{MANUAL_VARIABLE, buf_str(&variable)}},
				    .prose = arena_printf(m->arena, "--%s", o->name),
				});
	}
	m->format->end(m->out);
	buf_release(&variable);
}

static void put_outputs(struct manual *m)
{
	static const struct manual_list list = {"Option or file", 0};

	m->format->begin(m->out, &list);
	for (const struct output_kind *const *o = output_kinds(); *o; o++) {
		struct manual_item item = {.prose = str_of((*o)->sentence)};
		struct manual_term *term = item.terms;

		if ((*o)->option)
			*term++ = (struct manual_term){MANUAL_OPTION,
						       arena_printf(m->arena, "-%s", (*o)->option)};
		if ((*o)->file)
			*term++ = (struct manual_term){MANUAL_PATH, str_of((*o)->file)};
		if (item.terms[0].macro != MANUAL_NONE)
			m->format->item(m->out, &list, &item);
	}
	m->format->end(m->out);
}

static void put_failures(struct manual *m)
{
	static const struct manual_list list = {"Class", 0};

	m->format->begin(m->out, &list);
	for (int i = 0; i < FAILURE_CLASS_COUNT; i++)
		m->format->item(
		    m->out, &list,
		    &(struct manual_item){
			.terms = {{MANUAL_KEY, str_of(failure_name((enum failure_class)i))}},
			.prose = str_of(failure_prose((enum failure_class)i)),
		    });
	m->format->end(m->out);
}

bool manual_table(struct manual *m, struct str word)
{
	if (str_eq(word, STR("commands")))
		put_commands(m);
	else if (str_eq(word, STR("environment")))
		put_environment(m);
	else if (str_eq(word, STR("outputs")))
		put_outputs(m);
	else if (str_eq(word, STR("failures")))
		put_failures(m);
	else
		return manual_language(m, word);
	return true;
}
