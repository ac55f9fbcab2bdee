/**
 * Which pages the host knows, by which number, and when they may go:
 *
 *   unknown ──register──► registering ──registered──► registered
 *      ▲  └────────────────────┴── refused, unregistered, hang-up ─┘
 *
 *   any ──retire──► parked (where a consumer may hold them) ──unregistered──► gone
 *                └► gone (where none ever could)
 *
 * Pages that a consumer may hold are never given back to the kernel before the broker says that nobody holds them: what the
 * kernel puts there next would be shown to the host. Pure bookkeeping.
 */
type Knowledge = 'unknown' | 'registering' | 'registered';

interface Entry<M> {
  readonly memory: M;
  knowledge: Knowledge;
  /** It was exported, and the broker has not said since that nobody holds it. */
  mayBeHeld: boolean;
  parked: boolean;
}

export class PageLedger<M> {
  readonly #entries = new Map<number, Entry<M>>();
  #next = 1;

  /** The number by which the host is to know it; none is given twice. */
  add(memory: M): number {
    const number = this.#next++;
    this.#entries.set(number, { memory, knowledge: 'unknown', mayBeHeld: false, parked: false });
    return number;
  }

  isRegistered(number: number): boolean {
    return this.#entries.get(number)?.knowledge === 'registered';
  }

  /** The host is neither told of it nor knows it. */
  isUnknown(number: number): boolean {
    return this.#entries.get(number)?.knowledge === 'unknown';
  }

  /** Those that the host shall get to know: in use, and not told of. */
  unknown(): number[] {
    return [...this.#entries]
      .filter(([, { knowledge, parked }]) => knowledge === 'unknown' && !parked)
      .map(([number]) => number);
  }

  /** The host is being told; false where it was before. */
  register(number: number): boolean {
    const entry = this.#entries.get(number);
    if (entry?.knowledge !== 'unknown' || entry.parked) return false;
    entry.knowledge = 'registering';
    return true;
  }

  /** False for what was not being registered. */
  registered(number: number): boolean {
    const entry = this.#entries.get(number);
    if (entry?.knowledge !== 'registering') return false;
    entry.knowledge = 'registered';
    return true;
  }

  /** The host does not take it, or could not be told. */
  refused(number: number): void {
    const entry = this.#entries.get(number);
    if (entry?.knowledge === 'registering') entry.knowledge = 'unknown';
  }

  /** From now on a consumer may hold it. */
  exported(number: number): void {
    const entry = this.#entries.get(number);
    if (entry !== undefined) entry.mayBeHeld = true;
  }

  /**
   * Its buffer uses it no more. `tell`: the host is to be told, as it knows it. `gone`: nobody can hold it, it is the caller's to free;
   * otherwise it is parked.
   */
  retire(number: number): { readonly tell: boolean; readonly gone: M | undefined } {
    const entry = this.#entries.get(number);
    if (entry === undefined || entry.parked) return { tell: false, gone: undefined };
    const tell = entry.knowledge !== 'unknown';
    entry.parked = true;
    return { tell, gone: tell || entry.mayBeHeld ? undefined : this.#remove(number) };
  }

  /** Nobody on the host holds it. What was parked goes, and is the caller's to free. */
  unregistered(number: number): M | undefined {
    const entry = this.#entries.get(number);
    if (entry === undefined || entry.knowledge === 'unknown') return undefined;
    entry.knowledge = 'unknown';
    entry.mayBeHeld = false;
    return entry.parked ? this.#remove(number) : undefined;
  }

  /** The host's side went and knows nothing any more: parked pages stay, for nobody can say who holds them; those that nobody ever could go. */
  hangUp(): M[] {
    const gone: M[] = [];
    for (const [number, entry] of [...this.#entries]) {
      entry.knowledge = 'unknown';
      if (entry.parked && !entry.mayBeHeld) gone.push(this.#remove(number) as M);
    }
    return gone;
  }

  get parked(): number {
    return [...this.#entries.values()].filter(({ parked }) => parked).length;
  }

  /** How many of the parked the host is still going to say something about. */
  get awaited(): number {
    return [...this.#entries.values()].filter(({ parked, knowledge }) => parked && knowledge !== 'unknown').length;
  }

  /** All that is left, the caller's to free. */
  drain(): M[] {
    const left = [...this.#entries.values()].map(({ memory }) => memory);
    this.#entries.clear();
    return left;
  }

  #remove(number: number): M | undefined {
    const entry = this.#entries.get(number);
    this.#entries.delete(number);
    return entry?.memory;
  }
}
