/* How certain it is that the server issued a value: by its shape, its names and its location. */
#include <string.h>

#include "import/correlate/score.h"
#include "base/ascii.h"
#include "import/correlate/value_index.h"
#include "import/correlate/value_shape.h"

/* ---- names */

bool score_next_word(struct str name, size_t *at, struct str *word)
{
	size_t from = *at;

	while (from < name.len && !ascii_is_alnum(name.ptr[from]))
		from++;
	size_t end = from;
	while (end < name.len && ascii_is_alnum(name.ptr[end])) {
		bool hump = end > from && ascii_is_upper(name.ptr[end]) &&
			    !ascii_is_upper(name.ptr[end - 1]);

		if (hump)
			break;
		end++;
	}
	*word = str_slice(name, from, end);
	*at = end;
	return end > from;
}

static bool is_listed_word(struct str word, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (str_ieq(word, str_of(words[i])))
			return true;
	return false;
}

bool score_is_id_name(struct str name)
{
	static const char *const words[] = {
	    "id",    "ids",  "uuid",	"guid",		 "token", "csrf",   "xsrf",	 "nonce",
	    "state", "code", "session", "key",		 "hash",  "ticket", "viewstate", "cursor",
	    "ref",   "sid",  "jwt",	"authorization", "slug",  "etag",   "security",	 "cid",
	    "uid",   "pid",  "tid",	"gid",		 "fid",	  "nid",    "oid",	 NULL};
	static const char *const inside[] = {"csrf",	  "xsrf",   "token", "nonce", "session",
					     "viewstate", "ticket", "uuid",  NULL};
	static const char *const no_id[] = {"paid",    "valid", "invalid", "grid",   "void",
					    "android", "solid", "liquid",  "hybrid", "avoid",
					    "fluid",   "rapid", NULL};
	struct str word;
	size_t at = 0;

	while (score_next_word(name, &at, &word)) {
		if (is_listed_word(word, words))
			return true;
		if (word.len > 3 && str_ieq(str_slice(word, word.len - 2, word.len), STR("id")) &&
		    !is_listed_word(word, no_id))
			return true;
	}
	for (int i = 0; inside[i]; i++)
		if (str_icontains(name, str_of(inside[i])))
			return true;
	return false;
}

static bool is_count_name(struct str name)
{
	static const char *const words[] = {
	    "price",  "amount",	  "total",     "qty",	   "quantity", "count",
	    "size",   "width",	  "height",    "lang",	   "language", "country",
	    "locale", "time",	  "timestamp", "date",	   "version",  "page",
	    "limit",  "offset",	  "year",      "month",	   "day",      "weight",
	    "tax",    "discount", "rate",      "currency", "age",      "color",
	    "colour", "lat",	  "lng",       "lon",	   "zoom",     NULL};
	static const char *const location[] = {"after", "before", "cursor", "token", NULL};
	struct str word;
	bool count = false;

	for (size_t at = 0; score_next_word(name, &at, &word);) {
		if (is_listed_word(word, location))
			return false;
		count = count || is_listed_word(word, words);
	}
	return count;
}

/* Fields that people fill in: the value is theirs, even if a response contains it too. */
static bool is_personal_name(struct str name)
{
	static const char *const words[] = {
	    "zip",	"zipcode",  "postcode", "postal",   "plz",   "phone",
	    "tel",	"mobile",   "fax",	"mail",	    "email", "birth",
	    "birthday", "username", "password", "currency", NULL};
	struct str word;
	size_t at = 0;

	while (score_next_word(name, &at, &word))
		if (is_listed_word(word, words))
			return true;
	return false;
}

bool score_is_constant_name(struct str name)
{
	if (str_ieq(str_slice(name, 0, 4), STR("utm_")))
		return true;
	return score_same_name(name, STR("client_id")) || score_same_name(name, STR("app_id")) ||
	       score_same_name(name, STR("appKey")) || score_same_name(name, STR("api_key"));
}

bool score_is_token_name(struct str name)
{
	static const char *const inside[] = {"csrf",  "xsrf",	   "token",  "nonce", "session",
					     "state", "viewstate", "ticket", "jwt",   NULL};

	for (int i = 0; inside[i]; i++)
		if (str_icontains(name, str_of(inside[i])))
			return !str_ieq(name, STR("state"));
	return false;
}

bool score_same_name(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	if (!a.len || !b.len)
		return false;
	for (;;) {
		while (i < a.len && !ascii_is_alnum(a.ptr[i]))
			i++;
		while (k < b.len && !ascii_is_alnum(b.ptr[k]))
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (ascii_to_lower(a.ptr[i++]) != ascii_to_lower(b.ptr[k++]))
			return false;
	}
}

/* ---- a pair */

struct scoring {
	int sum;
	struct buf *why;
};

static void count(struct scoring *s, int points, const char *what)
{
	s->sum += points;
	if (s->why)
		buf_printf(s->why, "%s%s %+d", s->why->len ? ", " : "", what, points);
}

static bool created_by_post(const struct correlation *c, const struct occurrence *occurrence)
{
	const struct transaction *tx = c->list->items.items[occurrence->order];
	const struct transaction *head = tx->merged_into ? tx->merged_into : tx;

	return tx->status == 201 || tx->kind == TX_RECEIVED || str_eq(head->method, STR("POST"));
}

bool score_is_short_number(const struct tracked_value *tracked_value)
{
	return tracked_value->value.len <= 4 &&
	       value_shape_is_all(tracked_value->value, ascii_is_digit);
}

/* Whether a request before the response sent the number in the same meaning. */
static bool is_sent_before(const struct correlation *c, const struct tracked_value *tracked_value,
			   const struct occurrence *occurrence,
			   const struct request_value *request_value)
{
	const struct request_value *meaning = score_in_path_too(c, request_value);

	for (size_t i = 0; i < tracked_value->request_values.count; i++) {
		const struct request_value *sent =
		    &c->request_values.items[tracked_value->request_values.items[i]];

		if (c->step_order[sent->step] > occurrence->order)
			break;
		if (sent->in_path == meaning->in_path && score_same_name(sent->name, meaning->name))
			return true;
	}
	return false;
}

/* A short number is everywhere: only what has the same name or place in a path counts as the same
 * number. */
static bool is_new_number(const struct correlation *c, const struct tracked_value *tracked_value,
			  const struct occurrence *occurrence,
			  const struct request_value *request_value)
{
	for (size_t i = 0; i < tracked_value->occurrences.count; i++) {
		const struct occurrence *earlier = &tracked_value->occurrences.items[i];

		if (earlier->order >= occurrence->order)
			break;
		if (score_names_fit(c, earlier, request_value))
			return false;
	}
	return !is_sent_before(c, tracked_value, occurrence, request_value);
}

/* It may contain a person's own words, but the server named what it created. */
bool score_is_created(const struct correlation *c, const struct tracked_value *tracked_value,
		      const struct occurrence *occurrence,
		      const struct request_value *request_value)
{
	if (!created_by_post(c, occurrence))
		return false;
	/* The page after a log-in has many numbers; only the redirect to it, or the response
	 * itself, says what was created. */
	if (score_is_short_number(tracked_value))
		return (occurrence->found_in == VALUE_SOURCE_LOCATION ||
			!c->list->items.items[occurrence->order]->merged_into) &&
		       score_names_fit(c, occurrence, request_value) &&
		       is_new_number(c, tracked_value, occurrence, request_value);
	/* A word in the address a POST redirected to, or in a link, is the name of a page. */
	if (tracked_value->shape == -1 && (occurrence->found_in == VALUE_SOURCE_LOCATION ||
					   occurrence->found_in == VALUE_SOURCE_LINK))
		return false;
	return tracked_value->first_seen >= occurrence->order &&
	       tracked_value->first_sent > occurrence->order;
}

/* The words under which a response has the name of a file or a page that it created. */
static bool is_name_of_thing(struct str name)
{
	static const char *const words[] = {"name", "path", "file", "filename", "slug", NULL};

	for (int i = 0; words[i]; i++)
		if (str_ieq(name, str_of(words[i])))
			return true;
	return false;
}

/* A name that a server makes for an uploaded file: photo_797ea75795.jpg. */
static bool is_stored_file(struct str value)
{
	size_t dot = value.len, digits = 0;

	while (dot > 0 && value.ptr[dot - 1] != '.')
		dot--;
	for (size_t i = 0; i + 1 < dot; i++)
		digits += ascii_is_digit(value.ptr[i]) != 0;
	return dot > 1 && value.len - dot >= 2 && value.len - dot <= 5 && digits >= 3 &&
	       str_find_char(value, '/', 0) == NOT_FOUND;
}

bool score_is_new_name(const struct correlation *c, const struct tracked_value *tracked_value,
		       const struct occurrence *occurrence,
		       const struct request_value *request_value)
{
	bool named = is_name_of_thing(occurrence->name);

	if (tracked_value->shape != -1 || occurrence->found_in != VALUE_SOURCE_JSON)
		return false;
	if (score_same_name(occurrence->name, request_value->name) &&
	    is_stored_file(tracked_value->value))
		return true;
	return named &&
	       (is_name_of_thing(request_value->name) ||
		(request_value->in_path && score_plural_rule(c, occurrence, request_value)));
}

/* A quantity that a person chose, in a form that the page filled in. */
static bool is_chosen_number(const struct tracked_value *tracked_value, struct str name)
{
	static const char *const words[] = {"qty",  "quantity", "page",	  "limit", "offset",
					    "size", "width",	"height", NULL};
	struct str word;

	if (!score_is_short_number(tracked_value))
		return false;
	for (size_t at = 0; score_next_word(name, &at, &word);)
		if (is_listed_word(word, words))
			return true;
	return false;
}

bool score_is_own_input(const struct tracked_value *tracked_value,
			const struct occurrence *occurrence,
			const struct request_value *request_value)
{
	struct str value = tracked_value->value, name = request_value->name;

	if (!occurrence->hidden || request_value->in_path || *occurrence->filter ||
	    !str_eq(occurrence->name, name) || is_chosen_number(tracked_value, name))
		return false;
	if (tracked_value->shape >= 4 || value_shape_has(value, ascii_is_digit))
		return true;
	return score_is_token_name(name) ||
	       (score_is_id_name(name) && !value_shape_is_words(value) &&
		value_shape_has(value, ascii_is_letter));
}

static bool is_echo(const struct correlation *c, const struct occurrence *occurrence,
		    const struct request_value *request_value)
{
	size_t leaves = 0, equal = 0;

	if (request_value->location != LOCATION_JSON || occurrence->found_in != VALUE_SOURCE_JSON)
		return false;
	for (size_t i = 0; i < c->request_values.count; i++) {
		const struct request_value *sent = &c->request_values.items[i];
		const struct tracked_value *tracked_value;

		if (sent->step != request_value->step || sent->location != LOCATION_JSON ||
		    sent->is_part)
			continue;
		leaves++;
		tracked_value = value_index_find(c->value_index, sent->value);
		for (size_t k = 0; tracked_value && k < tracked_value->occurrences.count; k++) {
			const struct occurrence *h = &tracked_value->occurrences.items[k];

			if (h->order == occurrence->order && score_same_name(h->name, sent->name)) {
				equal++;
				break;
			}
		}
	}
	return leaves >= 6 && equal * 2 >= leaves;
}

/* A value in a response and its use in a request, for the rules of score_pair. */
struct pair {
	const struct correlation *c;
	const struct tracked_value *value;
	const struct occurrence *source;
	const struct request_value *use;
	bool digits, equal, plural, posted, own, id_name;
};

/* Applies the rules that set the sum without any other rule; true if one of them did. */
static bool is_decided(struct scoring *s, const struct pair *p)
{
	bool number = p->digits && p->value->shape < 1 && !p->own;

	if (p->posted && score_is_short_number(p->value)) {
		count(s, 4 - s->sum, "a new resource's id");
		return true;
	}
	if (number && (p->equal || p->plural) &&
	    (score_is_id_name(p->source->name) || p->source->is_argument) &&
	    !is_sent_before(p->c, p->value, p->source, p->use)) {
		count(s, 4 - s->sum, "an id with the name of the resource");
		return true;
	}
	/* Other numbers this short are everywhere. */
	if (number) {
		count(s, -4, "too short");
		return true;
	}
	/* A complete address is a return address; an issued value in it is found as a part. */
	if (p->value->shape == -2 && !p->own) {
		count(s, -20, "an address");
		return true;
	}
	return false;
}

/* Points for signs that the server issued the value. */
static void count_for(struct scoring *s, const struct pair *p)
{
	if (p->id_name)
		count(s, 2, "the name of the request field");
	if (score_is_id_name(p->source->name))
		count(s, 2, "the name in the response");
	if (p->equal)
		count(s, 2, "both names are equal");
	if (p->source->hidden || p->source->found_in == VALUE_SOURCE_META ||
	    p->source->found_in == VALUE_SOURCE_COOKIE ||
	    p->source->found_in == VALUE_SOURCE_LOCATION)
		count(s, 1, "its location in the response");
	if (p->use->in_header)
		count(s, 2, "sent in a header");
	if (p->posted)
		count(s, 2, "the response of the request that created it");
	if (p->plural)
		count(s, 2, "after the name of the resource");
	else if (p->equal && p->digits && p->use->in_path && p->value->shape == 1)
		count(s, 1, "after the name of the resource");
}

/* Negative points for signs that a person typed the value or a script computed it. */
static void count_against(struct scoring *s, const struct pair *p)
{
	struct str sent = p->use->name, found = p->source->name;

	if (p->value->responses > 10)
		count(s, -3, "in many responses");
	if (is_count_name(sent) && !p->use->in_path)
		count(s, -4, "the name of a quantity");
	if (is_personal_name(sent) && !p->use->in_path)
		count(s, -8, "the name of something personal");
	if (score_is_constant_name(sent) && !p->posted)
		count(s, -20, "the name of a constant");
	if (p->value->shape < 5 && score_same_name(sent, STR("tenant_id")))
		count(s, -8, "the name of a constant");
	if (is_count_name(found) && !is_count_name(sent) && !score_is_id_name(found) &&
	    p->value->shape < 5)
		count(s, -4, "a quantity in the response");
	if (p->value->shape == -1 && !p->posted &&
	    !value_shape_has(p->value->value, ascii_is_digit) &&
	    value_shape_is_words(p->value->value) && !score_is_token_name(sent) &&
	    !score_is_token_name(found))
		count(s, -4, "a word");
	if (!p->id_name && !p->use->in_path && is_echo(p->c, p->source, p->use))
		count(s, -6, "the complete resource is sent back");
}

int score_pair(const struct correlation *c, const struct tracked_value *tracked_value,
	       const struct occurrence *occurrence, const struct request_value *request_value,
	       struct buf *why)
{
	struct pair p = {
	    .c = c,
	    .value = tracked_value,
	    .source = occurrence,
	    .use = request_value,
	    .digits = value_shape_is_all(tracked_value->value, ascii_is_digit),
	    .equal = score_names_equal(c, occurrence, request_value),
	    .plural = score_plural_rule(c, occurrence, request_value),
	    .posted = score_is_created(c, tracked_value, occurrence, request_value),
	    .own = score_is_own_input(tracked_value, occurrence, request_value),
	    .id_name = score_is_id_name(request_value->name) && !request_value->in_path,
	};
	struct scoring s = {.why = why};

	count(&s, tracked_value->shape, "its shape");
	if (is_decided(&s, &p))
		return s.sum;
	count_for(&s, &p);
	count_against(&s, &p);
	if (p.posted && score_is_new_name(c, tracked_value, occurrence, request_value) && s.sum < 4)
		count(&s, 4 - s.sum, "the name that the server gave to what it created");
	if (p.own && s.sum < 4)
		count(&s, 4 - s.sum, "a hidden input that is sent back");
	return s.sum;
}
