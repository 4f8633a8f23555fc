// The picture of the workbench in the documentation: a station moved, before the real server. `node test/picture.mjs FILE`.
import { openPage, pinAt, settled, startBrowser, startServer } from './harness.mjs';

if (!process.env.LIFERING) throw new Error('the picture shows real figures: name the program in LIFERING');
const server = await startServer();
const browser = await startBrowser();
const { page } = await openPage(browser, server.url, { language: 'zh' });
const at = await pinAt(page, 'jj-s08');
await page.mouse.move(at.x, at.y);
await page.mouse.down();
await page.mouse.move(at.x + 34, at.y + 26, { steps: 8 });
await page.mouse.up();
await settled(page, { zones: true });
await page.waitForTimeout(300);
await page.screenshot({ path: process.argv[2] });
await browser.close();
await server.stop();
