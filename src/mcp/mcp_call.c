#include "mcp/mcp_call.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"

#define OUTPUT_MAX ((size_t)1 << 20)
#define POLL_MS	   100
/* Time for a stopped command to write its result. */
#define STOP_TIME (10 * NS_PER_S)

/* ---- arguments */

bool mcp_call_refuse(struct mcp_call *call, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	call->error = arena_vprintf(&call->arena, format, args);
	va_end(args);
	return false;
}

const char *mcp_call_text(struct mcp_call *call, const char *key)
{
	const struct node *value = node_find(call->arguments, str_of(key));

	if (!value || value->kind != NODE_SCALAR ||
	    (value->style == NODE_PLAIN && str_eq(value->text, STR("null"))))
		return NULL;
	return arena_cstr(&call->arena, value->text);
}

const char *mcp_call_required(struct mcp_call *call, const char *key)
{
	const char *text = mcp_call_text(call, key);

	if (!text || !*text) {
		mcp_call_refuse(call, "the argument '%s' is missing", key);
		return NULL;
	}
	return text;
}

static bool is_inside(const struct mcp_call *call, const char *path)
{
	size_t length = strlen(call->config->folder);

	return strncmp(path, call->config->folder, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0' ||
		strcmp(call->config->folder, "/") == 0);
}

static const char *resolved(struct mcp_call *call, const char *path, const char *shown)
{
	char *whole = realpath(path, NULL);
	const char *copy = whole ? arena_cstr(&call->arena, str_of(whole)) : NULL;

	free(whole);
	if (!copy)
		mcp_call_refuse(call, "%s: %s", shown, strerror(errno));
	else if (!is_inside(call, copy))
		mcp_call_refuse(call, "'%s' is outside the folder %s", shown, call->config->folder);
	return call->error.ptr ? NULL : copy;
}

const char *mcp_call_resolved(struct mcp_call *call, const char *path)
{
	return resolved(call, path, path);
}

const char *mcp_call_path(struct mcp_call *call, const char *key)
{
	const char *path = mcp_call_required(call, key);

	return path ? resolved(call, path, path) : NULL;
}

const char *mcp_call_new_path(struct mcp_call *call, const char *key)
{
	const char *path = mcp_call_required(call, key), *folder = ".", *slash, *name = path;

	if (!path)
		return NULL;
	slash = strrchr(path, '/');
	if (slash) {
		name = slash + 1;
		folder = arena_cstr(&call->arena, str_n(path, (size_t)(slash - path) + 1));
	}
	if (!*name || strcmp(name, "..") == 0 || strcmp(name, ".") == 0) {
		mcp_call_refuse(call, "'%s' is not the path of a file", path);
		return NULL;
	}
	/* An existing file may be a link to another place. */
	if (access(path, F_OK) == 0)
		return resolved(call, path, path);
	folder = resolved(call, folder, path);
	return folder ? arena_cstr(&call->arena, arena_printf(&call->arena, "%s/%s", folder, name))
		      : NULL;
}

void mcp_call_word(struct mcp_call *call, const char *text)
{
	if (text)
		VEC_PUSH(&call->arena, &call->words, text);
}

void mcp_call_option(struct mcp_call *call, const char *option, const char *value)
{
	if (!value)
		return;
	/* One word, so that a value that begins with a dash is not taken for an option. */
	mcp_call_word(call,
		      arena_cstr(&call->arena, arena_printf(&call->arena, "%s=%s", option, value)));
}

/* ---- the child process */

struct mcp_child {
	struct child process;
	size_t written; /* of the input */
};

static void write_input(const struct mcp_call *call, struct mcp_child *child)
{
	struct str rest = str_slice(call->input, child->written, call->input.len);
	ssize_t n = rest.len ? write(child->process.input, rest.ptr, rest.len) : 0;

	if (n > 0)
		child->written += (size_t)n;
	if (child->written == call->input.len || (n < 0 && errno != EAGAIN && errno != EINTR))
		child_close(&child->process.input);
}

static void read_output(struct mcp_call *call, struct mcp_child *child)
{
	char bytes[16384];
	ssize_t n = read(child->process.output, bytes, sizeof bytes);
	size_t left = call->output.len < OUTPUT_MAX ? OUTPUT_MAX - call->output.len : 0;

	if (n > 0)
		buf_add(&call->output, str_n(bytes, (size_t)n < left ? (size_t)n : left));
	if (n > 0 && left && (size_t)n >= left)
		buf_add(&call->output, STR("\n… the rest of the output is omitted\n"));
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		child_close(&child->process.output);
}

/* Sends SIGINT once the limit has passed or the call is cancelled, and SIGKILL later. */
static void stop_late(const struct mcp_child *child, ns_t now, ns_t *stop_at, bool *asked,
		      bool cancelled)
{
	if (!*asked && (cancelled || now >= *stop_at)) {
		child_signal(&child->process, SIGINT);
		*asked = true;
		*stop_at = now + STOP_TIME;
	} else if (*asked && now >= *stop_at) {
		child_signal_all(&child->process, SIGKILL);
		*stop_at = now + STOP_TIME;
	}
}

int mcp_call_perform(struct mcp_call *call, bool (*cancelled)(void *arg), void *arg)
{
	ns_t stop_at = clock_monotonic_ns() + call->limit;
	bool asked = false;
	struct mcp_child child = {.written = 0};
	struct child *process = &child.process;
	struct child_config config = {
	    .input = CHILD_PIPE, .output = CHILD_PIPE, .errors = CHILD_SAME};

	VEC_PUSH(&call->arena, &call->words, NULL);
	config.words = call->words.items;
	if (!child_start(process, &config))
		return -1;
	while (process->output >= 0) {
		struct pollfd polled[] = {{.fd = process->output, .events = POLLIN},
					  {.fd = process->input, .events = POLLOUT}};

		if (poll(polled, 2, POLL_MS) < 0 && errno != EINTR)
			break;
		if (polled[1].revents)
			write_input(call, &child);
		if (polled[0].revents)
			read_output(call, &child);
		stop_late(&child, clock_monotonic_ns(), &stop_at, &asked, cancelled(arg));
	}
	child_close(&process->input);
	child_close(&process->output);
	child_has_ended(process, true);
	return process->signal ? 128 + process->signal : process->status;
}
