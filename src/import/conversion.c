#include "import/conversion.h"

struct str conversion_text(struct conversion *conversion, const struct conversion_step *step,
			   enum value_location location, uint32_t index)
{
	switch (location) {
	case LOCATION_URL:
		return step->tx->url;
	case LOCATION_PART:
		return step->tx->parts[index].value;
	case LOCATION_HEADER:
		return step->tx->request_headers.list.items[index].value;
	case LOCATION_BODY:
		return step->tx->request_body.raw;
	case LOCATION_JSON:
		buf_clear(&conversion->scratch);
		if (json_type(&step->json->items[index]) == JSON_NUMBER)
			return json_raw(step->json, &step->json->items[index]);
		return json_text(step->json, &step->json->items[index], &conversion->scratch);
	}
	return STR_NULL;
}
