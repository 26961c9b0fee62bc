// Finds the resource type and the attributes that words on the command line name.

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
import type { Target } from './target.ts'

/** The resource type that an argument names, by its name or endpoint in any letter case. */
export async function typeIn(target: Pick<Target, 'name' | 'types'>, word: string): Promise<ResourceType> {
  return pickType(await target.types(), word, target.name)
}

/** The same for a given list of types; `where` is the target's name. */
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

/** Throws when the server's own schemas lack one of these attributes, with the name that was probably meant. */
export function checkPaths(type: ResourceType, paths: readonly string[], where: string): void {
  for (const path of paths) {
    if (path === '' || resolve(path, type) !== undefined || path.includes(':')) continue
    const known = attributePaths(type)
    // For attributes of an extension, compare the last part only.
    const short = new Map(known.map((each) => [each.slice(each.lastIndexOf(':') + 1), each]))
    const exact = short.get(path)
    const hint = exact === undefined ? didYouMean(path, [...short.keys()]) : `; did you mean ${exact}?`
    throw new UsageError(`${where}: ${type.name} has no attribute "${path}"${hint}`)
  }
}

/** The attribute names in a filter; none if it can't be parsed, so that the server reports the error. */
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

/** The attribute names in a PATCH path; none if it can't be parsed. */
export function namesInPath(text: string): readonly string[] {
  try {
    const { attribute, filter, sub } = parsePath(text)
    const inner = filter === undefined ? [] : namesOf(filter, `${attribute}.`)
    return [sub === undefined ? attribute : `${attribute}.${sub}`, ...inner]
  } catch {
    return []
  }
}
