// Between degrees and the plane of the map.

import { fromLonLat, toLonLat } from 'ol/proj';
import type { RoadPieces } from '../protocol/types';
import { Roads } from './roads';

export function roadsOf({ degrees, road_of }: RoadPieces): Roads {
  const origin = (degrees.length > 0 ? fromLonLat([degrees[0], degrees[1]]) : [0, 0]) as [number, number];
  const ends = new Float32Array(degrees.length);
  for (let i = 0; i < degrees.length; i += 2) {
    const [x, y] = fromLonLat([degrees[i], degrees[i + 1]]);
    ends[i] = x - origin[0];
    ends[i + 1] = y - origin[1];
  }
  return new Roads(origin, ends, road_of);
}

export function toDegrees(roads: Roads, x: number, y: number): [number, number] {
  return toLonLat([roads.origin[0] + x, roads.origin[1] + y]) as [number, number];
}
