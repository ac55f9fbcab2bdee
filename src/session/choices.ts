/** Who opens the display and the input devices. */

/** `auto`: by libseat where a seat daemon or a session of logind's is there for this process, else by itself. */
export const seatChoices = ['auto', 'libseat', 'direct'] as const;
export type SeatChoice = (typeof seatChoices)[number];
