#include "scenario/enum_names.h"

#include <stddef.h>

const char *const on_failure_names[] = {"stop_iteration", "continue", "stop_user", "stop_run",
					NULL};
const char *const fixture_names[] = {"setup", "before_user", "after_user", "teardown", NULL};
const char *const http_version_names[] = {"auto", "1.1", "2", NULL};
const char *const transport_names[] = {"curl", "auto", "direct", NULL};
const char *const resend_policy_names[] = {"once", "never", NULL};
const char *const trace_context_names[] = {"none", "w3c", "b3", "b3_multi", NULL};
