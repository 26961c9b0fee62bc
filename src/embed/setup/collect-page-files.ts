// Collects the built files of the setup page: the page, and everything that it leads to.

import type { PageFile } from './page-file.ts'

const TYPES: { readonly [extension: string]: string } = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

/** The page as `index.html`, and each file of its assets that it or they name. Undefined if it was not built. */
export async function collectPageFiles(folder: URL): Promise<{ readonly [name: string]: PageFile } | undefined> {
  const { readdir, readFile } = await import('node:fs/promises')
  const names = await readdir(new URL('assets/', folder)).catch(() => undefined)
  if (names === undefined) return undefined
  const files: { [name: string]: PageFile } = {}
  const take = async (name: string, from: string): Promise<void> => {
    const bytes = await readFile(new URL(from, folder))
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
    const isText = !type.startsWith('font/')
    const text = isText ? bytes.toString('utf8') : ''
    files[name] = isText ? { type, text } : { type, base64: bytes.toString('base64') }
    for (const other of names) {
      const asset = `assets/${other}`
      if (!other.endsWith('.br') && files[asset] === undefined && text.includes(other)) await take(asset, asset)
    }
  }
  await take('index.html', 'setup.html')
  return files
}
