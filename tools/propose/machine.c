/* machine - what a device is, in a few lines for a prompt */
#include "machine.h"
#include "memory.h"
#include "plain.h"
#include "verdict.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUINFO_MAX 65536 /* the first processor's part is shorter */

/* Of NVIDIA's data sheets; a name's first match counts. */
static const struct gpu_kind {
	const char *name;
	int sms;
	double capability, gb_s, l2_mb;
} gpu_kinds[] = {
        {"H200", 132, 9.0, 4800, 50},     {"H100 PCIe", 114, 9.0, 2000, 50},
        {"H100 NVL", 132, 9.0, 3900, 50}, {"H100", 132, 9.0, 3350, 50},
        {"B200", 148, 10.0, 8000, 126},   {"A100-SXM4-40", 108, 8.0, 1555, 40},
        {"A100", 108, 8.0, 1935, 40},     {"L40S", 142, 8.9, 864, 96},
        {"RTX 4090", 128, 8.9, 1008, 72},
};

/* What stands after "KEY\t: " in /proc/cpuinfo, up to its line's end. */
static char *cpu_value(const char *text, const char *key)
{
	size_t len = strlen(key);

	while (text && *text) {
		const char *colon = strchr(text, ':');

		if (colon && !strncmp(text, key, len) &&
		    strchr(" \t:", text[len])) {
			colon += strspn(colon, ": ");
			return plain(colon, strcspn(colon, "\n"), 4000);
		}
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
	return NULL;
}

static int has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += len) {
		if ((at == words || at[-1] == ' ') && strchr(" ", at[len]))
			return 1;
	}
	return 0;
}

/* Of many flags those that a kernel can make use of. */
static void put_vectors(FILE *out, const char *flags)
{
	static const char *const useful[] = {
	        "sse4_2",      "avx",         "f16c",        "fma",
	        "avx2",        "avx512f",     "avx512bw",    "avx512vl",
	        "avx512_vnni", "avx512_bf16", "avx512_fp16", "avx_vnni",
	        "amx_tile",    "amx_bf16",    "amx_int8",    "asimd",
	        "asimdhp",     "asimddp",     "sve",         "sve2",
	        "bf16",        "i8mm"};

	fputs("vector units:", out);
	for (size_t i = 0; i < sizeof useful / sizeof *useful; i++) {
		if (has_word(flags, useful[i]))
			fprintf(out, " %s", useful[i]);
	}
	putc('\n', out);
}

static char *cache_value(int index, const char *what)
{
	char *path = xasprintf("/sys/devices/system/cpu/cpu0/cache/index%d/%s",
	                       index, what);
	FILE *in = fopen(path, "r");
	char line[256], *value = NULL;

	if (in && fgets(line, sizeof line, in))
		value = plain(line, strcspn(line, "\n"), 32);
	if (in)
		fclose(in);
	free(path);
	return value;
}

static void put_caches(FILE *out)
{
	for (int i = 0; i < 8; i++) {
		char *level = cache_value(i, "level");
		char *type = cache_value(i, "type");
		char *size = cache_value(i, "size");
		char *shared = cache_value(i, "shared_cpu_list");

		if (level && type && size && strcmp(type, "Instruction"))
			fprintf(out, "L%s cache: %s, shared by cpu %s\n", level,
			        size, shared ? shared : "?");
		free(level);
		free(type);
		free(size);
		free(shared);
	}
}

static char *cpu_info(void)
{
	FILE *in = fopen("/proc/cpuinfo", "r");
	char *text = xcalloc(CPUINFO_MAX + 1, 1);

	if (in) {
		text[fread(text, 1, CPUINFO_MAX, in)] = '\0';
		fclose(in);
	}
	return text;
}

static void put_cpu(FILE *out)
{
	char *info = cpu_info();
	char *model = cpu_value(info, "model name");
	char *flags = cpu_value(info, "flags");
	cpu_set_t set;

	if (!flags)
		flags = cpu_value(info, "Features");
	if (model)
		fprintf(out, "CPU: %s\n", model);
	if (!sched_getaffinity(0, sizeof set, &set))
		fprintf(out, "usable hardware threads: %d\n", CPU_COUNT(&set));
	if (flags)
		put_vectors(out, flags);
	put_caches(out);
	free(info);
	free(model);
	free(flags);
}

/* The device's name in the last verdict of the ledger that is on file. */
static char *device_name(const char *device, const char *experiments,
                         const struct ledger *l)
{
	char *name = NULL;

	for (size_t i = l->count; i-- > 0 && !name;) {
		const struct ledger_entry *e = &l->item[i];
		struct verdict v;
		struct fault ignored;
		char *path;

		if (strcmp(e->device, device))
			continue;
		path = xasprintf("%s/%s/verdict.json", experiments,
		                 e->experiment);
		if (!verdict_read(path, &v, &ignored)) {
			if (strcmp(v.device_name, "-"))
				name = plain(v.device_name,
				             strlen(v.device_name), 120);
			verdict_free(&v);
		}
		free(path);
	}
	return name;
}

static const struct gpu_kind *find_kind(const char *name)
{
	for (size_t i = 0; name && i < sizeof gpu_kinds / sizeof *gpu_kinds;
	     i++) {
		if (strstr(name, gpu_kinds[i].name))
			return &gpu_kinds[i];
	}
	return NULL;
}

static void put_gpu(FILE *out, const char *name)
{
	const struct gpu_kind *k = find_kind(name);

	fprintf(out, "GPU: %s\n", name);
	if (k)
		fprintf(out,
		        "by its data sheet: %d SMs, compute capability %.1f, "
		        "%.0f GB/s, %.0f MB of L2\n",
		        k->sms, k->capability, k->gb_s, k->l2_mb);
}

double machine_bandwidth(const char *device, const char *experiments,
                         const struct ledger *l)
{
	char *name = strcmp(device, "cuda")
	                     ? NULL
	                     : device_name(device, experiments, l);
	const struct gpu_kind *k = find_kind(name);

	free(name);
	return k ? k->gb_s : 0;
}

char *machine_facts(const char *device, const char *experiments,
                    const struct ledger *l)
{
	char *text, *name;
	size_t len;
	FILE *out = xmemstream(&text, &len);

	if (!strcmp(device, "cpu")) {
		put_cpu(out);
	} else {
		name = device_name(device, experiments, l);
		if (name)
			put_gpu(out, name);
		free(name);
	}
	fclose(out);
	return text;
}
