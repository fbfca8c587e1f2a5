#include "scenario/words.h"

#include <stddef.h>

const char *const on_failure_words[] = {"stop_iteration", "continue", "stop_user", "stop_run",
					NULL};
const char *const around_words[] = {"setup", "before_user", "after_user", "teardown", NULL};
const char *const http_words[] = {"auto", "1.1", "2", NULL};
