/*
 * Opens an address with a secret in the user's browser. The address is in a file that only this user
 * can read, because the command lines of processes are visible to all users of a machine.
 */
#ifndef CMD_OPEN_BROWSER_H
#define CMD_OPEN_BROWSER_H

#include <stdbool.h>

#include "base/temp_folder.h"

struct open_browser {
	struct temp_folder folder; /* with the file */
};

/* False, without a message, if there is no desktop or no xdg-open. The browser outlives this
 * process. Release it in both cases. */
bool open_browser_start(struct open_browser *browser, const char *url);
void open_browser_release(struct open_browser *browser);

#endif
