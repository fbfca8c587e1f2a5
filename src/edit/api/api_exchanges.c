#include "edit/api/api_exchanges.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/file.h"
#include "doc/json_node.h"
#include "edit/api/api_job.h"
#include "edit/api/api_views.h"

#define FILE_MAX_BYTES ((size_t)32 << 20)

/* ---- files */

static bool read_number(struct str text, int64_t *number)
{
	return text.len && text.ptr[0] >= '0' && text.ptr[0] <= '9' && str_to_int(text, number);
}

static bool read_file(const struct api_job *job, struct arena *a, int64_t number, struct str *text)
{
	const char *error;
	struct str path;

	if (!job->temp)
		return false;
	path = arena_printf(a, "%s/exchanges/%lld.json", job->temp, (long long)number);
	return file_read_regular(a, path.ptr, FILE_MAX_BYTES, text, &error);
}

static bool find_text(struct api_request *r, const struct api_job *job, int64_t number,
		      struct str *text)
{
	if (read_file(job, &r->arena, number, text))
		return true;
	api_fail(r, 404, "no-exchange", "the job '%s' has no exchange %lld", job->id,
		 (long long)number);
	return false;
}

bool api_exchanges_text(struct api_request *r, struct str id, int64_t number, struct str *text)
{
	const struct api_job *job = api_job_routes_find(r, id);

	return job && find_text(r, job, number, text);
}

static const struct node *parse(struct arena *a, struct str text)
{
	const char *why;
	size_t at;

	return json_node_read(a, source_new(a, STR("an exchange"), text), &at, &why);
}

/* ---- list */

static int by_number(const struct dirent **a, const struct dirent **b)
{
	long left = strtol((*a)->d_name, NULL, 10), right = strtol((*b)->d_name, NULL, 10);

	return (left > right) - (left < right);
}

static int is_exchange(const struct dirent *entry)
{
	struct str name = str_of(entry->d_name);
	int64_t number;

	return str_ends(name, STR(".json")) &&
	       read_number(str_slice(name, 0, name.len - strlen(".json")), &number);
}

/* All members but the request and the response themselves. */
static void put_row(struct json_writer *j, const struct api_job *job, int64_t number)
{
	const struct node *root = NULL;
	struct arena a; /* the memory of one exchange, not that of all */
	struct str text;

	arena_init(&a, 0);
	if (read_file(job, &a, number, &text))
		root = parse(&a, text);
	if (root && root->kind == NODE_MAP) {
		json_writer_open(j, NULL);
		for (size_t i = 0; i < root->count; i++) {
			const struct node *value = root->pairs[i].value;

			if (value->kind == NODE_SCALAR)
				buf_add(json_writer_member(j, root->pairs[i].key->text),
					str_slice(text, value->span.begin, value->span.end));
		}
		json_writer_close(j);
	}
	arena_release(&a);
}

static void list(struct api_request *r, const struct api_job *job)
{
	struct dirent **entries = NULL;
	int count = 0;

	if (job->temp)
		count = scandir(arena_printf(&r->arena, "%s/exchanges", job->temp).ptr, &entries,
				is_exchange, by_number);
	json_writer_open_array(&r->json, "exchanges");
	for (int i = 0; i < count; i++) {
		put_row(&r->json, job, strtol(entries[i]->d_name, NULL, 10));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	json_writer_close_array(&r->json);
	api_reply(r, 200);
}

/* ---- one exchange */

static void no_exchange(struct api_request *r)
{
	api_fail(r, 404, "no-route", "'%.*s' is not an address of the API", STR_ARG(r->view->path));
}

void api_exchanges_get(struct api_request *r, struct api_job *job, struct str rest)
{
	struct str text;
	int64_t number;

	if (!rest.len) {
		list(r, job);
	} else if (!read_number(rest, &number)) {
		no_exchange(r);
	} else if (find_text(r, job, number, &text)) {
		buf_clear(&r->out);
		buf_add(&r->out, str_trim(text));
		api_reply_json(r, 200);
	}
}

static struct str content_type(const struct node *response)
{
	const struct node *headers = node_find(response, STR("headers"));

	for (size_t i = 0; headers && headers->kind == NODE_LIST && i < headers->count; i++) {
		const struct node *name = node_find(headers->items[i], STR("name"));
		const struct node *value = node_find(headers->items[i], STR("value"));

		if (name && value && str_ieq(name->text, STR("content-type")))
			return value->text;
	}
	return STR("");
}

static void show(struct api_request *r, struct str text)
{
	const struct node *response = node_find(parse(&r->arena, text), STR("response"));
	const struct node *body = node_find(response, STR("body"));
	const struct node *encoded = node_find(body, STR("base64"));
	const struct node *plain = node_find(body, STR("text"));
	struct buf bytes;

	if (!encoded && !plain) {
		api_fail(r, 404, "no-body", "the response has no body");
		return;
	}
	buf_init(&bytes, 0);
	if (!encoded)
		buf_add(&bytes, plain->text);
	else
		base64_decode(&bytes, encoded->text);
	api_views_reply(r, &(struct api_view_content){.type = content_type(response),
						      .is_text = !encoded,
						      .body = buf_str(&bytes)});
	buf_release(&bytes);
}

void api_exchanges_post(struct api_request *r, struct api_job *job, struct str rest)
{
	size_t slash = str_find_char(rest, '/', 0);
	struct str text;
	int64_t number;

	if (slash == NOT_FOUND || !str_eq(str_slice(rest, slash, rest.len), STR("/view")) ||
	    !read_number(str_slice(rest, 0, slash), &number))
		no_exchange(r);
	else if (find_text(r, job, number, &text))
		show(r, text);
}
