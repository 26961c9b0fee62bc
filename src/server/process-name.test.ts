// Names of processes: which owners have surely ended, and which may be at work.

import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { hasEnded, hasSurelyEnded, PROCESS_NAME } from './process-name.ts'

const [, , began = '', realm = ''] = PROCESS_NAME.split(' ')

test('a process that has ended is known by its number, if that is of the same kernel and namespace', () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  const name = `${hostname()} ${pid} 1`
  expect(hasEnded(name)).toBe(true)
  // Of another machine with the same name, or another container on this one.
  expect(hasSurelyEnded(`${name}/7`)).toBe(false)
  expect(hasSurelyEnded(`${name} elsewhere:1/7`)).toBe(false)
  expect(hasSurelyEnded(`${name} ${realm}/7`)).toBe(realm !== '')
})

test('this process has not ended, nor have its parent and its turns', () => {
  for (const owner of [PROCESS_NAME, `${PROCESS_NAME}/7`, `${hostname()} ${process.ppid} 1 ${realm}/7`, '', 'x'])
    expect(hasSurelyEnded(owner), owner).toBe(false)
  // The number of this process was that of an earlier one; a thread of this one begins later.
  const own = (at: number) => `${hostname()} ${process.pid} ${at} ${realm}/7`
  expect(hasSurelyEnded(own(Number(began) - 1_000))).toBe(realm !== '')
  expect(hasSurelyEnded(own(Number(began) + 1_000))).toBe(false)
})
