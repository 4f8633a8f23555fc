// A stand-in for `lifering serve` while the page is built: the demo region, times by Dijkstra over vertices. Not a
// measure of anything. `node mock/server.mjs PORT`.
import { createServer } from 'node:http';
import { readFileSync, existsSync } from 'node:fs';
import path from 'node:path';

const web = path.resolve(import.meta.dirname, '..');
const demo = path.resolve(web, '../data/regions/jinjiang-demo');
const layer = (name) => JSON.parse(readFileSync(path.join(demo, `${name}.geojson`), 'utf8')).features;
const roads = layer('roads');
const stations = layer('stations');
const units = layer('units');
const population = layer('population');
const KMH = { motorway: 90, trunk: 60, primary: 45, secondary: 40, tertiary: 35, residential: 25, unclassified: 25, service: 20 };
const K = 111320;
const C = Math.cos((24.75 * Math.PI) / 180);
const metres = (a, b) => Math.hypot((a[0] - b[0]) * K * C, (a[1] - b[1]) * K);

const vertexOf = new Map();
const vertices = [];
const vertex = (p) => {
  const key = p.join();
  if (!vertexOf.has(key)) {
    vertexOf.set(key, vertices.length);
    vertices.push(p);
  }
  return vertexOf.get(key);
};
const pieces = [];
roads.forEach((road, r) => {
  const line = road.geometry.coordinates;
  for (let i = 1; i < line.length; i++) pieces.push([vertex(line[i - 1]), vertex(line[i]), r]);
});
// A metropolis to measure painting with: every piece in so many parts.
const PARTS = Number(process.env.MOCK_PARTS ?? 1);
const edges = vertices.map(() => []);
pieces.forEach(([a, b, r], p) => {
  edges[a].push([b, p, r]);
  edges[b].push([a, p, r]);
});
const nearest = (p) => {
  let best = 0;
  let least = Infinity;
  vertices.forEach((v, i) => {
    const m = metres(v, p);
    if (m < least) [best, least] = [i, m];
  });
  return [best, least];
};
const homes = population.map((f) => ({ people: f.properties.population, at: nearest(f.geometry.coordinates) }));
const inside = ([x, y], ring) => {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    if (ring[i][1] > y !== ring[j][1] > y && x < ((ring[j][0] - ring[i][0]) * (y - ring[i][1])) / (ring[j][1] - ring[i][1]) + ring[i][0]) odd = !odd;
  }
  return odd;
};
population.forEach((f, i) => {
  homes[i].unit = units.findIndex((u) => inside(f.geometry.coordinates, u.geometry.coordinates[0]));
});

export function attempt(edits, limit) {
  let there = stations.map((s) => ({ id: s.properties.id, name: s.properties.name, kind: s.properties.kind, at: s.geometry.coordinates, ambulances: s.properties.ambulances, turnout_s: s.properties.turnout_s ?? null, off_road_m: null }));
  const closed = new Set();
  for (const edit of edits) {
    const [kind, value] = Object.entries(edit)[0];
    if (kind === 'add_station') there.push({ name: value.id, kind: 'station', ambulances: 1, turnout_s: null, off_road_m: null, ...value });
    if (kind === 'move_station') there = there.map((s) => (s.id === value.station ? { ...s, at: value.to } : s));
    if (kind === 'close_station') there = there.filter((s) => s.id !== value.station);
    if (kind === 'set_station') there = there.map((s) => (s.id === value.station ? { ...s, ...value, station: undefined } : s));
    if (kind === 'close_road') roads.forEach((r, i) => (value.feature === i || value.name === r.properties.name) && closed.add(i));
  }
  const time = new Float64Array(vertices.length).fill(Infinity);
  const by = new Uint16Array(vertices.length).fill(65535);
  const heap = [];
  const push = (entry) => {
    let i = heap.push(entry) - 1;
    while (i > 0 && heap[(i - 1) >> 1][0] > heap[i][0]) {
      [heap[i], heap[(i - 1) >> 1]] = [heap[(i - 1) >> 1], heap[i]];
      i = (i - 1) >> 1;
    }
  };
  const pop = () => {
    const top = heap[0];
    const last = heap.pop();
    if (heap.length) {
      heap[0] = last;
      for (let i = 0; ; ) {
        let l = 2 * i + 1;
        if (l >= heap.length) break;
        if (l + 1 < heap.length && heap[l + 1][0] < heap[l][0]) l++;
        if (heap[l][0] >= heap[i][0]) break;
        [heap[i], heap[l]] = [heap[l], heap[i]];
        i = l;
      }
    }
    return top;
  };
  there.forEach((s, i) => {
    const [v, m] = nearest(s.at);
    if (m > 1000) s.off_road_m = Math.round(m);
    else if ((s.ambulances ?? 1) > 0) push([60 + (s.turnout_s ?? 180) + (m / 25) * 3.6, v, i]);
  });
  while (heap.length) {
    const [t, v, i] = pop();
    if (t >= time[v]) continue;
    time[v] = t;
    by[v] = i;
    for (const [to, , r] of edges[v]) {
      if (closed.has(r)) continue;
      const next = t + (metres(vertices[v], vertices[to]) / (KMH[roads[r].properties.highway] ?? 25)) * 3.6;
      if (next < time[to]) push([next, to, i]);
    }
  }
  const seconds = pieces.map(([a, b, r]) => (closed.has(r) ? 65535 : Math.min(65535, Math.round((time[a] + time[b]) / 2))));
  const curve = new Array(31).fill(0);
  const perUnit = units.map((u) => ({ id: u.properties.id, people: 0, within: 0 }));
  let within = 0;
  let total = 0;
  let sum = 0;
  for (const home of homes) {
    const t = time[home.at[0]] + (home.at[1] / 25) * 3.6;
    total += home.people;
    if (t <= limit) within += home.people;
    if (t < 1e6) sum += t * home.people;
    for (let m = Math.ceil(t / 60); m <= 30; m++) curve[m] += home.people;
    if (home.unit >= 0) {
      perUnit[home.unit].people += home.people;
      if (t <= limit) perUnit[home.unit].within += home.people;
    }
  }
  const share = within / total;
  const rules = [
    { id: 'JJ-EMS-02', title: { zh: '14 分钟急救圈', en: '14-minute emergency circle' }, verdict: share > 0.98 ? 'met' : 'gap', figure: { zh: `${(share * 100).toFixed(1)}% 的人口`, en: `${(share * 100).toFixed(1)} % of the people` }, detail: null },
    { id: 'JJ-EMS-01', title: { zh: '每 3 万人一辆救护车', en: 'One ambulance for 30,000 people' }, verdict: 'met', figure: { zh: '74 辆', en: '74 ambulances' }, detail: null },
  ];
  return { people: total, within, mean_s: sum / total, curve, units: perUnit, rules, stations: there, refused: [], seconds, by: pieces.map(([a]) => by[a]) };
}

const base = attempt([], 840);

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', txt: 'text/plain', json: 'application/json' };
const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  let body = '';
  for await (const part of request) body += part;
  const json = (value) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };
  response.setHeader('content-security-policy', "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  const question = body ? JSON.parse(body) : {};
  const binary = (buffer) => {
    response.setHeader('content-type', 'application/octet-stream');
    response.end(buffer);
  };
  const both = (text) => ({ zh: text, en: text });
  switch (url.pathname) {
    case '/api/alive':
      return json({ key: 'mock' });
    case '/api/region':
      return json({ key: 'mock', name: both('晋江市（示意数据 / illustrative）'), standard: both('晋江市“十四五”卫生健康发展专项规划'), illustrative: true, source: 'jinjiang-demo', limits_s: [480, 600, 840], limit_s: 840, period: 'free', periods: [{ name: 'free', label: { zh: '自由流', en: 'free flow' }, factor: 1 }, { name: 'evening', label: { zh: '晚高峰', en: 'evening' }, factor: 1.3 }], stations: base.stations, units: units.map((u) => ({ id: u.properties.id, name: u.properties.name })), unit_shapes: { type: 'FeatureCollection', features: units }, people: 2061600, made_on: {}, facilities: [], scenario: null, lang: 'zh' });
    case '/api/roads':
      return json(roads.map((r, i) => ({ name: r.properties.name ?? '', kind: r.properties.highway, kmh: KMH[r.properties.highway] ?? 25, choice: { feature: i } })));
    case '/api/pieces': {
      const count = pieces.length * PARTS;
      const out = Buffer.alloc(4 + count * 20);
      out.writeUInt32LE(count, 0);
      for (let p = 0; p < count; p++) {
        const [a, b, r] = pieces[Math.floor(p / PARTS)];
        const part = p % PARTS;
        const at = (t) => [0, 1].map((k) => vertices[a][k] + t * (vertices[b][k] - vertices[a][k]));
        [...at(part / PARTS), ...at((part + 1) / PARTS)].forEach((d, k) => out.writeInt32LE(Math.round(d * 1e7), 4 + 16 * p + 4 * k));
        out.writeUInt32LE(r, 4 + count * 16 + 4 * p);
      }
      return binary(out);
    }
    case '/api/try': {
      const { seconds: s, by: b, ...head } = attempt(question.edits, question.limit_s);
      const many = (list) => (PARTS === 1 ? list : list.flatMap((value) => new Array(PARTS).fill(value)));
      const [seconds, by] = [many(s), many(b)];
      const all = question.full || question.edits.length === 0;
      const which = seconds.map((_, p) => p).filter((p) => all || seconds[p] !== base.seconds[Math.floor(p / PARTS)] || by[p] !== base.by[Math.floor(p / PARTS)]);
      let text = JSON.stringify({ ...head, changed: all ? null : which.length });
      while (Buffer.byteLength(text) % 4) text += ' ';
      const start = Buffer.alloc(4);
      start.writeUInt32LE(Buffer.byteLength(text));
      const short = (list) => Buffer.from(Uint16Array.from(which, (p) => list[p]).buffer);
      return binary(Buffer.concat([start, Buffer.from(text), ...(all ? [] : [Buffer.from(Uint32Array.from(which).buffer)]), short(seconds), short(by)]));
    }
    case '/api/audit':
      return json({ rules: attempt(question.edits, 840).rules });
    case '/api/zones':
      return json({ geojson: { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { reason: 'too_far', reason_words: { zh: '太远', en: 'too far' }, population: 91234, nearest_station: 'jj-s08', nearest_station_s: 1100, worst_s: 1500 }, geometry: { type: 'Polygon', coordinates: [[[118.63, 24.61], [118.7, 24.6], [118.71, 24.66], [118.65, 24.67], [118.63, 24.61]]] } }] }, rule: 'JJ-EMS-02', area_km2: { best: 35.2, low: 33.9, high: 36.4 } });
    case '/api/propose': {
      const candidates = layer('candidates').slice(0, 12).map((f) => ({ id: f.properties.id, name: f.properties.name, at: f.geometry.coordinates }));
      const now = attempt(question.edits, question.limit_s).within;
      for (const c of candidates) c.gain = attempt([...question.edits, { add_station: { id: 'try', at: c.at } }], question.limit_s).within - now;
      candidates.sort((a, b) => b.gain - a.gain);
      return json({ chosen: candidates.slice(0, question.sites), gain: candidates[0].gain, proof: { zh: '替身服务器的答案，未经证明。', en: 'An answer of the stand-in, not proved.' }, candidates });
    }
    case '/api/failures': {
      const now = attempt(question.edits, question.limit_s).within;
      return json(stations.map(({ properties: { id } }) => ({ station: id, lost: now - attempt([...question.edits, { close_station: { station: id } }], question.limit_s).within })).sort((a, b) => b.lost - a.lost));
    }
    case '/api/scenario/write':
      return response.end(`# ${JSON.stringify(question)}\n`);
    case '/api/scenario/read':
      return json(JSON.parse(question.text.split('\n')[0].slice(2)));
    case '/api/events':
      response.setHeader('content-type', 'text/event-stream');
      response.write('event: stage\ndata: {"question":"zones","stage":{"zh":"面域","en":"zones"}}\n\n');
      return;
  }
  const file = path.join(web, 'dist', url.pathname === '/' ? 'index.html' : url.pathname);
  if (!file.startsWith(path.join(web, 'dist')) || !existsSync(file)) {
    response.statusCode = 404;
    return response.end();
  }
  response.setHeader('content-type', TYPES[file.split('.').pop()] ?? 'application/octet-stream');
  response.end(readFileSync(file));
});
process.on('SIGTERM', () => process.exit(0));
server.listen(Number(process.argv[2] ?? 8790), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
