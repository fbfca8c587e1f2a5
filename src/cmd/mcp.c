/* `reprise mcp`: the tools of this program for assistants, over the Model Context Protocol. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "cmd/all_tables.h"
#include "cmd/contacted_hosts.h"
#include "cmd/load_file.h"
#include "cmd/options.h"
#include "mcp/mcp_server.h"
#include "scenario/form_tables.h"

static enum exit_status mcp_main(const struct options *options);

static const struct option options_table[] = {
    {.name = "allow-load", .prose = "allow runs with more than 50 users, 60 s or 10,000 requests"},
    {.name = NULL},
};

const struct command mcp_command = {
    .name = "mcp",
    .synopsis = "mcp [FOLDER]",
    .sentence = "Serves the tools of this program to an assistant, on standard input and output.",
    .options = options_table,
    .more = "The assistant can check, explain, import, try, show and run the scenarios of FOLDER\n"
	    "(default: the current folder), and read and compare results. A run has at most 50\n"
	    "users, 60 s and 10,000 requests, and contacts another machine only if the assistant\n"
	    "names it as a host that you have allowed. The protocol is MCP (Model Context\n"
	    "Protocol); configure the assistant with the command:\n"
	    "\n"
	    "  reprise mcp scenarios/",
    .main = mcp_main,
};

static void language(struct buf *out)
{
	form_tables_put(out, &all_tables);
}

static bool find_hosts(struct arena *a, const char *path, const char *target,
		       struct mcp_hosts *hosts, struct buf *error)
{
	struct overrides overrides = {.only_count = 0};
	struct loaded_file l;
	bool fine;

	if (target)
		overrides.target =
		    (struct override){.text = str_of(target), .from = STR("the argument target")};
	fine = load_file(&l, path, &overrides, LOAD_FILE_CHECK);
	if (fine) {
		struct contacted_hosts contacted = {.names = {NULL, 0, 0}};

		contacted_hosts_collect(a, &l, &contacted);
		for (size_t i = 0; i < contacted.names.count; i++)
			if (!contacted_hosts_is_local(contacted.names.items[i]))
				VEC_PUSH(a, &hosts->names, contacted.names.items[i]);
	} else {
		diag_print(&l.diags, DIAG_TEXT, false, error);
	}
	load_file_release(&l);
	return fine;
}

static const struct mcp_services services = {
    .version = PACKAGE_VERSION, .hosts = find_hosts, .language = language};

static enum exit_status serve(const char *folder, const struct options *options)
{
	char *program = child_own_program(), *whole = realpath(folder, NULL);
	struct mcp_config config = {
	    .program = program,
	    .folder = whole,
	    .allow_load = options_has(options, "allow-load"),
	    .services = &services,
	};
	enum exit_status status = EXIT_USAGE;

	if (!program || !whole || chdir(whole) != 0) {
		log_error("%s: %s", folder, strerror(errno));
	} else {
		signal(SIGPIPE, SIG_IGN);
		status = mcp_server_run(&config) ? EXIT_PASSED : EXIT_NOT_WRITTEN;
		if (status == EXIT_NOT_WRITTEN)
			log_error("cannot write standard output: %s", strerror(errno));
	}
	free(program);
	free(whole);
	return status;
}

static enum exit_status mcp_main(const struct options *options)
{
	if (options->operand_count <= 1)
		return serve(options->operand_count ? options->operands[0] : ".", options);
	log_error("mcp serves one folder; found %zu", options->operand_count);
	return EXIT_USAGE;
}
