/* `reprise edit [FOLDER]`: the editor in the browser, or with --api only its API. */
#ifndef CMD_EDIT_SERVER_H
#define CMD_EDIT_SERVER_H

#include "cmd/options.h"

/* Serves until a signal ends it; prints the address with the token. */
enum exit_status edit_server_main(const struct options *options);

#endif
