#include "cmd/newcomer_hints.h"

#include <string.h>

#include "base/str.h"

/* `option`: the hint applies only to commands with this option. */
static const struct {
	const char *name, *option, *use;
} option_hints[] = {
    {"vus", "users", "--users"},
    {"vu", "users", "--users"},
    {"virtual-users", "users", "--users"},
    {"concurrency", "users", "--users"},
    {"concurrent", "users", "--users"},
    {"connections", "users", "--users"},
    {"clients", "users", "--users"},
    {"c", "users", "--users (-u)"},
    {"rps", "arrivals", "--arrivals with a unit, such as --arrivals 20/s"},
    {"rate", "arrivals", "--arrivals with a unit, such as --arrivals 20/s"},
    {"qps", "arrivals", "--arrivals with a unit, such as --arrivals 20/s"},
    {"arrival-rate", "arrivals", "--arrivals with a unit, such as --arrivals 20/s"},
    {"throughput", "arrivals", "--arrivals with a unit, such as --arrivals 20/s"},
    {"time", "duration", "--duration, such as --duration 1m"},
    {"run-time", "duration", "--duration, such as --duration 1m"},
    {"timelimit", "duration", "--duration, such as --duration 1m"},
    {"length", "duration", "--duration, such as --duration 1m"},
    {"z", "duration", "--duration (-d)"},
    {"requests", "iterations", "--iterations, the number of iterations of each user"},
    {"num", "iterations", "--iterations, the number of iterations of each user"},
    {"n", "iterations", "--iterations (-i), the number of iterations of each user"},
    {"loops", "iterations", "--iterations"},
    {"repeat", "iterations", "--iterations"},
    {"count", "iterations", "--iterations"},
    {"host", "target", "--target, such as --target https://shop.example"},
    {"url", "target", "--target, such as --target https://shop.example"},
    {"base-url", "target", "--target, such as --target https://shop.example"},
    {"server", "target", "--target, such as --target https://shop.example"},
    {"spawn-rate", "ramp-up", "--ramp-up, the time in which the load grows"},
    {"hatch-rate", "ramp-up", "--ramp-up, the time in which the load grows"},
    {"rampup", "ramp-up", "--ramp-up"},
    {"ramp", "ramp-up", "--ramp-up"},
    {"env", "param", "--param (-p), such as -p NAME=VALUE"},
    {"e", "param", "--param (-p), such as -p NAME=VALUE"},
    {"var", "param", "--param (-p), such as -p NAME=VALUE"},
    {"variables", "param", "--param (-p), such as -p NAME=VALUE"},
    {"set", "param", "--param (-p), such as -p NAME=VALUE"},
    {"environment", "profile", "--profile for a profile of the file, or --param for a parameter"},
    {"scenario", "only", "--only"},
    {"tags", "only", "--only"},
    {"output", "out", "--out DIR for all results, or --json FILE, --report FILE"},
    {"html", "report", "--report FILE"},
    {"summary-export", "json", "--json FILE"},
    {"insecure", "target", "'tls: {verify: no}' under 'defaults' in the file"},
    {"insecure-skip-tls-verify", "target", "'tls: {verify: no}' under 'defaults' in the file"},
    {"k", "target", "'tls: {verify: no}' under 'defaults' in the file"},
    {"no-verify", "target", "'tls: {verify: no}' under 'defaults' in the file"},
    {"cacert", "target", "'tls: {ca: FILE}' under 'defaults' in the file"},
    {"header", "target", "'headers' under 'defaults' in the file"},
    {"H", "target", "'headers' under 'defaults' in the file"},
    {"cookie", "target", "'cookies' of a request in the file"},
    {"timeout", "target", "'timeout' under 'defaults' in the file"},
    {"stage", "target", "'stages' under 'load' in the file"},
    {"stages", "target", "'stages' under 'load' in the file"},
    {"proxy", "target", "'proxy' under 'defaults' in the file"},
    {"x", "target", "'proxy' under 'defaults' in the file"},
    {"user-agent", "target", "'user_agent' under 'defaults' in the file"},
    {"no-think", "think", "--think off"},
    {"no-color", "color", "--color never"},
    {"headless", "plain", "--plain for progress as plain lines; there is no window to turn off"},
    {"workers", "threads",
     "--threads for threads of this process, or --shard for several processes"},
    {"debug", "verbose", "--verbose (-v)"},
    {"log-level", "verbose", "--verbose (-v)"},
    {"silent", "quiet", "--quiet (-q)"},
};

static const struct {
	const char *name, *use;
} command_hints[] = {
    {"validate", "reprise check FILE"},
    {"lint", "reprise check FILE"},
    {"verify", "reprise check FILE"},
    {"test", "reprise run FILE"},
    {"start", "reprise run FILE"},
    {"exec", "reprise run FILE"},
    {"execute", "reprise run FILE"},
    {"bench", "reprise run FILE"},
    {"load", "reprise run FILE"},
    {"attack", "reprise run FILE"},
    {"debug", "reprise run --once -v FILE"},
    {"inspect", "reprise show FILE"},
    {"list", "reprise show FILE"},
    {"new", "reprise init"},
    {"create", "reprise init"},
    {"generate", "reprise init"},
    {"convert", "reprise import"},
    {"har", "reprise import har FILE"},
    {"curl", "reprise import curl FILE"},
    {"proxy", "reprise record"},
    {"recorder", "reprise record"},
    {"html", "reprise report DIR"},
    {"diff", "reprise compare OLD NEW"},
    {"server", "reprise demo"},
    {"version", "reprise --version"},
    {"-V", "reprise --version"},
    {"-v", "reprise --version"},
    {"man", "reprise explain"},
    {"docs", "reprise explain"},
};

static bool has_option(const struct command *command, const char *name)
{
	for (const struct option *o = command->options; o && o->name; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return false;
}

const char *newcomer_hints_option(const struct command *command, const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof option_hints / sizeof *option_hints; i++)
		if (str_eq(str_of(option_hints[i].name), str_n(name, length)) &&
		    has_option(command, option_hints[i].option))
			return option_hints[i].use;
	return NULL;
}

const char *newcomer_hints_command(const char *name)
{
	for (size_t i = 0; i < sizeof command_hints / sizeof *command_hints; i++)
		if (strcmp(command_hints[i].name, name) == 0)
			return command_hints[i].use;
	return NULL;
}
