// Saves a form as a change of what was read, and shows both sides where somebody else was quicker.

import { type ReactNode, useEffect, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { differences, type Json } from './diff.ts'
import { Quicker } from './quicker.tsx'

/** What a form works on: the part that it changes as it is now and as it is to be, and the version of the whole. */
export interface Versioned<Part extends Json> {
  readonly version: string
  readonly now: Part
  readonly mine: Part
}

/** How it is saved. */
export interface SafeSave {
  /** Saves; nothing happens to what somebody else has changed meanwhile. */
  readonly save: () => Promise<void>
  /** Both sides, where somebody else was quicker; to be shown near the button. */
  readonly quicker: ReactNode
  /** Whether the page waits for a decision about them. */
  readonly isLate: boolean
}

/**
 * Saves a part of something that has a version. `send` gets the version that it must still have (`If-Match`), and gives the new one; `take`
 * puts into the form what is there now. Where somebody else changed another part, one's own is saved all the same.
 */
export function useSafeSave<Part extends Json>(
  { version, now, mine }: Versioned<Part>,
  send: (ifMatch: string) => Promise<{ readonly version: string }>,
  again: () => Promise<unknown>,
  take: (part: Part) => void,
): SafeSave {
  // What the form was filled with: what comes later is shown when it is in the way.
  const [opened, setOpened] = useState({ version, part: now })
  const [late, setLate] = useState(false)
  const [busy, setBusy] = useState(false)
  const theirs = differences(opened.part, now)
  const put = async (over: string) => {
    setBusy(true)
    try {
      const saved = await send(over)
      setOpened({ version: saved.version, part: mine })
      setLate(false)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412) throw error
      setLate(true)
      await again()
    } finally {
      setBusy(false)
    }
  }
  const isLate = late && version !== opened.version
  // Another part was changed: that is in nobody's way. What else goes wrong is shown where the request is sent.
  const isAside = isLate && !busy && theirs.length === 0
  useEffect(() => {
    if (isAside) put(version).catch(() => undefined)
  }, [isAside])
  return {
    isLate,
    save: () => put(opened.version).catch(() => undefined),
    quicker: isLate && theirs.length > 0 && (
      <Quicker
        theirs={theirs}
        yours={differences(opened.part, mine)}
        busy={busy}
        keep={() => void put(version).catch(() => undefined)}
        take={() => {
          setOpened({ version, part: now })
          setLate(false)
          take(now)
        }}
      />
    ),
  }
}
