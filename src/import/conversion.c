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

static bool writes_pair(const struct page_value *value, enum value_location location,
			uint32_t index, size_t from, size_t to)
{
	if (value->kind != PAGE_VALUE_TEXT && value->kind != PAGE_VALUE_LIST)
		return false;
	for (size_t i = 0; i < value->item_count; i++) {
		const struct page_pair *pair = value->items[i].pair;

		if (!value->items[i].control.ptr && pair->location == location &&
		    pair->index == index && from >= pair->from && to <= pair->to)
			return true;
	}
	return false;
}

bool conversion_is_from_page(const struct conversion_step *step, enum value_location location,
			     uint32_t index, size_t from, size_t to)
{
	const struct page_use *use = step->page_use;

	if (!use || location == LOCATION_HEADER)
		return false;
	for (size_t i = 0; i < use->values.count; i++)
		if (writes_pair(&use->values.items[i], location, index, from, to))
			return false;
	for (size_t i = 0; i < use->added.count; i++)
		if (writes_pair(&use->added.items[i], location, index, from, to))
			return false;
	return true;
}
