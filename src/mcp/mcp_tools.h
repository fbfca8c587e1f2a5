/* The tools that an assistant can call. */
#ifndef MCP_MCP_TOOLS_H
#define MCP_MCP_TOOLS_H

#include "mcp/mcp_call.h"

enum mcp_type { MCP_TEXT, MCP_NUMBER, MCP_TEXTS };

struct mcp_argument {
	const char *name;
	enum mcp_type type;
	const char *sentence;
	bool required;
};

struct mcp_tool {
	const char *name, *title, *sentence;
	const struct mcp_argument *arguments; /* ends with name NULL */
	bool reads_only;		      /* changes no file and sends no request */
	/* Adds the command line or the output to CALL; false after a refusal. */
	bool (*prepare)(struct mcp_call *call);
};

/* Ends with name NULL. */
extern const struct mcp_tool mcp_tools[];

#endif
