#include "cmd/commands.h"

#include "base/str.h"

enum { COLUMNS = 80, OPTION_COLUMN = 28, COMMAND_COLUMN = 13, LIST_COLUMN = 15 };

/* Prints TEXT word by word, starting at column AT; further lines start at column INDENT. */
static void print_wrapped(const char *text, size_t at, size_t indent, FILE *out)
{
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");
		size_t columns = str_columns(str_n(text, len));

		if (!first && at + 1 + columns > COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', out);
			at++;
		}
		fwrite(text, 1, len, out);
		at += columns;
		first = false;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* Prints spaces from column AT to column TO; starts a new line if AT is after TO. */
static void move_to(size_t at, size_t to, FILE *out)
{
	if (at + 1 > to) {
		fputc('\n', out);
		at = 0;
	}
	fprintf(out, "%*s", (int)(to - at), "");
}

static void print_option(const struct option *option, FILE *out)
{
	char head[128];
	int len;

	if (option->letter)
		len = snprintf(head, sizeof(head), "  -%c, --%s", option->letter, option->name);
	else
		len = snprintf(head, sizeof(head), "      --%s", option->name);
	if (option->value && len > 0 && (size_t)len < sizeof(head))
		snprintf(head + len, sizeof(head) - (size_t)len, " %s", option->value);
	if (option->word && len > 0 && (size_t)len < sizeof(head))
		snprintf(head + len, sizeof(head) - (size_t)len, " [%s]", option->word);
	fputs(head, out);
	move_to(str_columns(str_of(head)), OPTION_COLUMN, out);
	print_wrapped(option->prose, OPTION_COLUMN, OPTION_COLUMN, out);
}

static const char *group_of(const struct option *option)
{
	return option->group ? option->group : "Options";
}

/* Whether an option between FIRST and OPTION has the same group. */
static bool is_known_group(const struct option *first, const struct option *option)
{
	for (; first < option; first++) {
		if (strcmp(group_of(first), group_of(option)) == 0)
			return true;
	}
	return false;
}

void commands_put_details(const struct command *command, struct buf *out)
{
	const char *word, *sentence;

	if (command->list_row) {
		buf_printf(out, "%s\n", command->list_heading);
		for (size_t row = 0; command->list_row(row, &word, &sentence); row++)
			buf_printf(out, "  %-*s%s\n", LIST_COLUMN - 2, word, sentence);
		if (command->more)
			buf_add_char(out, '\n');
	}
	if (command->more)
		buf_printf(out, "%s\n", command->more);
}

void commands_help_for(const struct command *command, FILE *out)
{
	struct buf more;

	fprintf(out, "usage: reprise %s\n\n", command->synopsis);
	print_wrapped(command->sentence, 0, 0, out);
	for (const struct option *head = command->options; head && head->name; head++) {
		if (is_known_group(command->options, head))
			continue;
		fprintf(out, "\n%s:\n", group_of(head));
		for (const struct option *option = head; option->name; option++) {
			if (strcmp(group_of(option), group_of(head)) == 0)
				print_option(option, out);
		}
	}
	buf_init(&more, 0);
	commands_put_details(command, &more);
	if (more.len)
		fprintf(out, "\n%.*s", STR_ARG(buf_str(&more)));
	buf_release(&more);
}

void commands_help(FILE *out)
{
	fputs("usage: reprise COMMAND …\n\n"
	      "A load testing tool: virtual users send the requests of people who use a website,\n"
	      "and reprise measures throughput, response times and errors.\n\n",
	      out);
	for (const struct command *const *command = commands_all(); *command; command++) {
		if ((*command)->hidden)
			continue;
		int len = fprintf(out, "  %s", (*command)->name);

		move_to(len > 0 ? (size_t)len : 0, COMMAND_COLUMN, out);
		print_wrapped((*command)->sentence, COMMAND_COLUMN, COMMAND_COLUMN, out);
	}
	fputs("\nreprise COMMAND --help prints all options of a command;\n"
	      "reprise --version prints the version, the libraries and their features, and with\n"
	      "--licences also the licences.\n",
	      out);
}
