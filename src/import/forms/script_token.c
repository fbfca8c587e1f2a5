#include "import/forms/script_token.h"

#include "base/html_entities.h"
#include "html/html_token.h"

static bool is_token(struct str name)
{
	return str_icontains(name, STR("csrf")) || str_icontains(name, STR("xsrf")) ||
	       str_icontains(name, STR("token"));
}

/* Whether the page has a meta element for tokens with the content VALUE. */
static bool has_meta(struct str page, struct str value)
{
	struct html_tokenizer t;
	struct html_token token;
	struct buf decoded;
	bool found = false;

	buf_init(&decoded, 0);
	html_token_init(&t, page);
	while (!found && html_token_next(&t, &token)) {
		if (token.type != HTML_TOKEN_START || !str_ieq(token.name, STR("meta")) ||
		    !is_token(html_token_value(&token, STR("name"))))
			continue;
		buf_clear(&decoded);
		found =
		    str_eq(html_entities_decode(html_token_value(&token, STR("content")), &decoded),
			   value);
	}
	buf_release(&decoded);
	return found;
}

static bool is_candidate(const struct page_value *value)
{
	return value->hidden && value->kind == PAGE_VALUE_TEXT && !value->items[0].control.ptr &&
	       value->items[0].pair->value.len >= 16;
}

void script_token_drop(struct conversion *conversion, uint32_t step, struct page_use *use)
{
	const struct transaction *response = conversion->steps.items[step].response;
	size_t kept = 0;

	/* Without a field or a button nothing says which form it is. */
	if (use->values.count == 1 && !use->button.len && !use->form.len)
		return;
	for (size_t i = 0; i < use->values.count; i++) {
		const struct page_value *value = &use->values.items[i];

		if (is_candidate(value)) {
			buf_clear(&conversion->scratch);
			if (has_meta(transaction_body_bytes(&response->body, &conversion->scratch),
				     value->items[0].pair->value))
				continue;
		}
		use->values.items[kept++] = *value;
	}
	use->values.count = kept;
}
