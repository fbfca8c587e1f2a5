#include "cmd/run_outputs.h"

#include <string.h>
#include <sys/stat.h>

#include "result/result_folder.h"
#include "output/output.h"

static bool open_kind(struct output_set *outputs, const struct run_options *o, struct str folder,
		      const struct output_kind *kind, const struct run_facts *facts)
{
	const char *value = kind->option ? options_value(o->options, kind->option) : NULL;
	bool fine = true;

	if (!kind->option && !kind->file) {
		struct str where = STR_NULL;

		if (kind->progress && o->level == LOG_QUIET)
			return true;
		if (kind->prints && facts->document_on_output)
			where = STR("stderr");
		return output_set_add(outputs, kind, where, facts, false);
	}
	if (folder.len && kind->file) {
		struct str where = result_folder_file(&outputs->arena, folder, kind->file);

		fine = output_set_add(outputs, kind, where, facts, kind->listed);
	}
	if (!value && kind->implied)
		value = kind->implied(&outputs->arena);
	if (fine && value)
		fine = output_set_add(outputs, kind, str_of(value), facts,
				      !kind->sends && strcmp(value, "-") != 0);
	return fine;
}

bool run_outputs_open(struct output_set *outputs, const struct run_options *o, struct str folder,
		      const struct run_facts *facts)
{
	output_set_init(outputs, facts->output_options.send_wait);
	if (folder.len && !result_folder_make(folder, output_kinds())) {
		arena_release(&outputs->arena);
		return false;
	}
	for (size_t i = 0; output_kinds()[i]; i++) {
		if (!open_kind(outputs, o, folder, output_kinds()[i], facts)) {
			output_set_cancel(outputs);
			return false;
		}
	}
	return true;
}

static bool is_written(struct arena *a, struct str folder, const char *file)
{
	struct stat status;

	return lstat(result_folder_file(a, folder, file).ptr, &status) == 0 &&
	       S_ISREG(status.st_mode) && status.st_size > 0;
}

static bool rebuild_kind(struct output_set *outputs, const struct output_kind *kind,
			 struct str folder, const struct run_facts *facts)
{
	if (kind->prints)
		return output_set_add(outputs, kind, STR_NULL, facts, false);
	if (!kind->file || kind->rebuild == OUTPUT_NOT_REBUILT)
		return true;
	if (str_ends(str_of(kind->file), STR("/")))
		(void)result_folder_subfolder(&outputs->arena, folder, kind->file);
	else if (kind->rebuild == OUTPUT_REBUILT_IF_MISSING &&
		 is_written(&outputs->arena, folder, kind->file))
		return true;
	return output_set_add(outputs, kind,
			      result_folder_file(&outputs->arena, folder, kind->file), facts,
			      kind->listed);
}

static bool merge_kind(struct output_set *outputs, const struct options *options,
		       const struct output_kind *kind, struct str folder,
		       const struct run_facts *facts)
{
	const char *value = kind->merged_option ? options_value(options, kind->option) : NULL;
	bool fine = true;

	if (kind->prints)
		return output_set_add(outputs, kind, STR_NULL, facts, false);
	if (folder.len && kind->file && kind->file[strlen(kind->file) - 1] != '/')
		fine = output_set_add(outputs, kind,
				      result_folder_file(&outputs->arena, folder, kind->file),
				      facts, kind->listed);
	if (fine && value)
		fine = output_set_add(outputs, kind, str_of(value), facts, strcmp(value, "-") != 0);
	return fine;
}

bool run_outputs_open_rebuilt(struct output_set *outputs, struct str folder,
			      const struct run_facts *facts)
{
	output_set_init(outputs, 0);
	for (size_t i = 0; output_kinds()[i]; i++) {
		if (!rebuild_kind(outputs, output_kinds()[i], folder, facts)) {
			output_set_cancel(outputs);
			return false;
		}
	}
	return true;
}

bool run_outputs_open_merged(struct output_set *outputs, const struct options *options,
			     struct str folder, const struct run_facts *facts)
{
	output_set_init(outputs, 0);
	if (folder.len && !result_folder_make(folder, output_kinds())) {
		arena_release(&outputs->arena);
		return false;
	}
	for (size_t i = 0; output_kinds()[i]; i++) {
		if (!merge_kind(outputs, options, output_kinds()[i], folder, facts)) {
			output_set_cancel(outputs);
			return false;
		}
	}
	return true;
}
