// Writes the pages of the site to where Starlight reads them.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sitePages } from './site-pages.ts'

const OUT = join(import.meta.dirname, '../src/content/docs')

const pages = sitePages()
rmSync(OUT, { recursive: true, force: true })
for (const [route, text] of pages) {
  const to = join(OUT, `${route}.md`)
  mkdirSync(dirname(to), { recursive: true })
  writeFileSync(to, text)
}
writeFileSync(join(OUT, 'index.mdx'), readFileSync(join(import.meta.dirname, '../src/home.mdx'), 'utf8'))
console.log(`${pages.size + 1} pages in website/src/content/docs`)
