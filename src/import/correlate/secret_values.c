/* Takes secrets out of the scenario: passwords a person typed, keys, and tokens that no response
 * contained. */

#include "base/ascii.h"
#include "base/base64.h"
#include "html/html_token.h"
#include "import/correlate/correlate.h"
#include "import/correlate/correlation.h"
#include "import/correlate/login_notes.h"
#include "import/correlate/request_values.h"
#include "import/naming.h"
#include "import/site.h"
#include "import/correlate/value_index.h"

struct field_names {
	VEC(struct str) all;
};

/* ---- secret names and numbers */

static bool contains_nocase(struct str name, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= name.len; i++)
		if (str_ieq(str_slice(name, i, i + n), str_n(word, n)))
			return true;
	return false;
}

/* Thirteen to nineteen digits with a valid check digit. */
static bool is_card(struct str s)
{
	unsigned sum = 0, count = 0;

	for (size_t i = s.len; i-- > 0;) {
		unsigned digit;

		if (s.ptr[i] == ' ' || s.ptr[i] == '-')
			continue;
		if (!ascii_is_digit(s.ptr[i]))
			return false;
		digit = (unsigned)(s.ptr[i] - '0');
		if (count++ % 2) {
			digit *= 2;
			digit = digit > 9 ? digit - 9 : digit;
		}
		sum += digit;
	}
	return count >= 13 && count <= 19 && sum % 10 == 0 && sum > 0;
}

static bool is_card_name(struct str name)
{
	return contains_nocase(name, "card") || contains_nocase(name, "cc") ||
	       contains_nocase(name, "pan") || contains_nocase(name, "number");
}

/* ---- parameters */

/* "clientSecret" as CLIENT_SECRET. */
static struct str parameter_name(struct conversion *conversion, struct str name)
{
	struct buf *out = &conversion->scratch;

	buf_clear(out);
	if (str_ieq(str_slice(name, 0, 2), STR("X-")))
		name = str_slice(name, 2, name.len);
	for (size_t i = 0; i < name.len && out->len < 30; i++) {
		unsigned char ch = (unsigned char)name.ptr[i];
		bool hump = i && ascii_is_upper(ch) && ascii_is_lower(name.ptr[i - 1]);

		if ((!ascii_is_alnum(ch) || hump) && out->len && out->data[out->len - 1] != '_')
			buf_add_char(out, '_');
		if (ascii_is_alnum(ch) && (out->len || ascii_is_letter(ch)))
			buf_add_char(out, ascii_to_upper(ch));
	}
	while (out->len && out->data[out->len - 1] == '_')
		out->len--;
	if (str_eq(buf_str(out), STR("AUTHORIZATION")) || !out->len) {
		buf_clear(out);
		buf_add(out, STR("ACCESS_TOKEN"));
	}
	return naming_parameter(&conversion->job->arena, buf_str(out));
}

static const char typed_password[] = "The password that was typed in the recording";

static struct str add_parameter(struct conversion *conversion, struct str name, struct str value,
				const char *what)
{
	struct arena *a = &conversion->job->arena;
	struct conversion_parameter result = {.secret = true};
	/* Whatever its field is called. */
	struct str base =
	    what == typed_password ? STR("PASSWORD") : parameter_name(conversion, name);

	for (size_t i = 0; i < conversion->parameters.count; i++)
		if (str_eq(conversion->parameters.items[i].value, value))
			return conversion->parameters.items[i].name;
	result.name = base;
	for (unsigned n = 2;; n++) {
		bool taken = false;

		for (size_t i = 0; i < conversion->parameters.count; i++)
			taken = taken || str_eq(conversion->parameters.items[i].name, result.name);
		if (!taken)
			break;
		result.name = arena_printf(a, "%.*s_%u", STR_ARG(base), n);
	}
	result.value = arena_str(a, value);
	result.description = str_of(what);
	VEC_PUSH(a, &conversion->parameters, result);
	job_note(conversion->job, "secrets", "%.*s → parameter %.*s (secret)", STR_ARG(name),
		 STR_ARG(result.name));
	return result.name;
}

/* ---- the requests */

static void add_binding(struct conversion *conversion, const struct request_value *sent,
			struct str name)
{
	struct conversion_step *step = &conversion->steps.items[sent->step];
	struct binding b = {.location = sent->location,
			    .index = sent->index,
			    .from = sent->from,
			    .to = sent->to,
			    .expression = name};

	VEC_PUSH(&conversion->job->arena, &step->bindings, b);
}

/* The names of a page's password fields. */
static void add_password_fields(struct conversion *conversion, struct str page,
				struct field_names *names)
{
	struct arena *a = &conversion->job->arena;
	struct html_tokenizer t;
	struct html_token token;

	html_token_init(&t, page);
	while (html_token_next(&t, &token)) {
		struct str name;

		if (token.type != HTML_TOKEN_START || token.tag != HTML_TAG_INPUT ||
		    !str_ieq(html_token_value(&token, STR("type")), STR("password")))
			continue;
		name = html_token_value(&token, STR("name"));
		if (name.len)
			VEC_PUSH(a, &names->all, arena_str(a, name));
	}
}

static void find_password_fields(struct conversion *conversion, struct field_names *names)
{
	struct buf scratch;

	buf_init(&scratch, 0);
	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct transaction *tx = conversion->steps.items[i].response;

		buf_clear(&scratch);
		if (tx && contains_nocase(transaction_media_type(&tx->body, &tx->headers), "html"))
			add_password_fields(conversion, transaction_body_bytes(&tx->body, &scratch),
					    names);
	}
	buf_release(&scratch);
}

static bool is_password_field(const struct field_names *names, struct str name)
{
	for (size_t i = 0; i < names->all.count; i++)
		if (str_eq(names->all.items[i], name))
			return true;
	return false;
}

static const char *secret_description(const struct field_names *fields,
				      const struct request_value *sent)
{
	if (sent->in_path || sent->is_part)
		return NULL;
	if (is_password_field(fields, sent->name))
		return typed_password;
	if (naming_is_secret(sent->name))
		return contains_nocase(sent->name, "pass") || contains_nocase(sent->name, "pwd")
			   ? typed_password
			   : "A secret of the recording";
	if (is_card_name(sent->name) && is_card(sent->value))
		return "The card number that was typed in the recording";
	return NULL;
}

static void extract_basic_auth(struct conversion *conversion, struct conversion_step *step)
{
	struct str line = transaction_header(&step->tx->request_headers, STR("Authorization"), 0),
		   pair;
	struct arena *a = &conversion->job->arena;
	size_t colon;

	if (!str_ieq(str_slice(line, 0, 6), STR("Basic ")))
		return;
	buf_clear(&conversion->scratch);
	if (!base64_decode(&conversion->scratch, str_trim(str_slice(line, 6, line.len))))
		return;
	pair = arena_str(a, buf_str(&conversion->scratch));
	colon = str_find_char(pair, ':', 0);
	if (colon == NOT_FOUND || !str_is_utf8(pair, NULL) ||
	    str_find(pair, STR("${"), 0) != NOT_FOUND)
		return;
	step->basic_user = str_slice(pair, 0, colon);
	step->basic_password = arena_printf(
	    a, "${%.*s}",
	    STR_ARG(add_parameter(conversion, STR("password"), str_slice(pair, colon + 1, pair.len),
				  typed_password)));
}

/* Whether the recording has the 401 that made the browser ask for the password. */
static bool has_challenge(const struct tx_list *list, const struct url *origin)
{
	struct url url;

	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->status == 401 &&
		    url_split(list->items.items[i]->url, &url) && url_same_origin(&url, origin))
			return true;
	return false;
}

/*
 * A browser asks for the password in a dialog, and leaves the Authorization header out of what it
 * saves of this request. It sends the header with all later ones, so the dialog was at the request
 * before the first of them.
 */
static void add_dialog_auth(struct conversion *conversion)
{
	struct conversion_step *step, *first = NULL, *before = NULL;
	struct url url, other;

	for (size_t i = 0; i < conversion->steps.count && !first; i++) {
		step = &conversion->steps.items[i];
		if (step->basic_user.ptr)
			first = step;
		else if (!step->disabled)
			before = step;
	}
	if (!first || !before || !url_split(first->tx->url, &url) ||
	    !url_split(before->tx->url, &other) || !url_same_origin(&url, &other) ||
	    before->tx->status >= 400 || has_challenge(&conversion->job->list, &url))
		return;
	before->basic_user = first->basic_user;
	before->basic_password = first->basic_password;
	job_note(conversion->job, "look at",
		 "entry %u: the browser asked for the password in a dialog and left the "
		 "Authorization header out of the recording; the one of entry %u is sent",
		 before->tx->number, first->tx->number);
}

static void add_required(struct conversion *conversion, const char *name, const char *what,
			 bool secret)
{
	struct conversion_parameter p = {
	    .name = str_of(name), .description = str_of(what), .secret = secret};

	for (size_t i = 0; i < conversion->parameters.count; i++)
		if (str_eq(conversion->parameters.items[i].name, p.name))
			return;
	VEC_PUSH(&conversion->job->arena, &conversion->parameters, p);
}

/* A browser sends what was typed into its dialog with the request that asked for it and with all
 * later ones; the recording may have no such header at all. */
static void add_asked_auth(struct conversion *conversion)
{
	bool asked = false;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		struct conversion_step *step = &conversion->steps.items[i];

		asked = asked || step->tx->asks_login;
		if (!asked || step->basic_user.ptr ||
		    transaction_header(&step->tx->request_headers, STR("Authorization"), 0).len)
			continue;
		step->basic_user = STR("${USER_NAME}");
		step->basic_password = STR("${PASSWORD}");
		add_required(conversion, "USER_NAME", "The name for the server's password dialog",
			     false);
		add_required(conversion, "PASSWORD", "The password for the server's dialog", true);
	}
}

/* ---- inside longer texts */

static bool is_name_byte(char ch)
{
	return ascii_is_name(ch) || ch == '-';
}

/* The word before the mark at AT: password: "…", password=…, <password>…. */
static struct str name_before(struct str text, size_t at)
{
	size_t end = at, from;

	while (end > 0 && strchr(" \"'\\", text.ptr[end - 1]))
		end--;
	for (from = end; from > 0 && is_name_byte(text.ptr[from - 1]); from--)
		;
	return str_slice(text, from, end);
}

/* The value after the mark at AT; empty if there is no separate value. */
static struct str value_after(struct str text, size_t at)
{
	const char *stop = text.ptr[at] == '>' ? "<" : "& \"'<;,";
	size_t from = at + 1, end;

	while (from < text.len && strchr(" \\", text.ptr[from]))
		from++;
	if (from < text.len && (text.ptr[from] == '"' || text.ptr[from] == '\'')) {
		stop = text.ptr[from] == '"' ? "\"\\" : "'\\";
		from++;
	} else if (text.ptr[at] == ':') {
		return STR("");
	}
	for (end = from; end < text.len && !strchr(stop, text.ptr[end]); end++)
		;
	if (from < text.len && (text.ptr[from] == '$' || text.ptr[from] == '{'))
		return STR("");
	return str_slice(text, from, end);
}

static void extract_from_text(struct conversion *conversion, struct request_value sent,
			      struct str text)
{
	for (size_t i = 1; i < text.len; i++) {
		struct str name, value;

		if (text.ptr[i] != ':' && text.ptr[i] != '=' && text.ptr[i] != '>')
			continue;
		name = name_before(text, i);
		if (!naming_is_secret(name))
			continue;
		value = value_after(text, i);
		if (!value.len)
			continue;
		sent.from = (size_t)(value.ptr - text.ptr);
		sent.to = sent.from + value.len;
		if (!request_values_is_bound(&conversion->steps.items[sent.step], &sent))
			add_binding(
			    conversion, &sent,
			    add_parameter(conversion, name, value, "A secret of the recording"));
	}
}

/* GraphQL, JSON in a text, XML, the address a request came from. */
static void extract_from_texts(struct conversion *conversion, uint32_t k)
{
	struct arena *a = &conversion->job->arena;
	struct conversion_step *step = &conversion->steps.items[k];
	const struct transaction *tx = step->tx;
	struct request_value sent = {.step = k, .location = LOCATION_HEADER};

	for (sent.index = 0; sent.index < tx->request_headers.list.count; sent.index++)
		if (str_ieq(tx->request_headers.list.items[sent.index].name, STR("Referer")))
			extract_from_text(conversion, sent,
					  tx->request_headers.list.items[sent.index].value);
	sent.location = LOCATION_PART;
	for (sent.index = 0; sent.index < tx->part_count; sent.index++)
		if (!tx->parts[sent.index].file.ptr &&
		    !conversion_is_from_page(step, LOCATION_PART, sent.index, 0,
					     tx->parts[sent.index].value.len))
			extract_from_text(conversion, sent, tx->parts[sent.index].value);
	sent.location = LOCATION_JSON;
	for (sent.index = 0; step->json && sent.index < step->json->count; sent.index++)
		if (json_type(&step->json->items[sent.index]) == JSON_STRING)
			extract_from_text(conversion, sent,
					  arena_str(a, conversion_text(conversion, step,
								       LOCATION_JSON, sent.index)));
	sent.location = LOCATION_BODY;
	sent.index = 0;
	if (!step->json && !tx->part_count && tx->request_body.raw.len < (1u << 20) &&
	    str_is_utf8(tx->request_body.raw, NULL))
		extract_from_text(conversion, sent, tx->request_body.raw);
}

/* A password that another site receives: its server is part of the test too. */
static void note_login_host(struct conversion *conversion, const struct request_value *sent)
{
	struct str url = conversion->steps.items[sent->step].tx->url;
	struct url target, login;

	if (url_split(url, &login) && url_split(conversion->target, &target) &&
	    !str_ieq(site_domain(login.host), site_domain(target.host)))
		job_note(conversion->job, "look at",
			 "the login is at another site, %.*s: users send requests there too",
			 STR_ARG(login.host));
}

static void extract_fields(struct conversion *conversion, struct correlation *c)
{
	struct field_names fields = {0};

	find_password_fields(conversion, &fields);
	for (size_t i = 0; i < c->request_values.count; i++) {
		struct request_value *sent = &c->request_values.items[i];
		const char *what = secret_description(&fields, sent);
		size_t known;

		if (!what || request_values_is_bound(&conversion->steps.items[sent->step], sent))
			continue;
		known = conversion->parameters.count;
		add_binding(conversion, sent,
			    add_parameter(conversion, sent->name, sent->value, what));
		login_notes_add(conversion, sent);
		if (what == typed_password && conversion->parameters.count > known)
			note_login_host(conversion, sent);
	}
	/* The same value elsewhere is equally secret. */
	for (size_t i = 0; i < c->request_values.count; i++) {
		struct request_value *sent = &c->request_values.items[i];

		for (size_t k = 0; k < conversion->parameters.count && sent->value.len >= 4; k++)
			if (str_eq(conversion->parameters.items[k].value, sent->value) &&
			    !request_values_is_bound(&conversion->steps.items[sent->step], sent))
				add_binding(conversion, sent, conversion->parameters.items[k].name);
	}
	for (uint32_t k = 0; k < conversion->steps.count; k++)
		if (!conversion->steps.items[k].disabled)
			extract_from_texts(conversion, k);
}

void correlate_secrets(struct conversion *conversion)
{
	struct arena *a = &conversion->job->arena;
	struct correlation c = {.conversion = conversion, .list = &conversion->job->list};

	for (size_t i = 0; i < conversion->steps.count; i++)
		if (!conversion->steps.items[i].disabled)
			extract_basic_auth(conversion, &conversion->steps.items[i]);
	add_dialog_auth(conversion);
	add_asked_auth(conversion);
	c.value_index = value_index_new(a);
	c.aliases = value_index_new(a);
	c.step_order = ARENA_ARRAY(a, conversion->steps.count + 1, uint32_t);
	buf_init(&c.text, 0);
	request_values_collect(&c);
	extract_fields(conversion, &c);
	login_notes_add_basic(conversion);
	buf_release(&c.text);
}
