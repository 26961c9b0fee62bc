// The pages of the site, made of docs/ and its drawings, with titles and links as the site needs them.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const SOURCE = 'https://github.com/lockstep-scim/lockstep/blob/main/'

/** Guides by their part of the site; those that are not named here are in `tools`. */
const PARTS: { readonly [part: string]: readonly string[] } = {
  embed: [
    'embed',
    'whole-app',
    'own-tables',
    'existing-users',
    'sign-in',
    'erase-and-keep',
    'own-store',
    'embedding-sqlite',
    'frameworks',
    'testing',
    'serverless',
  ],
  connect: [
    'okta',
    'entra',
    'google',
    'onelogin',
    'ping',
    'jumpcloud',
    'auth0',
    'keycloak',
    'authentik',
    'rippling',
    'setup-links',
  ],
  hub: ['apps', 'maps', 'plans', 'access-reviews', 'receipts', 'app-profiles', 'adapters', 'fake-apps'],
  run: ['tls', 'operations', 'monitoring'],
}
const PROOF = ['conformance', 'rfc', 'performance', 'simulation']

/** Where a file of the repository is on the site; undefined for those that are not on it. */
function routeOf(file: string): string | undefined {
  const name = posix.basename(file, '.md').toLowerCase()
  if (file === 'README.md') return ''
  if (file === 'docs/start.md') return 'start'
  if (file === 'CHANGELOG.md') return 'run/changelog'
  if (file === 'docs/ARCHITECTURE.md' || file === 'docs/map.md') return `inside/${name}`
  if (file.startsWith('docs/decisions/')) return `inside/decisions/${name}`
  if (file.startsWith('docs/concepts/') || file.startsWith('docs/reference/')) return file.slice('docs/'.length, -3)
  if (file.startsWith('docs/guides/')) {
    const part = Object.keys(PARTS).find((one) => PARTS[one]?.includes(name)) ?? 'tools'
    return `${part}/${name}`
  }
  return PROOF.includes(name) && file.startsWith('docs/') ? `proof/${name}` : undefined
}

/** Links to other pages as the site has them; links to other files lead to the repository. */
function linked(text: string, file: string): string {
  return text.replace(
    /(!?)\[((?:[^[\]]|\[[^[\]]*\])*)\]\((?!https?:|#|mailto:)([^)\s]+)\)/g,
    (whole, image, label, link) => {
      const [path = '', hash] = String(link).split('#')
      const target = posix.join(posix.dirname(file), path)
      if (image === '!' && target.endsWith('.svg')) return drawing(target, label)
      const known = routeOf(existsSync(join(ROOT, target, 'README.md')) ? posix.join(target, 'README.md') : target)
      const folder = FOLDERS[target.replace(/\/$/, '')]
      const route = known ?? folder
      if (route === undefined) return existsSync(join(ROOT, target)) ? `[${label}](${SOURCE}${target})` : whole
      return `[${label}](/${route}${route === '' ? '' : '/'}${hash === undefined ? '' : `#${hash}`})`
    },
  )
}

/** The page to which a link to a whole folder leads. */
const FOLDERS: { readonly [folder: string]: string } = {
  'docs/decisions': 'inside/architecture',
  'docs/guides': 'start',
  'docs/reference': 'reference/commands',
  'docs/concepts': 'concepts/overview',
}

/** A drawing stands in the page itself, so that it takes the colours of the page. */
function drawing(file: string, label: string): string {
  const svg = readFileSync(join(ROOT, file), 'utf8')
    .replace(/<\?xml[^>]*>\s*/, '')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replaceAll(/\n\s*/g, ' ')
    .trim()
  return `<figure class="drawing" tabindex="0" aria-label="${label.replaceAll('"', '&quot;')}">${svg}</figure>`
}

/** A page: the first heading is the title, and what follows the body. */
function pageOf(file: string, order: number | undefined): string {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const title = /^# (.+)$/m.exec(text)?.[1] ?? posix.basename(file, '.md')
  const body = text.replace(/^# .+\n/m, '')
  const first = /^\n*([^\n#|<`*-][^\n]*(?:\n[^\n#|<`*-][^\n]*)*)/.exec(body)?.[1] ?? ''
  const description = first
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*\n]+/g, ' ')
    .slice(0, 160)
  const head = [
    '---',
    `title: ${JSON.stringify(title.replaceAll('`', ''))}`,
    ...(description === '' ? [] : [`description: ${JSON.stringify(description)}`]),
    `editUrl: ${JSON.stringify(`${SOURCE}${file}`)}`,
    ...(order === undefined ? [] : ['sidebar:', `  order: ${order}`]),
    '---',
  ].join('\n')
  // A comment that names the file of a snippet is for tests, not for readers.
  return `${head}\n${linked(body.replaceAll(/<!-- \S+ -->\n/g, ''), file)}`
}

function orderOf(route: string): number | undefined {
  const [part = '', name = ''] = route.split('/')
  if (part === 'concepts') return ['overview', 'dialects', 'changes', 'hub', 'tenants'].indexOf(name) + 1
  if (part === 'proof') return PROOF.indexOf(name) + 1
  const at = PARTS[part]?.indexOf(name) ?? -1
  return at < 0 ? undefined : at + 1
}

/** All pages by their routes. Throws when two files want the same one. */
export function sitePages(): ReadonlyMap<string, string> {
  const files = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => posix.join('docs', file.replaceAll('\\', '/')))
  const pages = new Map<string, string>()
  for (const file of [...files, 'CHANGELOG.md']) {
    const route = routeOf(file)
    if (route === undefined) continue
    if (pages.has(route)) throw new Error(`${file}: there is another page at ${route}`)
    pages.set(route, pageOf(file, orderOf(route)))
  }
  return pages
}
