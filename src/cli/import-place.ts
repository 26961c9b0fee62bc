import { appendFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'

/** What an import has done so far. */
export interface Counts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
}

/** A line that names resources not known yet; looked at again at the end. */
export interface Pending {
  readonly type: string
  readonly id: string
  /** Whether it was created, and not here before. */
  readonly made: boolean
  readonly line: number
  readonly offset: number
  readonly length: number
}

/** What one batch of lines adds. */
export interface Step {
  /** First byte and number of the line that comes next. */
  readonly offset: number
  readonly line: number
  readonly counts: Counts
  /** Ids in the file, and the ids they have here. */
  readonly ids: readonly (readonly [theirs: string, ours: string])[]
  readonly pending: readonly Pending[]
  /** Bytes of the file of rejected lines. */
  readonly rejectedBytes: number
}

/** How far an import has got: kept beside the file, so that a second run goes on where the first stopped. */
export interface ImportPlace {
  readonly offset: number
  readonly line: number
  readonly counts: Counts
  readonly ids: ReadonlyMap<string, string>
  readonly pending: readonly Pending[]
  readonly resumed: boolean
  /** Notes a batch. What was done after the last note is done again, which changes nothing. */
  readonly note: (step: Step) => Promise<void>
  /** Takes the place away: the import is complete. */
  readonly done: () => Promise<void>
}

const NONE: Counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 }

/** Opens the place of an import of a file into a tenant; begins anew when the file or the tenant is another one. */
export async function openPlace(
  file: string,
  rejected: string,
  into: { readonly tenant: string; readonly database: string },
  { restart }: { readonly restart: boolean },
): Promise<ImportPlace> {
  const path = `${file}.place`
  const { size, mtimeMs } = await stat(file)
  const head = JSON.stringify({ size, mtimeMs, ...into })
  const lines = restart
    ? []
    : await readFile(path, 'utf8').then(
        (text) => text.split('\n'),
        () => [],
      )
  const ids = new Map<string, string>()
  const pending: Pending[] = []
  let last: Step | undefined
  if (lines[0] === head) {
    for (const line of lines.slice(1)) {
      const step = readStep(line)
      if (step === undefined) break
      for (const [theirs, ours] of step.ids) ids.set(theirs, ours)
      pending.push(...step.pending)
      last = step
    }
  }
  // Whole again, without a line that was cut short.
  await writeFile(
    path,
    last === undefined ? `${head}\n` : `${head}\n${JSON.stringify({ ...last, ids: [...ids], pending })}\n`,
    { mode: 0o600 },
  )
  if (last === undefined) await rm(rejected, { force: true })
  else await truncate(rejected, last.rejectedBytes).catch(() => undefined)
  return {
    offset: last?.offset ?? 0,
    line: last?.line ?? 0,
    counts: last?.counts ?? NONE,
    ids,
    pending,
    resumed: last !== undefined,
    note: (step) => appendFile(path, `${JSON.stringify(step)}\n`),
    done: () => rm(path, { force: true }),
  }
}

/** A noted batch; undefined for a line that was cut short by a crash. The file is our own. */
function readStep(line: string): Step | undefined {
  try {
    const step: Step | null = JSON.parse(line)
    return step !== null && typeof step === 'object' && typeof step.offset === 'number' ? step : undefined
  } catch {
    return undefined
  }
}
