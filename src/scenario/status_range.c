#include "scenario/status_range.h"

bool status_range_parse(struct str text, struct status_range *out)
{
	int64_t number;

	if (text.len != 3 || text.ptr[0] < '1' || text.ptr[0] > '5')
		return false;
	if (text.ptr[1] == 'x' && text.ptr[2] == 'x')
		number = (text.ptr[0] - '0') * 100;
	else if (!str_to_int(text, &number))
		return false;
	out->low = (int)number;
	out->high = text.ptr[1] == 'x' ? out->low + 99 : out->low;
	return true;
}
