/** Mouse, wheel and touch on a chart. */
import type { TimeView } from './time-view.js';

const pixelsALine = 16;
const zoomAPixel = 0.002;

/** The time under a finger or the pressed mouse, which stays under it. */
interface Anchor {
  readonly atUs: number;
  x: number;
}

/** `point` is told the time, and the height within the element, that is pointed at. */
export function attachGestures(over: HTMLElement, view: TimeView, point: (atUs: number, top: number) => void): void {
  const anchors = new Map<number, Anchor>();
  const timeAt = (x: number) => view.min + (x / over.clientWidth) * view.span;
  const pointAt = (event: PointerEvent) => point(timeAt(leftOf(event, over)), topOf(event, over));

  over.addEventListener('pointerdown', (event) => {
    const x = leftOf(event, over);
    over.setPointerCapture(event.pointerId);
    anchors.set(event.pointerId, { atUs: timeAt(x), x });
    pointAt(event);
  });
  over.addEventListener('pointermove', (event) => {
    const anchor = anchors.get(event.pointerId);
    if (anchor === undefined) {
      pointAt(event);
      return;
    }
    anchor.x = leftOf(event, over);
    follow([...anchors.values()], view, over.clientWidth);
  });
  for (const name of ['pointerup', 'pointercancel', 'lostpointercapture'] as const)
    over.addEventListener(name, (event) => {
      anchors.delete(event.pointerId);
    });
  over.addEventListener('dblclick', () => view.reset());
  over.addEventListener('wheel', (event) => {
    if (turn(event, view, timeAt(leftOf(event, over)), over.clientWidth)) event.preventDefault(); // else the page scrolls
  });
}

/** One anchor moves what is shown, two also stretch it. */
function follow([one, other]: readonly Anchor[], view: TimeView, width: number): void {
  if (one === undefined) return;
  const apart = other === undefined ? 0 : other.x - one.x;
  const stretched = other === undefined || apart === 0 ? 0 : ((other.atUs - one.atUs) / apart) * width;
  const span = stretched > 0 ? stretched : view.span;
  const min = one.atUs - (one.x / width) * span;
  view.show(min, min + span);
}

function turn(event: WheelEvent, view: TimeView, atUs: number, width: number): boolean {
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : pixelsALine;
  const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
  if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) return view.pan((sideways * unit) / width);
  return view.zoom(Math.exp(event.deltaY * unit * zoomAPixel), atUs);
}

function leftOf(event: MouseEvent, over: HTMLElement): number {
  return event.clientX - over.getBoundingClientRect().left;
}

function topOf(event: MouseEvent, over: HTMLElement): number {
  return event.clientY - over.getBoundingClientRect().top;
}
