/* gather-blob - writes the inputs of tests/kernels/gather_rows
 *
 *	gather-blob FILE
 *
 * One row in 32 is random, the first ones, and all others are zero; half of the
 * rows are named by the index, each once, and one element in a hundred names
 * none.
 */
#include "memory.h"
#include "random.h"
#include "safetensors.h"
#include "tool.h"

#include <err.h>
#include <stdlib.h>

#define ROWS (1 << 20)
#define WIDTH 256
#define QUERIES 8192
#define K 64
#define STRIDE 514229 /* odd: every row comes once */

int main(int argc, char **argv)
{
	int8_t *cache = xcalloc(ROWS, WIDTH);
	int32_t *index = xcalloc(QUERIES * K, sizeof *index);
	struct safetensor item[] = {
	        {"cache", DTYPE_INT8, 2, {ROWS, WIDTH}, cache, ROWS * WIDTH},
	        {"index",
	         DTYPE_INT32,
	         2,
	         {QUERIES, K},
	         index,
	         QUERIES * K * sizeof *index}};
	struct fault f;

	if (argc != 2)
		errx(2, "want a file");
	for (uint64_t i = 0; i < (uint64_t)ROWS / 32 * WIDTH; i += 4) {
		uint32_t word = random_word(1, 2, i / 4);

		for (int k = 0; k < 4; k++)
			cache[i + (uint64_t)k] = (int8_t)(word >> 8 * k);
	}
	for (int64_t i = 0; i < QUERIES * K; i++)
		index[i] = i % 100 ? (int32_t)(i * STRIDE % ROWS) : -1;
	if (safetensors_write(argv[1], item, 2, &f))
		errx(2, "%s", f.text);
	free(cache);
	free(index);
	return 0;
}
