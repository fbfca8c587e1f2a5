#include "cmd/newcomer_hints.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"

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
    {"headless", "plain", "--plain for progress as plain lines; reprise does not open windows"},
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

/* ---- files */

#define FILES_READ 1000u /* of a folder */

static bool is_scenario_name(struct str name)
{
	return str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"));
}

/* The name without what follows its last dot. */
static struct str stem(struct str name)
{
	size_t end = name.len;

	while (end > 0 && name.ptr[end - 1] != '.')
		end--;
	return end > 1 ? str_slice(name, 0, end - 1) : name;
}

/* The scenario file in FOLDER whose name is nearest to NAME; with an empty NAME the first one. */
static struct str file_like(struct arena *a, const char *folder, struct str name)
{
	VEC(struct str) names = {NULL, 0, 0}, stems = {NULL, 0, 0};
	DIR *dir = opendir(folder);

	for (struct dirent *entry; dir && names.count < FILES_READ && (entry = readdir(dir));) {
		if (!is_scenario_name(str_of(entry->d_name)) || entry->d_name[0] == '.')
			continue;
		VEC_PUSH(a, &names, arena_str(a, str_of(entry->d_name)));
		VEC_PUSH(a, &stems, stem(names.items[names.count - 1]));
	}
	if (dir)
		closedir(dir);
	struct str near = diag_nearest(stem(name), stems.items, stems.count);
	struct str first = STR("");

	for (size_t i = 0; i < names.count; i++) {
		if (near.ptr ? str_eq(stems.items[i], near) : str_eq(stems.items[i], stem(name)))
			return names.items[i];
		if (!first.len || str_cmp(names.items[i], first) < 0)
			first = names.items[i];
	}
	return name.len ? STR("") : first;
}

struct str newcomer_hints_file(struct arena *a, const char *path)
{
	struct str all = str_of(path), like;
	size_t slash = all.len;
	struct stat about;

	while (slash > 0 && all.ptr[slash - 1] != '/')
		slash--;
	if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
		bool ends = all.len && all.ptr[all.len - 1] == '/';

		like = file_like(a, path, STR(""));
		return arena_printf(a, "write the path of a scenario file, such as %s%s%.*s", path,
				    ends ? "" : "/", STR_ARG(like.len ? like : STR("shop.yaml")));
	}
	if (stat(path, &about) == 0 || errno != ENOENT || strstr(path, "://"))
		return STR("");
	struct str folder = slash ? str_slice(all, 0, slash) : STR("./");

	like = file_like(a, arena_cstr(a, folder), str_slice(all, slash, all.len));
	if (like.len)
		return arena_printf(a, "did you mean %.*s%.*s?", STR_ARG(str_slice(all, 0, slash)),
				    STR_ARG(like));
	return arena_printf(a,
			    "correct the name or the folder; to create a file with an example: "
			    "reprise init%s%s",
			    is_scenario_name(all) ? " " : "", is_scenario_name(all) ? path : "");
}
