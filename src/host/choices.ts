/** The values that the options of `guesthead host` choose from. */

/** How the host shows the guest's heads. */
export const hostDisplays = ['gtk', 'spice', 'dbus', 'none'] as const;
export type HostDisplay = (typeof hostDisplays)[number];

/** `auto`: KVM where this host's QEMU starts a machine with it, else emulation. */
export const hostAccelerators = ['auto', 'kvm', 'tcg'] as const;
export type HostAccelerator = (typeof hostAccelerators)[number];
