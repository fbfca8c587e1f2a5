#include "output/output.h"

#include <stddef.h>

static const struct output_kind *const kinds[] = {
#define OUTPUT(name) &output_##name,
#include "output/output.def"
    NULL,
};

const struct output_kind *const *output_kinds(void)
{
	return kinds;
}
