// Commands that the console shows are commands that there are, with arguments and options that they take.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'

const SOURCE = join(import.meta.dirname, '../../console/src')
const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx$/.test(file))

/** The commands in a source, with `x` for what is put in, and without what is put in only sometimes. */
function commandsIn(source: string): string[] {
  return [...source.matchAll(/(['"`])lockstep /g)].map(({ 0: begin, 1: quote = '', index }) => {
    let text = 'lockstep '
    for (let at = index + begin.length; source[at] !== quote; at++) {
      if (source[at] !== '$' || source[at + 1] !== '{') {
        text += source[at]
        continue
      }
      for (let depth = 1, from = at + 2; ; from++) {
        if (source[from] === '{') depth++
        if (source[from] === '}') depth--
        if (depth > 0) continue
        at = from
        break
      }
      if (text.endsWith(' ')) text += 'x'
    }
    return text
  })
}

/** What is wrong with a command; undefined: nothing. */
function faultOf(text: string): string | undefined {
  const words = text.split(/\s+/).slice(1)
  const entry = COMMANDS.filter(({ name }) => `${words.join(' ')} `.startsWith(`${name} `)).sort(
    (a, b) => b.name.length - a.name.length,
  )[0]
  if (entry === undefined) return 'no such command'
  const rest = words.slice(entry.name.split(' ').length)
  const args: string[] = []
  while (rest.length > 0) {
    const word = rest.shift() ?? ''
    if (!word.startsWith('--')) {
      args.push(word)
      continue
    }
    const option = entry.options?.find(([flags]) => flags.split(' ')[0] === word)
    if (option === undefined) return `no option ${word}`
    if (option[0].includes('<')) rest.shift()
  }
  const wanted = entry.args?.split(' ') ?? []
  const least = wanted.filter((one) => one.startsWith('<')).length
  const most = wanted.some((one) => one.includes('...')) ? Number.POSITIVE_INFINITY : wanted.length
  return args.length < least || args.length > most ? `takes ${entry.args ?? 'no arguments'}` : undefined
}

test('the check finds a command, an option and an argument that are not there', () => {
  const put = (name: string) => ['$', '{', name, '}'].join('')
  const source = `a = \`lockstep get User ${put('idOf({ b })')}${put("c ? ' --d' : ''")} --tenant ${put('e')}\``
  expect(commandsIn(source)).toEqual(['lockstep get User x --tenant x'])
  expect(faultOf('lockstep tenant settings acme')).toBeDefined()
  expect(faultOf('lockstep app held --tenant acme')).toBeDefined()
  expect(faultOf('lockstep tenant list --all')).toBeDefined()
})

test('every command that is shown is one', () => {
  const shown = FILES.flatMap((file) =>
    commandsIn(readFileSync(join(SOURCE, file), 'utf8')).map((command) => ({ file, command })),
  )
  expect(shown.length).toBeGreaterThan(30)
  expect(
    shown.map((one) => ({ ...one, fault: faultOf(one.command) })).filter(({ fault }) => fault !== undefined),
  ).toEqual([])
})
