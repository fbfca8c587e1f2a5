/* Expressions: their values, and the messages for invalid ones. */
#include "compiled.h"

#include "interface/function.h"

static const char head[] = "target: http://127.0.0.1\n"
			   "parameters: {SEARCH: {default: hat}, N: {default: 4}}\n"
			   "variables:\n"
			   "  account: {user: anna, tags: [red, blue], age: 30}\n"
			   "  items: [3, 1, 2]\n"
			   "  price: \"12.50\"\n"
			   "  zero: \"0123\"\n"
			   "  empty: \"\"\n"
			   "  yes: true\n"
			   "  nothing: null\n"
			   "  words: Hello World\n"
			   "steps:\n"
			   "  - log: ";

/* Evaluates TEXT, a template; NULL with c->eval.error or c->text if it fails. */
static const char *work(struct compiled *c, const char *text, struct buf *out)
{
	struct buf file;

	buf_init(&file, 0);
	buf_add(&file, str_of(head));
	escape_json(&file, str_of(text));
	buf_add(&file, STR("\n"));
	compiled_init(c, file.data);
	buf_init(out, 0);
	const char *result = NULL;
	if (c->program) {
		const struct program *p = c->program;
		const struct instr *log = &p->code[p->scenarios[0].entry];

		assert_int_equal(log->op, OP_LOG);
		if (eval_render(p->templates[log->a], &c->eval, out))
			result = out->len ? out->data : "";
	}
	buf_release(&file);
	return result;
}

static void assert_gives(const char *expression, const char *expected)
{
	struct compiled c;
	struct buf out;
	char text[500];

	snprintf(text, sizeof text, "%s%s%s", strstr(expression, "${") ? "" : "${", expression,
		 strstr(expression, "${") ? "" : "}");
	const char *got = work(&c, text, &out);
	if (!got)
		fail_msg("%s: %s%s", text, c.text.len ? c.text.data : "", c.eval.error);
	if (strcmp(got, expected) != 0)
		fail_msg("%s gives \"%s\", not \"%s\"", text, got, expected);
	buf_release(&out);
	compiled_release(&c);
}

static void test_values(void **state)
{
	static const char *const rows[][2] = {
	    {"1 + 2 * 3", "7"},
	    {"(1 + 2) * 3", "9"},
	    {"7 % 4 - 1", "2"},
	    {"10 / 4", "2.5"},
	    {"-3 + 1", "-2"},
	    {"- -3", "3"},
	    {"0.1 + 0.2", "0.30000000000000004"},
	    {"1e3", "1000"},
	    {"9007199254740991 - 1", "9007199254740990"},
	    {"1 / 3", "0.3333333333333333"},
	    {"1e21 * 10", "1e+22"},
	    {"0.000001 * 1", "0.000001"},
	    {"price * 2", "25"},
	    {"price + 1", "13.5"},
	    {"zero + 1", "124"},
	    {"'a' + 'b'", "ab"},
	    {"words + 1", "Hello World1"},
	    {"account.user", "anna"},
	    {"account.tags[0]", "red"},
	    {"account.tags[-1]", "blue"},
	    {"items[2]", "2"},
	    {"items[3]", ""},
	    {"items[-3]", "3"},
	    {"items[-4]", ""},
	    {"[[1, 2], 9][0][2]", ""},
	    {"account.tags[9]", ""},
	    {"account['user']", "anna"},
	    {"account.tags", "[\"red\",\"blue\"]"},
	    {"account", "{\"user\":\"anna\",\"tags\":[\"red\",\"blue\"],\"age\":30}"},
	    {"account.nobody", ""},
	    {"items[account.tags | length]", "2"},
	    {"[1, 'a', [2]]", "[1,\"a\",[2]]"},
	    {"[]", "[]"},
	    {"true and 'x'", "x"},
	    {"false or 'x'", "x"},
	    {"not empty", "true"},
	    {"not yes", "false"},
	    {"not 'false'", "true"},
	    {"nothing or empty or 0 or [] or 'last'", "last"},
	    {"1 and 2 or 3", "2"},
	    {"not 1 == 2", "true"},
	    {"1 == 1.0", "true"},
	    {"'1' == 1", "true"},
	    {"'10' > '9'", "true"},
	    {"'b' > 'a'", "true"},
	    {"'01' == 1", "true"},
	    {"price == 12.5", "true"},
	    {"nothing == ''", "true"},
	    {"nothing == null", "true"},
	    {"empty != ''", "false"},
	    {"yes == 'true'", "true"},
	    {"'12345678901234567890' == '12345678901234567891'", "false"},
	    {"[1, 2] == [1, 2]", "true"},
	    {"[1, 2] == [1, 3]", "false"},
	    {"account.tags contains 'red'", "true"},
	    {"account contains 'user'", "true"},
	    {"words contains 'World'", "true"},
	    {"items contains '3'", "true"},
	    {"items contains 4", "false"},
	    {"words matches '^Hello\\s+W'", "true"},
	    {"words matches '\\d'", "false"},
	    {"words | lower == 'hello world' | trim", "true"},
	    {"price * 2 | round == 25", "true"},
	    {"items | length + 1", "4"},
	    {"SEARCH", "hat"},
	    {"N + 1", "5"},
	    {"user.id", "17"},
	    {"user.index", "3"},
	    {"iteration", "2"},
	    {"unique matches '^[a-z][a-z0-9]{11}$'", "true"},
	    {"unique == unique", "true"},
	    {"scenario.name", "Buy"},
	    {"shard.count", "1"},
	    {"run.id", "r1"},
	    {"run.origin", "http://127.0.0.1"},
	    {"response.status == 202", "true"},
	    {"response.time", "1.5"},
	    {"response.time < 2ms", "true"},
	    {"1m30s", "90000"},
	    {"counter()", "1"},
	    {"counter('a') + counter('a') + counter('b')", "4"},
	    {"env.NO_SUCH_VARIABLE | default('x')", "x"},
	    {"\"quoted } \\\" and \\u00e4\"", "quoted } \" and \xc3\xa4"},
	    {"'a\\tb'", "a\tb"},
	    {"now()", "2026-01-01T00:00:00Z"},
	    {"now('unix')", "1767225600"},
	    {"now('iso_ms')", "2026-01-01T00:00:00.000Z"},
	    {"now('%Y/%m')", "2026/01"},
	    {"now() | add('1d') | slice(0, 10)", "2026-01-02"},
	    {"now('unix') + 60", "1767225660"},
	    {"now('unix') | add('-1m')", "1767225540"},
	    {"'9999-12-30' | add('1d')", "9999-12-31"},
	    {"'2300-01-01T00:00:00Z' | add('-1s')", "2299-12-31T23:59:59Z"},
	    {"'1969-12-31T23:59:59Z' | add('-1500ms')", "1969-12-31T23:59:57Z"},
	    {"'a b' | url_encode | upper", "A%20B"},
	    {"nothing | json", "null"},
	    {"'{\"a\":{\"b\":[1.50]}}' | parse_json | json", "{\"a\":{\"b\":[1.50]}}"},
	    {"('{\"a\":1,\"a\":2}' | parse_json).a", "2"},
	    {"words | slice(-5)", "World"},
	    {"items | join('+')", "3+1+2"},
	    {"min(items) + max(items)", "4"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_gives(rows[i][0], rows[i][1]);
}

/* The vectors of RFC 6238 (appendix B) and RFC 4226 (appendix D). */
static void one_time_passwords(void **state)
{
	static const char *const rows[][2] = {
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 8, 30, 'sha1', 59)", "94287082"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA', 8, 30, 'sha256', "
	     "59)",
	     "46119246"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV"
	     "GY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA', 8, 30, 'sha512', 59)",
	     "90693936"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 8, 30, 'sha1', 1111111109)", "07081804"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA', 8, 30, 'sha256', "
	     "1111111109)",
	     "68084774"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV"
	     "GY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA', 8, 30, 'sha512', 1111111109)",
	     "25091201"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 8, 30, 'sha1', 1111111111)", "14050471"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA', 8, 30, 'sha256', "
	     "1111111111)",
	     "67062674"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV"
	     "GY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA', 8, 30, 'sha512', 1111111111)",
	     "99943326"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 8, 30, 'sha1', 1234567890)", "89005924"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA', 8, 30, 'sha256', "
	     "1234567890)",
	     "91819424"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV"
	     "GY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA', 8, 30, 'sha512', 1234567890)",
	     "93441116"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 8, 30, 'sha1', 2000000000)", "69279037"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA', 8, 30, 'sha256', "
	     "2000000000)",
	     "90698825"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV"
	     "GY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA', 8, 30, 'sha512', 2000000000)",
	     "38618901"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 8, 30, 'sha1', 20000000000)", "65353130"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA', 8, 30, 'sha256', "
	     "20000000000)",
	     "77737706"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV"
	     "GY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA', 8, 30, 'sha512', 20000000000)",
	     "47863826"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 0)", "755224"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 30)", "287082"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 60)", "359152"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 90)", "969429"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 120)", "338314"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 150)", "254676"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 180)", "287922"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 210)", "162583"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 240)", "399871"},
	    {"totp('gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====', 6, 30, 'SHA1', 270)", "520489"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')", "745690"},
	    {"totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 7, 60)", "0680438"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_gives(rows[i][0], rows[i][1]);
}

static void test_templates(void **state)
{
	(void)state;
	assert_gives("a ${1 + 1} b ${SEARCH}", "a 2 b hat");
	assert_gives("$${x} ${1}$${", "${x} 1${");
	assert_gives("$ $$ {} } ${'}'}", "$ $$ {} } }");
	assert_gives("${price}${price}", "12.5012.50");
	assert_gives("${account.user}: ${items}", "anna: [3,1,2]");
	assert_gives("\xc3\xa4 ${words} \xe2\x82\xac", "\xc3\xa4 Hello World \xe2\x82\xac");
}

/* The examples in the reference are correct. */
static void test_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < all_tables.function_count; i++) {
		const struct function_kind *f = all_tables.functions[i];

		assert_non_null(f->example);
		if (f->result)
			assert_gives(f->example, f->result);
	}
}

static void assert_refused(const char *template, const char *message)
{
	struct compiled c;
	struct buf out;

	if (work(&c, template, &out))
		fail_msg("%s gives \"%s\"; \"%s\" was expected", template, out.data, message);
	const char *said = c.program ? c.eval.error : c.text.data;
	if (!strstr(said, message))
		fail_msg("%s: \"%s\" expected in:\n%s", template, message, said);
	buf_release(&out);
	compiled_release(&c);
}

static void test_errors(void **state)
{
	static const char *const rows[][2] = {
	    {"${", "E200"},
	    {"${}", "`${}` is empty"},
	    {"${1 +}", "unexpected `}`; expected a value"},
	    {"${words", "the closing `}` of this `${` is missing"},
	    {"${'abc}", "the closing quote is missing"},
	    {"${a = b}", "E20"},
	    {"${price = 2}", "write == to compare"},
	    {"${price && 1}", "write `and`"},
	    {"${!price}", "write `not`"},
	    {"${price ? 1}", "?: is not supported"},
	    {"${1 2}", "unexpected `2`; expected an operator or `}`"},
	    {"${1 < 2 < 3}", "E200"},
	    {"${wrds}", "'wrds' is not defined; did you mean 'words' (a variable at line 11)?"},
	    {"${SEARHC}", "did you mean 'SEARCH'?"},
	    {"${user.idd}", "did you mean 'user.id'?"},
	    {"${user}", "such as user.id"},
	    {"${loop.index}", "only inside repeat"},
	    {"${words | uper}", "unknown filter 'uper'; did you mean 'upper'?"},
	    {"${upper(words)}", "`upper` is a filter"},
	    {"${words | pick}", "`pick` is a function"},
	    {"${random_int(1)}", "random_int(a, b) does not accept 1 argument"},
	    {"${words | replace('a')}", "replace(a, b) does not accept 1 argument"},
	    {"${words matches '(a'}", "E207"},
	    {"${words matches words}", "plain text in quotes"},
	    {"${env.NO_SUCH_VARIABLE}", "is not set and has no default"},
	    {"${1 / 0}", "division by zero"},
	    {"${'a' * 2}", "\"a\" is not a number"},
	    {"${words * 2}", "\"Hello World\" is not a number"},
	    {"${1 / (price - 12.5)}", "division by zero"},
	    {"${nothing - 1}", "a missing value"},
	    {"${pick(empty)}", "pick needs a list"},
	    {"${words | parse_json}", "this is not JSON"},
	    {"${'[' | parse_json}", "this is not JSON"},
	    {"${'x' | base64_decode}", "this is not base64"},
	    {"${'x' | int}", "int needs a number, not"},
	    {"${counter(words)}", "plain text in quotes"},
	    {"${file('/no/such/file')}", "/no/such/file"},
	    {"${file('/dev/null')}", "it is not a regular file"},
	    {"${file(words)}", "plain text in quotes"},
	    {"${((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))"
	     "))}",
	     "fewer nested parts"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_refused(rows[i][0], rows[i][1]);
}

/* The mark is under the right characters, also with escapes in the file. */
static void test_places(void **state)
{
	struct compiled c;

	(void)state;
	compiled_init(&c, "target: http://127.0.0.1\n"
			  "steps:\n"
			  "  - log: \"tab\\tand ${wrong} here\"\n");
	assert_null(c.program);
	if (!strstr(c.text.data, "t.yaml:3:22: error:") || !strstr(c.text.data, "^~~~~\n"))
		fail_msg("%s", c.text.data);
	compiled_release(&c);
}

static void test_same_draws(void **state)
{
	struct compiled c, d;
	struct buf one, two;

	(void)state;
	const char *a = work(&c, "${uuid()} ${random_int(1, 1000000)} ${random_text(8)}", &one);
	const char *b = work(&d, "${uuid()} ${random_int(1, 1000000)} ${random_text(8)}", &two);
	assert_string_equal(a, b);
	assert_int_equal(a[14], '4');
	buf_release(&one);
	buf_release(&two);
	compiled_release(&c);
	compiled_release(&d);
}

/* Shards take turns, so that no number is used twice in a fleet. */
static void test_counters_of_shards(void **state)
{
	static const struct {
		uint64_t shard, shards;
		const char *numbers;
	} rows[] = {{1, 1, "1 2 3"}, {1, 3, "1 4 7"}, {2, 3, "2 5 8"}, {3, 3, "3 6 9"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct compiled c;
		struct buf out;

		work(&c, "${counter('n')}", &out);
		buf_clear(&out);
		atomic_store(&c.numbers[0], 0);
		c.eval.builtins.shard_index = rows[i].shard;
		c.eval.builtins.shard_count = rows[i].shards;
		for (int k = 0; k < 3; k++) {
			const struct program *p = c.program;

			buf_add(&out, k ? STR(" ") : STR(""));
			assert_true(eval_render(p->templates[p->code[p->scenarios[0].entry].a],
						&c.eval, &out));
		}
		assert_string_equal(out.data, rows[i].numbers);
		buf_release(&out);
		compiled_release(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),     cmocka_unit_test(one_time_passwords),
	    cmocka_unit_test(test_templates),  cmocka_unit_test(test_examples),
	    cmocka_unit_test(test_errors),     cmocka_unit_test(test_places),
	    cmocka_unit_test(test_same_draws), cmocka_unit_test(test_counters_of_shards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
