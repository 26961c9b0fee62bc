// Reads on in a search by itself: what begins with a text is there first, what contains it comes after.

import { useEffect } from 'react'

/** Reads on while there are few: whoever still looks wants the rest, sooner where there is nothing yet. Only while something is looked for. */
export function useReading(
  list: { readonly hasMore: boolean; readonly items: readonly unknown[]; readonly more: () => void },
  looking = true,
): void {
  const few = looking && list.hasMore && list.items.length < 50
  const waitMs = list.items.length === 0 ? 60 : 250
  useEffect(() => {
    if (!few) return
    const timer = setTimeout(list.more, waitMs)
    return () => clearTimeout(timer)
  }, [few, waitMs, list.more])
}
