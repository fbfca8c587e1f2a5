#include "base/idn.h"

#include <stdlib.h>

#include <idn2.h>

#include "base/url.h"

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	return true;
}

/* NAME is NUL-terminated. */
static bool to_ascii(const char *name, struct buf *out)
{
	char *ascii = NULL;
	int code = idn2_to_ascii_8z(name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

	if (code != IDN2_OK)
		code = idn2_to_ascii_8z(name, &ascii, IDN2_TRANSITIONAL);
	if (code != IDN2_OK)
		return false;
	buf_add(out, str_of(ascii));
	idn2_free(ascii);
	return true;
}

bool idn_host(struct str host, struct buf *out)
{
	struct buf name;

	buf_init(&name, 0);
	bool good =
	    url_decode(&name, host, false) && name.len && !memchr(name.data, '\0', name.len);
	if (good && is_ascii(buf_str(&name)))
		buf_add(out, buf_str(&name));
	else if (good)
		good = to_ascii(name.data, out);
	buf_release(&name);
	return good;
}

static struct str host_of(struct str url)
{
	struct url parts;

	if (!url_split(url, &parts) || parts.host_is_ipv6)
		return STR_NULL;
	return parts.host;
}

static bool is_plain(struct str host)
{
	return is_ascii(host) && str_find_char(host, '%', 0) == NOT_FOUND;
}

bool idn_is_needed(struct str url)
{
	/* Most URLs are ASCII without percent-encodings up to the path. */
	size_t start = str_find(url, STR("://"), 0);

	if (start == NOT_FOUND)
		return false;
	for (size_t i = start + 3; i < url.len && url.ptr[i] != '/' && url.ptr[i] != '?'; i++)
		if ((unsigned char)url.ptr[i] >= 0x80 || url.ptr[i] == '%')
			return !is_plain(host_of(url));
	return false;
}

bool idn_url(struct str url, struct buf *out)
{
	struct url parts, check;
	size_t start = out->len;

	if (!url_split(url, &parts))
		return false;
	if (parts.host_is_ipv6 || is_plain(parts.host))
		return buf_add(out, url);
	size_t at = (size_t)(parts.host.ptr - url.ptr);
	buf_add(out, str_slice(url, 0, at));
	if (!idn_host(parts.host, out))
		return false;
	buf_add(out, str_slice(url, at + parts.host.len, url.len));
	/* A decoded name may contain characters that end a host. */
	return url_split(str_slice(buf_str(out), start, out->len), &check) &&
	       check.path.len == parts.path.len && check.query.len == parts.query.len &&
	       check.userinfo.len == parts.userinfo.len;
}

const char *idn_library_version(void)
{
	return idn2_check_version(NULL);
}
