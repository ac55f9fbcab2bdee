/** `guesthead lab setup`, also from the installed package: the programs and the kernel that the lab needs, and nothing of a checkout. */
import { kernel } from './kernel.mjs';
import { programs } from './lab-programs.mjs';
import { showing } from './progress.mjs';
import { withSignals } from './run.mjs';

const steps = [programs, kernel];

/** Brings what is missing; rejects with a SetupError. Without `withKernel` a kernel is named on the command line. */
export async function setUpLab({ withKernel = true } = {}) {
  const open = steps.filter((step) => (withKernel || step !== kernel) && !step.isDone());
  await withSignals(async () => {
    for (const step of open) await showing(step.name, (tell) => step.bring(tell));
  });
}
