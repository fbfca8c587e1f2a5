/* The options of all commands that load a scenario file. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "cmd/load_file.h"

extern char **environ;

static struct override override_of(struct arena *a, const struct options *options, const char *name)
{
	const struct option_value *option = options_find(options, name);
	struct buf from;

	if (!option)
		return (struct override){STR_NULL, STR_NULL};
	buf_init(&from, 0);
	if (option->origin == OPTION_ENVIRONMENT) {
		buf_add(&from, STR("environment "));
		options_variable(option->option, &from);
	} else if (option->option->letter) {
		buf_printf(&from, "option -%c", option->option->letter);
	} else {
		buf_printf(&from, "option --%s", option->option->name);
	}
	struct override value = {str_of(option->value), arena_str(a, buf_str(&from))};
	buf_release(&from);
	return value;
}

/* All values of an option that repeats. */
static void add_all(struct arena *a, const struct options *options, const char *name,
		    const char *const **out, size_t *count)
{
	VEC(const char *) values = {NULL, 0, 0};

	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, name) == 0)
			VEC_PUSH(a, &values, options->values[i].value);
	*out = values.items;
	*count = values.count;
}

/* The last value of an option that not all commands have; or NULL. */
static const char *last_value(const struct options *options, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, name) == 0)
			value = options->values[i].value;
	return value;
}

struct folder_list {
	const char **items;
	size_t count, cap;
};

static bool add_allowed_folder(struct arena *a, struct str folder, struct folder_list *out)
{
	const char *path = arena_cstr(a, folder);

	if (access(path, R_OK | X_OK)) {
		log_error("--allow-files: cannot read the folder %s: %s", path, strerror(errno));
		return false;
	}
	VEC_PUSH(a, out, path);
	return true;
}

/* The folders of --allow-files; a value from the environment is a list separated by colons. */
static bool add_allowed_folders(struct arena *a, const struct options *options,
				struct overrides *out)
{
	struct folder_list folders = {NULL, 0, 0};
	bool good = true;

	for (size_t i = 0; i < options->value_count; i++) {
		struct str rest = str_of(options->values[i].value);
		bool list = options->values[i].origin == OPTION_ENVIRONMENT;

		if (strcmp(options->values[i].option->name, "allow-files") != 0)
			continue;
		while (rest.len) {
			size_t colon = list ? str_find_char(rest, ':', 0) : NOT_FOUND;
			size_t end = colon == NOT_FOUND ? rest.len : colon;

			if (end)
				good = add_allowed_folder(a, str_slice(rest, 0, end), &folders) &&
				       good;
			rest = str_slice(rest, colon == NOT_FOUND ? end : end + 1, rest.len);
		}
	}
	out->allowed_folders = folders.items;
	out->allowed_folder_count = folders.count;
	return good;
}

bool load_file_overrides(struct arena *a, const struct options *options, bool load,
			 struct overrides *out)
{
	const char *env_file = options_value(options, "env-file"), *error = NULL;

	*out = (struct overrides){.target = override_of(a, options, "target"),
				  .profile = override_of(a, options, "profile")};
	if (load) {
		out->users = override_of(a, options, "users");
		out->arrivals = override_of(a, options, "arrivals");
		out->duration = override_of(a, options, "duration");
		out->iterations = override_of(a, options, "iterations");
		out->ramp_up = override_of(a, options, "ramp-up");
		out->capacity = override_of(a, options, "capacity");
		out->grace = override_of(a, options, "grace");
		out->transport = override_of(a, options, "transport");
		out->seed = override_of(a, options, "seed");
		add_all(a, options, "only", &out->only, &out->only_count);
	}
	out->input_name = last_value(options, "stdin-filename");
	add_all(a, options, "param", &out->parameters.options, &out->parameters.option_count);
	out->parameters.environment = environ;
	if (!add_allowed_folders(a, options, out))
		return false;
	if (!env_file)
		return true;
	out->parameters.env_file_name = str_of(env_file);
	if (file_read(a, env_file, 1u << 20, &out->parameters.env_file, &error))
		return true;
	log_error("--env-file: cannot read %s: %s", env_file, error);
	return false;
}
