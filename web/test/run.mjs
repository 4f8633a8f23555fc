// The page as a planner uses it, in Chinese and in English, in a browser without WebGL. LIFERING=path/to/lifering for
// the real server. The last line says how many passed.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openPage, pictures, pinAt, settled, startBrowser, startServer } from './harness.mjs';

const axe = readFileSync(path.join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');
const only = process.argv[2];
let server = await startServer();
const browser = await startBrowser();
let passed = 0;
let failed = 0;

/** What the stand-in of the server cannot answer. */
const REAL = { real: true };

async function test(name, options, body, { real = false } = {}) {
  if ((only && !name.includes(only)) || (real && !process.env.LIFERING)) return;
  let opened;
  try {
    opened = await openPage(browser, server.url, options);
    await body(opened);
    assert.deepEqual(opened.faults, [], 'requests to elsewhere, violations of the policy, errors');
    passed++;
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n     ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n     ')}`);
    await opened?.page.screenshot({ path: path.join(pictures, `failed-${failed}.png`) }).catch(() => {});
  }
  await opened?.context.close();
}

const within = async (page) => (await page.getByTestId('figures').locator('.now').first().textContent()).trim();
const edits = (page) => page.getByTestId('edits').locator('li').allTextContents();
const STATION = 'jj-s08';

/** Drags a station by so many pixels, in steps of a frame. */
async function drag(page, id, dx, dy, steps = 12, pause = 0) {
  const at = await pinAt(page, id);
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  for (let i = 1; i <= steps; i++) {
    await page.mouse.move(at.x + (dx * i) / steps, at.y + (dy * i) / steps);
    if (pause) await page.waitForTimeout(pause);
  }
  await page.mouse.up();
}

/** Pixels of the roads that are grey, and that have a colour; how many colours there are. */
const colourCount = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector('canvas.roads');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    const count = { grey: 0, other: 0, colours: 0 };
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 255) continue;
      seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
      if (Math.abs(data[i] - data[i + 2]) < 12) count.grey++;
      else count.other++;
    }
    count.colours = seen.size;
    return count;
  });

await test('roads have the colours of their times', {}, async ({ page }) => {
  const { other, colours } = await colourCount(page);
  assert.ok(other > 1000 && colours > 20, `${other} pixels in ${colours} colours`);
  await page.locator('#limit').fill('300');
  await settled(page);
  const later = await colourCount(page);
  assert.notEqual(later.colours, colours, 'another limit paints other colours');
});

for (const language of ['zh', 'en']) {
  await test(`${language}: a station is dragged, its edit undone and redone`, { language }, async ({ page }) => {
    const before = await within(page);
    await drag(page, STATION, 60, 40);
    await settled(page);
    const after = await within(page);
    assert.notEqual(after, before, 'people within the limit follow the station');
    assert.equal((await edits(page)).length, 1);
    await page.getByTestId('undo').click();
    await settled(page);
    assert.equal(await within(page), before);
    await page.getByTestId('redo').click();
    await settled(page);
    assert.equal(await within(page), after);
  });

  await test(`${language}: nothing serious for axe`, { language }, async ({ page }) => {
    await drag(page, STATION, 30, 20);
    await settled(page);
    // The policy forbids scripts in the page; axe is the test's and comes in by the debugger.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`), []);
  });
}

await test('frames while dragging', {}, async ({ page }) => {
  const began = await page.evaluate(() => {
    window.liferingPage.frames.length = 0;
    window.gaps = [];
    let last = performance.now();
    const beat = (now) => {
      window.gaps.push(now - last);
      last = now;
      window.beat = requestAnimationFrame(beat);
    };
    requestAnimationFrame(beat);
    return performance.now();
  });
  await drag(page, STATION, 120, 80, 60, 16);
  const { frames, gaps } = await page.evaluate(() => ({ frames: window.liferingPage.frames.map(([, ms]) => ms), gaps: window.gaps.slice(1) }));
  await settled(page);
  const tries = await page.evaluate((since) => performance.getEntriesByType('resource').filter(({ name, startTime }) => name.endsWith('api/try') && startTime > since).map(({ duration }) => duration), began);
  const at = (list, share) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) * share)].toFixed(1);
  console.log(`     roads painted ${frames.length} times: median ${at(frames, 0.5)} ms, 95 % ${at(frames, 0.95)} ms, most ${at(frames, 1)} ms; between frames: median ${at(gaps, 0.5)} ms, 95 % ${at(gaps, 0.95)} ms; ${tries.length} tries: median ${at(tries, 0.5)} ms, 95 % ${at(tries, 0.95)} ms`);
  assert.ok(frames.length > 10 && began > 0, 'the roads follow the hand');
  assert.ok(Number(at(frames, 0.5)) < 50, 'a frame of the roads takes less than 50 ms');
});

await test('no figure is stale without its mark', {}, async ({ page }) => {
  const at = await pinAt(page, STATION);
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 40, at.y + 30, { steps: 4 });
  await page.waitForFunction(() => window.liferingPage.tiers()[0] === 'exact');
  const [, audit, zones] = await page.evaluate(() => window.liferingPage.tiers());
  assert.equal(audit, 'drop', 'rules wait for the drop while dragging');
  assert.equal(zones, 'background');
  await page.getByText('修改前的，计算中').waitFor();
  await page.mouse.up();
  await settled(page, { zones: true });
});

await test('a road is closed by a click and opened again', {}, async ({ page }) => {
  await page.getByTestId('search').fill('沿海大通道');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '封闭这条路' }).click();
  await settled(page);
  assert.equal((await edits(page)).length, 1);
  await page.getByRole('button', { name: '封闭道路' }).click();
  const box = await page.getByTestId('map').boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await settled(page);
  assert.equal((await edits(page)).length, 0, 'the road is in the middle of the map after the search');
});

await test('a station at coordinates, and by the name of a road', {}, async ({ page }) => {
  await page.getByTestId('search').fill('118.5445, 24.7282');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '在此设站' }).click();
  await settled(page);
  assert.equal(await page.locator('#station-lon').inputValue(), '118.5445');
  await page.getByTestId('search').fill('沿海大通道');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '在此设站' }).click();
  await settled(page);
  assert.equal((await edits(page)).length, 2);
  await page.locator('#station-ambulances').fill('0');
  await page.locator('#station-ambulances').press('Enter');
  await settled(page);
  assert.equal((await edits(page)).length, 2, 'what a new station has stands in its edit');
});

await test('from the keyboard alone: select, move, add, delete, undo, before', {}, async ({ page }) => {
  await page.getByTestId('map').focus();
  await page.keyboard.press(']');
  const first = await page.getByTestId('inspector').locator('#station-lat').inputValue();
  await page.keyboard.press('ArrowUp');
  await settled(page);
  const second = await page.getByTestId('inspector').locator('#station-lat').inputValue();
  const moved = (Number(second) - Number(first)) * 111_000;
  assert.ok(Math.abs(moved - 10) < 0.5, `ten metres north, not ${moved}`);
  await page.keyboard.press('Shift+ArrowUp');
  await settled(page);
  const third = await page.getByTestId('inspector').locator('#station-lat').inputValue();
  const more = (Number(third) - Number(second)) * 111_000;
  assert.ok(Math.abs(more - 100) < 2, `a hundred metres north, not ${more}`);
  assert.equal((await edits(page)).length, 1, 'moves of one station are one edit');
  await page.keyboard.press('n');
  await settled(page);
  assert.equal((await edits(page)).length, 2);
  await page.keyboard.press('Delete');
  await settled(page);
  assert.equal((await edits(page)).length, 1);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await settled(page);
  assert.equal((await edits(page)).length, 1);
  await page.keyboard.down('b');
  await page.locator('.hint').getByText('原状').waitFor();
  await page.keyboard.up('b');
  const said = await page.getByTestId('said').textContent();
  assert.match(said, /时限内 [\d,]+ 人/, 'a screen reader hears the people');
});

await test('two scenarios are compared, as a difference and by swipe', {}, async ({ page }) => {
  await drag(page, STATION, 60, 40);
  await settled(page);
  await page.getByRole('button', { name: '复制' }).click();
  await settled(page);
  assert.equal((await edits(page)).length, 1, 'a copy has the edits');
  await page.getByTestId('compare-mode').selectOption('difference');
  await page.locator('.legend').getByText('更快').waitFor();
  await page.getByText('计算中').waitFor({ state: 'detached' });
  // The map is painted a frame after the answer is there.
  let colours = await colourCount(page);
  for (let tries = 0; tries < 50 && !(colours.grey > colours.other); tries++) {
    await page.waitForTimeout(100);
    colours = await colourCount(page);
  }
  assert.ok(colours.grey > colours.other && colours.other > 0, `most roads are as before, some are not: ${JSON.stringify(colours)}`);
  await page.screenshot({ path: path.join(pictures, 'difference.png') });
  await page.getByTestId('compare-mode').selectOption('swipe');
  await page.getByText('左：现状').waitFor();
  await page.getByTestId('compare-with').selectOption('0');
  await page.getByText('左：方案 1').waitFor();
});

await test('edits outlive a reload, and a server that stops', {}, async ({ page, address }) => {
  await drag(page, STATION, 60, 40);
  await settled(page);
  const kept = await edits(page);
  const people = await within(page);
  await page.goto(address);
  await settled(page);
  assert.deepEqual(await edits(page), kept);
  assert.equal(await within(page), people);
  await server.stop();
  await page.getByTestId('map').focus();
  await page.keyboard.press('n');
  await page.getByTestId('gone').waitFor();
  assert.equal((await edits(page)).length, 2, 'an edit is taken while the server is gone');
  server = await startServer(undefined, server.port);
  await page.getByTestId('gone').waitFor({ state: 'detached' });
  await settled(page);
  assert.equal((await edits(page)).length, 2);
});

await test('a scenario is saved and opened again', {}, async ({ page }) => {
  await drag(page, STATION, 60, 40);
  await page.getByTestId('map').focus();
  await page.keyboard.press('n');
  await settled(page);
  const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Control+s')]);
  const file = path.join(pictures, 'saved.scenario.toml');
  await saved.saveAs(file);
  const text = readFileSync(file, 'utf8');
  assert.match(text, /move_station/);
  assert.match(text, /add_station/);
  const people = await within(page);
  await page.getByTestId('open-file').setInputFiles(file);
  await page.getByTestId('notice').waitFor();
  await settled(page);
  assert.equal(await within(page), people);
  assert.equal((await edits(page)).length, 2);
  assert.equal(await page.getByTestId('scenario').locator('option').count(), 2);
});

await test('the map is exported as a picture', {}, async ({ page }) => {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-picture').click()]);
  const file = path.join(pictures, 'exported.png');
  await saved.saveAs(file);
  const bytes = readFileSync(file);
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  assert.ok(bytes.length > 20_000, 'a map is on it');
});

await test('the audit is exported as a folder, and the report as a page', {}, async ({ page }) => {
  await drag(page, STATION, 40, 30);
  await settled(page);
  const [zip] = await Promise.all([page.waitForEvent('download', { timeout: 120_000 }), page.getByTestId('export-audit').click()]);
  assert.equal(readFileSync(await zip.path()).subarray(0, 2).toString(), 'PK');
  const [report] = await Promise.all([page.waitForEvent('download', { timeout: 120_000 }), page.getByRole('button', { name: '打开报告' }).click()]);
  assert.match(readFileSync(await report.path(), 'utf8').slice(0, 200), /<!doctype html>/i);
}, REAL);

await test('without people there are times, and no people', {}, async ({ page, servers }) => {
  const region = await mkdtemp(path.join(tmpdir(), 'lifering-page-'));
  await cp(path.join(import.meta.dirname, '../../data/regions/jinjiang-demo'), region, { recursive: true });
  const settings = path.join(region, 'region.toml');
  const whole = readFileSync(settings, 'utf8');
  writeFileSync(settings, `without = ["population"]\n${whole.replace(/^(population|units) = .*$/gm, '')}`);
  await rm(path.join(region, 'population.geojson'));
  const bare = await startServer(region);
  servers.add(new URL(bare.url).origin);
  await page.goto(`${bare.url}?lang=zh`);
  await settled(page);
  await page.getByText('没有人口数据').waitFor();
  const { other, colours } = await colourCount(page);
  assert.ok(other > 1000 && colours > 20, 'roads have their times');
  await bare.stop();
  await rm(region, { recursive: true });
}, REAL);

await test('the best place comes with a proof, and is taken', {}, async ({ page }) => {
  await page.getByTestId('propose').click();
  await page.getByTestId('proposal').locator('li').first().waitFor({ timeout: 120_000 });
  await page.screenshot({ path: path.join(pictures, 'best-place.png') });
  const before = await within(page);
  await page.getByRole('button', { name: '采用' }).first().click();
  await settled(page);
  assert.notEqual(await within(page), before);
});

await test('a station that fails costs people', {}, async ({ page }) => {
  await page.getByTestId('failures').click();
  await page.getByText(/停运：[\d,]+ 人/).first().waitFor({ timeout: 120_000 });
});

await test('a pin in the sea is hollow and says how far a road is', {}, async ({ page }) => {
  await page.locator('[data-testid=stations] button').first().click();
  await page.locator('#station-lon').fill('118.75');
  await page.locator('#station-lon').press('Enter');
  await page.locator('#station-lat').fill('24.55');
  await page.locator('#station-lat').press('Enter');
  await page.getByTestId('inspector').getByText(/距最近道路 [\d,]+ m|边界之外/).first().waitFor();
});

await test('without any station there is an invitation', {}, async ({ page }) => {
  const count = await page.getByTestId('stations').locator('li').count();
  await page.getByTestId('map').focus();
  for (let i = 0; i < count; i++) {
    await page.keyboard.press(']');
    await page.keyboard.press('Delete');
  }
  await page.locator('.invitation').waitFor();
});

for (const [name, options] of [
  ['zh-1280', {}],
  ['en-1280', { language: 'en' }],
  ['zh-tablet', { width: 1024, height: 768, touch: true }],
  ['en-tablet-upright', { width: 820, height: 1180, touch: true, language: 'en' }],
]) {
  await test(`fits ${name}`, options, async ({ page }) => {
    await drag(page, STATION, 40, 30);
    await settled(page, { zones: true });
    const { wide, high } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - innerWidth, high: document.documentElement.scrollHeight - innerHeight }));
    await page.screenshot({ path: path.join(pictures, `${name}.png`) });
    assert.ok(wide <= 0 && high <= 0, `nothing hangs over the window (${wide}, ${high})`);
  });
}

await browser.close();
await server.stop();
writeFileSync(path.join(pictures, 'summary.txt'), `${passed} passed, ${failed} failed\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
