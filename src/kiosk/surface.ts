/** wl_surface: a client's picture, changed by commits. */
import { performance } from 'node:perf_hooks';
import type { Rectangle } from '../buffer/index.js';
import type { Clock } from '../loop/index.js';
import type { Resource } from '../wayland/index.js';
import { dropped, merged, PendingCommit, together, type Commit, type Offset } from './commit.js';
import { CommitQueue } from './commit-queue.js';
import type { BufferSync, Content } from './content.js';
import type { Feedback } from './feedback.js';
import type { Callback } from './frame-callbacks.js';
import {
  applied,
  initialState,
  isSameShape,
  onSurface,
  viewOf,
  type Given,
  type SurfaceState,
  type View,
} from './surface-state.js';
import { SurfaceTree } from './surface-tree.js';

/** What a surface is for: given once for its life. */
export interface Role {
  readonly name: string;
  /** Its commits wait for its parent's. */
  readonly synchronised?: boolean;
  /** Whether the client has an object for it, which it must end before the surface. */
  readonly hasObject?: boolean;
  /** Before a commit is taken over. Throws ProtocolError where the role forbids it. */
  precommit(attaches: boolean): void;
  /** After it was applied; `offset`: by how much the picture moved. */
  committed(offset: Offset): void;
  /** The surface goes; a role's object that is still there outlives it without one. */
  surfaceGone(): void;
}

/** A surface that stands on another one. */
export interface Child {
  /** Undefined once it has gone. */
  readonly surface: Surface | undefined;
  /** Of its upper left corner, in its parent's pixels. */
  readonly x: number;
  readonly y: number;
  /** One that it stands on waits for its parent no longer, and so perhaps nor does it. */
  freed(): void;
  parentGone(): void;
}

/** What says of a surface's buffers when they are drawn and free, in place of the kernel's own fences. */
export interface SurfaceSync {
  /** Throws ProtocolError where what was set does not fit what was attached since the last commit. */
  check(attached: Given<Content> | undefined): void;
  /** Of the buffer that is committed now. */
  take(): BufferSync | undefined;
}

/** What is told to whoever made it. */
export interface SurfaceHost {
  /** What it shows, or whether it shows anything, has changed. */
  readonly onApplied: (surface: Surface) => void;
  readonly onGone: (surface: Surface) => void;
  /** It is to be seen on some head now, or on none any more. */
  readonly onSeen?: ((surface: Surface) => void) | undefined;
  /** It commits a picture: what to tell how that ends; undefined: nobody asks. */
  readonly onPicture?: ((surface: Surface) => Feedback | undefined) | undefined;
  /** Of the times for which commits wait. */
  readonly clock?: Clock | undefined;
}

/** The surface behind an object that another request names. */
export type SurfaceOf = (resource: Pick<Resource<'wl_surface'>, 'handle'>) => Surface | undefined;

export class Surface {
  readonly tree = new SurfaceTree<Child>();
  /** Hears of the scale of each head that it comes to be seen on. */
  onScale: ((scale: number) => void) | undefined;
  /** Undefined: the kernel's fences do. */
  sync: SurfaceSync | undefined;
  #pending = new PendingCommit();
  /** Of a synchronised surface: what its parent's commit will apply. */
  #waiting: Commit | undefined;
  /** Of one that is not. */
  readonly #queue: CommitQueue;
  #state: SurfaceState = initialState;
  #view: View | undefined;
  /** In its own pixels; undefined: all of it. */
  #damage: readonly Rectangle[] | undefined = [];
  #callbacks: Callback[] = [];
  #waitingSince: number | undefined;
  #feedbacks: readonly Feedback[] = [];
  #role: Role | undefined;
  #roleName: string | undefined;
  #gone = false;
  /** On which it is to be seen. */
  readonly #heads = new Set<object>();

  constructor(
    readonly resource: Resource<'wl_surface'>,
    private readonly host: SurfaceHost,
  ) {
    this.#queue = new CommitQueue((commit) => {
      this.#apply(commit);
    }, host.clock);
  }

  get current(): SurfaceState {
    return this.#state;
  }

  /** What a commit would make of it now. */
  get upcoming(): SurfaceState {
    let state = this.#queue.changes.reduce(applied, this.#state);
    if (this.#waiting !== undefined) state = applied(state, this.#waiting.change);
    return applied(state, this.#pending.change);
  }

  /** Undefined where it shows nothing. */
  get view(): View | undefined {
    return this.#view;
  }

  /** Whether it shows a picture. */
  get mapped(): boolean {
    return this.#view !== undefined;
  }

  /** Whether it is to be seen on a head: it shows a picture that nothing hides. */
  get seen(): boolean {
    return this.#heads.size > 0;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** What requests have said since the last commit. */
  get pending(): PendingCommit {
    return this.#pending;
  }

  get role(): Role | undefined {
    return this.#role;
  }

  /** Whether it has, or is about to get, a picture. */
  get hasBuffer(): boolean {
    return this.mapped || this.upcoming.content !== undefined;
  }

  get synchronised(): boolean {
    return this.#role?.synchronised ?? false;
  }

  /** False where it has another already. The same again is an object of the same role after the one before has gone. */
  setRole(role: Role): boolean {
    if (this.#roleName !== undefined && this.#roleName !== role.name) return false;
    this.#role = role;
    this.#roleName = role.name;
    return true;
  }

  /** The role's object has gone: it can have another one of the same name only. */
  endRole(): void {
    this.#role = undefined;
  }

  /** Where its picture has changed since this was last asked, in its own pixels; undefined = all of it. */
  takeDamage(): readonly Rectangle[] | undefined {
    const damage = this.#damage;
    this.#damage = [];
    return damage;
  }

  get waitingSince(): number | undefined {
    return this.#waitingSince;
  }

  /** Whoever takes them takes the picture to the screen, and tells them when it came there; or nobody sees it. */
  takeCallbacks(): Callback[] {
    this.#waitingSince = undefined;
    this.#queue.clearBarrier();
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    return callbacks;
  }

  takeFeedbacks(): readonly Feedback[] {
    const feedbacks = this.#feedbacks;
    this.#feedbacks = [];
    return feedbacks;
  }

  /** A frame that took them along was not shown. */
  giveBack(callbacks: readonly Callback[]): void {
    if (!this.#gone) this.#wait([...callbacks, ...this.#callbacks.splice(0)]);
  }

  commit(): void {
    const pending = this.#pending;
    this.#role?.precommit(pending.change.content?.value !== undefined);
    this.#pending = new PendingCommit();
    const order = this.tree.commit();
    if (order !== undefined) pending.setEffect('order', order);
    for (const { surface } of this.tree.children) surface?.giveWaitingTo(pending);
    const { content } = pending.change;
    if (content?.value !== undefined) {
      const sync = this.sync?.take();
      content.value.use(sync);
      pending.change.content = { value: content.value, sync };
      this.#watch(pending);
    }
    if (this.synchronised) pending.waitsForBarrier = false;
    const commit = merged(this.#waiting, pending);
    this.#waiting = undefined;
    if (this.synchronised) this.#waiting = commit;
    else this.#queue.add(commit);
  }

  /** Its commits wait for its parent's no longer. */
  applyWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) this.#queue.add(waiting);
  }

  /** What waits for a commit of its parent's is applied with this one. */
  giveWaitingTo(commit: PendingCommit): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) commit.takeChild(this, this.#queue.take(waiting));
  }

  /** Its parent's commit was applied, with which this one waited; what it had committed for itself before comes first. */
  applyTaken(commit: Commit): void {
    if (this.#gone) {
      dropped(commit);
      return;
    }
    this.#queue.reachTurn(commit);
    this.#apply(commit);
    this.#queue.endTurn(commit);
  }

  /** Its parent's commit is never applied, nor is this one. */
  dropTaken(commit: Commit): void {
    dropped(commit);
    this.#queue.endTurn(commit);
  }

  /** As `Content.whenDrawn`, of what it has committed for itself. */
  whenDrawn(tell: () => void): (() => void) | undefined {
    return this.#queue.whenDrawn(tell);
  }

  /** Commits that ask for it wait until this picture is taken to the screen, or for a second while nobody sees it. */
  setBarrier(): void {
    this.#queue.setBarrier();
    this.#waitingSince ??= performance.now();
  }

  /** It is to be seen on a head, or is not any more. */
  seenOn(head: object, isSeen: boolean): void {
    const before = this.seen;
    if (isSeen) this.#heads.add(head);
    else this.#heads.delete(head);
    if (this.seen !== before) this.host.onSeen?.(this);
  }

  /** One of its subsurfaces has gone. */
  childLeft(): void {
    if (!this.#gone) this.host.onApplied(this);
  }

  /** Its object has gone. */
  end(): void {
    this.#gone = true;
    for (const head of [...this.#heads]) this.seenOn(head, false);
    this.#state.content?.release();
    if (this.#waiting !== undefined) dropped(this.#waiting);
    this.#queue.drop();
    for (const feedback of [...this.#feedbacks, ...this.#pending.feedbacks]) feedback.discard();
    this.#state = initialState;
    this.#view = undefined;
    this.#role?.surfaceGone();
    for (const child of this.tree.children) child.parentGone();
    this.host.onGone(this);
  }

  #watch(pending: PendingCommit): void {
    const watch = this.host.onPicture?.(this);
    if (watch !== undefined) pending.addFeedback(watch);
  }

  #apply(commit: Commit): void {
    const before = this.#state;
    if (commit.change.content !== undefined) before.content?.release();
    this.#state = applied(before, commit.change);
    if (!isSameShape(before, this.#state)) this.#reshape();
    this.#addDamage(commit);
    this.#wait(commit.callbacks);
    for (const feedback of this.#feedbacks) feedback.discard();
    this.#feedbacks = commit.feedbacks;
    for (const effect of commit.effects.values()) effect();
    for (const [child, taken] of commit.children) child.applyTaken(taken);
    this.#role?.committed(commit.offset);
    this.host.onApplied(this);
  }

  /** They are this one's from now on. */
  #wait(callbacks: Callback[]): void {
    this.#callbacks = this.#callbacks.length === 0 ? callbacks : [...this.#callbacks, ...callbacks];
    if (this.#callbacks.length > 0) this.#waitingSince ??= performance.now();
  }

  /** A view of another size or shape is all new. */
  #reshape(): void {
    const before = this.#view;
    const view = viewOf(this.#state);
    this.#view = view;
    if (view === undefined || before?.toBuffer.some((value, index) => value !== view.toBuffer[index]) !== false)
      this.#damage = undefined;
  }

  #addDamage({ damage, bufferDamage }: Commit): void {
    const view = this.#view;
    if (view === undefined || this.#damage === undefined) return;
    const drawn =
      bufferDamage.length === 0
        ? damage
        : together(
            damage,
            bufferDamage.map((box) => onSurface(view, box)),
          );
    this.#damage = together(this.#damage, drawn);
  }
}
