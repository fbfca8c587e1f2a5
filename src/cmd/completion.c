/* Completions for bash, zsh and fish from the tables of commands and options. */
#include "cmd/completion.h"

#include <string.h>

#include "cmd/commands.h"
#include "cmd/all_tables.h"
#include "interface/extract.h"

static bool is_file(const struct option *option)
{
	return option->value && (strstr(option->value, "FILE") || strstr(option->value, "DIR"));
}

/* TEXT for the inside of '…' in a shell; what means something to the completion itself, SPECIAL,
 * gets a backslash. */
static void put_quoted(struct buf *out, const char *text, const char *special)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			buf_add(out, STR("'\\''"));
		else if (strchr(special, *p))
			buf_printf(out, "\\%c", *p);
		else
			buf_add_char(out, *p);
	}
}

static void put_words(struct buf *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		buf_printf(out, "%s%s", i ? " " : "", words[i]);
}

static void put_commands(struct buf *out)
{
	for (const struct command *const *c = commands_all(); *c; c++)
		if (!(*c)->hidden)
			buf_printf(out, "%s ", (*c)->name);
	buf_add(out, STR("help"));
}

static void put_extractors(struct buf *out)
{
	for (size_t i = 0; i < all_tables.extract_count; i++)
		buf_printf(out, "%s%s", i ? " " : "", all_tables.extracts[i]->name);
}

/* ---- bash */

static void bash_command(struct buf *out, const struct command *command)
{
	buf_printf(out, "\t%s)\n\t\tcase $previous in\n", command->name);
	for (const struct option *o = command->options; o && o->name; o++) {
		if (!o->value)
			continue;
		buf_printf(out, "\t\t--%s", o->name);
		if (o->letter)
			buf_printf(out, " | -%c", o->letter);
		buf_add(out, STR(") "));
		if (o->choices) {
			buf_add(out, STR("COMPREPLY=($(compgen -W '"));
			put_words(out, o->choices);
			buf_add(out, STR("' -- \"$word\")); return ;;\n"));
		} else {
			buf_printf(out, "%sreturn ;;\n",
				   is_file(o) ? "COMPREPLY=($(compgen -f -- \"$word\")); " : "");
		}
	}
	buf_add(out, STR("\t\tesac\n\t\toptions='"));
	for (const struct option *o = command->options; o && o->name; o++)
		buf_printf(out, "--%s ", o->name);
	buf_add(out, STR("--help'\n\t\t;;\n"));
}

static void put_bash(struct buf *out)
{
	buf_add(out,
		STR("# bash completion for reprise; made by make reference\n"
		    "_reprise() {\n"
		    "\tlocal word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
		    "\tlocal command=${COMP_WORDS[1]} options=\n"
		    "\tCOMPREPLY=()\n"
		    "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
		    "\t\tCOMPREPLY=($(compgen -W '"));
	put_commands(out);
	buf_add(out, STR(" --help --version' -- \"$word\"))\n\t\treturn\n\tfi\n"
			 "\tcase $command in\n"));
	for (const struct command *const *c = commands_all(); *c; c++)
		if (!(*c)->hidden)
			bash_command(out, *c);
	buf_add(out, STR("\thelp) COMPREPLY=($(compgen -W '"));
	put_commands(out);
	buf_add(out, STR("' -- \"$word\")); return ;;\n\tesac\n"
			 "\tif [[ $word == -* ]]; then\n"
			 "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
			 "\telif [ \"$command\" = try ] && [ \"$COMP_CWORD\" -eq 2 ]; then\n"
			 "\t\tCOMPREPLY=($(compgen -W '"));
	put_extractors(out);
	buf_add(out, STR("' -- \"$word\"))\n"
			 "\telse\n"
			 "\t\tCOMPREPLY=($(compgen -f -- \"$word\"))\n"
			 "\tfi\n"
			 "}\n"
			 "complete -o filenames -F _reprise reprise\n"));
}

/* ---- zsh */

static void zsh_spec(struct buf *out, const struct option *o, bool letter)
{
	buf_printf(out, " \\\n\t\t'%s", o->repeats ? "*" : "");
	if (letter)
		buf_printf(out, "-%c%s", o->letter, o->value ? "+" : "");
	else
		buf_printf(out, "--%s%s", o->name, o->value ? "=" : "");
	buf_add_char(out, '[');
	put_quoted(out, o->prose, "[]:\\");
	buf_add_char(out, ']');
	if (o->value) {
		buf_add_char(out, ':');
		put_quoted(out, o->value, "[]:\\");
		buf_add_char(out, ':');
		if (o->choices) {
			buf_add_char(out, '(');
			put_words(out, o->choices);
			buf_add_char(out, ')');
		} else if (is_file(o)) {
			buf_add(out, STR("_files"));
		}
	}
	buf_add_char(out, '\'');
}

static void zsh_command(struct buf *out, const struct command *command)
{
	buf_printf(out, "\t%s)\n\t\t_arguments", command->name);
	for (const struct option *o = command->options; o && o->name; o++) {
		zsh_spec(out, o, false);
		if (o->letter)
			zsh_spec(out, o, true);
	}
	buf_add(out, STR(" \\\n\t\t'--help[tell all of this command]'"));
	if (strcmp(command->name, "try") == 0) {
		buf_add(out, STR(" \\\n\t\t'1:extractor:("));
		put_extractors(out);
		buf_add(out, STR(")' '2:expression:' '3:file:_files'"));
	} else {
		buf_add(out, STR(" \\\n\t\t'*:file:_files'"));
	}
	buf_add(out, STR("\n\t\t;;\n"));
}

static void put_zsh(struct buf *out)
{
	buf_add(out, STR("#compdef reprise\n# zsh completion for reprise; made by make reference\n"
			 "local -a commands\ncommands=(\n"));
	for (const struct command *const *c = commands_all(); *c; c++) {
		if ((*c)->hidden)
			continue;
		buf_printf(out, "\t'%s:", (*c)->name);
		put_quoted(out, (*c)->sentence, ":\\");
		buf_add(out, STR("'\n"));
	}
	buf_add(out, STR(")\nif (( CURRENT == 2 )); then\n"
			 "\t_describe command commands\n"
			 "\treturn\n"
			 "fi\n"
			 "local command=${words[2]}\n"
			 "shift words\n"
			 "(( CURRENT-- ))\n"
			 "case $command in\n"));
	for (const struct command *const *c = commands_all(); *c; c++)
		if (!(*c)->hidden)
			zsh_command(out, *c);
	buf_add(out, STR("esac\n"));
}

/* ---- fish */

static void fish_command(struct buf *out, const struct command *command)
{
	buf_printf(out, "complete -c reprise -n __fish_use_subcommand -f -a %s -d '",
		   command->name);
	put_quoted(out, command->sentence, "\\");
	buf_add(out, STR("'\n"));
	for (const struct option *o = command->options; o && o->name; o++) {
		buf_printf(out, "complete -c reprise -n '__fish_seen_subcommand_from %s' -l %s",
			   command->name, o->name);
		if (o->letter)
			buf_printf(out, " -s %c", o->letter);
		if (o->value)
			buf_add(out, is_file(o) ? STR(" -r") : STR(" -x"));
		if (o->choices) {
			buf_add(out, STR(" -a '"));
			put_words(out, o->choices);
			buf_add_char(out, '\'');
		}
		buf_add(out, STR(" -d '"));
		put_quoted(out, o->prose, "\\");
		buf_add(out, STR("'\n"));
	}
}

static void put_fish(struct buf *out)
{
	buf_add(out, STR("# fish completion for reprise; made by make reference\n"));
	for (const struct command *const *c = commands_all(); *c; c++)
		if (!(*c)->hidden)
			fish_command(out, *c);
	buf_add(out, STR("complete -c reprise -n '__fish_seen_subcommand_from try' -f -a '"));
	put_extractors(out);
	buf_add(out, STR("'\n"));
}

bool completion_put(struct buf *out, struct str shell)
{
	if (str_eq(shell, STR("bash")))
		put_bash(out);
	else if (str_eq(shell, STR("zsh")))
		put_zsh(out);
	else if (str_eq(shell, STR("fish")))
		put_fish(out);
	else
		return false;
	return true;
}
