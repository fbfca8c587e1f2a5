#include "import/forms/typed_address.h"

#include "base/ascii.h"
#include "base/url.h"
#include "import/correlate/value_shape.h"

/* The members under which the name is in the body. */
static bool is_name(struct str key)
{
	static const char *const names[] = {"title", "name", "slug", "path", "subject", NULL};

	for (int i = 0; names[i]; i++)
		if (str_ieq(key, str_of(names[i])))
			return true;
	return false;
}

/* The last part of the path, decoded; in the arena. */
static struct str last_part(struct conversion *conversion, struct str url)
{
	size_t end = str_find_char(url, '?', 0), from;

	end = end == NOT_FOUND ? url.len : end;
	for (from = end; from > 0 && url.ptr[from - 1] != '/';)
		from--;
	buf_clear(&conversion->scratch);
	if (!url_decode(&conversion->scratch, str_slice(url, from, end), false))
		return STR("");
	return arena_str(&conversion->job->arena, buf_str(&conversion->scratch));
}

/* The member of the JSON body that is NAME; ptr NULL if there is none. */
static struct str member_with(struct conversion *conversion, const struct conversion_step *step,
			      struct str name)
{
	for (uint32_t i = 0; step->json && i + 1 < step->json->count; i++) {
		const struct json_item *key = &step->json->items[i];

		if (json_type(key) != JSON_KEY || json_type(key + 1) != JSON_STRING)
			continue;
		if (!str_eq(conversion_text(conversion, step, LOCATION_JSON, i + 1), name))
			continue;
		buf_clear(&conversion->scratch);
		struct str text = json_text(step->json, key, &conversion->scratch);
		if (is_name(text))
			return arena_str(&conversion->job->arena, text);
	}
	return STR_NULL;
}

/* A word in lower case can be a constant: /settings/theme. */
static bool looks_typed(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == ' ' || ascii_is_upper(text.ptr[i]) ||
		    (unsigned char)text.ptr[i] >= 0x80)
			return true;
	return false;
}

/* Whether an earlier request had the address: then the record exists. */
static bool is_address_known(const struct conversion *conversion, uint32_t step)
{
	struct str url = conversion->steps.items[step].tx->url;

	for (uint32_t i = 0; i < step; i++)
		if (str_eq(conversion->steps.items[i].tx->url, url) &&
		    conversion->steps.items[i].response->status < 300)
			return true;
	return false;
}

struct str typed_address_find(struct typed_texts *texts, uint32_t index, struct str *field)
{
	struct conversion *conversion = texts->conversion;
	const struct conversion_step *step = &conversion->steps.items[index];
	int status = step->response->status;
	struct str name;

	if (!str_eq(step->tx->method, STR("PUT")) ||
	    (status != 200 && status != 201 && status != 204) ||
	    is_address_known(conversion, index))
		return STR_NULL;
	name = last_part(conversion, step->tx->url);
	*field = member_with(conversion, step, name);
	if (!name.len || value_shape(name) >= 1 || str_starts(name, STR("$")) ||
	    !(status == 201 || (field->ptr && looks_typed(name))) ||
	    typed_texts_is_known(texts, index, name))
		return STR_NULL;
	if (!field->ptr)
		*field = STR("the address");
	return name;
}
