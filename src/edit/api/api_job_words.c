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
