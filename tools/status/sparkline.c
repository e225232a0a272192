/* sparkline - a row of numbers as a row of bars */
#include "sparkline.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>

#define HEIGHTS 8

char *sparkline(const double *value, size_t count, size_t width, int is_utf8)
{
	size_t first = count > width ? count - width : 0, len;
	double low = INFINITY, high = -INFINITY;
	char *text;
	FILE *out = xmemstream(&text, &len);

	for (size_t i = first; i < count; i++) {
		low = fmin(low, log(value[i]));
		high = fmax(high, log(value[i]));
	}
	for (size_t i = first; i < count; i++) {
		double part =
		        high > low ? (log(value[i]) - low) / (high - low) : 1;
		int height = (int)lround(part * (HEIGHTS - 1));

		if (is_utf8) /* U+2581 to U+2588 */
			fprintf(out, "\xe2\x96%c", 0x81 + height);
		else
			fputc('1' + height, out);
	}
	fclose(out);
	return text;
}
