/*
 * Values of parameters that the user gives, such as passwords: in memory until the end of the
 * server and, if they are kept, in the file .env of the folder, which only the user
 * can read. Child processes get them in their environment. No response contains a value.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/replace_file.h"
#include "edit/api/api_private.h"

#define SECRETS_MAX	1000
#define VALUE_BYTES_MAX ((size_t)64 << 10)
#define FILE_BYTES_MAX	((size_t)1 << 20)

/* ---- in memory */

static struct api_given *find_given(struct api *api, struct str name)
{
	for (size_t i = 0; i < api->secrets.count; i++)
		if (str_eq(api->secrets.items[i].name, name))
			return &api->secrets.items[i];
	return NULL;
}

static void drop_value(struct api_given *given)
{
	if (given->value)
		explicit_bzero(given->value, strlen(given->value));
	free(given->value);
	given->value = NULL;
}

/* VALUE with ptr NULL removes it. */
static bool set_value(struct api *api, struct str name, struct str value)
{
	struct api_given *given = find_given(api, name);

	if (!given) {
		if (api->secrets.count == SECRETS_MAX)
			return false;
		VEC_PUSH(&api->arena, &api->secrets,
			 ((struct api_given){.name = arena_str(&api->arena, name)}));
		given = &api->secrets.items[api->secrets.count - 1];
	}
	drop_value(given);
	if (value.ptr) {
		given->value = alloc_zeroed(value.len + 1, 1);
		memcpy(given->value, value.ptr, value.len);
	}
	return true;
}

void api_secrets_release(struct api *api)
{
	for (size_t i = 0; i < api->secrets.count; i++)
		drop_value(&api->secrets.items[i]);
}

/* ---- the file .env */

static const char *env_path(struct api *api, struct arena *a)
{
	return arena_cstr(a, arena_printf(a, "%s/.env", api->folder));
}

/* A link could lead out of the folder, and reading a pipe may never end. */
static bool is_own_file(const char *path)
{
	struct stat state;

	return lstat(path, &state) == 0 && S_ISREG(state.st_mode);
}

const char *const *api_secrets_environment(struct api *api, struct arena *a)
{
	const char **list = ARENA_ARRAY(a, api->secrets.count + 2, const char *);
	const char *path = env_path(api, a);
	size_t count = 0;

	for (size_t i = 0; i < api->secrets.count; i++)
		if (api->secrets.items[i].value)
			list[count++] =
			    arena_printf(a, "%.*s=%s", STR_ARG(api->secrets.items[i].name),
					 api->secrets.items[i].value)
				.ptr;
	if (!getenv("REPRISE_ENV_FILE") && is_own_file(path))
		list[count++] = arena_printf(a, "REPRISE_ENV_FILE=%s", path).ptr;
	list[count] = NULL;
	return list;
}

/* Whether LINE of the file sets NAME. */
static bool sets(struct str line, struct str name)
{
	struct str text = str_trim(line);

	if (str_starts(text, STR("export ")))
		text = str_trim(str_slice(text, strlen("export "), text.len));
	size_t equals = str_find_char(text, '=', 0);
	return equals != NOT_FOUND && str_eq(str_trim(str_slice(text, 0, equals)), name);
}

static void put_line(struct buf *out, struct str name, struct str value)
{
	buf_printf(out, "%.*s=\"", STR_ARG(name));
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\n') {
			buf_add(out, STR("\\n"));
			continue;
		}
		if (strchr("\\\"$`", value.ptr[i]))
			buf_add_char(out, '\\');
		buf_add_char(out, value.ptr[i]);
	}
	buf_add(out, STR("\"\n"));
}

/* The content of the file with another value of NAME; the other lines stay. */
static void put_file(struct buf *out, struct str old, struct str name, struct str value)
{
	for (size_t at = 0; at < old.len;) {
		size_t end = str_find_char(old, '\n', at);
		struct str line = str_slice(old, at, end == NOT_FOUND ? old.len : end);

		at = end == NOT_FOUND ? old.len : end + 1;
		if (!sets(line, name))
			buf_printf(out, "%.*s\n", STR_ARG(line));
	}
	if (value.ptr)
		put_line(out, name, value);
}

/* Only the user may read the file, also while it is written. */
static bool make_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	bool fine = fd >= 0 && fchmod(fd, 0600) == 0;
	int problem = errno;

	if (fd >= 0)
		close(fd);
	errno = problem;
	return fine;
}

static bool keep_value(struct api_request *r, struct str name, struct str value)
{
	const char *path = env_path(r->api, &r->arena), *why;
	struct str old = STR("");
	struct buf text, error;
	struct stat state;
	bool exists = lstat(path, &state) == 0, fine;

	if (exists && !S_ISREG(state.st_mode)) {
		api_fail(r, 422, "not-written", ".env of the folder is not a regular file");
		return false;
	}
	if (!exists && !value.ptr)
		return true;
	if (exists && !file_read_regular(&r->arena, path, FILE_BYTES_MAX, &old, &why)) {
		api_fail(r, 500, "not-written", ".env cannot be read: %s", why);
		return false;
	}
	if (!make_private(path)) {
		api_fail(r, 500, "not-written", ".env: %s", strerror(errno));
		return false;
	}
	buf_init(&text, 0);
	buf_init(&error, 0);
	put_file(&text, old, name, value);
	fine = replace_file(path, buf_str(&text), &error);
	if (!fine)
		api_fail(r, 500, "not-written", "%.*s", STR_ARG(buf_str(&error)));
	explicit_bzero(text.data, text.len);
	buf_release(&text);
	buf_release(&error);
	return fine;
}

/* ---- routes */

static void put_secret(struct api_request *r, const struct api_secret *secret)
{
	const struct api_given *given = find_given(r->api, secret->name);

	json_writer_open(&r->json, NULL);
	json_writer_text(&r->json, "name", secret->name);
	json_writer_bool(&r->json, "secret", secret->secret);
	json_writer_bool(&r->json, "required", secret->required);
	json_writer_bool(&r->json, "set", secret->set);
	if (secret->set)
		json_writer_text(&r->json, "from",
				 given && given->value ? STR("editor") : secret->origin);
	else
		json_writer_null(&r->json, "from");
	json_writer_close(&r->json);
}

static bool is_listed(const struct api_needs *needs, struct str name)
{
	for (size_t i = 0; i < needs->secrets.count; i++)
		if (str_eq(needs->secrets.items[i].name, name))
			return true;
	return false;
}

static void put_secrets(struct api_request *r, const struct api_needs *needs)
{
	json_writer_open_array(&r->json, "secrets");
	for (size_t i = 0; i < needs->secrets.count; i++)
		put_secret(r, &needs->secrets.items[i]);
	/* Those that were given for other files. */
	for (size_t i = 0; i < r->api->secrets.count; i++) {
		const struct api_given *given = &r->api->secrets.items[i];

		if (given->value && !is_listed(needs, given->name))
			put_secret(r, &(struct api_secret){
					  .name = given->name, .secret = true, .set = true});
	}
	json_writer_close_array(&r->json);
}

void api_secrets_get(struct api_request *r)
{
	struct api_needs needs;

	if (!api_hosts_needs(r, &needs))
		return;
	put_secrets(r, &needs);
	api_reply(r, 200);
}

/* {"name", "value", "keep"}: the value null removes it. */
void api_secrets_put(struct api_request *r)
{
	const struct node *body = api_body(r), *value_node, *keep;
	struct str name, value;
	const char *why;

	if (!body)
		return;
	name = api_member(body, "name");
	value = api_member(body, "value");
	value_node = node_find(body, STR("value"));
	keep = node_find(body, STR("keep"));
	why = name.ptr ? r->api->config.services->refuse_name(name) : NULL;
	if (!name.ptr || why) {
		api_fail(r, 400, "name", name.ptr ? "'%.*s' %s" : "the member \"name\" is missing",
			 STR_ARG(name), why);
		return;
	}
	if (!value.ptr && (!value_node || value_node->kind != NODE_SCALAR ||
			   !str_eq(value_node->text, STR("null")))) {
		api_fail(r, 400, "value",
			 "the member \"value\" must be a text, or null to remove it");
		return;
	}
	if (value.len > VALUE_BYTES_MAX || (value.len && memchr(value.ptr, '\0', value.len))) {
		api_fail(r, 400, "value", "the value of %.*s has a zero byte or is too long",
			 STR_ARG(name));
		return;
	}
	if (keep && str_eq(keep->text, STR("true")) && !keep_value(r, name, value))
		return;
	if (!set_value(r->api, name, value)) {
		api_fail(r, 422, "too-many", "at most %d values can be given", SECRETS_MAX);
		return;
	}
	put_secrets(r, &(struct api_needs){.has_errors = false});
	api_reply(r, 200);
}
