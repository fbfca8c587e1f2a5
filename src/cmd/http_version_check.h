/* Whether the requests of a file can use the version of HTTP that it asks for. */
#ifndef CMD_HTTP_VERSION_CHECK_H
#define CMD_HTTP_VERSION_CHECK_H

#include "cmd/load_file.h"

/* Adds an error at its position if `http: 3` cannot be used: by the libcurl of this machine, or
 * with the target or the proxy. L has a program. */
void http_version_check(struct loaded_file *l);

#endif
