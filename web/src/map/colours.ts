// What colour a minute has. Blue within the limit, orange to dark red beyond it: the two stay apart for every kind of
// colour vision, and dark to pale within each says how far from the limit. Grey: nobody arrives.

import { NEVER } from './roads';

/** Stops from nobody's wait to twice the limit; those at the limit stand on both sides of the change. */
const WITHIN: readonly string[] = ['#08306b', '#1b5fa8', '#3f8fc8', '#6fb3de'];
const BEYOND: readonly string[] = ['#f4a24a', '#e0621f', '#b2182b', '#5c0a1c'];
export const NOBODY = '#9a9a9a';

function channels(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

function between(stops: readonly string[], share: number): [number, number, number] {
  const place = Math.min(0.9999, Math.max(0, share)) * (stops.length - 1);
  const from = channels(stops[Math.floor(place)]);
  const to = channels(stops[Math.floor(place) + 1]);
  const t = place - Math.floor(place);
  return [0, 1, 2].map((i) => Math.round(from[i] + t * (to[i] - from[i]))) as [number, number, number];
}

/** The colour of a time that is `share` of the limit. */
function colourOf(share: number): [number, number, number] {
  return share <= 1 ? between(WITHIN, share) : between(BEYOND, share - 1);
}

/** Classes of the palette: 32 to the limit, 32 from there to twice as much, and one for nobody. */
export const CLASSES = 65;
const STEPS = 32;

/** Class of a time in seconds. */
export function classOf(seconds: number, limit: number): number {
  if (seconds === NEVER || !Number.isFinite(seconds)) return CLASSES - 1;
  if (seconds <= limit) return Math.min(STEPS - 1, Math.floor((seconds / limit) * STEPS));
  return Math.min(2 * STEPS - 1, STEPS + Math.floor((seconds / limit - 1) * STEPS));
}

const RGB: readonly [number, number, number][] = Array.from({ length: CLASSES }, (_, i) =>
  i === CLASSES - 1 ? channels(NOBODY) : colourOf((i + 0.5) / STEPS),
);

/** Colours as a frame needs them: as a pixel of an ImageData read as 32 bits (little-endian on every machine that runs a
 * browser), and as the canvas is told. */
export interface Palette {
  pixels: Uint32Array;
  css: readonly string[];
}

function palette(colours: readonly [number, number, number][]): Palette {
  return {
    pixels: Uint32Array.from(colours, ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0),
    css: colours.map(([r, g, b]) => `rgb(${r},${g},${b})`),
  };
}

export const ARRIVAL: Palette = palette(RGB);

/** Difference of two scenarios: 0 nobody or alike, then sooner by a lot to sooner by little, later by little to a lot. */
export const DIFFERENCE: Palette = palette(['#c9c9c4', '#08519c', '#3182bd', '#8cbbe0', '#f4a24a', '#d94801', '#7f1d0a'].map(channels));
const DIFFERENCE_STEPS_S: readonly number[] = [180, 60, 5];

/** The class of a piece that took `before` and takes `after` seconds. */
export function differenceClass(before: number, after: number): number {
  if (before === after) return 0;
  const gain = before === NEVER ? Infinity : after === NEVER ? -Infinity : before - after;
  const step = DIFFERENCE_STEPS_S.findIndex((s) => Math.abs(gain) >= s);
  if (step < 0) return 0;
  return gain > 0 ? 1 + step : 6 - step;
}

/** The class of every whole second, so that a frame looks up and does not divide. */
export function classTable(limit: number): Uint8Array {
  const table = new Uint8Array(NEVER + 1);
  for (let seconds = 0; seconds <= NEVER; seconds++) table[seconds] = classOf(seconds, limit);
  return table;
}
