#include "base/charset.h"

#include <errno.h>
#include <iconv.h>

bool charset_is_utf16(struct str text)
{
	return str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")) ||
	       (text.len >= 4 && (text.ptr[0] == '\0') != (text.ptr[1] == '\0') &&
		(text.ptr[2] == '\0') == (text.ptr[0] == '\0') &&
		(text.ptr[3] == '\0') == (text.ptr[1] == '\0'));
}

bool charset_is_spreadsheet(struct str text)
{
	/* A ZIP archive (.xlsx, .ods), or a compound document (.xls). */
	return str_starts(text, STR("PK\x03\x04")) ||
	       str_starts(text, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
}

const char *charset_windows_letter(unsigned char byte)
{
	static const struct {
		unsigned char byte;
		const char *letter;
	} letters[] = {
	    {0xe4, "ä"}, {0xf6, "ö"}, {0xfc, "ü"},
	    {0xc4, "Ä"}, {0xd6, "Ö"}, {0xdc, "Ü"},
	    {0xdf, "ß"}, {0xe9, "é"}, {0xe8, "è"},
	    {0xea, "ê"}, {0xe0, "à"}, {0xe1, "á"},
	    {0xe7, "ç"}, {0xf1, "ñ"}, {0xf3, "ó"},
	    {0xed, "í"}, {0xfa, "ú"}, {0xa0, "a non-breaking space"},
	    {0x93, "“"}, {0x94, "”"}, {0x91, "‘"},
	    {0x92, "’"}, {0x96, "–"}, {0x80, "€"},
	    {0xa3, "£"}, {0xb0, "°"}, {0xb5, "µ"},
	    {0xa9, "©"},
	};

	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].byte == byte)
			return letters[i].letter;
	return NULL;
}

bool charset_is_known(const char *name)
{
	iconv_t converter = iconv_open("UTF-8", name);

	if (converter == (iconv_t)-1)
		return false;
	iconv_close(converter);
	return true;
}

bool charset_to_utf8(const char *name, struct str text, struct buf *out)
{
	iconv_t converter = iconv_open("UTF-8", name);
	size_t left = text.len, result;
	char *in = (char *)(uintptr_t)text.ptr, piece[16384];
	bool good = converter != (iconv_t)-1;

	while (good && left) {
		char *to = piece;
		size_t room = sizeof piece;

		result = iconv(converter, &in, &left, &to, &room);
		good = result != (size_t)-1 || errno == E2BIG;
		buf_add(out, str_n(piece, sizeof piece - room));
	}
	if (converter != (iconv_t)-1)
		iconv_close(converter);
	return good;
}
