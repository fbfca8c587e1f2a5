/* The parts of the report of `import --json`: import_json.c, import_json_values.c (values, typed
 * texts, secrets) and import_json_verify.c. One thread. */
#ifndef CMD_IMPORT_JSON_PRIVATE_H
#define CMD_IMPORT_JSON_PRIVATE_H

#include "base/json_writer.h"
#include "base/secret_mask.h"
#include "cmd/import_scenario.h"
#include "import/conversion.h"

struct import_report_json {
	const struct import_job *job;
	struct import_scenario scenario;
	struct secret_set secrets; /* recorded values of secret parameters */
	struct json_writer j;
};

/* PATH is the scenario, or NULL. Release R in any case. */
void import_json_init(struct import_report_json *r, const struct import_job *job, const char *path,
		      struct buf *out);
void import_json_release(struct import_report_json *r);
/* TEXT with secrets masked; ptr NULL: null. */
void import_json_put_text(struct import_report_json *r, const char *key, struct str text);
/* URL without its query, which can have secrets. */
struct str import_json_url(struct str url);
/* A list as a member of the report, and an object in a list, each on a line; the caller closes the
 * object. */
void import_json_open_list(struct import_report_json *r, const char *key);
void import_json_open_item(struct import_report_json *r);
void import_json_close_list(struct import_report_json *r);
/* The members "values", "generated", "typed" and "secrets". */
void import_json_put_values(struct import_report_json *r);

#endif
