// Keeps where an import stands in a file beside the imported one, so that a second run resumes.

import { appendFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { type Checkpoint, checkpointAfter, type Pending, type Step } from '../../sources/index.ts'

/** A resource to be completed, and the line that its record is on. */
export interface PendingLine extends Pending {
  readonly line: number
  readonly offset: number
  readonly length: number
}

/** What one batch of lines adds. */
export interface FileStep extends Step<PendingLine> {
  /** First byte and number of the line that comes next. */
  readonly offset: number
  readonly line: number
  /** Bytes of the file of rejected lines. */
  readonly rejectedBytes: number
}

/** The checkpoint of an import of a file. */
export interface CheckpointFile extends Checkpoint<PendingLine> {
  /** First byte and number of the line that comes next; 0 at the beginning. */
  readonly offset: number
  readonly line: number
  /** Whether an earlier run left it. */
  readonly resumed: boolean
  /** Adds a batch. What was done after the last one is done again on resuming, which changes nothing. */
  readonly add: (step: FileStep) => Promise<void>
  /** Removes the file: the import is complete. */
  readonly remove: () => Promise<void>
}

/** Opens the checkpoint of an import; starts from the beginning when the file, the tenant or the database is another one. */
export async function openCheckpoint(
  file: string,
  rejected: string,
  into: { readonly tenant: string; readonly database: string },
  { restart }: { readonly restart: boolean },
): Promise<CheckpointFile> {
  const path = `${file}.place`
  const { size, mtimeMs } = await stat(file)
  const head = JSON.stringify({ size, mtimeMs, ...into })
  const steps = restart ? [] : await readSteps(path, head)
  const last = steps.at(-1)
  const checkpoint = checkpointAfter(steps)
  // Written whole again, so that a line cut short by a crash is gone.
  const all = last === undefined ? '' : `${JSON.stringify({ ...last, ...checkpoint, ids: [...checkpoint.ids] })}\n`
  await writeFile(path, `${head}\n${all}`, { mode: 0o600 })
  if (last === undefined) await rm(rejected, { force: true })
  else await truncate(rejected, last.rejectedBytes).catch(() => undefined)
  return {
    ...checkpoint,
    offset: last?.offset ?? 0,
    line: last?.line ?? 0,
    resumed: last !== undefined,
    add: (step) => appendFile(path, `${JSON.stringify(step)}\n`),
    remove: () => rm(path, { force: true }),
  }
}

/** The batches in a checkpoint file with this first line; none when there is no such file. */
async function readSteps(path: string, head: string): Promise<readonly FileStep[]> {
  const [first, ...lines] = await readFile(path, 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
  if (first !== head) return []
  const steps: FileStep[] = []
  for (const line of lines) {
    const step = readStep(line)
    if (step === undefined) break
    steps.push(step)
  }
  return steps
}

/** A batch; undefined for a line cut short by a crash. The file is our own. */
function readStep(line: string): FileStep | undefined {
  try {
    const step: FileStep | null = JSON.parse(line)
    return step !== null && typeof step === 'object' && typeof step.offset === 'number' ? step : undefined
  } catch {
    return undefined
  }
}
