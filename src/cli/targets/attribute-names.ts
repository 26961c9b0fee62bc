import {
  attributePaths,
  didYouMean,
  type Filter,
  parseFilter,
  parsePath,
  type ResourceType,
  resolve,
} from '../../protocol/index.ts'
import { UsageError } from '../terminal/options.ts'

/** The resource type that a word on the command line means: its name or endpoint, in any letter case. */
export async function typeIn(
  place: { readonly name: string; readonly types: () => Promise<readonly ResourceType[]> },
  word: string,
): Promise<ResourceType> {
  return pickType(await place.types(), word, place.name)
}

/** The same among types that are at hand. */
export function pickType(types: readonly ResourceType[], word: string, where: string): ResourceType {
  const text = word.toLowerCase()
  const found = types.find(({ name, endpoint }) =>
    [name.toLowerCase(), endpoint.toLowerCase(), endpoint.slice(1).toLowerCase()].includes(text),
  )
  if (found !== undefined) return found
  const names = types.map(({ name }) => name)
  const all = `it has ${names.join(', ')}`
  throw new UsageError(`${where} has no resource type "${word}"; ${all}${didYouMean(word, names)}`)
}

/** Refuses attribute names that the server's own schemas don't have, with the one that was probably meant. */
export function checkPaths(type: ResourceType, paths: readonly string[], where: string): void {
  for (const path of paths) {
    if (path === '' || resolve(path, type) !== undefined || path.includes(':')) continue
    const known = attributePaths(type)
    // Within an extension the last part says best what was meant.
    const short = new Map(known.map((each) => [each.slice(each.lastIndexOf(':') + 1), each]))
    const exact = short.get(path)
    const hint = exact === undefined ? didYouMean(path, [...short.keys()]) : `; did you mean ${exact}?`
    throw new UsageError(`${where}: ${type.name} has no attribute "${path}"${hint}`)
  }
}

/** The attribute names in a filter; none when it can't be read, so that the server says what is wrong with it. */
export function namesInFilter(text: string): readonly string[] {
  let filter: Filter
  try {
    filter = parseFilter(text)
  } catch {
    return []
  }
  return namesOf(filter, '')
}

function namesOf(filter: Filter, parent: string): readonly string[] {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.all.flatMap((part) => namesOf(part, parent))
    case 'not':
      return namesOf(filter.filter, parent)
    case 'has':
      return [filter.path, ...namesOf(filter.filter, `${filter.path}.`)]
    default:
      // `tags[value eq "x"]`: simple values have no sub-attribute of that name.
      return parent !== '' && filter.path === 'value' ? [] : [parent + filter.path]
  }
}

/** The attribute names in a PATCH path; none when it can't be read. */
export function namesInPath(text: string): readonly string[] {
  try {
    const { attribute, filter, sub } = parsePath(text)
    const inner = filter === undefined ? [] : namesOf(filter, `${attribute}.`)
    return [sub === undefined ? attribute : `${attribute}.${sub}`, ...inner]
  } catch {
    return []
  }
}
