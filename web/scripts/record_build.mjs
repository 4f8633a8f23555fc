// Beside the built page: LICENSES.txt of the packages in it, and sources.json with the SHA-256 of every file it was
// built from. tests/it/web.rs compares these hashes, so that a page older than its sources does not ship.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const web = path.resolve(import.meta.dirname, '..');

/** Files that decide what the page is, relative to web/, sorted. */
export function sourceFiles() {
  const under = (folder) =>
    readdirSync(path.join(web, folder), { withFileTypes: true }).flatMap((entry) => {
      const relative = `${folder}/${entry.name}`;
      return entry.isDirectory() ? under(relative) : [relative];
    });
  return [...under('src'), 'index.html', 'package-lock.json', 'package.json', 'scripts/record_build.mjs', 'tsconfig.json', 'vite.config.ts'].sort();
}

function hash(file) {
  return createHash('sha256').update(readFileSync(path.join(web, file))).digest('hex');
}

/** The folder of the package that a bundled module belongs to, or null for the page's own. */
function packageFolder(module) {
  const clean = module.replace(/^\0/, '').split('?')[0];
  const at = clean.lastIndexOf('/node_modules/');
  if (at < 0) return null;
  const [first, second] = clean.slice(at + '/node_modules/'.length).split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return clean.slice(0, at + '/node_modules/'.length) + name;
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  const text = file ? readFileSync(path.join(folder, file), 'utf8').trim() : 'The package has no file of its licence.';
  return { name, version, text: `${name} ${version} (${license})\n\n${text}\n` };
}

export function recordBuild() {
  return {
    name: 'record-build',
    apply: 'build',
    generateBundle(_options, bundle) {
      const folders = new Set();
      for (const chunk of Object.values(bundle)) {
        for (const module of chunk.moduleIds ?? []) {
          const folder = packageFolder(module);
          if (folder && existsSync(path.join(folder, 'package.json'))) folders.add(folder);
        }
      }
      const licences = [...folders].map(licenceOf).sort((a, b) => (a.name < b.name ? -1 : 1));
      this.emitFile({
        type: 'asset',
        fileName: 'LICENSES.txt',
        source: `What workbench.js and workbench.css hold beside lifering's own code.\n\n${licences.map((l) => l.text).join(`\n${'-'.repeat(72)}\n\n`)}`,
      });
      const hashes = Object.fromEntries(sourceFiles().map((file) => [file, hash(file)]));
      this.emitFile({ type: 'asset', fileName: 'sources.json', source: `${JSON.stringify(hashes, null, 2)}\n` });
    },
  };
}
