// Lowers the priority of an offload thread, so that quick requests go first.

import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/** The niceness of the calling thread: 0 is normal, 19 yields always. */
const NICE = 10

/**
 * Lets the calling thread, and no other thread of the process, yield when there are more threads than cores, so that quick requests
 * go first. Only Linux has priorities per thread; elsewhere this does nothing.
 */
export function giveWay(): void {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    if (Number.isInteger(id) && id > 0 && id !== process.pid) setPriority(id, NICE)
  } catch {
    // Without /proc, or without permission, all threads are equal: slower for some requests, but correct.
  }
}
