/* The hosts, secrets and plan of a run that does not start yet, for the editor. */
#ifndef CMD_EDIT_NEEDS_H
#define CMD_EDIT_NEEDS_H

#include "edit/api/api_server.h"

/* The service `needs` of the API. */
bool edit_needs_find(struct arena *a, const struct api_scenario *scenario, struct api_needs *out,
		     struct buf *error);
/* The service `plan`. */
bool edit_needs_put_plan(struct arena *a, const struct api_scenario *scenario, struct buf *out,
			 struct buf *error);

#endif
