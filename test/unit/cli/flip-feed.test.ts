import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Observable, Subject } from 'rxjs';
import { FlipFeed, type Ending } from '../../../src/cli/flip-feed.js';
import { GuestheadError } from '../../../src/errors.js';
import type { Flip } from '../../../src/loop/index.js';

const flip = (sequence: number) => ({ sequence }) as Flip;
const draw = () => undefined;

class Heard {
  readonly flips: number[] = [];
  readonly endings: Ending[] = [];
  readonly onFlip = ({ sequence }: Flip) => void this.flips.push(sequence);
  readonly onEnd = (ending: Ending) => void this.endings.push(ending);
}

function listening(feed: FlipFeed): Heard {
  const heard = new Heard();
  feed.listen(heard.onFlip, heard.onEnd);
  return heard;
}

describe('FlipFeed', () => {
  it('subscribes once, whoever listens, and gives the screen back when stopped', () => {
    let [subscribed, unsubscribed] = [0, 0];
    const flips$ = new Observable<Flip>(() => {
      subscribed++;
      return () => unsubscribed++;
    });
    const feed = new FlipFeed({ flips: () => flips$ }, draw);
    listening(feed);
    listening(feed);
    assert.deepEqual([subscribed, unsubscribed], [1, 0]);
    feed.stop();
    assert.deepEqual([subscribed, unsubscribed], [1, 1]);
  });

  it('tells each flip to the last who listened, and to nobody once ignored', () => {
    const flips$ = new Subject<Flip>();
    const feed = new FlipFeed({ flips: () => flips$ }, draw);
    flips$.next(flip(1));
    const first = listening(feed);
    flips$.next(flip(2));
    const second = listening(feed);
    flips$.next(flip(3));
    feed.ignore();
    flips$.next(flip(4));
    assert.deepEqual([first.flips, second.flips], [[2], [3]]);
  });

  it('tells how the flips ended, also to who listens only then', () => {
    const flips$ = new Subject<Flip>();
    const feed = new FlipFeed({ flips: () => flips$ }, draw);
    const before = listening(feed);
    const error = new GuestheadError('ERR_DEVICE_LOST', 'gone');
    flips$.error(error);
    assert.deepEqual([before.endings, listening(feed).endings], [[{ error }], [{ error }]]);
  });

  it('tells an end that is no failure, and gives the error of a system call a code', () => {
    const ended = new Subject<Flip>();
    const completed = listening(new FlipFeed({ flips: () => ended }, draw));
    ended.complete();
    assert.deepEqual(completed.endings, [{ error: undefined }]);
    const failing = new Subject<Flip>();
    const failed = listening(new FlipFeed({ flips: () => failing }, draw));
    failing.error(Object.assign(new Error('EIO'), { errno: -5, syscall: 'read' }));
    const [ending] = failed.endings;
    assert.ok(ending?.error instanceof GuestheadError && ending.error.code === 'ERR_SYSTEM');
  });

  it('says nothing of an end once stopped', () => {
    const flips$ = new Subject<Flip>();
    const feed = new FlipFeed({ flips: () => flips$ }, draw);
    const heard = listening(feed);
    feed.stop();
    flips$.error(new Error('later'));
    assert.deepEqual(heard.endings, []);
  });
});
