/** What hostile clients do; each mode's outcome stands in test/addon/kiosk-hostile.test.ts. */
#pragma once

struct mode {
	const char *name;
	void (*run)(void);
};

/** Each ends with a mode without a name. */
extern const struct mode floods[], buffers[], roles[], values[];
