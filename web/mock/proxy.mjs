// The page as it stands in dist/, before a server whose own page is older: `node mock/proxy.mjs http://127.0.0.1:8120 PORT`.
import { createServer, request as ask } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const dist = path.resolve(import.meta.dirname, '../dist');
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', txt: 'text/plain', json: 'application/json' };
// That of the server, crates/serve/src/guard.rs.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function startProxy(target, port = 0) {
  const to = new URL(target);
  const server = createServer((incoming, response) => {
    const { pathname } = new URL(incoming.url, 'http://page');
    if (!pathname.startsWith('/api/')) {
      const file = path.join(dist, pathname === '/' ? 'index.html' : pathname);
      const there = file.startsWith(dist) && existsSync(file);
      response.writeHead(there ? 200 : 404, { 'content-type': TYPES[file.split('.').pop()] ?? 'text/plain', 'content-security-policy': POLICY });
      return response.end(there ? readFileSync(file) : '');
    }
    const { origin: _, ...headers } = incoming.headers;
    const outgoing = ask({ host: to.hostname, port: to.port, path: incoming.url, method: incoming.method, headers: { ...headers, host: to.host } }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ port: server.address().port, stop: () => server.close() })));
}

if (process.argv[1] === import.meta.filename) {
  const { port } = await startProxy(process.argv[2], Number(process.argv[3] ?? 0));
  console.log(`http://127.0.0.1:${port}/`);
}
