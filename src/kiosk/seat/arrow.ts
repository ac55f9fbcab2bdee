/** The pointer where there is no theme. */
import type { CursorImage } from './cursor-image.js';

const rows = `
#
##
#.#
#..#
#...#
#....#
#.....#
#......#
#.......#
#........#
#.........#
#......#####
#...#..#
#..# #..#
#.#  #..#
##    #..#
#     #..#
       ##
`
  .trimStart()
  .trimEnd()
  .split('\n');
const width = Math.max(...rows.map((row) => row.length));
const colours: Readonly<Record<string, number>> = { '#': 0xff000000, '.': 0xffffffff };

export const arrow: CursorImage = {
  pixels: Uint32Array.from(rows.flatMap((row) => Array.from(row.padEnd(width)).map((each) => colours[each] ?? 0))),
  width,
  height: rows.length,
  hotX: 0,
  hotY: 0,
};
