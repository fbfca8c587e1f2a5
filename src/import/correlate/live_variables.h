/* The variables of a conversion: each has one value, from the response that it is extracted from to
 * its last use. Variables that are not needed at the same time can share a name. In the job's
 * arena; one thread. */
#ifndef IMPORT_CORRELATE_LIVE_VARIABLES_H
#define IMPORT_CORRELATE_LIVE_VARIABLES_H

#include "import/correlate/correlation.h"

struct live_variable {
	struct str name;
	struct str sent_name; /* of the first field that it is sent in */
	struct tracked_value *tracked_value;
	const struct occurrence *occurrence; /* its source */
	uint32_t step, last_use;	     /* step indexes */
	uint32_t extractor;		     /* index into the step's extractor_specs */
	uint32_t same_name; /* the variable before it with its name, from 1; 0: none */
};

struct live_variables {
	VEC(struct live_variable) items;
	/* By name: the last variable with it, from 1; 0: none. */
	uint32_t *names;
	size_t name_count;
};

/* A name such as BASE or BASE_2 that no other variable needs in the steps [FROM, TO]. */
struct str live_variables_name(struct arena *a, const struct live_variables *all, struct str base,
			       uint32_t from, uint32_t to);
/* Adds VARIABLE, which has its name. Returns it; valid until the next one is added. */
const struct live_variable *live_variables_add(struct arena *a, struct live_variables *all,
					       struct live_variable variable);

#endif
