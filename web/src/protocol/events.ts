// Server-sent events by fetch: an EventSource cannot carry the header with the token.

import type { Both } from './types';

export type Heard = { kind: 'stage'; question: string; stage: Both } | { kind: 'changed'; files: string[] };

const AGAIN_MS = 3000;

/** Listens until the page closes, and again when the stream breaks off; a server that says nothing by itself is not asked twice. */
export function listenTo(path: string, headers: HeadersInit, heard: (event: Heard) => void): void {
  const follow = async (): Promise<void> => {
    try {
      const response = await fetch(path, { headers, cache: 'no-store' });
      if (!response.ok) return;
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let waiting = '';
      for (;;) {
        const part = await reader?.read();
        if (!part || part.done) break;
        waiting += part.value.replace(/\r/g, '');
        const events = waiting.split('\n\n');
        waiting = events.pop() ?? '';
        for (const event of events) read(event, heard);
      }
    } catch {
      // The banner of a server that is gone comes from the questions themselves.
    }
    setTimeout(() => void follow(), AGAIN_MS);
  };
  void follow();
}

function read(event: string, heard: (event: Heard) => void): void {
  const lines = event.split('\n');
  const field = (name: string) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
  const data = field('data').join('\n');
  if (!data) return;
  const value = JSON.parse(data) as { question: string; stage: Both; files: string[] };
  if (field('event')[0] === 'stage') heard({ kind: 'stage', question: value.question, stage: value.stage });
  if (field('event')[0] === 'changed') heard({ kind: 'changed', files: value.files });
}
