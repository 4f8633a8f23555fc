import type { Edits } from '../model/edits';
import { Unreachable, type Server } from './server';
import type { RoadPieces, TryAnswer } from './types';

async function call(path: string, body?: unknown): Promise<Response> {
  try {
    return await fetch(path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

export function httpServer(): Server {
  return {
    async open() {
      const m = await (await call('api/mock')).json();
      const pieces: RoadPieces = { degrees: Float64Array.from(m.degrees), road_of: Uint32Array.from(m.road_of), roads: m.roads };
      return { region: m.region, pieces };
    },
    async try(edits: Edits, limit_s: number) {
      const answer = (await (await call('api/try', { edits, limit_s })).json()) as TryAnswer;
      return { ...answer, seconds: Uint16Array.from(answer.seconds), by: answer.by && Uint16Array.from(answer.by) };
    },
    async audit(edits: Edits) {
      const answer = (await (await call('api/try', { edits, limit_s: 840 })).json()) as TryAnswer;
      return { rules: answer.rules };
    },
    async zones() {
      return (await call('api/zones')).json();
    },
    propose: () => Promise.reject(new Error('not here')),
    failures: () => Promise.reject(new Error('not here')),
    write: () => Promise.reject(new Error('not here')),
    read: () => Promise.reject(new Error('not here')),
    exportAudit: () => Promise.reject(new Error('not here')),
    report: () => Promise.reject(new Error('not here')),
    alive: () => call('api/zones').then(() => true, () => false),
  };
}
