/* `reprise schema`: the JSON Schema of the language. */
#include "cmd/options.h"
#include "cmd/tables.h"
#include "scenario/schema.h"

#include <stdio.h>

static enum exit_status schema_main(int argc, char **argv);

const struct command schema_command = {
    .name = "schema",
    .synopsis = "schema",
    .sentence = "Prints the JSON Schema of the language, for editors.",
    .more = "An editor that knows YAML schemas completes and checks by it; the first line of a\n"
	    "scenario file then reads\n"
	    "\n"
	    "  # yaml-language-server: $schema=scenario.schema.json",
    .main = schema_main,
};

static enum exit_status schema_main(int argc, char **argv)
{
	struct options options;
	struct buf text;

	switch (options_read(&options, &schema_command, argc, argv)) {
	case OPTIONS_READY:
		break;
	case OPTIONS_HELP:
		return EXIT_PASSED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	}
	buf_init(&text, 0);
	schema_put(&text, &all_tables);
	bool written = fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
	buf_release(&text);
	options_release(&options);
	return written ? EXIT_PASSED : EXIT_NOT_WRITTEN;
}
