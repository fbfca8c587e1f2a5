#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

extern char **environ;

/* The environment and the ends of the pipes of the child. */
struct child_ends {
	int input, output, errors; /* ends of pipes, or -1 */
	char **environment;
	pid_t parent;
};

/* ---- the environment */

static bool has_name(const char *variable, const char *const *list)
{
	size_t length = strcspn(variable, "=") + 1;

	for (; *list; list++)
		if (strncmp(*list, variable, length) == 0)
			return true;
	return false;
}

/* That of this process with MORE; the caller frees the array. */
static char **join_environment(const char *const *more)
{
	size_t count = 0, own = 0;
	char **joined;

	while (environ[own])
		own++;
	while (more[count])
		count++;
	joined = alloc_zeroed(own + count + 1, sizeof *joined);
	memcpy(joined, more, count * sizeof *joined);
	for (size_t i = 0; i < own; i++)
		if (!has_name(environ[i], more))
			joined[count++] = environ[i];
	return joined;
}

/* ---- in the child: between fork and exec only functions that are safe there */

static void reset_signals(void)
{
	static const int defaults[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGTTIN};
	sigset_t none;

	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		signal(defaults[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Those that this process has inherited, too. Older systems close only what was opened with
 * O_CLOEXEC, which is everything that this program opens. */
static void close_others(void)
{
#ifdef SYS_close_range
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0);
#endif
}

static void exec_child(const struct child_config *config, const struct child_ends *ends)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	reset_signals();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* The parent may have ended before the line above. */
	if (getppid() != ends->parent)
		_exit(127);
	if (!config->same_group)
		setpgid(0, 0);
	dup2(ends->input >= 0 ? ends->input : null, 0);
	dup2(ends->output >= 0 ? ends->output : null, 1);
	dup2(config->errors == CHILD_SAME ? 1 : ends->errors >= 0 ? ends->errors : null, 2);
	close_others();
	if (config->folder && chdir(config->folder) != 0)
		_exit(127);
	if (ends->environment)
		environ = ends->environment;
	execvp(config->words[0], (char *const *)(uintptr_t)config->words);
	_exit(127);
}

/* ---- start */

char *child_own_program(void)
{
	return realpath("/proc/self/exe", NULL);
}

/* Creates the pipe of one stream. READS: the child reads from it. */
static bool open_pipe(enum child_stream stream, bool reads, int *own, int *other)
{
	int ends[2];

	*own = *other = -1;
	if (stream != CHILD_PIPE)
		return true;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	*own = ends[reads ? 1 : 0];
	*other = ends[reads ? 0 : 1];
	fcntl(*own, F_SETFL, O_NONBLOCK);
	return true;
}

void child_close(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

bool child_start(struct child *child, const struct child_config *config)
{
	struct child_ends ends = {-1, -1, -1, NULL, getpid()};
	int error;

	*child = (struct child){.input = -1, .output = -1, .errors = -1};
	if (config->environment)
		ends.environment = join_environment(config->environment);
	if (open_pipe(config->input, true, &child->input, &ends.input) &&
	    open_pipe(config->output, false, &child->output, &ends.output) &&
	    open_pipe(config->errors, false, &child->errors, &ends.errors)) {
		struct child_ends given = ends;
		sigset_t all, before;

		if (config->input == CHILD_FILE)
			given.input = config->file;
		/* A signal for the child waits until its handlers are reset: a handler of libevent
		 * would write it to the socket that the child still shares with this process. */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		child->pid = fork();
		if (child->pid == 0)
			exec_child(config, &given);
		error = errno;
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		errno = error;
	} else {
		child->pid = -1;
	}
	error = errno;
	free(ends.environment);
	child_close(&ends.input);
	child_close(&ends.output);
	child_close(&ends.errors);
	if (child->pid > 0) {
		/* Here too, so that the group exists before this returns. */
		if (!config->same_group)
			setpgid(child->pid, child->pid);
		return true;
	}
	child_close(&child->input);
	child_close(&child->output);
	child_close(&child->errors);
	child->pid = 0;
	errno = error;
	return false;
}

/* ---- end */

bool child_has_ended(struct child *child, bool wait)
{
	int status = 0;
	pid_t found;

	if (!child->pid)
		return true;
	do
		found = waitpid(child->pid, &status, wait ? 0 : WNOHANG);
	while (found < 0 && errno == EINTR);
	if (found == 0)
		return false;
	child->pid = 0;
	child->status = found > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	child->signal = found > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return true;
}

void child_signal(const struct child *child, int number)
{
	if (child->pid)
		kill(child->pid, number);
}

void child_signal_all(const struct child *child, int number)
{
	if (child->pid)
		kill(-child->pid, number);
}
