// A server, a browser without a graphics card, and what every test of the page watches: requests to another origin,
// violations of the content security policy, errors of the page.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { startProxy } from '../mock/proxy.mjs';

const web = path.resolve(import.meta.dirname, '..');
export const pictures = path.join(web, 'test', 'out');
mkdirSync(pictures, { recursive: true });

/** As `startOwn`; with PAGE_FROM_DISK the page is that of dist/, not the one compiled into the program. */
export async function startServer(region, port = 0) {
  if (!process.env.PAGE_FROM_DISK) return startOwn(region, port);
  const own = await startOwn(region);
  const proxy = await startProxy(own.url, port);
  return { url: `http://127.0.0.1:${proxy.port}/`, port: proxy.port, stop: () => (proxy.stop(), own.stop()) };
}

/** `lifering serve` where LIFERING names the program; the stand-in otherwise. */
function startOwn(region = path.join(web, '../data/regions/jinjiang-demo'), port = 0) {
  const real = process.env.LIFERING;
  const [program, args] = real
    ? [real, ['serve', region, '--no-open', '--port', String(port)]]
    : [process.execPath, [path.join(web, 'mock/server.mjs'), String(port)]];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (data) => {
      said += data;
      const url = said.match(/http:\/\/127\.0\.0\.1:(\d+)\/?\S*/);
      if (url) resolve({ url: url[0], port: Number(url[1]), stop: () => stop(child) });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error(`no address within a minute: ${said}`)), 60_000).unref();
  });
}

function stop(child) {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

export async function startBrowser() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => file && existsSync(file));
  if (!found) throw new Error('no Chromium: apt-get install chromium, or name it in CHROMIUM');
  return chromium.launch({ executablePath: found, args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--force-color-profile=srgb'] });
}

/** A page of its own storage, with what it did wrong in `faults`. */
export async function openPage(browser, url, { width = 1280, height = 720, language = 'zh', touch = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, hasTouch: touch, acceptDownloads: true });
  const page = await context.newPage();
  const faults = [];
  /** The servers of the test: nobody else is asked. */
  const servers = new Set([new URL(url).origin]);
  page.on('request', (request) => {
    const to = request.url();
    if (!/^(blob|data):/.test(to) && !servers.has(new URL(to).origin)) faults.push(`asks ${to}`);
  });
  page.on('pageerror', (error) => faults.push(`throws ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_CONNECTION_REFUSED|Failed to load resource/.test(message.text())) faults.push(message.text());
  });
  const address = new URL(url);
  address.searchParams.set('lang', language);
  await page.goto(address.href);
  await page.getByTestId('map').waitFor({ timeout: 60_000 });
  await settled(page);
  return { page, context, faults, servers, address: address.href };
}

/** Waits until the quick figures and the verdicts are those of the edits shown. */
export async function settled(page, { zones = false } = {}) {
  await page.waitForFunction((all) => window.liferingPage?.tiers().slice(0, all ? 3 : 2).every((tier) => tier === 'exact'), zones, { timeout: 60_000 });
}

/** Where a station of the list stands on the screen. */
export function pinAt(page, id) {
  return page.evaluate((wanted) => {
    const view = window.liferingPage.view();
    const box = view.map.getTargetElement().getBoundingClientRect();
    const [x, y] = view.pinPixel(wanted);
    return { x: box.x + x, y: box.y + y };
  }, id);
}
