/* gunzip - what gzip(1) made of a text, back */
#include "gunzip.h"
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#define GZIP_ONLY (16 + MAX_WBITS)

/* More room for the text, twice as much as there is; 0 if it may not grow. */
static int grow(z_stream *z, char **text, size_t max)
{
	size_t have = z->total_out, room = have ? have * 2 : 1 << 16;

	if (have == max)
		return 0;
	room = room < max ? room : max;
	*text = xrealloc(*text, room + 1, 1);
	z->next_out = (Bytef *)*text + have;
	z->avail_out = (uInt)(room - have);
	return 1;
}

char *gunzip(const char *data, size_t size, size_t max, size_t *len)
{
	z_stream z = {.next_in = (z_const Bytef *)data, .avail_in = (uInt)size};
	char *text = NULL;
	int status = inflateInit2(&z, GZIP_ONLY);

	while (status == Z_OK && grow(&z, &text, max))
		status = inflate(&z, Z_NO_FLUSH);
	*len = z.total_out;
	inflateEnd(&z);
	if (status == Z_STREAM_END && z.avail_in == 0) {
		text[*len] = '\0';
		return text;
	}
	free(text);
	errno = status == Z_OK ? EFBIG : EBADMSG;
	return NULL;
}
