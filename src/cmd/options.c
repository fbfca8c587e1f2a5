#include "cmd/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/diag.h"
#include "base/log.h"
#include "cmd/commands.h"
#include "cmd/newcomer_hints.h"
#include "cmd/process_title.h"

#define PREFIX "REPRISE_"

extern char **environ;

/* The state while arguments are parsed. */
struct option_parser {
	struct options *options;
	const struct command *const *all; /* the commands of the program */
	struct buf *problems;
	int argc, at;
	const char *const *argv;
	bool ok;
};

static void __attribute__((format(printf, 2, 3)))
problem(struct option_parser *r, const char *format, ...)
{
	va_list args;

	buf_add(r->problems, STR("error: "));
	va_start(args, format);
	buf_vprintf(r->problems, format, args);
	va_end(args);
	buf_add_char(r->problems, '\n');
	r->ok = false;
}

static size_t table_length(const struct option *table)
{
	size_t count = 0;

	while (table && table[count].name)
		count++;
	return count;
}

static const struct option *find_name(const struct command *command, struct str name)
{
	for (const struct option *o = command->options; o && o->name; o++) {
		if (str_eq(str_of(o->name), name))
			return o;
	}
	return NULL;
}

static const struct option *find_letter(const struct command *command, char letter)
{
	for (const struct option *o = command->options; o && o->name; o++) {
		if (o->letter && o->letter == letter)
			return o;
	}
	return NULL;
}

/* Whether VALUE is one of the option's choices, or the option has no choices. Otherwise reports the
 * problem. */
static bool is_choice(struct option_parser *r, const struct option *option, const char *value)
{
	struct str words[32];
	struct str near;
	size_t count = 0;

	if (!option->choices)
		return true;
	for (; option->choices[count] && count < sizeof(words) / sizeof(words[0]); count++) {
		words[count] = str_of(option->choices[count]);
		if (strcmp(option->choices[count], value) == 0)
			return true;
	}
	near = diag_nearest(str_of(value), words, count);
	if (near.ptr) {
		problem(r, "--%s cannot be '%s'; did you mean '%.*s'?", option->name, value,
			STR_ARG(near));
		return false;
	}
	problem(r, "--%s cannot be '%s'; use one of:", option->name, value);
	r->problems->len--;
	for (size_t i = 0; i < count; i++)
		buf_printf(r->problems, " %.*s", STR_ARG(words[i]));
	buf_add_char(r->problems, '\n');
	return false;
}

static void add_value(struct option_parser *r, const struct option *option, const char *value,
		      enum option_origin origin)
{
	struct options *o = r->options;

	if (is_choice(r, option, value))
		o->values[o->value_count++] = (struct option_value){option, value, origin};
}

/* A value for the message about a missing one; NULL: the name of the value is clear. */
static const char *example_of(const char *value)
{
	static const struct {
		const char *value, *example;
	} examples[] = {
	    {"TIME", "30s"},
	    {"N", "10"},
	    {"RATE", "20/s"},
	    {"URL", "http://127.0.0.1:8080"},
	    {"NAME=VALUE", "SEARCH=hat"},
	};

	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
		if (strcmp(value, examples[i].value) == 0)
			return examples[i].example;
	return NULL;
}

/* Returns the next argument as the value of OPTION; NULL, after reporting the error, if there is
 * none. */
static const char *next_word(struct option_parser *r, const struct option *option)
{
	if (r->at + 1 < r->argc)
		return r->argv[++r->at];
	const char *example = example_of(option->value);

	problem(r, "--%s needs a value%s: --%s %s", option->name, example ? ", such as" : "",
		option->name, example ? example : option->value);
	return NULL;
}

/* The name of the first command with the option NAME, or NULL. */
static const char *other_command_with(const struct option_parser *r, struct str name)
{
	for (const struct command *const *c = r->all; *c; c++)
		if (!(*c)->hidden && find_name(*c, name))
			return (*c)->name;
	return NULL;
}

static void unknown_name(struct option_parser *r, struct str name)
{
	const struct option *table = r->options->command->options;
	const char *use = newcomer_hints_option(r->options->command, name.ptr, name.len);
	size_t count = table_length(table);

	if (use) {
		problem(r, "unknown option '--%.*s'; use %s", STR_ARG(name), use);
		return;
	}
	const char *other = other_command_with(r, name);
	if (other) {
		problem(r, "unknown option '--%.*s'; it is an option of 'reprise %s'",
			STR_ARG(name), other);
		return;
	}
	struct str *names = alloc_zeroed(count + 1, sizeof(*names));
	struct str near;

	for (size_t i = 0; i < count; i++)
		names[i] = str_of(table[i].name);
	near = diag_nearest(name, names, count);
	if (near.ptr)
		problem(r, "unknown option '--%.*s'; did you mean '--%.*s'?", STR_ARG(name),
			STR_ARG(near));
	else
		problem(r, "unknown option '--%.*s'", STR_ARG(name));
	free(names);
}

/* --name, --name=value, --name value. */
static void read_long(struct option_parser *r, const char *word)
{
	size_t len = strcspn(word, "=");
	struct str name = str_n(word, len);
	const char *value = word[len] ? word + len + 1 : NULL;
	const struct option *option = find_name(r->options->command, name);

	if (str_eq(name, STR("help")) && !option) {
		r->options->help = true;
		return;
	}
	if (!option) {
		unknown_name(r, name);
		return;
	}
	if (!option->value && value && !(option->word && strcmp(value, option->word) == 0)) {
		if (option->word)
			problem(r, "--%s does not accept '%s'; use --%s or --%s %s", option->name,
				value, option->name, option->name, option->word);
		else
			problem(r, "--%s does not accept a value", option->name);
		return;
	}
	if (option->value && !value)
		value = next_word(r, option);
	else if (option->word && !value && r->at + 1 < r->argc &&
		 strcmp(r->argv[r->at + 1], option->word) == 0)
		value = r->argv[++r->at];
	if (value || !option->value)
		add_value(r, option, value ? value : "", OPTION_COMMAND_LINE);
}

/* -v, -vq, -u5, -u 5. */
static void read_letters(struct option_parser *r, const char *letters)
{
	struct str word = str_n(letters, strcspn(letters, "="));

	if (find_name(r->options->command, word) || (letters[1] && str_eq(word, STR("help")))) {
		problem(r, "unknown option '-%s'; did you mean '--%s'?", letters, letters);
		return;
	}
	for (; *letters; letters++) {
		const struct option *option = find_letter(r->options->command, *letters);
		const char *value;

		if (!option && *letters == 'h') {
			r->options->help = true;
			continue;
		}
		if (!option) {
			const char *use = newcomer_hints_option(r->options->command, letters, 1);

			problem(r, use ? "unknown option '-%c'; use %s" : "unknown option '-%c'%s",
				*letters, use ? use : "");
			return;
		}
		if (!option->value) {
			add_value(r, option, "", OPTION_COMMAND_LINE);
			continue;
		}
		value = letters[1] ? letters + 1 : next_word(r, option);
		if (value)
			add_value(r, option, value, OPTION_COMMAND_LINE);
		return;
	}
}

static void read_words(struct option_parser *r)
{
	bool only_operands = false;

	for (r->at = 1; r->at < r->argc; r->at++) {
		const char *word = r->argv[r->at];

		if (only_operands || word[0] != '-' || word[1] == '\0')
			r->options->operands[r->options->operand_count++] = word;
		else if (strcmp(word, "--") == 0)
			only_operands = true;
		else if (word[1] == '-')
			read_long(r, word + 2);
		else
			read_letters(r, word + 1);
	}
}

void options_variable(const struct option *option, struct buf *out)
{
	buf_add(out, STR(PREFIX));
	for (const char *c = option->name; *c; c++) {
		if (*c == '-')
			buf_add_char(out, '_');
		else
			buf_add_char(out, ascii_to_upper(*c));
	}
}

/* Whether the variable NAME belongs to OPTION. */
static bool is_variable_of(const struct option *option, struct str name)
{
	struct buf variable;
	bool same;

	if (!option->environment)
		return false;
	buf_init(&variable, 0);
	options_variable(option, &variable);
	same = str_eq(buf_str(&variable), name);
	buf_release(&variable);
	return same;
}

/* The value of a switch in the environment: 1, 0, or -1 if VALUE means neither yes nor no. */
static int yes_or_no(const char *value)
{
	static const char *const yes[] = {"1", "true", "yes", "on"};
	static const char *const no[] = {"", "0", "false", "no", "off"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (str_ieq(str_of(value), str_of(yes[i])))
			return 1;
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		if (str_ieq(str_of(value), str_of(no[i])))
			return 0;
	}
	return -1;
}

static void add_variable(struct option_parser *r, const struct option *option, struct str name,
			 const char *value)
{
	for (size_t i = 0; i < r->options->value_count; i++) {
		if (r->options->values[i].option == option)
			return;
	}
	if (option->value) {
		add_value(r, option, value, OPTION_ENVIRONMENT);
		return;
	}
	switch (yes_or_no(value)) {
	case 1:
		add_value(r, option, "", OPTION_ENVIRONMENT);
		break;
	case 0:
		break;
	default:
		problem(r, "%.*s cannot be '%s'; use yes or no", STR_ARG(name), value);
	}
}

/* The option whose variable, without the prefix, is similar to REST; NULL if there is none. */
static const struct option *nearest_variable(const struct command *const *all, struct str rest)
{
	const struct option *best = NULL;
	struct buf name;

	buf_init(&name, 0);
	for (; *all && !best; all++) {
		for (const struct option *o = (*all)->options; o && o->name && !best; o++) {
			struct str known;

			if (!o->environment)
				continue;
			buf_clear(&name);
			options_variable(o, &name);
			known = str_slice(buf_str(&name), sizeof(PREFIX) - 1, name.len);
			if (diag_nearest(rest, &known, 1).ptr)
				best = o;
		}
	}
	buf_release(&name);
	return best;
}

static bool is_known_variable(const struct command *const *all, struct str name)
{
	for (; *all; all++) {
		for (const struct option *o = (*all)->options; o && o->name; o++) {
			if (is_variable_of(o, name))
				return true;
		}
	}
	return false;
}

static void read_variable(struct option_parser *r, const struct command *const *all,
			  const char *entry)
{
	size_t len = strcspn(entry, "=");
	struct str name = str_n(entry, len);
	const struct option *near;

	if (!str_starts(name, STR(PREFIX)) || entry[len] != '=')
		return;
	for (const struct option *o = r->options->command->options; o && o->name; o++) {
		if (is_variable_of(o, name)) {
			add_variable(r, o, name, entry + len + 1);
			return;
		}
	}
	if (is_known_variable(all, name))
		return;
	near = nearest_variable(all, str_slice(name, sizeof(PREFIX) - 1, name.len));
	if (near) {
		problem(r, "unknown variable %.*s in the environment; did you mean ",
			STR_ARG(name));
		r->problems->len--;
		options_variable(near, r->problems);
		buf_add(r->problems, STR("?\n"));
		return;
	}
	buf_printf(r->problems, "warning: the variable %.*s is ignored: no option has this name\n",
		   STR_ARG(name));
}

static bool reads_environment(const struct command *command)
{
	for (const struct option *o = command->options; o && o->name; o++) {
		if (o->environment)
			return true;
	}
	return false;
}

bool options_parse(struct options *options, const struct command *command,
		   const struct command *const *all, int argc, const char *const *argv,
		   const char *const *environment, struct buf *problems)
{
	struct option_parser r = {
	    .options = options,
	    .all = all,
	    .problems = problems,
	    .argc = argc,
	    .argv = argv,
	    .ok = true,
	};
	size_t max = table_length(command->options);

	*options = (struct options){.command = command};
	for (int i = 0; i < argc; i++)
		max += strlen(argv[i]) + 1;
	options->values = alloc_zeroed(max + 1, sizeof(*options->values));
	options->operands = alloc_zeroed((size_t)argc + 1, sizeof(*options->operands));
	read_words(&r);
	if (options->help || !reads_environment(command))
		return r.ok;
	for (; *environment; environment++)
		read_variable(&r, all, *environment);
	return r.ok;
}

enum options_result options_read(struct options *options, const struct command *command, int argc,
				 char **argv)
{
	enum options_result result = OPTIONS_READY;
	struct buf problems;

	buf_init(&problems, 0);
	if (!options_parse(options, command, commands_all(), argc, (const char *const *)argv,
			   (const char *const *)environ, &problems)) {
		buf_printf(&problems, "usage: reprise %s; for all options: reprise %s --help\n",
			   command->synopsis, command->name);
		result = OPTIONS_WRONG;
	} else if (options->help) {
		commands_help_for(command, stdout);
		result = OPTIONS_HELP;
	} else {
		process_title_hide(options);
	}
	if (problems.len && !options->help)
		fputs(problems.data, stderr);
	buf_release(&problems);
	if (result != OPTIONS_READY)
		options_release(options);
	return result;
}

void options_release(struct options *options)
{
	free(options->values);
	free(options->operands);
	free(options->copies);
	*options = (struct options){.command = options->command};
}

const struct option_value *options_find(const struct options *options, const char *name)
{
	if (!find_name(options->command, str_of(name)))
		BUG("%s has no option --%s", options->command->name, name);
	for (size_t i = options->value_count; i > 0; i--) {
		if (strcmp(options->values[i - 1].option->name, name) == 0)
			return &options->values[i - 1];
	}
	return NULL;
}

const char *options_value(const struct options *options, const char *name)
{
	const struct option_value *found = options_find(options, name);

	return found ? found->value : NULL;
}

size_t options_count(const struct options *options, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < options->value_count; i++)
		count += strcmp(options->values[i].option->name, name) == 0;
	return count;
}

bool options_has(const struct options *options, const char *name)
{
	return options_find(options, name) != NULL;
}
