// Decides whether a regular expression can take more than linear time.

import type { AST } from '@eslint-community/regexpp'
import { RegExpParser } from '@eslint-community/regexpp'
import { getConsumedChars, toCache } from 'regexp-ast-analysis'
import { analyse } from 'scslre'

/** Why a regular expression may take more than linear time on some text; undefined: it never does. Stricter than need be, never laxer. */
export function superlinear(pattern: string, flags: string): string | undefined {
  const literal = new RegExpParser().parseLiteral(`/${pattern}/${flags}`)
  // Two repeats that can share a text between them, or one inside another.
  const { reports } = analyse({ source: pattern, flags })
  if (reports.some(({ type }) => type !== 'Move')) return 'gives text back to try it another way'
  const known = toCache(literal.flags)
  for (const alternative of literal.pattern.alternatives) {
    const found = restless(alternative, known)
    if (found !== undefined) return found
  }
  return undefined
}

type Flags = ReturnType<typeof toCache>
type Chars = ReturnType<typeof getConsumedChars>['chars']

/**
 * A search begins at each character. That is linear if what is repeated ends the match, so that it can't fail, or if a character
 * before the first repeat (the fence; the start of the text is one, too) is in none of the repeats: then what one beginning passes
 * over holds no more beginnings than the pattern has characters.
 */
function restless(alternative: AST.Alternative, flags: Flags): string | undefined {
  const repeats = repeatsIn(alternative)
  const [only, ...others] = repeats
  if (only === undefined || flags.sticky) return undefined
  const isLast = only === alternative.elements.at(-1) && !only.element.type.endsWith('Group')
  if (others.length === 0 && isLast && only.greedy) return undefined
  const eaten = repeats.map((repeat) => getConsumedChars(repeat, flags).chars)
  for (const element of alternative.elements) {
    if (repeats.some((repeat) => isWithin(repeat, element))) break
    const fence = fenceOf(element, flags)
    if (fence !== undefined && eaten.every((chars) => fence.every((one) => chars.isDisjointWith(one)))) return undefined
  }
  return 'begins again at each character and may pass over the rest each time'
}

/** What must be there, one of these characters; none for the start of the text. Undefined: it may be anywhere. */
function fenceOf(element: AST.Element, flags: Flags): readonly Chars[] | undefined {
  switch (element.type) {
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
      return [getConsumedChars(element, flags).chars]
    case 'Quantifier':
      return element.min > 0 ? fenceOf(element.element, flags) : undefined
    case 'Assertion':
      if (element.kind === 'start') return flags.multiline ? [getConsumedChars(LINE_END, flags).chars] : []
      return element.kind === 'lookbehind' && element.negate ? notBehind(element, flags) : undefined
    case 'Group':
    case 'CapturingGroup': {
      const fences = element.alternatives.map(({ elements: [first] }) => first && fenceOf(first, flags))
      return fences.some((one) => one === undefined) ? undefined : fences.flatMap((one) => one ?? [])
    }
    default:
      return undefined
  }
}

/** `(?<!x)`: the preceding character is not x. */
function notBehind({ alternatives }: AST.LookbehindAssertion, flags: Flags): readonly Chars[] | undefined {
  const [only, ...others] = alternatives
  const [element] = only?.elements ?? []
  const single = others.length === 0 && only?.elements.length === 1 && element?.type.startsWith('Char') === true
  return single ? [getConsumedChars(element, flags).chars.negate()] : undefined
}

const LINE_END = new RegExpParser().parsePattern('[\\n\\r\\u2028\\u2029]')

function repeatsIn(node: AST.Alternative): readonly AST.Quantifier[] {
  return node.elements.flatMap(repeatsOf)
}

function repeatsOf(element: AST.Element): readonly AST.Quantifier[] {
  switch (element.type) {
    case 'Quantifier':
      return [...(element.max === Number.POSITIVE_INFINITY ? [element] : []), ...repeatsOf(element.element)]
    case 'Group':
    case 'CapturingGroup':
      return element.alternatives.flatMap(repeatsIn)
    case 'Assertion':
      return element.kind === 'lookahead' || element.kind === 'lookbehind'
        ? element.alternatives.flatMap(repeatsIn)
        : []
    default:
      return []
  }
}

function isWithin(quantifier: AST.Quantifier, element: AST.Element): boolean {
  for (let node: AST.Node | null = quantifier; node !== null; node = node.parent) if (node === element) return true
  return false
}
