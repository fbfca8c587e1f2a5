/* The output and the end of jobs, whatever their program prints and does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "edit/api/api_events.h"
#include "edit/api/api_job.h"

static struct api api;
static struct api_job *job;
static struct stream_timer *timer;
static char root[] = "/";

/* Every request is for the events. */
static void on_request(void *owner, struct http_request *request)
{
	struct api_request r = {.api = owner, .http = request};

	api_events_get(&r);
}

static void on_child(void *arg)
{
	api_job_collect(arg);
}

static void on_timer(void *arg)
{
	(void)arg;
	if (job->state == API_JOB_RUNNING)
		stream_loop_timer_set(timer, NS_PER_S / 100);
	else
		stream_loop_stop(server_loop(api.server));
}

static int open_api(void **state)
{
	const struct server_config config = {.name = "test"};
	struct buf error;

	(void)state;
	buf_init(&error, 0);
	api = (struct api){.folder = root};
	api.server = server_new(&config, on_request, &api, &error);
	api.events = api_events_new(api.server);
	api.children = stream_loop_watch_signal(server_loop(api.server), SIGCHLD, on_child, &api);
	timer = stream_loop_timer_new(server_loop(api.server), on_timer, NULL);
	return 0;
}

static int close_api(void **state)
{
	(void)state;
	api_job_free_all(&api);
	stream_loop_timer_free(timer);
	stream_loop_watch_free(api.children);
	api_events_free(api.events);
	server_free(api.server);
	return 0;
}

/* Performs SCRIPT up to its end, as a job whose exit status 0 is a result. */
static void perform(const char *script, bool prints_document, bool cancel)
{
	static struct api_job_kind kind;

	kind =
	    (struct api_job_kind){.name = "test", .usual = 1, .prints_document = prints_document};
	job = alloc_zeroed(1, sizeof *job);
	job->api = &api;
	job->kind = &kind;
	job->input = -1;
	arena_init(&job->arena, 0);
	buf_init(&job->partial, 0);
	buf_init(&job->messages, 0);
	api_job_word(job, "/bin/sh");
	api_job_word(job, "-c");
	api_job_word(job, script);
	assert_true(api_job_start(job));
	if (cancel)
		api_job_cancel(job);
	stream_loop_timer_set(timer, 0);
	stream_loop_run(server_loop(api.server));
	assert_int_equal(job->child.output, -1);
	assert_int_equal(job->child.errors, -1);
	assert_null(job->output);
}

static void assert_lines(uint64_t from, const char *expected)
{
	struct buf out;

	buf_init(&out, 0);
	struct json_writer j = json_writer_compact(&out);
	json_writer_open(&j, NULL);
	api_lines_put(&j, &job->lines, from);
	json_writer_close(&j);
	assert_string_equal(out.data, expected);
	buf_release(&out);
}

static void lines(void **state)
{
	(void)state;
	/* In pieces, empty, not JSON, not an object, and without a line end. */
	perform("printf '{\"a\"'; sleep 0.1; printf ': 1}\\n\\n  \\nno\\n[1]\\n{\"b\":\\n{}'",
		false, false);
	assert_int_equal(job->state, API_JOB_DONE);
	assert_lines(0, "{\"from\":0,\"lines\":[{\"a\": 1},{}],\"next\":2}");
	perform("printf '{\"a\": 1}\\n{\"b'; kill -SEGV $$", false, false);
	assert_int_equal(job->state, API_JOB_FAILED);
	assert_int_equal(job->child.signal, SIGSEGV);
	assert_int_equal(job->exit, 128 + SIGSEGV);
	assert_lines(0, "{\"from\":0,\"lines\":[{\"a\": 1}],\"next\":1}");
}

static void long_lines(void **state)
{
	(void)state;
	perform("printf '{\"a\": \"'; head -c 3000000 /dev/zero | tr '\\0' x; printf '\"}\\n{}\\n'",
		false, false);
	assert_int_equal(job->state, API_JOB_DONE);
	assert_lines(0, "{\"from\":0,\"lines\":[{\"event\": \"omitted\"},{}],\"next\":2}");
	assert_true(job->partial.cap <= 65536);
}

static void many_lines(void **state)
{
	(void)state;
	perform("i=0; while [ $i -lt 20005 ]; do echo \"{\\\"i\\\":$i}\"; i=$((i+1)); done", false,
		false);
	assert_int_equal(job->lines.next, 20005);
	assert_int_equal(job->lines.first, 5);
	assert_lines(20003,
		     "{\"from\":20003,\"lines\":[{\"i\":20003},{\"i\":20004}],\"next\":20005}");
	assert_lines(20005, "{\"from\":20005,\"lines\":[],\"next\":20005}");
	assert_lines(UINT64_MAX, "{\"from\":20005,\"lines\":[],\"next\":20005}");
	assert_true(str_eq(api_lines_newest(&job->lines), STR("{\"i\":20004}")));
}

static void documents(void **state)
{
	(void)state;
	perform("printf '{\\n \"a\": 1}\\n'", true, false);
	assert_int_equal(job->state, API_JOB_DONE);
	assert_string_equal(job->partial.data, "{\n \"a\": 1}\n");
	perform("printf '{\"a\": 1'", true, false);
	assert_int_equal(job->state, API_JOB_FAILED);
	assert_int_equal(job->partial.len, 0);
	perform("printf '{\"a\": \"'; head -c 70000000 /dev/zero | tr '\\0' x; printf '\"}'", true,
		false);
	assert_int_equal(job->state, API_JOB_FAILED);
	assert_int_equal(job->partial.len, 0);
}

static void messages(void **state)
{
	(void)state;
	perform("i=0; while [ $i -lt 5000 ]; do echo \"message $i\" >&2; i=$((i+1)); done; exit 2",
		false, false);
	assert_int_equal(job->state, API_JOB_FAILED);
	assert_int_equal(job->exit, 2);
	assert_true(job->messages.len <= 16384 && job->messages.len > 16000);
	assert_memory_equal(job->messages.data, "message ", 8);
	assert_memory_equal(job->messages.data + job->messages.len - 13, "message 4999\n", 13);
}

static void odd_ends(void **state)
{
	(void)state;
	/* Its output ends before it does. */
	perform("echo '{}'; exec >&- 2>&-; sleep 0.2; exit 1", false, false);
	assert_int_equal(job->exit, 1);
	assert_lines(0, "{\"from\":0,\"lines\":[{}],\"next\":1}");
	/* Another process still has the pipes: its output is not awaited. */
	perform("echo '{}'; (trap '' HUP; exec sleep 5) & exit 0", false, false);
	assert_int_equal(job->state, API_JOB_DONE);
	assert_lines(0, "{\"from\":0,\"lines\":[{}],\"next\":1}");
	assert_true(job->ended - job->began < 4 * NS_PER_S);
	/* A result that was complete when it was cancelled stays a result. */
	perform("trap 'echo {}; exit 0' INT; sleep 5 & wait", false, true);
	assert_true(job->state == API_JOB_DONE || job->child.signal == SIGINT);
	perform("exec sleep 60", false, true);
	assert_int_equal(job->state, API_JOB_CANCELLED);
	assert_int_equal(job->exit, 128 + SIGINT);
}

static void stop_loop(void *arg)
{
	stream_loop_stop(arg);
}

/* Serves for a tenth of a second. */
static void serve(void)
{
	server_after(api.server, NS_PER_S / 10, stop_loop, server_loop(api.server));
	stream_loop_run(server_loop(api.server));
}

static int connect_page(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)server_port(api.server)),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	static const char request[] = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(write(fd, request, sizeof request - 1), sizeof request - 1);
	serve();
	return fd;
}

/* Its stream ends, and its memory has a limit; another page gets all events. */
static void page_that_does_not_read(void **state)
{
	int slow = connect_page();
	struct buf event, received;
	char bytes[65536];
	size_t sent = 0;
	ssize_t n;

	(void)state;
	buf_init(&received, 0);
	buf_init(&event, 0);
	buf_add_char(&event, '"');
	while (event.len < 1000000)
		buf_add_char(&event, 'x');
	buf_add_char(&event, '"');
	for (int i = 0; i < 40; i++, sent += event.len)
		api_events_send(&api, "job", buf_str(&event));
	serve();
	fcntl(slow, F_SETFL, O_NONBLOCK);
	/* The end of a response in chunks. */
	for (int i = 0; i < 100 && !str_ends(buf_str(&received), STR("\r\n0\r\n\r\n")); i++) {
		while ((n = read(slow, bytes, sizeof bytes)) > 0)
			buf_add(&received, str_n(bytes, (size_t)n));
		serve();
	}
	assert_true(str_ends(buf_str(&received), STR("\r\n0\r\n\r\n")));
	assert_true(received.len > 1000000 && received.len < sent / 2);
	close(slow);
	buf_release(&event);
	buf_release(&received);
}

/* Jobs that have ended are freed, the oldest first. */
static void few_are_kept(void **state)
{
	unsigned count = 0;

	(void)state;
	for (int i = 0; i < 20; i++)
		perform("echo '{}'", false, false);
	for (const struct api_job *kept = api.jobs; kept; kept = kept->next)
		count++;
	assert_int_equal(count, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),	    cmocka_unit_test(long_lines),
	    cmocka_unit_test(many_lines),   cmocka_unit_test(documents),
	    cmocka_unit_test(messages),	    cmocka_unit_test(odd_ends),
	    cmocka_unit_test(few_are_kept), cmocka_unit_test(page_that_does_not_read),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, open_api, close_api);
}
