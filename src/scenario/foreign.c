#include "scenario/foreign.h"

#include <stddef.h>

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
    {"config", "its keys at the top level, such as 'target' and 'load': reprise import artillery "
	       "FILE makes a scenario of a script"},
    {"contains", "'body: {contains: …}' under 'expect'"},
    {"count", "'repeat: 5' with 'steps' for a loop, 'iterations' under 'load' for each user"},
    {"delay", "'think: 2s', a step of its own"},
    {"ensure", "'thresholds' at the top level: p95 < 300ms"},
    {"environments", "'profiles' at the top level"},
    {"executor", "'users' or 'arrivals' under 'load'"},
    {"flow", "'steps'"},
    {"loop", "'repeat: 5' with 'steps'"},
    {"maxVusers", "'max_users' under 'load'"},
    {"max_runs", "'iterations' under 'load'"},
    {"params", "'query' under a request"},
    {"method", "the method itself: get: /login, or request: {method: PROPFIND, url: /}"},
    {"pause", "'think: 2s', a step of its own"},
    {"payload", "'data' at the top level: account: {file: accounts.csv}"},
    {"phases", "'load' at the top level: users or arrivals, and duration"},
    {"plan", "'steps' at the top level"},
    {"qs", "'query' under a request"},
    {"rampTo", "'ramp_up' under 'load'"},
    {"ramp_users", "'users' and 'ramp_up' under 'load'"},
    {"rate", "'arrivals' with its unit, such as 20/s, under 'load'"},
    {"requests_per_second", "'arrivals' with its unit, such as 20/s, under 'load'"},
    {"rps", "'arrivals' with its unit, such as 20/s, under 'load'"},
    {"sleep", "'think: 2s', a step of its own"},
    {"spawn_rate", "'ramp_up' under 'load'"},
    {"status", "'expect: {status: 200}' under a request"},
    {"statusCode", "'status' under 'expect'"},
    {"status_code", "'status' under 'expect'"},
    {"time", "'duration' under 'load'"},
    {"vus", "'users' under 'load'"},
    {"uri", "the value of the method: get: /login"},
    {"url", "the value of the method: get: /login"},
    {"vusers", "'users' under 'load'"},
    {"wait", "'think: 2s', a step of its own"},
    {"wait_time", "'think' under 'defaults'"},
    {"workers", "'users' under 'load'"},
};

const char *foreign_word(struct str word)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(word, str_of(words[i].word)))
			return words[i].instead;
	return NULL;
}
