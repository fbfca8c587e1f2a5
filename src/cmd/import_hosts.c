#include "cmd/import_hosts.h"

#include <string.h>

#include "base/log.h"
#include "cmd/contacted_hosts.h"

static bool is_named(const struct options *options, struct str host)
{
	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, "verify-host") == 0 &&
		    str_ieq(str_of(options->values[i].value), host))
			return true;
	return false;
}

bool import_hosts_allow(const struct options *options, const struct loaded_file *l)
{
	struct contacted_hosts hosts = {.names = {NULL, 0, 0}};
	struct arena arena;
	bool allowed = true;

	if (!l->program || !options_has(options, "verify-host"))
		return true;
	arena_init(&arena, 0);
	contacted_hosts_collect(&arena, l, &hosts);
	for (size_t i = 0; i < hosts.names.count && allowed; i++) {
		struct str host = hosts.names.items[i];

		allowed = contacted_hosts_is_local(host) || is_named(options, host);
		if (!allowed)
			log_error("--verify would contact %.*s; allow it with --verify-host %.*s",
				  STR_ARG(host), STR_ARG(host));
	}
	arena_release(&arena);
	return allowed;
}
