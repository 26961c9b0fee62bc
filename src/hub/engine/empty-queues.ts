// Which of an app's queues are empty: nobody but its owner fills them, so one look is enough for a turn.

import { QUEUES } from '../contract/index.ts'
import type { MostlyEmpty, Turn } from './turn.ts'

/** Whether nothing is in a queue, as far as this turn has read and written it. */
export function isEmpty(
  turn: Pick<Turn, 'deps' | 'tenant' | 'app' | 'empty'>,
  name: MostlyEmpty,
): Promise<boolean> | boolean {
  const { deps, tenant, app, empty } = turn
  const known = empty.get(name)
  if (known !== undefined) return known
  const look = deps.store.items(tenant, QUEUES[name](app.settings.id), { limit: 1 }).then(({ length }) => length === 0)
  empty.set(name, look)
  // What fails is asked again, by whoever comes next.
  look.catch(() => empty.delete(name))
  return look
}

/** Something is about to be put into a queue. */
export function fills({ empty }: Pick<Turn, 'empty'>, name: MostlyEmpty): void {
  empty.set(name, false)
}
