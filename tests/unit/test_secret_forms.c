/* The forms of a secret: where each begins and ends in a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/secret_forms.h"
#include "base/secret_set.h"

/* The end of what is found at FROM. */
struct search {
	const struct secret_forms_text *decoded; /* or NULL */
	size_t from, end;
};

static void found(void *owner, const struct secret_hit *hit)
{
	struct search *s = owner;
	size_t from = hit->from, end = hit->to;

	if (s->decoded) {
		from = secret_forms_place(s->decoded, hit->from).from;
		end = secret_forms_place(s->decoded, hit->to - 1).to;
	}
	if (from == s->from && end > s->end)
		s->end = end;
}

static size_t form_end(struct str text, size_t from, struct str secret)
{
	struct search search = {.from = from, .end = from};
	struct secret_forms_text decoded;
	struct secret_set set;

	secret_set_init(&set);
	secret_set_add(&set, STR("A"), secret);
	secret_set_prepare(&set);
	secret_set_search(&set, text, found, &search);
	secret_forms_text_init(&decoded);
	if (secret_forms_decode(text, &decoded)) {
		search.decoded = &decoded;
		secret_set_search(&set, buf_str(&decoded.bytes), found, &search);
	}
	secret_forms_text_release(&decoded);
	secret_set_release(&set);
	return search.end;
}

/* END bytes at the start of each text are a form of the secret; 0: none. */
static void each_form_is_recognized(void **state)
{
	static const struct {
		const char *text, *secret;
		size_t end;
	} rows[] = {
	    {"canary!", "canary", 6},
	    {"canari", "canary", 0},
	    {"can", "canary", 0},
	    /* URLs */
	    {"c%61nary", "canary", 8},
	    {"%C3%A4x", "äx", 7},
	    {"%c3%a4x", "äx", 7},
	    {"c%6", "canary", 0},
	    {"63616e617279", "canary", 12},
	    {"63616E617279", "canary", 12},
	    {"c%6gnary", "canary", 0},
	    {"a+b", "a b", 3},
	    {"a%20b", "a b", 5},
	    {"a+b", "a+b", 3},
	    {"a b", "a+b", 3},
	    /* JSON */
	    {"\\\"x\\\\y\\/z", "\"x\\y/z", 9},
	    {"\\n\\r\\t\\b\\f", "\n\r\t\b\f", 10},
	    {"\\u00e4x", "äx", 7},
	    {"\\u00E4x", "äx", 7},
	    {"\\u00ebx", "äx", 0},
	    {"\\ud83d\\ude00!x", "😀!", 13},
	    {"\\ud83d!", "😀!", 0},
	    {"\\u00e", "äx", 0},
	    /* HTML */
	    {"&amp;&lt;&quot;", "&<\"", 15},
	    {"&#228;&#xE4;", "ää", 12},
	    {"&nothing;", "&x", 0},
	    /* The first bytes of a secret, where a message was cut. */
	    {"can…", "canary", 3},
	    {"c%61n…", "canary", 5},
	    {"can\"…", "canary", 3},
	    {"ca…", "canary", 0},
	    {"can.", "canary", 0},
	    {"can%6…", "canary", 5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t end = form_end(str_of(rows[i].text), 0, str_of(rows[i].secret));

		if (end != rows[i].end)
			fail_msg("'%s' in '%s': %zu, expected %zu", rows[i].secret, rows[i].text,
				 end, rows[i].end);
	}
	assert_int_equal(form_end(STR("my canary"), 3, STR("canary")), 9);
	assert_int_equal(form_end(STR("my canary"), 2, STR("canary")), 2);
}

/* In base64, a secret has three forms, by the number of bytes before it. Each has exactly the
 * characters that depend on the secret alone. */
static void base64_has_three_forms(void **state)
{
	static const char *const secrets[] = {"canary", "canary7", "canary78", "c\xff\xfe?>"};

	(void)state;
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		struct str secret = str_of(secrets[i]);
		struct secret_forms forms;

		secret_forms_init(&forms, secret);
		assert_int_equal(forms.count, 9);
		assert_true(str_eq(forms.forms[0], secret));
		assert_int_equal(forms.forms[1].len, 2 * secret.len);
		for (size_t before = 0; before < 3; before++) {
			size_t from = (8 * before + 5) / 6, to = 8 * (before + secret.len) / 6;
			struct buf whole, standard, url;

			buf_init(&whole, 0);
			buf_init(&standard, 0);
			buf_init(&url, 0);
			buf_add(&whole, str_n("u:", before));
			buf_add(&whole, secret);
			buf_add(&whole, STR("\xaa\xaa"));
			base64_encode(&standard, buf_str(&whole));
			base64_encode_url(&url, buf_str(&whole));
			assert_true(str_eq(forms.forms[3 + 2 * before],
					   str_slice(buf_str(&standard), from, to)));
			assert_true(str_eq(forms.forms[4 + 2 * before],
					   str_slice(buf_str(&url), from, to)));
			buf_release(&whole);
			buf_release(&standard);
			buf_release(&url);
		}
		secret_forms_release(&forms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_form_is_recognized),
	    cmocka_unit_test(base64_has_three_forms),
	};

	return cmocka_run_group_tests_name("secret_forms", tests, NULL, NULL);
}
