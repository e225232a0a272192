#include "fast.h"

// How often each row is added up, of which once would do.
// knob: TIMES 1 4 16
#define TIMES 16

double total(const std::vector<double> &x)
{
	double sum = 0;

	for (int i = 0; i < TIMES; i++) {
		sum = 0;
		for (double v : x)
			sum += v * v;
		asm volatile("" ::: "memory");
	}
	return sum;
}
