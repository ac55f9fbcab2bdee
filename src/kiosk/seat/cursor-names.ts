/** What the shapes of cursor-shape-v1 are called in themes: by CSS, and before that by X11. */
import type { enums } from '../../wayland/index.js';

export type ShapeName = keyof typeof enums.wp_cursor_shape_device_v1.shape;

const oldNames: Partial<Record<ShapeName, readonly string[]>> = {
  default: ['left_ptr'],
  help: ['question_arrow', 'whats_this'],
  pointer: ['hand2', 'pointing_hand', 'hand1'],
  progress: ['left_ptr_watch', 'half-busy'],
  wait: ['watch'],
  cell: ['plus'],
  crosshair: ['cross', 'tcross'],
  text: ['xterm', 'ibeam'],
  vertical_text: ['xterm'],
  alias: ['dnd-link', 'link'],
  copy: ['dnd-copy'],
  move: ['dnd-move', 'fleur'],
  no_drop: ['dnd-none', 'circle'],
  not_allowed: ['crossed_circle', 'forbidden'],
  grab: ['openhand', 'fleur'],
  grabbing: ['closedhand', 'fleur'],
  e_resize: ['right_side'],
  n_resize: ['top_side'],
  ne_resize: ['top_right_corner'],
  nw_resize: ['top_left_corner'],
  s_resize: ['bottom_side'],
  se_resize: ['bottom_right_corner'],
  sw_resize: ['bottom_left_corner'],
  w_resize: ['left_side'],
  ew_resize: ['sb_h_double_arrow', 'h_double_arrow'],
  ns_resize: ['sb_v_double_arrow', 'v_double_arrow'],
  nesw_resize: ['fd_double_arrow'],
  nwse_resize: ['bd_double_arrow'],
  col_resize: ['split_h', 'sb_h_double_arrow'],
  row_resize: ['split_v', 'sb_v_double_arrow'],
  all_scroll: ['fleur'],
  dnd_ask: ['dnd-copy'],
  all_resize: ['move', 'fleur'],
};

/** The best first; the last is the plain pointer’s. */
export function namesOf(shape: ShapeName): readonly string[] {
  return [shape.replaceAll('_', '-'), ...(oldNames[shape] ?? []), 'default', 'left_ptr'];
}
