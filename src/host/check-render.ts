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
  const nodes = files
    .names('/dev/dri')
    .filter((name) => name.startsWith('renderD'))
    .filter((name) => vfio === undefined || files.linkName(`/sys/class/drm/${name}/device`) !== vfio);
  const described = nodes.map((name) => {
    const driver = files.linkName(`/sys/class/drm/${name}/device/driver`) ?? 'unknown driver';
    return `/dev/dri/${name} (${driver}${files.mayUse(`/dev/dri/${name}`) ? '' : ', not permitted'})`;
  });
  return {
    status: judged(nodes.some((name) => files.mayUse(`/dev/dri/${name}`))),
    found:
      nodes.length === 0
        ? `no render node in /dev/dri${vfio === undefined ? '' : ' but what is passed through'}`
        : described.join(', '),
    advice: 'give the host a GPU with a Mesa driver, and its user the group render; without one choose --display none',
  };
}
