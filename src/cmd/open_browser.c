#include "cmd/open_browser.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/child.h"

static bool has_desktop(void)
{
	const char *x11 = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

	return (x11 && *x11) || (wayland && *wayland);
}

/* A page that leads to URL, which has no characters that are special in HTML. */
static bool write_page(const char *path, const char *url)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	fprintf(file,
		"<!doctype html>\n<title>reprise</title>\n"
		"<meta http-equiv=\"refresh\" content=\"0; url=%s\">\n"
		"<p><a href=\"%s\">Open the editor</a></p>\n",
		url, url);
	return fclose(file) == 0;
}

bool open_browser_start(struct open_browser *browser, const char *url)
{
	char path[sizeof browser->folder.path + sizeof "/open.html"];
	const char *words[] = {"xdg-open", path, NULL};
	struct child_config config = {.words = words};
	struct child child;
	struct buf error;
	bool made;

	*browser = (struct open_browser){.folder.path = ""};
	if (!has_desktop())
		return false;
	buf_init(&error, 0);
	made = temp_folder_make(&browser->folder, "reprise-edit", &error);
	buf_release(&error);
	snprintf(path, sizeof path, "%s/open.html", browser->folder.path);
	if (!made || !write_page(path, url) || !child_start(&child, &config))
		return false;
	/* Some xdg-open return before the browser is open, others with the browser. */
	for (int i = 0; i < 20 && !child_has_ended(&child, false); i++)
		usleep(10000);
	return child.pid != 0 || child.status == 0;
}

void open_browser_release(struct open_browser *browser)
{
	temp_folder_remove(&browser->folder);
}
