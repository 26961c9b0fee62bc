// Writes an SVG picture anew from the parts that a logo may have: nothing that loads or runs.

const ELEMENTS: ReadonlySet<string> = new Set(
  'svg g path rect circle ellipse line polyline polygon defs linearGradient radialGradient stop clipPath mask title desc use symbol text tspan'.split(
    ' ',
  ),
)
const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'xmlns version viewBox width height preserveAspectRatio id class d x y x1 y1 x2 y2 cx cy r rx ry fx fy points transform opacity ' +
    'fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray ' +
    'stroke-dashoffset stroke-opacity clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits gradientUnits ' +
    'gradientTransform spreadMethod offset stop-color stop-opacity color display visibility vector-effect paint-order ' +
    'font-family font-size font-weight font-style text-anchor letter-spacing dominant-baseline dx dy role aria-label href'
  ).split(' '),
)
/** Most elements of a logo. */
const MOST = 2_000

/**
 * The picture written anew; undefined for a text that is no SVG, or too involved. Elements and attributes that no logo needs are left
 * out, with what is inside them. Work is proportional to the length of the text.
 */
export function rewriteSvg(text: string): string | undefined {
  const out: string[] = []
  const open: string[] = []
  /** How deep in an element that is left out; 0: not in one. */
  let skipped = 0
  let elements = 0
  for (const piece of piecesOf(text)) {
    if (piece.kind === 'broken') return undefined
    if (piece.kind === 'text') {
      if (skipped === 0 && open.length > 0) out.push(piece.text.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))
      continue
    }
    if (piece.kind === 'close') {
      if (skipped > 0) skipped--
      else if (open.pop() !== piece.name) return undefined
      else out.push(`</${piece.name}>`)
      continue
    }
    if (++elements > MOST) return undefined
    const first = open.length === 0 && skipped === 0
    if (first && (piece.name !== 'svg' || out.length > 0)) return undefined
    if (skipped > 0 || !ELEMENTS.has(piece.name)) {
      if (!piece.selfClosed) skipped++
      continue
    }
    out.push(`<${piece.name}${attributesOf(piece.attributes, first)}${piece.selfClosed ? '/>' : '>'}`)
    if (!piece.selfClosed) open.push(piece.name)
  }
  return open.length === 0 && skipped === 0 && out.length > 0 ? out.join('') : undefined
}

type Piece =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: string; readonly selfClosed: boolean }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'broken' }

/** The tags and texts of a document, in order; comments and processing instructions left out, declarations refused. */
function* piecesOf(text: string): Iterable<Piece> {
  let at = 0
  while (at < text.length) {
    const less = text.indexOf('<', at)
    const until = less === -1 ? text.length : less
    if (until > at) yield { kind: 'text', text: text.slice(at, until) }
    if (less === -1) return
    const [opening, closing] = text.startsWith('<!--', less)
      ? ['<!--', '-->']
      : text.startsWith('<?', less)
        ? ['<?', '?>']
        : []
    if (opening !== undefined && closing !== undefined) {
      const end = text.indexOf(closing, less + opening.length)
      if (end === -1) return yield { kind: 'broken' }
      at = end + closing.length
      continue
    }
    const end = endOfTag(text, less)
    const tag = end === -1 ? null : /^<(\/?)([A-Za-z][\w:.-]*)((?:[\s/][\s\S]*)?)$/.exec(text.slice(less, end))
    if (tag === null) return yield { kind: 'broken' }
    const [, slash, name = '', rest = ''] = tag
    const selfClosed = rest.endsWith('/')
    if (slash === '/') yield { kind: 'close', name }
    else yield { kind: 'open', name, attributes: selfClosed ? rest.slice(0, -1) : rest, selfClosed }
    at = end + 1
  }
}

/** The place of the ">" that ends a tag: one within quotes does not. */
function endOfTag(text: string, from: number): number {
  let quote = ''
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '>') return at
    else if (char === '<') return -1
  }
  return -1
}

function attributesOf(text: string, isRoot: boolean): string {
  const kept: string[] = []
  for (const { name, value } of pairsOf(text)) {
    const plain = name === 'xlink:href' ? 'href' : name
    if (plain === 'xmlns' || !ATTRIBUTES.has(plain) || !isHarmless(plain, value)) continue
    kept.push(` ${plain}="${value.replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`)
  }
  return (isRoot ? ' xmlns="http://www.w3.org/2000/svg"' : '') + kept.join('')
}

/** The attributes of a tag whose values are quoted, in order. */
function* pairsOf(text: string): Iterable<{ readonly name: string; readonly value: string }> {
  for (let at = 0; ; ) {
    const equals = text.indexOf('=', at)
    if (equals === -1) return
    const name = (text.slice(at, equals).trim().split(/\s/).at(-1) ?? '').trim()
    let open = equals + 1
    while (open < text.length && (text[open] ?? '').trim() === '') open++
    const quote = text[open]
    const close = quote === '"' || quote === "'" ? text.indexOf(quote, open + 1) : -1
    if (close === -1) return
    yield { name, value: text.slice(open + 1, close).trim() }
    at = close + 1
  }
}

/** Whether a value refers to nothing but the document itself. */
function isHarmless(name: string, value: string): boolean {
  if (value.length > 60_000 || value.includes('&')) return false
  if (name === 'href') return /^#[\w.-]+$/.test(value)
  const lower = value.toLowerCase()
  if (lower.includes('javascript:') || lower.includes('data:') || lower.includes('@import')) return false
  return !lower.includes('url(') || /^url\(\s*['"]?#[\w.-]+['"]?\s*\)$/.test(lower)
}
