// `lockstep log prune`: deletes old lines of the change log, after writing them to a file if one is given.

import { open, stat } from 'node:fs/promises'
import type { Pruned } from '../../directory/index.ts'
import type { Change } from '../../store/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { type OutFile, openOut } from '../files/out-file.ts'
import { flagOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'

const DAY_MS = 86_400_000

/** `lockstep log prune`: shortens the log of one tenant, or of all. */
export async function pruneLog(options: Options): Promise<void> {
  const days = numberOption(options, 'days', 1)
  const all = flagOption(options, 'all')
  const named = textOption(options, 'tenant')
  if (all && named !== undefined) throw new UsageError('Use either --tenant or --all')
  const file = textOption(options, 'to')
  if (file === '-') throw new UsageError('--to needs a file: standard output shows the result')
  await withLocal(options, async (local) => {
    const { tenants } = local.tenancy
    const names = all ? (await tenants.list()).map(({ name }) => name) : [(await tenants.show(named ?? 'default')).name]
    const out = file === undefined ? undefined : await openOut(file, { append: true })
    try {
      if (file !== undefined && out !== undefined && (await endsWithinLine(file))) await out.write('\n')
      for (const tenant of names) await pruneOne(local, tenant, days, all, out, options)
    } finally {
      await out?.end()
    }
  })
}

async function pruneOne(
  { tenancy, directory, store }: Local,
  tenant: string,
  days: number | undefined,
  all: boolean,
  out: OutFile | undefined,
  options: Options,
): Promise<void> {
  // All are those that are served.
  if (all && !(await tenancy.tenants.isImported(tenant))) return
  await tenancy.ready(tenant)
  const kept = days ?? tenancy.settings(tenant).logDays
  if (kept === 0) {
    if (all) return
    throw new UsageError(
      `Tenant "${tenant}" keeps its log forever; pass --days with the number of days to keep, or set logDays for the tenant`,
    )
  }
  const keep = async (lines: readonly Change[]) => {
    for (const line of lines) await out?.write(`${JSON.stringify({ ...line, at: new Date(line.at).toISOString() })}\n`)
    await out?.flush()
  }
  const pruned = await (await directory()).pruneLog(tenant, {
    before: Date.now() - kept * DAY_MS,
    actor: 'cli',
    ...(out === undefined ? {} : { keep }),
  })
  const { place, begins } = (await store.tenant(tenant)) ?? { place: 0, begins: pruned.begins }
  if (flagOption(options, 'json')) return printJson({ ...pruned, begins, left: place - begins + 1 })
  printLine(textOf(pruned, place - begins + 1))
}

function textOf({ tenant, lines, begins, heldBy }: Pruned, left: number): string {
  const cut = lines === 0 ? 'no line was old enough to delete' : `${lines} ${lines === 1 ? 'line' : 'lines'} deleted`
  const reader =
    heldBy === undefined ? '' : ` The reader "${heldBy}" has not read the following lines yet, so they are kept.`
  return `Tenant "${tenant}": ${cut}; the log now begins at place ${begins} and has ${left} lines.${reader}`
}

/** Whether the last line of a file lacks its end: a full disk, or a process that was killed, cut it off. */
async function endsWithinLine(path: string): Promise<boolean> {
  const { size } = await stat(path)
  if (size === 0) return false
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
    return buffer.toString() !== '\n'
  } finally {
    await file.close()
  }
}
