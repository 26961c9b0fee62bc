// Names this process on a database that others use too, and finds out whether another one has ended.

import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Of which start of a kernel, and of which namespace in it, process numbers are; empty where that can't be told. */
const REALM = realmOf()

/** The name of this process. The number alone is not enough: a later process may get the same. */
export const PROCESS_NAME: string = [hostname(), process.pid, Math.round(performance.timeOrigin), REALM]
  .join(' ')
  .trim()

/**
 * Whether the process that owns something under its name, or its name with a slash and more, has surely ended. Hosts may share a name, and
 * containers a host: it is only told of processes whose numbers are of the same kernel and namespace.
 */
export function hasSurelyEnded(owner: string): boolean {
  const [name = ''] = owner.split('/', 1)
  const [, pid, began, realm] = name.split(' ')
  if (REALM === '' || realm !== REALM || name === PROCESS_NAME) return false
  // An earlier process with the number of this one; a thread of this one began later.
  if (Number(pid) === process.pid) return Number(began) < Math.round(performance.timeOrigin)
  return hasEnded(name)
}

/** Whether the process of such a name, or of a name that begins with one, is known to have ended. */
export function hasEnded(name: string): boolean {
  const [host, pid] = name.split(' ')
  if (`${name} `.startsWith(`${PROCESS_NAME} `) || host !== hostname()) return false
  if (Number(pid) === process.pid) return true
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function realmOf(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const [namespace = ''] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? []
    return boot === '' || namespace === '' ? '' : `${boot}:${namespace}`
  } catch {
    return ''
  }
}
