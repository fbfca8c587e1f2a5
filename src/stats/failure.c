#include "stats/failure.h"

static const struct {
	const char *name, *prose;
} classes[FAILURE_CLASS_COUNT] = {
#define FAILURE_ROW(name, prose) {#name, prose},
    FAILURE_CLASSES(FAILURE_ROW)
#undef FAILURE_ROW
};

const char *failure_name(enum failure_class class)
{
	return classes[class].name;
}

const char *failure_prose(enum failure_class class)
{
	return classes[class].prose;
}

bool failure_find(struct str name, enum failure_class *out)
{
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++) {
		if (str_eq(name, str_of(classes[i].name))) {
			*out = (enum failure_class)i;
			return true;
		}
	}
	return false;
}

bool failure_is_generator(enum failure_class class)
{
	return class == FAILURE_generator_fds || class == FAILURE_generator_ports;
}
