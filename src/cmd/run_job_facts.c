#include "base/clock.h"
#include "base/digest.h"
#include "base/machine.h"
#include "base/secret_mask.h"
#include "cmd/run_job.h"
#include "scenario/load.h"

struct str run_job_masked(struct arena *a, const struct program *program, struct str text)
{
	struct buf copy;
	struct str kept;

	buf_init(&copy, 0);
	buf_add(&copy, text);
	secret_mask_once(&program->secrets, &copy);
	kept = arena_str(a, buf_str(&copy));
	buf_release(&copy);
	return kept;
}

static struct str load_text(struct arena *a, const struct run_job *p)
{
	const struct model *model = p->loaded.model;
	struct buf words;
	struct str copy;

	if (p->options->once)
		return STR("each scenario once");
	buf_init(&words, 0);
	load_put_all(&words, model);
	if (model->load_origin.len)
		buf_printf(&words, " (%.*s)", STR_ARG(model->load_origin));
	copy = arena_str(a, buf_str(&words));
	buf_release(&words);
	return copy;
}

struct str run_job_digest(struct arena *a, const struct run_job *p)
{
	unsigned char digest[DIGEST_MAX];
	struct buf text, hex;
	struct str copy;

	buf_init(&text, 0);
	buf_init(&hex, 0);
	buf_add(&text, p->loaded.source->text);
	buf_add(&text, load_text(a, p));
	buf_add(&text, p->loaded.program->target);
	buf_add_hex(
	    &hex, str_n((const char *)digest, digest_hash(DIGEST_SHA256, buf_str(&text), digest)));
	copy = arena_str(a, buf_str(&hex));
	buf_release(&text);
	buf_release(&hex);
	return copy;
}

/* Planned number of iterations; 0 if the duration limits them. */
static uint64_t iterations_of(const struct run_plan *plan)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < plan->loads.count; i++) {
		const struct load_plan *load = &plan->loads.items[i];
		uint64_t own =
		    load_plan_share(load->entries, plan->shard, plan->shards) * load->max;

		if (load->bounded)
			own = load->total;
		if (load->open || !own)
			return 0;
		sum += own;
	}
	return sum;
}

/* HOST_IP is set by orchestrators: the address of the machine that runs this shard. */
static void build_labels(struct run_job *p, struct str run_id)
{
	const struct run_options *o = p->options;

	p->labels[p->label_count++] = (struct label){STR("run_id"), run_id};
	p->labels[p->label_count++] = (struct label){
	    STR("shard"), arena_printf(&p->loaded.arena, "%u/%u", o->shard.index, o->shard.count)};
	if (o->host_ip.len)
		p->labels[p->label_count++] = (struct label){STR("host_ip"), o->host_ip};
}

void run_job_build_facts(struct run_job *p, const struct run_settings *settings)
{
	const struct run_options *o = p->options;
	const struct run_plan *plan = &p->run.plan;
	const struct load_plan_list *loads = &plan->loads;
	struct arena *a = &p->loaded.arena;
	struct str words = load_text(a, p);

	build_labels(p, settings->run_id);
	p->facts = (struct run_facts){
	    .version = STR(PACKAGE_VERSION),
	    .name = p->loaded.model->name.len ? p->loaded.model->name : p->loaded.name,
	    .target = run_job_masked(a, p->loaded.program, p->loaded.program->target),
	    .load = o->shard.count > 1 ? arena_printf(a, "%.*s, shard %u of %u", STR_ARG(words),
						      o->shard.index, o->shard.count)
				       : words,
	    .trace_url = o->trace_url,
	    .seed = settings->seed,
	    .planned =
		loads->end == NS_NEVER || p->run.capacity.wanted ? 0 : loads->end - loads->warm_up,
	    .users = o->once ? 1 : (int64_t)plan->users,
	    .unjudged = o->shard.count > 1,
	    .capacity = p->run.capacity.wanted ? &p->run.capacity : NULL,
	    .skew = o->start_at ? &p->run.skew : NULL,
	    .iterations = iterations_of(&p->run.plan),
	    .labels = p->labels,
	    .label_count = p->label_count,
	    .scenario = run_job_digest(a, p),
	    .table = &p->run.plan.table,
	    .thresholds = p->loaded.thresholds,
	    .threshold_count = o->once ? 0 : p->loaded.threshold_count,
	    .judge = &p->run.judge,
	    .signal = &p->run.signal,
	    .stop = &p->run.stop_requested,
	    .stage = &p->run.stage,
	    .cores = machine_detect_cores(),
	    .container = machine_is_container(""),
	    .output = o->output,
	    .error = o->error,
	    .live = o->live,
	    .frame_stays = o->live && o->output.is_terminal && o->level != LOG_QUIET,
	    .quiet = o->level == LOG_QUIET,
	    .document_on_output = run_options_prints_document(o->options),
	    .part = p->part,
	    .out = p->folder,
	    .failure_samples = settings->failure_samples,
	    .request_rows = settings->request_rows,
	    .output_options = o->output_options,
	};
}
