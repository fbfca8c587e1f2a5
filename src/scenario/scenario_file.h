/*
 * The content of a scenario file as its table describes it: key by key, before parameters, options
 * and the short form of one scenario are resolved into a model (scenario/model_read.h). The
 * importers create it too, and the writer prints it.
 */
#ifndef SCENARIO_SCENARIO_FILE_H
#define SCENARIO_SCENARIO_FILE_H

#include "interface/field.h"
#include "scenario/fixture_list.h"
#include "scenario/model.h"

struct scenario_file {
	struct keys keys;
	struct str name;
	struct str target;
	struct field_map parameters; /* of struct parameter */
	struct field_map data;	     /* of struct data_set */
	struct field_map variables;  /* of struct variable */
	struct defaults defaults;
	struct field_list allowed_hosts; /* of struct str */
	int64_t seed;
	struct load load;
	struct field_map profiles; /* of struct profile */
	struct fixture_list setup, before_user, teardown;
	struct steps after_user;
	struct steps steps;
	struct field_list include;    /* of struct str: paths */
	struct field_map flows;	      /* of struct steps */
	struct field_list scenarios;  /* of struct scenario */
	struct field_list thresholds; /* of struct threshold_line */
};

extern const struct field scenario_file_fields[];
extern const struct field scenario_fields[];
extern const struct field load_fields[];
extern const struct field threshold_element;
extern const struct field defaults_fields[];

#endif
