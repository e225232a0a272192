/* host - the machine that judges, which need not be this one */
#include "host.h"
#include "cpu_name.h"
#include "gpus.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const known[] = {"gpu",  "arch",   "driver", "cpu",
                                    "node", "system", NULL};

static void look_here(struct host *host)
{
	struct cuda_device d;
	struct fault none;

	*host = (struct host){.is_here = 1};
	cpu_model(host->cpu, sizeof host->cpu);
	cpu_system(host->system, sizeof host->system);
	if (gethostname(host->node, sizeof host->node - 1))
		strcpy(host->node, "-");
	if (gpus_first(&d, &none))
		return;
	snprintf(host->gpu, sizeof host->gpu, "%s", d.name);
	snprintf(host->driver, sizeof host->driver, "%s", d.driver);
	/* With what only it has: wgmma, of sm_90a, is not in sm_90. */
	snprintf(host->arch, sizeof host->arch, "sm_%d%d%s", d.major, d.minor,
	         d.major >= 9 ? "a" : "");
}

static void take(const struct settings *s, const char *key, char *out,
                 size_t len)
{
	snprintf(out, len, "%s", settings_string(s, key, ""));
}

int host_read(struct host *host, struct fault *f)
{
	const char *path = getenv("FACTS");
	struct settings s;

	if (!path || !*path) {
		look_here(host);
		return 0;
	}
	if (settings_read(path, "", known, &s, f))
		return -1;
	*host = (struct host){.is_here = 0};
	take(&s, "gpu", host->gpu, sizeof host->gpu);
	take(&s, "arch", host->arch, sizeof host->arch);
	take(&s, "driver", host->driver, sizeof host->driver);
	take(&s, "cpu", host->cpu, sizeof host->cpu);
	take(&s, "system", host->system, sizeof host->system);
	take(&s, "node", host->node, sizeof host->node);
	settings_free(&s);
	return 0;
}

void host_print(FILE *out, const struct host *host)
{
	if (*host->gpu)
		fprintf(out, "gpu = %s\narch = %s\ndriver = %s\n", host->gpu,
		        host->arch, host->driver);
	fprintf(out, "cpu = %s\nsystem = %s\nnode = %s\n", host->cpu,
	        host->system, host->node);
}

const char *host_device_name(const struct host *host, const char *device)
{
	return strcmp(device, "cuda") ? host->cpu : host->gpu;
}

const char *host_driver(const struct host *host, const char *device)
{
	return strcmp(device, "cuda") ? host->system : host->driver;
}
