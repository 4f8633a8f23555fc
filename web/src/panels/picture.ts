// What stands below an exported map, so that it can be read without the page: name, source and date, scale, legend.

import { ARRIVAL } from '../map/colours';
import { FOOT_PX } from '../map/map_view';

const FAMILY = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif';
const LEGEND_PX = 190;

export interface Foot {
  title: string;
  source: string;
  legend: string;
  limit: number;
  metresPerPixel: number;
}

export function drawFoot(context: CanvasRenderingContext2D, width: number, height: number, foot: Foot): void {
  context.fillStyle = '#fff';
  context.fillRect(0, height, width, FOOT_PX);
  context.fillStyle = '#1b1f24';
  context.font = `600 15px ${FAMILY}`;
  context.fillText(foot.title, 12, height + 26);
  context.font = `12px ${FAMILY}`;
  context.fillText(foot.source, 12, height + 52);

  const left = width - LEGEND_PX - 16;
  for (let i = 0; i < 64; i++) {
    context.fillStyle = ARRIVAL.css[i];
    context.fillRect(left + (i * LEGEND_PX) / 64, height + 24, LEGEND_PX / 64 + 1, 8);
  }
  context.fillStyle = '#1b1f24';
  context.textAlign = 'right';
  context.fillText(foot.legend, left + LEGEND_PX, height + 18);
  context.textAlign = 'center';
  for (const share of [0, 0.5, 1, 1.5, 2]) {
    const minutes = Math.round((share * foot.limit) / 6) / 10;
    context.fillText(share === 2 ? `${minutes}+` : String(minutes), left + (share / 2) * LEGEND_PX, height + 45);
  }

  const metres = roundBelow(foot.metresPerPixel * LEGEND_PX * 0.8);
  const length = metres / foot.metresPerPixel;
  context.fillRect(left, height + 58, length, 3);
  context.textAlign = 'left';
  context.fillText(metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, left + length + 6, height + 63);
}

/** 1, 2 or 5 times a power of ten, at most `metres`. */
function roundBelow(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(metres));
  return ([5, 2, 1].find((step) => step * power <= metres) ?? 1) * power;
}
