#include "net/no_proxy.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

struct network {
	unsigned char bytes[16];
	unsigned bits;
};

/* Reads an IPv4 or IPv6 address; `bits` is set to the length of the address. */
static bool read_address(struct str text, struct network *out)
{
	char copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof copy)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	out->bits = 32;
	if (inet_pton(AF_INET, copy, out->bytes) == 1)
		return true;
	out->bits = 128;
	return inet_pton(AF_INET6, copy, out->bytes) == 1;
}

static bool same_bits(const struct network *a, const struct network *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	unsigned mask = (0xff00u >> rest) & 0xff;

	return memcmp(a->bytes, b->bytes, whole) == 0 &&
	       (!rest || ((a->bytes[whole] ^ b->bytes[whole]) & mask) == 0);
}

static bool is_in_network(struct str entry, struct str host)
{
	struct network wanted, found;
	size_t slash = str_find_char(entry, '/', 0);
	unsigned bits;

	if (!read_address(str_slice(entry, 0, slash < entry.len ? slash : entry.len), &wanted) ||
	    !read_address(host, &found) || wanted.bits != found.bits)
		return false;
	bits = wanted.bits;
	if (slash < entry.len)
		bits = (unsigned)strtoul(entry.ptr + slash + 1, NULL, 10);
	return bits <= wanted.bits && same_bits(&wanted, &found, bits);
}

static bool is_name_or_below(struct str entry, struct str host)
{
	if (entry.len && entry.ptr[0] == '.')
		entry = str_slice(entry, 1, entry.len);
	if (entry.len == 0 || host.len < entry.len ||
	    !str_ieq(str_slice(host, host.len - entry.len, host.len), entry))
		return false;
	return host.len == entry.len || host.ptr[host.len - entry.len - 1] == '.';
}

bool no_proxy_matches(const char *const *entries, size_t count, struct str host)
{
	for (size_t i = 0; i < count; i++) {
		struct str entry = str_of(entries[i]);

		if (str_eq(entry, STR("*")) || is_in_network(entry, host) ||
		    is_name_or_below(entry, host))
			return true;
	}
	return false;
}
