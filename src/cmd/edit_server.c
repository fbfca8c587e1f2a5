#include "cmd/edit_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/address.h"
#include "base/child.h"
#include "base/log.h"
#include "base/url.h"
#include "cmd/all_tables.h"
#include "cmd/edit_needs.h"
#include "cmd/load_file.h"
#include "cmd/open_browser.h"
#include "edit/api/api_server.h"
#include "edit/api/page_assets.h"
#include "scenario/form_tables.h"
#include "scenario/parameters.h"

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

/* The system's loader and libraries read such variables of a child process. */
static bool is_of_system(struct str name)
{
	static const char *const begins[] = {"LD_",   "GLIBC_",	  "GCONV_", "MALLOC_", "SSL_",
					     "CURL_", "OPENSSL_", "PYTHON", "KRB5"};

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (str_starts(name, str_of(begins[i])))
			return true;
	return false;
}

static const char *refuse_name(struct str name)
{
	if (!parameters_name_valid(name))
		return "is not the name of a parameter; use upper-case letters, digits and _";
	return parameters_name_reserved(name) || is_of_system(name) ? "is set by the system" : NULL;
}

static const struct api_services services = {.version = PACKAGE_VERSION,
					     .language = language,
					     .check = check,
					     .needs = edit_needs_find,
					     .plan = edit_needs_put_plan,
					     .tables = &all_tables,
					     .refuse_name = refuse_name};

/* The values of --allow-host. */
static void set_allowed_hosts(struct arena *a, const struct options *options,
			      struct api_config *config)
{
	const char **hosts = ARENA_ARRAY(a, options->value_count + 1, const char *);

	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, "allow-host") == 0)
			hosts[config->allowed_host_count++] = options->values[i].value;
	config->allowed_hosts = hosts;
}

static bool read_address(const char *value, struct address *address)
{
	struct buf error;
	bool good;

	buf_init(&error, 0);
	good = address_parse(str_of(value), 0, address, &error);
	if (!good)
		log_error("--listen: %.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	return good;
}

/* How the editor is shown. */
struct presentation {
	const char *place; /* the screen: "", or "/test/shop.yaml" */
	bool no_browser;
	struct open_browser browser;
};

/* The address as a program on this machine reaches it. The token is in the fragment of the page's
 * address, which browsers do not send. */
static void present(const struct api *api, const struct api_config *config,
		    struct presentation *shown)
{
	bool colons = strchr(config->host, ':') != NULL;
	struct buf url;

	buf_init(&url, 0);
	buf_printf(&url, "http://%s%s%s:%u", colons ? "[" : "", address_to_reach(config->host),
		   colons ? "]" : "", api_server_port(api));
	if (config->has_page) {
		buf_printf(&url, "/#token=%s%s", api_server_token(api), shown->place);
		printf("The editor is at %s\nCtrl-C ends it.\n", url.data);
		fflush(stdout);
		if (!shown->no_browser)
			open_browser_start(&shown->browser, url.data);
	} else {
		printf("address: %s/api/1/\ntoken:   %s\n", url.data, api_server_token(api));
		fflush(stdout);
	}
	buf_release(&url);
}

/* In a container, this is the usual way: only published ports reach the server. */
static void warn_of_others(const char *host)
{
	if (!address_is_loopback(str_of(host)))
		log_warning("the editor listens on %s, not only on this machine's loopback address; "
			    "users who reach the port and know the token can read and change the "
			    "folder and run its tests",
			    host);
}

static enum exit_status serve(const struct api_config *config, struct presentation *shown)
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
	present(api, config, shown);
	warn_of_others(config->host);
	api_server_run(api);
	api_server_free(api);
	open_browser_release(&shown->browser);
	buf_release(&error);
	return EXIT_PASSED;
}

/* The folder of the operand, and the screen that shows it if it is a file. */
static const char *folder_of(struct arena *a, const struct options *options, const char **place)
{
	const char *path = options->operand_count ? options->operands[0] : ".";
	const char *slash = strrchr(path, '/');
	struct stat state;
	struct buf encoded;

	if (stat(path, &state) != 0 || !S_ISREG(state.st_mode))
		return path;
	buf_init(&encoded, 0);
	url_encode(&encoded, str_of(slash ? slash + 1 : path), false);
	*place = arena_printf(a, "/test/%.*s", STR_ARG(buf_str(&encoded))).ptr;
	buf_release(&encoded);
	return slash ? arena_printf(a, "%.*s", (int)(slash - path + 1), path).ptr : ".";
}

static bool has_page(void)
{
	if (page_assets_exist())
		return true;
	log_error("this reprise was built without the page of the editor; install esbuild, "
		  "node-react, node-react-dom and libjs-codemirror, and build it again, or use "
		  "--api or --apply");
	return false;
}

enum exit_status edit_server_main(const struct options *options)
{
	const char *where = options_value(options, "listen");
	struct presentation shown = {.place = "", .no_browser = options_has(options, "no-browser")};
	struct address address = {.host = "127.0.0.1"};
	enum exit_status status = EXIT_USAGE;
	struct arena arena;

	arena_init(&arena, 0);
	if ((options_has(options, "api") || has_page()) &&
	    (!where || read_address(where, &address))) {
		char *program = child_own_program();
		struct api_config config = {
		    .program = program ? program : "reprise",
		    .folder = folder_of(&arena, options, &shown.place),
		    .host = address.host,
		    .port = address.port,
		    .services = &services,
		    .has_page = !options_has(options, "api"),
		};

		set_allowed_hosts(&arena, options, &config);
		status = serve(&config, &shown);
		free(program);
	}
	arena_release(&arena);
	return status;
}
