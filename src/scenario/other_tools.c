#include "scenario/other_tools.h"

#include <stddef.h>
#include <string.h>

#include "interface/field.h"
#include "interface/reader.h"

static const struct {
	const char *word;
	const char *instead;
} words[] = {
    {"after", "'teardown' for the whole run, 'after_user' for each user"},
    {"arrivalCount", "'arrivals' with a rate such as 20/s, under 'load'"},
    {"arrivalRate", "'arrivals' with its unit, such as 20/s, under 'load'"},
    {"arrival_rate", "'arrivals' with its unit, such as 20/s, under 'load'"},
    {"assert", "'expect' under a request"},
    {"asserts", "'expect' under a request"},
    {"base", "'target' at the top level"},
    {"base_url", "'target' at the top level"},
    {"before", "'setup' for the whole run, 'before_user' for each user"},
    {"capture", "'extract' under a request: id: {jsonpath: $.id}"},
    {"captures", "'extract' under a request: id: {jsonpath: $.id}"},
    {"check", "'expect' under a request"},
    {"checks", "'expect' under a request"},
    {"concurrency", "'users' under 'load'"},
    {"config", "its keys at the top level, such as 'target' and 'load'; to convert an Artillery "
	       "script, run: reprise import artillery FILE"},
    {"contains", "'body: {contains: …}' under 'expect'"},
    {"count", "'repeat: 5' with 'steps' for a loop, 'iterations' under 'load' for each user"},
    {"delay", "'think: 2s', a separate step"},
    {"ensure", "'thresholds' at the top level: p95 < 300ms"},
    {"environments", "'profiles' at the top level"},
    {"executor", "'users' or 'arrivals' under 'load'"},
    {"flow", "'steps'"},
    {"for", "'for_each: item', 'in: ${items}' and 'steps'"},
    {"loop", "'repeat: 5' with 'steps'"},
    {"maxVusers", "'max_users' under 'load'"},
    {"max_runs", "'iterations' under 'load'"},
    {"params", "'query' under a request"},
    {"method", "the method as the key: get: /login, or request: {method: PROPFIND, url: /}"},
    {"pause", "'think: 2s', a separate step"},
    {"payload", "'data' at the top level: account: {file: accounts.csv}"},
    {"phases", "'load' at the top level: users or arrivals, and duration"},
    {"plan", "'steps' at the top level"},
    {"qs", "'query' under a request"},
    {"rampTo", "'ramp_up' under 'load'"},
    {"ramp_users", "'users' and 'ramp_up' under 'load'"},
    {"rate", "'arrivals' with its unit, such as 20/s, under 'load'"},
    {"requests_per_second", "'arrivals' with its unit, such as 20/s, under 'load'"},
    {"rps", "'arrivals' with its unit, such as 20/s, under 'load'"},
    {"sleep", "'think: 2s', a separate step"},
    {"spawn_rate", "'ramp_up' under 'load'"},
    {"status", "'expect: {status: 200}' under a request"},
    {"statusCode", "'status' under 'expect'"},
    {"status_code", "'status' under 'expect'"},
    {"time", "'duration' under 'load'"},
    {"vus", "'users' under 'load'"},
    {"uri", "the method as the key: get: /login"},
    {"url", "the method as the key: get: /login"},
    {"vusers", "'users' under 'load'"},
    {"wait", "'think: 2s', a separate step"},
    {"wait_time", "'think' under 'defaults'"},
    {"workers", "'users' under 'load'"},
};

/* The same word has different meanings in different mappings; a mapping is identified by one of its
 * keys, or by the name in `place`. */
static const struct {
	const char *place, *word;
	const char *instead;
} here[] = {
    {"arrivals", "connections", "'users'"},
    {"arrivals", "for", "'duration'"},
    {"arrivals", "loops", "'iterations'"},
    {"arrivals", "threads", "'users'"},
    {"aws_sigv4", "pass", "the type first: {basic: {user: …, password: …}}"},
    {"aws_sigv4", "password", "the type first: {basic: {user: …, password: …}}"},
    {"aws_sigv4", "token", "'bearer: …'"},
    {"aws_sigv4", "type", "the type as the key: {basic: {user: …, password: …}}"},
    {"aws_sigv4", "user", "the type first: {basic: {user: …, password: …}}"},
    {"aws_sigv4", "username", "the type first: {basic: {user: …, password: …}}"},
    {"check", "error_rate", "a text: error_rate < 1%"},
    {"check", "errors", "a text: error_rate < 1%"},
    {"check", "http_req_duration", "a text: p95 < 300ms"},
    {"check", "http_req_failed", "a text: error_rate < 1%"},
    {"check", "maxErrorRate", "a text: error_rate < 1%"},
    {"check", "mean", "a text: mean < 300ms"},
    {"check", "p50", "a text: p50 < 300ms"},
    {"check", "p90", "a text: p90 < 300ms"},
    {"check", "p95", "a text: p95 < 300ms"},
    {"check", "p99", "a text: p99 < 300ms"},
    {"expect", "body_contains", "'body: {contains: …}'"},
    {"expect", "body_matches", "'body: {matches: …}'"},
    {"expect", "code", "'status'"},
    {"expect", "content_type", "'header: {Content-Type: …}'"},
    {"expect", "duration", "'max_time: 500ms'"},
    {"expect", "json", "'jsonpath: {$.id: 7}'"},
    {"expect", "latency", "'max_time: 500ms'"},
    {"expect", "regex", "'body: {matches: …}'"},
    {"expect", "response_time", "'max_time: 500ms'"},
    {"expect", "text", "'body: {contains: …}'"},
    {"expect", "time", "'max_time: 500ms'"},
    {"extract", "json", "'jsonpath: $.id'"},
    {"extract", "re", "'regex'"},
    {"extract", "selector", "'css'"},
    {"multipart", "allow_redirects", "'follow_redirects'"},
    {"multipart", "content", "'body'"},
    {"multipart", "data", "'form', 'json' or 'body'"},
    {"multipart", "files", "'multipart'"},
    {"multipart", "follow", "'follow_redirects'"},
    {"multipart", "formData", "'form', or 'multipart' with files"},
    {"multipart", "form_data", "'form', or 'multipart' with files"},
    {"multipart", "payload", "'json', 'form' or 'body'"},
    {"multipart", "validate", "'expect'"},
    {"multipart", "variables",
     "'extract' for values of the response; variables of the file are at the top level"},
    {"pace", "requests", "'steps'"},
    {"pace", "tasks", "'steps'"},
    {"pick", "fields", "the first line of the file for the column names"},
    {"pick", "filename", "'file'"},
    {"pick", "order", "'pick': in_order, shuffled or random"},
    {"pick", "path", "'file'"},
    {"pick", "source", "'file'"},
    {"pick", "strategy", "'pick': in_order, shuffled or random"},
    {"ramp_to", "arrivalRate", "'ramp_to' with its unit, such as 20/s"},
    {"ramp_to", "duration", "'over' together with 'ramp_to', or 'hold' alone"},
    {"ramp_to", "rate", "'ramp_to' with its unit, such as 20/s"},
    {"ramp_to", "target", "'ramp_to'"},
    {"ramp_to", "users", "'ramp_to'"},
    {"thresholds", "http", "'steps' for requests, or 'defaults'"},
    {"thresholds", "requests", "'steps'"},
    {"thresholds", "tests", "'scenarios'"},
    {"thresholds", "url", "'target'"},
    {"times", "attempts", "'times'"},
    {"times", "backoff", "'delay'"},
    {"times", "count", "'times'"},
    {"times", "interval", "'delay'"},
    {"times", "max", "'times'"},
    {"times", "on", "'when'"},
    {"times", "wait", "'delay'"},
};

const char *other_tools_hint_under(const char *place, struct str word)
{
	for (size_t i = 0; i < sizeof here / sizeof *here; i++)
		if (strcmp(here[i].place, place) == 0 && str_eq(word, str_of(here[i].word)))
			return here[i].instead;
	return NULL;
}

const char *other_tools_hint_in(const struct field *fields, struct str word)
{
	for (size_t i = 0; i < sizeof here / sizeof *here; i++)
		if (str_eq(word, str_of(here[i].word)) && field_find(fields, str_of(here[i].place)))
			return here[i].instead;
	return NULL;
}

const char *other_tools_hint(struct str word)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(word, str_of(words[i].word)))
			return words[i].instead;
	return NULL;
}
