#include "cmd/commands.h"

#include "base/diag.h"
#include "base/str.h"

#define COMMAND(name) extern const struct command name##_command;
#include "cmd/cmd.def"
#undef COMMAND

static const struct command *const all[] = {
#define COMMAND(name) &name##_command,
#include "cmd/cmd.def"
#undef COMMAND
    NULL,
};

const struct command *const *commands_all(void)
{
	return all;
}

const struct command *commands_find(const char *name)
{
	for (size_t i = 0; all[i]; i++) {
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	}
	return NULL;
}

const char *commands_nearest(const char *name)
{
	struct str names[sizeof(all) / sizeof(all[0])] = {STR_NULL};
	size_t count = 0;
	struct str found;

	for (; all[count]; count++)
		names[count] = str_of(all[count]->name);
	found = diag_nearest(str_of(name), names, count);
	return found.ptr;
}
