#include "cmd/edit_server.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cmd/all_tables.h"
#include "cmd/load_file.h"
#include "edit/api/api_server.h"
#include "scenario/form_tables.h"

static void language(struct buf *out)
{
	form_tables_put(out, &all_tables);
}

static void check(const char *path, struct str text,
		  void (*use)(void *arg, const struct api_checked *checked), void *arg)
{
	const struct overrides overrides = {.only_count = 0};
	struct loaded_file l;

	load_file_text(&l, path, text, &overrides, LOAD_FILE_CHECK);
	use(arg, &(struct api_checked){.diags = &l.diags, .root = l.root});
	load_file_release(&l);
}

static const struct api_services services = {
    .version = PACKAGE_VERSION, .language = language, .check = check};

/* Reads HOST:PORT; HOST is in A. */
static bool read_address(struct arena *a, const char *value, struct api_config *config)
{
	struct str text = str_of(value);
	size_t colon = text.len;
	int64_t port;

	while (colon > 0 && text.ptr[colon - 1] != ':')
		colon--;
	if (colon < 2 || !str_to_int(str_slice(text, colon, text.len), &port) || port < 0 ||
	    port > 65535) {
		log_error("--listen %s: write HOST:PORT, such as 0.0.0.0:8091", value);
		return false;
	}
	config->host = arena_cstr(a, str_slice(text, 0, colon - 1));
	config->port = (unsigned)port;
	return true;
}

/* The values of --allow-host, ending with NULL. */
static const char *const *allowed_hosts(struct arena *a, const struct options *options)
{
	const char **hosts = ARENA_ARRAY(a, options->value_count + 1, const char *);
	size_t count = 0;

	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, "allow-host") == 0)
			hosts[count++] = options->values[i].value;
	return hosts;
}

static enum exit_status serve(const struct api_config *config)
{
	struct buf error;
	struct api *api;

	buf_init(&error, 0);
	api = api_server_new(config, &error);
	if (!api) {
		log_error("%.*s", STR_ARG(buf_str(&error)));
		buf_release(&error);
		return EXIT_USAGE;
	}
	printf("address: http://%s:%u/api/1/\ntoken:   %s\n",
	       config->host ? config->host : "127.0.0.1", api_server_port(api),
	       api_server_token(api));
	fflush(stdout);
	api_server_run(api);
	api_server_free(api);
	buf_release(&error);
	return EXIT_PASSED;
}

enum exit_status edit_server_main(const struct options *options)
{
	const char *address = options_value(options, "listen");
	struct api_config config = {
	    .folder = options->operand_count ? options->operands[0] : ".",
	    .services = &services,
	};
	enum exit_status status = EXIT_USAGE;
	struct arena arena;

	arena_init(&arena, 0);
	config.allowed_hosts = allowed_hosts(&arena, options);
	if (!address || read_address(&arena, address, &config))
		status = serve(&config);
	arena_release(&arena);
	return status;
}
