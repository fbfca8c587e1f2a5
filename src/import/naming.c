#include "import/naming.h"

#include "base/ascii.h"
#include "scenario/parameters.h"

bool naming_is_secret(struct str name)
{
	static const char *const whole[] = {"pass",	     "pwd",    "pin",	   "otp",
					    "authorization", "cookie", "id_token", "assertion",
					    "code_verifier", "auth",   "pw",	   "pswd",
					    "cvv",	     "cvc",    NULL};
	static const char *const inside[] = {
	    "password",	   "passwd",	    "passwort",	    "secret",
	    "api_key",	   "apikey",	    "api-key",	    "access_token",
	    "accesstoken", "refresh_token", "refreshtoken", "SAMLResponse",
	    "auth-token",  "auth_token",    "passphrase",   NULL};

	for (int i = 0; whole[i]; i++)
		if (str_ieq(name, str_of(whole[i])))
			return true;
	for (int i = 0; inside[i]; i++)
		if (str_icontains(name, str_of(inside[i])))
			return true;
	return false;
}

struct str naming_snake_case(struct arena *a, struct buf *out, struct str name)
{
	buf_clear(out);
	for (size_t i = 0; i < name.len && out->len < 40; i++) {
		unsigned char ch = (unsigned char)name.ptr[i];
		bool hump = i && ascii_is_upper(ch) && ascii_is_lower(name.ptr[i - 1]);

		if (!ascii_is_alnum(ch) || hump)
			if (out->len && out->data[out->len - 1] != '_')
				buf_add_char(out, '_');
		if (ascii_is_alnum(ch))
			buf_add_char(out, ascii_to_lower(ch));
	}
	while (out->len && out->data[out->len - 1] == '_')
		out->len--;
	struct str result = buf_str(out);
	if (str_starts(result, STR("x_")))
		result = str_slice(result, 2, result.len);
	while (result.len && (ascii_is_digit(result.ptr[0]) || result.ptr[0] == '_'))
		result = str_slice(result, 1, result.len);
	return arena_str(a, result);
}

struct str naming_parameter(struct arena *a, struct str name)
{
	bool letter = name.len && ascii_is_letter(name.ptr[0]);
	struct str result = arena_printf(a, "%s%.*s", letter ? "" : "P_", STR_ARG(name));
	char *bytes = arena_cstr(a, result);

	for (size_t i = 0; i < result.len; i++)
		bytes[i] = (char)(ascii_is_alnum(bytes[i]) ? ascii_to_upper(bytes[i]) : '_');
	result = str_n(bytes, result.len);
	return parameters_name_reserved(result) ? arena_printf(a, "%.*s_VALUE", STR_ARG(result))
						: result;
}

bool naming_is_reserved(struct str name)
{
	static const char *const words[] = {
	    "user", "iteration", "scenario", "loop",	"shard", "run",	 "response", "env",  "and",
	    "or",   "not",	 "contains", "matches", "in",	 "true", "false",    "null", NULL};

	for (int i = 0; words[i]; i++)
		if (str_eq(name, str_of(words[i])))
			return true;
	return false;
}
