#include "terminal/screen.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "result/text_format.h"

#define WAITING_BYTES 32768	       /* longer messages are cut */
#define LINES_EVERY   (50 * NS_PER_MS) /* messages that arrive faster are shown together */

#define HIDE_CURSOR "\x1b[?25l"
#define SHOW_CURSOR "\x1b[?25h"

static const int fatal_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT,
				    SIGBUS, SIGFPE, SIGSEGV, SIGTERM};
#define FATAL_SIGNALS (sizeof(fatal_signals) / sizeof(fatal_signals[0]))

struct screen {
	int fd;
	pthread_mutex_t lock; /* for everything below: a message can come from any thread */
	size_t lines;	      /* lines of the current frame */
	size_t columns;	      /* width of the terminal when it was drawn */
	size_t widest;	      /* of its lines */
	struct buf frame, written;
	char waiting[WAITING_BYTES]; /* messages not shown yet; never moved, because a signal
					handler reads them */
	_Atomic size_t waiting_len;
	ns_t shown_at; /* when messages were last shown */
	struct log_sink sink;
	struct sigaction before[FATAL_SIGNALS], before_stop;
};

/*
 * Terminal settings that were changed and must be restored in any case: the only thing here that
 * a signal handler uses. Written by the main thread only while `changed` is 0.
 */
static struct {
	_Atomic int changed;
	_Atomic int was_stopped; /* the previous frame is lost: another program wrote meanwhile */
	int fd;
	bool echo_known;
	struct termios before;
	struct screen *screen;
} held;

static void write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t n = write(fd, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text = str_slice(text, (size_t)n, text.len);
	}
}

/* ---- the terminal's state */

/* Async-signal-safe; works once. In the background the terminal must not be changed. */
static void restore_terminal(void)
{
	int saved = errno;

	if (atomic_exchange(&held.changed, 0) && !terminal_is_background(held.fd)) {
		if (held.echo_known)
			tcsetattr(held.fd, TCSANOW, &held.before);
		write_all(held.fd, STR("\x1b[0m" SHOW_CURSOR));
	}
	errno = saved;
}

/* At the end of the program, for any reason: pending messages are printed below the frame. */
static void restore_and_flush(void)
{
	struct screen *s = held.screen;
	bool ours = atomic_load(&held.changed);

	restore_terminal();
	if (ours && s)
		write_all(s->fd, str_n(s->waiting, atomic_exchange(&s->waiting_len, 0)));
}

static void prepare_terminal(int fd)
{
	struct termios quiet;

	if (atomic_load(&held.changed))
		return;
	held.fd = fd;
	held.echo_known = tcgetattr(fd, &held.before) == 0;
	atomic_store(&held.changed, 1);
	if (held.echo_known) {
		quiet = held.before;
		quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
		/* Without it, Ctrl-C discards the rest of a frame that the terminal has not read
		 * yet. */
		quiet.c_lflag |= NOFLSH;
		tcsetattr(fd, TCSANOW, &quiet);
	}
	write_all(fd, STR(HIDE_CURSOR));
}

/* The default effect of the signal follows. */
static void raise_default(int number)
{
	const struct sigaction *before = NULL;

	restore_and_flush();
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		if (fatal_signals[i] == number)
			before = &held.screen->before[i];
	sigaction(number, before, NULL);
	raise(number);
}

static void on_stop_signal(int number)
{
	struct sigaction ours;
	int saved = errno;

	restore_terminal();
	sigaction(number, &held.screen->before_stop, &ours);
	raise(number);
	sigaction(number, &ours, NULL);
	atomic_store(&held.was_stopped, 1);
	errno = saved;
}

/* An ignored signal (nohup) stays ignored. */
static void install_handler(int number, void (*handler)(int), struct sigaction *before)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_NODEFER | SA_RESTART};

	sigemptyset(&action.sa_mask);
	sigaction(number, NULL, before);
	if (before->sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

static void catch_signals(struct screen *s)
{
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		install_handler(fatal_signals[i], raise_default, &s->before[i]);
	install_handler(SIGTSTP, on_stop_signal, &s->before_stop);
}

static void release_signals(const struct screen *s)
{
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		sigaction(fatal_signals[i], &s->before[i], NULL);
	sigaction(SIGTSTP, &s->before_stop, NULL);
}

/* ---- drawing */

/*
 * Moves to the first line of the current frame. On a terminal that became narrower, lines were
 * wrapped again or cut, depending on the terminal: then only the top of the screen is reliable.
 */
static void move_to_frame_top(struct screen *s, size_t columns)
{
	if (!s->lines)
		return;
	if (s->widest > columns)
		buf_add(&s->written, STR("\x1b[H"));
	else
		buf_printf(&s->written, "\x1b[%zuA\r", s->lines);
}

/* Writes FRAME line by line and erases the old text. Never erases from the first line of the
 * screen downwards in one step: some terminals keep that text in the scrollback. Does not erase
 * after a full line: the cursor is at the edge, so that would erase its last letter. */
static void put_frame(struct screen *s, struct str frame, size_t columns)
{
	size_t from = 0;

	s->lines = s->widest = 0;
	s->columns = columns;
	while (from < frame.len) {
		size_t end = str_find_char(frame, '\n', from);
		struct str line = str_slice(frame, from, end);
		size_t wide = text_format_width(line);

		buf_add(&s->written, line);
		buf_add(&s->written, wide < columns ? STR("\x1b[K\r\n") : STR("\r\n"));
		s->widest = wide > s->widest ? wide : s->widest;
		s->lines++;
		from += line.len + 1;
	}
	buf_add(&s->written, STR("\x1b[J"));
}

static bool is_foreground(int fd)
{
	struct pollfd poller = {.fd = fd, .events = POLLOUT};

	return poll(&poller, 1, 0) == 1 && (poller.revents & POLLOUT);
}

/* The pending messages, each over the old text. */
static void put_waiting(struct screen *s)
{
	struct str lines = str_n(s->waiting, atomic_load(&s->waiting_len));
	size_t from = 0;

	while (from < lines.len) {
		size_t end = str_find_char(lines, '\n', from);

		buf_add(&s->written, str_slice(lines, from, end));
		buf_add(&s->written, STR("\x1b[K\r\n"));
		from = end + 1;
	}
	atomic_store(&s->waiting_len, 0);
}

/* Pending messages, then FRAME, made for COLUMNS, in place of the old frame. */
static void show(struct screen *s, struct str frame, size_t columns)
{
	buf_clear(&s->written);
	move_to_frame_top(s, terminal_size(s->fd).columns);
	put_waiting(s);
	put_frame(s, frame, columns);
	write_all(s->fd, buf_str(&s->written));
	s->shown_at = clock_monotonic_ns();
}

/* In the background the cursor must not be moved: the last frame is printed at its position. */
static void print_last_in_background(struct screen *s, struct str frame)
{
	s->lines = 0;
	write_all(s->fd, str_n(s->waiting, atomic_exchange(&s->waiting_len, 0)));
	write_all(s->fd, frame);
}

void screen_draw(struct screen *s, struct str frame, size_t columns, bool last)
{
	bool others = terminal_is_background(s->fd);

	if (!last && (others || !is_foreground(s->fd)))
		return;
	pthread_mutex_lock(&s->lock);
	if (others) {
		print_last_in_background(s, frame);
		pthread_mutex_unlock(&s->lock);
		return;
	}
	if (atomic_exchange(&held.was_stopped, 0))
		s->lines = 0;
	prepare_terminal(s->fd);
	show(s, frame, columns);
	buf_clear(&s->frame);
	buf_add(&s->frame, frame);
	pthread_mutex_unlock(&s->lock);
}

static void show_waiting(struct screen *s)
{
	if (s->lines && !terminal_is_background(s->fd)) {
		show(s, buf_str(&s->frame), s->columns);
		return;
	}
	write_all(s->fd, str_n(s->waiting, atomic_exchange(&s->waiting_len, 0)));
	s->lines = 0;
}

/* At most what fits into the buffer: complete characters and the newline. */
static void add_waiting(struct screen *s, struct str line)
{
	size_t len = line.len;

	if (len > WAITING_BYTES) {
		len = WAITING_BYTES - 1;
		while (len && ((unsigned char)line.ptr[len] & 0xc0) == 0x80)
			len--;
	}
	if (s->waiting_len + line.len > WAITING_BYTES)
		show_waiting(s);
	memcpy(s->waiting + s->waiting_len, line.ptr, len);
	if (len < line.len)
		s->waiting[s->waiting_len + len++] = '\n';
	atomic_fetch_add(&s->waiting_len, len);
}

/* A message: printed above the frame, which moves down. Many messages do not make the load wait
 * for the terminal. */
static void on_log_line(void *owner, struct str line)
{
	struct screen *s = owner;

	pthread_mutex_lock(&s->lock);
	add_waiting(s, line);
	if (!s->lines || clock_monotonic_ns() - s->shown_at >= LINES_EVERY)
		show_waiting(s);
	pthread_mutex_unlock(&s->lock);
}

struct terminal_size screen_size(const struct screen *s)
{
	return terminal_size(s->fd);
}

static void leave(void *owner)
{
	(void)owner;
	restore_and_flush();
}

struct screen *screen_open(int fd)
{
	static _Atomic int told_exit;
	struct screen *s = alloc_zeroed(1, sizeof(*s));

	s->fd = fd;
	pthread_mutex_init(&s->lock, NULL);
	buf_init(&s->frame, 0);
	buf_init(&s->written, 0);
	if (!atomic_exchange(&told_exit, 1))
		atexit(restore_and_flush);
	held.screen = s;
	catch_signals(s);
	s->sink = (struct log_sink){.owner = s, .line = on_log_line, .restore = leave};
	log_set_sink(&s->sink);
	return s;
}

void screen_close(struct screen *s)
{
	log_set_sink(NULL);
	if (s->waiting_len)
		show_waiting(s);
	restore_terminal();
	release_signals(s);
	held.screen = NULL;
	buf_release(&s->frame);
	buf_release(&s->written);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
