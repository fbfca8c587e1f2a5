#include "cmd/run_fleet.h"

static bool has_fixture(const struct model *model, enum fixture_kind fixture)
{
	return model->fixture[fixture].count > 0;
}

static bool is_once(const struct model *model, enum fixture_kind fixture)
{
	return has_fixture(model, fixture) && model->once_for_fleet[fixture];
}

bool run_fleet_prepare(struct shard_sync_settings *out, const struct run_options *o,
		       struct loaded_file *loaded, size_t number, struct str digest)
{
	const struct model *model = loaded->model;
	bool setup = is_once(model, FIXTURE_SETUP);

	if (o->shard.count == 1)
		return true;
	if (!setup && !is_once(model, FIXTURE_TEARDOWN)) {
		if (has_fixture(model, FIXTURE_SETUP))
			log_info("each of the %u shards runs setup (scope: shard)", o->shard.count);
		return true;
	}
	if (!o->fleet_dir) {
		log_error("%s with scope: fleet needs a folder that all shards share; set it with "
			  "--fleet-dir DIR",
			  setup ? "setup" : "teardown");
		return false;
	}
	if (!o->run_id.len && !o->start_at) {
		log_error("--fleet-dir needs RUN_ID or --start-at, with a new value for each run: "
			  "shards use it to find each other");
		return false;
	}
	*out = (struct shard_sync_settings){
	    .folder = str_of(o->fleet_dir),
	    .key = arena_printf(&loaded->arena, "%.*s\n%lld\n%u\n%zu", STR_ARG(o->run_id),
				(long long)o->start_at, o->shard.count, number),
	    .version = STR(PACKAGE_VERSION),
	    .scenario = digest,
	    .wait = o->fleet_wait,
	};
	return true;
}
