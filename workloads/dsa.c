/* dsa - makes the workloads of the two kernels of DeepSeek sparse attention
 *
 *	dsa FOLDER K
 *
 * reads FOLDER/K.tsv, a workload a line: what is known of the workloads of the
 * MLSys 2026 contest, and writes FOLDER/K.jsonl and FOLDER/blob/K/, the same
 * bytes each time. Shapes and lengths are the contest's; where in the cache a
 * sequence lies, and which of its tokens a full list leaves out, are drawn.
 */
#include "file.h"
#include "json.h"
#include "memory.h"
#include "random.h"
#include "safetensors.h"
#include "tool.h"
#include "workload.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 64
#define TOPK 2048
#define LEFT_OUT 256 /* tokens, at most, of a sequence with a full list */
#define SM_SCALE 0.07216878364870322 /* 1 / sqrt(128 + 64) */
#define TABLE_MAX (1 << 20)

/* A line of the table; width 0: of attention, which has no block table. */
struct line {
	const char *uuid;
	int64_t rows, width, pages;
	int32_t *length;
	uint64_t stream, drawn;
};

static int64_t draw(struct line *w, int64_t below)
{
	uint32_t word = random_word(1, w->stream, w->drawn++);

	return (int64_t)((uint64_t)word * (uint64_t)below >> 32);
}

static int64_t number(char **rest, const char *what, int64_t most)
{
	char *word = strsep(rest, "\t,"), *end;
	int64_t n = strtol(word ? word : "", &end, 10);

	if (!word || end == word || *end || n < 1 || n > most)
		errx(EXIT_TROUBLE, "want %s to be a number up to %lld", what,
		     (long long)most);
	return n;
}

static struct line parse(char *text, int is_indexer)
{
	struct line w = {.uuid = strsep(&text, "\t")};

	w.stream = strtoul(w.uuid, NULL, 16);
	w.rows = number(&text, "the rows", 1000);
	if (is_indexer)
		w.width = number(&text, "max_num_pages", 1000);
	w.pages = number(&text, "num_pages", 100000);
	w.length = xcalloc((size_t)w.rows, sizeof *w.length);
	for (int64_t r = 0; r < w.rows; r++)
		w.length[r] = (int32_t)number(
		        &text, "a length", is_indexer ? w.width * PAGE : TOPK);
	return w;
}

/* Takes pages for row r, which no other row has. */
static int64_t place(struct line *w, int64_t r, int64_t tokens)
{
	int64_t share = w->pages / w->rows, needs = (tokens + PAGE - 1) / PAGE;

	if (needs > share)
		errx(EXIT_TROUBLE, "%s: the cache is too small", w->uuid);
	return r * share + draw(w, share - needs + 1);
}

/* The tokens of a sequence, but for what a full list leaves out. */
static void list_tokens(struct line *w, int64_t r, int32_t *out)
{
	int64_t len = w->length[r];
	int64_t spare = len == TOPK ? 1 + draw(w, LEFT_OUT) : 0;
	int64_t at = place(w, r, len + spare) * PAGE;

	for (int64_t i = 0; i < TOPK; i++) {
		while (i < len && draw(w, len - i + spare) < spare) {
			spare--;
			at++;
		}
		out[i] = i < len ? (int32_t)at++ : -1;
	}
}

static void list_pages(struct line *w, int64_t r, int32_t *out)
{
	int64_t first = place(w, r, w->length[r]);

	for (int64_t i = 0; i * PAGE < w->length[r]; i++)
		out[i] = (int32_t)(first + i);
}

/* Writes the tensors that a workload stores. */
static void store(struct line *w, const char *path)
{
	int64_t columns = w->width ? w->width : TOPK;
	int32_t *table = xcalloc((size_t)(w->rows * columns), sizeof *table);
	struct safetensor item[] = {
	        {w->width ? "block_table" : "sparse_indices",
	         DTYPE_INT32,
	         2,
	         {w->rows, columns},
	         table,
	         (size_t)(w->rows * columns) * sizeof *table},
	        {"seq_lens",
	         DTYPE_INT32,
	         1,
	         {w->rows},
	         w->length,
	         (size_t)w->rows * sizeof *w->length}};
	struct fault f;

	for (int64_t r = 0; r < w->rows; r++)
		(w->width ? list_pages : list_tokens)(w, r,
		                                      table + r * columns);
	if (safetensors_write(path, item, w->width ? 2 : 1, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	free(table);
}

static void add_random(json *inputs, const char *name)
{
	json_add_string(json_add(inputs, name, json_object()), "type",
	                "random");
}

static void add_stored(json *inputs, const char *name, const char *path)
{
	json *v = json_add(inputs, name, json_object());

	json_add_string(v, "type", "safetensors");
	json_add_string(v, "path", path);
	json_add_string(v, "tensor_key", name);
}

static void add_inputs(const struct line *w, json *inputs, const char *path)
{
	json *scale;

	if (w->width) {
		add_random(inputs, "q_index_fp8");
		add_random(inputs, "k_index_cache_fp8");
		add_random(inputs, "weights");
		add_stored(inputs, "seq_lens", path);
		add_stored(inputs, "block_table", path);
		return;
	}
	add_random(inputs, "q_nope");
	add_random(inputs, "q_pe");
	add_random(inputs, "ckv_cache");
	add_random(inputs, "kpe_cache");
	add_stored(inputs, "sparse_indices", path);
	scale = json_add(inputs, "sm_scale", json_object());
	json_add_string(scale, "type", "scalar");
	json_add_number(scale, "value", SM_SCALE);
}

static void print(const struct line *w, const char *k, const char *path,
                  FILE *out)
{
	json *axes = json_object(), *inputs = json_object();
	char *text;

	json_add_integer(axes, w->width ? "batch_size" : "num_tokens", w->rows);
	if (w->width)
		json_add_integer(axes, "max_num_pages", w->width);
	json_add_integer(axes, "num_pages", w->pages);
	add_inputs(w, inputs, path);
	text = workload_text(k, w->uuid, axes, inputs);
	fprintf(out, "%s\n", text);
	free(text);
}

/* One line of the table into a tensor file and a line of the list. */
static void make(char *text, int is_indexer, const char *folder, const char *k,
                 FILE *list)
{
	struct line w = parse(text, is_indexer);
	char *path = xasprintf("./blob/%s/%s_%s.safetensors", k, k, w.uuid);
	char *file = xasprintf("%s/%s", folder, path);

	store(&w, file);
	print(&w, k, path, list);
	free(file);
	free(path);
	free(w.length);
}

int main(int argc, char **argv)
{
	static char *in, *out, *blobs; /* as leak checkers see them at err() */
	char *table, *rest, *text, *head;
	size_t len;
	FILE *list;

	tool_start();
	if (argc != 3)
		tool_usage("dsa folder kernel");
	in = xasprintf("%s/%s.tsv", argv[1], argv[2]);
	out = xasprintf("%s/%s.jsonl", argv[1], argv[2]);
	blobs = xasprintf("%s/blob/%s", argv[1], argv[2]);
	rest = table = file_read(in, TABLE_MAX, NULL);
	if (!table || dir_make(blobs))
		err(EXIT_TROUBLE, "%s", table ? blobs : in);
	head = strsep(&rest, "\n");
	list = xmemstream(&text, &len);
	for (char *line; (line = strsep(&rest, "\n")) && *line;)
		make(line, strstr(head, "max_num_pages") != NULL, argv[1],
		     argv[2], list);
	fclose(list);
	if (file_write(out, text, len))
		err(EXIT_TROUBLE, "%s", out);
	free(text);
	free(table);
	free(blobs);
	free(out);
	free(in);
	return EXIT_YES;
}
