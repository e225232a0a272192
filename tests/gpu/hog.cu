/* hog - keeps the GPU busy for so many seconds, as somebody else's work would
 */
#include <cstdlib>
#include <ctime>

__global__ void spin(long long cycles)
{
	long long start = clock64();

	while (clock64() - start < cycles)
		;
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);

	while (time(NULL) < end) {
		spin<<<132, 128>>>(20000000);
		if (cudaDeviceSynchronize())
			return 1;
	}
	return 0;
}
