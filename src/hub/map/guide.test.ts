// The guide to maps is true: its examples compile, and its tables are what the code does.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Group, isObject, type Json, type JsonObject, User } from '../../protocol/index.ts'
import { MapFault } from '../contract/index.ts'
import { compileScope } from '../scope/compile-scope.ts'
import { compileMap } from './compile-map.ts'
import { lintMap } from './lint-map.ts'
import { SHAPE_NAMES } from './shapes.ts'
import { TRANSFORMS } from './transforms.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/maps.md'), 'utf8')
const around = { memberOf: new Set<string>(), accountOf: () => undefined }

function example(name: string): Json {
  const [, text = 'null'] = page.match(new RegExp(`<!-- ${name} -->\\n\`\`\`json\\n([\\s\\S]*?)\`\`\``)) ?? []
  return JSON.parse(text)
}

/** The cells of a table, from the line after its head. */
function table(head: string): readonly (readonly string[])[] {
  const lines = page.slice(page.indexOf(head)).split('\n')
  const rows = lines.slice(2, lines.indexOf(''))
  return rows.map((line) => line.slice(2, -2).split(' | '))
}
const code = (cell: string | undefined) => cell?.replace(/^`|`$/g, '') ?? ''

describe('the examples', () => {
  test('of a scope and of grants', () => {
    const grants = example('grants') as never
    expect(compileScope(example('scope') as never, grants, [User, Group]).groupsThatMatter.size).toBe(2)
    expect(
      lintMap({ userName: { from: 'userName' } }, { type: 'User', sourceType: User, accountType: User, grants }),
    ).toEqual([])
  })

  test('of a map of people', () => {
    const map = example('map User') as JsonObject
    const options = { type: 'User', sourceType: User, accountType: User, grants: [] } as const
    expect(lintMap(map, options)).toEqual([])
    const { document } = compileMap(map, options).map(
      { id: 'u1', userName: 'Ada ', userType: 'Employee' },
      around,
      'create',
    )
    expect(document).toMatchObject({ userName: 'ada', displayName: 'Ada ', userType: 'E', active: true })
  })

  test('of a map of groups', () => {
    const options = { type: 'Group', sourceType: Group, accountType: Group, grants: [] } as const
    expect(lintMap(example('map Group') as JsonObject, options)).toEqual([])
  })
})

describe('transforms', () => {
  const rows = table('| written | gives |')

  test('all are listed', () => {
    expect(rows.map(([written, about]) => [code(written), about])).toEqual(TRANSFORMS)
  })

  test.each(rows)('%s', (written, _about, result) => {
    const [given, expected] = result?.split(' → ').map((cell) => JSON.parse(code(cell))) ?? []
    const rules = { out: { const: given, to: [JSON.parse(code(written))] } }
    const map = compileMap(rules, { type: 'Group', sourceType: Group, accountType: undefined, grants: [] })
    expect(map.map({}, around, 'create').document.out).toEqual(expected)
  })
})

test('all shapes are listed', () => {
  expect(table('| `as` | gives |').map(([name, about]) => [code(name), about])).toEqual(SHAPE_NAMES)
})

test.each(table('| expression | for somebody |'))('%s', (expression, somebody, result) => {
  const rules = { userName: { const: 'x' }, title: { cel: code(expression) } }
  const map = compileMap(rules, { type: 'User', sourceType: User, accountType: User, grants: [] })
  const document: unknown = JSON.parse(code(somebody))
  const run = () => map.map(isObject(document) ? document : {}, around, 'create').document.title
  if (result === 'a fault') expect(run).toThrow(MapFault)
  else expect(run()).toEqual(result === 'nothing' ? undefined : JSON.parse(code(result)))
})
