// What is typed after the search was asked for and before its field has the focus: it is meant for the search.

import { useEffect } from 'react'

/** Hands on letters, and what is pasted, until a dialog has the focus. */
export function useTypedEarly(on: boolean, change: (next: (before: string) => string) => void): void {
  useEffect(() => {
    if (!on) return
    const take = (event: Event, text: string) => {
      if (document.activeElement?.closest('[role=dialog]')) return
      event.preventDefault()
      event.stopPropagation()
      change((before) => before + text)
    }
    const key = (event: KeyboardEvent) => {
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) take(event, event.key)
    }
    const paste = (event: ClipboardEvent) => take(event, event.clipboardData?.getData('text') ?? '')
    addEventListener('keydown', key, true)
    addEventListener('paste', paste, true)
    return () => {
      removeEventListener('keydown', key, true)
      removeEventListener('paste', paste, true)
    }
  }, [on, change])
}
