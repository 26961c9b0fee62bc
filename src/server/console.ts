// Serves the built console and setup page. Files are read once and kept: no URL ever reaches the disk.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Answer } from '../call.ts'
import { environment } from '../environment.ts'
import { send } from '../node.ts'
import { methodNotAllowed, notFound } from '../protocol/index.ts'
import type { Settings } from '../site/index.ts'
import { type Face, type FaceDeps, faceOf, refusalAnswer } from './faces.ts'
import type { PolicyReports } from './policy-reports.ts'
import { protect, REPORTS_PATH } from './security-headers.ts'

/** What the faces are connected to. */
export interface ConsoleDeps extends FaceDeps {
  /** Takes what browsers report of the policy. */
  readonly policyReports: PolicyReports
  readonly settings: Settings
}

/** One file, as it is sent. */
interface File {
  readonly type: string
  readonly plain: Uint8Array
  readonly brotli?: Uint8Array
  /** Made when it is first asked for. */
  gzip?: Promise<Uint8Array>
}

/** The built files. */
interface Built {
  readonly assets: ReadonlyMap<string, File>
  readonly pages: { readonly console: Page; readonly setup: Page }
}

interface Page {
  readonly html: Uint8Array
  readonly tag: string
}

const TYPES: { readonly [extension: string]: string } = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
  json: 'application/json',
}
/** Types that gain by being compressed. */
const PACKED = /^(?:text|image\/svg|application\/json)/
/** Where the files are: beside the compiled code, or in the repository. */
const PLACES = ['../console/', '../../console/dist/']
const ASSETS = '/console/assets/'
const toGzip = promisify(gzip)

/** Makes the faces of the console and of the setup page; none where they are switched off. */
export function consoleFaces(deps: ConsoleDeps): readonly Face[] {
  if (deps.settings.console === false) return []
  const { publicUrl } = deps.settings
  const prefix = pathOf(publicUrl)
  let reading: Promise<Built | undefined> | undefined
  const face = (place: string, answer: (built: Built, request: IncomingMessage) => Answer | Promise<Answer>) =>
    faceOf(deps, {
      prefix: place,
      openTo: 'private',
      listener: async (request, response) => {
        reading ??= readBuilt(publicUrl)
        protect(response, deps.requestOrigin.origin(request), 'page', prefix)
        await answerRead(request, response, await reading, answer)
      },
    })
  const page = (name: keyof Built['pages']) => (built: Built, request: IncomingMessage) =>
    pageAnswer(built.pages[name], request)
  return [
    faceOf(deps, {
      prefix: REPORTS_PATH,
      openTo: 'private',
      listener: (request, response) => takeReport(deps, request, response),
    }),
    face(ASSETS, (built, request) => assetAnswer(built, request)),
    face('/console/', (built, request) => (wantsPage(request) ? page('console')(built, request) : NO_FILE)),
    face('/console', page('console')),
    face('/setup', page('setup')),
  ]
}

/** The path of the public URL, where a proxy has put the server below one. */
function pathOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '')
}

/** Longest body of a report. */
const REPORT_BYTES = 16_384

/** Takes a report of a browser. Anybody can send one: it is counted, bounded, and answered with nothing. */
async function takeReport(
  { policyReports, requestOrigin }: ConsoleDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  protect(response, requestOrigin.origin(request), 'api')
  if (request.method !== 'POST') return send(request, response, refusalAnswer(methodNotAllowed(['POST'])))
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Uint8Array).length
    if (length > REPORT_BYTES) break
    chunks.push(chunk as Uint8Array)
  }
  if (length <= REPORT_BYTES) policyReports.take(Buffer.concat(chunks).toString(), environment.now())
  if (response.destroyed) return
  send(request, response, { status: length > REPORT_BYTES ? 413 : 204, headers: [] })
}

async function answerRead(
  request: IncomingMessage,
  response: ServerResponse,
  built: Built | undefined,
  answer: (built: Built, request: IncomingMessage) => Answer | Promise<Answer>,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(request, response, refusalAnswer(methodNotAllowed(['GET', 'HEAD'])))
  }
  send(request, response, built === undefined ? NOT_BUILT : await answer(built, request))
}

/** Whatever has no file is a page of the console: its script reads the address. */
function wantsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') === true
}

function pageAnswer({ html, tag }: Page, { headers: { 'if-none-match': known } }: IncomingMessage): Answer {
  const caching = ['Cache-Control', 'no-cache', 'ETag', tag]
  if (known?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag) === true)
    return { status: 304, headers: caching }
  const length = ['Content-Length', String(html.length)]
  return {
    status: 200,
    headers: ['Content-Type', 'text/html; charset=utf-8', ...length, ...caching],
    body: html,
  }
}

async function assetAnswer(built: Built, request: IncomingMessage): Promise<Answer> {
  const { url = '', headers: asked } = request
  const file = built.assets.get(url.slice(ASSETS.length).split('?')[0] ?? '')
  if (file === undefined) return NO_FILE
  const accepted = (asked['accept-encoding'] ?? '').split(',').map((one) => one.split(';')[0]?.trim())
  const { body, encoding } = await encoded(file, accepted)
  return {
    status: 200,
    headers: [
      'Content-Type',
      file.type,
      'Content-Length',
      String(body.length),
      // Its name changes with its content.
      'Cache-Control',
      'public, max-age=31536000, immutable',
      'Vary',
      'Accept-Encoding',
      ...(encoding === undefined ? [] : ['Content-Encoding', encoding]),
    ],
    body,
  }
}

/** A file as the browser takes it. Browsers ask for brotli only over https. */
async function encoded(
  file: File,
  accepted: readonly (string | undefined)[],
): Promise<{ readonly body: Uint8Array; readonly encoding?: string }> {
  if (file.brotli !== undefined && accepted.includes('br')) return { body: file.brotli, encoding: 'br' }
  if (!PACKED.test(file.type) || !accepted.includes('gzip')) return { body: file.plain }
  file.gzip ??= toGzip(file.plain, { level: 9 })
  return { body: await file.gzip, encoding: 'gzip' }
}

/** Reads all files, with the path that a proxy in front adds put into the pages; undefined if the console was not built. */
async function readBuilt(publicUrl: string | undefined): Promise<Built | undefined> {
  const prefix = pathOf(publicUrl)
  for (const place of PLACES) {
    const folder = new URL(place, import.meta.url)
    const names = await readdir(new URL('assets/', folder)).catch(() => undefined)
    if (names === undefined) continue
    const assets = await Promise.all(
      names
        .filter((name) => !name.endsWith('.br'))
        .map(async (name) => [name, await readAsset(folder, name, names)] as const),
    )
    const [console, setup] = await Promise.all([readPage(folder, 'index', prefix), readPage(folder, 'setup', prefix)])
    return { assets: new Map(assets), pages: { console, setup } }
  }
  return undefined
}

async function readAsset(folder: URL, name: string, names: readonly string[]): Promise<File> {
  const read = (file: string) => readFile(new URL(`assets/${file}`, folder))
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  return {
    type,
    plain: await read(name),
    ...(names.includes(`${name}.br`) ? { brotli: await read(`${name}.br`) } : {}),
  }
}

async function readPage(folder: URL, name: string, prefix: string): Promise<Page> {
  const text = await readFile(new URL(`${name}.html`, folder), 'utf8')
  const html = Buffer.from(text.replaceAll('="./assets/', `="${prefix}${ASSETS}`))
  return { html, tag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"` }
}

const NO_FILE = refusalAnswer(notFound('The console has no such file'))
const NOT_BUILT = refusalAnswer(notFound('The console was not built; in the repository, npm run console builds it'))
