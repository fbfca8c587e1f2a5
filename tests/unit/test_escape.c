/* Text made safe for a terminal, JSON and HTML; messages on standard error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"

static void test_terminal(void **state)
{
	static const struct {
		const char *text, *safe;
	} rows[] = {
	    {"plain \xc3\xa4\xe2\x82\xac", "plain \xc3\xa4\xe2\x82\xac"},
	    {"a\x1b[31m", "a\\x1B[31m"},
	    {"a\r\n\tb", "a\\x0D\\n\\tb"},
	    {"\x7f", "\\x7F"},
	    {"\xc2\x9b"
	     "31m",
	     "\\xC2\\x9B31m"},
	    {"a\xff"
	     "b",
	     "a\\xFF"
	     "b"},
	    {"\xe2\x80\xae"
	     "abc",
	     "\\xE2\\x80\\xAE"
	     "abc"},
	    {"\xe2\x81\xa6", "\\xE2\\x81\\xA6"},
	    {"\xc2\xa0", "\xc2\xa0"},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_clear(&out);
		escape_terminal(&out, str_of(rows[i].text));
		assert_string_equal(out.data, rows[i].safe);
	}
	buf_clear(&out);
	escape_terminal(&out, str_n("a\0b", 3));
	assert_string_equal(out.data, "a\\x00b");
	buf_release(&out);
}

/* No byte sequence of length two results in a control byte. */
static void test_terminal_all(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (unsigned n = 0; n < 65536; n++) {
		char text[] = {(char)(n >> 8), (char)n};

		buf_clear(&out);
		escape_terminal(&out, str_n(text, 2));
		assert_true(str_is_utf8(buf_str(&out), NULL));
		for (size_t i = 0; i < out.len; i++)
			assert_true((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
	}
	buf_release(&out);
}

static void test_json(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	escape_json(&out, STR("a\"\\\n\r\t\x01\x7f\xff\xc3\xa4/"));
	assert_string_equal(out.data, "\"a\\\"\\\\\\n\\r\\t\\u0001\\u007f\xef\xbf\xbd\xc3\xa4/\"");
	buf_clear(&out);
	escape_json(&out, STR_NULL);
	assert_string_equal(out.data, "\"\"");
	buf_release(&out);
}

static void test_html(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	escape_html(&out, STR("<a href=\"x\">&'"));
	assert_string_equal(out.data, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
	buf_release(&out);
}

/* Runs SPEAK in a child process; returns its standard error, and the exit status in *STATUS. */
static void listen(void (*speak)(void), char *text, size_t size, int *status)
{
	int ends[2];
	size_t len = 0;
	ssize_t more;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		speak();
		_exit(0);
	}
	close(ends[1]);
	while ((more = read(ends[0], text + len, size - 1 - len)) > 0)
		len += (size_t)more;
	text[len] = '\0';
	close(ends[0]);
	waitpid(child, status, 0);
}

static void speak_at_levels(void)
{
	log_info("one");
	log_verbose("unheard");
	log_set_level(LOG_VERBOSE);
	log_verbose("two %d", 2);
	log_set_level(LOG_QUIET);
	log_info("unheard");
	log_warning("bad\x1b[1m");
	log_error("%s", "worse\n");
}

static void speak_bug(void)
{
	BUG("never %d", 7);
}

static void test_log(void **state)
{
	char text[1024];
	int status;

	(void)state;
	listen(speak_at_levels, text, sizeof text, &status);
	assert_string_equal(text, "one\ntwo 2\nreprise: warning: bad\\x1B[1m\n"
				  "reprise: worse\\n\n");
	listen(speak_bug, text, sizeof text, &status);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
	assert_non_null(strstr(text, "never 7"));
	assert_non_null(strstr(text, "test_escape.c"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_terminal), cmocka_unit_test(test_terminal_all),
	    cmocka_unit_test(test_json),     cmocka_unit_test(test_html),
	    cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
