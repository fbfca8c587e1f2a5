#include "cmd/record_session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/machine.h"
#include "cmd/record_lines.h"
#include "cmd/record_text.h"
#include "import/import.h"
#include "net/ca.h"
#include "record/capture.h"

#define LINE_MAX 200

struct recording_session {
	const struct record_plan *plan;
	struct stream_loop *loop;
	struct proxy *proxy;
	struct journal journal;
	struct browser *browser;
	const char *why_no_browser; /* NULL: it was started, or --browser none */
	struct stream_watch *input, *signals[4];
	struct stream_timer *end;
	struct buf line; /* being typed */
	unsigned assets; /* recorded since the last line was printed */
	bool ending, write_failed;
};

/* ---- recorded requests */

static void on_capture(void *owner, const struct capture *capture)
{
	struct recording_session *s = owner;

	journal_add(&s->journal, capture);
	if (s->journal.failed && !s->write_failed) {
		s->write_failed = true;
		log_error("cannot write %s: %s; further requests are not recorded", s->journal.path,
			  strerror(s->journal.failed));
	}
	if (import_is_browser_noise(capture->url))
		return;
	record_lines_request(s->plan->lines, capture);
	if (s->plan->quiet)
		return;
	if (record_text_is_asset(capture)) {
		s->assets++;
		return;
	}
	record_text_request(capture, s->assets);
	s->assets = 0;
}

static void on_begun(void *owner, struct capture *capture)
{
	journal_begin(&((struct recording_session *)owner)->journal, capture);
}

static void on_socket_message(void *owner, const struct capture *capture,
			      const struct capture_message *message)
{
	journal_message(&((struct recording_session *)owner)->journal, capture, message);
}

static void on_piece(void *owner, const struct capture *capture, struct str piece)
{
	journal_piece(&((struct recording_session *)owner)->journal, capture, piece);
}

static void on_note(void *owner, struct str text)
{
	(void)owner;
	log_warning("%.*s", STR_ARG(text));
}

static void on_mark(void *owner, struct str name)
{
	struct recording_session *s = owner;

	journal_mark(&s->journal, name, clock_wall_ns());
	record_lines_step(s->plan->lines, name);
	if (!s->plan->quiet)
		log_info("== %.*s", STR_ARG(name));
}

static struct str current_page(void *owner)
{
	const struct recording_session *s = owner;

	return str_of(s->journal.page);
}

static const struct proxy_watch callbacks = {
    .captured = on_capture,
    .begun = on_begun,
    .message = on_socket_message,
    .piece = on_piece,
    .reported = on_note,
    .marked = on_mark,
    .page = current_page,
};

/* ---- terminal input */

static void handle_line(struct recording_session *s, struct str line)
{
	char name[32];

	line = str_trim(line);
	if (!line.len) {
		snprintf(name, sizeof name, "Step %u", s->journal.pages + 1);
		line = str_of(name);
	}
	on_mark(s, line);
}

static void on_input(void *arg)
{
	struct recording_session *s = arg;
	char piece[256];
	ssize_t n = read(STDIN_FILENO, piece, sizeof piece);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		stream_loop_watch_free(s->input);
		s->input = NULL;
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (piece[i] == '\n') {
			handle_line(s, buf_str(&s->line));
			buf_clear(&s->line);
		} else {
			buf_add_char(&s->line, piece[i]);
		}
	}
}

/* ---- end */

static void end_recording(void *arg)
{
	struct recording_session *s = arg;

	s->ending = true;
	stream_loop_stop(s->loop);
}

static void on_child(void *arg)
{
	struct recording_session *s = arg;

	if (s->browser && browser_has_ended(s->browser) && !s->ending) {
		if (!s->plan->quiet)
			log_info("the browser was closed");
		end_recording(s);
	}
}

/* Whether standard input can have lines: a terminal or a pipe. */
static bool stdin_is_readable(void)
{
	struct stat facts;

	return isatty(STDIN_FILENO) || (fstat(STDIN_FILENO, &facts) == 0 &&
					(S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode)));
}

static void install_signals(struct recording_session *s)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	for (size_t i = 0; i < 3; i++) {
		/* Further signals are ignored, so that a second one does not interrupt writing the
		 * files: `timeout` sends two, and people press Ctrl-C twice. */
		signal(ends[i], SIG_IGN);
		s->signals[i] = stream_loop_watch_signal(s->loop, ends[i], end_recording, s);
	}
	s->signals[3] = stream_loop_watch_signal(s->loop, SIGCHLD, on_child, s);
	if (stdin_is_readable())
		s->input = stream_loop_watch_new(s->loop, STDIN_FILENO, on_input, s);
	if (s->plan->length != NS_NEVER) {
		s->end = stream_loop_timer_new(s->loop, end_recording, s);
		stream_loop_timer_set(s->end, s->plan->length);
	}
}

/* ---- start */

/* Whether a browser can open. A browser that the user named checks this itself. */
static bool has_display(const struct browser_options *options)
{
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

	return options->headless || options->program || (x && *x) || (wayland && *wayland);
}

static bool start_browser(struct recording_session *s)
{
	struct browser_options options = s->plan->browser;
	struct buf hints, error;
	bool good = true;

	if (s->plan->no_browser) {
		record_text_manual_setup(s->plan, proxy_port(s->proxy), proxy_token(s->proxy),
					 NULL);
		return true;
	}
	if (!has_display(&options)) {
		s->why_no_browser = "no display was found for a browser";
		record_text_manual_setup(
		    s->plan, proxy_port(s->proxy), proxy_token(s->proxy),
		    "no display was found for a browser; --headless works without one");
		return true;
	}
	options.proxy_port = proxy_port(s->proxy);
	buf_init(&hints, 0);
	buf_init(&error, 0);
	s->browser = browser_start(&options, &hints, &error);
	if (error.len) {
		log_error("%.*s", STR_ARG(buf_str(&error)));
		good = false;
	} else if (s->browser) {
		record_text_browser(s->plan, proxy_port(s->proxy), proxy_token(s->proxy),
				    browser_name(s->browser), buf_str(&hints));
	} else {
		s->why_no_browser = "no browser was found";
		record_text_manual_setup(s->plan, proxy_port(s->proxy), proxy_token(s->proxy),
					 s->why_no_browser);
	}
	buf_release(&hints);
	buf_release(&error);
	return good;
}

static bool begin(struct recording_session *s)
{
	struct buf error;

	buf_init(&error, 0);
	machine_raise_files();
	s->proxy = proxy_new(s->loop, &s->plan->proxy, &callbacks, s, &error);
	if (!s->proxy || !journal_open(&s->journal, s->plan->journal, s->plan->force, s->plan->ca,
				       s->plan->insecure, &error)) {
		log_error("%.*s", STR_ARG(buf_str(&error)));
		buf_release(&error);
		return false;
	}
	buf_release(&error);
	install_signals(s);
	return start_browser(s);
}

bool record_session(const struct record_plan *plan, struct record_outcome *outcome)
{
	struct recording_session s = {
	    .plan = plan, .loop = stream_loop_new(), .journal = {.fd = -1}};
	ns_t begun = clock_monotonic_ns();
	bool good;

	*outcome = (struct record_outcome){.entries = 0};
	if (!s.loop) {
		log_error("the limit of open files is reached");
		return false;
	}
	buf_init(&s.line, LINE_MAX);
	good = begin(&s);
	if (good) {
		record_lines_ready(plan->lines, plan, proxy_port(s.proxy),
				   s.browser ? browser_name(s.browser) : NULL, s.why_no_browser);
		stream_loop_run(s.loop);
	}
	s.ending = true;
	proxy_free(s.proxy);
	browser_free(s.browser);
	*outcome = (struct record_outcome){
	    .entries = s.journal.entries, .marks = s.journal.pages, .written = !s.write_failed};
	if (good && !plan->quiet)
		record_text_summary(outcome, s.assets, clock_monotonic_ns() - begun);
	stream_loop_timer_free(s.end);
	stream_loop_watch_free(s.input);
	for (size_t i = 0; i < 4; i++)
		stream_loop_watch_free(s.signals[i]);
	stream_loop_free(s.loop);
	if (s.journal.fd >= 0)
		journal_close(&s.journal);
	if (!good && s.journal.path && !outcome->entries)
		unlink(plan->journal);
	buf_release(&s.line);
	return good;
}
