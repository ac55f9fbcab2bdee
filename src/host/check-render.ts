/** Check of the host's own GPU: the one that a UI with GL shows the buffers with. */
import { check, judged, type Finding, type HostCheck } from './check.js';
import type { HostDisplay } from './choices.js';
import type { HostFiles } from './host-files.js';

/** `vfio`: the GPU to pass through, whose node the host is about to lose. */
export function checkRenderNode(
  files: HostFiles,
  display: HostDisplay | undefined,
  vfio: string | undefined,
): HostCheck {
  const needed = display !== undefined && display !== 'none';
  const why = "A UI with GL imports the buffers into a GPU of the host's, one that is not passed through.";
  return check('render-node', needed, why, renderNode(files, vfio));
}

function renderNode(files: HostFiles, vfio: string | undefined): Finding {
  const isTheHosts = (name: string) => vfio === undefined || files.linkName(`/sys/class/drm/${name}/device`) !== vfio;
  const nodes = files.names('/sys/class/drm').filter((name) => name.startsWith('renderD') && isTheHosts(name));
  const here = nodes.filter((name) => files.exists(`/dev/dri/${name}`));
  const described = nodes.map((name) => {
    const driver = files.linkName(`/sys/class/drm/${name}/device/driver`) ?? 'unknown driver';
    return `/dev/dri/${name} (${driver}${faultOf(files, name)})`;
  });
  const none = `no render node${vfio === undefined ? '' : ' but what is passed through'}`;
  return {
    status: judged(here.some((name) => files.mayUse(`/dev/dri/${name}`))),
    found: nodes.length === 0 ? `${none}${withoutDrm(files, vfio)}` : described.join(', '),
    advice: adviceOn(files, vfio, nodes, here),
  };
}

function faultOf(files: HostFiles, name: string): string {
  if (!files.exists(`/dev/dri/${name}`)) return ', not in /dev';
  return files.mayUse(`/dev/dri/${name}`) ? '' : ', not permitted';
}

const orNone = 'without one choose --display none';

function adviceOn(
  files: HostFiles,
  vfio: string | undefined,
  nodes: readonly string[],
  here: readonly string[],
): string {
  if (here.length > 0) return `give the user the group render; ${orNone}`;
  if (nodes.length > 0) return `in a container give it the node (\`--device /dev/dri/${nodes[0] ?? ''}\`); ${orNone}`;
  if (withoutDrm(files, vfio) !== '')
    return `load nvidia-drm with mode setting, which NVIDIA’s driver needs for a render node: options nvidia-drm modeset=1 in /etc/modprobe.d; ${orNone}`;
  return `give the host a GPU with a Mesa driver, and its user the group render; ${orNone}`;
}

/** NVIDIA's own driver has a DRM device only with `modeset=1`, the default from version 560 on. */
function withoutDrm(files: HostFiles, vfio: string | undefined): string {
  const devices = files.names('/sys/bus/pci/drivers/nvidia').filter((name) => name.includes(':') && name !== vfio);
  return devices.length === 0 ? '' : `, though the driver nvidia has ${devices.join(', ')}`;
}
