/** The values that the options of `guesthead lab` choose from. */

/** QEMU's names of its PCs: with a Q35 chipset, PCI Express; with an i440FX, PCI. They place RAM above 4 GiB differently. */
export const labMachines = ['q35', 'pc'] as const;
export type LabMachine = (typeof labMachines)[number];

/** Processors of a guest: what an i440FX takes. */
export const mostCpus = 255;
