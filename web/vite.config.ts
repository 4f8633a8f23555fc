// From src/ to dist/, which is committed: stable names, nothing inline (the server sends a strict CSP), and
// beside the page the licences of what is bundled and the hashes of what it was built from.
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { recordBuild } from './scripts/record_build.mjs';

export default defineConfig({
  plugins: [solid(), recordBuild()],
  base: './',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    rollupOptions: {
      output: {
        entryFileNames: 'workbench.js',
        chunkFileNames: '[name].js',
        assetFileNames: (asset) => (asset.names[0]?.endsWith('.css') ? 'workbench.css' : '[name][extname]'),
      },
    },
  },
});
