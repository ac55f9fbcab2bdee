/** What becomes of a command whose output nobody reads any more: `guesthead --help | head -3`. */

/** As a shell says of a program that SIGPIPE has ended, which Node ignores: 128 and the signal's number. */
const readerGoneStatus = 141;

/** Ends the process quietly, which gives the screen back, when standard output has lost its reader; standard error may lose its own. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(readerGoneStatus);
    throw error;
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
