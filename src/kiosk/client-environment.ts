/** What a program finds its compositor by. */

/** To be laid over this process's own environment; undefined: not to be handed on. */
export type ClientEnvironment = Readonly<Record<string, string | undefined>>;

export function clientEnvironment(folder: string, socket: string): ClientEnvironment {
  return {
    XDG_RUNTIME_DIR: folder,
    WAYLAND_DISPLAY: socket,
    XDG_SESSION_TYPE: 'wayland',
    // Other displays, which a client would rather take.
    WAYLAND_SOCKET: undefined,
    DISPLAY: undefined,
  };
}
