/** What a head can be asked for: declared here and nowhere else. Loads nothing that the command would wait for. */
import { maxBuffers, minBuffers, pathNames } from '../buffer/choices.js';
import type { Declarations } from '../declare.js';
import { modeAdvice, modePattern } from '../kms/choices.js';

/** A timer of Node that is set to more goes off at once. */
const maxTimerMs = 2 ** 31 - 1;

export const headOptions = {
  /** A connector's name; default: the first that is connected and has no head yet. */
  connector: {
    kind: 'text',
    named: 'name of a connector',
    value: '<name>',
    says: 'a connector',
    otherwise: 'the first connected',
  },
  /** `1920x1080` or `1920x1080@60`; default: the connector's preferred mode. */
  mode: {
    kind: 'text',
    named: 'mode',
    value: '<WxH[@R]>',
    says: 'a mode of the connector',
    otherwise: 'the preferred one',
    pattern: modePattern,
    advice: modeAdvice,
  },
  /** How pixels come to the display; `auto`, the default, takes the first of import, udmabuf, export and copy that works. */
  path: {
    kind: 'choice',
    named: 'buffer path',
    value: '<name>',
    says: 'how pixels come to the display',
    choices: ['auto', ...pathNames],
    otherwise: 'auto; export with dirtyfb',
  },
  /** Who draws; for the GPU, `auto` passes over `udmabuf` where the GPU does not take such memory. Default `cpu`. */
  source: {
    kind: 'choice',
    named: 'source',
    value: '<who>',
    says: 'who draws',
    choices: ['cpu', 'gpu'],
    standard: 'cpu',
  },
  /** 2–16, default 4. */
  buffers: {
    kind: 'integer',
    named: 'number of buffers',
    says: `backbuffers, ${minBuffers} to ${maxBuffers}`,
    least: minBuffers,
    most: maxBuffers,
    standard: 4,
  },
  /**
   * All backbuffers before the first frame, or two, and another whenever a frame finds none free: for who shows
   * clients' own buffers and seldom draws. Default `ahead`.
   */
  allocation: {
    kind: 'choice',
    named: 'allocation',
    value: '<when>',
    says: 'all backbuffers ahead, or as they are needed',
    choices: ['ahead', 'on-demand'],
    standard: 'ahead',
  },
  /** Page flips, or one buffer of the display, drawn while shown and flushed by DIRTYFB. Default `flip`. */
  update: {
    kind: 'choice',
    named: 'way to update',
    value: '<how>',
    says: 'page flips, or one dumb buffer flushed by DIRTYFB',
    choices: ['flip', 'dirtyfb'],
    standard: 'flip',
  },
  /** Every frame in its turn, or always the newest. Default `fifo`. */
  presentMode: {
    kind: 'choice',
    named: 'present mode',
    value: '<order>',
    says: 'every frame in its turn, or always the newest',
    choices: ['fifo', 'mailbox'],
    standard: 'fifo',
  },
  /** Calls `draw` as late as its measured duration allows: the picture is fresher, a flip is missed sooner. */
  deadline: { kind: 'switch', says: 'draw as late as the measured drawing time allows' },
  /**
   * When the host resizes or unplugs the head: take the new preferred mode and wait for an
   * unplugged one, keep the mode, or end the stream. Default `follow`, or `keep` where `mode` is given.
   */
  onResize: {
    kind: 'choice',
    named: 'resize policy',
    value: '<what>',
    says: 'when the host resizes the head',
    choices: ['follow', 'keep', 'stop'],
    otherwise: 'follow; keep with --mode',
  },
  /** When a `draw` throws, rejects or never ends: end with ERR_DRAW, or report it and go on. Default `end`. */
  onDrawError: {
    kind: 'choice',
    named: 'draw error policy',
    value: '<what>',
    says: 'when a drawing fails',
    choices: ['end', 'skip'],
    standard: 'end',
  },
  /**
   * What may take so long, ms, before ERR_FLIP_TIMEOUT reports it: a flip, locked buffers, a `draw`; of that, the time
   * since the render GPU was done with its jobs, which have `timeoutMs` of `openGl`. Default 2000.
   */
  flipTimeoutMs: {
    kind: 'duration',
    named: 'time that can be waited for',
    says: 'report a flip that takes longer',
    mostMs: maxTimerMs,
    standard: 2000,
  },
} as const satisfies Declarations;
