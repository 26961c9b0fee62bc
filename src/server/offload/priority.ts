import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/** How much the calling thread gives way to others: 0 not at all, 19 always. */
const NICE = 10

/**
 * Lets the calling thread, and no other of the process, give way when there are more threads than cores: whoever waits for a small
 * answer goes first. Only Linux has priorities per thread; elsewhere nothing happens.
 */
export function giveWay(): void {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    if (Number.isInteger(id) && id > 0 && id !== process.pid) setPriority(id, NICE)
  } catch {
    // Without /proc, or where it is forbidden, all threads are equal: slower for some, wrong for nobody.
  }
}
