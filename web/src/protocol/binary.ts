// The two binary answers: the pieces of road, once, and a try. Little-endian, as every machine with a browser is.

import type { RoadPieces, TryAnswer } from './types';

export interface Arrivals {
  seconds: Uint16Array;
  by: Uint16Array;
}

/** A ten-millionth of a degree is a centimetre. */
const DEGREES = 1e-7;

export function readPieces(buffer: ArrayBuffer): Omit<RoadPieces, 'roads'> {
  const count = new DataView(buffer).getUint32(0, true);
  const whole = new Int32Array(buffer, 4, count * 4);
  const degrees = Float64Array.from(whole, (value) => value * DEGREES);
  return { degrees, road_of: new Uint32Array(buffer, 4 + count * 16, count) };
}

/** `count` pieces; changes are those of `asItIs`. */
export function readTry(buffer: ArrayBuffer, count: number, asItIs: Arrivals | null): TryAnswer {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length))) as Omit<TryAnswer, 'seconds' | 'by'> & { changed: number | null };
  let at = 4 + length;
  if (head.changed === null) {
    return { ...head, seconds: new Uint16Array(buffer, at, count), by: new Uint16Array(buffer, at + 2 * count, count) };
  }
  if (!asItIs) throw new Error('changes of arrivals that nobody asked for');
  const pieces = new Uint32Array(buffer, at, head.changed);
  at += 4 * head.changed;
  const changedSeconds = new Uint16Array(buffer, at, head.changed);
  const changedBy = new Uint16Array(buffer, at + 2 * head.changed, head.changed);
  const seconds = asItIs.seconds.slice();
  const by = asItIs.by.slice();
  for (let k = 0; k < pieces.length; k++) {
    seconds[pieces[k]] = changedSeconds[k];
    by[pieces[k]] = changedBy[k];
  }
  return { ...head, seconds, by };
}
