/** Memory-backends that are a device's: what an ivshmem shows in its BAR looks like RAM in QEMU's map, and is other machines' too. */
import type { Qmp } from '../../../qmp/index.js';

/** Devices whose memory is the guest's RAM: plugged into it, and its own. */
const dimms: readonly string[] = ['pc-dimm', 'virtio-mem-pci'];

/** Where QEMU keeps devices, with an id and without. */
const places = ['/machine/peripheral', '/machine/peripheral-anon'];

/** Their paths in QEMU's object model, as the map names owners. Throws ERR_QEMU where QEMU does not list its devices. */
export async function backendsOfDevices(qmp: Pick<Qmp, 'execute'>): Promise<ReadonlySet<string>> {
  const devices = (await Promise.all(places.map((place) => devicesIn(qmp, place)))).flat();
  const backends = await Promise.all(devices.map((path) => memdevOf(qmp, path)));
  return new Set(backends.filter((path) => path !== undefined));
}

async function devicesIn(qmp: Pick<Qmp, 'execute'>, place: string): Promise<string[]> {
  const entries = (await qmp.execute('qom-list', { path: place })) as {
    readonly name: string;
    readonly type: string;
  }[];
  return entries
    .map(({ name, type }) => ({ name, kind: /^child<(.+)>$/.exec(type)?.[1] }))
    .filter(({ kind }) => kind !== undefined && !dimms.includes(kind))
    .map(({ name }) => `${place}/${name}`);
}

/** Undefined for a device that has none, or that goes at this moment: most have no such property. */
async function memdevOf(qmp: Pick<Qmp, 'execute'>, path: string): Promise<string | undefined> {
  const backend = await qmp.execute('qom-get', { path, property: 'memdev' }).catch(() => undefined);
  return typeof backend === 'string' && backend !== '' ? backend : undefined;
}
