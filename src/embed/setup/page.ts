// Answers with the files of the setup page: the page itself at its own address, its assets below it.

import { fromBase64url } from '../../base64url.ts'
import type { Answer, Call } from '../../call.ts'
import type { PageFile } from './page-file.ts'

/** What a page may load and do: only what comes from where it came from. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')
const HEADERS = [
  'Content-Security-Policy',
  POLICY,
  'X-Content-Type-Options',
  'nosniff',
  'X-Frame-Options',
  'DENY',
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Opener-Policy',
  'same-origin',
  'Cross-Origin-Resource-Policy',
  'same-origin',
]

/** Loaded when somebody opens a page: it is half a megabyte of text. */
const readPageFiles = async () => (await import('./page-files.ts')).readPageFiles()
let reading: ReturnType<typeof readPageFiles> | undefined

/** A file of the page; `path`: where the page is. */
export async function answerPage({ method, path: asked }: Call, path: string): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: ['Allow', 'GET, HEAD'] }
  reading ??= readPageFiles()
  const files = await reading
  if (files === undefined)
    return plain(404, 'The setup page was not built; in the repository, npm run console builds it')
  const name = asked === '/' ? 'index.html' : asked.slice(1)
  const file = Object.hasOwn(files, name) ? files[name] : undefined
  if (file === undefined) return plain(404, 'There is nothing here')
  // Files refer to each other by relative addresses; the page itself has no slash at its end.
  const body = name === 'index.html' ? (file.text ?? '').replaceAll('="./assets/', `="${path}/assets/`) : bodyOf(file)
  // The name of an asset changes with its content.
  const caching = name === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable'
  return { status: 200, headers: ['Content-Type', file.type, 'Cache-Control', caching, ...HEADERS], body }
}

function bodyOf({ text, base64 = '' }: PageFile): string | Uint8Array {
  return text ?? fromBase64url(base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''))
}

function plain(status: number, body: string): Answer {
  return { status, headers: ['Content-Type', 'text/plain; charset=utf-8', ...HEADERS], body }
}
