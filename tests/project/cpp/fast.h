#include <vector>

double total(const std::vector<double> &x);
