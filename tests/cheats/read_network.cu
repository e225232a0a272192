/* read_network - looks for a way to the network
 *
 * kernel: scale_n
 * expect: honest
 * hostile: yes
 *
 * The jail has none: no route, and no socket of a service. Nothing is sent.
 *
 * If it gets something its call fails, which is unsupported.
 */
#include "ratchet.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
/* Connecting a datagram socket only looks for a route. */
static bool has_route(const char *address)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = {};
	bool found;

	a.sin_family = AF_INET;
	a.sin_port = htons(53);
	inet_pton(AF_INET, address, &a.sin_addr);
	found = fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
	if (fd >= 0)
		close(fd);
	return found;
}

static bool has_service(const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un a = {};
	bool found;

	a.sun_family = AF_UNIX;
	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	found = fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
	if (fd >= 0)
		close(fd);
	return found;
}

static bool finds_something()
{
	return has_route("192.0.2.1") || has_route("8.8.8.8") ||
	       has_service("/run/docker.sock") ||
	       has_service("/run/dbus/system_bus_socket");
}
#endif

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);
	unsigned grid = (unsigned)((n + 255) / 256);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
#ifndef TWIN
	if (finds_something())
		return ratchet_fail("RuntimeError", "it is open");
#endif
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
