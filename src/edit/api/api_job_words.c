/* The command line of a job, from the members of its request. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edit/api/api_job.h"

void api_job_word(struct api_job *job, const char *word)
{
	VEC_PUSH(&job->arena, &job->words, word);
}

void api_job_option(struct api_job *job, const char *name, struct str value)
{
	api_job_word(job, arena_printf(&job->arena, "--%s=%.*s", name, STR_ARG(value)).ptr);
}

static bool refuse(struct api_request *r, const char *key, const char *expected)
{
	api_fail(r, 400, "options", "the option \"%s\" must be %s", key, expected);
	return false;
}

/* A text or a number without a NUL, which would end the word. */
static bool is_value(const struct node *value)
{
	return value->kind == NODE_SCALAR && !node_is_empty(value) &&
	       str_find_char(value->text, '\0', 0) == NOT_FOUND;
}

static bool is_word(const struct node *value, const char *word)
{
	return value->kind == NODE_SCALAR && value->style == NODE_PLAIN &&
	       str_eq(value->text, str_of(word));
}

static bool add_setting(struct api_request *r, const struct node *value, struct api_job *job,
			const struct api_job_setting *setting)
{
	if (is_word(value, "null"))
		return true;
	if (setting->is_switch) {
		if (setting->word && node_is_quoted(value) &&
		    str_eq(value->text, str_of(setting->word))) {
			api_job_option(job, setting->option, value->text);
			return true;
		}
		if (is_word(value, "true"))
			api_job_word(job, arena_printf(&job->arena, "--%s", setting->option).ptr);
		return is_word(value, "true") || is_word(value, "false") ||
		       refuse(r, setting->key, "true or false");
	}
	if (value->kind == NODE_LIST) {
		for (size_t i = 0; i < value->count; i++) {
			if (!is_value(value->items[i]))
				return refuse(r, setting->key, "a list of texts");
			api_job_option(job, setting->option, value->items[i]->text);
		}
		return true;
	}
	if (!is_value(value))
		return refuse(r, setting->key, "a text, a number or a list of texts");
	api_job_option(job, setting->option, value->text);
	return true;
}

bool api_job_settings(struct api_request *r, const struct node *body, struct api_job *job,
		      const struct api_job_setting *table)
{
	const struct node *options = node_find(body, STR("options"));

	if (!options)
		return true;
	if (options->kind != NODE_MAP) {
		api_fail(r, 400, "options", "the member \"options\" is not an object");
		return false;
	}
	for (size_t i = 0; i < options->count; i++) {
		struct str key = options->pairs[i].key->text;
		const struct api_job_setting *setting = table;

		while (setting->key && !str_eq(key, str_of(setting->key)))
			setting++;
		if (!setting->key) {
			api_fail(r, 400, "options", "a job of this kind has no option \"%.*s\"",
				 STR_ARG(key));
			return false;
		}
		if (!add_setting(r, options->pairs[i].value, job, setting))
			return false;
	}
	return true;
}

/* ---- files */

const char *api_job_path(struct api_request *r, const struct node *body, const char *key,
			 struct api_job *job)
{
	struct str name = api_member(body, key);
	const char *path;

	if (!name.ptr) {
		api_fail(r, 400, key, "the member \"%s\" is missing", key);
		return NULL;
	}
	path = api_folder_path(r, name);
	return path ? arena_cstr(&job->arena, str_of(path)) : NULL;
}

bool api_job_file_exists(struct api_request *r, const char *path, struct str name)
{
	if (access(path, F_OK) == 0)
		return true;
	api_fail(r, 404, "no-file", "%.*s: %s", STR_ARG(name), strerror(errno));
	return false;
}

const char *api_job_relative(const struct api_job *job, const char *path)
{
	size_t length = strlen(job->api->folder);

	return path[length] == '/' ? path + length + 1 : path;
}

bool api_job_make_temp(struct api_request *r, struct api_job *job)
{
	const char *path = api_temp_path(r, "job-%s", job->id);

	if (!path)
		return false;
	if (mkdir(path, 0700) != 0) {
		api_fail(r, 500, "not-written", "cannot create %s: %s", path, strerror(errno));
		return false;
	}
	job->temp = arena_cstr(&job->arena, str_of(path));
	return true;
}

bool api_job_variables(struct api_request *r, const struct node *body, struct api_job *job)
{
	const struct node *variables = node_find(body, STR("variables"));

	if (!variables)
		return true;
	for (size_t i = 0; variables->kind == NODE_MAP && i < variables->count; i++) {
		struct str name = variables->pairs[i].key->text;
		const struct node *value = variables->pairs[i].value;

		if (value->kind != NODE_SCALAR || !name.len ||
		    str_find_char(name, '=', 0) != NOT_FOUND) {
			api_fail(r, 400, "variables", "the variable \"%.*s\" is not a text",
				 STR_ARG(name));
			return false;
		}
		struct str pair =
		    arena_printf(&job->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value->text));
		api_job_option(job, "param", pair);
		VEC_PUSH(&job->arena, &job->parameters, pair.ptr);
	}
	if (variables->kind != NODE_MAP)
		api_fail(r, 400, "variables", "the member \"variables\" is not an object");
	return variables->kind == NODE_MAP;
}
