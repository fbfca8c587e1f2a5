#include "cmd/edit_needs.h"

#include "cmd/commands.h"
#include "cmd/contacted_hosts.h"
#include "cmd/options.h"
#include "cmd/show_json.h"

extern char **environ;

/* The environment of the run: the additions come first, so that they are used. */
static const char *const *environment_of(struct arena *a, const struct api_scenario *scenario)
{
	VEC(const char *) all = {NULL, 0, 0};

	for (size_t i = 0; scenario->environment && scenario->environment[i]; i++)
		VEC_PUSH(a, &all, scenario->environment[i]);
	for (size_t i = 0; environ[i]; i++)
		VEC_PUSH(a, &all, environ[i]);
	VEC_PUSH(a, &all, NULL);
	return all.items;
}

/* The command line of the run, as far as it changes its hosts. */
static bool read_options(struct arena *a, const struct api_scenario *scenario,
			 const char *const *environment, struct options *options, struct buf *error)
{
	VEC(const char *) words = {NULL, 0, 0};

	VEC_PUSH(a, &words, "show");
	if (scenario->target) {
		VEC_PUSH(a, &words, "--target");
		VEC_PUSH(a, &words, scenario->target);
	}
	if (scenario->profile) {
		VEC_PUSH(a, &words, "--profile");
		VEC_PUSH(a, &words, scenario->profile);
	}
	for (size_t i = 0; i < scenario->parameter_count; i++) {
		VEC_PUSH(a, &words, "--param");
		VEC_PUSH(a, &words, scenario->parameters[i]);
	}
	return options_parse(options, commands_find("show"), commands_all(), (int)words.count,
			     words.items, environment, error);
}

static void put_needs(struct arena *a, const struct loaded_file *l, struct api_needs *out)
{
	struct contacted_hosts hosts = {.names = {NULL, 0, 0}};

	out->has_errors = !l->program;
	if (l->program)
		contacted_hosts_collect(a, l, &hosts);
	for (size_t i = 0; i < hosts.names.count; i++) {
		struct str name = hosts.names.items[i];

		VEC_PUSH(
		    a, &out->hosts,
		    ((struct api_host){.name = name, .local = contacted_hosts_is_local(name)}));
	}
	for (size_t i = 0; l->model && i < l->model->parameter_count; i++) {
		const struct parameter *p = &l->model->parameters[i];

		if (p->secret || p->required)
			VEC_PUSH(a, &out->secrets,
				 ((struct api_secret){.name = arena_str(a, p->name),
						      .secret = p->secret,
						      .required = p->required,
						      .set = p->value.len > 0,
						      .origin = arena_str(a, p->origin)}));
	}
}

/* Loads SCENARIO as its run would and calls USE, which takes from L what it needs. */
static bool load(struct arena *a, const struct api_scenario *scenario,
		 void (*use)(void *arg, const struct loaded_file *l,
			     const struct overrides *overrides),
		 void *arg, struct buf *error)
{
	const char *const *environment = environment_of(a, scenario);
	struct overrides overrides;
	struct options options;
	struct loaded_file l;
	bool fine = read_options(a, scenario, environment, &options, error);

	if (fine && !load_file_overrides(a, &options, true, &overrides)) {
		buf_add(error, STR("a file or folder that the environment names cannot be read"));
		fine = false;
	}
	if (fine) {
		overrides.parameters.environment = (char *const *)environment;
		if (scenario->text.ptr)
			load_file_text(&l, scenario->path, scenario->text, &overrides,
				       LOAD_FILE_SHOW);
		else
			load_file(&l, scenario->path, &overrides, LOAD_FILE_SHOW);
		use(arg, &l, &overrides);
		load_file_release(&l);
	}
	options_release(&options);
	return fine;
}

struct needs_request {
	struct arena *arena;
	struct api_needs *out;
};

static void use_needs(void *arg, const struct loaded_file *l, const struct overrides *overrides)
{
	const struct needs_request *n = arg;

	(void)overrides;
	put_needs(n->arena, l, n->out);
}

bool edit_needs_find(struct arena *a, const struct api_scenario *scenario, struct api_needs *out,
		     struct buf *error)
{
	return load(a, scenario, use_needs, &(struct needs_request){a, out}, error);
}

static void use_plan(void *arg, const struct loaded_file *l, const struct overrides *overrides)
{
	show_json_put(l, overrides, SHOW_JSON_PLAN, arg);
}

bool edit_needs_put_plan(struct arena *a, const struct api_scenario *scenario, struct buf *out,
			 struct buf *error)
{
	return load(a, scenario, use_plan, out, error);
}
