/*
 * Drives the HTML room from standard input, for the scripts of tests/html. Each line is a command
 * with words separated by spaces; texts are in hexadecimal, "-" is an empty text. The output of a
 * command ends with a line "end".
 *
 *   tokens STATE LAST-START-TAG PAGE     STATE is a number of enum html_content
 *   page URL TYPE PAGE                   prints forms, controls, options, links and errors
 *   submit URL TYPE PAGE FORM BUTTON [FIELD KIND VALUE]...
 *                                        prints method, address, type and body
 *
 *   find URL TYPE PAGE FIELD LINK ROW    searches the page, also for what it does not have, and
 * compares it with itself; prints the form and the link
 *
 * FORM is an index; BUTTON is a text or a name, "-" for the default, "!" for none. KIND is text,
 * null, yes, no, list (words separated by a line break) or file (its name).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "html/html_link_query.h"
#include "html/html_submission.h"
#include "html/html_token.h"

static struct str unhex(char *word)
{
	size_t n = 0;

	if (!word || !strcmp(word, "-"))
		return STR("");
	for (char *p = word; p[0] && p[1]; p += 2)
		word[n++] = (char)(ascii_hex_value(p[0]) << 4 | ascii_hex_value(p[1]));
	return str_n(word, n);
}

static void print_hex(const char *before, struct str text)
{
	fputs(before, stdout);
	if (!text.len)
		putchar('-');
	for (size_t i = 0; i < text.len; i++)
		printf("%02x", (unsigned char)text.ptr[i]);
}

typedef void put_function(struct str raw, struct buf *out);

static void print_cooked(const char *before, struct str raw, put_function *put)
{
	struct buf text;

	buf_init(&text, 0);
	put(raw, &text);
	print_hex(before, buf_str(&text));
	buf_release(&text);
}

static void put_id(struct str raw, struct buf *out)
{
	struct html_token token = {.type = HTML_TOKEN_COMMENT, .text = raw};

	html_token_put_text(&token, out);
}

/* ---- the document type, which the room does not use */

struct doctype {
	struct str name, public_id, system_id; /* as written; ptr NULL if missing */
	bool quirks;
};

static size_t skip(struct str s, size_t at)
{
	while (at < s.len && ascii_is_html_space(s.ptr[at]))
		at++;
	return at;
}

/* Reads a quoted identifier at *AT; false if there is none, or if it does not end. */
static bool read_id(struct str s, size_t *at, struct str *id)
{
	size_t from = skip(s, *at), end;

	*at = from;
	if (from == s.len || (s.ptr[from] != '"' && s.ptr[from] != '\''))
		return false;
	end = str_find_char(s, s.ptr[from], from + 1);
	*id = str_slice(s, from + 1, end);
	*at = end == NOT_FOUND ? s.len : end + 1;
	return end != NOT_FOUND;
}

/* Reads what follows the name at *AT; false in quirks mode. */
static bool read_ids(struct str s, size_t *at, struct doctype *doctype)
{
	bool is_public = str_ieq(str_slice(s, *at, *at + 6), STR("public"));

	if (!is_public && !str_ieq(str_slice(s, *at, *at + 6), STR("system")))
		return *at == s.len;
	*at += 6;
	if (is_public) {
		if (!read_id(s, at, &doctype->public_id))
			return false;
		*at = skip(s, *at);
		if (*at == s.len)
			return true;
	}
	return read_id(s, at, &doctype->system_id);
}

static void read_doctype(const struct html_token *token, struct doctype *doctype)
{
	struct str s = token->text;
	size_t from = skip(s, 0), end = from;

	*doctype = (struct doctype){STR_NULL, STR_NULL, STR_NULL, .quirks = true};
	while (end < s.len && !ascii_is_html_space(s.ptr[end]))
		end++;
	if (end == from)
		return;
	doctype->name = str_slice(s, from, end);
	end = skip(s, end);
	doctype->quirks = !read_ids(s, &end, doctype);
	/* The end of the page does not matter in what is ignored after the identifiers. */
	if (!token->closed && (!doctype->system_id.ptr || skip(s, end) == s.len))
		doctype->quirks = true;
}

static void print_doctype(const struct html_token *token)
{
	struct doctype doctype;

	read_doctype(token, &doctype);
	if (doctype.name.ptr)
		print_cooked("doctype ", doctype.name, html_token_put_name);
	else
		printf("doctype none");
	if (doctype.public_id.ptr)
		print_cooked(" ", doctype.public_id, put_id);
	else
		printf(" none");
	if (doctype.system_id.ptr)
		print_cooked(" ", doctype.system_id, put_id);
	else
		printf(" none");
	printf(" %d\n", doctype.quirks);
}

/* ---- tokens */

static void print_token(const struct html_token *token)
{
	struct html_attribute a;
	struct buf text;
	size_t at = 0;

	buf_init(&text, 0);
	if (token->type == HTML_TOKEN_DOCTYPE) {
		print_doctype(token);
	} else if (token->type == HTML_TOKEN_START || token->type == HTML_TOKEN_END) {
		print_cooked(token->type == HTML_TOKEN_START ? "start " : "end ", token->name,
			     html_token_put_name);
		printf(" %d", token->self_closing);
		while (html_token_attribute(token, &at, &a)) {
			print_cooked(" ", a.name, html_token_put_name);
			print_cooked(" ", a.value, html_token_put_value);
		}
		putchar('\n');
	} else {
		html_token_put_text(token, &text);
		print_hex(token->type == HTML_TOKEN_TEXT ? "text " : "comment ", buf_str(&text));
		putchar('\n');
	}
	buf_release(&text);
}

static void print_tokens(char *rest)
{
	struct html_tokenizer t;
	struct html_token token;
	const char *state = strsep(&rest, " ");
	struct str last = unhex(strsep(&rest, " "));

	html_token_init(&t, unhex(rest));
	t.content = (enum html_content)atoi(state);
	t.last_name = last;
	t.detached = true;
	while (html_token_next(&t, &token))
		print_token(&token);
}

/* ---- pages */

/* Reads the words URL TYPE PAGE, packs the page and unpacks it, as a virtual user does. */
static void read_page(struct html_page *page, struct arena *a, struct buf *packed, char **rest)
{
	struct html_page_source source;
	struct html_page read;

	source.url = unhex(strsep(rest, " "));
	source.content_type = unhex(strsep(rest, " "));
	source.body = unhex(strsep(rest, " "));
	html_page_read(&read, a, &source,
		       HTML_PAGE_FORMS | HTML_PAGE_LINKS | HTML_PAGE_ROWS | HTML_PAGE_ERRORS);
	html_page_pack(&read, packed);
	if (!html_page_unpack(page, a, buf_str(packed)))
		puts("unpacking failed");
}

static void print_control(const struct html_page *page, const struct html_control *control)
{
	printf("control %d %d %d %d", (int)control->form, (int)control->type, control->disabled,
	       control->checked);
	print_hex(" ", control->name);
	print_hex(" ", control->value);
	print_hex(" ", control->label);
	putchar('\n');
	for (uint32_t i = 0; i < control->option_count; i++) {
		const struct html_option *option = &page->options[control->first_option + i];

		printf("option %d %d", option->selected, option->disabled);
		print_hex(" ", option->value);
		print_hex(" ", option->text);
		putchar('\n');
	}
}

static void print_page(char *rest)
{
	struct html_page page;
	struct arena arena;
	struct buf packed;

	arena_init(&arena, 0);
	buf_init(&packed, 0);
	read_page(&page, &arena, &packed, &rest);
	for (uint32_t i = 0; i < page.form_count; i++) {
		print_hex("form ", page.forms[i].id);
		print_hex(" ", page.forms[i].action);
		putchar('\n');
	}
	for (uint32_t i = 0; i < page.control_count; i++)
		print_control(&page, &page.controls[i]);
	for (uint32_t i = 0; i < page.link_count; i++) {
		print_hex("link ", page.links[i].text);
		print_hex(" ", page.links[i].address);
		putchar('\n');
	}
	for (uint32_t i = 0; i < page.error_count; i++)
		print_hex(i ? "\nerror " : "error ", page.errors[i]);
	if (page.error_count)
		putchar(10);
	buf_release(&packed);
	arena_release(&arena);
}

/* The given value of the words KIND VALUE, in A. */
static struct html_given *given_of(struct arena *a, const char *kind, struct str value)
{
	struct html_given *given = ARENA_NEW(a, struct html_given);
	VEC(struct str) items = {0};

	given->text = value;
	if (!strcmp(kind, "text"))
		given->kind = HTML_GIVEN_TEXT;
	else if (!strcmp(kind, "yes") || !strcmp(kind, "no"))
		given->kind = *kind == 'y' ? HTML_GIVEN_YES : HTML_GIVEN_NO;
	else if (!strcmp(kind, "file"))
		given->kind = HTML_GIVEN_FILE;
	else if (!strcmp(kind, "list"))
		given->kind = HTML_GIVEN_LIST;
	struct html_file *file = ARENA_NEW(a, struct html_file);
	*file = (struct html_file){value, STR("text/plain"), STR("a file\n")};
	if (!strcmp(kind, "empty")) {
		given->kind = HTML_GIVEN_FILE;
		file->content = STR("");
	}
	given->files = file;
	given->file_count = 1;
	for (size_t at = 0; given->kind == HTML_GIVEN_LIST && at < value.len;) {
		size_t end = str_find_char(value, '\n', at);

		end = end == NOT_FOUND ? value.len : end;
		VEC_PUSH(a, &items, str_slice(value, at, end));
		at = end + 1;
	}
	given->items = items.items;
	given->item_count = items.count;
	return given;
}

static void set_fields(struct html_submission *s, struct arena *a, char **rest)
{
	while (*rest) {
		struct str field = unhex(strsep(rest, " "));
		const char *kind = strsep(rest, " ");
		struct str value = unhex(strsep(rest, " "));

		struct html_file *file = ARENA_NEW(a, struct html_file);

		*file = (struct html_file){value, STR("text/plain"), STR("")};
		if (kind && !strcmp(kind, "addtext"))
			html_submission_add(s, field, value, NULL);
		else if (kind && !strcmp(kind, "addempty"))
			html_submission_add(s, field, STR(""), file);
		else if (kind)
			printf("set %d\n", html_submission_set(s, field, given_of(a, kind, value)));
	}
}

static void print_request(struct html_submission *s)
{
	static const char *const methods[] = {"GET", "POST", "dialog"};
	struct buf url, type, body;
	struct html_request request = {.url = &url, .content_type = &type, .body = &body};

	buf_init(&url, 0);
	buf_init(&type, 0);
	buf_init(&body, 0);
	printf("outcome %d\n", html_submission_build(s, STR("----boundary0123456789"), &request));
	printf("request %s", methods[request.method]);
	print_hex(" ", buf_str(&url));
	print_hex(" ", buf_str(&type));
	print_hex(" ", buf_str(&body));
	putchar('\n');
	buf_release(&url);
	buf_release(&type);
	buf_release(&body);
}

static void print_submission(char *rest)
{
	struct html_submission s;
	struct html_page page;
	struct arena arena;
	struct buf packed;

	arena_init(&arena, 0);
	buf_init(&packed, 0);
	read_page(&page, &arena, &packed, &rest);
	uint32_t form = (uint32_t)atoi(strsep(&rest, " "));
	char *word = strsep(&rest, " ");
	bool none = strcmp(word, "!") == 0;
	struct str button = none ? STR_NULL : unhex(word);
	if (form < page.form_count) {
		html_submission_init(&s, &arena, &page, form);
		if ((none || button.len) && !html_submission_press(&s, button))
			puts("no button");
		set_fields(&s, &arena, &rest);
		print_request(&s);
	} else {
		puts("no form");
	}
	buf_release(&packed);
	arena_release(&arena);
}

static void find_form(const struct html_page *page, struct arena *a, struct str field,
		      struct str row)
{
	struct html_form_query query = {
	    .fields = &field, .field_count = 1, .row = row.len ? row : STR_NULL};
	struct html_given given = {.kind = HTML_GIVEN_TEXT, .text = STR("typed")};
	struct html_form_choice choice;
	struct html_submission s;
	struct str missing = STR("missing");
	uint32_t again = 0;
	struct buf out;

	buf_init(&out, 0);
	if (html_submission_find(page, a, &query, &choice) == HTML_FORM_FOUND) {
		html_submission_begin(&s, a, page, &choice);
		html_submission_set(&s, field, &given);
		html_submission_put_receipt(&s, &out);
		printf("form %u, again %d\n", choice.form,
		       html_submission_again(a, buf_str(&out), page, &again));
		html_submission_put_offer(&s, field, STR("x"), &out);
	}
	query.fields = &missing;
	html_submission_explain_form(page, a, &query,
				     html_submission_find(page, a, &query, &choice), &out);
	buf_release(&out);
}

static void find_link(const struct html_page *page, struct arena *a, struct str link,
		      struct str row)
{
	struct html_link_query query = {.link = link, .row = row.len ? row : STR_NULL};
	struct html_link_found found;
	struct buf out;

	buf_init(&out, 0);
	if (html_link_query_find(page, a, &query, &found) == HTML_LINK_FOUND)
		printf("link %u of %u\n", found.link, found.all_count);
	query.link = STR("/missing");
	query.row = STR("missing");
	html_link_query_explain(page, a, &query, html_link_query_find(page, a, &query, &found),
				&out);
	html_page_put_links(page, a, STR("missing"), &out);
	buf_release(&out);
}

static void find(char *rest)
{
	struct html_page_source source;
	struct html_page page, fragment;
	struct arena arena;
	struct buf packed;

	arena_init(&arena, 0);
	buf_init(&packed, 0);
	source.url = unhex(strsep(&rest, " "));
	source.content_type = unhex(strsep(&rest, " "));
	source.body = unhex(strsep(&rest, " "));
	html_page_read(&page, &arena, &source,
		       HTML_PAGE_FORMS | HTML_PAGE_LINKS | HTML_PAGE_ROWS | HTML_PAGE_ERRORS);
	struct str field = unhex(strsep(&rest, " ")), link = unhex(strsep(&rest, " "));
	struct str row = unhex(strsep(&rest, " "));
	find_form(&page, &arena, field, row);
	find_link(&page, &arena, link, row);
	html_page_pack(&page, &packed);
	html_page_read_fragment(&fragment, &arena, &source);
	html_page_replace_forms(&page, &arena, &fragment);
	buf_release(&packed);
	arena_release(&arena);
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		char *rest = line;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		const char *verb = strsep(&rest, " ");
		if (strcmp(verb, "tokens") == 0 && rest)
			print_tokens(rest);
		if (strcmp(verb, "page") == 0 && rest)
			print_page(rest);
		if (strcmp(verb, "submit") == 0 && rest)
			print_submission(rest);
		if (strcmp(verb, "find") == 0 && rest)
			find(rest);
		puts("end");
		fflush(stdout);
	}
	free(line);
	return 0;
}
