// The roads as a layer of the map: one canvas, painted anew when the view or the times change.

import Layer from 'ol/layer/Layer';
import type { FrameState } from 'ol/Map';
import { ARRIVAL, type Palette } from './colours';
import { SoftwarePainter, type RoadPainter, type View } from './road_painter';
import type { Roads } from './roads';

export class RoadLayer extends Layer {
  private readonly canvas = document.createElement('canvas');
  private readonly second = document.createElement('canvas');
  private readonly painter: RoadPainter = new SoftwarePainter();
  private readonly secondPainter: RoadPainter = new SoftwarePainter();
  private classes: Uint8Array;
  private palette: Palette = ARRIVAL;
  private right: Uint8Array | null = null;
  private share = 0.5;
  private closed: readonly number[] = [];

  constructor(
    private readonly roads: Roads,
    private readonly painted: (milliseconds: number) => void,
  ) {
    super({});
    this.canvas.className = 'roads';
    this.classes = new Uint8Array(roads.count);
  }

  show(classes: Uint8Array, palette: Palette): void {
    this.classes = classes;
    this.palette = palette;
    this.changed();
  }

  swipe(right: Uint8Array | null, share: number): void {
    this.right = right;
    this.share = share;
    this.changed();
  }

  close(pieces: readonly number[]): void {
    this.closed = pieces;
    this.changed();
  }

  override render(frame: FrameState | null): HTMLElement {
    if (!frame) return this.canvas;
    const began = performance.now();
    const view = this.viewOf(frame);
    const context = sized(this.canvas, view);
    if (!context) return this.canvas;
    this.painter.paint(context, this.roads, this.classes, this.palette, view);
    if (this.right) {
      const other = sized(this.second, view);
      if (other) this.secondPainter.paint(other, this.roads, this.right, this.palette, view);
      const from = Math.round(view.width * this.share);
      if (from < view.width) {
        context.clearRect(from, 0, view.width - from, view.height);
        context.drawImage(this.second, from, 0, view.width - from, view.height, from, 0, view.width - from, view.height);
      }
      context.fillStyle = '#111';
      context.fillRect(from - 1, 0, 2, view.height);
    }
    this.crossOut(context, view);
    this.painted(performance.now() - began);
    return this.canvas;
  }

  /** Pixels of the page, not of the screen: an overview of thin lines gains nothing from four times the work. */
  private viewOf(frame: FrameState): View {
    const [width, height] = frame.size;
    const { center, resolution } = frame.viewState;
    return {
      width: Math.round(width),
      height: Math.round(height),
      scale: 1 / resolution,
      originX: width / 2 + (this.roads.origin[0] - center[0]) / resolution,
      originY: height / 2 + (center[1] - this.roads.origin[1]) / resolution,
    };
  }

  /** Closed roads, over everything: black, with a broken white line in it. */
  private crossOut(context: CanvasRenderingContext2D, view: View): void {
    if (this.closed.length === 0) return;
    const { ends } = this.roads;
    context.beginPath();
    for (const piece of this.closed) {
      const i = piece * 4;
      context.moveTo(view.originX + ends[i] * view.scale, view.originY - ends[i + 1] * view.scale);
      context.lineTo(view.originX + ends[i + 2] * view.scale, view.originY - ends[i + 3] * view.scale);
    }
    context.lineWidth = 5;
    context.strokeStyle = '#111';
    context.setLineDash([]);
    context.stroke();
    context.lineWidth = 2;
    context.strokeStyle = '#fff';
    context.setLineDash([5, 5]);
    context.stroke();
    context.setLineDash([]);
  }
}

function sized(canvas: HTMLCanvasElement, view: View): CanvasRenderingContext2D | null {
  if (canvas.width !== view.width || canvas.height !== view.height) {
    canvas.width = view.width;
    canvas.height = view.height;
  }
  return canvas.getContext('2d', { willReadFrequently: false });
}
