// A part of a page whose code and words are loaded when it is first shown, and then shown at once.

import i18next from 'i18next'
import { type ComponentType, type ReactNode, Suspense, useEffect, useState } from 'react'
import type { Words } from '../words/areas.d.ts'

/** Such a part. `ask` begins to load it before it is shown, where one knows that it will be. */
export interface Later<Props> {
  (props: Props): ReactNode
  readonly ask: () => void
}

/**
 * Makes a part that is loaded later. React's own `lazy` holds back what has come for 300 ms after anything else was waited for; this does not.
 * What can't be loaded is an error of the page, and is loaded again when the page is.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { meanwhile = null, areas = [] }: { readonly meanwhile?: ReactNode; readonly areas?: readonly (keyof Words)[] } = {},
): Later<Props> {
  let loaded: ComponentType<Props> | undefined
  let loading: Promise<void> | undefined
  const begin = () => {
    loading ??= Promise.all([load(), areas.length === 0 ? undefined : i18next.loadNamespaces(areas)]).then(
      ([part]) => {
        loaded = part
      },
      (error: unknown) => {
        loading = undefined
        throw error
      },
    )
    return loading
  }
  function Part(props: Props): ReactNode {
    const [state, setState] = useState<{ readonly error?: unknown }>()
    const isWaiting = loaded === undefined && state?.error === undefined
    useEffect(() => {
      if (!isWaiting) return
      let isGone = false
      begin().then(
        () => !isGone && setState({}),
        (error: unknown) => !isGone && setState({ error }),
      )
      return () => {
        isGone = true
      }
    }, [isWaiting])
    if (state?.error !== undefined) throw state.error
    if (loaded === undefined) return meanwhile
    const Loaded = loaded
    // Words that nobody named are waited for here, not by the whole page.
    return (
      <Suspense fallback={meanwhile}>
        <Loaded {...props} />
      </Suspense>
    )
  }
  return Object.assign(Part, { ask: () => void begin().catch(() => undefined) })
}
