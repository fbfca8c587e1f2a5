/* `reprise demo`: the sample shop on a loopback port. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/machine.h"
#include "base/random.h"
#include "base/units.h"
#include "cmd/options.h"
#include "demo/shop.h"

static const char *const formats[] = {"text", "json", NULL};

static const struct option demo_options[] = {
    {.name = "port",
     .letter = 'p',
     .value = "N",
     .prose = "port to listen on (default: 8080; 0: any free port)",
     .group = "Address"},
    {.name = "listen",
     .value = "ADDRESS",
     .prose = "address to listen on (default: 127.0.0.1)",
     .group = "Address"},
    {.name = "tls",
     .prose = "serve HTTPS with a new self-signed certificate for localhost",
     .group = "Address"},
    {.name = "certificate",
     .value = "FILE",
     .prose = "write that certificate to FILE, for `tls: {ca: FILE}`; implies --tls",
     .group = "Address"},
    {.name = "latency",
     .value = "TIME",
     .prose = "response time of each request: 20ms, or 20ms..80ms",
     .group = "Behaviour"},
    {.name = "error-rate",
     .value = "SHARE",
     .prose = "percentage of requests that get status 500, such as 1%",
     .group = "Behaviour"},
    {.name = "capacity",
     .value = "RATE",
     .prose = "maximum throughput, one request at a time, such as 200/s",
     .group = "Behaviour"},
    {.name = "patience",
     .value = "TIME",
     .prose = "with --capacity: requests that would wait longer get status 503 (default: 10s)",
     .group = "Behaviour"},
    {.name = "password",
     .value = "TEXT",
     .prose = "password of every account (default: demo)",
     .group = "Behaviour"},
    {.name = "token-lifetime",
     .value = "TIME",
     .prose = "how long a token of /oauth/token is valid (default: 1h)",
     .group = "Behaviour"},
    {.name = "log",
     .value = "FILE",
     .prose = "append a line of JSON to FILE for each request: an access log that reprise import "
	      "can read, with the visitor and the form's token",
     .group = "Output"},
    {.name = "format",
     .value = "FORMAT",
     .choices = formats,
     .prose = "format of the printed address: text, or json for programs (default: text)",
     .group = "Output"},
    {.name = NULL},
};

/* The parsed options. */
struct demo_config {
	struct server_config server;
	struct shop_config shop;
	const char *certificate;
	bool json;
};

static bool usage_error(const char *option, const char *value, const char *why)
{
	log_error("--%s %s: %s", option, value, why);
	return false;
}

static bool parse_time(const char *option, const char *value, struct str text, ns_t *out)
{
	enum units_error error = units_duration(text, out);
	return error == UNIT_OK ? true : usage_error(option, value, units_error_text(error));
}

static bool parse_latency(const char *value, struct shop_config *shop)
{
	struct str text = str_of(value);
	size_t dots = str_find(text, STR(".."), 0);

	if (dots == NOT_FOUND) {
		bool good = parse_time("latency", value, text, &shop->latency_low);
		shop->latency_high = shop->latency_low;
		return good;
	}
	return parse_time("latency", value, str_trim(str_slice(text, 0, dots)),
			  &shop->latency_low) &&
	       parse_time("latency", value, str_trim(str_slice(text, dots + 2, text.len)),
			  &shop->latency_high) &&
	       (shop->latency_low <= shop->latency_high ||
		usage_error("latency", value, "the first time must not be longer than the second"));
}

static bool parse_behaviour(const struct options *options, struct shop_config *shop)
{
	const char *latency = options_value(options, "latency");
	const char *errors = options_value(options, "error-rate");
	const char *capacity = options_value(options, "capacity");
	const char *patience = options_value(options, "patience");
	const char *password = options_value(options, "password");
	const char *lifetime = options_value(options, "token-lifetime");
	enum units_error error;

	shop->token_lifetime = 3600 * NS_PER_S;
	if (lifetime &&
	    !parse_time("token-lifetime", lifetime, str_of(lifetime), &shop->token_lifetime))
		return false;
	shop->patience = 10 * NS_PER_S;
	shop->password = str_of(password ? password : "demo");
	shop->seed = random_seed();
	if (latency && !parse_latency(latency, shop))
		return false;
	if (errors && (error = units_share(str_of(errors), &shop->error_rate)) != UNIT_OK)
		return usage_error("error-rate", errors, units_error_text(error));
	if (capacity && (error = units_rate(str_of(capacity), &shop->capacity)) != UNIT_OK)
		return usage_error("capacity", capacity, units_error_text(error));
	return !patience || parse_time("patience", patience, str_of(patience), &shop->patience);
}

static bool parse_options(const struct options *options, struct demo_config *config)
{
	const char *port = options_value(options, "port");
	const char *format = options_value(options, "format");
	int64_t number = 8080;

	if (port && (!str_to_int(str_of(port), &number) || number < 0 || number > 65535))
		return usage_error("port", port, "a port is a number from 0 to 65535");
	if (options->operand_count) {
		log_error("demo does not accept a file: '%s'; for all options: reprise demo --help",
			  options->operands[0]);
		return false;
	}
	config->server.name = "demo";
	config->server.port = (unsigned)number;
	config->server.host = options_value(options, "listen");
	config->certificate = options_value(options, "certificate");
	config->shop.log = options_value(options, "log");
	config->json = format && strcmp(format, "json") == 0;
	config->server.tls = options_has(options, "tls") || config->certificate;
	return parse_behaviour(options, &config->shop);
}

static bool write_certificate(const char *path, struct str text)
{
	FILE *file = fopen(path, "w");
	bool good = file && fwrite(text.ptr, 1, text.len, file) == text.len;

	if (file && fclose(file))
		good = false;
	if (!good)
		log_error("cannot write the certificate to %s", path);
	return good;
}

/* Returns false if standard output cannot be written. */
static bool print_banner(const struct demo_config *config, const struct server *server)
{
	const char *host = config->server.host ? config->server.host : "127.0.0.1";
	const char *scheme = config->server.tls ? "https" : "http";
	bool six = strchr(host, ':') != NULL;

	if (config->json) {
		printf("{\"event\": \"ready\", \"url\": \"%s://%s%s%s:%u/\"}\n", scheme,
		       six ? "[" : "", host, six ? "]" : "", server_port(server));
		return fflush(stdout) == 0;
	}
	printf("The sample shop is running: %s://%s%s%s:%u/\n", scheme, six ? "[" : "", host,
	       six ? "]" : "", server_port(server));
	printf("Log in with any name and the password '%.*s'; /stats shows its counters. Press "
	       "Ctrl-C to stop it.\n",
	       STR_ARG(config->shop.password));
	return fflush(stdout) == 0;
}

static enum exit_status serve(const struct demo_config *config)
{
	struct shop *shop = shop_new(&config->shop);
	struct buf error;
	struct server *server;
	enum exit_status status = EXIT_USAGE;

	if (!shop) {
		log_error("--log %s: %s", config->shop.log, strerror(errno));
		return EXIT_USAGE;
	}
	machine_raise_files();
	buf_init(&error, 0);
	server = server_new(&config->server, shop_handle, shop, &error);
	if (!server) {
		log_error("%.*s; use --port to choose another port", STR_ARG(buf_str(&error)));
	} else if (!config->certificate ||
		   write_certificate(config->certificate, server_certificate(server))) {
		shop_attach(shop, server);
		if (print_banner(config, server))
			server_run(server, true);
		status = EXIT_PASSED;
	}
	server_free(server);
	shop_free(shop);
	buf_release(&error);
	return status;
}

static enum exit_status demo_main(const struct options *options);

const struct command demo_command = {
    .name = "demo",
    .synopsis = "demo [--port N]",
    .sentence = "Starts a sample web shop on a loopback port, for trying things out.",
    .options = demo_options,
    .more =
	"The shop has HTML pages (login with a CSRF token, search, cart, checkout), a JSON API\n"
	"(/api/products, /api/cart, /api/orders, /api/token), event streams (/api/chat,\n"
	"/api/orders/events), GraphQL (/graphql), a chat over a WebSocket (/support) and its own\n"
	"counters at /stats. All data is kept in memory.\n\n"
	"  reprise demo                           start it on http://127.0.0.1:8080/\n"
	"  reprise demo --latency 20ms..80ms      respond slowly\n"
	"  reprise demo --capacity 200/s          limit the throughput, so it can be overloaded\n"
	"  reprise demo --log shop.log            write a log that reprise replay can send\n",
    .main = demo_main,
};

static enum exit_status demo_main(const struct options *options)
{
	struct demo_config config = {0};
	enum exit_status status = EXIT_USAGE;

	if (parse_options(options, &config))
		status = serve(&config);
	return status;
}
