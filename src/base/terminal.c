#include "base/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The first of the three that is set decides, as with setlocale. Reading it does not need the
 * locale to be installed. */
static bool is_utf8_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (!value || !*value)
			continue;
		return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
	}
	return false;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

struct terminal terminal_detect(int fd, enum terminal_color choice)
{
	const char *kind = getenv("TERM");
	struct terminal t = {.is_terminal = isatty(fd) == 1};

	t.can_redraw = t.is_terminal && kind && *kind && strcmp(kind, "dumb") != 0;
	t.color = choice == TERMINAL_COLOR_ALWAYS ||
		  (choice == TERMINAL_COLOR_AUTO && t.can_redraw && !is_set("NO_COLOR"));
	t.ascii = !is_utf8_locale();
	return t;
}

bool terminal_color_find(const char *word, enum terminal_color *out)
{
	static const char *const words[] = {
	    [TERMINAL_COLOR_AUTO] = "auto",
	    [TERMINAL_COLOR_ALWAYS] = "always",
	    [TERMINAL_COLOR_NEVER] = "never",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word ? word : "auto", words[i]) == 0) {
			*out = (enum terminal_color)i;
			return true;
		}
	}
	return false;
}

struct terminal_size terminal_size(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
		return (struct terminal_size){.rows = 24, .columns = 80};
	return (struct terminal_size){.rows = size.ws_row, .columns = size.ws_col};
}

bool terminal_is_background(int fd)
{
	pid_t owner = tcgetpgrp(fd);

	return owner > 0 && owner != getpgrp();
}
