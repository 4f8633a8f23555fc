// The wire: `lifering serve`'s answers over HTTP, as the page knows them.

import type { Edits } from '../model/edits';
import { listenTo } from './events';
import { Refused, Superseded, Unreachable, type Server } from './server';
import type { AuditAnswer, Both, FailureAnswer, Proposal, Region, RoadInfo, RoadPieces, ScenarioFile, TryAnswer, ZonesAnswer } from './types';
import { readPieces, readTry, type Arrivals } from './binary';

/** What the server says of a question that it will not answer. */
interface Fault {
  message: Both;
  edit: number | null;
}

const token = new URLSearchParams(location.search).get('token');

function headers(withBody: boolean): HeadersInit {
  return { ...(withBody ? { 'content-type': 'application/json' } : {}), ...(token ? { 'x-lifering-token': token } : {}) };
}

async function faultOf(response: Response): Promise<Fault> {
  try {
    return (await response.json()) as Fault;
  } catch {
    const said = `HTTP ${response.status}`;
    return { message: { zh: said, en: said }, edit: null };
  }
}

async function call(path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const withBody = body !== undefined;
  let response: Response;
  try {
    response = await fetch(`api/${path}`, {
      method: withBody ? 'POST' : 'GET',
      headers: headers(withBody),
      body: withBody ? JSON.stringify(body) : undefined,
      signal,
      cache: 'no-store',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable(String(error));
  }
  if (response.ok) return response;
  if (response.status === 409) throw new Superseded();
  const { message, edit } = await faultOf(response);
  throw new Refused(message, edit);
}

/** A body that breaks off is a server that is gone. */
async function body<T>(response: Response, read: (response: Response) => Promise<T>): Promise<T> {
  try {
    return await read(response);
  } catch (error) {
    if (error instanceof TypeError) throw new Unreachable(String(error));
    throw error;
  }
}

const json = <T>(response: Response): Promise<T> => body(response, (r) => r.json() as Promise<T>);
const text = (response: Response): Promise<string> => body(response, (r) => r.text());
const blob = (response: Response): Promise<Blob> => body(response, (r) => r.blob());
const bytes = (response: Response): Promise<ArrayBuffer> => body(response, (r) => r.arrayBuffer());

export function httpServer(): Server {
  let count = 0;
  /** Of the region without edits, which answers to edits are changes of. */
  let asItIs: Arrivals | null = null;

  return {
    async open() {
      const [region, roads, pieces] = await Promise.all([
        call('region').then((r) => json<Region>(r)),
        call('roads').then((r) => json<RoadInfo[]>(r)),
        call('pieces').then(bytes),
      ]);
      const ends = readPieces(pieces);
      count = ends.road_of.length;
      asItIs = null;
      return { region, pieces: { ...ends, roads } satisfies RoadPieces };
    },
    async try(edits: Edits, limit_s: number): Promise<TryAnswer> {
      const answer = readTry(await bytes(await call('try', { edits, limit_s, full: asItIs === null })), count, asItIs);
      if (edits.length === 0) asItIs = { seconds: answer.seconds, by: answer.by ?? new Uint16Array(count) };
      return answer;
    },
    audit: async (edits) => json<AuditAnswer>(await call('audit', { edits })),
    zones: async (edits, limit_s, stop) => json<ZonesAnswer>(await call('zones', { edits, limit_s }, stop)),
    propose: async (edits, limit_s, sites, stop) => json<Proposal>(await call('propose', { edits, limit_s, sites }, stop)),
    failures: async (edits, limit_s, stop) => json<FailureAnswer[]>(await call('failures', { edits, limit_s }, stop)),
    write: async (scenario: ScenarioFile) => text(await call('scenario/write', scenario)),
    read: async (file: string) => json<ScenarioFile>(await call('scenario/read', { text: file })),
    exportAudit: async (scenario) => blob(await call('export', scenario)),
    report: async (scenario) => blob(await call('report', scenario)),
    async alive() {
      try {
        await call('alive');
        return true;
      } catch (error) {
        return !(error instanceof Unreachable);
      }
    },
    listen: (heard) => listenTo('api/events', headers(false), heard),
  };
}
