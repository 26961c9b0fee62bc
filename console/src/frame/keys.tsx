// The keys that every page has, and the list of them.

import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isTyping, lettersAreKeys } from '../parts/keys.ts'
import { later } from '../parts/later.tsx'
import { useGo } from '../parts/link.tsx'
import { usePages } from './navigation.tsx'

const KeyList = later(async () => (await import('./key-list.tsx')).default, { areas: ['frame'] })

/** How long after `g` the second key may come. */
const CHORD_MS = 1_500

/** Listens for the keys, and lists them on `?`. */
export function Keys({ find, tenant }: { readonly find: () => void; readonly tenant: string | undefined }) {
  const { t } = useTranslation('parts')
  const go = useGo()
  const pages = usePages()
  const [shown, setShown] = useState(false)
  const [said, setSaid] = useState('')
  const began = useRef(0)
  const pressed = useRef<(event: KeyboardEvent) => void>(() => undefined)
  pressed.current = (event) => {
    if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      find()
      return
    }
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.altKey ||
      isTyping(event.target) ||
      document.querySelector('[role=dialog]') !== null
    )
      return
    if (event.key === '?') setShown(true)
    else if (event.key === '/') {
      event.preventDefault()
      find()
    } else if (lettersAreKeys()) letter(event)
  }
  const letter = (event: KeyboardEvent) => {
    const isSecond = event.timeStamp - began.current < CHORD_MS
    began.current = event.key === 'g' && !isSecond ? event.timeStamp : 0
    if (isSecond) {
      const page = pages.find(
        ({ key, path }) => key === event.key && (tenant !== undefined || !path.includes('$tenant')),
      )
      if (page !== undefined) go({ to: page.path, params: { tenant: tenant ?? '' } })
    } else if (event.key === 'y') {
      void navigator.clipboard?.writeText(location.href)
      setSaid(t('keys.copiedLink'))
    } else if (event.key === 'm') document.querySelector<HTMLElement>('main [data-key=m]')?.click()
  }
  useEffect(() => {
    const listener = (event: KeyboardEvent) => pressed.current(event)
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])
  return (
    <>
      <output className="unseen">{said}</output>
      {shown && <KeyList tenant={tenant} close={() => setShown(false)} />}
    </>
  )
}
