/** zwp_text_input_v3: what a client tells of the text field that is typed into, and what it is told to do with it. */
import type { Rectangle } from '../../buffer/index.js';
import { enums, type Resource } from '../../wayland/index.js';
import type { Surface } from '../surface.js';

/** Of the field. What the client has not said is undefined: it does not know. */
export interface TextField {
  /** Places are in bytes of its UTF-8. */
  readonly surrounding: { readonly text: string; readonly cursor: number; readonly anchor: number } | undefined;
  /** As `change_cause`, of the last commit. */
  readonly cause: number;
  /** As `content_hint` and `content_purpose`. */
  readonly hint: number;
  readonly purpose: number;
  /** Around the cursor, in the surface's pixels. */
  readonly rectangle: Rectangle | undefined;
}

/** What an input method makes of the field. */
export interface TextChange {
  /** Before and after the cursor, in bytes. */
  readonly remove?: { readonly before: number; readonly after: number } | undefined;
  readonly commit?: string | undefined;
  /** What is not decided yet, and where in it the cursor is. */
  readonly preedit?: { readonly text: string; readonly from: number; readonly to: number } | undefined;
}

/** One at a time of a seat. */
export interface EnabledInput {
  current: TextInput | undefined;
}

const { change_cause, content_hint, content_purpose } = enums.zwp_text_input_v3;
const empty: TextField = {
  surrounding: undefined,
  cause: change_cause.input_method,
  hint: content_hint.none,
  purpose: content_purpose.normal,
  rectangle: undefined,
};

export class TextInput {
  #surface: Surface | undefined;
  #field: TextField | undefined;
  #pending: Partial<TextField> = {};
  /** What the next commit makes of the field: a new one, none, or the same with what is pending. */
  #next: 'enabled' | 'disabled' | undefined;
  #commits = 0;

  constructor(
    readonly resource: Resource<'zwp_text_input_v3'>,
    private readonly enabled: EnabledInput,
    onGone: () => void,
  ) {
    resource.implement(this.#requests(), () => {
      this.#disable();
      onGone();
    });
  }

  /** What is typed into; undefined where nothing is that the client has told of. */
  get field(): TextField | undefined {
    return this.#field;
  }

  /** `surface` is typed into now; undefined: no surface of its client's. */
  focus(surface: Surface | undefined): void {
    if (surface === this.#surface) return;
    if (this.#surface !== undefined) this.resource.send.leave(this.#surface.resource);
    this.#disable();
    this.#forget();
    this.#surface = surface;
    if (surface !== undefined) this.resource.send.enter(surface.resource);
  }

  /** An input method's doing. */
  change({ remove, commit, preedit }: TextChange): void {
    const { send } = this.resource;
    if (preedit !== undefined) send.preedit_string(preedit.text, preedit.from, preedit.to);
    if (remove !== undefined) send.delete_surrounding_text(remove.before, remove.after);
    if (commit !== undefined) send.commit_string(commit);
    send.done(this.#commits);
  }

  #requests() {
    const begin = (next: 'enabled' | 'disabled') => () => {
      this.#pending = {};
      this.#next = next;
    };
    const set = (pending: Partial<TextField>) => {
      this.#pending = { ...this.#pending, ...pending };
    };
    return {
      destroy: () => undefined,
      enable: begin('enabled'),
      disable: begin('disabled'),
      set_surrounding_text: (text: string, cursor: number, anchor: number) => {
        set({ surrounding: { text, cursor, anchor } });
      },
      set_text_change_cause: (cause: number) => {
        set({ cause });
      },
      set_content_type: (hint: number, purpose: number) => {
        set({ hint, purpose });
      },
      set_cursor_rectangle: (x: number, y: number, width: number, height: number) => {
        set({ rectangle: { x, y, width, height } });
      },
      commit: () => {
        this.#commits = (this.#commits + 1) >>> 0;
        if (this.#surface !== undefined) this.#apply();
        this.#forget();
      },
    };
  }

  /** A second one of the seat is not enabled before the first is disabled. */
  #apply(): void {
    const { current } = this.enabled;
    if (this.#next === 'disabled') this.#disable();
    else if (this.#next === 'enabled' && (current === undefined || current === this)) {
      this.enabled.current = this;
      this.#field = { ...empty, ...this.#pending };
    } else if (this.#field !== undefined) this.#field = { ...this.#field, cause: empty.cause, ...this.#pending };
  }

  #disable(): void {
    this.#field = undefined;
    if (this.enabled.current === this) this.enabled.current = undefined;
  }

  #forget(): void {
    this.#pending = {};
    this.#next = undefined;
  }
}
