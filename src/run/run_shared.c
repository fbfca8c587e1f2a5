#include "run/run_shared.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"

void run_shared_init(struct run_shared *shared, const struct run_plan *plan)
{
	const struct program *program = plan->program;

	*shared = (struct run_shared){.wake_all = NULL};
	atomic_init(&shared->state, RUN_RUNNING);
	atomic_init(&shared->abort_at, NS_NEVER);
	atomic_init(&shared->failed_fast, false);
	atomic_init(&shared->requests, 0);
	atomic_init(&shared->limit_reached, false);
	atomic_init(&shared->users_now, 0);
	atomic_init(&shared->users_peak, 0);
	shared->setup_class = FAILURE_CLASS_COUNT;
	shared->loads = alloc_zeroed(plan->loads.count + 1, sizeof(*shared->loads));
	atomic_init(&shared->renewal_failed, false);
	shared->renewals = alloc_zeroed(program->renewal_count + 1, sizeof(*shared->renewals));
	for (uint32_t i = 0; i < program->renewal_count; i++)
		shared_renewal_init(&shared->renewals[i]);
	shared->renewal_count = program->renewal_count;
	shared->numbers = alloc_zeroed(program->number_count + 1, sizeof(*shared->numbers));
	if (!program->rendezvous_count)
		return;
	shared->rendezvous = alloc_zeroed(program->rendezvous_count, sizeof(*shared->rendezvous));
	for (uint32_t i = 0; i < program->rendezvous_count; i++)
		rendezvous_init(
		    &shared->rendezvous[i],
		    load_plan_share(program->rendezvous[i].users, plan->shard, plan->shards));
	shared->rendezvous_count = program->rendezvous_count;
}

void run_shared_release(struct run_shared *shared)
{
	for (uint32_t i = 0; i < shared->rendezvous_count; i++)
		rendezvous_release(&shared->rendezvous[i]);
	for (uint32_t i = 0; i < shared->renewal_count; i++)
		shared_renewal_release(&shared->renewals[i]);
	free(shared->renewals);
	free(shared->rendezvous);
	free(shared->loads);
	free(shared->numbers);
}

void run_shared_stop(struct run_shared *shared, enum run_state state, ns_t abort_at)
{
	int now = atomic_load(&shared->state);
	ns_t abort_before = atomic_load(&shared->abort_at);

	while (abort_at < abort_before &&
	       !atomic_compare_exchange_weak(&shared->abort_at, &abort_before, abort_at))
		;
	while (now < (int)state && !atomic_compare_exchange_weak(&shared->state, &now, (int)state))
		;
	if (shared->wake_all)
		shared->wake_all(shared->owner);
}
