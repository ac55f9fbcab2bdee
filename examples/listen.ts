/** Listens in on heads that another part of the program flips: no reference to a head is needed. Here both parts are one file. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  createPattern,
  headChannels,
  openHead,
  restoreOnSignals,
  type FaultMessage,
  type FlipMessage,
} from 'guesthead';

const late = new Map<string, number>();

const onFlip = (message: unknown): void => {
  const { connector, flip } = message as FlipMessage;
  late.set(connector, (late.get(connector) ?? 0) + flip.missed);
};
const onFault = (message: unknown): void => {
  const { connector, fault } = message as FaultMessage;
  console.error(`${connector}: ${fault.code}: ${fault.message}`);
};
subscribe(headChannels.flip, onFlip);
subscribe(headChannels.fault, onFault);

restoreOnSignals(); // it has no handlers of its own
const head = await openHead();
const bars = createPattern('bars');
const flips = head.flips((frame) => {
  bars.draw(frame, frame.number, frame.age);
});
await new Promise<void>((resolve, reject) => {
  const flipping = flips.subscribe({
    next: ({ frame }) => {
      if (frame < 150) return;
      flipping.unsubscribe(); // the screen shows again what it showed before
      resolve();
    },
    error: reject,
  });
});

unsubscribe(headChannels.flip, onFlip);
unsubscribe(headChannels.fault, onFault);
const { frames, flipsPerSecond, latencyMs } = head.stats();
console.log(JSON.stringify({ frames, flipsPerSecond, latencyMs, late: Object.fromEntries(late) }));
await head.close();
