#!/usr/bin/env node
/**
 * The pictures of docs/fences.md, drawn from a trace of `guesthead run --trace`:
 *   node scripts/docs/trace-picture.mjs TRACE.json FIRST LAST > docs/pictures/NAME.svg
 * shows the time from the flip of frame FIRST to the flip of frame LAST. Where TRACE.json has no such frame it throws.
 */
import { readFileSync } from 'node:fs';

const [file, first, last] = process.argv.slice(2);
const { traceEvents: events } = JSON.parse(readFileSync(file, 'utf8'));
const flips = events.filter(({ name, pid }) => name === 'flip' && pid === 1);
const flipOf = (frame) => flips.find(({ args }) => args.frame === Number(frame)).ts;
const [from, to] = [flipOf(first), flipOf(last)];
const spare = (to - from) * 0.06;
const [start, end] = [from - spare, to + spare];

const [left, width, laneHeight, gap] = [130, 900, 22, 6];
const x = (ts) => left + ((Math.min(Math.max(ts, start), end) - start) / (end - start)) * (width - left - 10);
const colours = {
  drawing: '#7fb2e5',
  ready: '#cfe3f7',
  queued: '#f4b860',
  current: '#7cc47f',
  draining: '#b79ad6',
  commit: '#f4b860',
  flush: '#d9534f',
  wait: '#e8a9a7',
};
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A lane is a name and bars: { ts, dur, colour, label }. */
const named = new Map(
  events.filter(({ name }) => name === 'thread_name').map((e) => [`${e.pid}/${e.tid}`, e.args.name]),
);
const spansOn = (lane) => events.filter((e) => e.ph === 'X' && named.get(`${e.pid}/${e.tid}`) === lane);
const buffers = [...named.values()].filter((name) => name.startsWith('backbuffer')).sort();

function bufferLane(name) {
  const bars = spansOn(name).map(({ ts, dur, name: state, args }) => {
    const label = state === 'current' || state === 'draining' ? `${state} ${args.frame}` : state;
    return { ts, dur, colour: colours[state], label };
  });
  return { name, bars };
}

/** From the command to the host's answer. */
function flushLane() {
  const pairs = events.filter(({ ph, name }) => name === 'RESOURCE_FLUSH' && (ph === 'b' || ph === 'e'));
  const bars = pairs
    .filter(({ ph }) => ph === 'b')
    .map((begin) => {
      const over = pairs.find(({ ph, id, ts }) => ph === 'e' && id === begin.id && ts >= begin.ts);
      return { ts: begin.ts, dur: (over?.ts ?? end) - begin.ts, colour: colours.flush, label: 'flush' };
    });
  return { name: 'flush at the host', bars };
}

const commits = spansOn('commits').map(({ ts, dur, args }) => ({
  ts,
  dur,
  colour: colours.commit,
  label: `${args.frame}`,
}));
const waits = events
  .filter((e) => e.ph === 'X' && e.name === 'wait for a fence' && named.get(`${e.pid}/${e.tid}`)?.includes('kworker'))
  .map(({ ts, dur }) => ({ ts, dur, colour: colours.wait, label: 'wait' }));

const lanes = [
  { name: 'commit', bars: commits },
  flushLane(),
  { name: 'kernel waits', bars: waits },
  ...buffers.map(bufferLane),
];

const top = 30;
const height = top + lanes.length * (laneHeight + gap) + 24;
const out = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
  `<rect width="${width}" height="${height}" fill="#fff"/>`,
];
for (const { ts, args } of flips.filter((flip) => flip.ts >= start && flip.ts <= end)) {
  const at = x(ts).toFixed(1);
  out.push(`<line x1="${at}" x2="${at}" y1="${top - 8}" y2="${height - 24}" stroke="#333" stroke-dasharray="3 3"/>`);
  const text = `flip ${args.frame}${args.tearRisk ? ': tear risk' : ''}`;
  out.push(`<text x="${at}" y="${top - 13}" text-anchor="middle" fill="#111">${text}</text>`);
}
for (const [index, { name, bars }] of lanes.entries()) {
  const y = top + index * (laneHeight + gap);
  out.push(`<text x="${left - 8}" y="${y + 15}" text-anchor="end" fill="#111">${escape(name)}</text>`);
  for (const { ts, dur, colour, label } of bars.filter((bar) => bar.ts + bar.dur >= start && bar.ts <= end)) {
    const [a, b] = [x(ts), Math.max(x(ts + dur), x(ts) + 1.5)];
    out.push(
      `<rect x="${a.toFixed(1)}" y="${y}" width="${(b - a).toFixed(1)}" height="${laneHeight}" fill="${colour}"/>`,
    );
    if (b - a > label.length * 7.5)
      out.push(
        `<text x="${((a + b) / 2).toFixed(1)}" y="${y + 15}" text-anchor="middle" fill="#111">${escape(label)}</text>`,
      );
  }
}
const scaleMs = 10 ** Math.floor(Math.log10((end - start) / 2000));
const [a, b] = [x(start), x(start + scaleMs * 1000)];
out.push(
  `<line x1="${a}" x2="${b.toFixed(1)}" y1="${height - 12}" y2="${height - 12}" stroke="#111" stroke-width="2"/>`,
);
out.push(`<text x="${(b + 6).toFixed(1)}" y="${height - 8}" fill="#111">${scaleMs} ms</text>`, '</svg>');
console.log(out.join('\n'));
