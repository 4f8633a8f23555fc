// The roads as the page holds them: straight pieces, in metres from an origin on the map's plane, with a grid for
// finding those of a rectangle and the nearest to a point. Made once; only the times change.

/** Nobody arrives by road. */
export const NEVER = 0xffff;

export interface Rectangle {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

export class Roads {
  /** From where `ends` is counted: 32 bits hold a centimetre over a province, but not over the earth. */
  readonly origin: readonly [number, number];
  /** x, y, x, y of each piece, metres east and north of the origin. */
  readonly ends: Float32Array;
  /** The road that a piece belongs to. */
  readonly roadOf: Uint32Array;
  readonly bounds: Rectangle;
  private readonly grid: Grid;

  constructor(origin: readonly [number, number], ends: Float32Array, roadOf: Uint32Array) {
    this.origin = origin;
    this.ends = ends;
    this.roadOf = roadOf;
    this.bounds = boundsOf(ends);
    this.grid = new Grid(ends, this.bounds);
  }

  get count(): number {
    return this.roadOf.length;
  }

  /** Pieces that may touch a rectangle (metres from the origin), each once, ascending; ends early beyond `atMost`. */
  within(rectangle: Rectangle, atMost: number): Uint32Array | null {
    return this.grid.within(rectangle, atMost);
  }

  /** The piece nearest to a place (metres from the origin), if one is within `reach` metres. */
  nearest(x: number, y: number, reach: number): { piece: number; metres: number; at: [number, number] } | null {
    const near = this.grid.within({ minX: x - reach, minY: y - reach, maxX: x + reach, maxY: y + reach }, Infinity);
    let best: { piece: number; metres: number; at: [number, number] } | null = null;
    let least = reach;
    for (const piece of near ?? []) {
      const [px, py] = nearestPoint(this.ends, piece * 4, x, y);
      const metres = Math.hypot(px - x, py - y);
      if (metres <= least) {
        least = metres;
        best = { piece, metres, at: [px, py] };
      }
    }
    return best;
  }
}

function boundsOf(ends: Float32Array): Rectangle {
  const bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (let i = 0; i < ends.length; i += 2) {
    bounds.minX = Math.min(bounds.minX, ends[i]);
    bounds.maxX = Math.max(bounds.maxX, ends[i]);
    bounds.minY = Math.min(bounds.minY, ends[i + 1]);
    bounds.maxY = Math.max(bounds.maxY, ends[i + 1]);
  }
  return ends.length > 0 ? bounds : { minX: 0, minY: 0, maxX: 1, maxY: 1 };
}

function nearestPoint(ends: Float32Array, i: number, x: number, y: number): [number, number] {
  const dx = ends[i + 2] - ends[i];
  const dy = ends[i + 3] - ends[i + 1];
  const square = dx * dx + dy * dy;
  const along = square > 0 ? ((x - ends[i]) * dx + (y - ends[i + 1]) * dy) / square : 0;
  const t = Math.min(1, Math.max(0, along));
  return [ends[i] + t * dx, ends[i + 1] + t * dy];
}

/** Squares with the pieces whose bounding box touches them: counted, then filled, in two flat arrays. */
class Grid {
  private readonly columns: number;
  private readonly rows: number;
  private readonly side: number;
  private readonly starts: Uint32Array;
  private readonly pieces: Uint32Array;
  private readonly seen: Uint32Array;
  private round = 0;

  constructor(
    private readonly ends: Float32Array,
    private readonly bounds: Rectangle,
  ) {
    const width = bounds.maxX - bounds.minX;
    const height = bounds.maxY - bounds.minY;
    const count = ends.length / 4;
    // Some four pieces a square, but never more than a million squares.
    this.side = Math.max(Math.sqrt((width * height) / Math.max(1, count / 4)), Math.max(width, height) / 1000, 1);
    this.columns = Math.floor(width / this.side) + 1;
    this.rows = Math.floor(height / this.side) + 1;
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    this.seen = new Uint32Array(count);
    for (let piece = 0; piece < count; piece++) this.squares(piece, (square) => this.starts[square + 1]++);
    for (let square = 0; square < this.columns * this.rows; square++) this.starts[square + 1] += this.starts[square];
    const next = this.starts.slice();
    this.pieces = new Uint32Array(this.starts[this.columns * this.rows]);
    for (let piece = 0; piece < count; piece++) this.squares(piece, (square) => (this.pieces[next[square]++] = piece));
  }

  within(rectangle: Rectangle, atMost: number): Uint32Array | null {
    this.round++;
    const found: number[] = [];
    const [left, right] = [this.column(rectangle.minX), this.column(rectangle.maxX)];
    const [bottom, top] = [this.row(rectangle.minY), this.row(rectangle.maxY)];
    for (let row = bottom; row <= top; row++) {
      for (let column = left; column <= right; column++) {
        const square = row * this.columns + column;
        for (let k = this.starts[square]; k < this.starts[square + 1]; k++) {
          const piece = this.pieces[k];
          if (this.seen[piece] === this.round) continue;
          this.seen[piece] = this.round;
          found.push(piece);
          if (found.length > atMost) return null;
        }
      }
    }
    return Uint32Array.from(found).sort();
  }

  private column(x: number): number {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.bounds.minX) / this.side)));
  }

  private row(y: number): number {
    return Math.min(this.rows - 1, Math.max(0, Math.floor((y - this.bounds.minY) / this.side)));
  }

  private squares(piece: number, each: (square: number) => void): void {
    const i = piece * 4;
    const [left, right] = [this.column(Math.min(this.ends[i], this.ends[i + 2])), this.column(Math.max(this.ends[i], this.ends[i + 2]))];
    const [bottom, top] = [this.row(Math.min(this.ends[i + 1], this.ends[i + 3])), this.row(Math.max(this.ends[i + 1], this.ends[i + 3]))];
    for (let row = bottom; row <= top; row++) {
      for (let column = left; column <= right; column++) each(row * this.columns + column);
    }
  }
}
