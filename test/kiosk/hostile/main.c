/**
 * `hostile SOCKET MODE`: a client that does one thing which none should, and says how that ended:
 * `error INTERFACE CODE TEXT` where it was told one, then `ended` where the server has hung up, or
 * `lives`.
 */
#include <stdio.h>
#include <string.h>

#include "modes.h"
#include "wire.h"

static int run(const struct mode *modes, const char *name)
{
	for (; modes->name != NULL; ++modes) {
		if (strcmp(modes->name, name) != 0)
			continue;
		modes->run();
		return 1;
	}
	return 0;
}

int main(int count, char **arguments)
{
	if (count != 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	wire_connect(arguments[1]);
	const struct mode *const all[] = {floods, buffers, roles, values};
	int found = 0;
	for (int index = 0; index < 4 && !found; ++index)
		found = run(all[index], arguments[2]);
	if (!found) {
		fprintf(stderr, "there is no mode %s\n", arguments[2]);
		return 2;
	}
	puts(wire_sync() ? "lives" : "ended");
	return 0;
}
