// Roads, times and a view -> pixels. Two painters behind one interface, both without a graphics card: an overview drawn
// line by line into an ImageData, and strokes of the canvas once few enough pieces are in view to have a width.

import type { Palette } from './colours';
import type { Roads } from './roads';

/** Where a frame looks: pixels a metre, and the pixel of the roads' origin. */
export interface View {
  width: number;
  height: number;
  scale: number;
  originX: number;
  originY: number;
}

export interface RoadPainter {
  /** Paints every piece that is in view. `classes` has the place of each piece's colour in the palette. */
  paint(context: CanvasRenderingContext2D, roads: Roads, classes: Uint8Array, palette: Palette, view: View): void;
}

/** Straight lines of whole pixels. Where a piece lies in the view is kept as long as the view stands still. */
export class PixelPainter implements RoadPainter {
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);
  private placed = new Int16Array(0);
  private inView = new Uint32Array(0);
  private inViewCount = 0;
  private key = '';

  paint(context: CanvasRenderingContext2D, roads: Roads, classes: Uint8Array, palette: Palette, view: View): void {
    if (!this.image || this.image.width !== view.width || this.image.height !== view.height) {
      this.image = new ImageData(view.width, view.height);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.key = '';
    }
    this.place(roads, view);
    this.pixels.fill(0);
    const { pixels, placed, inView } = this;
    const colours = palette.pixels;
    const width = view.width;
    for (let k = 0; k < this.inViewCount; k++) {
      const i = k * 4;
      line(pixels, width, placed[i], placed[i + 1], placed[i + 2], placed[i + 3], colours[classes[inView[k]]]);
    }
    context.putImageData(this.image, 0, 0);
  }

  private place(roads: Roads, view: View): void {
    const key = `${view.scale} ${view.originX} ${view.originY} ${roads.count}`;
    if (key === this.key) return;
    this.key = key;
    if (this.inView.length < roads.count) {
      this.placed = new Int16Array(roads.count * 4);
      this.inView = new Uint32Array(roads.count);
    }
    const { ends } = roads;
    const right = view.width - 1;
    const bottom = view.height - 1;
    let k = 0;
    for (let piece = 0; piece < roads.count; piece++) {
      const i = piece * 4;
      const cut = clip(
        view.originX + ends[i] * view.scale,
        view.originY - ends[i + 1] * view.scale,
        view.originX + ends[i + 2] * view.scale,
        view.originY - ends[i + 3] * view.scale,
        right,
        bottom,
      );
      if (!cut) continue;
      this.placed.set(cut, k * 4);
      this.inView[k++] = piece;
    }
    this.inViewCount = k;
  }
}

const CUT: [number, number, number, number] = [0, 0, 0, 0];

/** The part of a line inside the view (Liang and Barsky), in whole pixels; null if none is. */
function clip(x0: number, y0: number, x1: number, y1: number, right: number, bottom: number): typeof CUT | null {
  let from = 0;
  let to = 1;
  if (x0 < 0 || x1 < 0 || y0 < 0 || y1 < 0 || x0 > right || x1 > right || y0 > bottom || y1 > bottom) {
    const dx = x1 - x0;
    const dy = y1 - y0;
    const edges = [-dx, x0, dx, right - x0, -dy, y0, dy, bottom - y0];
    for (let e = 0; e < 8; e += 2) {
      const step = edges[e];
      const room = edges[e + 1];
      if (step === 0) {
        if (room < 0) return null;
        continue;
      }
      const t = room / step;
      if (step < 0) from = Math.max(from, t);
      else to = Math.min(to, t);
      if (from > to) return null;
    }
    [x1, y1] = [x0 + to * dx, y0 + to * dy];
    [x0, y0] = [x0 + from * dx, y0 + from * dy];
  }
  CUT[0] = Math.round(x0);
  CUT[1] = Math.round(y0);
  CUT[2] = Math.round(x1);
  CUT[3] = Math.round(y1);
  return CUT;
}

/** Bresenham's line; both ends are inside. */
function line(pixels: Uint32Array, width: number, x0: number, y0: number, x1: number, y1: number, colour: number): void {
  const dx = x1 > x0 ? x1 - x0 : x0 - x1;
  const dy = y1 > y0 ? y0 - y1 : y1 - y0;
  const stepX = x0 < x1 ? 1 : -1;
  const stepY = y0 < y1 ? width : -width;
  const end = y1 * width + x1;
  let at = y0 * width + x0;
  let error = dx + dy;
  pixels[at] = colour;
  while (at !== end) {
    const twice = 2 * error;
    if (twice >= dy) {
      error += dy;
      at += stepX;
    }
    if (twice <= dx) {
      error += dx;
      at += stepY;
    }
    pixels[at] = colour;
  }
}

/** Beyond this many pieces in view the strokes of the canvas take longer than a frame. */
const MOST_STROKES = 6000;

/** Strokes with a width, a path a colour. */
class StrokePainter {
  paintPieces(context: CanvasRenderingContext2D, roads: Roads, pieces: Uint32Array, classes: Uint8Array, palette: Palette, view: View): void {
    const { ends } = roads;
    const byClass: number[][] = palette.css.map(() => []);
    for (const piece of pieces) byClass[classes[piece]].push(piece);
    context.lineCap = 'round';
    // A road some 9 m wide, but never a hair nor a band.
    context.lineWidth = Math.min(7, Math.max(1.6, 9 * view.scale));
    for (let c = byClass.length - 1; c >= 0; c--) {
      if (byClass[c].length === 0) continue;
      context.beginPath();
      for (const piece of byClass[c]) {
        const i = piece * 4;
        context.moveTo(view.originX + ends[i] * view.scale, view.originY - ends[i + 1] * view.scale);
        context.lineTo(view.originX + ends[i + 2] * view.scale, view.originY - ends[i + 3] * view.scale);
      }
      context.strokeStyle = palette.css[c];
      context.stroke();
    }
  }
}

/** Strokes where they are quick, whole pixels elsewhere. */
export class SoftwarePainter implements RoadPainter {
  private readonly overview = new PixelPainter();
  private readonly strokes = new StrokePainter();

  paint(context: CanvasRenderingContext2D, roads: Roads, classes: Uint8Array, palette: Palette, view: View): void {
    const few = roads.within(
      {
        minX: -view.originX / view.scale,
        maxX: (view.width - view.originX) / view.scale,
        minY: (view.originY - view.height) / view.scale,
        maxY: view.originY / view.scale,
      },
      MOST_STROKES,
    );
    context.clearRect(0, 0, view.width, view.height);
    if (few) this.strokes.paintPieces(context, roads, few, classes, palette, view);
    else this.overview.paint(context, roads, classes, palette, view);
  }
}
