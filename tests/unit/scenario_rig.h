/* For tests of a simulated server: a scenario from a text, its run, and its failures. */
#ifndef TESTS_SCENARIO_RIG_H
#define TESTS_SCENARIO_RIG_H

#include "compiled.h"

#include "simulation.h"

#define SCENARIO_RIG_HEAD                                                                          \
	"target: http://shop\nload: {users: 1, iterations: 1}\n"                                   \
	"defaults: {timeout: 10s}\n"

/* Performs the file HEAD with STEPS, and leaves the simulation for the checks of the test. */
static inline void scenario_rig_run(struct simulation *sim, struct compiled *c, const char *head,
				    const char *steps)
{
	char text[4096];

	snprintf(text, sizeof text, "%s%s", head, steps);
	compiled_init(c, text);
	if (!c->program)
		fail_msg("%s", c->text.data);
	sim->settings.program = c->program;
	sim->settings.load = c->model->load;
	sim->settings.load.grace = 30 * NS_PER_S;
	simulation_run(sim);
}

static inline void scenario_rig_release(struct simulation *sim, struct compiled *c)
{
	simulation_release(sim);
	compiled_release(c);
}

/* The failure AT of the run has CLASS, and a message that contains TEXT. */
static inline void scenario_rig_failed(const struct simulation *sim, size_t at,
				       enum failure_class class, const char *text)
{
	const struct failure_note *note = &sim->summary.failures[at];

	assert_true(sim->summary.failure_count > at);
	assert_int_equal(note->class, class);
	if (str_find(str_n(note->text, note->text_len), str_of(text), 0) == NOT_FOUND)
		fail_msg("'%.*s' does not contain '%s'", (int)note->text_len, note->text, text);
}

/* The file SCENARIO_RIG_HEAD with STEPS is refused with messages that contain TEXT. */
static inline void scenario_rig_refused(const char *steps, const char *text)
{
	char file[512];
	struct compiled c;

	snprintf(file, sizeof file, SCENARIO_RIG_HEAD "steps:\n%s", steps);
	compiled_init(&c, file);
	if (c.program || !strstr(c.text.data, text))
		fail_msg("%s: no %s in: %s", steps, text, c.text.len ? c.text.data : "");
	compiled_release(&c);
}

#endif
