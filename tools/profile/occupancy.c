/* occupancy - how many warps of a kernel a multiprocessor holds at once */
#include "occupancy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGISTERS 65536
#define REGISTER_UNIT 256 /* a warp's registers are given in these */
#define SHARED_UNIT 128

/* CUDA C++ Programming Guide, "Technical specifications per compute
 * capability"; reserved is what the system takes of each block. */
static const struct {
	int arch, warps, blocks, shared, reserved;
} known[] = {
        {75, 32, 16, 64 << 10, 0},      {80, 64, 32, 164 << 10, 1024},
        {86, 48, 16, 100 << 10, 1024},  {87, 48, 16, 164 << 10, 1024},
        {89, 48, 24, 100 << 10, 1024},  {90, 64, 32, 228 << 10, 1024},
        {100, 64, 32, 228 << 10, 1024}, {103, 64, 32, 228 << 10, 1024},
        {120, 48, 24, 100 << 10, 1024},
};

static int round_up(int n, int unit)
{
	return (n + unit - 1) / unit * unit;
}

/* Keeps the smaller limit, and its name. */
static void limit(struct occupancy *o, int blocks, const char *name)
{
	if (blocks >= o->blocks)
		return;
	o->blocks = blocks;
	o->limit = name;
}

int occupancy_compute(const char *arch, int registers, int shared, int threads,
                      struct occupancy *out)
{
	int number, warps = (threads + 31) / 32, a_warp, a_block;
	size_t i = 0, count = sizeof known / sizeof *known;

	if (strncmp(arch, "sm_", 3) || threads < 1 || threads > 1024 ||
	    registers < 1 || registers > 255 || shared < 0 || shared > 1 << 20)
		return -1;
	number = atoi(arch + 3);
	while (i < count && known[i].arch != number)
		i++;
	if (i == count)
		return -1;
	a_warp = round_up(registers * 32, REGISTER_UNIT);
	a_block = round_up(shared + known[i].reserved, SHARED_UNIT);
	*out = (struct occupancy){.blocks = known[i].blocks,
	                          .of = known[i].warps,
	                          .limit = "blocks"};
	limit(out, known[i].warps / warps, "warps");
	/* Warps are shared out among four parts, each with its registers. */
	limit(out, REGISTERS / 4 / a_warp * 4 / warps, "registers");
	if (a_block)
		limit(out, known[i].shared / a_block, "shared memory");
	out->warps = out->blocks * warps;
	return out->blocks ? 0 : -1;
}
