#include "scenario/enum_names.h"

#include <stddef.h>

const char *const on_failure_names[] = {"stop_iteration", "continue", "stop_user", "stop_run",
					NULL};
const char *const on_failure_meanings[] = {"end this iteration and begin the next one",
					   "continue with the next step", "end this user",
					   "end the whole run", NULL};
const char *const fixture_names[] = {"setup", "before_user", "after_user", "teardown", NULL};
const char *const http_version_names[] = {"auto", "1.1", "2", "3", NULL};
const char *const http_version_meanings[] = {
    "HTTP/2 if the server offers it with TLS, otherwise HTTP/1.1", "only HTTP/1.1",
    "HTTP/2, also without TLS",
    "HTTP/3 (QUIC) for URLs with https, without a fallback", NULL};
const char *const transport_names[] = {"curl", "auto", "direct", NULL};
const char *const transport_meanings[] = {"libcurl for all requests",
					  "libcurl only for requests that need it",
					  "never libcurl; requests that need it fail", NULL};
const char *const resend_policy_names[] = {"once", "never", NULL};
const char *const resend_policy_meanings[] = {"again on a new connection, as browsers do",
					      "never: the request fails", NULL};
const char *const trace_context_names[] = {"none", "w3c", "b3", "b3_multi", NULL};
const char *const trace_context_meanings[] = {"no header", "the header traceparent of W3C",
					      "one header of B3 (Zipkin)",
					      "several headers of B3 (Zipkin)", NULL};
