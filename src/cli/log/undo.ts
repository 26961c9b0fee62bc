// `lockstep undo`: undoes lines of the change log, first shown as a plan.

import { linesAt, planUndo, type UndoStep, undo } from '../../admin/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { flagOption, type Options, UsageError } from '../terminal/options.ts'
import { cut, printJson, printLine } from '../terminal/print.ts'

/** `lockstep undo PLACE…`: shows what undoing these lines comes to; `--apply` does it. */
export async function undoPlaces(given: readonly string[], options: Options): Promise<void> {
  const places = given.map((text) => {
    const place = Number(text.replace(/^#/, ''))
    if (Number.isSafeInteger(place) && place > 0) return place
    throw new UsageError(`"${text}" is not a place of the log; see them with: lockstep log`)
  })
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const directory = await local.directory()
    const lines = await linesAt(local.store, tenant, places)
    const missing = places.find((place) => !lines.has(place))
    if (missing !== undefined)
      throw new LockstepError(
        'ERR_NOT_FOUND',
        `The log of tenant "${tenant}" has no line ${missing}, or it has been cut off`,
      )
    const catalog = directory.catalog(tenant)
    const apply = flagOption(options, 'apply')
    const steps = apply
      ? await undo(directory, catalog, tenant, 'cli', [...lines.values()])
      : await planUndo(directory, catalog, [...lines.values()])
    if (flagOption(options, 'json')) await printJson({ steps, applied: apply })
    else for (const step of steps) printLine(sentenceOf(step, apply))
    if (!apply && !flagOption(options, 'json')) printLine('Nothing was written; pass --apply to do it.')
    if (steps.some(({ refused }) => refused !== undefined)) process.exitCode = 1
  })
}

function sentenceOf({ place, type, id, display, does, paths, join, leave, refused }: UndoStep, apply: boolean): string {
  const what = `#${place}  ${type} ${display || id}`
  if (refused !== undefined) return `${what}: not undone: ${refused}`
  const verb = {
    set: apply ? 'set back' : 'would be set back',
    create: apply ? 'created again' : 'would be created again',
    delete: apply ? 'deleted' : 'would be deleted',
  }
  const values = paths.map(({ path, now, back }) => `${path}: ${short(now)} → ${short(back)}`)
  const members = join.length + leave.length === 0 ? [] : [`members: +${join.length} −${leave.length}`]
  return `${what}: ${verb[does]}${does === 'set' ? `: ${cut([...values, ...members].join('; '), 160)}` : ''}`
}

function short(value: unknown): string {
  return value === undefined ? '–' : cut(JSON.stringify(value), 40)
}
