// The rules of a map as lines of a form, and back.

/** Where a value comes from. */
export const ORIGINS = ['from', 'cel', 'const', 'ref', 'refs'] as const
/** One of {@link ORIGINS}. */
export type Origin = (typeof ORIGINS)[number]

/** One rule as a line of a form. */
export interface RuleLine {
  readonly target: string
  readonly origin: Origin
  /** A path, an expression, or the JSON of a constant. */
  readonly source: string
  /** What else the rule has (`to`, `as`, `default`, `whenMissing`, `on`), as JSON without the braces; empty when nothing. */
  readonly more: string
}

/** The rules of one type as lines. */
export function linesOf(map: { readonly [target: string]: unknown } | undefined): readonly RuleLine[] {
  return Object.entries(map ?? {}).map(([target, rule]) => {
    const { ...rest } = (rule ?? {}) as { [name: string]: unknown }
    const origin = ORIGINS.find((one) => one in rest) ?? 'from'
    const value = rest[origin]
    delete rest[origin]
    const source = origin === 'const' ? JSON.stringify(value) : String(value ?? '')
    const more = Object.keys(rest).length === 0 ? '' : JSON.stringify(rest).slice(1, -1)
    return { target, origin, source, more }
  })
}

/** The rules that lines say; `wrong` are the lines that cannot be read, by their number. */
export function mapOf(lines: readonly RuleLine[]): {
  readonly map: { readonly [target: string]: unknown }
  readonly wrong: ReadonlyMap<number, 'target' | 'twice' | 'source' | 'more'>
} {
  const map: { [target: string]: unknown } = {}
  const wrong = new Map<number, 'target' | 'twice' | 'source' | 'more'>()
  for (const [at, { target, origin, source, more }] of lines.entries()) {
    const rest = more.trim() === '' ? {} : parsed(`{${more}}`)
    const value = origin === 'const' ? parsed(source) : source
    if (target.trim() === '') wrong.set(at, 'target')
    else if (Object.hasOwn(map, target)) wrong.set(at, 'twice')
    else if (value === undefined || source.trim() === '') wrong.set(at, 'source')
    else if (typeof rest !== 'object' || rest === null) wrong.set(at, 'more')
    else map[target] = { [origin]: value, ...rest }
  }
  return { map, wrong }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
