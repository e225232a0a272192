#include "fast.h"
#include <chrono>
#include <cstdio>

int main()
{
	std::vector<double> x(20000, 1.5);
	volatile double sink = 0;
	auto start = std::chrono::steady_clock::now();

	for (int i = 0; i < 50; i++)
		sink = sink + total(x);
	std::chrono::duration<double, std::micro> took =
	        std::chrono::steady_clock::now() - start;
	std::printf("total of %zu\n%.3f\n", x.size(), took.count() / 50);
}
