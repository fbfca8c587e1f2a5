#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/alloc.h"
#include "base/log.h"
#include "record/browser_private.h"

#define PATIENCE  (5 * NS_PER_S)
#define PAUSE_US  20000
#define DEPTH_MAX 40

struct browser {
	struct arena arena;
	const char *program;
	char folder[128];
	pid_t pid; /* 0: it has ended */
};

void browser_command_add(struct browser_command *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	VEC_PUSH(c->arena, &c->words, arena_vprintf(c->arena, format, args).ptr);
	va_end(args);
}

/* ---- the browser's program */

/* NAME in PATH, or NAME itself if it is a path; NULL if it does not exist. */
static const char *find_program(struct arena *a, const char *name)
{
	struct str path = str_of(getenv("PATH"));

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? name : NULL;
	for (size_t at = 0; at < path.len;) {
		size_t end = str_find_char(path, ':', at);
		const char *file;

		end = end == NOT_FOUND ? path.len : end;
		file = arena_printf(a, "%.*s/%s", STR_ARG(str_slice(path, at, end)), name).ptr;
		if (access(file, X_OK) == 0)
			return file;
		at = end + 1;
	}
	return NULL;
}

static const char *find_any(struct arena *a)
{
	static const char *const names[] = {
	    "chromium",	      "chromium-browser", "google-chrome", "google-chrome-stable",
	    "microsoft-edge", "brave-browser",	  "firefox",	   "firefox-esr"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *found = find_program(a, names[i]);

		if (found)
			return found;
	}
	return NULL;
}

/* ---- start */

/* Between fork and exec: only functions that are safe there. The browser's output is discarded. */
static void exec_program(const char *const *words, bool own_group)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	static const int defaults[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGTTIN};
	sigset_t none;

	/* A Ctrl-C is for the recorder, which ends the browser; the browser also gets its own
	 * SIGTERM. */
	if (own_group)
		setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		signal(defaults[i], SIG_DFL);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	execvp(words[0], (char *const *)(uintptr_t)words);
	_exit(127);
}

static pid_t start(const char *const *words, bool own_group)
{
	pid_t pid = fork();

	if (pid == 0)
		exec_program(words, own_group);
	return pid;
}

int browser_run_command(const char *const *words)
{
	pid_t pid = start(words, false);
	int status;

	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool create_folder(struct browser *b, struct buf *error)
{
	const char *above = getenv("TMPDIR");

	snprintf(b->folder, sizeof b->folder, "%s/reprise-browser-XXXXXX",
		 above && *above == '/' && strlen(above) < 90 ? above : "/tmp");
	if (mkdtemp(b->folder))
		return true;
	buf_printf(error, "cannot create a folder for the browser's profile in %s: %s", b->folder,
		   strerror(errno));
	b->folder[0] = '\0';
	return false;
}

static bool launch(struct browser *b, const struct browser_options *options, struct buf *hints,
		   struct buf *error)
{
	struct browser_command c = {.arena = &b->arena};
	bool firefox = strstr(b->program, "firefox") != NULL;

	browser_command_add(&c, "%s", b->program);
	if (!create_folder(b, error) ||
	    !(firefox ? browser_prepare_firefox : browser_prepare_chromium)(options, b->folder, &c,
									    hints, error))
		return false;
	VEC_PUSH(c.arena, &c.words, NULL);
	b->pid = start(c.words.items, true);
	if (b->pid > 0)
		return true;
	b->pid = 0;
	buf_printf(error, "cannot start %s: %s", b->program, strerror(errno));
	return false;
}

struct browser *browser_start(const struct browser_options *options, struct buf *hints,
			      struct buf *error)
{
	struct browser *b = alloc_zeroed(1, sizeof *b);

	arena_init(&b->arena, 4096);
	b->program =
	    options->program ? find_program(&b->arena, options->program) : find_any(&b->arena);
	if (options->program && !b->program)
		buf_printf(error, "there is no browser '%s'", options->program);
	if (b->program && launch(b, options, hints, error))
		return b;
	browser_free(b);
	return NULL;
}

const char *browser_name(const struct browser *b)
{
	return b->program;
}

/* ---- end */

bool browser_has_ended(struct browser *b)
{
	if (b->pid && waitpid(b->pid, NULL, WNOHANG) == b->pid)
		b->pid = 0;
	return b->pid == 0;
}

static void wait_for_end(struct browser *b)
{
	ns_t until = clock_monotonic_ns() + PATIENCE;

	while (!browser_has_ended(b) && clock_monotonic_ns() < until)
		usleep(PAUSE_US);
}

static bool remove_tree(int above, const char *name, int depth)
{
	int fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return unlinkat(above, name, 0) == 0;
	}
	while (depth && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(fd, entry->d_name, 0) != 0)
			remove_tree(fd, entry->d_name, depth - 1);
	closedir(folder);
	return unlinkat(above, name, AT_REMOVEDIR) == 0;
}

void browser_free(struct browser *b)
{
	pid_t group;

	if (!b)
		return;
	group = b->pid;
	if (b->pid && !browser_has_ended(b)) {
		kill(-group, SIGTERM);
		wait_for_end(b);
	}
	if (b->pid) {
		kill(-group, SIGKILL);
		wait_for_end(b);
	}
	/* Helper processes of the browser may write for a short time after it has ended. */
	for (int i = 0; b->folder[0] && i < 50 && !remove_tree(AT_FDCWD, b->folder, DEPTH_MAX); i++)
		usleep(PAUSE_US);
	arena_release(&b->arena);
	free(b);
}
