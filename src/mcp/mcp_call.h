/* A call of a tool: its arguments, and the command of this program that performs it. */
#ifndef MCP_MCP_CALL_H
#define MCP_MCP_CALL_H

#include "base/clock.h"
#include "doc/node.h"
#include "mcp/mcp_server.h"

struct mcp_call {
	const struct mcp_config *config;
	struct arena arena;
	const struct node *arguments;
	VEC(const char *) words; /* the command line, without the program */
	struct str input;	 /* for standard input; ptr NULL: none */
	ns_t limit;		 /* time after which the command is stopped */
	unsigned usual;		 /* bits of the exit statuses that are results, not errors */
	/* The output, if no command is needed. */
	struct buf output;
	bool is_done;
	struct str error; /* why the call is refused; ptr NULL: it is not */
};

/* ---- arguments. A refusal sets `error`, and the functions then return NULL or false. */

bool mcp_call_refuse(struct mcp_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The text or number KEY as text; NULL if it is missing. */
const char *mcp_call_text(struct mcp_call *call, const char *key);
/* The same; missing is an error. */
const char *mcp_call_required(struct mcp_call *call, const char *key);
/* The path KEY of a file or folder inside the folder of the server; it exists. */
const char *mcp_call_path(struct mcp_call *call, const char *key);
/* PATH without links, if it exists and is inside the folder. */
const char *mcp_call_resolved(struct mcp_call *call, const char *path);
/* The path KEY of a new file or folder inside the folder of the server. */
const char *mcp_call_new_path(struct mcp_call *call, const char *key);
/* A word of the command line; does nothing if TEXT is NULL. */
void mcp_call_word(struct mcp_call *call, const char *text);
/* An option with its value; does nothing if VALUE is NULL. */
void mcp_call_option(struct mcp_call *call, const char *option, const char *value);

/* Performs the command of CALL and appends its output to `output`. CANCELLED is called several
 * times per second; if it returns true, the command is stopped. Returns the exit status, or -1 if
 * it could not be started. */
int mcp_call_perform(struct mcp_call *call, bool (*cancelled)(void *arg), void *arg);

#endif
