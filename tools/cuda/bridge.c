/* bridge - our programs as a library, for a run that is Python
 *
 * tools/torch/bridge.py loads it and calls these functions: one process, in
 * which Python begins, ours does what capture or a reference's launcher does,
 * and Python is called back as the kernel.
 */
#include "bridge.h"
#include "capture_calls.h"
#include "cuda.h"
#include "hooks.h"
#include "reference.h"
#include "side.h"
#include "tool.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* Says who speaks and where, and finds what is beside this library. */
static void begin(const char *name, int words)
{
	FILE *out = fdopen(words, "w");
	Dl_info own;

	if (dladdr(__func__, &own))
		tool_is_library(own.dli_fname);
	if (out) {
		setvbuf(out, NULL, _IONBF, 0);
		stderr = out;
	}
	program_invocation_short_name = (char *)(uintptr_t)name;
}

void bridge_capture(ratchet_kernel *run, int words)
{
	begin("capture", words);
	capture_calls(run);
}

void bridge_reference(ratchet_kernel *run, const char *job, int words)
{
	begin("launcher", words);
	reference_serve(job, run);
	_exit(0);
}

void bridge_host(ratchet_kernel *run, int is_writable, int words)
{
	begin("launcher", words);
	side_serve(is_writable ? SIDE_HOST_WRITABLE : SIDE_HOST, run);
	_exit(0);
}

void *bridge_stream(void)
{
	return hooks.stream;
}

void bridge_fail(const char *kind, const char *message)
{
	TVMFFIErrorSetRaisedFromCStr(kind, message);
}

int bridge_module(void *handle, const void *code, size_t len)
{
	return capture_module(handle, code, len);
}

static int is_scratch(uint64_t address)
{
	return address >= hooks.scratch &&
	       address - hooks.scratch < hooks.scratch_bytes;
}

/* What does not fit, as when Triton's autotuner measures, is memory that no
 * launcher has; it cannot be had while a stream is captured. */
void *bridge_allocate(ssize_t bytes, int device, void *stream)
{
	void *p = hooks_allocate((size_t)bytes);
	cu_address address = 0;

	(void)device;
	(void)stream;
	if (!p && !hooks.is_captured &&
	    !cuda.cuMemAlloc(&address, (size_t)bytes))
		p = (void *)(uintptr_t)address;
	return p;
}

void bridge_release(void *p, ssize_t bytes, int device, void *stream)
{
	(void)bytes;
	(void)device;
	(void)stream;
	if (!is_scratch((uint64_t)(uintptr_t)p))
		cuda.cuMemFree((cu_address)(uintptr_t)p);
}
