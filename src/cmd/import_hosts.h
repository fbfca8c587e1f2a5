/* The hosts that `import --verify` may contact (--verify-host). One thread. */
#ifndef CMD_IMPORT_HOSTS_H
#define CMD_IMPORT_HOSTS_H

#include "cmd/load_file.h"

/* Whether the scenario L may be performed: the option was not given, or it names all hosts that are
 * not this machine. Reports the first host that it does not name. */
bool import_hosts_allow(const struct options *options, const struct loaded_file *l);

#endif
