/* `reprise schema`: prints the JSON Schema of the scenario language. */
#include "base/log.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"
#include "scenario/form_tables.h"
#include "scenario/schema.h"

#include <stdio.h>

static const struct option options_table[] = {
    {.name = "forms",
     .prose = "print the description of the language for programs that show forms: labels, "
	      "groups, alternatives, meanings of words"},
    {.name = NULL},
};

static enum exit_status schema_main(const struct options *options);

const struct command schema_command = {
    .name = "schema",
    .synopsis = "schema",
    .sentence = "Prints the JSON Schema of the scenario language, for editors.",
    .options = options_table,
    .more = "Editors with support for YAML schemas use it to complete and check keys. Write this\n"
	    "as the first line of a scenario file:\n"
	    "\n"
	    "  # yaml-language-server: $schema=scenario.schema.json",
    .main = schema_main,
};

static enum exit_status schema_main(const struct options *options)
{
	struct buf text;

	if (options->operand_count) {
		log_error("schema does not accept a file: '%s'; for help: reprise schema --help",
			  options->operands[0]);
		return EXIT_USAGE;
	}
	buf_init(&text, 0);
	if (options_has(options, "forms"))
		form_tables_put(&text, &all_tables);
	else
		schema_put(&text, &all_tables);
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	return EXIT_PASSED;
}
