// Runs work on one key strictly one after the other, and on different keys at the same time.

/**
 * Runs work on one key strictly one after the other, and on different keys at the same time: writers of one resource
 * in one process queue up here instead of failing on each other's version.
 */
export function createKeyedMutex(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const before = tails.get(key)
    const run = before === undefined ? work() : before.then(work, work)
    const tail = run.then(ignore, ignore)
    tails.set(key, tail)
    tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    return run
  }
}

function ignore(): void {}
