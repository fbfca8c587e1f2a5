/* Child processes: their streams, environment and end; and temporary folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/temp_folder.h"

/* All of the pipe END, which is closed. */
static void read_all(int *end, struct buf *out)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(*end, bytes, sizeof bytes)) != 0) {
		struct pollfd polled = {.fd = *end, .events = POLLIN};

		if (n > 0)
			buf_add(out, str_n(bytes, (size_t)n));
		else if (errno == EAGAIN)
			poll(&polled, 1, 10000);
		else
			break;
	}
	child_close(end);
}

static void assert_run(const struct child_config *config, const char *input, const char *output,
		       const char *errors, int status)
{
	struct child child;
	struct buf text;

	buf_init(&text, 0);
	assert_true(child_start(&child, config));
	if (input)
		assert_int_equal(write(child.input, input, strlen(input)), strlen(input));
	child_close(&child.input);
	read_all(&child.output, &text);
	assert_string_equal(text.len ? text.data : "", output);
	buf_clear(&text);
	if (child.errors >= 0)
		read_all(&child.errors, &text);
	assert_string_equal(text.len ? text.data : "", errors);
	assert_true(child_has_ended(&child, true));
	assert_true(child_has_ended(&child, false));
	assert_int_equal(child.status, status);
	assert_int_equal(child.signal, 0);
	buf_release(&text);
}

static void streams(void **state)
{
	static const char *const words[] = {
	    "/bin/sh", "-c", "cat; echo $CHILD_A$CHILD_B$CHILD_C; pwd; echo wrong >&2; exit 3",
	    NULL};
	static const char *const environment[] = {"CHILD_A=1", "CHILD_B=2", NULL};
	struct child_config config = {.words = words,
				      .folder = "/",
				      .environment = environment,
				      .input = CHILD_PIPE,
				      .output = CHILD_PIPE,
				      .errors = CHILD_PIPE};
	int file = open("/proc/sys/kernel/ostype", O_RDONLY | O_CLOEXEC);

	(void)state;
	setenv("CHILD_B", "0", 1);
	setenv("CHILD_C", "3", 1);
	assert_run(&config, "text\n", "text\n123\n/\n", "wrong\n", 3);
	config.errors = CHILD_SAME;
	config.input = CHILD_FILE;
	config.file = file;
	assert_run(&config, NULL, "Linux\n123\n/\nwrong\n", "", 3);
	close(file);
	config.input = CHILD_NULL;
	config.errors = CHILD_NULL;
	assert_run(&config, NULL, "123\n/\n", "", 3);
	config.words = (const char *const[]){"/nowhere/program", NULL};
	assert_run(&config, NULL, "", "", 127);
	config.folder = "/nowhere";
	config.words = words;
	assert_run(&config, NULL, "", "", 127);
}

static void no_other_descriptor(void **state)
{
	static const char *const words[] = {"/bin/sh", "-c", "ls /proc/self/fd | wc -l", NULL};
	const struct child_config config = {.words = words, .output = CHILD_PIPE};
	int open_file = dup(STDIN_FILENO); /* without O_CLOEXEC, as if it was inherited */

	(void)state;
	/* The three streams, and the folder that ls reads. */
	assert_run(&config, NULL, "4\n", "", 0);
	close(open_file);
}

static void ended_by_signal(void **state)
{
	static const char *const words[] = {"/bin/sh", "-c", "sleep 60 & echo; wait", NULL};
	const struct child_config config = {.words = words, .output = CHILD_PIPE};
	struct child child;
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	assert_true(child_start(&child, &config));
	assert_false(child_has_ended(&child, false));
	/* The processes that it has started end too, so that the pipe is at its end. */
	child_signal_all(&child, SIGKILL);
	read_all(&child.output, &text);
	assert_true(child_has_ended(&child, true));
	assert_int_equal(child.signal, SIGKILL);
	child_signal(&child, SIGKILL); /* has no effect */
	buf_release(&text);
}

static int signals_here[2]; /* a pipe */

static void note_signal(int signal)
{
	(void)signal;
	(void)!write(signals_here[1], "!", 1);
}

/* A signal that arrives before the child performs its program is not handled by its copy of the
 * handlers of this process. */
static void signal_before_exec(void **state)
{
	static const char *const words[] = {"/bin/sleep", "60", NULL};
	const struct child_config config = {.words = words};
	void (*before)(int) = signal(SIGINT, note_signal);
	char byte;

	(void)state;
	assert_int_equal(pipe2(signals_here, O_CLOEXEC | O_NONBLOCK), 0);
	for (int i = 0; i < 100; i++) {
		struct child child;

		assert_true(child_start(&child, &config));
		child_signal(&child, SIGINT);
		assert_true(child_has_ended(&child, true));
		assert_int_equal(child.signal, SIGINT);
	}
	assert_int_equal(read(signals_here[0], &byte, 1), -1);
	signal(SIGINT, before);
	close(signals_here[0]);
	close(signals_here[1]);
}

static void too_many_files(void **state)
{
	const struct child_config config = {.words = (const char *const[]){"/bin/true", NULL},
					    .input = CHILD_PIPE,
					    .output = CHILD_PIPE,
					    .errors = CHILD_PIPE};
	struct rlimit before, now;
	struct child child;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	now = before;
	now.rlim_cur = 6; /* for the pipes of two streams */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	bool started = child_start(&child, &config);
	int error = errno;

	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_false(started);
	assert_int_equal(error, EMFILE);
	assert_int_equal(child.input, -1);
	assert_int_equal(child.output, -1);
	assert_true(child_has_ended(&child, true));
}

static void temporary_folder(void **state)
{
	struct temp_folder folder;
	struct stat about;
	struct buf path;

	(void)state;
	buf_init(&path, 0);
	assert_true(temp_folder_make(&folder, "test-child", &path));
	assert_int_equal(stat(folder.path, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0700);
	buf_printf(&path, "%s/in", folder.path);
	assert_int_equal(mkdir(path.data, 0700), 0);
	buf_add(&path, STR("/link"));
	assert_int_equal(symlink("/etc", path.data), 0);
	assert_true(temp_folder_remove(&folder));
	assert_true(temp_folder_remove(&folder));
	assert_int_equal(access("/etc/passwd", F_OK), 0);
	setenv("TMPDIR", "/nowhere", 1);
	buf_clear(&path);
	assert_false(temp_folder_make(&folder, "test-child", &path));
	assert_non_null(strstr(path.data, "/nowhere/test-child-"));
	unsetenv("TMPDIR");
	buf_release(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(streams),		cmocka_unit_test(no_other_descriptor),
	    cmocka_unit_test(ended_by_signal),	cmocka_unit_test(too_many_files),
	    cmocka_unit_test(temporary_folder), cmocka_unit_test(signal_before_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
