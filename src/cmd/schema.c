/* `reprise schema`: the JSON Schema of the language. */
#include "base/log.h"
#include "cmd/options.h"
#include "cmd/all_tables.h"
#include "scenario/schema.h"

#include <stdio.h>

static enum exit_status schema_main(const struct options *options);

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

static enum exit_status schema_main(const struct options *options)
{
	struct buf text;

	if (options->operand_count) {
		log_error("schema takes no file: '%s'; reprise schema --help",
			  options->operands[0]);
		return EXIT_USAGE;
	}
	buf_init(&text, 0);
	schema_put(&text, &all_tables);
	bool written = fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
	buf_release(&text);
	return written ? EXIT_PASSED : EXIT_NOT_WRITTEN;
}
