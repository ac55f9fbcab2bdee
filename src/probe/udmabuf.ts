/** The guest's own /dev/udmabuf, which the buffer path of the same name needs. */
import { no, ok, unknown, type Question } from './check.js';
import { systemFiles, type Files } from './files.js';
import { adviceFor, describeAccess } from './permissions.js';
import type { Check, HeadFacts } from './report.js';

const node = '/dev/udmabuf';
const parameters = '/sys/module/udmabuf/parameters';
const MiB = 2 ** 20;
const bytesPerPixel = 4;

const udmabufInContainer =
  'give it to the container: `--device /dev/udmabuf` (Docker, Podman); newer versions of Flatpak do so with `--device=dri`';

/** `heads` are those of the display: a buffer is as large as their largest preferred mode. */
export function checkUdmabuf(heads: readonly HeadFacts[], files: Files = systemFiles): Check[] {
  return [checkNode(files), checkLimits(heads, files)];
}

function checkNode(files: Files): Check {
  const why = 'the path udmabuf makes dma-bufs of ordinary memory, for pictures that the CPU draws';
  const question: Question = { id: 'udmabuf.node', why, device: node };
  const access = files.access(node);
  if (access === undefined && files.text('/sys/class/misc/udmabuf/dev') !== undefined)
    return no(question, 'the kernel has it, but /dev lacks it', udmabufInContainer);
  if (access === undefined)
    return no(
      question,
      'missing',
      'use a guest kernel with CONFIG_UDMABUF, and load it where it is a module (`modprobe udmabuf`)',
    );
  const found = describeAccess(access, files);
  return access.open
    ? ok(question, found)
    : no(question, `${found}: closed to this user`, adviceFor(access, files, 'e.g. kvm'));
}

function checkLimits(heads: readonly HeadFacts[], files: Files): Check {
  const why =
    'a buffer above the limit is refused; the host has limits of its own, which `guesthead host check` reads there';
  const question: Question = { id: 'udmabuf.limits', why, device: node };
  const read = (name: string) => files.text(`${parameters}/${name}`)?.trim();
  const [list, size] = [read('list_limit'), read('size_limit_mb')];
  if (list === undefined || size === undefined) return unknown(question, `${parameters} is not there`);
  const found = `list_limit ${list}, size_limit_mb ${size}`;
  const needed = Math.ceil(largestBuffer(heads) / MiB);
  if (needed <= Number(size)) return ok(question, found);
  const advice = `as root: \`echo ${needed} > ${parameters}/size_limit_mb\``;
  return no(question, `${found}; the largest head needs ${needed} MiB a buffer`, advice);
}

function largestBuffer(heads: readonly HeadFacts[]): number {
  const sizes = heads.map(({ modes }) => {
    const mode = modes.find(({ preferred }) => preferred) ?? modes[0];
    return mode === undefined ? 0 : mode.width * mode.height * bytesPerPixel;
  });
  return Math.max(0, ...sizes);
}
