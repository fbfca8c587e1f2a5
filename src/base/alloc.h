/* Memory from the heap for what cannot be without it: the program ends if there is none. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stdlib.h>

#include "base/die.h"

/* COUNT objects of BYTES bytes, all zero; never NULL, not even for a COUNT of 0. The caller frees
 * them. */
static inline void *alloc_zeroed(size_t count, size_t bytes)
{
	void *memory = calloc(count ? count : 1, bytes);

	if (!memory)
		die_out_of_memory();
	return memory;
}

#endif
