/** Runs `body`; resolves with the messages of the errors that nobody caught meanwhile. */
export async function uncaughtDuring(body: () => Promise<void>): Promise<string[]> {
  const messages: string[] = [];
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', ({ message }) => messages.push(message));
  try {
    await body();
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  }
  return messages;
}
