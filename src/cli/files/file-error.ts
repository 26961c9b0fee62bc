import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf } from '../../server/index.ts'
import { UsageError } from '../terminal/options.ts'

/** The error of a file that can't be read or written, in words; `-` is standard input or output. */
export function fileError(file: string, verb: 'read' | 'written', error: unknown): UsageError {
  const name = file === '-' ? STANDARD[verb] : file
  const folder = dirname(file)
  const why = verb === 'written' && !existsSync(folder) ? `there is no folder ${folder}` : reasonOf(error)
  return new UsageError(`${name} can't be ${verb}: ${why}`, { cause: error })
}

const STANDARD = { read: 'Standard input', written: 'Standard output' } as const
