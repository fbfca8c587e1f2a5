#include "output/json_result.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "output/output.h"

static void *json_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool json_close(void *output, const struct summary *total, const struct verdict *verdict,
		       struct buf *error);

const struct output_kind output_json = {
    .name = "json",
    .option = "json",
    .file = "summary.json",
    .rebuild = OUTPUT_REBUILT_IF_MISSING,
    .listed = true,
    .merged_option = true,
    .sentence = "The complete result as one JSON document; - is standard output.",
    .open = json_open,
    .close = json_close,
};

#define ROOM (256 * 1024) /* larger than most results */

struct json_output {
	const struct run_facts *facts;
	struct out_file file;
};

static void *json_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct json_output *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	if (!out_file_open_part(&o->file, where, facts->part, error)) {
		free(o);
		return NULL;
	}
	/* Reserve space now: other files may have filled the disk by the end. */
	if (o->file.fd != STDOUT_FILENO)
		(void)fallocate(o->file.fd, FALLOC_FL_KEEP_SIZE, 0, ROOM);
	return o;
}

static bool json_close(void *output, const struct summary *total, const struct verdict *verdict,
		       struct buf *error)
{
	struct json_output *o = output;
	struct buf text;
	bool good;

	buf_init(&text, 0);
	if (verdict) {
		json_result_put(&text, o->facts, total, verdict);
		/* Releases the space that was not needed. */
		if (out_file_write(&o->file, buf_str(&text)) && o->file.fd != STDOUT_FILENO)
			(void)!ftruncate(o->file.fd, lseek(o->file.fd, 0, SEEK_CUR));
		good = out_file_close(&o->file, error);
	} else {
		out_file_discard(&o->file);
		good = true;
	}
	buf_release(&text);
	free(o);
	return good;
}
