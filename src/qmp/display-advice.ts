/** What brings the D-Bus display to a QEMU that has it not. */
export const displayAdvice =
  'start QEMU with -display dbus,p2p=on; where it does not know that, install qemu-system-modules-opengl (Debian 13, Ubuntu 24.04) or qemu-ui-dbus (Fedora, Arch)';
