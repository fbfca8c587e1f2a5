/* rendezvous: users wait for each other, then continue at the same time. */
#include "program/emit.h"

struct rendezvous_point {
	struct keys keys;
	struct str name;
	int64_t users;
	ns_t timeout;
};

struct rendezvous_data {
	struct keys keys;
	struct rendezvous_point point;
};

static const struct field point_fields[] = {
    FIELD(struct rendezvous_point, name, "name", FIELD_TEXT, .flags = FIELD_REQUIRED,
	  .example = "sale opens",
	  .prose = "Name of the rendezvous. Steps with the same name share one rendezvous."),
    FIELD(struct rendezvous_point, users, "users", FIELD_INT,
	  .flags = FIELD_REQUIRED | FIELD_PARAMETER, .low = 1, .high = 1e7, .example = "50",
	  .prose = "Number of users to wait for."),
    FIELD(struct rendezvous_point, timeout, "timeout", FIELD_DURATION, .flags = FIELD_PARAMETER,
	  .fallback = "1m", .low = 1e-3, .high = 1e6, .example = "10s",
	  .prose = "Maximum wait of the first user. After that the waiting users continue, and the "
		   "result says so."),
    FIELD_END,
};

static const struct field rendezvous_fields[] = {
    FIELD(struct rendezvous_data, point, "rendezvous", FIELD_OBJECT, .flags = FIELD_ACTION,
	  .fields = point_fields, .example = "{name: sale opens, users: 50, timeout: 10s}",
	  .prose = "The rendezvous: its name, the number of users and the maximum wait."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct rendezvous_point *point = &((const struct rendezvous_data *)step->data)->point;
	const struct rendezvous_plan plan = {.name = point->name,
					     .users = (uint64_t)point->users,
					     .timeout = point->timeout,
					     .span = step->span};

	emit_op(e, OP_RENDEZVOUS, emit_pool_rendezvous(e, &plan), 0, 0, step->span);
}

const struct step_kind rendezvous_step = {
    .name = "rendezvous",
    .sentence =
	"Waits until enough users have arrived; then all of them continue at the same time.",
    .fields = rendezvous_fields,
    .bytes = sizeof(struct rendezvous_data),
    .compile = compile,
};
