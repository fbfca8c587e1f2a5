#include "run/user.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define SLAB	   64u
#define BLOCK_MIN  32u
#define BLOCK_KEEP 4096u /* a larger block is freed when a quarter of it would do */

#define TO(state, from, to, event) | (USER_##from == (state) ? 1u << USER_##to : 0u)
#define NEXT(state)		   [state] = (uint8_t)(0u USER_TRANSITIONS(TO, state))

/* For each state, the states that may follow it: bit 1 << enum user_state. */
static const uint8_t next_states[USER_STATE_COUNT] = {
    NEXT(USER_FREE),	    NEXT(USER_ADMITTED), NEXT(USER_ACTIVE),
    NEXT(USER_BACKING_OFF), NEXT(USER_IDLE),	 NEXT(USER_ABORTING),
};

void user_enter(struct user *user, enum user_state to)
{
	if (!(next_states[user->state] >> to & 1))
		BUG("a user cannot go from state %d to state %d", (int)user->state, (int)to);
	user->state = (uint8_t)to;
}

static size_t rounded(size_t bytes)
{
	return (bytes + 15) & ~(size_t)15;
}

void user_pool_init(struct user_pool *pool, const struct program *program)
{
	*pool = (struct user_pool){.program = program};
	arena_init(&pool->arena, 0);
	pool->fiber_bytes = rounded(sizeof(struct fiber)) +
			    rounded(program->counter_count * sizeof(uint32_t)) +
			    rounded(program->group_depth * sizeof(struct group_clock)) +
			    rounded(program->call_depth * sizeof(uint32_t));
	pool->user_bytes =
	    rounded(sizeof(struct user)) + rounded(program->slot_count * sizeof(struct value)) +
	    rounded(program->slot_count * sizeof(struct slot_block)) +
	    rounded(program->renewal_count * sizeof(struct user_renewal)) + pool->fiber_bytes;
}

static void release_values(const struct user_pool *pool, struct user *user)
{
	for (uint32_t i = 0; i < pool->program->slot_count; i++)
		free(user->blocks[i].data);
	for (uint32_t i = 0; i < user->staged_used; i++)
		free(user->staged[i].block.data);
	buf_release(&user->fiber->secrets);
	free(user->staged);
	for (uint32_t i = 0; i < pool->program->renewal_count; i++) {
		free(user->renewals[i].own);
		free(user->renewals[i].spare);
	}
}

void user_pool_release(struct user_pool *pool)
{
	for (struct user *u = pool->living; u; u = u->next)
		release_values(pool, u);
	for (struct user *u = pool->free_users; u; u = u->next)
		release_values(pool, u);
	for (struct fiber *f = pool->free_fibers; f; f = f->next)
		buf_release(&f->secrets);
	arena_release(&pool->arena);
}

/* The arrays of a fiber follow the struct. */
static struct fiber *lay_out_fiber(const struct program *program, char *at)
{
	struct fiber *f = (struct fiber *)(void *)at;

	at += rounded(sizeof(*f));
	f->counters = (uint32_t *)(void *)at;
	at += rounded(program->counter_count * sizeof(uint32_t));
	f->groups = (struct group_clock *)(void *)at;
	at += rounded(program->group_depth * sizeof(struct group_clock));
	f->calls = (uint32_t *)(void *)at;
	return f;
}

static void add_users(struct user_pool *pool)
{
	const struct program *program = pool->program;
	char *slab = arena_alloc(&pool->arena, SLAB * pool->user_bytes);

	for (unsigned i = 0; i < SLAB; i++) {
		char *at = slab + i * pool->user_bytes;
		struct user *u = (struct user *)(void *)at;

		at += rounded(sizeof(*u));
		u->slots = (struct value *)(void *)at;
		at += rounded(program->slot_count * sizeof(struct value));
		u->blocks = (struct slot_block *)(void *)at;
		at += rounded(program->slot_count * sizeof(struct slot_block));
		u->renewals = (struct user_renewal *)(void *)at;
		at += rounded(program->renewal_count * sizeof(struct user_renewal));
		u->fiber = lay_out_fiber(program, at);
		u->next = pool->free_users;
		pool->free_users = u;
	}
}

static void add_fibers(struct user_pool *pool)
{
	char *slab = arena_alloc(&pool->arena, SLAB * pool->fiber_bytes);

	for (unsigned i = 0; i < SLAB; i++) {
		struct fiber *f = lay_out_fiber(pool->program, slab + i * pool->fiber_bytes);

		f->next = pool->free_fibers;
		pool->free_fibers = f;
	}
}

static void init_fiber(struct fiber *f, struct user *user)
{
	uint32_t *counters = f->counters;
	struct group_clock *groups = f->groups;
	uint32_t *calls = f->calls;
	struct buf secrets = f->secrets;

	*f = (struct fiber){.user = user};
	f->secrets = secrets;
	f->counters = counters;
	f->groups = groups;
	f->calls = calls;
}

static void reset_renewal(struct user_renewal *r)
{
	*r = (struct user_renewal){.own = r->own,
				   .own_cap = r->own_cap,
				   .spare = r->spare,
				   .spare_cap = r->spare_cap,
				   .due = NS_NEVER};
}

struct user *user_acquire(struct user_pool *pool)
{
	struct user *u;
	struct user fresh;

	if (!pool->free_users)
		add_users(pool);
	u = pool->free_users;
	pool->free_users = u->next;
	fresh = (struct user){.slots = u->slots,
			      .blocks = u->blocks,
			      .staged = u->staged,
			      .staged_used = u->staged_used,
			      .staged_cap = u->staged_cap,
			      .renewals = u->renewals,
			      .fixture = FIXTURE_NONE,
			      .fiber = u->fiber};
	*u = fresh;
	for (uint32_t i = 0; i < pool->program->renewal_count; i++)
		reset_renewal(&u->renewals[i]);
	u->queued_end = &u->queued_first;
	init_fiber(u->fiber, u);
	user_enter(u, USER_ADMITTED);
	fiber_enter(u->fiber, FIBER_RUNNING);
	u->next = pool->living;
	if (u->next)
		u->next->previous = u;
	pool->living = u;
	pool->live++;
	return u;
}

void user_release(struct user_pool *pool, struct user *u)
{
	user_enter(u, USER_FREE);
	fiber_enter(u->fiber, FIBER_FREE);
	if (u->previous)
		u->previous->next = u->next;
	else
		pool->living = u->next;
	if (u->next)
		u->next->previous = u->previous;
	u->previous = NULL;
	u->next = pool->free_users;
	pool->free_users = u;
	pool->live--;
}

struct fiber *user_fiber_acquire(struct user_pool *pool, struct user *user)
{
	struct fiber *f;

	if (!pool->free_fibers)
		add_fibers(pool);
	f = pool->free_fibers;
	pool->free_fibers = f->next;
	init_fiber(f, user);
	fiber_enter(f, FIBER_RUNNING);
	return f;
}

void user_fiber_release(struct user_pool *pool, struct fiber *f)
{
	fiber_enter(f, FIBER_FREE);
	f->next = pool->free_fibers;
	pool->free_fibers = f;
}

void user_fiber_reset(const struct program *program, struct fiber *f)
{
	for (uint32_t i = 0; i < program->counter_count; i++)
		f->counters[i] = 0;
	f->calls_used = 0;
	f->groups_used = 0;
	f->forks = 0;
	f->pause_time = 0;
	f->parked = false;
	f->status = 0;
	f->response_time = 0;
}

void user_values_copy(const struct value *values, const uint32_t *pick, size_t count,
		      struct value **store, size_t *cap)
{
	size_t need = rounded(count * sizeof(**store));
	char *at;

	for (size_t i = 0; i < count; i++)
		need += rounded(value_bytes(values[pick ? pick[i] : i]));
	if (need > *cap) {
		free(*store);
		*store = malloc(need);
		if (!*store)
			die_out_of_memory();
		*cap = need;
	}
	at = (char *)*store + rounded(count * sizeof(**store));
	for (size_t i = 0; i < count; i++) {
		struct value value = values[pick ? pick[i] : i];

		(*store)[i] = value_copy(value, at);
		at += rounded(value_bytes(value));
	}
}

void user_reset_values(const struct program *program, struct user *user)
{
	const struct value *first = program->slot_first;

	if (!user->keeps && program->slot_count)
		memcpy(user->slots, first, program->slot_count * sizeof(*user->slots));
	for (uint32_t i = 0; user->keeps && i < program->slot_count; i++)
		if (!program->slot_kept[i])
			user->slots[i] = first[i];
	for (uint32_t i = 0; i < program->renewal_count; i++) {
		const struct renewal_plan *plan = &program->renewals[i];
		const struct value *values = user_renewal_values(&user->renewals[i]);

		for (uint32_t k = 0; values && k < plan->slot_count; k++)
			user->slots[plan->slots[k]] = values[k];
	}
	user->staged_count = 0;
}

/* A value that the user has set since is in a block of its slot. */
static bool is_same(struct value a, struct value b)
{
	return a.type == b.type && a.text.ptr == b.text.ptr && a.text.len == b.text.len &&
	       a.items == b.items && a.count == b.count &&
	       memcmp(&a.number, &b.number, sizeof a.number) == 0;
}

static void replace(struct user *user, const struct renewal_plan *plan, const struct value *old,
		    const struct value *new)
{
	for (uint32_t i = 0; i < plan->slot_count; i++) {
		struct value *slot = &user->slots[plan->slots[i]];

		if (is_same(*slot, old ? old[i] : VALUE_NOTHING))
			*slot = new[i];
	}
}

void user_renewal_hold(struct user *user, const struct renewal_plan *plan, struct user_renewal *r,
		       struct shared_values *version)
{
	struct shared_values *old = r->shared;

	replace(user, plan, old ? old->values : NULL, version->values);
	r->shared = version;
	r->generation = version->generation;
	shared_renewal_drop(old);
}

void user_renewal_copy(struct user *user, const struct renewal_plan *plan, struct user_renewal *r,
		       const struct value *slots)
{
	struct value *old = r->own;
	size_t old_cap = r->own_cap;

	user_values_copy(slots, plan->slots, plan->slot_count, &r->spare, &r->spare_cap);
	replace(user, plan, r->generation ? old : NULL, r->spare);
	r->own = r->spare;
	r->own_cap = r->spare_cap;
	r->spare = old;
	r->spare_cap = old_cap;
	r->generation++;
}

static char *grow(struct slot_block *block, size_t need)
{
	size_t cap = block->cap > BLOCK_MIN ? block->cap : BLOCK_MIN;
	char *data;

	while (cap < need)
		cap *= 2;
	data = malloc(cap);
	if (!data)
		die_out_of_memory();
	block->cap = cap;
	return data;
}

/* A block of at least NEED bytes. Its previous content is valid until *OLD is freed. */
static char *room(struct slot_block *block, size_t need, char **old)
{
	*old = NULL;
	if (need <= block->cap && (block->cap <= BLOCK_KEEP || need > block->cap / 4))
		return block->data;
	*old = block->data;
	block->cap = 0;
	block->data = grow(block, need);
	return block->data;
}

static struct value copy_flat(struct slot_block *block, struct value value)
{
	char *old;
	char *data = room(block, value.text.len, &old);

	if (value.text.len)
		memmove(data, value.text.ptr, value.text.len);
	value.text.ptr = data;
	free(old);
	return value;
}

/* A list or mapping that may have parts in BLOCK: copied to SPARE first. */
static struct value copy_deep(struct slot_block *block, struct value value, struct buf *spare)
{
	size_t need = value_bytes(value);
	char *old;
	char *data;

	if (spare && block->data) {
		buf_clear(spare);
		if (!buf_reserve(spare, need))
			die_out_of_memory();
		value = value_copy(value, spare->data);
	}
	data = room(block, need, &old);
	value = value_copy(value, data);
	free(old);
	return value;
}

static struct value copy_value(struct slot_block *block, struct value value, struct buf *spare)
{
	if (value.type == VALUE_LIST || value.type == VALUE_OBJECT)
		return copy_deep(block, value, spare);
	return value.text.ptr ? copy_flat(block, value) : value;
}

void user_set_value(struct user *user, uint32_t slot, struct value value, struct buf *spare)
{
	user->slots[slot] = copy_value(&user->blocks[slot], value, spare);
}

static struct staged_value *next_staged(struct user *user)
{
	if (user->staged_count == user->staged_cap) {
		uint32_t cap = user->staged_cap ? user->staged_cap * 2 : 4;
		struct staged_value *grown = realloc(user->staged, cap * sizeof(*grown));

		if (!grown)
			die_out_of_memory();
		user->staged = grown;
		user->staged_cap = cap;
	}
	if (user->staged_count == user->staged_used)
		user->staged[user->staged_used++].block = (struct slot_block){0};
	return &user->staged[user->staged_count++];
}

void user_stage_value(struct user *user, uint32_t slot, uint32_t branch, struct value value)
{
	struct staged_value *entry = next_staged(user);

	entry->slot = slot;
	entry->branch = branch;
	entry->value = copy_value(&entry->block, value, NULL);
}

void user_commit_values(struct user *user)
{
	/* Few, and nearly in order: an insertion sort, which keeps the order within a branch. */
	for (uint32_t i = 1; i < user->staged_count; i++) {
		struct staged_value moved = user->staged[i];
		uint32_t at = i;

		for (; at && user->staged[at - 1].branch > moved.branch; at--)
			user->staged[at] = user->staged[at - 1];
		user->staged[at] = moved;
	}
	for (uint32_t i = 0; i < user->staged_count; i++) {
		struct staged_value *entry = &user->staged[i];
		struct slot_block block = user->blocks[entry->slot];

		user->slots[entry->slot] = entry->value;
		user->blocks[entry->slot] = entry->block;
		entry->block = block;
	}
	user->staged_count = 0;
}
