/** Which tests of the addon are one process: to start one takes longer than most of them run, many times so under a sanitizer. */

/**
 * What counts memory, descriptors or handles is alone, and so is what ends processes, or begins itself once more on a fake of its own. Those
 * on the fake kernel begin once more all together.
 */
const alone = /fuzz|hostile|explicit/;
const kinds = {
  kiosk: /^kiosk\b(?!-seat)/,
  'kiosk-seat': /^kiosk-seat/,
  kernel: /^(scanout-.*|dirty-framebuffer|sync-file)$/,
  calls:
    /^(allocator|arguments|bus-peer|copy|datagram|hypervisor|keymap|libraries|message-socket|page-runs|paint|pieces|sealed-file|uevents|wayland-server)$/,
};

/** The process's name; `file` has no folder. */
export function addonProgramOf(file) {
  const name = file.replace(/\.test\.ts$/, '');
  if (alone.test(name)) return name;
  return Object.keys(kinds).find((kind) => kinds[kind].test(name)) ?? name;
}
