// `--dry` of a change of a schema or type: shows what it would do to resources, and changes nothing.

import type { ChangePreview } from '../../tenancy/index.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'

/** Examples that are named for one effect. */
const NAMED = 3

const DOES: { readonly [does in ChangePreview['effects'][number]['does']]: string } = {
  blocks: 'refused until they are changed',
  drops: 'with --force their values are deleted',
  deletes: 'with --force they are deleted',
  converts: 'their values are rewritten, nothing is lost',
}

/** Shows a preview. */
export function printPreview(preview: ChangePreview, options: Options): void | Promise<void> {
  if (flagOption(options, 'json')) return printJson({ dry: true, ...preview })
  const { effects, indexes, read, total } = preview
  if (effects.length === 0) printLine('No resource is in the way, and none loses a value.')
  for (const { what, does, count, examples } of effects) {
    const named = examples.slice(0, NAMED).map(({ type, id }) => `${type} ${id}`)
    const such = named.length === 0 ? '' : `, such as ${named.join(', ')}`
    printLine(`${what}: ${count} ${count === 1 ? 'resource' : 'resources'}${such}; ${DOES[does]}.`)
  }
  for (const { type, path } of indexes) printLine(`The index of ${type} ${path} would be removed.`)
  if (read < total) printLine(`${read} of ${total} resources were read; the change itself reads all.`)
  printLine('Nothing was changed.')
}
