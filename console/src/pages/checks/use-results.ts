// Reads the results of a check page by page, and what comes while it goes on.

import { useEffect, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { CheckProvider, CheckResult } from './verdicts.ts'

/** What is known so far. */
export interface FoundResults {
  readonly results: readonly CheckResult[]
  readonly providers: readonly CheckProvider[]
  readonly error: unknown
}

const EVERY_MS = 1_000
/** Pages of one answer. */
const PAGES = 50

/** Reads the results of a check; once more when it has ended. Each page is read once. */
export function useResults(tenant: string, check: string, isRunning: boolean): FoundResults {
  const [found, setFound] = useState<FoundResults>({ results: [], providers: [], error: undefined })
  const next = useRef(0)
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = async () => {
      try {
        for (let more = true; more && !signal.aborted; ) {
          const query = { after: next.current, limit: PAGES }
          const page = await api(
            'GET /tenants/{tenant}/checks/{check}/results',
            { params: { tenant, check }, query },
            { signal },
          )
          if (signal.aborted) return
          next.current = page.next
          more = page.more
          setFound(({ results, providers }) => ({
            results: [...results, ...page.results],
            providers: [...providers, ...page.providers],
            error: undefined,
          }))
        }
      } catch (error) {
        if (signal.aborted) return
        setFound((before) => ({ ...before, error }))
      }
      if (isRunning && !signal.aborted) timer = setTimeout(() => void read(), EVERY_MS)
    }
    void read()
    return () => {
      leaving.abort()
      clearTimeout(timer)
    }
  }, [tenant, check, isRunning])
  return found
}
