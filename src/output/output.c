#include "output/output.h"

#include <stddef.h>

static const struct output_kind *const kinds[] = {
#define OUTPUT(name) &output_##name,
#include "output/output.def"
#undef OUTPUT
    NULL,
};

const struct output_kind *const *outputs_all(void)
{
	return kinds;
}

const struct output_kind *output_find(struct str name)
{
	for (size_t i = 0; kinds[i]; i++) {
		if (str_eq(name, str_of(kinds[i]->name)))
			return kinds[i];
	}
	return NULL;
}
