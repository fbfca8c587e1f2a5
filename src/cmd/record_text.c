#include "cmd/record_text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/terminal.h"
#include "base/units.h"
#include "net/ca.h"
#include "record/capture.h"

#define URL_MAX 100

/* ---- requests */

static bool starts_with_any(struct str s, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (str_ieq(str_slice(s, 0, strlen(words[i])), str_of(words[i])))
			return true;
	return false;
}

bool record_text_is_asset(const struct capture *capture)
{
	static const char *const kinds[] = {"script", "stylesheet", "image",	"font",
					    "media",  "texttrack",  "manifest", NULL};
	static const char *const types[] = {"image/",
					    "font/",
					    "audio/",
					    "video/",
					    "text/css",
					    "text/javascript",
					    "application/javascript",
					    "application/font",
					    NULL};
	struct str kind = capture_resource_type(capture);

	if (!str_eq(capture->request.method, STR("GET")) || !capture->response.status)
		return false;
	if (kind.len)
		return starts_with_any(kind, kinds);
	return starts_with_any(http_head_get(&capture->response, "Content-Type"), types);
}

static void put_clock(ns_t wall, struct buf *out)
{
	time_t seconds = (time_t)(wall / NS_PER_S);
	struct tm parts;

	localtime_r(&seconds, &parts);
	buf_printf(out, "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void record_text_put_url(struct str url, struct buf *out)
{
	size_t question = str_find_char(url, '?', 0);
	struct str shown = str_slice(url, 0, question);

	buf_add(out, str_slice(shown, 0, URL_MAX));
	if (question != NOT_FOUND)
		buf_add(out, STR("?"));
	if (question != NOT_FOUND || shown.len > URL_MAX)
		buf_add(out, STR("..."));
}

void record_text_request(const struct capture *capture, unsigned assets)
{
	bool ascii = terminal_detect(STDERR_FILENO, TERMINAL_COLOR_AUTO).ascii;
	struct buf line;

	if (assets)
		log_info("          + %u %s", assets, assets == 1 ? "asset" : "assets");
	buf_init(&line, 0);
	put_clock(capture->wall, &line);
	buf_printf(&line, "  %-6.*s ", STR_ARG(capture->request.method));
	if (capture->response.status)
		buf_printf(&line, "%d", capture->response.status);
	else
		buf_add(&line, STR("---"));
	buf_add(&line, STR("  "));
	record_text_put_url(capture->url, &line);
	if (capture->socket) {
		buf_printf(&line, "  WebSocket, %llu messages sent, %llu received",
			   (unsigned long long)capture->messages_sent,
			   (unsigned long long)capture->messages_received);
	} else if (capture->response.status) {
		buf_add(&line, STR("  "));
		units_put_bytes(&line, capture->received.bytes);
		buf_add(&line, STR("  "));
		units_put_time(&line, capture->ended - capture->begun, ascii);
	}
	if (capture->error.len)
		buf_printf(&line, "  (%.*s)", STR_ARG(capture->error));
	log_info("%.*s", STR_ARG(buf_str(&line)));
	buf_release(&line);
}

/* ---- start */

static void put_proxy(const struct record_plan *plan, unsigned port, struct buf *out)
{
	bool six = strchr(plan->proxy.host, ':') != NULL;

	buf_printf(out, "http://%s%s%s:%u", six ? "[" : "", plan->proxy.host, six ? "]" : "", port);
}

static void print_marks_hint(const char *token)
{
	if (isatty(STDIN_FILENO))
		log_info("To start a new step, type its name and press Enter, or open "
			 "http://" PROXY_BUILTIN_HOST "/ in the browser.");
	else
		log_info("To start a new step, open http://" PROXY_BUILTIN_HOST
			 "/mark?token=%s&name=Login",
			 token);
}

void record_text_browser(const struct record_plan *plan, unsigned port, const char *token,
			 const char *name, struct str hints)
{
	struct buf proxy;

	for (size_t at = 0; at < hints.len;) {
		size_t end = str_find_char(hints, '\n', at);

		log_warning("%.*s", STR_ARG(str_slice(hints, at, end)));
		at = end == NOT_FOUND ? hints.len : end + 1;
	}
	if (plan->quiet)
		return;
	buf_init(&proxy, 0);
	put_proxy(plan, port, &proxy);
	log_info("Recording with the proxy %.*s; %s opens with a new, separate profile.",
		 STR_ARG(buf_str(&proxy)), name);
	print_marks_hint(token);
	log_info("To end the recording, close the browser or press Ctrl-C here.");
	buf_release(&proxy);
}

void record_text_manual_setup(const struct record_plan *plan, unsigned port, const char *token,
			      const char *why)
{
	struct buf proxy, ca, url;

	if (plan->quiet && !why)
		return;
	buf_init(&proxy, 0);
	buf_init(&ca, 0);
	buf_init(&url, 0);
	put_proxy(plan, port, &proxy);
	escape_shell(&ca, plan->store->certificate_path);
	escape_shell(&url, str_of(plan->url ? plan->url : "URL"));
	log_info("Recording with the proxy %.*s%s%s", STR_ARG(buf_str(&proxy)), why ? "; " : "",
		 why ? why : "");
	log_info("  certificate authority  %.*s", STR_ARG(plan->store->certificate_path));
	log_info("  with curl              curl -x %.*s --cacert %.*s %.*s",
		 STR_ARG(buf_str(&proxy)), STR_ARG(buf_str(&ca)), STR_ARG(buf_str(&url)));
	print_marks_hint(token);
	log_info("To end the recording, press Ctrl-C.");
	buf_release(&proxy);
	buf_release(&ca);
	buf_release(&url);
}

/* ---- end */

void record_text_summary(const struct record_outcome *outcome, unsigned assets, ns_t length)
{
	struct buf line;

	if (assets)
		log_info("          + %u %s", assets, assets == 1 ? "asset" : "assets");
	buf_init(&line, 0);
	buf_add(&line, STR("recorded "));
	units_put_count(&line, outcome->entries);
	buf_printf(&line, " %s in ", outcome->entries == 1 ? "request" : "requests");
	units_put_duration(&line, length / NS_PER_S * NS_PER_S);
	if (outcome->marks)
		buf_printf(&line, ", %u %s marked", outcome->marks,
			   outcome->marks == 1 ? "step" : "steps");
	log_info("%.*s", STR_ARG(buf_str(&line)));
	buf_release(&line);
}
