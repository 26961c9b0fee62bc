// Builds the console and the setup page: two pages of static files that load nothing from elsewhere.

import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  // Files refer to each other by relative addresses, so that they work under any path behind a proxy.
  base: './',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Tests read from it what each page loads.
    manifest: true,
    target: 'es2023',
    // The strict policy allows no data: fonts and styles, so nothing is put into other files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: join(import.meta.dirname, 'index.html'), setup: join(import.meta.dirname, 'setup.html') },
    },
  },
})
