#include "fast.h"

int main()
{
	std::vector<double> x(1000, 2.0);

	return total(x) == 4000 ? 0 : 1;
}
