// Rules for the stores' source that a reader would miss, such as one place for COMMIT.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', 'src', 'store')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

const having = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)

describe('what the stores do in one place alone', () => {
  test('COMMIT is sent to PostgreSQL only where its answer is read', () => {
    expect(having(/\(['"`]commit['"`]\)/i).filter((path) => path.startsWith('postgres'))).toEqual([
      'postgres/session.ts',
    ])
  })

  test('a SQLite file is opened where none is made', () => {
    expect(having(/new DatabaseSync\(/)).toEqual(['sqlite/connection.ts'])
  })

  test('watchers are called where what they throw is caught', () => {
    expect(having(/of \[\.\.\.(listeners|watchers)\]|\blistener\(/)).toEqual(['watchers.ts', 'work-watchers.ts'])
  })

  test('tables in a SQLite file are called lockstep_…', () => {
    const bare =
      /\b(from|join|into|update|delete from) (tenant|type|path|counter|block|resource|value_index|member|change|record|signal|state|gone|item|cursor|lease)\b(?!')/
    const wrong = sources
      .filter(({ path }) => path.startsWith('sqlite/') && !/migrations\/000[1-5]/.test(path))
      .flatMap(({ path, text }) => {
        const lines = text.split('\n').filter((line) => !/^\s*(\/\/|\*|\/\*\*|import|export \{)/.test(line))
        return lines.filter((line) => bare.test(line) && /['"`]/.test(line)).map((line) => `${path}: ${line.trim()}`)
      })
    expect(wrong).toEqual([])
  })
})
