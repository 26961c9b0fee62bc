// Which lines of a list are in the document: those in sight, and the one that is pointed at.

import { defaultRangeExtractor, useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type RefObject, useEffect } from 'react'

/** The lines of a list that are in the document. */
export interface Lines {
  readonly items: readonly VirtualItem[]
  /** Of all lines, in pixels. */
  readonly height: number
  /** The first line in sight. */
  readonly first: number
  /** How many lines fit. */
  readonly page: number
  readonly show: (index: number) => void
  readonly toStart: () => void
  readonly toEnd: () => void
}

const HEAD = 32
const NARROW = 56

/** Decides which lines are in the document. */
export function useLines({
  count,
  narrow,
  place,
  current,
  onRange,
}: {
  readonly count: number
  readonly narrow: boolean
  readonly place: RefObject<HTMLDivElement | null>
  readonly current: number
  readonly onRange: ((first: number, last: number) => void) | undefined
}): Lines {
  const size = narrow ? NARROW : document.documentElement.dataset.density === 'comfortable' ? 40 : 32
  const head = narrow ? 0 : HEAD
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => place.current,
    estimateSize: () => size,
    overscan: 6,
    scrollPaddingStart: head,
    // A line that scrolls away would take what points at it along.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      if (current < 0 || current >= count || shown.includes(current)) return shown
      return [...shown, current].sort((a, b) => a - b)
    },
  })
  useEffect(() => virtual.measure(), [size])
  const items = virtual.getVirtualItems()
  const first = virtual.range?.startIndex ?? 0
  const last = virtual.range?.endIndex ?? 0
  useEffect(() => {
    if (count > 0) onRange?.(first, last)
  }, [first, last, count, onRange])
  return {
    items,
    height: virtual.getTotalSize(),
    first,
    page: Math.max(1, last - first - 1),
    show: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
    toStart: () => virtual.scrollToOffset(0),
    toEnd: () => virtual.scrollToIndex(count - 1, { align: 'end' }),
  }
}
