// Puts file errors into words.

import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf } from '../../site/index.ts'
import { UsageError } from '../terminal/options.ts'

/** The error for a file that can't be read or written; `-` is standard input or output. */
export function fileError(file: string, verb: 'read' | 'written', error: unknown): UsageError {
  const name = file === '-' ? STANDARD[verb] : file
  const folder = dirname(file)
  const why = verb === 'written' && !existsSync(folder) ? `the folder ${folder} does not exist` : reasonOf(error)
  return new UsageError(`${name} can't be ${verb}: ${why}`, { cause: error })
}

const STANDARD = { read: 'Standard input', written: 'Standard output' } as const
