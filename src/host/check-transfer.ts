/** Checks of a guest that runs, for the transfer: whether its QEMU answers, and whether its memory can be handed on. */
import { GuestheadError, messageOf } from '../errors.js';
import { loadNative } from '../native/index.js';
import { openQmp } from '../qmp/index.js';
import { openGuestMemory } from '../transfer/index.js';
import { check, type Finding, type HostCheck } from './check.js';

/** `qmp`: the socket that the broker is to use; nobody else may be connected to it. */
export async function checkTransfer(qmp: string): Promise<HostCheck[]> {
  const monitor = await answerOf(qmp);
  const memory = monitor.status === 'ok' ? await memoryOf(qmp) : unasked;
  return [
    check('qmp', true, 'The broker learns from QEMU where the memory of the guest lies.', monitor),
    check(
      'guest-pages',
      true,
      "The broker opens the guest's memory by /proc/PID/fd of QEMU, which Linux lets the same user do, or one with CAP_SYS_PTRACE (Yama's ptrace_scope does not matter), and makes dma-bufs of its pages.",
      memory,
    ),
  ];
}

const unasked: Finding = { status: 'unknown', found: 'QEMU does not answer' };

async function answerOf(path: string): Promise<Finding> {
  try {
    const qmp = await openQmp(path, loadNative());
    const { qemu } = (await qmp.execute('query-version').finally(() => qmp.close())) as QmpVersion;
    return { status: 'ok', found: `QEMU ${qemu.major}.${qemu.minor}.${qemu.micro} answers at ${path}` };
  } catch (error) {
    return failed(error);
  }
}

interface QmpVersion {
  readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number };
}

async function memoryOf(qmp: string): Promise<Finding> {
  try {
    const memory = await openGuestMemory({ qmp });
    memory.close();
    if (memory.kind === 'dma-buf') return { status: 'ok', found: 'its memory can be handed on as dma-bufs' };
    return {
      status: 'no',
      found: `its memory can only be mapped in the broker's own process: ${memory.whyMapped ?? ''}`,
      advice: 'load udmabuf and open /dev/udmabuf to the broker; the guest’s memory is to be a memory-backend-memfd',
    };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Finding {
  const advice = error instanceof GuestheadError ? error.advice : undefined;
  return { status: 'no', found: messageOf(error), ...(advice !== undefined && { advice }) };
}
