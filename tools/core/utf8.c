/* utf8 - is a stranger's text what it should be? */
#include "utf8.h"

size_t utf8_length(const char *at, const char *end)
{
	const unsigned char *p = (const unsigned char *)at;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if ((p[0] >= 0x80 && p[0] < 0xc2) || p[0] > 0xf4 ||
	    (size_t)(end - at) < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	/* overlong, surrogate, beyond U+10FFFF */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static unsigned long code_point(const char *at, size_t len)
{
	const unsigned char *p = (const unsigned char *)at;
	unsigned long c = len == 1 ? p[0] : p[0] & (0x7fu >> len);

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

size_t utf8_visible(const char *at, const char *end)
{
	/* Controls; soft hyphen, marks and overrides of direction, joiners,
	 * separators of lines, variation selectors, tags. */
	static const struct {
		unsigned long first, last;
	} hidden[] = {{0x00, 0x1f},     {0x7f, 0x9f},       {0xad, 0xad},
	              {0x34f, 0x34f},   {0x61c, 0x61c},     {0x115f, 0x1160},
	              {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x200b, 0x200f},
	              {0x2028, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},
	              {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
	              {0xfff0, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};
	size_t len = utf8_length(at, end);
	unsigned long c = len ? code_point(at, len) : 0;

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return 0;
	return len;
}
