#include "cmd/run_fleet.h"

static bool has(const struct model *model, enum around part)
{
	return model->around[part].count > 0;
}

static bool is_once(const struct model *model, enum around part)
{
	return has(model, part) && model->once_for_fleet[part];
}

bool run_fleet_settle(struct run_fleet *out, const struct run_options *o, struct loaded *loaded,
		      size_t number, struct str digest)
{
	const struct model *model = loaded->model;
	bool setup = is_once(model, AROUND_SETUP);

	if (o->shard.count == 1)
		return true;
	if (!setup && !is_once(model, AROUND_TEARDOWN)) {
		if (has(model, AROUND_SETUP))
			log_info("setup is performed by each of the %u shards (scope: shard)",
				 o->shard.count);
		return true;
	}
	if (!o->fleet_dir) {
		log_error("%s is performed once for the fleet (scope: fleet): --fleet-dir DIR "
			  "names a folder that all shards see",
			  setup ? "setup" : "teardown");
		return false;
	}
	if (!o->run_id.len && !o->start_at) {
		log_error("the shards find each other in --fleet-dir by RUN_ID or --start-at: one "
			  "of them is needed, new for each run");
		return false;
	}
	*out = (struct run_fleet){
	    .folder = str_of(o->fleet_dir),
	    .key = arena_printf(&loaded->arena, "%.*s\n%lld\n%u\n%zu", STR_ARG(o->run_id),
				(long long)o->start_at, o->shard.count, number),
	    .version = STR(PACKAGE_VERSION),
	    .scenario = digest,
	    .wait = o->fleet_wait,
	};
	return true;
}
