#include "base/address.h"

#include <string.h>

#include "base/escape.h"

static bool refuse(struct str text, struct buf *error)
{
	buf_add_char(error, '\'');
	escape_terminal(error, text);
	buf_add(error, STR("' is not a valid address; write HOST:PORT, such as 127.0.0.1:9464"));
	return false;
}

static bool is_number(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	return text.len > 0;
}

/* Splits TEXT into the host and the text after the colon; false if TEXT is not an address. */
static bool split(struct str text, struct str *host, struct str *port)
{
	size_t bracket = str_find_char(text, ']', 0);
	size_t colon = str_find_char(text, ':', bracket == NOT_FOUND ? 0 : bracket);

	*port = STR_NULL;
	if (is_number(text)) {
		*host = STR_NULL;
		*port = text;
		return true;
	}
	*host = str_slice(text, 0, colon);
	if (colon != NOT_FOUND)
		*port = str_slice(text, colon + 1, text.len);
	if (!str_starts(text, STR("[")))
		return str_find_char(*host, ']', 0) == NOT_FOUND;
	if (bracket == NOT_FOUND || host->len != bracket + 1)
		return false;
	*host = str_slice(*host, 1, bracket);
	return host->len > 0;
}

bool address_parse(struct str text, unsigned port, struct address *out, struct buf *error)
{
	struct str host, written;
	int64_t number = port;

	if (!split(text, &host, &written))
		return refuse(text, error);
	if (written.ptr && (!is_number(written) || !str_to_int(written, &number)))
		return refuse(text, error);
	if (number < (written.ptr ? 0 : 1) || number > 65535 || host.len >= sizeof(out->host))
		return refuse(text, error);
	for (size_t i = 0; i < host.len; i++)
		if ((unsigned char)host.ptr[i] <= ' ' || host.ptr[i] == '/')
			return refuse(text, error);
	if (!host.len)
		host = STR("127.0.0.1");
	memcpy(out->host, host.ptr, host.len);
	out->host[host.len] = '\0';
	out->port = (unsigned)number;
	return true;
}

static bool is_ipv4_loopback(struct str host)
{
	if (!str_starts(host, STR("127.")))
		return false;
	for (size_t i = 0; i < host.len; i++)
		if (host.ptr[i] != '.' && (host.ptr[i] < '0' || host.ptr[i] > '9'))
			return false;
	return true;
}

bool address_is_loopback(struct str host)
{
	struct str below = STR(".localhost");

	return str_ieq(host, STR("localhost")) || str_eq(host, STR("::1")) ||
	       (host.len > below.len &&
		str_ieq(str_slice(host, host.len - below.len, host.len), below)) ||
	       is_ipv4_loopback(host);
}

const char *address_to_reach(const char *host)
{
	if (strcmp(host, "0.0.0.0") == 0)
		return "127.0.0.1";
	return strcmp(host, "::") == 0 ? "::1" : host;
}
