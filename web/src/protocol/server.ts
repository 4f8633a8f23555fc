// What the page asks of the server, whatever the wire looks like.

import type { Heard } from './events';
import type { Edits } from '../model/edits';
import type { AuditAnswer, FailureAnswer, Proposal, Region, RoadPieces, ScenarioFile, TryAnswer, Words, ZonesAnswer } from './types';

/** The server does not answer: the page keeps the edits and asks again. */
export class Unreachable extends Error {}

/** A later question of the same kind took its place. */
export class Superseded extends Error {}

/** The server answered that it will not: `edit` is the place of the edit at fault in the list, if one is. */
export class Refused extends Error {
  constructor(
    readonly words: Words,
    readonly edit: number | null,
  ) {
    super(typeof words === 'string' ? words : words.en);
  }
}

export interface Server {
  open(): Promise<{ region: Region; pieces: RoadPieces }>;
  try(edits: Edits, limit_s: number): Promise<TryAnswer>;
  /** Every rule with its readings. */
  audit(edits: Edits): Promise<AuditAnswer>;
  /** Ground beyond the limit, in the background; `stop` ends the wait. */
  zones(edits: Edits, limit_s: number, stop: AbortSignal): Promise<ZonesAnswer>;
  propose(edits: Edits, limit_s: number, sites: number, stop: AbortSignal): Promise<Proposal>;
  failures(edits: Edits, limit_s: number, stop: AbortSignal): Promise<FailureAnswer[]>;
  /** scenario.toml of a scenario, and back. */
  write(scenario: ScenarioFile): Promise<string>;
  read(text: string): Promise<ScenarioFile>;
  /** The audit's folder as one file. */
  exportAudit(scenario: ScenarioFile): Promise<Blob>;
  report(scenario: ScenarioFile): Promise<Blob>;
  alive(): Promise<boolean>;
  /** What the server says by itself: stages of what takes a while, files that changed on disk. */
  listen(heard: (event: Heard) => void): void;
}
